"""Languages as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.languages import LANGUAGES, language_bits, language_name

NAMES = [name for names in LANGUAGES for name in names]


def code_of(bits: int) -> str | None:
    return LANGUAGES[bits.bit_length() - 1][0] if bits else None


@pytest.mark.parametrize("code", [names[0] for names in LANGUAGES if len(names[0]) == 2])
def test_each_code_has_a_name_in_french_and_in_english_that_is_read_as_that_language(code: str) -> None:
    french, english = language_name(code.upper(), "fr"), language_name(code, "en")
    assert (code_of(language_bits((french,))), code_of(language_bits((english,)))) == (code, code)
    assert language_name("Anglais C1", "en") == "Anglais C1"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("anglais", "en"),
        ("English", "en"),
        ("EN", "en"),
        ("en-GB", "en"),
        ("pt_BR", "pt"),
        ("anglais (C1)", "en"),
        ("English: fluent", "en"),
        ("  Anglais courant ", "en"),
        ("Français", "fr"),
        ("FRANC\u0327AIS", "fr"),
        ("français langue maternelle", "fr"),
        ("Español", "es"),
        ("Langue des signes", "lsf"),
        ("langue des  signes française (LSF)", "lsf"),
        ("Sign language", "lsf"),
        ("Hébreu", "he"),
        ("bilingue anglais", "en"),
        ("maîtrise de l'anglais", "en"),
        ("Niveau C1 en anglais", "en"),
        ("TOEIC 950", "en"),
        ("langue bretonne", "br"),
        ("tchèque", "cs"),
        ("Anglais : aucun", None),
        ("pas d'allemand", None),
        ("MS Office", None),
        ("English (non-native)", "en"),
        ("anglais courant (sans certificat)", "en"),
        ("English (not certified)", "en"),
        ("anglais non requis", None),
        ("Anglais : niveau nul", None),
        ("je ne parle pas anglais", None),
        ("English: not required", None),
        ("anglais non exigé", None),
        ("anglais mais pas allemand", "en"),
        ("nb-NO", "nb"),
        ("klingon", None),
        ("", None),
        ("?", None),
        ("C1", None),
    ],
)
def test_a_language_is_known_by_its_name_or_code_whatever_follows(written: str, code: str | None) -> None:
    assert code_of(language_bits((written,))) == code


def test_every_language_has_a_bit_of_its_own_under_all_its_names() -> None:
    assert len(NAMES) == len(set(NAMES))
    for place, names in enumerate(LANGUAGES):
        assert {language_bits((name,)) for name in names} == {1 << place}
    assert len(LANGUAGES) <= 64, "the column of traits has 64 bits"


@pytest.mark.parametrize("written", ["anglais et allemand", "Anglais/Allemand", "EN, DE", "English and German (C1)"])
def test_an_item_may_name_several_languages(written: str) -> None:
    assert language_bits((written,)) == language_bits(("en", "de"))


@pytest.mark.parametrize("written", ["anglais ou allemand", "Anglais et/ou allemand"])
def test_of_either_of_two_neither_is_asked_for_and_both_are_spoken(written: str) -> None:
    assert language_bits((written,), either=True) == 0
    assert language_bits(("anglais ou English", "espagnol"), either=True) == language_bits(("en", "es"))
    assert (
        language_bits((written,)) == language_bits(("en", "de")) == language_bits(("anglais\nallemand",), either=True)
    )


@given(st.lists(st.sampled_from(NAMES)))
def test_several_languages_are_the_union_of_their_bits(written: list[str]) -> None:
    alone = 0
    for name in written:
        alone |= language_bits((name,))
    assert language_bits(tuple(written)) == alone == language_bits(tuple(reversed(written)))


@given(st.lists(st.text()))
def test_no_text_makes_it_fail(written: list[str]) -> None:
    assert 0 <= language_bits(tuple(written)) < 1 << len(LANGUAGES)
