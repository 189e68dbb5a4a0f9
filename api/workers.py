"""Several server processes on one address.

    matcher serve --port 8000 --workers 2
    ├── worker 1    accepts from 8000, and on 8001
    └── worker 2    accepts from 8000, and on 8002

All accept from one socket. Each listens on a port of its own too: whether a process is ready, and its figures, only it
can say. The first starts alone: what it makes ready (tables, vectors, compiled loops, the snapshot), the others find.
"""

import errno
import logging
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from logging.config import dictConfig
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.protocol import ProblemProtocol
from api.request_ids import LOGGING
from api.unsent import Unsent
from matcher.compose import open_matcher
from matcher.core.errors import MatcherError
from matcher.core.processes import end_with_main
from matcher.settings import Settings
from matcher.settled import look_for_cycles_rarely

LOOK_EVERY_S = 0.2
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
"""Before a worker is started again; twice as long each time: what it lacks (its database, say) may take a while."""
STEADY_S = 60.0
"""A worker that has served for so long is started again after the shortest pause."""

LAST_REQUESTS_S = 40
"""For so long a server that is told to stop waits for what it is still working on: longer than a request may take."""

BACKLOG = 2048
"""So many callers wait in a socket's queue, before the service is ready as well as afterwards."""

log = logging.getLogger(__name__)


def serve_alone(app: FastAPI, shared: socket.socket) -> None:
    """Serve with this process alone, from a socket that listens, until told to stop."""
    look_for_cycles_rarely()
    with suppress(KeyboardInterrupt):  # SIGINT, when what was asked has been answered
        _Server(_config(app), lambda: log.info("serving on %s", _address(shared))).run([shared])


def serve_with_workers(settings: Settings, shared: socket.socket, *, host: str, port: int, count: int) -> bool:
    """Serve with several processes until told to stop (SIGTERM or SIGINT); one that dies is started again.

    Returns False where the first could not start: it has said why in the log.

    Args:
        settings: of each worker.
        shared: listens on the address; all accept from it.
        host: of the address.
        port: of the address; 0 where the system has chosen it, and chooses the workers' own too.
        count: how many workers.

    Raises:
        OSError: an address of a worker's own is taken; it names the address.
    """
    dictConfig(_logging_as("main"))
    log.info("%d workers on %s", count, _address(shared))
    own = [port and port + number for number in range(1, count + 1)]
    for one in own:
        bound(host, one).close()
    return _supervise([_Worker(n, settings, host, shared, own=one) for n, one in enumerate(own, start=1)])


class _Worker:
    """One place in the team, and the process that fills it."""

    def __init__(self, number: int, settings: Settings, host: str, shared: socket.socket, *, own: int) -> None:
        self.is_serving = False
        self._name = f"worker-{number}"
        self._arguments = (settings, host, shared, own)
        self._process: SpawnProcess | None = None
        self._told: Connection | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._pause_s = SHORTEST_PAUSE_S

    @property
    def is_alive(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def start(self) -> None:
        """Start a process, unless there is one or it is too early."""
        if self._process is not None or time.monotonic() < self._due_at:
            return
        self._told, tell = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_work, args=(*self._arguments, tell), name=self._name)
        self._process.start()
        tell.close()
        self._started_at = time.monotonic()

    def look(self) -> None:
        """Take note of a process that serves now, or has ended."""
        if self._process is None or self._told is None:
            return
        if not self.is_serving and self._told.poll():
            with suppress(EOFError):  # it has ended
                log.info("%s serves, on %s too", self._name, self._told.recv())
                self.is_serving = True
        if self._process.exitcode is None:
            return
        if time.monotonic() - self._started_at > STEADY_S:
            self._pause_s = SHORTEST_PAUSE_S
        log.error("%s ended (%s): started again in %.1f s", self._name, _end(self._process.exitcode), self._pause_s)
        self._due_at = time.monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._told.close()
        self._process.close()
        self._process, self.is_serving = None, False

    def tell_to_stop(self) -> None:
        """Have the process end its requests and write its snapshot."""
        if self._process is not None:
            self._process.terminate()

    def wait(self) -> None:
        """Return when the process has ended."""
        if self._process is not None:
            self._process.join()
            if self._process.exitcode not in {0, -signal.SIGTERM, -signal.SIGINT}:
                log.error("%s ended (%s)", self._name, _end(self._process.exitcode or 0))


def _supervise(team: Sequence[_Worker]) -> bool:
    told: list[int] = []
    # No lock: a handler interrupts whatever this thread is doing.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _: told.append(number))
    first = team[0]
    first.start()
    while first.is_alive and not first.is_serving and not told:
        time.sleep(LOOK_EVERY_S)
        first.look()
    has_started = first.is_alive
    while has_started and not told:
        for worker in team:
            worker.start()
        time.sleep(LOOK_EVERY_S)
        for worker in team:
            worker.look()
    for worker in team:
        worker.tell_to_stop()
    for worker in team:
        worker.wait()
    return has_started


def _work(settings: Settings, host: str, shared: socket.socket, own_port: int, tell: Connection) -> None:
    """Be a worker: serve until told to stop, or until the main process is gone."""
    dictConfig(_logging_as(multiprocessing.current_process().name))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback for who stops it while it starts
    end_with_main(partial(os.kill, os.getpid(), signal.SIGTERM))
    try:
        own = bound(host, own_port)
        app = _application(settings)
    except (MatcherError, OSError) as error:
        log.error("%s", error)  # noqa: TRY400 - what is wrong is one line
        sys.exit(1)
    look_for_cycles_rarely()
    _Server(_config(app), lambda: tell.send(_address(own))).run([shared, own])


def _config(app: FastAPI) -> uvicorn.Config:
    """Return how an application is served: it counts requests itself, and the log is set up already."""
    unsent = Unsent(patience_s=app.state.settings.request_seconds)
    protocol = partial(ProblemProtocol, unsent=unsent, refused=app.state.unread.refused)
    return uvicorn.Config(
        app,
        http=protocol,  # type: ignore[arg-type] # called as a class is
        ws="none",
        access_log=False,
        backlog=BACKLOG,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=LAST_REQUESTS_S,
    )


class _Server(uvicorn.Server):
    """Tells that it serves."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self._on_start()


def _application(settings: Settings) -> FastAPI:
    matcher = open_matcher(settings)
    try:
        return create_app(settings, matcher=matcher)
    except BaseException:
        matcher.close()
        raise


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address: who comes second to it, even at the same moment, is refused.

    What is asked before anybody accepts waits in the socket's queue.

    Raises:
        OSError: another program has the address, or it is none of this machine's; it names the address.
    """
    shared = bound(host, port)
    try:
        _listen(shared)
    except OSError:
        shared.close()
        raise
    return shared


def bound(host: str, port: int) -> socket.socket:
    """Return a socket that has the address and does not listen yet.

    Raises:
        OSError: another program has it, or it is none of this machine's; it names the address.
    """
    try:
        host.encode("idna")
    except UnicodeError:
        raise OSError(errno.EINVAL, "this is no address", f"{host}:{port}") from None
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
    return found


def _listen(shared: socket.socket) -> None:
    """Have callers wait in the socket's queue, and nobody else listen on its address.

    Raises:
        OSError: another program listens there; it names the address.
    """
    try:
        shared.listen(BACKLOG)
    except OSError as error:
        raise OSError(error.errno, error.strerror, "{}:{}".format(*shared.getsockname()[:2])) from error


def _address(own: socket.socket) -> str:
    host, port, *_ = own.getsockname()
    return f"http://[{host}]:{port}" if own.family == socket.AF_INET6 else f"http://{host}:{port}"


def _end(exit_code: int) -> str:
    return f"by signal {-exit_code}" if exit_code < 0 else f"with status {exit_code}"


def _logging_as(name: str) -> dict[str, Any]:
    """Return how a log is written whose lines name their process."""
    line = f"%(asctime)s %(levelname)s {name} %(name)s [%(request_id)s] %(message)s"
    return {**LOGGING, "formatters": {"line": {"format": line}}}
