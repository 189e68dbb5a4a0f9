"""HTTP on the wire, before there is a request: what is none, is too long or never ends is refused, and hung up on."""

import asyncio
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import MEDIA_TYPE, Cause
from api.request_ids import named, new_id

MAX_HEAD_BYTES = 65_536
"""Of a request's address and headers."""
HEAD_SECONDS = 30.0
"""For so long a connection may be without a request that has a whole head."""


class _Refusal(NamedTuple):
    status: HTTPStatus
    detail: str
    cause: Cause

    def written(self, request_id: str) -> bytes:
        """Return a whole answer, in English: nobody has read which language is asked for."""
        phrase = self.status.phrase
        content = {"type": "about:blank", "title": phrase, "status": self.status, "detail": self.detail}
        body = json.dumps(content).encode()
        head = (
            f"HTTP/1.1 {self.status.value} {phrase}",
            f"content-type: {MEDIA_TYPE}",
            "content-language: en",
            f"content-length: {len(body)}",
            f"x-request-id: {request_id}",
            "connection: close",
            "\r\n",
        )
        return "\r\n".join(head).encode() + body


MALFORMED = _Refusal(
    HTTPStatus.BAD_REQUEST,
    "this is no HTTP/1.1 request that can be read: check who sends it, and its headers",
    Cause.MALFORMED,
)
TOO_LONG = _Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"the address and the headers are longer than {MAX_HEAD_BYTES} bytes: send less",
    Cause.MALFORMED,
)
TOO_SLOW = _Refusal(
    HTTPStatus.REQUEST_TIMEOUT,
    f"the address and the headers have not come whole within {HEAD_SECONDS:.0f} s: send them at once",
    Cause.SLOW,
)

Refused = Callable[[HTTPStatus, Cause, float], None]
"""Is told the status, why, and after how many seconds."""


class _HeadTooLong(Exception):
    """Ends the parser's work on what it has been fed."""


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's own, but for what it cannot read: how that is answered, and how much and how long a head may be."""

    _in_head = False
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

    def __init__(self, *of_uvicorn: Any, refused: Refused | None = None, **by_name: Any) -> None:
        """Take what uvicorn's takes, and who is told of what is refused here."""
        super().__init__(*of_uvicorn, **by_name)
        self._told = refused
        self._begun_at = time.perf_counter()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for a request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long by now."""
        self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_too_long:
            self._refuse(TOO_LONG)
        elif self._in_head or self._has_nothing_to_answer:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin to count a head; what has come along with its beginning may be another request's."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0
        self._begun_at = time.perf_counter()

    def on_headers_complete(self) -> None:
        """Begin with a request, unless its head is too long."""
        self._head_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if self._is_too_long:
            raise _HeadTooLong
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - its words are for a log
        """Answer what is no HTTP, or has too long a head, and hang up."""
        self._refuse(TOO_LONG if self._is_too_long else MALFORMED)

    @property
    def _is_too_long(self) -> bool:
        return self._in_head and self._head_bytes > MAX_HEAD_BYTES

    @property
    def _has_nothing_to_answer(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def _refuse(self, refusal: _Refusal) -> None:
        request_id = new_id()
        # Not into the middle of the answer to what was asked before.
        if self._has_nothing_to_answer or not self.cycle.response_started:
            self.transport.write(refusal.written(request_id))
        self.transport.close()
        # A body that cannot be read is its request's, which is counted when it ends.
        is_of_a_request = not self._has_nothing_to_answer and self.cycle.more_body
        if self._told is not None and not is_of_a_request:
            with named(request_id):
                self._told(refusal.status, refusal.cause, time.perf_counter() - self._begun_at)

    def _give_up(self) -> None:
        """Hang up; who has begun a request is told why."""
        if self._in_head:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _wait_for_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
