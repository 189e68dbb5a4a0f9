"""How much work is let in at once, and for how long: what is too much is refused at once, not queued without end.

An event loop hides its queue: requests that have arrived wait as tasks that have not run yet. Each is therefore counted
and then steps back once, so that all that have arrived are counted before the first of them is worked on.
"""

import asyncio
import logging
from functools import lru_cache
from http import HTTPStatus

from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import told
from api.problems import problem

RETRY_AFTER_S = 1
EXEMPT = ("/health/", "/metrics")
"""A supervisor must not take a busy service for a dead one, nor lose sight of it."""

log = logging.getLogger(__name__)


class Admission:
    """Lets `max_concurrent` requests work and as many wait; answers 503 to the rest, and to what takes too long."""

    def __init__(self, app: ASGIApp, *, max_concurrent: int, time_limit_s: float) -> None:
        self._app = app
        self._places = 2 * max_concurrent
        self._working = asyncio.Semaphore(max_concurrent)
        self._inside = 0
        self._time_limit_s = time_limit_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit a request or refuse it."""
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            await self._app(scope, receive, send)
            return
        if self._inside >= self._places:
            await _refuse(scope, receive, send, "the service is busy: try again in a moment")
            return
        self._inside += 1
        try:
            await asyncio.sleep(0)
            async with self._working:
                await self._timed(scope, receive, send)
        finally:
            self._inside -= 1

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; answer in its place when its time is up.

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
                detail = "the service took too long: try again; a record may have been stored all the same"
                late = asyncio.ensure_future(_refuse(scope, receive, send, detail))

        timer = asyncio.get_running_loop().call_later(self._time_limit_s, expire)
        try:
            await self._app(scope, receive, once)
        finally:
            timer.cancel()
            if late is not None:
                log.warning("a request took longer than %s s", self._time_limit_s)
                await late


async def _refuse(scope: Scope, receive: Receive, send: Send, detail: str) -> None:
    await _refusal(detail, told(detail)[1])(scope, receive, send)


@lru_cache(maxsize=16)
def _refusal(detail: str, _: str) -> JSONResponse:
    """Return the answer in the request's language, made once: who refuses most has the least time for it."""
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_AFTER_S)})
