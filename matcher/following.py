"""Following the change log: the corpus of this process, kept as the database says.

It is restored from a snapshot, or rebuilt from the database where there is none that can be trusted (`starting`); then
it follows the log, this process's own writes included, and is written to disk as the next snapshot.
"""

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from matcher import fsck
from matcher.core.domain import Facet, Kind, Record, kind_of
from matcher.core.errors import (
    AnotherDatabase,
    Behind,
    SnapshotOutdated,
    SnapshotRefused,
    WentBack,
)
from matcher.core.storing import Change, Mark, Operation, Put, Store
from matcher.corpus import BLOCK, Corpus, Derived
from matcher.derive import Deriver
from matcher.reading import processes_for
from matcher.reasons import Reasons, sheet_of
from matcher.starting import rebuilt, restored
from matcher.stores.snapshots import Facts, Snapshots

LAYOUT = "11"
"""The layout of a snapshot's files, and of what is worked out from all documents; another one is refused."""
FOLLOW_BATCH = 1000
GLANCE_S = 0.05
"""How often a writer that waits for its write to be applied checks whether the index is being rebuilt instead."""

Found = TypeVar("Found")
STALE_S = 30.0
"""For how long following may fail before nothing is ranked any more: who was erased or has hidden meanwhile is still in
the index, and must not be shown for good."""

log = logging.getLogger(__name__)


class Follower:
    """Keeps a corpus as the database's change log says. Thread-safe."""

    def __init__(self, store: Store, deriver: Deriver, reasons: Reasons, snapshots: Snapshots) -> None:
        """Take the parts; `open` makes the corpus ready.

        Args:
            store: the database.
            deriver: makes what the corpus takes of records.
            reasons: keeps sheets of the same records; told of each that has changed.
            snapshots: where the corpus is kept between runs.
        """
        self.fingerprints = {"layout": LAYOUT, **deriver.fingerprints}
        """The fingerprint, by name, of each thing that would make another corpus of the same records."""
        self.fingerprint = ", ".join(f"{name} {value}" for name, value in self.fingerprints.items())
        self.database_id = store.database_id
        """The id of the database that the corpus is made of."""
        self.went_back = False
        """Whether the database is in an earlier state than the corpus, which nobody reads until it is made anew."""
        self.without_snapshot: str | None = None
        """Why the index was not taken from a snapshot; None where it was, or one of it has been written since."""
        self._applied = Mark()
        """The last change of the log that the corpus holds."""
        self._store = store
        self._deriver = deriver
        self._reasons = reasons
        self._snapshots = snapshots
        self._corpus = deriver.corpus()
        self._ours: dict[str, dict[tuple[Kind, str], tuple[Record, Derived]]] = {}
        """What is being written by this process, by token."""
        self._has_left_writes = False
        """Whether somebody has written and not waited for the index that is being made anew: one more look finds it."""
        self._caught_up_at = time.monotonic()
        self._failing_since: float | None = None
        """When following failed first since the end of the log was last reached."""
        self._waits: dict[object, float] = {}
        """When each wait of who follows has begun, for the database or for its turn, by a token of its own."""
        self._moved_at = self._caught_up_at
        """When a part of the log was last applied: who waits for a turn meanwhile waits for no hanging process."""
        self._files_hold_deleted_since: float | None = None
        self._is_scrubbed = False
        # Two locks: encoding happens between reading the log and touching the corpus, and must not stop readers.
        self._following = threading.RLock()
        self._reading = threading.RLock()

    @property
    def sequence(self) -> int:
        """The number of the last change of the log that the corpus holds."""
        return self._applied.sequence

    @contextmanager
    def reading(self) -> Iterator[Corpus]:
        """Yield the corpus; it and `sequence` stay as they are meanwhile.

        Raises:
            WentBack: it holds what the database does not any more, or lacks what that holds.
            Behind: following has failed, or has been waiting for the database or its turn, for longer than STALE_S.
        """
        with self._reading:
            if self.went_back:
                raise WentBack
            if self.is_stale:
                raise Behind
            yield self._corpus

    @property
    def is_stale(self) -> bool:
        """Whether following has failed or hung for longer than STALE_S: nobody can tell how old the corpus is."""
        now = time.monotonic()
        failing = now if self._failing_since is None else self._failing_since
        waiting = max(min([now, *self._waits.values()]), self._moved_at)
        return now - min(failing, waiting) > STALE_S

    def ask_in_blocks(
        self,
        kind: Kind,
        ids: Sequence[str],
        ask: Callable[[Corpus, list[str]], Iterable[Found]],
        *,
        at_once: int | None = None,
    ) -> Iterator[Found]:
        """Yield what is asked of the corpus about many documents, a block at a time: others read it between two.

        Args:
            kind: of the documents.
            ids: theirs; who is not in the corpus any more is left out.
            ask: takes the corpus and the ids of a block, one at least.
            at_once: documents of a block; BLOCK where it is not given.
        """
        size = at_once or BLOCK
        for start in range(0, len(ids), size):
            with self.reading() as corpus:
                block = corpus.present(kind, ids[start : start + size])
                found = [*ask(corpus, block)] if block else []
            yield from found

    def count(self, kind: Kind) -> int:
        """Return how many documents of a kind the corpus holds: none before it is made anew."""
        with self._reading:
            return self._corpus.count(kind)

    def open(self) -> None:
        """Load the snapshot, or rebuild from the database where it is missing or not to be trusted; then follow."""
        is_outdated = False
        with self._following:
            try:
                is_restored = self._restore()
            except SnapshotRefused as refused:
                log.warning("%s", refused)
                self.without_snapshot = str(refused).partition(":")[0]
                is_restored = False
                is_outdated = isinstance(refused, SnapshotOutdated)
            if not is_restored:
                self._rebuild(rewriting=is_outdated and self._deriver.keeps)
            self.follow()
            if not is_restored or self._files_hold_deleted_since is not None:
                # The files are from before this process: nobody knows how long they have been overdue.
                self._files_hold_deleted_since = -math.inf

    def follow(self) -> int:
        """Apply what the change log has that this process has not; return how many changes that were.

        Where the log has gone back, the corpus is made anew first.
        """
        try:
            with self._waiting():
                self._following.acquire()
            try:
                if self.went_back:  # an attempt to make it anew has failed, or was left to whoever follows
                    self._make_anew()
                while (applied := self._reach_end()) is None:
                    self._make_anew()
                return applied
            finally:
                self._following.release()
        except Exception:
            self._failing_since = self._failing_since or time.monotonic()
            raise

    def follow_own(self, written: Put | None = None) -> int:
        """Apply what this process has just written, and all that the log has before it.

        The log is not read where nothing but one row is new, and the row before that is the last one applied.
        Where the database has gone back, to make the index anew is left to whoever follows next, or is at it: what was
        written is stored, and whoever wrote it must not wait for that. Nothing is ranked before it holds the write.

        Returns:
            A number of the log: what was written is among its changes up to there.
        """
        if self._has_turn():
            try:
                if written and written.change and written.before == self._applied and not self.went_back:
                    self._apply([written.change])
                    self._caught_up()
                elif not self.went_back:
                    self._reach_end()
            finally:
                self._following.release()
        return self._store.last_sequence() if self.went_back else self.sequence

    def catch_up(self) -> None:
        """Apply what the change log has, if it has anything: otherwise nothing is waited for."""
        if self.lag():
            self.follow()

    def lag(self) -> int:
        """Return how many changes the database has that this process has not applied: all, where its log is shorter."""
        applied = self.sequence  # before the log is read: it may grow, and be applied, meanwhile
        last = self._store.last_sequence()
        return last - applied if last >= applied else max(last, 1)

    def behind_s(self) -> float:
        """Return for how many seconds this process has not caught up with the log; 0 when it has nothing to apply."""
        return time.monotonic() - self._caught_up_at if self.lag() else 0.0

    @contextmanager
    def writing(self, ours: Iterable[tuple[Record, Derived]]) -> Iterator[str]:
        """Yield the token by which whoever follows the log knows what is written here: it is not derived again.

        Not under the lock of who follows: a write may wait long for others' in the database, and what they have changed
        or erased must show here meanwhile.
        """
        token = secrets.token_hex(8)
        self._ours[token] = {(kind_of(record), record.id): (record, derived) for record, derived in ours}
        try:
            yield token
        finally:
            del self._ours[token]

    def snapshot(self) -> Path:
        """Write the index to disk, so that the next start is quick; return the generation's folder.

        Raises:
            StoreUnavailable: it could not be written; the database is complete all the same.
        """
        # An older state must not replace one from which somebody has been erased: follow first.
        # Nothing is put into the corpus while this process follows: readers need not wait for the disk.
        with self._following:
            self.follow()
            facts = Facts(
                database_id=self.database_id,
                sequence=self._applied.sequence,
                token=self._applied.token,
                fingerprint=self.fingerprint,
                rows={kind: self._corpus.count(kind) for kind in Kind},
            )
            folder = self._snapshots.publish(facts, self._corpus.save)
            self.without_snapshot = None
            # Now that no snapshot here needs them to be brought up to date.
            self._store.forget_deleted(up_to=self.sequence)
            if self._files_hold_deleted_since is not None:
                # Again: what was being answered when they were deleted has put their words back.
                self._deriver.forget()
            self._files_hold_deleted_since = None
            return folder

    def snapshot_if_behind(self) -> None:
        """Write the index to disk if anything has changed since the snapshot that is there."""
        self.follow()
        try:
            current = self._snapshots.current()
        except SnapshotRefused:
            current = None
        ours = (self.database_id, *self._applied, self.fingerprint)
        facts = current[1] if current else None
        if facts is None or (facts.database_id, facts.sequence, facts.token, facts.fingerprint) != ours:
            self.snapshot()

    def sweep(self, *, within_s: float) -> bool:
        """Replace the snapshot if it has held for so long what was deleted; return whether it was.

        What has been in the database's own files for so long is brought out of them, whoever has deleted it. To be
        called again and again: where something stands in the way of that, the next call tries it again.

        Raises:
            StoreUnavailable: it could not be replaced.
        """
        since = self._files_hold_deleted_since
        is_due = since is not None and time.monotonic() - since >= within_s
        if is_due:
            self.snapshot()
            self._is_scrubbed = False
        if not self._is_scrubbed:
            self._is_scrubbed = self._store.scrub(within_s=within_s)
        return is_due

    def reindex(self) -> None:
        """Derive everything anew from the records: facet texts, vectors, full-text rows, index, snapshot."""
        with self._following:
            self._deriver.forget()  # what is remembered of a text must not hide that its vector is damaged
            self._rebuild(rewriting=True, processes=self._processes())
            self._store.drop_vectors(keep_models={*self._deriver.models.values()})
            self._store.feedback.forget_orphans()
            self.follow()
            self.snapshot()

    def fsck(self, *, named: fsck.NameOf = lambda _, id_: id_) -> list[str]:
        """Return what is wrong between database, full-text rows, index and snapshot; nothing when all agree.

        Whatever others write meanwhile: all is of one moment.

        Args:
            named: what a document is called in a sentence.
        """
        with self._following, self._store.still():
            self.follow()
            # Not `derived`: what is missing is told, not mended.
            problems = fsck.compare(self._store, self._corpus, self._deriver, named=named, processes=self._processes())
            try:
                self._snapshots.current()
            except SnapshotRefused as refused:
                problems.append(str(refused))
        return problems

    def _apply(self, changes: Sequence[Change]) -> None:
        last = {(change.kind, change.id): change for change in changes if change.id}
        fresh: list[tuple[Record, Derived]] = []
        for kind in Kind:
            # A document may be gone again by now; its deletion stands further down the log.
            put = {key: change for key, change in last.items() if key[0] is kind and change.operation is Operation.PUT}
            # What a write of this process has left: a later one is applied when its row is read.
            ours = {key: known[key] for key, change in put.items() if (known := self._ours.get(change.token))}
            fresh += ours.values()
            if unknown := [key[1] for key in put if key not in ours]:
                with self._waiting():
                    records = list(self._store.get(kind, unknown).values())
                fresh += zip(records, self._deriver.derived(records), strict=True)
        gone = last.keys() - {(kind_of(record), record.id) for record, _ in fresh}
        if not all(change.id for change in changes):
            # Whose rows they were has been forgotten before this process came to them.
            for kind in Kind:
                gone |= {(kind, name) for name in {*self._corpus.ids(kind)} - self._store.last_written(kind).keys()}
        dimension = self._deriver.dimensions[Facet.SKILLS]
        sheets = [sheet_of(record, derived, dimension=dimension) for record, derived in fresh]
        # In one step with the sequence: who prepares a sheet meanwhile sees by it that the record may have changed.
        with self._reading:
            self._reasons.forget({*last, *gone}, now=sheets)
            for kind, name in gone:
                self._corpus.remove(kind, name)
            for record, derived in fresh:
                self._corpus.put(record, derived)
            self._applied = changes[-1].mark
        self._moved_at = time.monotonic()
        if gone:
            if self._files_hold_deleted_since is None:
                self._files_hold_deleted_since = time.monotonic()
            # Memory must not keep what was erased, here or by another process.
            self._deriver.forget()

    def _has_turn(self) -> bool:
        """Wait for the turn to follow, and take it; return False where whoever has it makes the index anew."""
        while not self._following.acquire(timeout=GLANCE_S):
            with self._reading:
                if self.went_back:
                    self._has_left_writes = True
                    return False
        return True

    def _reach_end(self) -> int | None:
        """Apply what the log has that the corpus has not; return how many changes that were, None where it went back.

        It has where the last change that the corpus holds is not in it, or another is in its place: a backup has been
        restored, say, or a copy of the database that lagged has taken over. The corpus is empty then, and nobody reads
        it until it is made anew.
        """
        applied = 0
        while True:
            # With the last one applied, which stays in the log whatever is deleted.
            with self._waiting():
                found = self._store.changes(self.sequence - 1, limit=FOLLOW_BATCH + 1)
            if self._applied not in {Mark(), *(change.mark for change in found[:1])}:
                self._empty()
                return None
            changes = [change for change in found if change.sequence > self.sequence]
            if changes:
                self._apply(changes)
            applied += len(changes)
            if len(changes) < FOLLOW_BATCH and self._caught_up():
                return applied

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Note since when something is waited for: a database that hangs, or is cut off, raises no error."""
        token, started = object(), time.monotonic()
        self._waits[token] = started
        try:
            yield
        except Exception:
            self._failing_since = self._failing_since or started
            raise
        finally:
            del self._waits[token]

    def _empty(self) -> None:
        if not self.went_back:
            log.warning(
                "the database has gone back to an earlier state: its change log does not hold the last change that was "
                "applied here, number %s. Nothing is ranked until the index is made anew. Who was erased since may be "
                "back: run `matcher erase-again` with the receipts",
                self.sequence,
            )
        with self._reading:
            self.went_back = True
            self._replace(self._deriver.corpus(), Mark())
        self._files_hold_deleted_since = -math.inf  # the snapshot is of what is gone

    def _make_anew(self) -> None:
        """Make the corpus of what the database holds by now.

        Raises:
            AnotherDatabase: it is not the one that this process was opened on.
        """
        if self._store.database_id != self.database_id:
            raise AnotherDatabase
        self._rebuild()
        self._deriver.forget()

    def _caught_up(self) -> bool:
        """Note that the end of the log is reached; return False where what somebody has left may have come after it."""
        with self._reading:
            if self._has_left_writes:
                self._has_left_writes = False
                return False
            is_anew, self.went_back = self.went_back, False
        self._caught_up_at = time.monotonic()
        self._failing_since = None
        if is_anew:
            log.warning("the index is made anew: it holds what the database does, up to change %s", self.sequence)
        return True

    def _rebuild(self, *, rewriting: bool = False, processes: int = 1) -> None:
        self._replace(*rebuilt(self._store, self._deriver, rewriting=rewriting, processes=processes))

    def _processes(self) -> int:
        return processes_for(sum(map(self._store.count, Kind)))

    def _restore(self) -> bool:
        """Load the current snapshot. False when there is none.

        Raises:
            SnapshotRefused: it is damaged, or it is of another database, model or history.
        """
        found = restored(
            self._snapshots,
            self._store,
            self._deriver,
            database_id=self.database_id,
            fingerprint=self.fingerprint,
        )
        if found is None:
            self.without_snapshot = "there is no snapshot yet"
            return False
        self._replace(*found)
        return True

    def _replace(self, corpus: Corpus, applied: Mark) -> None:
        with self._reading:
            self._corpus = corpus
            self._applied = applied
            self._reasons.clear()
