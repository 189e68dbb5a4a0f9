"""Processes that each run another version, the engine or a server, for `benchmarks.compare` to time in turns."""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn, Protocol

from benchmarks import servers
from benchmarks.served import Connection, requests_of

TREE = Path(__file__).parent.parent
SIDE = Path(__file__).parent / "side.py"
HTTP_PREPARED = 100
"""Requests before those that count; a server has made itself ready before."""
NO_SUCCESS = 300
"""The least status that is none."""
SETTLED_AFTER_S, CALM_S, CALM_SHARE = 120, 3.0, 0.03
"""Servers are calm once each takes less than this share of a core for so long."""


class Timed(Protocol):
    """A process of one version, which works only while it is asked."""

    missing: Mapping[str, str]
    """By operation, why this version cannot be asked it."""
    prepared: Mapping[str, int]
    """By operation, how many calls touch everything once; 0 where the first time is what is timed."""
    once: Mapping[str, int]
    """Of those, how many calls there are that are a first time."""

    def times_ms(self, operation: str, *, first: int, calls: int) -> list[float]:
        """Ask for so many calls from a place of the walk on, and return how long each took.

        Raises:
            SystemExit: it ended, or no longer answers as it did.
        """
        ...


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """Put a commit's files into a folder of their own for as long as it is needed.

    Raises:
        SystemExit: there is no such commit, or no git.
    """
    try:
        name = _git(TREE, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}^{{commit}}").strip()
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise SystemExit(
            f"{commit} is neither a file nor a commit that git knows: name a commit, a tag, or a results/latency.json"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        try:
            _git(TREE, "worktree", "add", "--quiet", "--detach", str(tree), name)
            yield tree
        finally:
            _take_away(tree)


def _take_away(tree: Path) -> None:
    """Take away a worktree, and one that git was still making when it was stopped, which is locked or half there."""
    shutil.rmtree(tree, ignore_errors=True)
    command = ["git", "-C", str(TREE), "worktree", "remove", "--force", "--force", str(tree)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


@dataclass(slots=True)
class Side:
    """The engine, in a process that is told what to call."""

    name: str
    tree: Path
    _to: IO[str]
    _from: IO[str]
    missing: Mapping[str, str] = field(default_factory=dict)
    prepared: Mapping[str, int] = field(default_factory=dict)
    once: Mapping[str, int] = field(default_factory=dict)

    def greet(self) -> None:
        """Wait until it is ready.

        Raises:
            SystemExit: it ended, or runs another version than the one that it was given.
        """
        said = self._answer()
        if Path(said["tree"]).resolve() != self.tree.resolve():
            raise SystemExit(f"the {self.name} version runs {said['tree']}, not {self.tree}: see why above")
        self.missing, self.prepared, self.once = said["missing"], said["prepared"], said["once"]

    def times_ms(self, operation: str, *, first: int, calls: int) -> list[float]:
        """Ask, as `Timed` says."""
        asked = json.dumps({"operation": operation, "first": first, "calls": calls})
        try:
            self._to.write(f"{asked}\n")
            self._to.flush()
        except BrokenPipeError:
            self._ended()
        return [float(value) for value in self._answer()]

    def _answer(self) -> Any:
        line = self._from.readline()
        return json.loads(line) if line else self._ended()

    def _ended(self) -> NoReturn:
        raise SystemExit(f"the process of the {self.name} version ended: what it said stands above")


@dataclass(slots=True)
class Served:
    """A server, and one connection to it."""

    name: str
    server: servers.Server
    connection: Connection
    requests: Mapping[str, Callable[[int], bytes]]
    missing: Mapping[str, str] = field(default_factory=dict)
    prepared: Mapping[str, int] = field(default_factory=dict)
    once: Mapping[str, int] = field(default_factory=dict)

    def greet(self) -> None:
        """Send each request once: what this version does not answer is missing."""
        self.connection.renew()
        found = {name: self.connection.status(request(0)) for name, request in self.requests.items()}
        self.missing = {name: f"status {status}" for name, status in found.items() if status >= NO_SUCCESS}
        self.prepared = {name: HTTP_PREPARED for name in found if name not in self.missing}

    def times_ms(self, operation: str, *, first: int, calls: int) -> list[float]:
        """Ask, as `Timed` says."""
        times = []
        self.connection.renew()
        for place in range(first, first + calls):
            request = self.requests[operation](place)
            sent = time.perf_counter()
            status = self.connection.status(request)
            times.append((time.perf_counter() - sent) * 1000)
            if status >= NO_SUCCESS:
                raise SystemExit(f"the {self.name} version answered {operation} with status {status}")
        return times


@contextmanager
def served(name: str, tree: Path, home: Path, files: Sequence[Path]) -> Iterator[Served]:
    """Start a version's server on a home folder of its own.

    Raises:
        SystemExit: it does not become ready.
    """
    with servers.service(home, environment(tree)) as server, Connection(servers.HOST, server.port) as connection:
        yield Served(name, server, connection, requests_of(*files))


def settle(running: Sequence[Served]) -> None:
    """Wait until servers have done what they do in the background after their start, two minutes at most."""
    until, before = time.monotonic() + SETTLED_AFTER_S, math.inf
    while time.monotonic() < until:
        time.sleep(CALM_S)
        now = sum(one.server.processor_s() for one in running)
        if now - before < CALM_SHARE * CALM_S * len(running):
            return
        before = now


def ingested(name: str, tree: Path, home: Path, files: Sequence[Path]) -> Path:
    """Have a version store what the files hold in a home folder, and return that.

    Raises:
        SystemExit: it cannot.
    """
    command = [sys.executable, "-P", str(SIDE), "--ingest", str(home), *map(str, files)]
    if subprocess.run(command, env=environment(tree), stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit(f"the {name} version cannot store the forum (it said why above)")
    return home


@contextmanager
def started(name: str, tree: Path, home: Path, files: Sequence[Path]) -> Iterator[Side]:
    """Start a version's engine on a home folder of its own, where it has stored what the files hold."""
    command = [sys.executable, "-P", str(SIDE), str(home), *map(str, files)]
    with subprocess.Popen(
        command, env=environment(tree), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin  # noqa: S101 - both were asked for
        assert process.stdout  # noqa: S101
        try:
            yield Side(name, tree, process.stdin, process.stdout)
        finally:
            process.kill()


def forum(tree: Path, folder: Path, *, postings: int, profiles: int, seed: int) -> list[Path]:
    """Have a version make a forum, and return the files of its postings and its profiles.

    Raises:
        SystemExit: it cannot.
    """
    command = [sys.executable, "-P", str(SIDE), "--generate", str(folder), *map(str, (postings, profiles, seed))]
    if subprocess.run(command, env=environment(tree), check=False).returncode:
        raise SystemExit("the base cannot generate a forum (it said why above): name a later commit")
    return [folder / "postings.jsonl", folder / "profiles.jsonl"]


def environment(tree: Path) -> dict[str, str]:
    """Return this one's, with a version on the path, no setting of the service, and no chance in the hashes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return {**kept, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}


def _git(repository: Path, *words: str) -> str:
    command = ["git", "-C", str(repository), *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
