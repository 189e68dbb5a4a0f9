"""Processes that each run another version of the engine, so that `benchmarks.compare` can time them in turns."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn

TREE = Path(__file__).parent.parent
SIDE = Path(__file__).parent / "side.py"


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
            if tree.exists():
                _git(TREE, "worktree", "remove", "--force", str(tree))


@dataclass(slots=True)
class Side:
    """A process of one version, which works only while it is asked."""

    name: str
    tree: Path
    _to: IO[str]
    _from: IO[str]
    missing: dict[str, str] = field(default_factory=dict)
    prepared: dict[str, int] = field(default_factory=dict)

    def greet(self) -> None:
        """Wait until it has stored the forum.

        Raises:
            SystemExit: it ended, or runs another version than the one that it was given.
        """
        said = self._answer()
        if Path(said["tree"]).resolve() != self.tree.resolve():
            raise SystemExit(f"the {self.name} version runs {said['tree']}, not {self.tree}: see why above")
        self.missing, self.prepared = said["missing"], said["prepared"]

    def times_ms(self, operation: str, *, first: int, calls: int) -> list[float]:
        """Ask for so many calls from a place of the walk on, and return how long each took.

        Raises:
            SystemExit: it ended.
        """
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


@contextmanager
def started(name: str, tree: Path, home: Path, files: Sequence[Path]) -> Iterator[Side]:
    """Start a version on a home folder of its own, where it stores what the files hold before it greets."""
    command = [sys.executable, "-P", str(SIDE), str(home), *map(str, files)]
    environment = _environment(tree)
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
    if subprocess.run(command, env=_environment(tree), check=False).returncode:
        raise SystemExit("the base cannot generate a forum (it said why above): name a later commit")
    return [folder / "postings.jsonl", folder / "profiles.jsonl"]


def _environment(tree: Path) -> dict[str, str]:
    """Return this one's, with a version on the path, no setting of the service, and no chance in the hashes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return {**kept, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"}


def _git(repository: Path, *words: str) -> str:
    command = ["git", "-C", str(repository), *words]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
