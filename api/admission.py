"""How much work is let in at once, and for how long: what is too much is refused at once, not queued without end.

    outside     whose body is slow to arrive: it holds up nobody
    inside      who waits for a turn, and who works
    writers     who waits to write, and who writes: they have left their place inside
    gone        whose answer has begun: the work is done, and its client may take it as slowly as `api.unsent` bears

An event loop hides its queue: requests that have arrived wait as tasks that have not run yet. Each is therefore counted
and then steps back once, so that all that have arrived are counted before the first of them is worked on.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum, auto
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import asked
from api.problems import BUSY, DETAIL, RETRY_AFTER_S, Cause, Problem, Refused, problem
from matcher.core.errors import Behind, StoreBusy, StoreUnavailable, WentBack

EXEMPT = ("/health/", "/metrics")
"""A supervisor must not take a busy service for a dead one, nor lose sight of it."""

LATE = "the service took too long: try again; a record may have been stored all the same"
UNFINISHED = "the service took too long: it has come to line {}; send all of them again, what is stored is quick"

AT_ONCE_S = 0.02
"""Within which a body that its sender does not keep back has arrived: it follows its head at once."""
OUTSIDE = 4
"""How many bodies are waited for outside, for each request that is worked on: each may hold memory."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Where(IntEnum):
    """A request's whereabouts. Numbers: they are looked up a dozen times a request, and quicker than names."""

    WAITING = auto()
    WORKING = auto()
    OUTSIDE = auto()
    GONE = auto()


class House:
    """How many may be inside, how many of them work, and how many stand outside because their body has not arrived."""

    def __init__(self, max_concurrent: int) -> None:
        """Let so many work, as many wait, and some more send their bodies."""
        self.turn = asyncio.Semaphore(max_concurrent)
        self._places = 2 * max_concurrent
        self._places_outside = OUTSIDE * max_concurrent
        self._count = dict.fromkeys(Where, 0)

    @property
    def is_full(self) -> bool:
        """Whether nobody else may come in."""
        return self._count[Where.WAITING] + self._count[Where.WORKING] >= self._places

    @property
    def is_full_outside(self) -> bool:
        """Whether nobody else may stand outside."""
        return self.outside >= self._places_outside

    @property
    def waiting(self) -> int:
        """How many are inside and not worked on."""
        return self._count[Where.WAITING]

    @property
    def outside(self) -> int:
        """How many bodies are waited for outside."""
        return self._count[Where.OUTSIDE]

    def enter(self) -> "Place":
        """Come in, to wait until one may work."""
        self._count[Where.WAITING] += 1
        return Place(self)

    def move(self, one: Where, to: Where) -> None:
        """Note that one goes from here to there; who works no more leaves the turn to another."""
        self._count[one] -= 1
        self._count[to] += 1
        if one is Where.WORKING:
            self.turn.release()


class Place:
    """Of one request, until it leaves."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._where = Where.WAITING
        self.lines: int | None = None
        """Of a body of many records: up to which of them it has been dealt with."""

    @property
    def is_outside(self) -> bool:
        """Whether its body is waited for outside."""
        return self._where is Where.OUTSIDE

    async def work(self) -> None:
        """Wait until it may be worked on."""
        await self._house.turn.acquire()
        self._move(Where.WORKING)

    def step_out(self) -> bool:
        """Leave it to others while the body is on its way, until `come_back`; return False where too many do so."""
        if self._where not in {Where.OUTSIDE, Where.GONE}:
            if self._house.is_full_outside:
                return False
            self._move(Where.OUTSIDE)
        return True

    async def come_back(self) -> None:
        """Wait, if it was outside, until it may be worked on again.

        Raises:
            Refused: there is no room by now.
        """
        if self.is_outside:
            if self._house.is_full:
                raise Refused(Cause.BUSY)
            self._move(Where.WAITING)
            await self.work()

    def leave(self) -> None:
        """Make room for another request. Idempotent."""
        self._move(Where.GONE)

    def _move(self, to: Where) -> None:
        if self._where is not to:
            self._house.move(self._where, to)
            self._where = to


class Writers:
    """Writes in turn, and only so many that wait for theirs: those hold no place that a reader could have.

    Writes wait for one another in the database anyway. Ten threads that do so take ten turns at the interpreter for
    every one of the event loop's, and every reader feels it: so they wait here. Who has much to write does it in parts,
    each in a turn of its own, and leaves one turn to those who have little.
    """

    def __init__(self, *, at_once: int, most: int, written: Callable[[], int]) -> None:
        """Let `at_once` write, of `most` that write or wait; `written` gives the number of the last change."""
        self._turn = asyncio.Semaphore(at_once)
        self._turn_of_many = asyncio.Semaphore(max(1, at_once - 1))
        self._most = most
        self._inside = self._writing = 0
        self._written = written
        self._refused_after: int | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the database has refused a write, as it does on a full disk, and none has changed anything since."""
        return self._refused_after is not None and self._refused_after == self._written()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._inside - self._writing

    async def run(self, place: Place, write: Callable[[], T], *, wrote: Callable[[T], bool] = lambda _: False) -> T:
        """Return what a write returns, from a thread, when it is its turn. Raises what the write raises.

        Args:
            place: the request's, which it leaves: it waits among the writes from now on.
            write: what to do.
            wrote: whether what it returned says that it has changed the database, where the change log does not.

        Raises:
            Refused: too many wait.
        """
        with self._in_row(place):
            found = await self._in_turn(write)
            if wrote(found):
                self._refused_after = None
            return found

    async def run_parts(self, place: Place, writes: Iterable[Callable[[], T]]) -> AsyncGenerator[T, None]:
        """Yield what each part of a long write returns, from a thread, when it is its turn.

        The arguments and what is raised are those of `run`.
        """
        with self._in_row(place):
            for write in writes:
                async with self._turn_of_many:
                    found = await self._in_turn(write)
                yield found

    async def _in_turn(self, write: Callable[[], T]) -> T:
        async with self._turn:
            self._writing += 1
            try:
                found = await asyncio.to_thread(write)
            except (Behind, StoreBusy, WentBack):  # the database has refused nothing
                raise
            except StoreUnavailable:
                self._refused_after = self._written()
                raise
            finally:
                self._writing -= 1
            return found

    @contextmanager
    def _in_row(self, place: Place) -> Iterator[None]:
        if self._inside >= self._most:
            raise Refused(Cause.WRITES)
        place.leave()
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1


class Admission:
    """Lets in whom the house has room for; answers 503 to the rest, and to what takes too long."""

    def __init__(self, app: ASGIApp, *, house: House, time_limit_s: float) -> None:
        self._app = app
        self._house = house
        self._time_limit_s = time_limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self._app(scope, receive, send)
            return
        if self._house.is_full:
            await _refuse(scope, receive, send, Cause.BUSY)
            return
        place = scope.setdefault("state", {})["place"] = self._house.enter()
        try:
            await asyncio.sleep(0)
            await _Visit(place, scope, receive, send).pass_on(self._app, self._time_limit_s)
        finally:
            place.leave()


class _Visit:
    """Of one request: it is answered by the application, or in its place when its time is up or too many come.

    The work is not cut off then: a thread cannot be, and must go on counting until it ends. What it still answers goes
    nowhere. But it begins with nothing more: of a body that is still on its way it sees no end.
    """

    def __init__(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        self._place = place
        self._scope, self._receive, self._send = scope, receive, send
        self._is_answered = False
        self._refusal: asyncio.Future[None] | None = None
        self._patience: asyncio.TimerHandle | None = None

    async def pass_on(self, app: ASGIApp, time_limit_s: float) -> None:
        """Have the request answered when it may be worked on."""
        timer = asyncio.get_running_loop().call_later(time_limit_s, self._expire, time_limit_s)
        try:
            await self._place.work()
            if self._refusal is None:
                await app(self._scope, self._arriving, self._answer)
        finally:
            timer.cancel()
            if self._patience is not None:
                self._patience.cancel()
            self._place.leave()
            if self._refusal is not None:
                await self._refusal

    async def _arriving(self) -> Message:
        """Return the next part of the body: while it is slow to arrive, the place is left to others.

        Raises:
            Refused: the last one has come, and there is no room any more.
        """
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(AT_ONCE_S, self._lose_patience)
        message = await self._receive()
        if self._refusal is None and message["type"] == "http.request" and not message.get("more_body", False):
            self._patience.cancel()
            await self._place.come_back()
        # Who is told that nothing was stored must be told the truth.
        return {"type": "http.disconnect"} if self._refusal is not None else message

    async def _answer(self, message: Message) -> None:
        if self._refusal is None:
            self._is_answered = True
            self._place.leave()
            await self._send(message)

    def _lose_patience(self) -> None:
        if not self._place.step_out():
            self._refuse(Cause.BUSY)

    def _expire(self, time_limit_s: float) -> None:
        cause = Cause.SLOW if self._place.is_outside else Cause.LATE
        if self._refuse(cause) and cause is Cause.LATE:
            log.warning("a request took longer than %s s", time_limit_s)

    def _refuse(self, cause: Cause) -> bool:
        """Answer in the application's place, unless it is too late for that; return whether it was not."""
        if self._is_answered or self._refusal is not None:
            return False
        answer = _refusal(cause, asked())
        if cause is Cause.LATE and self._place.lines is not None:
            answer = _unfinished(self._place.lines)
        self._refusal = asyncio.ensure_future(answer(self._scope, self._receive, self._send))
        return True


async def _refuse(scope: Scope, receive: Receive, send: Send, cause: Cause) -> None:
    await _refusal(cause, asked())(scope, receive, send)


_DETAIL = {Cause.BUSY: BUSY, Cause.LATE: LATE}


@lru_cache(maxsize=16)
def _refusal(cause: Cause, _: str) -> Problem:
    """Return the answer in the request's language, made once: who refuses most has the least time for it."""
    if cause is Cause.SLOW:
        slow = HTTPStatus.REQUEST_TIMEOUT
        return problem(slow, DETAIL[slow], headers={"Connection": "close"}, cause=cause)
    return _again(_DETAIL[cause], cause)


def _unfinished(lines: int) -> Problem:
    return _again(UNFINISHED.format(lines), Cause.LATE, lines=lines)


def _again(detail: str, cause: Cause, **members: int) -> Problem:
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers, cause=cause, members=members)
