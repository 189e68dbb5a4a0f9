"""Prose names a skill where its name stands whole, means the tool, and is not denied."""

import pytest

from matcher.core.skills import Skill
from matcher.stages.text import neutral
from matcher.stages.text.naming import Said, may_name, quote


def _quoted(skill: str, prose: str) -> str | None:
    form = neutral(skill)
    return quote(Skill(form, form, listed=skill), Said.of(prose))


@pytest.mark.parametrize(
    ("skill", "prose", "span"),
    [
        ("R", "Applications en React.", None),
        ("R", "Responsable R&D.", None),
        ("R", "Statistiques en R.", "R"),
        ("R", "statistiques (R, SAS)", "R"),
        ("C", "Du C++ et du C#.", None),
        ("C", "Du C, puis du C++.", "C"),
        ("C++", "Du C++.", "C++"),
        ("C++", "Du c++17.", None),
        ("C++", "Du C.", None),
        ("C#", "Du C#, de l’ASP.NET.", "C#"),
        ("C#", "Do majeur, C##.", None),
        ("Java", "JavaScript seulement", None),
        ("Java", "JavaScript, Java", "Java"),
        (".NET", "La plateforme .NET", ".NET"),
        ("SQL", "MySQL", None),
        ("SQL", "du SQL_92", None),
        ("(a.b)*", "la forme (A.b)* ici", "(A.b)*"),
        ("données", "Des DONNÉES ouvertes", "DONNÉES"),
    ],
)
def test_a_name_is_found_whole_or_not_at_all(skill: str, prose: str, span: str | None) -> None:
    assert _quoted(skill, prose) == span


def test_the_neutral_form_is_looked_for_where_the_written_one_is_not_found() -> None:
    assert neutral("Développeur·se") == "développeur"
    assert _quoted("Développeur·se", "Développeur Java") == "Développeur"


@pytest.mark.parametrize(
    ("skill", "prose", "span"),
    [
        ("C", "Dix ans d’Objective-C et de C++.", None),
        ("C", "Pilotes en C, puis en Rust.", "C"),
        ("Go", "We go live every week.", None),
        ("Go", "Services en Go.", "Go"),
        ("Go", "Stockage de 100 Go de données.", None),
        ("C", "Agent de catégorie C.", None),
        ("B", "Permis A, B et C.", None),
        ("C", "Permis B et C, puis pilotes en C.", "C"),
        ("R", "Sous l’autorité de M. R. Durand.", None),
        ("R", "Mme R. Durand, statistiques en R.", "R"),
        ("C", "Des sites, c’est tout.", None),
        ("PHP", "Sites en php-fpm.", "php"),
        ("Django", "API avec django.", "django"),
    ],
)
def test_a_name_that_is_a_word_too_is_quoted_only_as_it_is_written(skill: str, prose: str, span: str | None) -> None:
    assert _quoted(skill, prose) == span


@pytest.mark.parametrize(("times", "span"), [(31, "Zorglub"), (32, None)])
def test_a_name_that_is_denied_thirty_two_times_is_read_no_further(times: int, span: str | None) -> None:
    # In small letters alone each occurrence is found in one way, with a sign such as `λ` in another.
    for sign in ("", "λ "):
        prose = sign + "Sans zorglub.\n" * times + "Du Zorglub."
        assert _quoted("Zorglub", prose) == span


def test_only_a_text_that_holds_the_telling_part_of_a_name_is_looked_through() -> None:
    skill = Skill("analyse d'impact", "analyse d'impact")
    assert may_name(skill, "une analyse d’impact")
    assert not may_name(skill, "une étude d’impact")
