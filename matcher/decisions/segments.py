"""The folder of the log: files of whole lines, each written by one process and compressed when it is full.

    20261124T032824Z-4711-a1b2c3.000001.jsonl.gz     chain: start, process, lot; then the segment's number
    20261124T032824Z-4711-a1b2c3.000002.jsonl        the one that is written now, locked while its process lives
    anchors.json                                     where each chain goes on whose oldest segments have been deleted

Files are deleted whole, the oldest of a chain first, and only after its anchor is safe.
"""

import fcntl
import gzip
import json
import logging
import os
import re
import secrets
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from matcher.core.errors import DecisionLogUnreadable
from matcher.core.files import sync
from matcher.decisions.chain import BrokenLine, Line, Link, unseal

ANCHORS = "anchors.json"
LOCK = ".lock"
UNFINISHED = ".unfinished-"

log = logging.getLogger(__name__)

_NAME = re.compile(r"(?P<chain>\d{8}T\d{6}Z-\d+-[0-9a-f]{6})\.(?P<number>\d{6})\.jsonl(\.gz)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of a chain."""

    chain: str
    number: int
    path: Path

    def lines(self) -> Iterator[bytes]:
        """Yield the lines with their ends; the last one may lack it.

        Raises:
            DecisionLogUnreadable: the file cannot be read to its end.
        """
        try:
            with gzip.open(self.path) if self.path.suffix == ".gz" else self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            packed = _packed(self.path)
            if self.path.suffix == ".gz" or not packed.exists():
                raise
            yield from Segment(self.chain, self.number, packed).lines()  # compressed since the folder was read
        except (OSError, EOFError, zlib.error) as error:
            raise DecisionLogUnreadable(f"{self.path.name} cannot be read to its end: it is damaged") from error

    def last(self) -> Line | None:
        """Return the last whole line, None where there is none. Raises DecisionLogUnreadable."""
        last = None
        for line in self.lines():
            if line.endswith(b"\n"):
                last = line
        with suppress(BrokenLine):
            return unseal(last[:-1]) if last else None
        return None


def _packed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def new_chain(now: datetime) -> str:
    """Return the name of a chain that this process begins.

    Args:
        now: the clock, in UTC.
    """
    return f"{now:%Y%m%dT%H%M%SZ}-{os.getpid()}-{secrets.token_hex(3)}"


def path_of(folder: Path, chain: str, number: int) -> Path:
    """Return where a segment is written."""
    return folder / f"{chain}.{number:06d}.jsonl"


def chains(folder: Path) -> dict[str, list[Segment]]:
    """Return the segments of each chain, the oldest first. A file that a crash left beside its compressed twin counts.

    Raises:
        DecisionLogUnreadable: there is no such folder.
    """
    found: dict[str, dict[int, Segment]] = {}
    try:
        names = sorted((path for path in folder.iterdir()), reverse=True)  # compressed ones before plain ones
    except FileNotFoundError as error:
        raise DecisionLogUnreadable(
            f"there is no decision log in {folder}: `matcher serve` writes one there, --log names another folder"
        ) from error
    except OSError as error:
        raise DecisionLogUnreadable(f"{folder} cannot be read: --log says where the decision log is") from error
    for path in names:
        if match := _NAME.fullmatch(path.name):
            chain, number = match["chain"], int(match["number"])
            found.setdefault(chain, {})[number] = Segment(chain, number, path)
    return {chain: [found[chain][number] for number in sorted(found[chain])] for chain in sorted(found)}


def anchors(folder: Path) -> dict[str, Link]:
    """Return the last deleted line of each chain that has lost its beginning to retention.

    Raises:
        DecisionLogUnreadable: the file of anchors is damaged.
    """
    try:
        text = (folder / ANCHORS).read_text(encoding="ascii")
        return {chain: Link(int(number), str(digest)) for chain, (number, digest) in json.loads(text).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise DecisionLogUnreadable(f"{ANCHORS} cannot be read: bring it back from a backup") from error


def heads(folder: Path, *, count: int) -> dict[str, Link]:
    """Return where the chains end that were written last: whoever begins a chain notes them, so that none can go."""
    latest = sorted(chains(folder).values(), key=lambda parts: _written_at(parts[-1].path), reverse=True)[:count]
    found: dict[str, Link] = {}
    for parts in latest:
        for segment in reversed(parts):
            with suppress(DecisionLogUnreadable, FileNotFoundError):
                if (line := segment.last()) is not None:
                    found[segment.chain] = line.link
                    break
    return found


def tidy(folder: Path, *, keep: timedelta, now: datetime) -> None:
    """Delete the segments whose last line is older than `keep`, and compress what nobody writes any more.

    One process at a time does it; the others go on. What cannot be compressed, on a full disk, stays as it is.
    Raises DecisionLogUnreadable and OSError.
    """
    with _alone(folder) as is_alone:
        if not is_alone:
            return
        for left_over in folder.glob(f"{UNFINISHED}*"):
            left_over.unlink()
        known = anchors(folder)
        kept: list[Segment] = []
        for parts in chains(folder).values():
            kept += parts
            for segment in parts:
                anchor = _expired(segment, before=now - keep, anchor=known.get(segment.chain))
                if anchor is None:
                    break
                known[segment.chain] = anchor
                _write_anchors(folder, known)
                plain = path_of(folder, segment.chain, segment.number)
                for path in (plain, _packed(plain)):
                    path.unlink(missing_ok=True)
                kept.remove(segment)
        try:
            for segment in kept:
                _compress(segment)
        except OSError as error:
            log.warning("old files of the decision log stay uncompressed (%s): free some space", error.strerror)


def _expired(segment: Segment, *, before: datetime, anchor: Link | None) -> Link | None:
    """Return the last line of a segment that may be deleted, None where it must be kept."""
    # No line is younger than its file.
    if segment.path.stat().st_mtime >= before.timestamp() or is_being_written(segment.path):
        return None
    last = segment.last()
    if last is None:  # torn or damaged: nothing to go on from, and somebody may want to look at it
        return None
    if anchor is not None and last.link.number <= anchor.number:
        return anchor  # a crash kept it from being deleted
    return last.link if datetime.fromisoformat(str(last.content["at"])) < before else None


def _compress(segment: Segment) -> None:
    if segment.path.suffix == ".gz" or is_being_written(segment.path):
        return
    packed = _packed(segment.path)
    unfinished = packed.with_name(f"{UNFINISHED}{packed.name}")
    try:
        with segment.path.open("rb") as source, _new(unfinished) as target:
            with gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=6) as packer:
                shutil.copyfileobj(source, packer)
            target.flush()
            os.fsync(target.fileno())
        changed = segment.path.stat().st_mtime
        os.utime(unfinished, (changed, changed))
        unfinished.rename(packed)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    sync(segment.path.parent)
    segment.path.unlink()


def _new(path: Path) -> BinaryIO:
    """Make a file that is from its first byte on for its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _written_at(path: Path) -> float:
    with suppress(FileNotFoundError):  # another process has just compressed it
        return path.stat().st_mtime
    return time.time()


def is_being_written(path: Path) -> bool:
    """Tell whether a living process holds the file: whatever ends a process lets its lock go."""
    if path.suffix == ".gz":
        return False
    if not path.stat().st_size:
        return True  # just made: its lock comes before its first line
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    descriptor = os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _write_anchors(folder: Path, known: dict[str, Link]) -> None:
    unfinished = folder / f"{UNFINISHED}{ANCHORS}"
    content = json.dumps({chain: [link.number, link.hash] for chain, link in sorted(known.items())}, indent=1)
    with _new(unfinished) as file:
        file.write(content.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / ANCHORS)
    sync(folder)
