"""The words of prose as a vector."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from matcher.core.errors import ModelUnavailable
from models import terms
from models.terms import BUCKETS, TermsEncoder, stems
from models.train.frequencies import FEWEST, HEADING
from models.words import STOP_WORDS


@pytest.fixture(scope="module")
def encoder() -> TermsEncoder:
    return TermsEncoder()


def _cosine(encoder: TermsEncoder, one: str, other: str) -> float:
    left, right = encoder.encode([one, other])
    return float(left @ right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Développeur", "developpement"),
        ("les DONNÉES publiques", "donnees publique"),
        ("justice et probation", "probation, justice"),
        ("C++ et C#", "c++ c#"),
        ("le cœur de métier et l'ŒUVRE", "coeur metier oeuvre"),
        ("Java™", "javatm"),
    ],
)
def test_case_accents_endings_and_order_do_not_count(encoder: TermsEncoder, one: str, other: str) -> None:
    assert _cosine(encoder, one, other) == pytest.approx(1)


def test_a_telling_word_in_common_counts_for_more_than_a_common_one(encoder: TermsEncoder) -> None:
    asked = "mission de probation"
    assert _cosine(encoder, asked, "probation des détenus") > _cosine(encoder, asked, "mission des services")


def test_a_word_that_no_table_knows_counts_as_a_rare_one(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    passages = ["mission de service", "mission de contrôle", "mission de conseil", "mission publique"] * 20
    assert terms.write(passages, path, heading="a heading\nof two lines", fewest=20) == 5
    encoder = TermsEncoder(path)
    asked = "mission zzyzx"
    assert _cosine(encoder, asked, "zzyzx") > 2 * _cosine(encoder, asked, "mission") > 0


def test_more_of_the_same_counts_less_and_less(encoder: TermsEncoder) -> None:
    once, often = (_cosine(encoder, "justice cuisine", f"cuisine {'justice ' * count}") for count in (1, 50))
    assert once > often > 0.7


@pytest.mark.parametrize("text", ["", "   ", "!?…", "de la et the of", "\x00", " ".join(sorted(STOP_WORDS))])
def test_a_text_without_a_word_of_its_own_is_still_a_unit_row(encoder: TermsEncoder, text: str) -> None:
    expected = np.zeros((1, BUCKETS), dtype=np.float32)
    expected[0, 0] = 1
    assert np.array_equal(encoder.encode([text]), expected)


def test_words_that_cancel_out_give_a_unit_row(encoder: TermsEncoder) -> None:
    alone = encoder.encode([f"zz{number:04}" for number in range(3000)])
    places, signs = alone.argmax(axis=1), alone.sum(axis=1)
    negative = {int(np.abs(row).argmax()): at for at, row in enumerate(alone) if row.sum() < 0}
    pair = next(
        (at, negative[place]) for at, place in enumerate(places.tolist()) if signs[at] > 0 and place in negative
    )
    row = encoder.encode([" ".join(f"zz{number:04}" for number in pair)])[0]
    assert row[0] == 1
    assert np.count_nonzero(row) == 1


def test_half_of_a_character_is_no_harm(encoder: TermsEncoder) -> None:
    assert np.isfinite(encoder.encode(["justice \ud800 probation"])).all()


def test_many_texts_give_the_same_rows_as_each_alone_all_of_length_one(encoder: TermsEncoder) -> None:
    texts = [f"probation justice {number} python" for number in range(50)]
    rows = encoder.encode(texts)
    assert rows.dtype == np.float32
    assert np.array_equal(rows, np.vstack([encoder.encode([text]) for text in texts]))
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    assert encoder.encode([]).shape == (0, BUCKETS)


def test_the_fingerprint_hangs_on_the_table(encoder: TermsEncoder, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    terms.write(["justice"], path, heading="", fewest=1)
    assert TermsEncoder().fingerprint == encoder.fingerprint != TermsEncoder(path).fingerprint


@pytest.mark.parametrize("content", [None, b"", b"justice\tmany", b"12\njustice"])
def test_a_damaged_table_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(b"no gzip" if content is None else gzip.compress(content))
    with pytest.raises(ModelUnavailable, match=r"table\.tsv\.gz cannot be read"):
        TermsEncoder(path).encode(["justice"])


def test_a_stem_that_begins_with_a_sign_is_no_heading(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    assert terms.write(["#net"] * 9, path, heading="of\ntwo lines", fewest=1) == 1
    assert TermsEncoder(path)._weights[0].keys() == {"#net"}


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="install the package again"):
        _ = TermsEncoder(tmp_path / "table.tsv.gz").fingerprint


def test_the_shipped_table_knows_the_words_of_both_languages_and_says_where_they_are_from() -> None:
    text = gzip.decompress(terms.TABLE.read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("# ")][1:]
    counts = {stem: int(count) for stem, count in rows}
    assert len(counts) > 5000
    assert min(counts.values()) >= FEWEST
    assert counts[stems("équipement")[0]] > 100 < counts[stems("machinery")[0]]
    assert all(f"# {line}" in text for line in HEADING.splitlines())
