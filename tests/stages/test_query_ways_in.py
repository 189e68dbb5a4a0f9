"""How somebody is hired, in more of the words in which recruiters say it, and what no field of a record tells."""

import pytest

from matcher.core.domain import Contract
from matcher.stages.text.query import SearchQuery, parse


@pytest.mark.parametrize(
    ("said", "contract"),
    [
        ("intern", Contract.INTERNSHIP),
        ("interns", Contract.INTERNSHIP),
        ("trainee", Contract.INTERNSHIP),
        ("apprentice", Contract.APPRENTICESHIP),
        ("work-study", Contract.APPRENTICESHIP),
        ("vacataire", Contract.CONTRACT_AGENT),
        ("VIE", Contract.INTERNATIONAL_VOLUNTEER),
        ("V.I.E.", Contract.INTERNATIONAL_VOLUNTEER),
        ("volontariat international", Contract.INTERNATIONAL_VOLUNTEER),
        ("volontariat international en entreprise", Contract.INTERNATIONAL_VOLUNTEER),
    ],
)
def test_a_contract_is_read_and_no_word_of_the_trade(said: str, contract: Contract) -> None:
    for text in (f"{said}, data science", f"{said} data science", f"data science, {said}"):
        assert parse(text) == SearchQuery("data science", contracts=(contract,))
    assert parse(f"data science, sauf {said}") == SearchQuery("data science", excluded_contracts=(contract,))


@pytest.mark.parametrize(
    "text",
    [
        "interne en médecine",
        "communication interne",
        "international trainer",
        "CADRE DE VIE",
        "VIE ASSOCIATIVE",
        "QUALITÉ DE VIE AU TRAVAIL",
        "assistante de vie scolaire",
        "vie étudiante",
        "work study engineer",
        "instruct trainees",
        "examination processes for apprentices",
        "conduct apprentice examinations",
        "vacation rental manager",
        "volontariat",
    ],
)
def test_a_word_that_only_looks_like_a_contract_stays_one(text: str) -> None:
    assert parse(text) == SearchQuery(text)


@pytest.mark.parametrize(
    "text",
    [
        "détachement, RSSI",
        "détachement RSSI",
        "RSSI en détachement",
        "RSSI par voie de détachement",
        "RSSI, détachement ou mutation",
        "RSSI, mise à disposition",
        "RSSI par voie de mutation",
        "mutation Bordeaux RSSI",
        "intérim RSSI",
        "RSSI, intérim",
        "RSSI par intérim",
        "hors intérim, RSSI",
        "RSSI, pas de mutation",
    ],
)
def test_how_somebody_comes_is_shown_and_compared_with_nothing(text: str) -> None:
    query = parse(text)
    assert (query.words, query.excluded, query.contracts, len(query.terms)) == ("RSSI", (), (), 1)


@pytest.mark.parametrize(
    "text",
    [
        "détachement de travailleurs",
        "mutation numérique",
        "droits de mutation",
        "mutations économiques",
        "accompagnement des mutations",
        "mise à disposition de données",
        "mise à disposition de locaux",
        "agence d'intérim",
        "interim manager",
        "chargé du détachement",
    ],
)
def test_works_that_are_called_so_are_words(text: str) -> None:
    assert parse(text) == SearchQuery(text)


@pytest.mark.parametrize(
    "said",
    ["sans diplôme", "sans diplôme requis", "aucun diplôme requis", "pas de diplôme", "no degree", "without a degree"],
)
def test_no_degree_hides_nobody_who_has_one(said: str) -> None:
    for text in (f"développeur {said}", f"développeur, {said}, 2 ans"):
        query = parse(text)
        assert (query.words, query.excluded, query.education_level) == ("développeur", (), None)


def test_a_degree_that_is_named_is_refused_as_before() -> None:
    assert parse("développeur sans diplôme de médecine").excluded == ("diplôme de médecine",)
