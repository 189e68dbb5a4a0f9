"""Twins who say the same of themselves, one as a woman and one as a man, on the shipped models.

A sample; `python -m benchmarks.gender --twins` measures a thousand of them against three hundred postings.
"""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import twins
from matcher.core.domain import Posting, PostingId, Profile, ProfileId
from matcher.offline.twins import swapped
from matcher.stages.text import clean_title, facet_texts

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

TARGET = 0.995


@pytest.mark.parametrize(
    ("masculine", "feminine"),
    [
        ("Développeur confirmé, passionné par le web", "Développeuse confirmée, passionnée par le web"),
        (
            "J’ai formé les équipes. Formé à R, curieux et fier.",
            "J’ai formé les équipes. Formée à R, curieuse et fière.",
        ),
        ("Chef de projet : un schéma directeur", "Cheffe de projet : un schéma directeur"),
        ("DIRECTEUR ADJOINT", "DIRECTRICE ADJOINTE"),
        ("Consultant décisionnel, agent contractuel", "Consultante décisionnelle, agente contractuelle"),
    ],
)
def test_the_other_gender_says_the_same(masculine: str, feminine: str) -> None:
    assert swapped(masculine, feminine=True) == feminine
    assert swapped(feminine, feminine=False) == masculine


def test_twins_are_adjacent_unless_a_third_stands_between_them() -> None:
    a, b, c, d = (Profile(ProfileId(name), "x") for name in "abcd")
    scores = {"a": 0.5, "b": 0.5, "c": 0.4, "d": 0.2}
    assert twins.adjacent(scores, [(a, b), (a, c), (b, c), (c, d), (a, d), (d, d)]).tolist() == [
        *(True, True, True, True, False, True)
    ]
    assert twins.adjacent(scores | {"d": 0.45}, [(a, c), (c, d), (d, b)]).tolist() == [False, True, True]


def test_a_title_loses_its_mark_of_gender_and_nothing_else() -> None:
    for title in ("Juriste H/F – droit", "Juriste (F/H) – droit", "Juriste – droit"):
        assert twins.unmarked(Posting(PostingId("p"), title)).title == "Juriste – droit"


@pytest.mark.parametrize(
    "mark",
    [
        *twins.MARKS,
        " (f/h)",
        " - h/f",
        "-H/F",
        " F/H.",
        " (H/F/NB)",
        " (x/f/h)",
        " (mwd)",
        " M./Mme",
        " Madame/Monsieur",
        " H & F",
        " H et F",
        " hommes/femmes",
        " (H•F)",
        " FH",
        " - HF",
        " tous genres",
        " male/female",
    ],
)
def test_a_mark_of_gender_behind_a_title_changes_nothing_in_its_form(mark: str) -> None:
    for title in ("Juriste", "Développeur web", "Chef de projet numérique", "UX designer"):
        plain, marked = (facet_texts(Posting(PostingId("p"), one)) for one in (title, title + mark))
        assert marked == plain
        assert clean_title(title + mark) == title


def test_a_mark_is_put_behind_a_title_and_taken_off_again() -> None:
    posting = Posting(PostingId("p"), "Juriste H/F")
    for number, mark in enumerate(twins.MARKS):
        marked = twins.marked(posting, number=number)
        assert marked.title == f"Juriste{mark}"
        assert twins.unmarked(marked).title == "Juriste"


@pytest.mark.parametrize("named", [False, True])
def test_every_posting_ranks_twins_within_one_place_of_each_other(named: bool) -> None:
    result = twins.measure(profiles=150, postings=40, named=named)
    assert (result["profiles"], result["postings"]) == (150, 40)
    assert result["adjacent"] >= TARGET, result
    assert result["scores moved by H/F"] == 0


def test_twins_are_made_of_many_words_and_differ_in_most() -> None:
    pairs = twins.twins(150)
    different = [replace(one, id=other.id) != other for one, other in pairs]
    assert np.mean(different) > 0.75
