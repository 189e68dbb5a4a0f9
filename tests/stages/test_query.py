"""What a recruiter types, taken apart."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Contract, Remote
from matcher.stages.text.query import MOST_CHARACTERS, SearchQuery, parse


def test_a_whole_query_is_understood() -> None:
    query = parse('data scientist santé, Lyon, télétravail, Python, 5 ans, -PHP, "open data", sauf "Power BI"')
    assert query.words == "data scientist santé Python open data"
    assert query.phrases == ("open data",)
    assert query.excluded == ("Power BI", "PHP")
    assert query.places == ("Lyon",)
    assert [(place.region, place.department) for place in query.locations] == [("Auvergne-Rhône-Alpes", "69")]
    assert query.remote is Remote.PARTIAL
    assert query.experience_years == 5


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("développeur full remote", Remote.FULL),
        ("développeur 100 % télétravail", Remote.FULL),
        ("développeur en distanciel", Remote.PARTIAL),
        ("developer, remote", Remote.PARTIAL),
        ("télétravailleur", None),
    ],
)
def test_remote_work_is_understood_in_both_languages(text: str, remote: Remote | None) -> None:
    assert parse(text).remote is remote


@pytest.mark.parametrize(
    ("text", "contract"),
    [
        ("titulaire", Contract.CIVIL_SERVANT),
        ("contractuelle", Contract.CONTRACT_AGENT),
        ("alternance", Contract.APPRENTICESHIP),
        ("stage", Contract.INTERNSHIP),
        ("freelance", Contract.FREELANCE),
    ],
)
def test_contracts_are_understood(text: str, contract: Contract) -> None:
    assert parse(f"designer {text}") == SearchQuery("designer", contracts=(contract,))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("architecte à Rennes", ("Rennes",)),
        ("architecte, Ille-et-Vilaine", ("Ille-et-Vilaine",)),
        ("architecte, 35", ("35",)),
        ("Provence-Alpes-Côte d'Azur", ("Provence-Alpes-Côte d'Azur",)),
        ("35 architectes", ()),
        ("architecte en or", ()),
    ],
)
def test_places_are_understood_where_nothing_else_is_meant(text: str, places: tuple[str, ...]) -> None:
    assert parse(text).places == places


@pytest.mark.parametrize("text", ["«open data»", "“open data”", '"open data"', '" open data "'])
def test_every_kind_of_quotation_mark_makes_a_phrase(text: str) -> None:
    assert [phrase.strip() for phrase in parse(text).phrases] == ["open data"]


@pytest.mark.parametrize("text", ["ISO-27001", "CI-CD", "front-end", "e-administration"])
def test_a_hyphen_within_a_word_excludes_nothing(text: str) -> None:
    assert (parse(text).words, parse(text).excluded) == (text, ())


@pytest.mark.parametrize("text", ["C++", ".NET", "C#", "node.js", "PL/SQL"])
def test_names_of_tools_stay_as_they_are_written(text: str) -> None:
    assert parse(f"développeur {text}").words == f"développeur {text}"


@pytest.mark.parametrize("text", ["", " ", "-", '""', '"', "-PHP", "\x00", ",;,", "- - -"])
def test_what_asks_for_nothing_is_empty(text: str) -> None:
    assert parse(text).is_empty or not any(map(str.isalnum, parse(text).words))


@given(st.text(max_size=200))
def test_any_text_is_a_query_that_can_be_stored_and_sent(text: str) -> None:
    query = parse(text)
    for part in (query.words, *query.phrases, *query.excluded, *query.places):
        assert "\x00" not in part
        part.encode()


@pytest.mark.parametrize("sign", ['"', "«", '-"', "- ", "sauf ", "\ud800", "NOT ", '"a" ', "Paris, ", "1 an "])
def test_a_megabyte_of_anything_is_read_at_once(sign: str) -> None:
    started = time.perf_counter()
    parse(sign * (1_000_000 // len(sign)))
    assert time.perf_counter() - started < 0.5, f"only the first {MOST_CHARACTERS} characters are read"
