"""The places that a recruiter's query names."""

import pytest

from matcher.core import places
from matcher.stages.text import neutral
from matcher.stages.text.query import SearchQuery, parse
from matcher.stages.text.query_places import places_in
from models import concepts

HOMONYMS = {"paris", "paris en ligne", "aix"}
"""Skills whose names are cities' names too: bets in French, and an operating system in lower case."""
SAMPLED = 10
"""Of so many names of skills and trades one is read: all of them, once, took twenty seconds."""


@pytest.mark.parametrize(
    ("text", "departments"),
    [
        ("data scientist lyon", ["69"]),
        ("rssi à paris", ["75"]),
        ("rssi à paris senior", ["75"]),
        ("rssi, lyon, python", ["69"]),
        ("RSSI (69)", ["69"]),
        ("RSSI (2A)", ["2A"]),
        ("RSSI 69003", ["69"]),
        ("75012 Paris, RSSI", ["75"]),
        ("RSSI Paris 75012", ["75"]),
        ("Saint-Denis (974)", ["974"]),
        ("Saint-Denis 97400", ["974"]),
        ("RSSI Saint-Denis de La Réunion", ["974"]),
        ("RSSI St-Denis", ["93"]),
        ("RSSI St Étienne", ["42"]),
        ("RSSI département 93", ["93"]),
        ("RSSI dépt. 93", ["93"]),
        ("RSSI dpt 2b", ["2B"]),
        ("RSSI Paris/Lyon", ["75", "69"]),
        ("RSSI Paris / Lyon", ["75", "69"]),
        ("RSSI Lille ou Paris", ["59", "75"]),
        ("RSSI Aix", ["13"]),
        ("RSSI Marne-la-Vallée", ["77"]),
        ("RSSI dans l'Hérault", ["34"]),
        ("RSSI dans le Lot", ["46"]),
        ("RSSI en gironde", ["33"]),
        ("RSSI basé à Lyon 3e", ["69"]),
        ("RSSI à tours", ["37"]),
    ],
)
def test_a_place_is_understood_as_recruiters_write_it(text: str, departments: list[str]) -> None:
    query = parse(text)
    assert [place.department for place in query.locations] == departments
    assert not any(name.endswith(("/", "-")) for name in query.places)
    assert query.words.split() in (
        ["RSSI"],
        ["rssi"],
        ["data", "scientist"],
        ["rssi", "python"],
        ["rssi", "senior"],
        [],
    )


@pytest.mark.parametrize(
    "text",
    [
        "RSSI 93",
        "RSSI ISO 27001",
        "RSSI 27001",
        "développeur 45000 €",
        "salaire 45000",
        "chef de centre",
        "Chef de Centre",
        "Réunion d'équipe",
        "opérateur de vannes",
        "nice to have",
        "Nice to have",
        "IBM AIX",
        "industrie de la défense",
        "tourneur sur tours",
        "CI/CD",
        "Chargé(e) de mission (H/F)",
        "73/87",
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert parse(text).places == ()


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_no_name_of_a_skill_or_a_trade_is_a_place() -> None:
    every = {name for one in concepts.read(neutral) for name in (one.fr, one.en, *one.forms)}
    names = {*sorted(every)[::SAMPLED], *HOMONYMS}
    written = names | {name[:1].upper() + name[1:] for name in names if places.may_begin(name)}
    read = {name.casefold() for name in written for part in name.split(",") if places_in(part.split())[1]}
    assert read == HOMONYMS


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("développeur, France", "France"),
        ("développeur, France entière", "France entière"),
        ("développeur en France", "France"),
        ("développeur dans toute la France", "toute la France"),
        ("développeur partout en France", "partout en France"),
    ],
)
def test_the_whole_country_constrains_nothing_and_is_no_word(text: str, place: str) -> None:
    assert parse(text) == SearchQuery("développeur", places=(place,))


@pytest.mark.parametrize("text", ["hors France", "-France", "sauf la France", "pas en France"])
def test_the_whole_country_refused_hides_nobody(text: str) -> None:
    assert parse(f"développeur, {text}") == SearchQuery("développeur", excluded_places=("France",))


@pytest.mark.parametrize("text", ["directeur Radio France", "juriste France Travail", "agent en France Travail"])
def test_a_name_that_holds_the_country_is_words(text: str) -> None:
    query = parse(text)
    assert "France" in query.words
    assert query.places == ()
    assert parse("juriste sauf France Travail").excluded == ("France Travail",)


@pytest.mark.parametrize(
    ("text", "words", "place", "department"),
    [
        ("data scientist parris", "data scientist", "parris (Paris)", "75"),
        ("data scientist, marseile", "data scientist", "marseile (Marseille)", "13"),
        ("développeur Bordaux CDI", "développeur", "Bordaux (Bordeaux)", "33"),
        ("rssi à Tolouse", "rssi", "Tolouse (Toulouse)", "31"),
        ("developer near Strasburg", "developer", "Strasburg (Strasbourg)", "67"),
        ("RSSI Motnpellier", "RSSI", "Motnpellier (Montpellier)", "34"),
        ("RSSI saint-etiene", "RSSI", "saint-etiene (Saint-Étienne)", "42"),
    ],
)
def test_a_large_town_by_a_slip_of_the_hand_is_that_town_and_said_so(
    text: str, words: str, place: str, department: str
) -> None:
    query = parse(text)
    assert (query.words, query.places) == (words, (place,))
    assert [one.department for one in query.locations] == [department]


@pytest.mark.parametrize(
    "text",
    [
        *("chef de parts", "hôte accueil", "développeur array", "admin names", "designer palais", "soins canines"),
        *(
            "expert pairs",
            "analyste lile",
            "designer marseile Python",
            "vendeur vannes",
            "chargé de bourses",
            "rssi pari",
        ),
    ],
)
def test_a_word_that_is_another_or_stands_where_no_place_does_is_no_misspelt_town(text: str) -> None:
    assert "(" not in "".join(parse(text).places)


def test_nothing_is_refused_for_a_guess() -> None:
    query = parse("designer, hors marseile")
    assert (query.excluded, query.excluded_places) == (("marseile",), ())


def test_no_word_of_skills_and_trades_is_a_misspelt_town() -> None:
    every = {word for one in concepts.read(neutral) for form in one.forms for word in form.split()}
    assert len(every) > 10_000
    assert [word for word in every if places.misspelt_city(word) and places_in(["xyz", word])[1]] == []
