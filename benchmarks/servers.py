"""Servers to measure: the service, and a bare FastAPI application that answers with as many bytes."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

TREE = Path(__file__).parent.parent
HOST = "127.0.0.1"
START_S = 60


class NotReady(SystemExit):
    """A server ended, or took too long to start."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process: "subprocess.Popen[bytes]"

    def processor_s(self) -> float:
        """Return the seconds of processor time that it has taken: they do not hang on who else uses the machine."""
        fields = self._read("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Return how much memory it holds."""
        return int(self._read("statm").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="ascii", errors="replace")


@contextmanager
def service(home: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run the service on a home folder; yield it when it is ready.

    Args:
        home: where its database is.
        environment: of the process, where that is not this one's: its PYTHONPATH says which version runs.
    """
    words = ["matcher.cli", "serve", "--host", HOST, "--port"]
    with _running(words, "/health/ready", {**(environment or _ours()), "MATCHER_HOME": str(home)}) as server:
        yield server


@contextmanager
def bare(size: int) -> Iterator[Server]:
    """Run FastAPI with nothing behind it; yield it when it is ready."""
    with _running(["benchmarks.servers", str(size)], "/", _ours()) as server:
        yield server


@contextmanager
def _running(words: Sequence[str], ready: str, environment: Mapping[str, str]) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    server = subprocess.Popen(
        # Not from the folder that this happens to run in: the path says which version it is.
        [sys.executable, "-P", "-m", *words, str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, ready, server)
        yield Server(port, server)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _ours() -> dict[str, str]:
    """Return this process's environment, with this version first on the path."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(TREE), *filter(None, [os.environ.get("PYTHONPATH")])])}


def _wait(port: int, path: str, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise NotReady("the server did not become ready")


def _serve_bare(size: int, port: int) -> None:
    app = FastAPI()
    content = b'"' + b"x" * max(size - 2, 0) + b'"'

    @app.get("/")
    async def answer() -> Response:
        return Response(content, media_type="application/json")

    uvicorn.run(app, host=HOST, port=port, access_log=False, server_header=False, log_config=None)


if __name__ == "__main__":
    _serve_bare(int(sys.argv[1]), int(sys.argv[2]))
