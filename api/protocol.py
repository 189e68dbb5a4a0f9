"""HTTP on the wire, before there is a request: what is none, or too long, is refused; what never ends is hung up on."""

import asyncio
import json
import secrets
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import MEDIA_TYPE

MAX_HEAD_BYTES = 65_536
"""Of a request's address and headers."""
HEAD_SECONDS = 30.0
"""For so long a connection may be without a request that has a whole head."""

MALFORMED = "this is no HTTP/1.1 request that can be read: check who sends it, and its headers"
TOO_LONG = f"the address and the headers are longer than {MAX_HEAD_BYTES} bytes: send less"


def _refusal(status: HTTPStatus, detail: str) -> bytes:
    """Return a whole answer, in English: nobody has read which language is asked for."""
    content = {"type": "about:blank", "title": status.phrase, "status": status, "detail": detail}
    body = json.dumps(content).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"content-type: {MEDIA_TYPE}",
        "content-language: en",
        f"content-length: {len(body)}",
        f"x-request-id: {secrets.token_hex(8)}",
        "connection: close",
        "\r\n",
    )
    return "\r\n".join(head).encode() + body


class _HeadTooLong(Exception):
    """Ends the parser's work on what it has been fed."""


class ProblemProtocol(HttpToolsProtocol):
    """uvicorn's own, but for what it cannot read: how that is answered, and how much and how long a head may be."""

    _in_head = False
    _head_bytes = 0
    _timer: asyncio.TimerHandle | None = None

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
            self._refuse()
        elif self._in_head or self._has_nothing_to_answer:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin to count a head; what has come along with its beginning may be another request's."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

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
        self._refuse()

    @property
    def _is_too_long(self) -> bool:
        return self._in_head and self._head_bytes > MAX_HEAD_BYTES

    @property
    def _has_nothing_to_answer(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def _refuse(self) -> None:
        too_long = (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_LONG)
        self.transport.write(_refusal(*(too_long if self._is_too_long else (HTTPStatus.BAD_REQUEST, MALFORMED))))
        self.transport.close()

    def _wait_for_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
