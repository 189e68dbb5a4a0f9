"""How long does an answer take? The engine call in process, and the HTTP call under load.

    python -m benchmarks.latency

Mechanism: the generated forum (300 postings, 2,000 profiles, seed 2021) in a throw-away home; suggestions for stored
profiles with reasons, ten a call, profiles in shuffled order. In process: one call at a time, warm. HTTP: a server
process on loopback and 8 keep-alive clients in this process, on the same two cores; open loop at a fixed rate, latency
counted from the moment a request was due. Control: `/health/live`, the same server's empty answer.
"""

import argparse
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from benchmarks import load, machine
from matcher.compose import open_matcher
from matcher.core.domain import Kind
from matcher.offline.demonstration import generate
from matcher.offline.intake import ingest_files
from matcher.settings import Settings

POSTINGS, PROFILES, SEED = 300, 2000, 2021
HOST = "127.0.0.1"
CLIENTS = 8
RATES_PER_S = (100, 200, 400)
QUIET_CALLS = 500
START_S = 60


def main() -> None:
    """Measure, print, and write results/latency.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="of each load at a fixed rate")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        profiles = _prepare(home)
        result: dict[str, Any] = {
            "command": "python -m benchmarks.latency",
            "forum": {"postings": POSTINGS, "profiles": PROFILES, "seed": SEED},
            "engine": _engine(home, profiles),
            "http": _http(home, profiles, seconds=arguments.seconds),
        }
    _print(result)
    print(machine.write("latency", result))


def _prepare(home: Path) -> list[str]:
    matcher = open_matcher(Settings(home=home))
    files = generate(home, postings=POSTINGS, profiles=PROFILES, seed=SEED, today=datetime.now().astimezone().date())
    ingest_files(matcher, files)
    profiles = matcher.ids(Kind.PROFILE)
    matcher.close()
    random.Random(SEED).shuffle(profiles)  # noqa: S311 - the order of a benchmark is no secret
    return profiles


def _engine(home: Path, profiles: Sequence[str]) -> dict[str, dict[str, float]]:
    matcher = open_matcher(Settings(home=home))
    postings = matcher.ids(Kind.POSTING)
    calls = {
        "suggestions": [lambda name=name: matcher.suggestions(name, k=10) for name in profiles],
        "candidates": [lambda name=name: matcher.candidates(name, k=10) for name in postings * 3],
    }
    found = {}
    for name, work in calls.items():
        cold = [_timed(call) for call in work]
        warm = [_timed(call) for call in work]
        quiet = [_timed(call, after_s=0.01) for call in work[:QUIET_CALLS]]
        found[name] = {
            "cold_p50_ms": round(statistics.median(cold), 3),
            **{f"p{mark}_ms": round(float(np.percentile(warm, mark)), 3) for mark in (50, 90, 99)},
            "after_10_ms_of_quiet_p99_ms": round(float(np.percentile(quiet, 99)), 3),
        }
    matcher.close()
    return found


def _timed(call: Any, *, after_s: float = 0.0) -> float:
    time.sleep(after_s)
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _http(home: Path, profiles: Sequence[str], *, seconds: float) -> dict[str, Any]:
    suggestions = [f"/v1/profiles/{name}/suggestions?top=10" for name in profiles]
    found: dict[str, Any] = {}
    with _server(home) as port:

        def measure(paths: Sequence[str], rate: float | None) -> dict[str, Any]:
            # asyncio's own loop wakes up to a millisecond late: that would be counted as the server's.
            done = uvloop.run(load.run(HOST, port, paths, clients=CLIENTS, rate_per_s=rate))
            if set(done.statuses) != {200}:
                raise SystemExit(f"not every answer was a 200: {done.statuses}")
            return done.summary()

        measure(suggestions, None)  # warms the server up: its caches are part of it
        found["closed loop"] = measure(suggestions * 2, None)
        for rate in RATES_PER_S:
            paths = (suggestions * (1 + int(rate * seconds) // len(suggestions)))[: int(rate * seconds)]
            found[f"{rate} requests/s"] = measure(paths, rate)
        found["control: empty answer, 200 requests/s"] = measure(["/health/live"] * int(200 * seconds), 200)
        found["control: empty answer, closed loop"] = measure(["/health/live"] * 4000, None)
    return found


@contextmanager
def _server(home: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "matcher.cli", "serve", "--host", HOST, "--port", str(port)]
    server = subprocess.Popen(
        command, env={**os.environ, "MATCHER_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/health/ready", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not become ready")


def _print(result: dict[str, Any]) -> None:
    for group in ("engine", "http"):
        for name, figures in result[group].items():
            print(f"{group:7}{name:36}", "  ".join(f"{key} {value}" for key, value in figures.items()))


if __name__ == "__main__":
    main()
