"""The load generator counts from the moment at which a request was due."""

import asyncio
import gc
import json
from collections.abc import Sequence

import numpy as np
import pytest

from benchmarks import load

HOST = "127.0.0.1"
STALL_MS = 200


class _Server:
    """Answers every request at once, but `/stall`, which holds up every answer for a while."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.connections = 0
        self.frozen = 0
        """Objects that are not looked through for cycles."""
        self._open = asyncio.Event()
        self._open.set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.frozen = gc.get_freeze_count()
        while True:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            except asyncio.IncompleteReadError:
                break
            path = head.split()[1]
            self.seen.append(path)
            if path == "/stall":
                self._open.clear()
                asyncio.get_running_loop().call_later(STALL_MS / 1000, self._open.set)
            await self._open.wait()
            status = b"404 Not Found" if path == "/lost" else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()


def _with_server(paths: Sequence[str], *, clients: int, rate_per_s: float | None) -> tuple[load.Load, _Server]:
    async def measure() -> tuple[load.Load, _Server]:
        server = _Server()
        listening = await asyncio.start_server(server.answer, HOST, 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            done = await load.run(HOST, port, [*map(load.get, paths)], clients=clients, rate_per_s=rate_per_s)
        return done, server

    return asyncio.run(measure())


def test_every_path_is_requested_once_over_as_many_connections_as_clients() -> None:
    paths = [f"/{number}" for number in range(30)]
    done, server = _with_server(paths, clients=4, rate_per_s=None)
    assert sorted(server.seen) == sorted(paths)
    assert server.connections == 4
    assert done.statuses == {200: 30}
    assert len(done.latency_ms[200]) == 30


def test_each_status_is_counted() -> None:
    done, _ = _with_server(["/a", "/lost", "/b", "/lost", "/lost"], clients=2, rate_per_s=None)
    assert done.statuses == {200: 2, 404: 3}


def test_a_stall_is_felt_by_every_request_that_was_due_meanwhile() -> None:
    paths = ["/"] * 5 + ["/stall"] + ["/"] * 34
    done, _ = _with_server(paths, clients=2, rate_per_s=100)
    # 200 ms at 100 requests a second: 20 requests were due meanwhile, 15 of them 50 ms or more before its end.
    assert np.count_nonzero(np.array(done.latency_ms[200]) >= 50) >= 14
    assert max(done.latency_ms[200]) >= STALL_MS * 0.95


def test_a_closed_loop_hides_a_stall_from_all_but_those_it_caught() -> None:
    done, _ = _with_server(["/"] * 5 + ["/stall"] + ["/"] * 34, clients=2, rate_per_s=None)
    assert np.count_nonzero(np.array(done.latency_ms[200]) >= STALL_MS / 2) == 2


def test_what_the_process_holds_beside_is_not_looked_through_for_cycles_meanwhile() -> None:
    held = [[number] for number in range(10_000)]
    before = gc.get_freeze_count()
    _, server = _with_server(["/"], clients=1, rate_per_s=None)
    assert server.frozen >= before + len(held)
    assert gc.get_freeze_count() == 0


def test_requests_leave_on_schedule() -> None:
    done, _ = _with_server(["/"] * 21, clients=3, rate_per_s=100)
    assert done.seconds >= 0.2


def test_a_request_with_a_body_says_how_long_it_is() -> None:
    head, _, body = load.send("PUT", "/a", {"id": "é"}).partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /a HTTP/1.1\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body) == {"id": "é"}


def test_the_summary_gives_rate_and_percentiles_of_the_statuses_that_are_asked_for() -> None:
    done = load.Load({200: [*map(float, range(1, 1001))], 503: [5000.0]}, seconds=2.0)
    expected = {
        "requests_per_s": 500.0,
        "samples": 1000,
        "p50_ms": 500.5,
        "p90_ms": 900.1,
        "p99_ms": 990.01,
        "p99.9_ms": 999.001,
    }
    assert done.summary(200, 201) == expected
    assert done.summary()["requests_per_s"] == 500.5
    assert done.summary(429) == {"requests_per_s": 0.0}


@pytest.mark.parametrize(("count", "told"), [(199, 2), (200, 3), (999, 3), (1000, 4)])
def test_a_percentile_of_too_few_samples_is_not_told(count: int, told: int) -> None:
    found = load.marks(range(count))
    assert [*found] == [*load.MARKS]
    assert sum(value is not None for value in found.values()) == told
