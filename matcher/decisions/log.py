"""The writing side: what is shown is queued by whoever shows it, and one thread a process writes it down.

Accountability goes before speed: where the queue is full or the disk refuses, the ranking is refused, not its line.

What is written is in the kernel's hands at once and on the disk within SYNC_S. So a process that is killed loses what
stood in its queue, some hundredths of a second's worth; a power cut loses at most the last second.
"""

import fcntl
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from matcher.core.errors import DecisionLogUnavailable, DecisionLogUnreadable, StoreUnavailable
from matcher.core.files import sync
from matcher.decisions import segments
from matcher.decisions.chain import CLOSING, OPENING, Link, seal
from matcher.decisions.entry import Decision, Look
from matcher.decisions.pseudonyms import Pseudonyms

QUEUE = 10_000
"""Rankings that wait to be written: some seconds of the heaviest load."""
BATCH = 50
"""Lines that are made in one go: few, since who answers requests waits for that long at worst."""
GATHER_S = 0.02
"""Rest after all that waited is written: to be woken for each ranking costs who answers a tenth of its time."""
SYNC_S = 1.0
SEGMENT_BYTES = 16_000_000
SEGMENT_AGE = timedelta(days=1)
NOTED = 8
"""How many of the chains that were written last a new one notes."""
RETRY_S = 1.0
REMEDY = "free some space, correct its permissions, or set MATCHER_DECISION_LOG to another folder"
LAST_TRIES = 5
"""Before lines are given up that a disk refuses while the process ends."""

log = logging.getLogger(__name__)


class DecisionLog:
    """Writes one chain of lines into a folder that other processes may write theirs to. Thread-safe."""

    def __init__(
        self,
        folder: Path,
        pseudonyms: Pseudonyms,
        *,
        made_by: Mapping[str, str],
        keep: timedelta,
        segment_bytes: int = SEGMENT_BYTES,
        queue_size: int = QUEUE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the parts; `start` begins to write.

        Args:
            folder: of the log, made if missing.
            pseudonyms: the installation's.
            made_by: the fingerprints of whatever makes the rankings.
            keep: for how long a line is kept, at least.
            segment_bytes: about how large a file becomes.
            queue_size: how many rankings may wait.
            now: the clock, in UTC.
        """
        self._folder = folder
        self._pseudonyms = pseudonyms
        self._made_by = dict(made_by)
        self._keep = keep
        self._segment_bytes = segment_bytes
        self._now = now
        # Not a queue.Queue: its lock and its condition cost whoever shows a ranking more than all else here.
        self._waiting: deque[Decision | Look] = deque()
        self._queue_size = queue_size
        self._refused, self._stopping, self._woken = threading.Event(), threading.Event(), threading.Event()
        self._is_asleep = False
        self._writer = threading.Thread(target=self._run, name="decision log", daemon=True)
        self._chain = ""
        self._link = Link()
        self._segment = 0
        self._descriptor = -1
        self._size = 0
        self._began = now()
        self._unsynced_since: float | None = None

    def start(self) -> None:
        """Begin a chain, after tidying what others have left.

        Raises:
            StoreUnavailable: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._tidy()
            noted = segments.heads(self._folder, count=NOTED)
            self._chain = segments.new_chain(self._now())
            self._open_segment()
            ends = {chain: [link.number, link.hash] for chain, link in noted.items()}
            self._append([{"at": self._at(), "call": OPENING, "chain": self._chain, "others": ends}])
            self._sync()
        except OSError as error:
            raise StoreUnavailable(
                f"the decision log cannot be written to {self._folder} ({error.strerror or error}): {REMEDY}"
            ) from error
        self._writer.start()

    def record(self, decision: Decision | Look) -> None:
        """Have a ranking, or what was read, written down; takes microseconds, the writing is another thread's.

        Raises:
            DecisionLogUnavailable: it cannot be written now, and so must not be shown.
        """
        if self._refused.is_set() or self._stopping.is_set():
            raise DecisionLogUnavailable
        if len(self._waiting) >= self._queue_size:
            raise DecisionLogUnavailable
        self._waiting.append(decision)
        if self._is_asleep:  # said before the writer looks a last time whether anything waits: none is overlooked
            self._woken.set()

    @property
    def waiting(self) -> int:
        """How many rankings wait to be written."""
        return len(self._waiting)

    @property
    def is_writing(self) -> bool:
        """Whether what is recorded now will be written: the disk takes it, and somebody writes."""
        return not self._refused.is_set() and self._writer.is_alive() and len(self._waiting) < self._queue_size

    def stop(self) -> None:
        """Write what waits, end the chain and return when it is on the disk."""
        self._stopping.set()
        self._woken.set()
        self._writer.join()

    def _run(self) -> None:
        is_open = True
        try:
            while is_open:
                batch = self._next()
                lines = [one.content(self._pseudonyms, self._made_by) for one in batch]
                is_open = not self._stopping.is_set() or bool(self._waiting)
                if not is_open:
                    lines.append({"at": self._at(), "call": CLOSING})
                self._write(lines, at_once=not is_open)
                if is_open and self._is_full():
                    self._rotate()
                if is_open and len(batch) < BATCH:
                    self._stopping.wait(GATHER_S)
        except Exception:
            log.exception("the decision log has ended: no ranking is shown until the service is started again")
        finally:
            # However it ends, nothing may be shown any more that nobody writes down.
            self._refused.set()
            os.close(self._descriptor)

    def _next(self) -> list[Decision | Look]:
        """Return what waits, as soon as something does; nothing where a sync or a rotation is due before."""
        since = self._unsynced_since
        patience_s = 60.0 if since is None else max(since + SYNC_S - time.monotonic(), 0.0)
        self._woken.clear()
        self._is_asleep = True
        if not self._waiting and not self._stopping.is_set():
            self._woken.wait(patience_s)
        self._is_asleep = False
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]

    def _write(self, lines: Sequence[Mapping[str, Any]], *, at_once: bool) -> None:
        """Append lines, and bring them to the disk when it is time; while the disk refuses, so does `record`."""
        tries = LAST_TRIES
        while True:
            try:
                if lines:
                    self._append(lines)
                    lines = ()
                since = self._unsynced_since
                if since is not None and (at_once or time.monotonic() - since >= SYNC_S):
                    self._sync()
            except OSError as error:
                if not self._refused.is_set():
                    log.error("the decision log cannot be written (%s): no ranking is shown", error.strerror)  # noqa: TRY400
                self._refused.set()
                tries -= self._stopping.is_set()
                if not tries:
                    raise
                time.sleep(RETRY_S)
            else:
                self._refused.clear()
                return

    def _append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Write lines and move on in the chain; a disk that refuses leaves both as they were."""
        link, sealed = self._link, []
        for content in lines:
            line, link = seal(content, link)
            sealed.append(line)
        data = b"".join(sealed)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError:
            os.ftruncate(self._descriptor, self._size)
            raise
        self._link = link
        self._size += len(data)
        if self._unsynced_since is None:
            self._unsynced_since = time.monotonic()

    def _sync(self) -> None:
        os.fsync(self._descriptor)
        self._unsynced_since = None

    def _is_full(self) -> bool:
        return self._size >= self._segment_bytes or (self._size > 0 and self._now() - self._began >= SEGMENT_AGE)

    def _rotate(self) -> None:
        """Go on in a new file. Where that fails the old one goes on, a little larger."""
        try:
            self._sync()
            self._open_segment()
        except OSError as error:
            log.warning("the decision log goes on in its old file: %s", error.strerror)
            return
        self._tidy()

    def _open_segment(self) -> None:
        path = segments.path_of(self._folder, self._chain, self._segment + 1)
        with suppress(OSError):  # left by a try that failed, when it could not be removed either
            if path.stat().st_size == 0:
                path.unlink()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            # Held for as long as this process lives: so others know that the file is not theirs to compress.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            sync(self._folder)
        except OSError:
            with suppress(OSError):
                os.close(descriptor)
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._segment, self._size, self._began = descriptor, self._segment + 1, 0, self._now()

    def _tidy(self) -> None:
        try:
            segments.tidy(self._folder, keep=self._keep, now=self._now())
        except (DecisionLogUnreadable, OSError) as error:
            log.warning("old files of the decision log were left as they are: %s", error)

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")
