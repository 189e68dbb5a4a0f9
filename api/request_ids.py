"""Every request has an id: on its answer, and on each line of the log that was written for it."""

import logging
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import WithoutWords

HEADER = b"x-request-id"
_VALID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
"""What a client may call a request: it is repeated in a header and in the log, and must not be able to forge either."""

_KEPT_AS = "request_id"
"""Where a request's state has its id."""

_drawn = random.Random()  # noqa: S311 - an id is no secret, and to ask the system for each lets other threads in between
"""Begins somewhere else in each process."""

_current: ContextVar[str] = ContextVar("request_id", default="-")


def current() -> str:
    """Return the id of the request that is being answered; `-` where none is."""
    return _current.get()


def new_id() -> str:
    """Return what to call a request that has no name of its own."""
    return f"{_drawn.getrandbits(64):016x}"


def id_of(scope: Scope) -> str:
    """Return a request's id: its client's, or one that is made when somebody asks first."""
    state = scope.setdefault("state", {})
    if _KEPT_AS not in state:
        given = next((value for name, value in scope["headers"] if name == HEADER), b"")
        state[_KEPT_AS] = given.decode() if _VALID.fullmatch(given) else new_id()
    return str(state[_KEPT_AS])


@contextmanager
def named(request_id: str) -> Iterator[None]:
    """Have what is logged inside carry this id: of what never becomes a request."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIds:
    """Takes the client's id, or makes one. Wraps everything, so that the answer to a failure has it too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = id_of(scope)
        # Not taken back afterwards: the server logs a failure in the same task, when this function has ended.
        _current.set(request_id)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
            await send(message)

        await self._app(scope, receive, marked)


class RequestIdFilter(logging.Filter):
    """Gives every record of a log a field `request_id`; `-` where no request is being answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the field; nothing is left out."""
        record.request_id = _current.get()
        return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": RequestIdFilter}, "without_words": {"()": WithoutWords}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {
        "stderr": {"class": "api.logs.Lines", "formatter": "line", "filters": ["request_id", "without_words"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {name: {"level": "INFO"} for name in ("api", "matcher", "uvicorn")},
}
"""How `matcher serve` writes its log (logging.config.dictConfig); `Lines` knows in which form."""
