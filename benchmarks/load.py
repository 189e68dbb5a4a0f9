"""A small open-loop load generator: requests leave on a schedule, whether or not earlier answers have come.

Latency is counted from the moment at which a request was due, so that a stall of the server is felt by every request
that it delayed, not by one (coordinated omission).

Source: Tene, How NOT to Measure Latency, 2013; the same correction as wrk2.
"""

import asyncio
import gc
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

MARKS = {"p50_ms": 50.0, "p90_ms": 90.0, "p99_ms": 99.0, "p99.9_ms": 99.9}
FROM = {"p99_ms": 200, "p99.9_ms": 1000}
"""How many samples a percentile needs: with fewer, it is the slowest one or two and nothing that comes again."""


def marks(taken_ms: npt.ArrayLike) -> dict[str, float | None]:
    """Return the percentiles of some times; None where they are too few to tell."""
    every = np.asarray(taken_ms, dtype=np.float64)
    return {
        name: round(float(np.percentile(every, mark)), 3) if len(every) >= FROM.get(name, 1) else None
        for name, mark in MARKS.items()
    }


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests gave."""

    latency_ms: Mapping[int, Sequence[float]]
    """By status: from due to answered, one a request."""
    seconds: float
    statuses: Counter[int] = field(init=False)

    def __post_init__(self) -> None:
        counts = Counter({status: len(taken) for status, taken in self.latency_ms.items()})
        object.__setattr__(self, "statuses", counts)

    def summary(self, *statuses: int) -> dict[str, float | None]:
        """Return rate, number and percentiles of the answers with these statuses; of all, where none is given."""
        chosen = [taken for status, taken in self.latency_ms.items() if not statuses or status in statuses]
        every = np.concatenate([np.asarray(taken) for taken in chosen]) if chosen else np.empty(0)
        if not len(every):
            return {"requests_per_s": 0.0}
        return {"requests_per_s": round(len(every) / self.seconds, 1), "samples": len(every), **marks(every)}


def get(path: str) -> bytes:
    """Return a GET request's bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".encode()


def send(method: str, path: str, content: Mapping[str, Any]) -> bytes:
    """Return the bytes of a request with a JSON body."""
    body = json.dumps(content).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def run(host: str, port: int, requests: Sequence[bytes], *, clients: int, rate_per_s: float | None) -> Load:
    """Send every request once, spread over keep-alive connections.

    What this process holds beside (an engine, its tables) is not looked through for cycles meanwhile: the third of a
    second that it takes would be counted as the server's.

    Args:
        host: the server's.
        port: the server's.
        requests: in the order in which they are due.
        clients: how many connections.
        rate_per_s: requests due a second over all connections; None sends each when the one before is answered
            (closed loop: it shows the throughput, and hides stalls).
    """
    latency: dict[int, list[float]] = {}
    gc.freeze()
    started = time.perf_counter() + 0.05

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for place in range(number, len(requests), clients):
            due = started + place / rate_per_s if rate_per_s else time.perf_counter()
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            status = await _answered(reader, writer, requests[place])
            latency.setdefault(status, []).append((time.perf_counter() - due) * 1000)
        writer.close()
        await writer.wait_closed()

    try:
        await asyncio.gather(*(client(number) for number in range(clients)))
        return Load(latency, time.perf_counter() - started)
    finally:
        gc.unfreeze()


async def _answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    """Send a request and read its answer to the end. A library client would cost more than the server that it times."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("ascii").lower().split("\r\n")
    length = next((int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")), 0)
    await reader.readexactly(length)
    return int(lines[0].split()[1])
