"""What has no end, or is too long, is answered before there is a request, and hung up on."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from api import protocol
from api.protocol import MAX_HEAD_BYTES, ProblemProtocol

PATIENCE_S = 30.0
LINE = b"GET / HTTP/1.1\r\nHost: x\r\n"
END = b"Connection: close\r\n\r\n"

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await Request(scope, receive).body()
    await PlainTextResponse("hello")(scope, receive, send)


def _answer_to(talk: Talk) -> bytes:
    """Have one conversation with a server, and return what it has said in the end."""

    async def converse() -> bytes:
        config, state = Config(_hello, log_config=None), ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: ProblemProtocol(config, state, {}), "127.0.0.1", 0)
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


@pytest.mark.parametrize("sent", [(), (LINE,), (LINE + b"\r\n", b"\r\n"), (LINE + b"\r\n", LINE)])
def test_who_never_ends_a_head_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, sent: tuple[bytes, ...]) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    assert _answer_to(_sending(*sent)).count(b"HTTP/1.1") == (1 if len(sent) == 2 else 0)


def test_who_ends_each_head_in_time_may_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.3)
    begun_anew = (b"\r\n" + LINE,) * 8  # each part ends one head and begins another
    assert _answer_to(_sending(LINE, *begun_anew, END)).count(b"HTTP/1.1 200 OK") == 9
