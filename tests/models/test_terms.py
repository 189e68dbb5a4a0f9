"""The telling words of prose."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from matcher.core.errors import ModelUnavailable
from matcher.core.terms import HEAVIEST, STEMS, WEIGHT_BITS, Terms
from models import terms
from models.terms import TermWeights, bucket_of, stems
from models.train.frequencies import HEADING
from models.train.hyperparameters import FrequencyParameters
from models.words import STOP_WORDS


@pytest.fixture(scope="module")
def counter() -> TermWeights:
    return TermWeights()


def _weights(found: Terms) -> dict[int, int]:
    return {int(code) >> WEIGHT_BITS: int(code) & HEAVIEST for code in found if code}


def _cosine(counter: TermWeights, one: str, other: str) -> float:
    left, right = (_weights(counter.terms(text)) for text in (one, other))
    shared = sum(weight * right.get(bucket, 0) for bucket, weight in left.items())
    lengths = [sum(weight * weight for weight in some.values()) for some in (left, right)]
    return float(shared / (lengths[0] * lengths[1]) ** 0.5)


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
def test_case_accents_endings_and_order_do_not_count(counter: TermWeights, one: str, other: str) -> None:
    assert np.array_equal(counter.terms(one), counter.terms(other))


def test_a_telling_word_in_common_counts_for_more_than_a_common_one(counter: TermWeights) -> None:
    asked = "mission de probation"
    assert _cosine(counter, asked, "probation des détenus") > _cosine(counter, asked, "mission des services")


def test_texts_that_share_no_word_have_nothing_in_common(counter: TermWeights) -> None:
    assert _cosine(counter, "justice et probation des mineurs", "cuisine, boulangerie et restauration") == 0


def test_a_word_that_no_table_knows_counts_as_a_rare_one(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    passages = ["mission de service", "mission de contrôle", "mission de conseil", "mission publique"] * 20
    assert terms.write(passages, path, heading="a heading\nof two lines", fewest=20) == 5
    counter = TermWeights(path)
    asked = "mission zzyzx"
    assert _cosine(counter, asked, "zzyzx") > 2 * _cosine(counter, asked, "mission") > 0


def test_a_rare_word_tells_more_than_a_common_one_and_a_small_one_nothing() -> None:
    shipped = TermWeights()
    told = [shipped.telling(word) for word in ("des", "projet", "kubernetes", "zorglub")]
    assert told == sorted(told)
    assert told[0] == 1.0 < told[1] < told[3]
    assert shipped.telling("r") == shipped.telling("zorglub"), "a language"


def test_more_of_the_same_counts_less_and_less(counter: TermWeights) -> None:
    once, often = (_cosine(counter, "justice cuisine", f"cuisine {'justice ' * count}") for count in (1, 50))
    assert once > often > 0.7


@pytest.mark.parametrize("text", ["", "   ", "!?…", "de la et the of", "\x00", " ".join(sorted(STOP_WORDS))])
def test_a_text_without_a_word_of_its_own_resembles_its_like(counter: TermWeights, text: str) -> None:
    assert _weights(counter.terms(text)) == {bucket_of(""): HEAVIEST}


def test_of_a_long_text_the_most_telling_words_are_kept(counter: TermWeights) -> None:
    rare = [f"{letter}zq{other}" for letter in "bcdfghjk" for other in "bcdfghjk"]
    assert len(rare) == STEMS
    text = f"mission service données équipe {' '.join(rare)} travail projet"
    assert {*_weights(counter.terms(text))} <= {*map(bucket_of, rare)}


def test_half_of_a_character_is_no_harm(counter: TermWeights) -> None:
    assert bucket_of("justic") in _weights(counter.terms("justice \ud800 probation"))


def test_the_fingerprint_hangs_on_the_table(counter: TermWeights, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    terms.write(["justice"], path, heading="", fewest=1)
    assert TermWeights().fingerprint == counter.fingerprint != TermWeights(path).fingerprint


@pytest.mark.parametrize("content", [None, b"", b"justice\tmany", b"12\njustice"])
def test_a_damaged_table_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    path.write_bytes(b"no gzip" if content is None else gzip.compress(content))
    with pytest.raises(ModelUnavailable, match=r"table\.tsv\.gz cannot be read"):
        TermWeights(path).terms("justice")


def test_a_stem_that_begins_with_a_sign_is_no_heading(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv.gz"
    assert terms.write(["#net"] * 9, path, heading="of\ntwo lines", fewest=1) == 1
    assert TermWeights(path)._weights[0].keys() == {"#net"}


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="install the package again"):
        _ = TermWeights(tmp_path / "table.tsv.gz").fingerprint


def test_the_shipped_table_knows_the_words_of_both_languages_and_says_where_they_are_from() -> None:
    text = gzip.decompress(terms.TABLE.read_bytes()).decode()
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("# ")][1:]
    counts = {stem: int(count) for stem, count in rows}
    assert len(counts) > 5000
    assert min(counts.values()) >= FrequencyParameters().fewest
    assert counts[stems("équipement")[0]] > 100 < counts[stems("machinery")[0]]
    assert all(f"# {line}" in text for line in HEADING.splitlines())
