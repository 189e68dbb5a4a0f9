"""A small open-loop load generator: requests leave on a schedule, whether or not earlier answers have come.

Latency is counted from the moment at which a request was due, so that a stall of the server is felt by every request
that it delayed, not by one (coordinated omission).

Source: Tene, How NOT to Measure Latency, 2013; the same correction as wrk2.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests gave."""

    latency_ms: npt.NDArray[np.float64]
    """From due to answered, one a request."""
    statuses: dict[int, int]
    seconds: float

    def summary(self) -> dict[str, float]:
        """Return the rate and the percentiles."""
        marks = {"p50_ms": 50.0, "p90_ms": 90.0, "p99_ms": 99.0, "p99.9_ms": 99.9}
        found = {name: round(float(np.percentile(self.latency_ms, mark)), 3) for name, mark in marks.items()}
        return {"requests_per_s": round(len(self.latency_ms) / self.seconds, 1), **found}


async def run(host: str, port: int, paths: Sequence[str], *, clients: int, rate_per_s: float | None) -> Load:
    """Request every path once, spread over keep-alive connections.

    Args:
        host: the server's.
        port: the server's.
        paths: in the order in which they are due.
        clients: how many connections.
        rate_per_s: requests due a second over all connections; None sends each when the one before is answered
            (closed loop: it shows the throughput, and hides stalls).
    """
    latency: list[float] = []
    statuses: dict[int, int] = {}
    started = time.perf_counter() + 0.05

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        for place in range(number, len(paths), clients):
            due = started + place / rate_per_s if rate_per_s else time.perf_counter()
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            status = await _get(reader, writer, host, paths[place])
            latency.append((time.perf_counter() - due) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(number) for number in range(clients)))
    return Load(np.array(latency), statuses, time.perf_counter() - started)


async def _get(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, path: str) -> int:
    """Send one GET and read its answer to the end. A library client would cost more than the server that it times."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("ascii").lower().split("\r\n")
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    await reader.readexactly(length)
    return int(lines[0].split()[1])
