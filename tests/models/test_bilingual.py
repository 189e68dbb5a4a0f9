"""English names of trades are French ones too."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import models
from matcher.core.domain import Facet, Profile, ProfileId
from matcher.core.errors import ModelUnavailable
from matcher.stages.text import facet_texts
from models import translations
from models.bilingual import TABLE, Bilingual, Names, shipped
from models.words import spelt
from tests.fakes import FakeEncoder


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    path = tmp_path_factory.mktemp("names") / "names.tsv"
    some = {"data engineer": "ingénieur de données", "data": "donnée", "big data engineer": "ingénieur mégadonnées"}
    translations.write(some.items(), path, heading="names")
    return Names(path)


@pytest.mark.parametrize(
    ("title", "french"),
    [
        ("data engineer", "ingénieur de données"),
        ("senior data engineer python", "senior ingénieur de données python"),
        ("lead big data engineer", "lead ingénieur mégadonnées"),
        ("data engineer data engineer", "ingénieur de données ingénieur de données"),
        ("data", "donnée"),
        ("data analyst", None),
        ("big data", None),
        ("ingénieur de données", None),
        ("", None),
    ],
)
def test_names_are_told_in_french_the_longest_first(names: Names, title: str, french: str | None) -> None:
    assert names.in_french(title) == french


def test_a_title_is_half_itself_and_half_its_french_name(names: Names) -> None:
    encoder = FakeEncoder()
    rows = Bilingual(encoder, names).encode(["data engineer", "python"])
    english, french, other = encoder.encode(["data engineer", "ingénieur de données", "python"])
    both = (english + french) / np.linalg.norm(english + french)
    assert np.allclose(rows, [both, other], atol=1e-6)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("texts", [[], ["python", "développeur"], ["data engineer"] * 3])
def test_rows_are_of_length_1(names: Names, texts: Sequence[str]) -> None:
    rows = Bilingual(FakeEncoder(), names).encode(texts)
    assert rows.shape == (len(texts), FakeEncoder().dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_the_fingerprint_hangs_on_the_table_and_the_encoder(names: Names) -> None:
    of = [
        Bilingual(one, table).fingerprint
        for one in (FakeEncoder(), FakeEncoder(dimension=8))
        for table in (names, None)
    ]
    assert len({*of}) == 4


def test_a_missing_table_says_how_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"gone\.tsv is missing: .*models\.train\.translations"):
        Bilingual(FakeEncoder(), Names(tmp_path / "gone.tsv")).encode(["data"])


def _title(headline: str) -> str:
    (part,) = facet_texts(Profile(id=ProfileId("one"), headline=headline))[Facet.TITLE]
    return part.text


@pytest.mark.parametrize(
    ("headline", "french"),
    [
        ("Data Protection Officer", "délégué à la protection des données"),
        ("Senior Project Manager", "chef de projet"),
        ("Cloud Project Manager", "cloud chef de projet"),
        ("Chief Information Officer", "directeur des systèmes d'information"),
    ],
)
def test_the_shipped_table_knows_titles_as_the_engine_compares_them(headline: str, french: str) -> None:
    told = shipped().in_french(_title(headline))
    assert told
    assert told.startswith(french)


@pytest.mark.parametrize("headline", ["Développeuse", "Chef de projet", "Groom", "Brigadier", "Agent d'accueil"])
def test_french_titles_have_no_other_french_name(headline: str) -> None:
    assert shipped().in_french(_title(headline)) is None


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("digital recruitment officer", "chargé de recrutement numérique"),
        ("full time equivalent", None),
        ("court administrator", None),
        ("activism officer", None),
        ("business intelligence manager", None),
        ("bicycle shop manager", None),
        ("cultural archive manager", None),
    ],
)
def test_names_of_other_trades_and_halves_of_names_are_none(english: str, french: str | None) -> None:
    assert dict(translations.pairs_in(TABLE)).get(english) == french


def test_no_french_name_says_a_word_twice() -> None:
    for _, french in translations.pairs_in(TABLE):
        words = spelt(french)
        assert len({*words}) == len(words), french


def test_who_writes_in_english_is_as_near_as_who_writes_another_french_name() -> None:
    encoder = models.load_titles()
    asked = (
        "Délégué à la protection des données",
        "Administrateur de bases de données",
        "Directeur des systèmes d'information",
    )
    english = ("Data Protection Officer", "Database Administrator", "Chief Information Officer")
    french, other = (encoder.encode([_title(title) for title in some]) for some in (asked, english))
    assert (french * other).sum(axis=1).min() > 0.9
