"""Does the service hold for hours what it holds for seconds? Memory, failures and latency under a steady mixed load.

    python -m benchmarks.soak [--minutes 10] [--rate 200]

Mechanism: the forum and the mixed load of `benchmarks.latency` (half suggestions, a quarter candidates, a fifth
records, one in twenty a write: the person's record with a number in its headline and a new sentence in its summary, so
that what is kept of texts grows as in life, and people stay who they are), sent at a fixed rate below saturation. All
requests are made before. The server's resident memory is read every second; its slope after a warm-up of a fifth of the
time is that of a straight line (least squares). Failures are answers of 500 and above.

Control: as often, a page is written to a file beside the database and flushed, as each commit of a write does. A
connection that waits for a commit has all its later requests wait, too, and latency counts from when they were due.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import uvloop

from benchmarks import commandline, load, machine, servers
from benchmarks.latency import CONNECTIONS, PREPARATION_S, SEED, mixed, people, prepare

WARM_UP = 0.2
"""The first share of the time, which is left out: caches fill, and memory grows as it must."""
EVERY_S = 1.0
LEAST_S = 5.0
"""Of a shorter load there is no slope."""
MINUTES = 10.0
PAGE = bytes(4096)


def main() -> None:
    """Measure, print, and write results/soak.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=commandline.amount, default=MINUTES, help="fewer than 10 are a trial")
    parser.add_argument("--rate", type=commandline.amount, default=200, help="requests a second")
    commandline.add_write(parser)
    arguments = parser.parse_args()
    if (count := int(arguments.rate * arguments.minutes * 60)) < CONNECTIONS or arguments.minutes * 60 < LEAST_S:
        parser.error(f"a steady load takes {LEAST_S:g} seconds at least, and {CONNECTIONS} requests")
    here = machine.begin()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _, postings = prepare(home)
        requests = mixed(people(home), postings, count=count)
        with servers.service(home) as server:
            time.sleep(PREPARATION_S)
            with _watched(server, home) as seen:
                answers = uvloop.run(
                    load.run(servers.HOST, server.port, requests, clients=CONNECTIONS, rate_per_s=arguments.rate)
                )
    minutes, resident, flush_ms = np.array(seen).T
    warm = minutes >= WARM_UP * minutes[-1]
    found = {
        "command": machine.command("benchmarks.soak"),
        "load": {"minutes": round(answers.seconds / 60, 1), "requests": count, "connections": CONNECTIONS},
        "answers": {str(status): number for status, number in sorted(answers.statuses.items())},
        "failures": sum(number for status, number in answers.statuses.items() if status >= 500),
        "latency": answers.summary(),
        "a_flush_to_disk": {"samples": len(flush_ms), **load.marks(flush_ms)},
        "memory": {
            "at_the_start_mb": round(resident[0]),
            "after_warm_up_mb": round(resident[warm][0]),
            "at_the_end_mb": round(resident[-1]),
            "slope_mb_per_minute": round(slope(minutes[warm], resident[warm]), 3),
        },
    }
    print(found)
    partial = arguments.minutes < MINUTES
    print(machine.write("soak", found, here=here, seed=SEED, partial=partial, anyway=arguments.write))


def slope(minutes: npt.ArrayLike, resident_mb: npt.ArrayLike) -> float:
    """Return how much memory grows, in megabytes a minute."""
    return float(np.polyfit(np.asarray(minutes), np.asarray(resident_mb), 1)[0])


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
