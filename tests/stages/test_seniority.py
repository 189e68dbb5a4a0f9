"""How long somebody has done the work is compared by years, and is no word of their trade."""

import time

import pytest

from matcher.core.domain import Facet, Posting, PostingId, Profile, ProfileId
from matcher.stages.text import facet_texts
from matcher.stages.text.seniority import without_seniority


@pytest.mark.parametrize(
    ("title", "trade"),
    [
        ("Technicien réseaux confirmé", "Technicien réseaux"),
        ("ADMINISTRATRICE RESEAUX CONFIRMEE", "ADMINISTRATRICE RESEAUX"),
        ("Senior data engineer", "data engineer"),
        ("Développeur(se) confirmé(e)", "Développeur(se)"),
        ("Chargé·e de produit débutant·e accepté·e", "Chargé·e de produit"),
        ("UX designer junior", "UX designer"),
        ("Développeurs confirmés", "Développeurs"),
        ("Expert confirmé(e)s", "Expert"),
        ("Développeur confirmé ou débutant accepté", "Développeur"),
        ("Développeuse junior à senior", "Développeuse"),
        ("Développeuse junior/confirmée", "Développeuse"),
        ("Développeurs débutants acceptés", "Développeurs"),
        ("Développeuse Java, niveau confirmé", "Développeuse Java,"),
    ],
)
def test_a_title_is_compared_without_its_level(title: str, trade: str) -> None:
    assert " ".join(without_seniority(title).split()) == trade
    whole = facet_texts(Posting(PostingId("1"), title=title))
    assert whole == facet_texts(Posting(PostingId("1"), title=trade))
    assert (
        facet_texts(Profile(ProfileId("1"), headline=title))[Facet.TITLE]
        == facet_texts(Profile(ProfileId("1"), headline=trade))[Facet.TITLE]
    )


@pytest.mark.parametrize(
    "title",
    [
        "Senior",
        "Confirmé",
        "Trésorière de Junior Entreprise",
        "Chargée d'accompagnement senior",
        "Animateur pour seniors",
        "Animatrice senior",
        "Responsable offre senior",
        "Coordinatrice habitat senior",
        "Cheffe de projet habitat senior",
        "Formateur pour débutants",
    ],
)
def test_what_is_no_level_or_all_that_is_said_stays(title: str) -> None:
    assert without_seniority(title) == title


@pytest.mark.parametrize("unit", ["senior ", "a junior, ", "junior ou ", "confirmé(e)"])
def test_a_long_title_is_read_in_a_time_that_grows_with_it(unit: str) -> None:
    begun = time.thread_time()
    without_seniority(unit * 5_000)
    assert time.thread_time() - begun < 1.0
