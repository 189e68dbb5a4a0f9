"""Does the service hold for hours what it holds for seconds? Memory, failures and latency under a steady mixed load.

    python -m benchmarks.soak [--minutes 10] [--rate 200]

Mechanism: the forum and the mixed load of `benchmarks.latency` (half suggestions, a quarter candidates, a fifth
records, one in twenty a write), sent at a fixed rate below saturation. The server's resident memory is read every
second; its slope after a warm-up of a fifth of the time is that of a straight line (least squares). Failures are
answers of 500 and above.

Control: as often, a page is written to a file beside the database and flushed, as each commit of a write does. A
connection that waits for a commit has all its later requests wait, too, and latency counts from when they were due.
"""

import argparse
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import uvloop

from benchmarks import load, machine, servers
from benchmarks.latency import CONNECTIONS, PREPARATION_S, SEED, mixed, prepare

WARM_UP = 0.2
"""The first share of the time, which is left out: caches fill, and memory grows as it must."""
EVERY_S = 1.0
PAGE = bytes(4096)


def main() -> None:
    """Measure, print, and write results/soak.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    arguments = parser.parse_args()
    here = machine.facts()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        profiles, postings = prepare(home)
        with servers.service(home) as server:
            time.sleep(PREPARATION_S)
            count = int(arguments.rate * arguments.minutes * 60)
            requests = _requests(profiles, postings, count)
            with _watched(server, home) as seen:
                answers = uvloop.run(
                    load.run(servers.HOST, server.port, requests, clients=CONNECTIONS, rate_per_s=arguments.rate)
                )
    minutes, resident, flush_ms = np.array(seen).T
    warm = minutes >= WARM_UP * minutes[-1]
    found = {
        "command": f"python -m benchmarks.soak --minutes {arguments.minutes:g} --rate {arguments.rate:g}",
        "load": {"minutes": round(answers.seconds / 60, 1), "requests": count, "connections": CONNECTIONS},
        "answers": {str(status): number for status, number in sorted(answers.statuses.items())},
        "failures": sum(number for status, number in answers.statuses.items() if status >= 500),
        "latency": answers.summary(),
        "a_flush_to_disk": {name: round(float(np.percentile(flush_ms, mark)), 3) for name, mark in load.MARKS.items()},
        "memory": {
            "at_the_start_mb": round(resident[0]),
            "after_warm_up_mb": round(resident[warm][0]),
            "at_the_end_mb": round(resident[-1]),
            "slope_mb_per_minute": round(slope(minutes[warm], resident[warm]), 3),
        },
    }
    print(found)
    print(machine.write("soak", found, here=here, seed=SEED))


def slope(minutes: npt.ArrayLike, resident_mb: npt.ArrayLike) -> float:
    """Return how much memory grows, in megabytes a minute."""
    return float(np.polyfit(np.asarray(minutes), np.asarray(resident_mb), 1)[0])


def _requests(profiles: Sequence[str], postings: Sequence[str], count: int) -> list[bytes]:
    every: list[bytes] = []
    draws = random.Random(SEED)  # noqa: S311 - the order of a benchmark is no secret
    while len(every) < count:  # other writes each time: the same ones again would change nothing
        every += mixed(profiles, postings, seed=draws.randrange(2**32))
    return every[:count]


@contextmanager
def _watched(server: servers.Server, folder: Path) -> Iterator[list[tuple[float, float, float]]]:
    """Note the minutes that have passed, the server's memory, and the milliseconds of a flush, again and again."""
    seen: list[tuple[float, float, float]] = []
    started, stop = time.monotonic(), threading.Event()

    def watch() -> None:
        while not stop.wait(EVERY_S):
            seen.append(((time.monotonic() - started) / 60, server.resident_mb(), _flush_ms(folder / "page")))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _flush_ms(file: Path) -> float:
    """Return how long the disk takes to hold a page of a file."""
    with file.open("wb") as opened:
        started = time.perf_counter()
        opened.write(PAGE)
        opened.flush()
        os.fsync(opened.fileno())
        return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
