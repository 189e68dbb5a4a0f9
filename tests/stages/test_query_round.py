"""A round number without a unit may be pay or a postal code: a place excludes people, so neither is guessed."""

import time

import pytest

from matcher.stages.text.query import parse


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("RSSI, Paris, 60000", 60_000, 60_000),
        ("60000, RSSI, Paris", 60_000, 60_000),
        ("RSSI 60000, Paris", 60_000, 60_000),
        ("RSSI, Paris, CDI, 60000", 60_000, 60_000),
        ("RSSI, Paris, 45 000", 45_000, 45_000),
        ("RSSI, Paris, 45.000", 45_000, 45_000),
        ("RSSI, Paris, 120000", 120_000, 120_000),
        ("RSSI, Paris, 45000 brut", 45_000, 45_000),
        ("RSSI 45000 brut annuel, Paris", 45_000, 45_000),
        ("RSSI, Paris, 45000 par an", 45_000, 45_000),
        ("RSSI, Paris, 45000-55000", 45_000, 55_000),
        ("RSSI, Paris, 45000 - 55000", 45_000, 55_000),
        ("RSSI, Paris, 45000 à 55000", 45_000, 55_000),
    ],
)
def test_it_is_pay_where_a_place_is_named_or_it_is_written_so(text: str, least: float, most: float) -> None:
    query = parse(text)
    assert (query.words, query.places, query.salary_min, query.salary_max) == ("RSSI", ("Paris",), least, most)


@pytest.mark.parametrize(
    ("text", "least"),
    [("45 000", 45_000), ("45.000", 45_000), ("120000", 120_000), ("45000 brut", 45_000), ("45000-55000", 45_000)],
)
def test_written_as_pay_it_needs_no_place(text: str, least: float) -> None:
    query = parse(f"développeur, {text}")
    assert (query.words, query.places, query.salary_min) == ("développeur", (), least)


@pytest.mark.parametrize(
    "text", ["développeur java, 45000", "développeur java 45000", "35000, développeur java", "développeur java, 27000"]
)
def test_where_nothing_tells_it_is_shown_and_asks_for_nothing(text: str) -> None:
    query = parse(text)
    assert (query.words, query.locations, query.salary_min, query.salary_max) == ("développeur java", (), None, None)
    assert len(query.terms) == 1


@pytest.mark.parametrize(
    ("text", "departments"),
    [
        ("RSSI, 69003", ["69"]),
        ("RSSI, 45250", ["45"]),
        ("RSSI, 18000", ["18"]),
        ("RSSI, 97400", ["974"]),
        ("RSSI, Rennes, 35000", ["35", "35"]),
        ("RSSI, Île-de-France, 75000", [None, "75"]),
        ("RSSI, 35000 Rennes", ["35"]),
        ("RSSI Rennes 35000", ["35"]),
        ("RSSI, Rennes (35000)", ["35"]),
        ("RSSI à 45000", ["45"]),
        ("RSSI (45000)", ["45"]),
        ("RSSI, 69000 ou 38000", ["69", "38"]),
        ("RSSI, 69003, 38000", ["69", "38"]),
        ("RSSI, 45000, 38000, 69000, 33000, 59000", ["45", "38", "69", "33", "59"]),
        ("45000", ["45"]),
    ],
)
def test_what_can_be_nothing_else_is_a_postal_code(text: str, departments: list[str | None]) -> None:
    query = parse(text)
    found = [place.department for place in query.locations]
    assert sorted(map(str, found)) == sorted({*map(str, departments)})
    assert (query.salary_min, query.terms) == (None, ())


@pytest.mark.parametrize("text", ["RSSI hors 75000", "RSSI sauf 75000", "RSSI, -75000", "RSSI pas à 75000"])
def test_a_code_that_is_refused_stays_one(text: str) -> None:
    query = parse(text)
    assert [place.department for place in query.excluded_locations] == ["75"]
    assert query.terms == ()


@pytest.mark.parametrize("text", ["auditeur ISO 27000", "chef de projet trafic 50 000", "chef de projet budget 50 000"])
def test_nor_are_other_numbers_pay(text: str) -> None:
    query = parse(f"{text}, Lyon")
    assert (query.words, query.salary_min, query.terms) == (text, None, ())


@pytest.mark.parametrize("text", ["salaire 45000", "développeur salaire 45000", "salaire maximum 45000"])
def test_pay_that_is_called_so_is_read_as_before(text: str) -> None:
    assert parse(f"{text}, développeur").salary_max == 45_000


def test_many_numbers_are_read_in_time() -> None:
    start = time.process_time()
    parse("développeur, " + "45000, " * 300)
    assert time.process_time() - start < 1
