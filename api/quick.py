"""What makes up nearly all traffic, answered before the framework begins: suggestions, candidates, records.

To route a request and to solve its dependencies in general takes as long as to rank. Here a request that is plain in
every way is answered by the same functions as its route; whatever is not (a parameter beside `top`, a condition, a role
that may not, a body that breaks the contract) goes on to the route, which answers it. A test holds the two together.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import ALLOWED
from api.bodies import value_of
from api.conditions import Conditions, etag_of
from api.dependencies import DEFAULT_TOP
from api.limits import declared_length
from api.problems import answer_to
from api.routes import postings, profiles
from api.schemas.base import MAX_TOP
from matcher.core.access import Principal, Role
from matcher.core.domain import MAX_ID
from matcher.core.errors import MatcherError
from matcher.records import PostingRecord, ProfileRecord

Read = Callable[[FastAPI, Principal, str], Awaitable[bytes]]
_Form = ProfileRecord | PostingRecord
Best = Callable[[FastAPI, Principal, str, int], Awaitable[bytes]]

_TOP = re.compile(rb"top=([1-9][0-9]{0,2})")
_CONDITIONS = frozenset({b"if-match", b"if-none-match"})
_AS_ANY = Conditions(None, None)

PLAIN_BYTES = 65_536
"""Bytes of a body that is stored here, at most: a body that turns out not to be plain is read twice."""


@dataclass(frozen=True, slots=True)
class _Route:
    """What the metrics know a route by."""

    path: str
    allowed: frozenset[Role]

    @classmethod
    def of(cls, method: str, path: str) -> "_Route":
        return cls(path, ALLOWED[method, path])


BEST: Mapping[tuple[str, str], tuple[_Route, Best]] = {
    ("profiles", "suggestions"): (_Route.of("GET", "/v1/profiles/{profile_id}/suggestions"), profiles.best_postings),
    ("postings", "candidates"): (_Route.of("GET", "/v1/postings/{posting_id}/candidates"), postings.best_profiles),
}
RECORDS: Mapping[str, tuple[_Route, Read]] = {
    "profiles": (_Route.of("GET", "/v1/profiles/{profile_id}"), profiles.record_for),
    "postings": (_Route.of("GET", "/v1/postings/{posting_id}"), postings.content_for),
}
PUT: Mapping[str, tuple[_Route, type[_Form]]] = {
    "profiles": (_Route.of("PUT", "/v1/profiles/{profile_id}"), ProfileRecord),
    "postings": (_Route.of("PUT", "/v1/postings/{posting_id}"), PostingRecord),
}


class QuickReads:
    """Answers what is plain; passes on everything else."""

    def __init__(self, app: ASGIApp, *, main: FastAPI) -> None:
        """Take what comes next, and the application whose routes these are."""
        self._app = app
        self._main = main
        self._turns = Turns()

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
                await self._turns.next()
                return await best[1](self._main, principal, parts[3], top)
        elif len(parts) == 4 and (record := RECORDS.get(parts[2])):
            asks = not scope["query_string"] and _CONDITIONS.isdisjoint(name for name, _ in scope["headers"])
            if asks and _may(principal, record[0]):
                scope["route"] = record[0]
                await self._turns.next()
                content = await record[1](self._main, principal, parts[3])
                headers.append((b"etag", etag_of(content).encode()))
                return content
        return None


class Turns:
    """Lets one read begin in a round of the event loop.

    A write comes back to the loop several times, and each time it would wait for all the reads that have come in
    meanwhile, sixteen or more at half a millisecond: it waits for one. (A semaphore does the same in thrice the time.)
    """

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def next(self) -> None:
        """Wait until a round of the event loop has room for one more read."""
        loop = asyncio.get_running_loop()
        if self._is_taken:
            waiting = loop.create_future()
            self._waiting.append(waiting)
            await waiting
        else:
            self._is_taken = True
            loop.call_soon(self._begin_round)

    def _begin_round(self) -> None:
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():  # whose client has gone waits no more
                first.set_result(None)
                asyncio.get_running_loop().call_soon(self._begin_round)
                return
        self._is_taken = False


class QuickWrites:
    """Stores a record that comes plainly; passes on everything else, with its body.

    Stands where the framework begins to look for a route: what is raised here is answered as if a route had raised it.
    """

    def __init__(self, app: ASGIApp, *, main: FastAPI) -> None:
        """Take what comes next, and the application whose routes these are."""
        self._app = app
        self._main = main

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Store a record, or pass the request on."""
        put = _plain_put(scope) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if put is None:
            await self._app(scope, receive, send)
            return
        route, form, document_id = put
        messages = await _whole(receive)
        record = _record(form, messages)
        if record is None:
            await self._app(scope, _again(messages, receive), send)
            return
        scope["route"] = route
        answer = await self._stored(record, document_id, Request(scope))
        await answer(scope, receive, send)

    async def _stored(self, record: _Form, document_id: str, request: Request) -> Response:
        matcher = self._main.state.matcher
        if isinstance(record, ProfileRecord):
            return await profiles.replace(document_id, record, request, matcher, _AS_ANY)
        return await postings.replace(document_id, record, request, matcher, request.state.principal, _AS_ANY)


def _plain_put(scope: Scope) -> tuple[_Route, type[_Form], str] | None:
    """Return the route, the form of the record and its id, where a caller who may sends a short JSON body."""
    parts = scope["path"].split("/")
    if len(parts) != 4 or parts[1] != "v1" or parts[2] not in PUT or not 0 < len(parts[3]) <= MAX_ID:
        return None
    headers = dict(scope["headers"])
    if len(headers) < len(scope["headers"]):  # one stands twice: which of them counts is the framework's to say
        return None
    length = declared_length(scope["headers"])
    if length is None or length > PLAIN_BYTES or headers.get(b"content-type") != b"application/json":
        return None
    asks = bool(scope["query_string"] or scope.get("root_path")) or not _CONDITIONS.isdisjoint(headers)
    route, form = PUT[parts[2]]
    return None if asks or not _may(scope["state"]["principal"], route) else (route, form, parts[3])


async def _whole(receive: Receive) -> list[Message]:
    """Return a body's parts, or all that came before the client went."""
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Return what gives the same parts once more, and then what comes after them."""
    waiting = iter(messages)

    async def following() -> Message:
        return next(waiting, None) or await receive()

    return following


def _record(form: type[_Form], messages: list[Message]) -> _Form | None:
    """Return the record that a body holds, None where the route is to say what is wrong with it."""
    if messages[-1]["type"] != "http.request":  # the client has gone
        return None
    try:
        return form.model_validate(value_of(b"".join(message.get("body", b"") for message in messages)))
    except (ValueError, RecursionError, HTTPException):
        return None


def _may(principal: Principal, route: _Route) -> bool:
    return principal.role is None or principal.role in route.allowed


def _top(query: bytes) -> int | None:
    if not query:
        return DEFAULT_TOP
    found = _TOP.fullmatch(query)
    top = int(found[1]) if found else 0
    return top if 0 < top <= MAX_TOP else None
