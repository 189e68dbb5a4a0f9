"""Real servers for tests: processes of `matcher serve` on exact words alone, and what they answer."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
START_S = 10.0
"""Within which a server answers, on a machine that does nothing else."""
PATIENCE_S = 120.0
Server = tuple[int, "subprocess.Popen[bytes]"]


@contextmanager
def served(home: Path, url: str, **settings: str) -> Iterator[Server]:
    """A server that is killed at the end, and its port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    variables = {"HOME": str(home), "MODEL": "words", "DATABASE_URL": url, **settings}
    command = [sys.executable, "-m", "matcher.cli", "serve", "--port", str(port)]
    with (home / "server.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment(**variables), stdout=log, stderr=log)
        try:
            yield port, server
        finally:
            server.kill()
            server.wait()


def environment(**settings: str) -> dict[str, str]:
    """The environment with settings of the matcher."""
    return {**os.environ, **{f"MATCHER_{name}": value for name, value in settings.items()}}


def ready(server: Server) -> float:
    """Wait until a server answers; return how long that took."""
    port, process = server
    started = time.perf_counter()
    while time.perf_counter() - started < PATIENCE_S:
        assert process.poll() is None, "the server ended"
        with suppress(OSError, http.client.HTTPException), connected(port) as connection:
            if ask(connection, "GET", "/health/ready")[0] == 200:
                return time.perf_counter() - started
        time.sleep(0.02)
    raise AssertionError("the server does not become ready")


@contextmanager
def connected(port: int) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
        yield connection


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: Mapping[str, object] | None = None
) -> tuple[int, Any]:
    """Return a status, and the answer's JSON if it has one."""
    headers = {"Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else None
