"""kill -9 of a server at random moments, while it stores records and writes snapshots: what was acknowledged is there.

`make crash` runs 100 rounds on SQLite and 20 on PostgreSQL.
"""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

ROUNDS = {"sqlite": int(os.environ.get("CRASH_ROUNDS", "3")), "postgres": int(os.environ.get("CRASH_ROUNDS", "5")) // 5}
WRITERS = 2
LONGEST_S = 1.0
START_S = 10.0
"""Within which a server that was killed answers again."""


class Writer(threading.Thread):
    """Puts and deletes profiles until the server is gone; knows what it was told is safe."""

    def __init__(self, port: int, number: int, held: dict[str, int], seed: int) -> None:
        super().__init__(daemon=True)
        self._port, self._number = port, number
        self._random = random.Random(seed)  # noqa: S311 - repeatable, no secret
        self.held = dict(held)
        """What was acknowledged: the version of each profile."""
        self.unsure: set[str] = set()
        """Asked for and never answered: either is right."""

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            for version in range(1_000_000):
                name = f"c{self._number}-{self._random.randrange(30)}"
                self.unsure.add(name)
                if name in self.held and self._random.random() < 0.2:
                    self._ask(connection, "DELETE", name, None)
                    self.held.pop(name)
                else:
                    years = version % 50
                    self._ask(connection, "PUT", name, {"id": name, "headline": "Data", "experience_years": years})
                    self.held[name] = years
                self.unsure.discard(name)

    @staticmethod
    def _ask(connection: http.client.HTTPConnection, method: str, name: str, body: dict[str, object] | None) -> None:
        headers = {"Content-Type": "application/json"}
        connection.request(method, f"/v1/profiles/{name}", json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in {200, 201, 204}


@contextmanager
def _served(home: Path, url: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    variables = {
        "MATCHER_HOME": str(home),
        "MATCHER_MODEL": "words",
        "MATCHER_DATABASE_URL": url,
        "MATCHER_ERASURE_SECONDS": "0",  # so that a snapshot is written after each deletion that is seen
        "MATCHER_FOLLOW_SECONDS": "0.05",
    }
    command = [sys.executable, "-m", "matcher.cli", "serve", "--port", str(port)]
    log = (home / "server.log").open("ab")
    server = subprocess.Popen(command, env={**os.environ, **variables}, stdout=log, stderr=log)
    try:
        yield port, server
    finally:
        server.kill()
        server.wait()
        log.close()


def _ready(port: int, server: "subprocess.Popen[bytes]") -> float:
    """Wait until the server answers; return how long that took."""
    started = time.perf_counter()
    while time.perf_counter() - started < 3 * START_S:
        assert server.poll() is None, "the server ended"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return time.perf_counter() - started
        time.sleep(0.02)
    raise AssertionError("the server does not become ready")


def _stored(port: int, names: set[str]) -> dict[str, int]:
    found = {}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for name in sorted(names):
            connection.request("GET", f"/v1/profiles/{name}")
            answer = connection.getresponse()
            content = answer.read()
            if answer.status == 200:
                found[name] = int(json.loads(content)["experience_years"])
    return found


@pytest.mark.parametrize("database", list(ROUNDS))
def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgres" else ""
    chance = random.Random(20261124)  # noqa: S311 - repeatable, no secret
    held: dict[str, int] = {}
    every = {f"c{writer}-{number}" for writer in range(WRITERS) for number in range(30)}
    slowest = 0.0
    for turn in range(max(ROUNDS[database], 1)):
        with _served(tmp_path, url) as (port, server):
            slowest = max(slowest, _ready(port, server))
            writers = []
            for number in range(WRITERS):
                theirs = {name: version for name, version in held.items() if name.startswith(f"c{number}-")}
                writers.append(Writer(port, number, theirs, seed=100 * turn + number))
            for writer in writers:
                writer.start()
            time.sleep(chance.uniform(0.05, LONGEST_S))
            server.send_signal(signal.SIGKILL)
            for writer in writers:
                writer.join()
        acknowledged = {name: version for writer in writers for name, version in writer.held.items()}
        unsure = set().union(*(writer.unsure for writer in writers))
        with _served(tmp_path, url) as (port, server):
            slowest = max(slowest, _ready(port, server))
            held = _stored(port, every)
        for name in every - unsure:
            assert held.get(name) == acknowledged.get(name), f"round {turn}: {name}"
    assert held, "something was written"
    assert slowest < START_S
    variables = {"MATCHER_HOME": str(tmp_path), "MATCHER_MODEL": "words", "MATCHER_DATABASE_URL": url}
    checked = subprocess.run(
        [sys.executable, "-m", "matcher.cli", "fsck"], env={**os.environ, **variables}, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stderr.decode()
    print(f"{database}: {max(ROUNDS[database], 1)} rounds, slowest start {slowest:.1f} s")  # noqa: T201 - for `make crash`
