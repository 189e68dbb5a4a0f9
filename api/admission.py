"""How much work is let in at once, and for how long: what is too much is refused at once, not queued without end.

An event loop hides its queue: requests that have arrived wait as tasks that have not run yet. Each is therefore counted
and then steps back once, so that all that have arrived are counted before the first of them is worked on.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus
from typing import TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import told
from api.problems import BUSY, RETRY_AFTER_S, Cause, Problem, Refused, problem

EXEMPT = ("/health/", "/metrics")
"""A supervisor must not take a busy service for a dead one, nor lose sight of it."""

LATE = "the service took too long: try again; a record may have been stored all the same"

T = TypeVar("T")

log = logging.getLogger(__name__)


class House:
    """How many may be inside, and how many of them work."""

    def __init__(self, max_concurrent: int) -> None:
        """Let so many work and as many wait."""
        self._turn = asyncio.Semaphore(max_concurrent)
        self._places = 2 * max_concurrent
        self._inside = self._working = 0

    @property
    def is_full(self) -> bool:
        """Whether nobody else may come in."""
        return self._inside >= self._places

    @property
    def waiting(self) -> int:
        """How many are inside and not worked on."""
        return self._inside - self._working

    def enter(self) -> "Place":
        """Come in, to wait until one may work."""
        self._inside += 1
        return Place(self)

    async def work(self) -> None:
        """Wait until one of those who work has gone."""
        await self._turn.acquire()
        self._working += 1

    def leave(self, *, works: bool) -> None:
        """Make room."""
        self._inside -= 1
        if works:
            self._working -= 1
            self._turn.release()


class Place:
    """Of one request, until it leaves."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._works = self._has_left = False

    async def work(self) -> None:
        """Wait until it may be worked on."""
        await self._house.work()
        self._works = True

    def leave(self) -> None:
        """Make room for another request. Idempotent."""
        if not self._has_left:
            self._has_left = True
            self._house.leave(works=self._works)


class Writers:
    """Writes in turn, and only so many that wait for theirs: those hold no place that a reader could have.

    Writes wait for one another in the database anyway. Ten threads that do so take ten turns at the interpreter for
    every one of the event loop's, and every reader feels it: so they wait here.
    """

    def __init__(self, *, at_once: int, most: int) -> None:
        """Let `at_once` write, of `most` that write or wait."""
        self._turn = asyncio.Semaphore(at_once)
        self._most = most
        self._inside = self._writing = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self._inside - self._writing

    async def run(self, place: Place, write: Callable[[], T]) -> T:
        """Return what a write returns, from a thread, when it is its turn. Raises what the write raises.

        Args:
            place: the request's, which it leaves: it waits among the writes from now on.
            write: what to do.

        Raises:
            Refused: too many wait.
        """
        if self._inside >= self._most:
            raise Refused(Cause.WRITES)
        place.leave()
        self._inside += 1
        try:
            async with self._turn:
                self._writing += 1
                try:
                    return await asyncio.to_thread(write)
                finally:
                    self._writing -= 1
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
            await _refuse(scope, receive, send, BUSY, Cause.BUSY)
            return
        place = scope.setdefault("state", {})["place"] = self._house.enter()
        try:
            await asyncio.sleep(0)
            await self._timed(place, scope, receive, send)
        finally:
            place.leave()

    async def _timed(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it may be worked on; answer in its place when its time is up.

        The work is not cut off then: a thread cannot be, and must go on counting until it ends. What it still answers
        goes nowhere.
        """
        answered = expired = False
        late: asyncio.Future[None] | None = None

        async def once(message: Message) -> None:
            nonlocal answered
            if not expired:
                answered = True
                await send(message)

        def expire() -> None:
            nonlocal expired, late
            if not answered:
                expired = True
                late = asyncio.ensure_future(_refuse(scope, receive, send, LATE, Cause.LATE))

        timer = asyncio.get_running_loop().call_later(self._time_limit_s, expire)
        try:
            await place.work()
            if not expired:
                await self._app(scope, receive, once)
        finally:
            timer.cancel()
            if late is not None:
                log.warning("a request took longer than %s s", self._time_limit_s)
                await late


async def _refuse(scope: Scope, receive: Receive, send: Send, detail: str, cause: Cause) -> None:
    await _refusal(detail, cause, told(detail)[1])(scope, receive, send)


@lru_cache(maxsize=16)
def _refusal(detail: str, cause: Cause, _: str) -> Problem:
    """Return the answer in the request's language, made once: who refuses most has the least time for it."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_S)}, cause=cause)
