"""Generations of the index on disk: written whole or not at all, and trusted only when every byte checks out.

A generation is a folder with its files and a manifest: what it was made of, and each file's SHA-256. `CURRENT` names
one generation with its manifest's SHA-256 and is replaced in one atomic step, so that a reader sees the old state or
the new one. What does not check out is refused, and the caller rebuilds from the database.
"""

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from matcher.core.errors import SnapshotRefused, StoreUnavailable

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished-"
ABANDONED_S = 3600
"""An unfinished generation older than this belongs to a process that is gone."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a generation was made of."""

    database_id: str
    sequence: int
    """The last change that it holds."""
    token: str
    """That change's token: another log that reached the same number has another."""
    fingerprint: str
    """Of the model and of the text stage."""
    rows: dict[str, int]
    """Documents by kind."""


class Snapshots:
    """The generations of one index, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def publish(self, facts: Facts, write: Callable[[Path], None]) -> Path:
        """Write a generation and make it the current one; the others are deleted.

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
            unfinished.mkdir(parents=True)
            write(unfinished)
            files = {path.relative_to(unfinished).as_posix(): _sha256(path) for path in _files(unfinished)}
            manifest = json.dumps({"facts": asdict(facts), "sha256": files}, indent=1, sort_keys=True).encode()
            (unfinished / MANIFEST).write_bytes(manifest)
            for path in _files(unfinished):
                _sync(path)
            unfinished.rename(self._folder / name)
            self._point(name, hashlib.sha256(manifest).hexdigest())
        except (OSError, RuntimeError) as error:  # FAISS raises RuntimeError when it cannot write
            for abandoned in (unfinished, self._folder / name):
                shutil.rmtree(abandoned, ignore_errors=True)
            raise StoreUnavailable(
                "the snapshot of the index could not be written: free some space or mend the folder's rights, "
                "then run `matcher reindex`; the database is complete"
            ) from error
        self._sweep(keep=name)
        return self._folder / name

    def current(self) -> tuple[Path, Facts] | None:
        """Return the current generation after checking every byte of it; None when there is none yet.

        Raises:
            SnapshotRefused: a file is missing, damaged or left over.
        """
        pointer = self._folder / CURRENT
        if not pointer.exists():
            return None
        try:
            name, digest = pointer.read_text(encoding="ascii").split()
            folder = self._folder / Path(name).name
            manifest = (folder / MANIFEST).read_bytes()
            if hashlib.sha256(manifest).hexdigest() != digest:
                raise SnapshotRefused("the snapshot's manifest is damaged: the index is rebuilt from the database")
            content = json.loads(manifest)
            facts, expected = Facts(**content["facts"]), dict(content["sha256"])
            # Another process may publish its own meanwhile, and sweep this one away between two reads.
            files = [path for path in _files(folder) if path != folder / MANIFEST]
            found = {path.relative_to(folder).as_posix(): _sha256(path) for path in files}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SnapshotRefused("the snapshot is incomplete: the index is rebuilt from the database") from error
        if found != expected:
            raise SnapshotRefused("a file of the snapshot is damaged: the index is rebuilt from the database")
        return folder, facts

    def _point(self, name: str, digest: str) -> None:
        pointer = self._folder / f".{CURRENT}-{secrets.token_hex(4)}"
        pointer.write_text(f"{name} {digest}\n", encoding="ascii")
        _sync(pointer)
        pointer.replace(self._folder / CURRENT)
        _sync(self._folder)

    def _sweep(self, *, keep: str) -> None:
        """Delete the other generations: they may hold who has been erased since, so a failure is not passed over."""
        try:
            for path in self._folder.iterdir():
                if path.is_dir() and path.name != keep and not _is_being_written(path):
                    shutil.rmtree(path)
        except FileNotFoundError:  # another process swept at the same time
            return
        except OSError as error:
            raise StoreUnavailable(
                "an old snapshot of the index could not be deleted: mend the rights of the snapshots folder and delete "
                "what is not named in CURRENT; it may hold erased records"
            ) from error


def _is_being_written(path: Path) -> bool:
    return path.name.startswith(UNFINISHED) and time.time() - path.stat().st_mtime < ABANDONED_S


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
