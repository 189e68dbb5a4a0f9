"""The catalogue: the same keys in both languages, with the same places to fill, and none that no page uses."""

import re
from pathlib import Path
from string import Formatter

import pytest

import api.pages
from api.pages.words import NARROW, NO_BREAK, TEXTS, Words
from matcher.core.domain import Contract, Remote, Situation
from matcher.core.feedback import Event
from matcher.core.scoring import ASPECTS, Evidence
from matcher.search import WORDS
from matcher.stages.counts import FACETS, UNKNOWN, VALUES

FOLDER = Path(api.pages.__file__).parent
ENUMERATED = (
    "aspect.",
    "contract.",
    "remote.",
    "situation.",
    "experience.",
    "event.",
    "excluded.",
    "status.",
    "error.",
    "notice.",
    "search.",
    "facet.",
    "match.",
    "list.stops.",
    "who.",
)
"""What stands before a name that comes from the data."""


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_the_same_places_to_fill() -> None:
    french, english = TEXTS["fr"], TEXTS["en"]
    assert [*french] == [*english]
    assert [key for key in french if _fields(french[key]) != _fields(english[key])] == []
    assert not [key for texts in TEXTS.values() for key, text in texts.items() if not text.strip(" ,.") and key != "x"]


def test_no_sentence_is_left_over() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in [*FOLDER.glob("*.py"), *FOLDER.parent.glob("templates/*.html")]
        if not path.name.startswith("words_")
    )
    used = {*re.findall(r"""["']([a-z_]+(?:\.[a-z_0-9]+)*)["']""", source)}
    unused = [key for key in TEXTS["fr"] if key not in used and not key.startswith(ENUMERATED)]
    assert [key for key in unused if key.rpartition(".")[0] not in used] == []


def test_every_name_of_the_data_has_its_words() -> None:
    t = Words("fr")
    names = [f"aspect.{one}" for one in (*ASPECTS, WORDS)]
    names += [
        f"{kind}.{one}"
        for kind, every in (("contract", Contract), ("remote", Remote), ("situation", Situation))
        for one in every
    ]
    names += [f"match.{one}" for one in Evidence]
    names += [f"event.{one}" for one in Event if one not in {Event.SHOWN, Event.OPENED}]
    names += [f"notice.{one}" for one in Event if one not in {Event.SHOWN, Event.OPENED}]
    names += [f"{facet}.{one}" for facet in FACETS if facet != "region" for one in (*VALUES[facet], UNKNOWN)]
    names += [f"facet.{facet}" for facet in FACETS]
    names += [f"excluded.{one}" for one in ("open", "dates", "visible", "contract", "place", "hidden")]
    assert [name for name in names if not t.knows(name)] == []


def test_french_spaces_do_not_break() -> None:
    assert not [key for key, text in TEXTS["fr"].items() if re.search(r" [:;?!»%€]|« ", text)]
    assert f"Score{NO_BREAK}: {{points}} sur 100" == TEXTS["fr"]["match.score"]
    assert TEXTS["fr"]["euros"] == f"{{n}}{NARROW}€ par an"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ("1\u202f275 profils trouvés", "0 profil trouvé", "1,5 an", "1 an", "71,6", "04/01/2027", "0,0")),
        ("en", ("1,275 profiles found", "0 profiles found", "1.5 years", "1 year", "71.6", "4 January 2027", "0.0")),
    ],
)
def test_numbers_and_days_are_written_as_each_language_does(language: str, expected: tuple[str, ...]) -> None:
    t = Words(language)
    assert expected == (
        t.count("search.count", 1275),
        t.count("search.count", 0),
        t.years(1.5),
        t.years(1.0),
        t.points(0.716),
        t.day("2027-01-04"),
        t.points(-0.0),
    )
    assert (t.number(-0.4), t.points(-0.0001)) == ("0", expected[-1])
