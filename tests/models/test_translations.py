"""French words for English ones."""

from pathlib import Path

import pytest

from matcher.core.errors import ModelUnavailable
from models import translations
from models.terms import stems
from models.translations import Translations, shipped
from models.words import STOP_WORDS


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
