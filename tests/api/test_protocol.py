"""What is no HTTP, has no end or is too long is answered before there is a request, counted, and hung up on."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from starlette.datastructures import State
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from api import protocol
from api.logs import RequestLog
from api.metrics import Measured, Metrics, Unread
from api.problems import Cause
from api.protocol import MAX_HEAD_BYTES, ProblemProtocol, Refused
from api.request_ids import RequestIdFilter, RequestIds
from api.unsent import Unsent
from matcher.decisions.pseudonyms import Pseudonyms

PATIENCE_S = 30.0
LINE = b"GET / HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await Request(scope, receive).body()
    await PlainTextResponse("hello")(scope, receive, send)


def _answer_to(talk: Talk, app: ASGIApp = _hello, refused: Refused | None = None) -> bytes:
    """Have one conversation with a server, and return what it has said in the end."""

    async def converse() -> bytes:
        config, state = Config(app, log_config=None), ServerState()
        loop = asyncio.get_running_loop()
        unsent = Unsent(patience_s=PATIENCE_S)
        server = await loop.create_server(
            lambda: ProblemProtocol(config, state, {}, unsent=unsent, refused=refused), "127.0.0.1", 0
        )
        async with server, asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            said = await talk(reader, writer)
            writer.close()
            return said

    return asyncio.run(converse())


def _sending(*parts: bytes) -> Talk:
    """Each part is read by itself."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.05)
        return await reader.read()

    return talk


@pytest.mark.parametrize(
    "parts",
    [
        (LINE + b"A: " + b"a" * MAX_HEAD_BYTES + b"\r\n" + END,),
        (LINE + b"".join(b"A%d: %s\r\n" % (number, b"a" * 990) for number in range(70)) + END,),
        (b"GET /" + b"a" * (MAX_HEAD_BYTES // 2), b"a" * (MAX_HEAD_BYTES + 1)),
        (LINE, b"A: ", b"a" * MAX_HEAD_BYTES),
        (LINE, b"A: " + b"a" * (MAX_HEAD_BYTES // 2), b"a" * (MAX_HEAD_BYTES // 2)),
    ],
)
def test_a_head_that_is_too_long_is_refused(parts: tuple[bytes, ...]) -> None:
    head, _, body = _answer_to(_sending(*parts)).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ") for line in lines)
    assert first == "HTTP/1.1 431 Request Header Fields Too Large"
    assert headers["content-type"] == "application/problem+json"
    assert len(headers["x-request-id"]) == 16
    assert headers["connection"] == "close"
    assert int(headers["content-length"]) == len(body)
    assert json.loads(body)["status"] == 431


@pytest.mark.parametrize(
    "parts",
    [
        (LINE + b"A: " + b"a" * (MAX_HEAD_BYTES - 200) + b"\r\n" + END,),
        (LINE, b"A: " + b"a" * (MAX_HEAD_BYTES - 200), b"\r\n", END),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n" + END, b"a" * 100_000, b"a" * 100_000),
    ],
)
def test_a_head_of_the_usual_length_is_read_whatever_the_body_is(parts: tuple[bytes, ...]) -> None:
    assert _answer_to(_sending(*parts)).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("sent", "answers"),
    [
        ((), []),
        ((LINE + b"\r\n" + LINE,), [b"200", b"408"]),
        ((LINE,), [b"408"]),
        ((LINE + b"\r\n", b"\r\n"), [b"200"]),
        ((LINE + b"\r\n", LINE), [b"200", b"408"]),
    ],
)
def test_who_never_ends_a_head_is_told_so_and_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, sent: tuple[bytes, ...], answers: list[bytes]
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    said = _answer_to(_sending(*sent))
    assert re.findall(rb"HTTP/1\.1 (\d+) ", said) == answers
    if b"408" in answers:
        assert json.loads(said.rpartition(b"\r\n\r\n")[2])["status"] == 408


def test_who_ends_each_head_in_time_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    begun_anew = (b"\r\n" + LINE,) * 8  # each part ends one head and begins another
    assert _answer_to(_sending(LINE, *begun_anew, END)).count(b"HTTP/1.1 200 OK") == 9


CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "cause"),
    [
        ((b"zorglub\r\n\r\n",), 400, Cause.MALFORMED),
        ((LINE + b"\r\n", b"zorglub\r\n\r\n"), 400, Cause.MALFORMED),
        ((LINE + b"A: " + b"a" * MAX_HEAD_BYTES + b"\r\n" + END,), 431, Cause.MALFORMED),
        ((LINE, b"A: " + b"a" * MAX_HEAD_BYTES), 431, Cause.MALFORMED),
        ((LINE,), 408, Cause.SLOW),
    ],
)
def test_what_is_refused_before_it_is_a_request_is_counted_and_logged(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    sent: tuple[bytes, ...],
    status: int,
    cause: Cause,
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    figures = Metrics(State())
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.INFO, logger="api"):
        unread = Unread(figures, RequestLog(lambda: Pseudonyms(b"key")))
        said = _answer_to(_sending(*sent), refused=unread.refused)
    count = figures._requests.labels("other", "none", str(status))._value.get()
    assert (count, figures._refusals.labels(cause)._value.get(), figures._inside._value.get()) == (1, 1, 0)
    (line,) = [record for record in caplog.records if record.name == "api.requests"]
    told = dict(line.args)  # type: ignore[arg-type] # what the message names
    assert 0 < told.pop("seconds") < PATIENCE_S  # type: ignore[operator] # a number
    assert told == {"method": "other", "route": "none", "status": status, "role": "none", "caller": "none"}
    assert f"x-request-id: {vars(line)['request_id']}" in said.decode()
    assert "zorglub" not in caplog.text


def test_who_only_connects_and_who_is_refused_in_the_middle_of_a_body_are_not_counted_as_no_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    refused: list[tuple[object, ...]] = []
    ended: list[bool] = []

    async def reading(scope: Scope, receive: Receive, _: Send) -> None:
        with pytest.raises(ClientDisconnect):
            await Request(scope, receive).body()
        ended.append(True)

    assert _answer_to(_sending(), refused=lambda *told: refused.append(told)) == b""
    said = _answer_to(_sending(CHUNKED, b"no length\r\n"), reading, lambda *told: refused.append(told))
    assert said.startswith(b"HTTP/1.1 400 ")
    assert (refused, ended) == ([], [True]), "the request is told, and counts itself"


BROKEN = b"no length\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "answers", "unread"),
    [
        ((POST + b"{}", b"zorglub\r\n\r\n"), [b"200"], 1),
        ((POST + b"{}" + b"zorglub\r\n\r\n",), [b"200"], 1),
        ((POST + b"{}" + POST + b"{}" + b"zorglub\r\n\r\n",), [b"200", b"200"], 1),
        ((POST + b"{}" + CHUNKED + BROKEN,), [b"200"], 1),
        ((POST + b"{}" + LINE, b"A: ", b"a" * MAX_HEAD_BYTES), [b"200"], 1),
        ((CHUNKED, BROKEN), [b"400"], 0),
        ((CHUNKED + BROKEN,), [b"400"], 0),
        ((LINE + b"\r\n", CHUNKED + BROKEN), [b"200", b"400"], 0),
    ],
)
def test_what_cannot_be_read_is_not_answered_in_place_of_what_was_asked_before(
    sent: tuple[bytes, ...], answers: list[bytes], unread: int
) -> None:
    refused: list[tuple[object, ...]] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            await Request(scope, receive).body()
            await asyncio.sleep(0.15 if scope["method"] == "POST" else 0)
            await PlainTextResponse("hello")(scope, receive, send)

    said = _answer_to(_sending(*sent), slow, lambda *told: refused.append(told))
    assert re.findall(rb"HTTP/1\.1 (\d+) ", said) == answers
    assert len(refused) == unread


LAST_CHUNK = b"2\r\n{}\r\n0\r\n"
LONG = b"a" * (MAX_HEAD_BYTES // 2)


@pytest.mark.parametrize(
    "trailers",
    [
        [b"X-A: b\r\n" * (MAX_HEAD_BYTES // 16)] * 3,
        [b"X-A: ", LONG, LONG, LONG],
        [LONG, LONG, LONG],
    ],
)
@pytest.mark.parametrize("is_answered", [False, True])
def test_what_follows_a_body_has_an_end(trailers: list[bytes], *, is_answered: bool) -> None:
    async def answering(scope: Scope, receive: Receive, send: Send) -> None:
        if not is_answered:
            with suppress(ClientDisconnect):
                await Request(scope, receive).body()
        await PlainTextResponse("hello")(scope, receive, send)

    said = _answer_to(_sending(CHUNKED, LAST_CHUNK, *trailers), answering)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", said) == [b"200" if is_answered else b"431"]


def test_a_chunk_has_no_endless_extension() -> None:
    said = _answer_to(_sending(CHUNKED, b"2;", LONG, LONG, LONG))
    assert said.startswith(b"HTTP/1.1 431 ")


def test_what_follows_a_body_is_no_header() -> None:
    heads: list[object] = []

    async def telling(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        heads.append([name for name, _ in scope["headers"]])
        await PlainTextResponse("hello")(scope, receive, send)

    asked = CHUNKED + LAST_CHUNK + b"Authorization: Bearer key\r\nContent-Type: text/plain\r\n\r\n"
    said = _answer_to(_sending(asked + LINE + END), telling)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", said) == [b"200", b"200"]
    assert heads == [[b"host", b"transfer-encoding"], [b"host", b"connection"]]


def test_a_refusal_does_not_get_into_the_answer_before_it() -> None:
    async def halting(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"whole"})

    assert _answer_to(_sending(LINE + b"\r\n", b"zorglub\r\n\r\n"), halting).endswith(b"\r\n\r\nhalfwhole")


def test_a_body_that_cannot_be_read_is_its_requests_in_the_log_and_the_figures(
    caplog: pytest.LogCaptureFixture,
) -> None:
    figures = Metrics(State())
    caplog.handler.addFilter(RequestIdFilter())
    app = RequestIds(Measured(_closing_on_who_has_gone, metrics=figures, log=RequestLog(lambda: Pseudonyms(b"key"))))
    named = CHUNKED.replace(b"\r\n\r\n", b"\r\nX-Request-Id: mine\r\n\r\n")
    with caplog.at_level(logging.INFO):
        for sent, expected in (((named, BROKEN), "mine"), ((named + BROKEN,), "mine"), ((CHUNKED, BROKEN), "")):
            caplog.clear()
            said = _answer_to(_sending(*sent), app).decode()
            (line,) = caplog.records
            assert line.name == "api.requests"
            assert expected in {"", vars(line)["request_id"]}
            assert f"x-request-id: {vars(line)['request_id']}\r\n" in said
    assert figures._refusals.labels(Cause.MALFORMED)._value.get() == 3


async def _closing_on_who_has_gone(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await Request(scope, receive).body()
    except ClientDisconnect:
        await PlainTextResponse("gone", status_code=400)(scope, receive, send)


def test_what_is_no_request_is_in_no_other_log_than_the_requests_own(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert _answer_to(_sending(b"zorglub\r\n\r\n")).startswith(b"HTTP/1.1 400 ")
    assert not caplog.records, "as often as somebody likes"


def test_the_time_for_a_head_begins_with_its_first_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.4)

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        await asyncio.sleep(0.3)
        writer.write(LINE)
        await asyncio.sleep(0.2)
        writer.write(END)
        return await reader.read()

    assert _answer_to(late).startswith(b"HTTP/1.1 200 OK\r\n")


OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: %s\r\nHTTP2-Settings: AAMAAABk\r\n"


@pytest.mark.parametrize("protocol_offered", [b"h2c", b"websocket", b"TLS/1.2"])
@pytest.mark.parametrize(
    ("length", "body"),
    [(b"Content-Length: 5\r\n", b"hello"), (b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n"), (b"", b"")],
)
def test_who_offers_an_upgrade_is_answered_as_if_they_had_not(
    caplog: pytest.LogCaptureFixture, protocol_offered: bytes, length: bytes, body: bytes
) -> None:
    async def echo(scope: Scope, receive: Receive, send: Send) -> None:
        said = await Request(scope, receive).body()
        await PlainTextResponse(b"<%s %s>" % (scope["method"].encode(), said))(scope, receive, send)

    head = b"PUT /x HTTP/1.1\r\nHost: x\r\n" + OFFER % protocol_offered + length + b"\r\n"
    content = b"<PUT hello>" if body else b"<PUT >"
    with caplog.at_level(logging.WARNING):
        for parts in ((head + body,), (head, body), (head[:60], head[60:] + body[:2], body[2:])):
            assert content in _answer_to(_sending(*parts, LINE + END), echo)
        twice = _answer_to(_sending((head + body) * 3 + LINE + END), echo)
    assert (twice.count(content), twice.count(b"<GET >"), twice.count(b"HTTP/1.1 200 OK")) == (3, 1, 4)
    assert not caplog.records


@pytest.mark.parametrize("place", [b"x:1", b"x", b"/x", b"http://x/", b"*"])
def test_who_wants_to_be_connected_with_another_is_answered_once_and_hung_up_on(place: bytes) -> None:
    said = _answer_to(_sending(b"CONNECT %s HTTP/1.1\r\nHost: x:1\r\n\r\n" % place, b"zorglub\r\n\r\n"))
    answers = re.findall(rb"HTTP/1\.1 (\d+) ", said)
    assert len(answers) == 1, answers
