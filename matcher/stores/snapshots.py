"""Generations of the index on disk: written whole or not at all, and trusted only when every byte checks out.

A generation is a folder with its files and a manifest: what it was made of, and each file's SHA-256. `CURRENT` names
one generation with its manifest's SHA-256 and is replaced in one atomic step, so that a reader sees the old state or
the new one. What does not check out is refused, and the caller rebuilds from the database.

Several processes may share the folder. One at a time writes; who has waited for its turn takes what another has
published meanwhile where that is no older than its own. So an older state never replaces one from which somebody has
been erased.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.core.errors import SnapshotRefused, StoreUnavailable
from matcher.core.files import digests, files_in, sync

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a generation was made of."""

    database_id: str
    sequence: int
    """The last change that it holds."""
    token: str
    """That change's token: another log that reached the same number has another."""
    fingerprint: str
    """Of all that would make another index of the same records: models, text stage, layout."""
    rows: dict[str, int]
    """Documents by kind."""

    def covers(self, other: "Facts") -> bool:
        """Tell whether this holds all that the other does: of the same database, by the same model, and no older."""
        same = (self.database_id, self.fingerprint) == (other.database_id, other.fingerprint)
        return same and (self.sequence > other.sequence or (self.sequence, self.token) == (other.sequence, other.token))


class Snapshots:
    """The generations of one index, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked_at: bytes | None = None
        """What `CURRENT` held when this process last read or wrote it; None before."""

    def publish(self, facts: Facts, write: Callable[[Path], None]) -> Path:
        """Write a generation and make it the current one; the others are deleted.

        Waits while another process writes its own. What another has published since this process last looked stays,
        and nothing is written, where it holds all that ours would.

        Args:
            facts: what it is made of.
            write: fills the empty folder that it is given.

        Raises:
            StoreUnavailable: it could not be written (the disk is full, say), and the generation before stays current;
                or an older one could not be deleted.
        """
        name = f"{facts.sequence:012d}-{secrets.token_hex(4)}"
        unfinished = self._folder / f"{UNFINISHED}{name}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._turn(fcntl.LOCK_EX):
                if theirs := self._published_by_another(facts):
                    return theirs
                self._write(unfinished, facts, write)
                self._sweep(keep=name)
                return self._folder / name
        except (OSError, RuntimeError) as error:  # FAISS raises RuntimeError when it cannot write
            for abandoned in (unfinished, self._folder / name):
                shutil.rmtree(abandoned, ignore_errors=True)
            raise StoreUnavailable(
                "the snapshot of the index could not be written: free some space or correct the folder's permissions, "
                "then run `matcher reindex`; the database is complete"
            ) from error

    def current(self) -> tuple[Path, Facts] | None:
        """Return the current generation after checking every byte of it; None when there is none yet.

        Raises:
            SnapshotRefused: a file is missing, damaged or left over.
        """
        if not (self._folder / CURRENT).exists():
            return None
        try:
            # Another process must not publish its own, and sweep this one away, between two reads.
            with self._turn(fcntl.LOCK_SH):
                return self._checked()
        except OSError as error:
            raise SnapshotRefused("the snapshot cannot be read: the index is rebuilt from the database") from error

    def database_id(self) -> str | None:
        """Return the id of the database that the current generation is of, None where none can be read."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            name, _ = (self._folder / CURRENT).read_text(encoding="ascii").split()
            manifest = (self._folder / Path(name).name / MANIFEST).read_bytes()
            return str(json.loads(manifest)["facts"]["database_id"])
        return None

    def _checked(self) -> tuple[Path, Facts]:
        """Return the current generation; `current` says what it raises."""
        try:
            self._looked_at = (self._folder / CURRENT).read_bytes()
            name, digest = self._looked_at.decode("ascii").split()
            folder = self._folder / Path(name).name
            manifest = (folder / MANIFEST).read_bytes()
            if hashlib.sha256(manifest).hexdigest() != digest:
                raise SnapshotRefused("the snapshot's manifest is damaged: the index is rebuilt from the database")
            content = json.loads(manifest)
            facts, expected = Facts(**content["facts"]), dict(content["sha256"])
            found = digests(folder)
            del found[MANIFEST]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SnapshotRefused("the snapshot is incomplete: the index is rebuilt from the database") from error
        if found != expected:
            raise SnapshotRefused("a file of the snapshot is damaged: the index is rebuilt from the database")
        return folder, facts

    @contextmanager
    def _turn(self, operation: int) -> Iterator[None]:
        """Wait for our turn to read or to write. The system ends the turn of a process that dies."""
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, operation)
            yield
        finally:
            os.close(descriptor)

    def _published_by_another(self, facts: Facts) -> Path | None:
        """Return what another process has published since we last looked, if it holds all that ours would."""
        looked_at = self._looked_at
        with suppress(SnapshotRefused, FileNotFoundError):
            if looked_at is not None and looked_at != (self._folder / CURRENT).read_bytes():
                folder, theirs = self._checked()
                return folder if theirs.covers(facts) else None
        return None

    def _write(self, unfinished: Path, facts: Facts, write: Callable[[Path], None]) -> None:
        """Write a generation into an unfinished folder, name it, and point at it."""
        name = unfinished.name.removeprefix(UNFINISHED)
        unfinished.mkdir()
        write(unfinished)
        content = {"facts": asdict(facts), "sha256": digests(unfinished)}
        manifest = json.dumps(content, indent=1, sort_keys=True).encode()
        (unfinished / MANIFEST).write_bytes(manifest)
        for path in files_in(unfinished):
            sync(path)
        unfinished.rename(self._folder / name)
        self._point(name, hashlib.sha256(manifest).hexdigest())

    def _point(self, name: str, digest: str) -> None:
        pointer = self._folder / f".{CURRENT}-{secrets.token_hex(4)}"
        content = f"{name} {digest}\n".encode("ascii")
        pointer.write_bytes(content)
        sync(pointer)
        pointer.replace(self._folder / CURRENT)
        self._looked_at = content
        sync(self._folder)

    def _sweep(self, *, keep: str) -> None:
        """Delete the other generations: they may hold who has been erased since, so a failure is not passed over.

        An unfinished one is of a process that died: it is our turn, and so nobody else's.
        """
        try:
            for path in self._folder.iterdir():
                if path.is_dir() and path.name != keep:
                    shutil.rmtree(path)
            for pointer in self._folder.glob(f".{CURRENT}-*"):
                pointer.unlink()
        except OSError as error:
            raise StoreUnavailable(
                "an old snapshot of the index could not be deleted: correct the permissions of the snapshots folder "
                "and delete what is not named in CURRENT; it may hold erased records"
            ) from error
