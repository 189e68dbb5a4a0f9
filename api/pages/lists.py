"""A page of a list of people: each match with what the caller may see of the person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request

from api.pages.sealing import seal_of
from api.pages.views import Fact, Json, MatchView, match_view, profile_facts
from api.pages.words import Words
from api.routes import profiles
from matcher.core.access import Principal
from matcher.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in a list."""

    match: MatchView
    headline: str
    """Empty where they are no longer visible: then nothing of the match is shown either."""
    facts: list[Fact]


async def candidates(app: FastAPI, caller: Principal, matches: Iterable[Json], t: Words) -> list[Candidate]:
    """Return the people of some matches, in their order."""
    return [await _candidate(app, caller, match_view(match, t), t) for match in matches]


async def _candidate(app: FastAPI, caller: Principal, match: MatchView, t: Words) -> Candidate:
    try:
        profile = orjson.loads(await profiles.content_for(app, caller, match.profile_id))
    except NotFound:  # withdrawn while the page was made
        return Candidate(match, "", [])
    return Candidate(match, profile["headline"], [*profile_facts(profile, t)])


def left(total: int, people: Sequence[Candidate], cursor: str | None) -> int:
    """Return how many a list does not reach: it ends at about a thousand, and then says so."""
    return max(total - people[-1].match.rank, 0) if people and cursor is None else 0


def sealed(request: Request, caller: Principal, content: Any, *, of: str) -> str | None:
    """Return a content as an address may hold it; None where that would be too long."""
    return seal_of(request.app).sealed(orjson.dumps(content), whose=caller.id, of=of)


def opened(request: Request, caller: Principal, text: str, *, of: str) -> Any:
    """Return what was sealed. Raises HTTPException: 404, it was not, or for somebody else."""
    return orjson.loads(seal_of(request.app).opened(text, whose=caller.id, of=of))
