"""What a page shows of an answer of the API: its own values, as a person reads them.

Made of the JSON that the API would have sent to the same caller: a page cannot show what the API does not.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.pages.words import Words
from matcher.core.languages import language_name
from matcher.core.places import place_name
from matcher.core.scoring import WISHES, Evidence, Standing

Json = Mapping[str, Any]
Fact = tuple[str, str]
"""What it is about, and what is said."""

AGREES = 0.995
"""From this similarity on a wish is met as far as a person can see."""


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion's share of a score."""

    label: str
    points: str
    most: str
    similarity: float
    """Between 0 and 1, for the bar."""
    agreement: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class MatchView:
    """A match with its reasons."""

    profile_id: str
    rank: int
    score: str
    sides: tuple[str, str] | None
    """What the posting asks and what the candidate wishes, in points; None of a search."""
    sentence: str
    parts: Sequence[Part]
    skills: Mapping[str, Sequence[Json]]
    """By evidence, in the order of Evidence."""
    differs: Sequence[str]
    """The wishes that the posting does not meet."""

    @property
    def has_skills(self) -> bool:
        """Whether any skill is asked for."""
        return any(self.skills.values())


def match_view(match: Json, t: Words) -> MatchView:
    """Return a match, or what a search has found, as it is shown."""
    skills: dict[str, list[Json]] = {evidence.value: [] for evidence in Evidence}
    for skill in match["skills"]:
        skills[skill["evidence"]].append(skill)
    differs = [
        t(f"aspect.{part['name']}")
        for part in match["contributions"]
        if part["name"] in WISHES and part["standing"] == Standing.COMPARED and part["similarity"] < AGREES
    ]
    sides = (t.points(match["asks_score"]), t.points(match["wishes_score"])) if "asks_score" in match else None
    return MatchView(
        profile_id=match.get("profile_id") or match["id"],
        rank=match["rank"],
        score=t.points(match["score"]),
        sides=sides,
        sentence=match["sentence"][t.language],
        parts=[_part(part, t) for part in match["contributions"]],
        skills=skills,
        differs=differs,
    )


def _part(part: Json, t: Words) -> Part:
    return Part(
        label=t(f"aspect.{part['name']}"),
        points=t.points(part["value"]),
        most=t.points(part["weight"]),
        similarity=min(max(part["similarity"], 0.0), 1.0),
        agreement=f"{t.number(part['similarity'] * 100)}{t('percent')}",
        is_unknown=part["standing"] == Standing.UNKNOWN,
    )


def posting_facts(posting: Json, t: Words) -> Iterator[Fact]:
    """Yield what a recruiter wants to see of a posting beside its candidates."""
    if posting["organisation"]:
        yield t("fact.organisation"), posting["organisation"]["name"] or posting["organisation"]["id"]
    yield from _common_facts(posting, t)
    if posting["experience_years_min"] is not None:
        yield t("fact.experience"), t("at_least", what=t.years(posting["experience_years_min"]))
    if posting["education_level_min"]:
        yield t("fact.education"), t("at_least", what=t("level", n=posting["education_level_min"]))
    if (salary := posting["salary_eur_year"]) and (told := _salary(salary["min"], salary["max"], t)):
        yield t("fact.salary"), told
    if posting["openings"] is not None:
        yield t("fact.openings"), t.number(posting["openings"])
    if dates := period(posting["valid_from"], posting["valid_through"], t):
        yield t("fact.dates"), dates
    if posting["skills"]:
        yield t("fact.skills"), ", ".join(posting["skills"])


def profile_facts(profile: Json, t: Words) -> Iterator[Fact]:
    """Yield what is said of a profile in a line: where, how long, and what is wished."""
    if profile["experience_years"] is not None:
        yield t("fact.experience"), t.years(profile["experience_years"])
    yield from _common_facts(profile, t, of="fact.wished")
    if profile["situation"]:
        yield t("fact.situation"), t(f"situation.{profile['situation']}")
    if profile["available_from"]:
        yield t("fact.available"), t("from", day=t.day(profile["available_from"]))
    if profile["salary_eur_year_min"] is not None:
        yield t("fact.wished.salary"), t("at_least", what=t.euros(profile["salary_eur_year_min"]))


def _common_facts(record: Json, t: Words, *, of: str = "fact") -> Iterator[Fact]:
    """Yield what both sides say; a profile's are wishes."""
    if record["locations"]:
        yield t(f"{of}.place"), places(record["locations"])
    if record["remote"]:
        yield t(f"{of}.remote"), t(f"remote.{record['remote']}")
    if record["contracts"]:
        yield t(f"{of}.contracts"), ", ".join(t(f"contract.{one}") for one in record["contracts"])
    if record["languages"]:
        yield t("fact.languages"), ", ".join(language_name(one, t.language) for one in record["languages"])


def places(locations: Iterable[Json]) -> str:
    """Return the names of places, each as near as it is known."""
    names = (place_name(place["region"], place["department"], place["city"]) for place in locations)
    return ", ".join(dict.fromkeys(filter(None, names)))


def period(first: str | None, last: str | None, t: Words) -> str:
    """Return a span of days in words, empty where neither end is known."""
    if first and last:
        return t("from.to", first=t.day(first), last=t.day(last))
    return t("from", day=t.day(first)) if first else t("to", day=t.day(last)) if last else ""


def months(job: Json, t: Words) -> str:
    """Return when somebody held a job."""
    if not job["start"]:
        return t.month(job["end"]) if job["end"] else ""
    return f"{t.month(job['start'])} – {t.month(job['end']) if job['end'] else t('now')}"


def _salary(low: float | None, high: float | None, t: Words) -> str:
    if low is not None and high is not None:
        return t("euros.range", low=t.number(low), high=t.number(high))
    if low is not None:
        return t("at_least", what=t.euros(low))
    return t("at_most", what=t.euros(high)) if high is not None else ""


def marked(text: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """Return a text in pieces, and of each whether it is one of some words, verbatim and whole: the evidence in it."""
    wanted = sorted({word for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return [(text, False)] if text else []
    pieces = re.split(rf"(?<!\w)({'|'.join(map(re.escape, wanted))})(?!\w)", text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]
