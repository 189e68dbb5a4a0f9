"""HTTP on the wire, before there is a request: what is none, is too long or never ends is refused, and hung up on."""

import asyncio
import json
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple, cast

from httptools import HttpParserError, HttpParserUpgrade
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from api.problems import MEDIA_TYPE, REFUSED_FOR, Cause
from api.request_ids import id_of, named, new_id
from api.unsent import Unsent

MAX_HEAD_BYTES = 65_536
"""Of a request's address and headers; and of what comes with a body and is not its content, as trailers are."""
HEAD_SECONDS = 30.0
"""Within which a head comes whole, from its first byte on; for so long a connection may also be without a head."""


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
    f"the address and the headers, or what follows the body, are longer than {MAX_HEAD_BYTES} bytes: send less",
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
    """uvicorn's own, but for what it cannot read: how that is answered, and how much and how long a head may be.

    Nobody is switched to another protocol: who offers that is answered as if they had not. Whose client does not take
    its answer gets no second one begun, and is broken off in the end.
    """

    _in_head = False
    _in_body = False
    _apart_bytes = 0
    """Read since a head has begun; within a body, since its last content."""
    _timer: asyncio.TimerHandle | None = None
    _without_upgrade: bytes | None = None
    _hangs_up = False
    _worked_on: RequestResponseCycle | None = None
    _ends_when_taken = False

    def __init__(self, *of_uvicorn: Any, unsent: Unsent, refused: Refused | None = None, **by_name: Any) -> None:
        """Take what uvicorn's takes, who sees to what is not taken, and who is told of what is refused here."""
        super().__init__(*of_uvicorn, **by_name)
        self._unsent = unsent
        self._told = refused
        self._begun_at = time.perf_counter()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait for a request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._unsent.forget(self.transport)
        if self._worked_on is not None and not self._worked_on.response_complete:
            self._worked_on.disconnected = True  # uvicorn tells the last one that was read, which may wait behind it
            self._worked_on.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head is too long by now, or what comes of a body without being its content."""
        if self._hangs_up:
            return
        self._unset_keepalive_if_required()
        self._apart_bytes += len(data)
        try:
            self._read(memoryview(data))
        except HttpParserError:
            self._refuse(TOO_LONG if self._is_too_long else MALFORMED)
            return
        if self._is_too_long:
            self._refuse(TOO_LONG)
        elif self._in_head or self._has_nothing_to_answer:
            self._wait_for_head()

    def _read(self, data: memoryview) -> None:
        """Have data parsed, again from where the parser has stopped because a head has offered an upgrade."""
        while True:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as offered:
                data = data[offered.args[0] :]
            else:
                return
            if self._without_upgrade is None:  # CONNECT: what follows is for whoever it wants to be connected with
                self._hangs_up = True
                return
            head, self._without_upgrade = self._without_upgrade, None
            self.parser.feed_data(head)

    def on_message_begin(self) -> None:
        """Begin to count a head; what has come along with its beginning may be another request's."""
        super().on_message_begin()
        self._in_head, self._in_body = True, False
        self._apart_bytes = 0
        self._begun_at = time.perf_counter()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; none behind the body, which would say afterwards who asks and what (RFC 9110, 6.5.1)."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin with a request, unless its head is too long, or is to be read again without its offer of an upgrade."""
        self._apart_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if self._is_too_long:
            raise _HeadTooLong
        method = self.parser.get_method()
        if self.parser.should_upgrade() and method != b"CONNECT":
            lines = (b"%s: %s\r\n" % (name, value) for name, value in self.headers if name != b"upgrade")
            version = self.parser.get_http_version().encode()
            self._without_upgrade = b"%s %s HTTP/%s\r\n%s\r\n" % (method, self.url, version, b"".join(lines))
            return
        self._in_head = False
        self._apart_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()
        self._in_body = True

    def on_body(self, body: bytes) -> None:
        """Take a part of a body's content."""
        self._apart_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request's body; one whose head is to be read again has not begun."""
        if self._without_upgrade is None:
            self._in_body = False
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._worked_on = cycle
        super()._start_asgi_task(cycle, app)

    def pause_writing(self) -> None:
        """Write no more for now: the client does not take it as fast."""
        super().pause_writing()
        self._unsent.note_full(self.transport)

    def resume_writing(self) -> None:
        """Write on; what has been read meanwhile is answered now."""
        super().resume_writing()
        if self._ends_when_taken:
            self._ends_when_taken = False
            self.on_response_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request; hang up after the last one before what could not be read.

        Not before the answer to this one is taken, all but a little: who takes none could have many made.
        """
        if self.flow.write_paused and not self.transport.is_closing():
            self._ends_when_taken = True
            self.flow.pause_reading()
            return
        self._unsent.written(self.transport)
        if self._hangs_up and not self.pipeline:
            self.transport.close()
        super().on_response_complete()
        if self._in_head:  # it is not idle
            self._unset_keepalive_if_required()
            self._wait_for_head()

    @property
    def _is_too_long(self) -> bool:
        return (self._in_head or self._in_body) and self._apart_bytes > MAX_HEAD_BYTES

    @property
    def _has_nothing_to_answer(self) -> bool:
        if self._ends_when_taken:
            return False
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def _refuse(self, refusal: _Refusal) -> None:
        """Answer what cannot be read, and hang up; never in place of the answer to what was asked before."""
        self._stop_waiting()
        if self._in_body and self._has_nothing_to_answer:  # the rest of what is answered by now
            self.transport.close()
        elif self._has_nothing_to_answer:
            self._answer(refusal, self._counted(refusal))
        elif not self.cycle.more_body:
            self._hangs_up = True
            self._counted(refusal)
        elif self.pipeline:  # the body of a request that has not begun
            self.pipeline.popleft()
            self._hangs_up = True
            self._counted(refusal)
        else:  # the body of the one that is worked on, which is counted when it ends
            scope = cast("Scope", self.cycle.scope)
            scope["state"][REFUSED_FOR] = refusal.cause
            if self.cycle.response_started:
                self._hangs_up = True
            else:
                self._answer(refusal, id_of(scope))

    def _answer(self, refusal: _Refusal, request_id: str) -> None:
        self.transport.write(refusal.written(request_id))
        self._unsent.written(self.transport)
        self.transport.close()

    def _counted(self, refusal: _Refusal) -> str:
        """Have counted and logged what is no request; return the id that the log has for it."""
        request_id = new_id()
        if self._told is not None:
            with named(request_id):
                self._told(refusal.status, refusal.cause, time.perf_counter() - self._begun_at)
        return request_id

    def _give_up(self) -> None:
        """Hang up; who has begun a request, and nothing else to wait for, is told why."""
        self._timer = None
        left_s = self._begun_at + HEAD_SECONDS - time.perf_counter()
        if self._in_head and left_s > 0:
            self._wait_for_head(left_s)
        elif not self._has_nothing_to_answer:  # nor is anything read, perhaps
            self._wait_for_head()
        elif self._in_head:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _wait_for_head(self, seconds: float | None = None) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS if seconds is None else seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
