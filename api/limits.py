"""A cap on what a request may send, counted as it arrives: a declared length can lie, or be missing."""

from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Cause, problem

WITH_BODY = frozenset({b"content-length", b"transfer-encoding"})
"""One of these headers says that a body follows."""


_DIGITS = 13
"""More bytes than a number of so many digits says are more than any limit, and `int` refuses one of thousands."""


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Return how many bytes a request says that its body has; None where it does not say it, or says no number.

    Of a number that has more digits than any limit, the first of them: it is too long all the same. Zeros may stand in
    front (RFC 9110, section 8.6), as many as fit into a header.
    """
    declared = dict(headers).get(b"content-length", b"")
    return int(declared.lstrip(b"0")[:_DIGITS] or b"0") if declared.isdigit() else None


class _TooLarge(Exception):
    pass


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes`, and stops reading it."""

    def __init__(self, app: ASGIApp, *, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, up to the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if WITH_BODY.isdisjoint(dict(scope["headers"])):  # what nearly all requests are (RFC 9112, section 6)
            await self._app(scope, receive, send)
            return
        if (declared_length(scope["headers"]) or 0) > self._max_bytes:
            await self._refuse(scope, receive, send)
            return
        answered = False
        received = 0

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                raise _TooLarge
            return message

        async def note(message: Message) -> None:
            nonlocal answered
            # FastAPI takes whatever is raised while it reads a body for a bad request: that answer is not sent.
            if answered or received <= self._max_bytes:
                answered = True
                await send(message)

        with suppress(_TooLarge):
            await self._app(scope, count, note)
        if not answered and received > self._max_bytes:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the body is larger than {self._max_bytes} bytes: send less, or raise MATCHER_MAX_BODY_BYTES",
            headers={"Connection": "close"},
            cause=Cause.BODY,
        )
        await answer(scope, receive, send)
