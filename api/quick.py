"""The reads that make up nearly all traffic, answered before the framework begins: suggestions, candidates, records.

To route a request and to solve its dependencies in general takes as long as to rank. Here a request that is plain in
every way is answered by the same functions as its route; whatever is not (a parameter beside `top`, a condition, a role
that may not) goes on to the route, which answers it. A test holds the two together.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import ALLOWED
from api.conditions import etag_of
from api.dependencies import DEFAULT_TOP, MAX_ID
from api.problems import answer_to
from api.routes import postings, profiles
from api.schemas.base import MAX_TOP
from matcher.core.access import Principal, Role
from matcher.core.errors import MatcherError

Read = Callable[[FastAPI, Principal, str], Awaitable[bytes]]
Best = Callable[[FastAPI, Principal, str, int], Awaitable[bytes]]

READS_A_ROUND = 1
"""Of the event loop. A write comes back to the loop several times, and each time it would wait for all the reads that
have come in meanwhile, sixteen or more at half a millisecond: it waits for one.
"""

_TOP = re.compile(rb"top=([1-9][0-9]{0,2})")
_CONDITIONS = frozenset({b"if-match", b"if-none-match"})


@dataclass(frozen=True, slots=True)
class _Route:
    """What the metrics know a route by."""

    path: str
    allowed: frozenset[Role]

    @classmethod
    def get(cls, path: str) -> "_Route":
        return cls(path, ALLOWED["GET", path])


BEST: Mapping[tuple[str, str], tuple[_Route, Best]] = {
    ("profiles", "suggestions"): (_Route.get("/v1/profiles/{profile_id}/suggestions"), profiles.best_postings),
    ("postings", "candidates"): (_Route.get("/v1/postings/{posting_id}/candidates"), postings.best_profiles),
}
RECORDS: Mapping[str, tuple[_Route, Read]] = {
    "profiles": (_Route.get("/v1/profiles/{profile_id}"), profiles.content_for),
    "postings": (_Route.get("/v1/postings/{posting_id}"), postings.content_for),
}


class QuickReads:
    """Answers what is plain; passes on everything else."""

    def __init__(self, app: ASGIApp, *, main: FastAPI) -> None:
        """Take what comes next, and the application whose routes these are."""
        self._app = app
        self._main = main
        self._turn = asyncio.Semaphore(READS_A_ROUND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "http" and scope["method"] == "GET" and not scope.get("root_path"):
            headers: list[tuple[bytes, bytes]] = []
            content = None
            try:
                content = await self._content(scope, headers)
            except MatcherError as error:  # the route would find the same, and take as long again
                await answer_to(error)(scope, receive, send)
                return
            if content is not None:
                length = (b"content-length", b"%d" % len(content))
                headers += [length, (b"content-type", b"application/json")]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": content})
                return
        await self._app(scope, receive, send)

    async def _content(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> bytes | None:
        """Return the body of the answer, None where the request is not plain; put further headers into the list."""
        parts = scope["path"].split("/")
        if len(parts) < 4 or parts[1] != "v1" or not 0 < len(parts[3]) <= MAX_ID:
            return None
        principal: Principal = scope["state"]["principal"]
        if len(parts) == 5 and (best := BEST.get((parts[2], parts[4]))):
            top = _top(scope["query_string"])
            if top and _may(principal, best[0]):
                scope["route"] = best[0]
                await self._its_turn()
                return await best[1](self._main, principal, parts[3], top)
        elif len(parts) == 4 and (record := RECORDS.get(parts[2])):
            asks = not scope["query_string"] and _CONDITIONS.isdisjoint(name for name, _ in scope["headers"])
            if asks and _may(principal, record[0]):
                scope["route"] = record[0]
                await self._its_turn()
                content = await record[1](self._main, principal, parts[3])
                headers.append((b"etag", etag_of(content).encode()))
                return content
        return None

    async def _its_turn(self) -> None:
        """Wait until a round of the event loop has room for one more read."""
        await self._turn.acquire()
        asyncio.get_running_loop().call_soon(self._turn.release)


def _may(principal: Principal, route: _Route) -> bool:
    return principal.role is None or principal.role in route.allowed


def _top(query: bytes) -> int | None:
    if not query:
        return DEFAULT_TOP
    found = _TOP.fullmatch(query)
    top = int(found[1]) if found else 0
    return top if 0 < top <= MAX_TOP else None
