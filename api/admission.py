"""How much work is let in at once, and for how long: what is too much is refused at once, not queued without end.

    outside     whose body is slow to arrive: it holds up nobody
    inside      who waits for a turn, and who works
    writers     who waits to write, and who writes: they have left their place inside

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

from api.languages import asked
from api.problems import BUSY, DETAIL, RETRY_AFTER_S, Cause, Problem, Refused, problem

EXEMPT = ("/health/", "/metrics")
"""A supervisor must not take a busy service for a dead one, nor lose sight of it."""

LATE = "the service took too long: try again; a record may have been stored all the same"

AT_ONCE_S = 0.02
"""Within which a body that its sender does not keep back has arrived: it follows its head at once."""
OUTSIDE = 4
"""How many bodies are waited for outside, for each request that is worked on: each may hold memory."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class House:
    """How many may be inside, how many of them work, and how many stand outside because their body has not arrived."""

    def __init__(self, max_concurrent: int) -> None:
        """Let so many work, as many wait, and some more send their bodies."""
        self._turn = asyncio.Semaphore(max_concurrent)
        self._places = 2 * max_concurrent
        self._places_outside = OUTSIDE * max_concurrent
        self._inside = self._working = self._outside = 0

    @property
    def is_full(self) -> bool:
        """Whether nobody else may come in."""
        return self._inside >= self._places

    @property
    def waiting(self) -> int:
        """How many are inside and not worked on."""
        return self._inside - self._working

    @property
    def outside(self) -> int:
        """How many bodies are waited for outside."""
        return self._outside

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

    def step_out(self, *, works: bool) -> bool:
        """Make room inside, and stand outside; unless too many do."""
        if self._outside >= self._places_outside:
            return False
        self._outside += 1
        self.leave(works=works)
        return True

    def go(self) -> None:
        """Stand outside no more."""
        self._outside -= 1

    def come_back(self) -> None:
        """Come in from outside.

        Raises:
            Refused: it is full.
        """
        if self.is_full:
            raise Refused(Cause.BUSY)
        self.go()
        self._inside += 1


class Place:
    """Of one request, until it leaves."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._works = self._has_left = self.is_outside = False
        self.refuse: Callable[[], None] = lambda: None
        """What answers the request at once that it is too much."""

    async def work(self) -> None:
        """Wait until it may be worked on."""
        await self._house.work()
        self._works = True

    def step_out(self) -> None:
        """Leave it to others while the body is on its way, until `come_back`; refused where too many do so."""
        if self._has_left or self.is_outside:
            return
        if self._house.step_out(works=self._works):
            self._works, self.is_outside = False, True
        else:
            self.refuse()

    async def come_back(self) -> None:
        """Wait, if it was outside, until it may be worked on again.

        Raises:
            Refused: there is no room by now.
        """
        if self.is_outside:
            self._house.come_back()
            self.is_outside = False
            await self.work()

    def leave(self) -> None:
        """Make room for another request. Idempotent."""
        if self._has_left:
            return
        self._has_left = True
        if self.is_outside:
            self._house.go()
        else:
            self._house.leave(works=self._works)


class _Arrival:
    """What a request sends: while it is slow to arrive, the place is left to others."""

    def __init__(self, receive: Receive, place: Place) -> None:
        self._receive = receive
        self._place = place
        self._patience: asyncio.TimerHandle | None = None

    async def __call__(self) -> Message:
        """Return the next part. Raises Refused where the last one has come and there is no room any more."""
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(AT_ONCE_S, self._place.step_out)
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self._patience.cancel()
            await self._place.come_back()
        return message

    def end(self) -> None:
        """Wait for nothing any more."""
        if self._patience is not None:
            self._patience.cancel()


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
            await _refuse(scope, receive, send, Cause.BUSY)
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
        instead: asyncio.Future[None] | None = None

        async def once(message: Message) -> None:
            nonlocal answered
            if not expired:
                answered = True
                await send(message)

        def answer(cause: Cause) -> None:
            nonlocal expired, instead
            if not answered and not expired:
                expired = True
                instead = asyncio.ensure_future(_refuse(scope, receive, send, cause))

        def expire() -> None:
            cause = Cause.SLOW if place.is_outside else Cause.LATE
            if cause is Cause.LATE and not (answered or expired):
                log.warning("a request took longer than %s s", self._time_limit_s)
            answer(cause)

        place.refuse = lambda: answer(Cause.BUSY)
        arrival = _Arrival(receive, place)
        timer = asyncio.get_running_loop().call_later(self._time_limit_s, expire)
        try:
            await place.work()
            if not expired:
                await self._app(scope, arrival, once)
        finally:
            timer.cancel()
            arrival.end()
            if instead is not None:
                await instead


async def _refuse(scope: Scope, receive: Receive, send: Send, cause: Cause) -> None:
    await _refusal(cause, asked())(scope, receive, send)


_DETAIL = {Cause.BUSY: BUSY, Cause.LATE: LATE}


@lru_cache(maxsize=16)
def _refusal(cause: Cause, _: str) -> Problem:
    """Return the answer in the request's language, made once: who refuses most has the least time for it."""
    if cause is Cause.SLOW:
        slow = HTTPStatus.REQUEST_TIMEOUT
        return problem(slow, DETAIL[slow], headers={"Connection": "close"}, cause=cause)
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, _DETAIL[cause], headers=headers, cause=cause)
