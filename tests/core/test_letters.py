from hypothesis import given
from hypothesis import strategies as st

from matcher.core.letters import LIGATURES, fold, replaced, without_accents


def test_accents_go_and_case_stays() -> None:
    assert without_accents("Élève à l'ÉNA, 2ᵉ classe") == "Eleve a l'ENA, 2e classe"


def test_a_ligature_is_two_letters_where_it_is_asked_for() -> None:
    assert without_accents("Cœur") == "Cœur"
    assert without_accents("Cœur, Œuvre, æther, Æsir".translate(LIGATURES)) == "Coeur, oeuvre, aether, aesir"


def test_what_has_no_accents_stays_as_it_is() -> None:
    assert without_accents("C++ / .NET") == "C++ / .NET"


def test_two_spellings_of_a_name_fold_alike() -> None:
    assert fold("Côte-d’Or ") == fold("COTE D'OR") == "cotedor"
    assert fold("Sacré-Cœur") == "sacrecoeur"


def test_signs_that_tell_names_apart_are_kept_where_they_are_asked_for() -> None:
    assert [fold(name, besides="+#") for name in ("C", "C++", "C#", "C-")] == ["c", "c++", "c#", "c"]


@given(st.text())
def test_what_is_folded_stays_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert without_accents(without_accents(text)) == without_accents(text)


def test_signs_are_replaced_as_a_translation_would() -> None:
    text = "L’œuvre • d’un cœur"
    signs = {"’": "'", "•": "·", "œ": "oe"}
    assert replaced(text, signs) == text.translate({ord(sign): other for sign, other in signs.items()})
