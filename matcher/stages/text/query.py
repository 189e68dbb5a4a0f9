"""What a recruiter typed, taken apart: words to compare, phrases that must stand there, what must not, and the rest.

`data scientist santé, Lyon, télétravail, Python, -PHP, "open data"`: any text is a query, and none is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from matcher.core.domain import Contract, Location, Remote
from matcher.core.places import find_city, find_department, find_region

MOST_CHARACTERS = 2_000
"""Of a query; the rest is not read."""
MOST_PHRASES = 16
"""Phrases and exclusions that are looked up, each."""

_QUOTED = re.compile(r'(?P<no>(?:^|(?<=\s))-|\bsauf\s+|\bNOT\s+)?["«“]\s*(?P<phrase>[^"«»“”]*?)\s*["»”]')
_EXCLUDED = re.compile(r"(?:(?:^|(?<=[\s,;]))-(?=\w)|\bsauf\s+|\bNOT\s+)(?P<word>[^\s,;]+)")
_YEARS = re.compile(
    r"\b(\d{1,2})\s*(?:\+\s*)?(?:ans?|années?|years?)\b(?:\s+d['’]exp[eé]rience|\s+of\s+experience)?", re.IGNORECASE
)
_PART = re.compile(r"[,;\n]+")
_WORD = re.compile(r"\S+")
_LONGEST_PLACE = 4
"""Words of a place's name."""


def _said(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_TELEWORK = "t[ée]l[ée]travail"
_REMOTE = (
    (_said(rf"full[- ]?remote|100\s?%\s*{_TELEWORK}|{_TELEWORK} (?:total|complet|à 100\s?%)"), Remote.FULL),
    (_said(rf"{_TELEWORK}(?: partiel)?|remote|home office|distanciel"), Remote.PARTIAL),
)
_CONTRACTS = (
    (_said("titulaires?|fonctionnaires?|civil servants?"), Contract.CIVIL_SERVANT),
    (_said("contractuel(?:le)?s?|CDD|CDI"), Contract.CONTRACT_AGENT),
    (_said("apprenti(?:e|ssage)?s?|alternan(?:ce|t|te)|apprenticeship"), Contract.APPRENTICESHIP),
    (_said("stages?|stagiaires?|internship"), Contract.INTERNSHIP),
    (_said("freelances?|indépendante?s?"), Contract.FREELANCE),
)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query as it was understood."""

    words: str
    """What is compared: everything that is nothing else."""
    phrases: tuple[str, ...] = ()
    """What must stand in a document, word by word."""
    excluded: tuple[str, ...] = ()
    """What must not."""
    locations: tuple[Location, ...] = ()
    remote: Remote | None = None
    contracts: tuple[Contract, ...] = ()
    experience_years: float | None = None
    places: tuple[str, ...] = field(default=())
    """The places as they were typed, for whoever asks what was understood."""

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing."""
        return not (self.words or self.phrases or self.locations or self.remote or self.contracts)


def parse(text: str) -> SearchQuery:
    """Return what a text asks for; what is not understood is compared as words."""
    # Half a character (a lone surrogate) is nothing that a database or a tokenizer could take.
    left = text[:MOST_CHARACTERS].encode("utf-8", "replace").decode().replace("\x00", " ")
    phrases: list[str] = []
    excluded: list[str] = []

    def quoted(found: re.Match[str]) -> str:
        if any(map(str.isalnum, found["phrase"])):
            (excluded if found["no"] else phrases).append(found["phrase"])
        return " " if found["no"] else f" {found['phrase']} "

    left = _QUOTED.sub(quoted, left)
    left, unwanted = _taken(_EXCLUDED, left, lambda found: found["word"])
    excluded += [word for word in unwanted if any(map(str.isalnum, word))]
    left, years = _taken(_YEARS, left, lambda found: found[1])
    remote = None
    for pattern, value in _REMOTE:
        left, said = _taken(pattern, left, lambda found: found[0])
        remote = remote or (value if said else None)
    contracts = []
    for pattern, contract in _CONTRACTS:
        left, said = _taken(pattern, left, lambda found: found[0])
        contracts += [contract] if said else []
    left, places = _places(left)
    return SearchQuery(
        words=" ".join(left.split()),
        phrases=tuple(dict.fromkeys(phrases))[:MOST_PHRASES],
        excluded=tuple(dict.fromkeys(excluded))[:MOST_PHRASES],
        locations=tuple(location for _, location in places),
        remote=remote,
        contracts=tuple(contracts),
        experience_years=float(years[0]) if years else None,
        places=tuple(name for name, _ in places),
    )


def _taken(pattern: re.Pattern[str], text: str, told: Callable[[re.Match[str]], str]) -> tuple[str, list[str]]:
    """Return a text without what a pattern finds, and what that said."""
    return pattern.sub(" ", text), [told(found) for found in pattern.finditer(text)]


def _places(text: str) -> tuple[str, list[tuple[str, Location]]]:
    """Return a text without the places that it names, and those: the longest names first, from the left."""
    found: list[tuple[str, Location]] = []
    kept: list[str] = []
    for part in _PART.split(text):
        words = _WORD.findall(part)
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_PLACE, len(words) - at), 0, -1):
                name = " ".join(words[at : at + length]).strip("().:!?")
                if location := _place(name, alone=length == len(words)):
                    found.append((name, location))
                    if kept and kept[-1].casefold() in {"à", "en", "in", "at", "near", "vers"}:
                        kept.pop()
                    at += length
                    break
            else:
                kept.append(words[at])
                at += 1
    return " ".join(kept), found


def _place(name: str, *, alone: bool) -> Location | None:
    # A number is a département's code only where nothing else stands beside it, and a small word never a place.
    if not name or (not alone and (name.isdigit() or name.islower())):
        return None
    if department := (find_city(name) or (find_department(name) if alone or not name.isdigit() else None)):
        return Location(region=department.region.name, department=department.code)
    region = find_region(name)
    return Location(region=region.name) if region else None
