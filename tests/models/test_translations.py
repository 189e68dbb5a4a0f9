"""French words for English ones."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from matcher.core.errors import ModelUnavailable
from models import translations
from models.terms import STEM_LETTERS, TermWeights, stems
from models.translations import Translations, shipped
from models.words import STOP_WORDS, spelt


def test_english_words_are_known_by_french_ones() -> None:
    found = {word: shipped().french[word] for word in ("developer", "engineer", "data", "security", "network")}
    assert found == {
        "developer": "developpeur",
        "engineer": "ingenieur",
        "data": "donnees",
        "security": "securite",
        "network": "reseau",
    }


@pytest.mark.parametrize("word", ["python", "agent", "service", "architecte", "scrum", "the", "chef"])
def test_what_both_languages_write_and_what_is_no_english_has_none(word: str) -> None:
    assert word not in shipped().french


def test_no_word_stands_on_both_sides_and_none_is_a_stop_word() -> None:
    french = shipped().french
    assert not {*french.values()} & french.keys()
    assert not ({*french.values()} | french.keys()) & STOP_WORDS


WRONG = """
    full v betting gambling affairs advise firewall fitness kiln man ups core lead date support performance script stage
    guide train tours session format designer update well
"""


@pytest.mark.parametrize("word", WRONG.split())
def test_words_of_french_too_of_phrases_and_of_several_senses_have_none(word: str) -> None:
    assert not {word, f"{word}s"} & shipped().french.keys()


def test_words_are_as_both_encoders_read_them() -> None:
    for pair in shipped().french.items():
        for word in pair:
            assert spelt(word) == [word]
            assert len(word) > 2
            assert stems(word) == [shipped().french.get(word, word)[:STEM_LETTERS]]


def test_both_numbers_of_a_word_have_one_line_or_none() -> None:
    french = shipped().french
    both = [(french[word], french[f"{word}s"]) for word in french if f"{word}s" in french]
    assert len(both) > 200
    assert all(stems(one) == stems(other) for one, other in both)


FRENCH = [
    ("support de formation", "supports de formation"),
    ("analyse de performance applicative", "analyse des performances applicatives"),
    ("un script shell", "des scripts shell"),
    ("Date limite de dépôt : à définir", "Technicien informatique"),
    ("guide des stages de fin d'études", "un stage, des guides et des visites"),
    ("chargé de recrutement, formation et train de vie", "tours et détours du travail social"),
    ("maîtrise d'œuvre et cœur de métier", "maitrise d'oeuvre, au coeur des métiers"),
    ("content de conserver un poste", "portfolio, panel et mix énergétique"),
]


@pytest.mark.parametrize(("one", "other"), FRENCH)
def test_french_prose_meets_as_if_there_were_no_english(one: str, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [TermWeights().terms(text).tolist() for text in (one, other)]
    monkeypatch.setattr("models.terms.shipped", lambda: SimpleNamespace(french={}))
    assert told == [TermWeights().terms(text).tolist() for text in (one, other)]


def test_prose_of_both_languages_has_the_same_stems() -> None:
    assert stems("Security of networks and data") == stems("sécurité des réseaux et des données")


def test_a_table_that_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    translations.write([("two", "deux"), ("one", "un")], path, heading="of numbers\nin words")
    assert path.read_text(encoding="utf-8") == "# of numbers\n# in words\none\tun\ntwo\tdeux\n"
    assert Translations(path).french == {"one": "un", "two": "deux"}
    assert Translations(path).fingerprint not in {"", shipped().fingerprint}


@pytest.mark.parametrize("content", [None, b"one\n", b"one\tun\tuno\n", b"one\t\n", b"\xff\tun\n"])
def test_a_table_that_is_missing_or_damaged_says_how_to_mend_it(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "table.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"table\.tsv .*models\.train\.translations"):
        Translations(path).french  # noqa: B018 - it is read where it is asked
