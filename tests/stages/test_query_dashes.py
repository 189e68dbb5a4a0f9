"""A dash that stands apart refuses a skill behind a trade, and parts whatever else is said of a post."""

import pytest

from matcher.stages.text.query import parse


@pytest.mark.parametrize(
    "before",
    [
        "Bretagne",
        "Lyon",
        "75",
        "Paris/Lyon",
        "CDI",
        "stage",
        "télétravail",
        "3 ans",
        "junior",
        "bac+5",
        "catégorie A",
        "45k",
        "motivé",
        "anglais",
        "CDI - Lyon",
        "Lyon, CDI",
    ],
)
def test_behind_a_place_or_a_term_a_dash_parts_the_trade(before: str) -> None:
    query = parse(f"{before} - RSSI")
    assert (query.words, query.excluded) == ("RSSI", ())


@pytest.mark.parametrize(
    "behind", ["Lyon", "CDI", "stage", "télétravail", "junior", "senior", "45k", "bac+5", "anglais", "CDI - Lyon"]
)
def test_before_a_place_or_a_term_a_dash_parts_it_from_the_trade(behind: str) -> None:
    query = parse(f"RSSI - {behind}")
    comma = parse(f"RSSI, {behind.replace(' - ', ', ')}")
    assert query == comma


@pytest.mark.parametrize("text", ["- RSSI", "– RSSI", "- RSSI, Lyon", "- RSSI, CDI, 3 ans"])
def test_a_dash_apart_never_refuses_the_last_word_that_says_a_trade(text: str) -> None:
    assert (parse(text).words, parse(text).excluded) == ("RSSI", ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("développeur - PHP", "développeur"),
        ("développeur Java - PHP", "développeur Java"),
        ("développeur senior - PHP", "développeur"),
        ("développeur Lyon - PHP", "développeur"),
        ("développeur, - PHP", "développeur"),
        ("- PHP, développeur", "développeur"),
        ("CDI -PHP développeur", "développeur"),
    ],
)
def test_behind_a_trade_it_refuses_a_skill_as_before(text: str, words: str) -> None:
    query = parse(text)
    assert (query.words, query.excluded) == (words, ("PHP",))


@pytest.mark.parametrize("before", ["H/F", "F/H, Paris", "Offre", "Poste", "Recrutement"])
@pytest.mark.parametrize("trade", ["RSSI", "développeuse"])
def test_what_is_said_of_the_search_is_no_trade_before_a_dash(before: str, trade: str) -> None:
    assert parse(f"{before} - {trade}").excluded == ()


def test_a_noun_of_persons_is_no_skill_that_a_dash_could_refuse() -> None:
    assert parse("Mairie - juriste") == parse("Mairie, juriste")
