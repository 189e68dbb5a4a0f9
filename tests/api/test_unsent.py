"""Answers that nobody takes: they are not made without end, and the connection is broken off."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from api.protocol import ProblemProtocol
from api.unsent import Unsent

PATIENCE_S = 30.0
ASK = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = b"x" * 8_000_000
"""More than the system takes for a client that does not read."""


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class _Connection:
    def __init__(self, size: int = 0) -> None:
        self.size = size
        self.is_broken_off = False

    def get_write_buffer_size(self) -> int:
        return self.size

    def abort(self) -> None:
        self.is_broken_off = True


def _in_a_loop(run: Callable[[Unsent, _Clock], None], *, most_bytes: int = 1000) -> None:
    async def enter() -> None:
        clock = _Clock()
        run(Unsent(patience_s=30, most_bytes=most_bytes, clock=clock), clock)

    asyncio.run(enter())


def test_who_takes_nothing_is_broken_off_and_who_takes_a_little_is_not() -> None:
    def run(unsent: Unsent, clock: _Clock) -> None:
        stuck, slow, full, done = _Connection(100), _Connection(100), _Connection(100), _Connection()
        for one in (stuck, slow, done):
            unsent.written(one)
        unsent.note_full(full)
        for at in range(0, 40, 8):
            clock.now = at
            slow.size -= 1
            unsent.look()
        assert [one.is_broken_off for one in (stuck, slow, full, done)] == [True, False, True, False]

    _in_a_loop(run)


def test_who_is_one_answer_behind_each_time_takes_something() -> None:
    def run(unsent: Unsent, clock: _Clock) -> None:
        behind = _Connection(100)
        for at in range(0, 80, 8):
            clock.now = at
            unsent.written(behind)
            unsent.look()
        assert not behind.is_broken_off

    _in_a_loop(run)


def test_who_has_taken_nothing_for_the_longest_makes_room() -> None:
    def run(unsent: Unsent, clock: _Clock) -> None:
        found = [_Connection(400) for _ in range(4)]
        for at, one in enumerate(found):
            clock.now = at
            unsent.note_full(one)
        assert [one.is_broken_off for one in found] == [True, True, False, False]
        unsent.forget(found[3])
        unsent.note_full(_Connection(600))
        assert not found[2].is_broken_off

    _in_a_loop(run)


Talk = Callable[[socket.socket], Awaitable[None]]


def _serving(talk: Talk, answer: bytes, *, patience_s: float, most_bytes: int = 10**9) -> list[int]:
    """Have conversations with a server, and return of how many requests it has made the answer."""
    asked: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(1)
        await Response(answer)(scope, receive, send)

    async def converse() -> None:
        config, state = Config(app, log_config=None), ServerState()
        unsent = Unsent(patience_s=patience_s, most_bytes=most_bytes)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: ProblemProtocol(config, state, {}, unsent=unsent), "127.0.0.1", 0)
        async with server, asyncio.timeout(PATIENCE_S):
            with ExitStack() as stack:
                for _ in range(3):
                    one = stack.enter_context(socket.create_connection(server.sockets[0].getsockname()))
                    one.setblocking(False)
                    await talk(one)
                while len(asked) < 3 or state.connections:
                    await asyncio.sleep(0.01)

    asyncio.run(converse())
    return asked


@pytest.mark.parametrize("asked", [ASK * 50, b"".join(ASK * 2 for _ in range(2)), ASK.replace(b"1.1", b"1.0")])
def test_a_client_that_reads_nothing_gets_one_answer_made_and_is_broken_off(asked: bytes) -> None:
    async def talk(one: socket.socket) -> None:
        await asyncio.get_running_loop().sock_sendall(one, asked)

    assert len(_serving(talk, LARGE, patience_s=0.3)) == 3, "one a connection"


def test_clients_that_together_hold_too_much_are_broken_off_long_before_their_time() -> None:
    async def talk(one: socket.socket) -> None:
        await asyncio.get_running_loop().sock_sendall(one, ASK)

    assert len(_serving(talk, LARGE, patience_s=3600, most_bytes=10_000)) == 3


def test_a_client_that_reads_at_last_gets_all_that_it_has_asked_for() -> None:
    async def talk(one: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(one, ASK * 2 + ASK.replace(b"Host", b"Connection: close\r\nHost"))
        await asyncio.sleep(0.1)
        said = bytearray()
        while part := await loop.sock_recv(one, 1_000_000):
            said += part
        assert said.count(b"HTTP/1.1 200 OK\r\n") == 3
        assert said.count(b"x" * 1000) == 3 * len(LARGE) // 1000

    assert len(_serving(talk, LARGE, patience_s=10)) == 9


def test_an_answer_in_parts_ends_for_who_has_been_broken_off(caplog: pytest.LogCaptureFixture) -> None:
    ended: list[bool] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(500):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        ended.append(True)

    async def run() -> None:
        config, state = Config(app, log_config=None), ServerState()
        unsent = Unsent(patience_s=0.2)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: ProblemProtocol(config, state, {}, unsent=unsent), "127.0.0.1", 0)
        async with server, asyncio.timeout(PATIENCE_S):
            with socket.create_connection(server.sockets[0].getsockname()) as one:
                one.sendall(ASK * 2)  # the second waits behind the first
                while not ended:
                    await asyncio.sleep(0.01)

    asyncio.run(run())
    assert (ended, caplog.records) == ([True], [])
