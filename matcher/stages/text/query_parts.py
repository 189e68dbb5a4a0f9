"""What a query says between commas, apart from the places and languages that stand there."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import is_

from matcher.stages.text.query_asks import languages_in, seniority_in
from matcher.stages.text.query_bounds import says_only_how_many
from matcher.stages.text.query_places import Place, places_in
from matcher.stages.text.query_terms import terms_in
from matcher.stages.text.query_words import CONTRACTS, GAP, LITERAL, REMOTE, bare, telling

_CODE = re.compile(r"(?=\(\s*(?:\d{2,3}|2[ABab])\s*\))")
"""Before a département's code in brackets."""
_BETWEEN = re.compile(rf"[^,;\n(){GAP}]+")
"""What stands between commas or in brackets."""
_OR = re.compile(r"\s(?:ou|or)\s", re.IGNORECASE)
_LONGEST_TOOL = 3
"""Words."""
_PART = re.compile(r"[,;\n]+")


_LIST_IN_BRACKETS = re.compile(r"\(([^()]*[,;\n][^()]*)\)?")
_IN_BRACKETS = re.compile(rf"(?<=\s)\(\s*([^()]*(?:[^\W\d_]{{2}}|[{LITERAL}])[^()]*)\)?(?!\S)")
_GENDERS = re.compile(r"[fhm]\s?[/-]\s?[fhmw](?:\s?/\s?[xdn])?|(?:se|ne|le|[eè]re|euse|t?rice|ve)s?", re.IGNORECASE)
"""What stands in brackets behind a trade, and is no part of its own."""
_NO_TRADE = frozenset(
    "annonce emploi f/h f/h/x h/f h/f/x hiring job mission offre offres poste postes recherche recrute recrutement "
    "urgent".split()
)
"""What is said of a search, and not of who is looked for."""


def parts_in(text: str) -> tuple[list[str], list[Place], list[str]]:
    """Return what a text says between commas, without the places and languages that it names, and those."""
    parts: list[str] = []
    places: list[Place] = []
    languages: list[str] = []
    for part in _PART.split(_LIST_IN_BRACKETS.sub(r", \1,", text)):
        kept: list[str] = []
        for run in part.split(GAP):
            left, named = places_in(_CODE.sub(" ", run).split())
            places += named
            for run_of_words in _runs(left):
                unspoken, spoken = languages_in(run_of_words)
                languages += spoken
                kept += (word for said in _runs(unspoken) for word in telling(said))
        parts += [] if GAP in part and says_only_how_many(kept) else _without_brackets(" ".join(kept))
    return [part for part in parts if part], places, languages


def _without_brackets(part: str) -> list[str]:
    """Return what stands before, in and behind brackets: they part a text as commas do."""
    apart = _IN_BRACKETS.sub(lambda found: found[0] if _GENDERS.fullmatch(found[1].strip()) else f",{found[1]},", part)
    if apart.count(")") > apart.count("("):
        apart = apart.replace(")", "")
    return [one.strip() for one in apart.split(",")]


def with_alternatives_apart(text: str, is_tool: Callable[[str], bool]) -> str:
    """Return a text in which tools with `ou` between them stand between commas: `Go ou Rust` are two, not one.

    Args:
        text: of a query.
        is_tool: tells whether words, as they are written, are a tool's name.
    """

    def apart(found: re.Match[str]) -> str:
        first, *others = (one.strip() for one in _OR.split(found[0]))
        ends = [" ".join(first.split()[-count:]) for count in range(1, _LONGEST_TOOL + 1)]
        return (
            ", ".join((first, *others))
            if others and all(map(is_tool, others)) and any(map(is_tool, ends))
            else found[0]
        )

    return _BETWEEN.sub(apart, text)


def says_more_than_terms(text: str) -> bool:
    """Tell whether a text names something besides places, languages, contracts, remote work, levels and other terms."""
    for pattern, _ in (*REMOTE, *CONTRACTS):
        text = pattern.sub(f" {GAP} ", text)
    left, _ = terms_in(text)
    left, _ = seniority_in(left)
    return any(not {*map(bare, part.split())} <= _NO_TRADE for part in parts_in(left)[0])


def _runs(words: Iterable[str | None]) -> Iterator[list[str]]:
    """Yield the words that still stand side by side where others were taken out."""
    for is_gap, run in groupby(words, key=partial(is_, None)):
        if not is_gap:
            yield [word for word in run if word is not None]
