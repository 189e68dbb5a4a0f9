"""What is of one person is found by those patterns alone whose signs stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.stages.text.personal import _PERSONAL, _with, personal, without_contacts

PERSONAL = [
    "a@b.fr", "mailto: jean@x.org", "https://x.y/z", "www.moi.fr", "exemple.fr/moi", "01 23 45 67 89",
    "+33 6 12 34 56 78", "(elle)", "(she/her)", "she/her", "il/lui", "âgée de 33 ans", "de 44 ans", "Je m'appelle Zoé",
    "a (at) b.fr", "a@ b.fr", "a[at]b[dot]fr", "06 123 456 78", "(06) 12 34 56 78", "0033 6 12 34 56 78",
    "nom : Durand", "née le 3 mai 1990", "développeur", "C++", "5 ans", "CI/CD", ", ", "(", "/", "٣٣",
]  # fmt: skip


@given(st.lists(st.sampled_from(PERSONAL), max_size=6).map(" ".join) | st.text(max_size=40))
def test_only_patterns_that_cannot_be_found_are_not_looked_for(text: str) -> None:
    every = _with(frozenset(_PERSONAL))
    assert personal(text).sub("#", text) == every.sub("#", text)


def test_contacts_go_and_the_rest_stays() -> None:
    assert without_contacts("Ada, a@b.fr ou 01 23 45 67 89").split() == ["Ada,", "ou"]


@pytest.mark.parametrize(
    "text",
    [
        "Python @ EDF. Puis Java",
        "Data (a) Lyon",
        "du 01/09/2019 au 31/12/2020",
        "01.2018 - 06.2019",
        "100 000 000 lignes, 1 000 000 000 €",
        "SIREN 120 027 016",
        "ISO 27001:2013, 27002, 27005",
        "CTO @ Doctolib.fr",
        "Node.js @ Doctolib.fr",
        "Spring Boot @ 3.2, Angular @ 17.1",
        "Le(a) technicien.ne, Un(a) chargé.e de mission",
        "(a) B.T.S. comptable",
        "06000 06100, 01000/01200",
        "assistant du 01/09/2026 12h, CDD 01/09/2026-31/12/2026",
        "bac +2 01/09/2026, Bac +5 (2015-2018), bac +5 40000-45000 €",
        "CA +10 000 000 €",
        "SIRET 00512345600027, EAN 0012345678905",
    ],
)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert without_contacts(text) == text
