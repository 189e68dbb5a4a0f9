"""The matcher: the stages in order, over one store.

    writing     records → text → embed → store, in one transaction with the change log
    following   change log → store → text → embed → corpus (index and traits)
    asking      corpus: eligibility → index → rank; then explain

The database is the truth; the corpus is derived from it by following the log, this process's own writes included.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matcher import fsck
from matcher.core.domain import (
    Explanation,
    Facet,
    FacetTexts,
    Kind,
    Match,
    Outcome,
    Posting,
    Profile,
    Record,
    Weights,
    kind_of,
)
from matcher.core.errors import NotFound, SnapshotOutdated, SnapshotRefused
from matcher.core.ports import Change, Document, Encoders, Operation, Store, Vectors
from matcher.corpus import BLOCK, Corpus, Ranking
from matcher.reasons import Reasons
from matcher.stages import text
from matcher.stages.embed import Embedders, digests, pool
from matcher.stores.snapshots import Facts, Snapshots

LAYOUT = "2"
"""Of the snapshot's files; another layout is refused."""
FOLLOW_BATCH = 1000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best matches of one document, with their reasons."""

    explanations: tuple[Explanation, ...]
    eligible: int
    """How many documents passed the hard constraints, shown or not."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best matches of one document, before their reasons."""

    kind: Kind
    document_id: str
    ranking: Ranking


class Matcher:
    """Stores postings and profiles, and matches them. Thread-safe."""

    def __init__(
        self,
        *,
        store: Store,
        encoders: Encoders,
        snapshots: Snapshots,
        weights: Weights | None = None,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Take the parts; `open` makes it ready.

        Args:
            store: the database.
            encoders: what turns each facet's texts into vectors.
            snapshots: where the index is kept between runs.
            weights: what each aspect counts.
            today: the clock.
        """
        self.weights = weights or Weights()
        self.model = encoders.name
        self._dimensions = encoders.dimensions
        self._embedders = Embedders(encoders, stored=store.vectors)
        made_by = ", ".join(f"{facet} {model}" for facet, model in self._embedders.models.items())
        self.fingerprint = f"layout {LAYOUT}, text {text.VERSION}, {made_by}"
        self._store = store
        self._snapshots = snapshots
        self._today = today
        self._corpus = Corpus(self._dimensions)
        self._sequence = 0
        self._caught_up_at = time.monotonic()
        self._reasons = Reasons(store, self._embedders[Facet.SKILLS])
        # Two locks: encoding happens between reading the log and touching the corpus, and must not stop readers.
        self._following = threading.RLock()
        self._reading = threading.RLock()

    def open(self) -> None:
        """Load the snapshot, or rebuild from the database where it is missing or not to be trusted; then follow."""
        with self._following:
            try:
                restored = self._restore()
            except SnapshotRefused as refused:
                log.warning("%s", refused)
                restored = False
                if isinstance(refused, SnapshotOutdated):
                    self._rewrite_derived()
            if not restored:
                self._rebuild()
            self.follow()

    def close(self) -> None:
        """Release the database. Idempotent."""
        self._store.close()

    def put(self, records: Sequence[Record]) -> list[Outcome]:
        """Store records (create or replace), and apply them here at once.

        Returns an outcome a record, in order: accepted, updated or unchanged. All in one transaction: when this
        returns, every one of them is safe.
        """
        changed = self._changed(records)
        texts = [text.facet_texts(records[place]) for place in changed]
        vectors, _ = self._embedders.vectors(texts)
        documents = [_document(records[place], parts) for place, parts in zip(changed, texts, strict=True)]
        written = self._store.put(documents, vectors=vectors) if documents else []
        self.follow()
        outcomes = [Outcome.UNCHANGED] * len(records)
        for place, outcome in zip(changed, written, strict=True):
            outcomes[place] = outcome
        return outcomes

    def insert(self, record: Record) -> None:
        """Store a new record.

        Raises:
            AlreadyExists: its id is taken.
        """
        texts = text.facet_texts(record)
        vectors, _ = self._embedders.vectors([texts])
        self._store.insert(_document(record, texts), vectors=vectors)
        self.follow()

    def delete(self, kind: Kind, document_id: str) -> None:
        """Delete a document with all that was derived from it, and take it out of every answer.

        Raises:
            NotFound: there is no such document.
        """
        if not self._store.delete(kind, [document_id]):
            raise NotFound(kind)
        self.follow()

    def erase(self, kind: Kind, document_id: str) -> None:
        """Delete a document and replace the snapshot, so that no file here holds it any more.

        Raises:
            NotFound: there is no such document.
            StoreUnavailable: the snapshot could not be replaced; the document is deleted all the same.
        """
        self.delete(kind, document_id)
        self.snapshot()

    def get(self, kind: Kind, document_id: str) -> Record:
        """Return a stored record.

        Raises:
            NotFound: there is no such document.
        """
        record = self._store.get(kind, [document_id]).get(document_id)
        if record is None:
            raise NotFound(kind)
        return record

    def get_posting(self, posting_id: str) -> Posting:
        """Return a stored posting. Raises NotFound."""
        record = self.get(Kind.POSTING, posting_id)
        assert isinstance(record, Posting)  # noqa: S101 - for the type checker: the store keeps kinds apart
        return record

    def get_profile(self, profile_id: str) -> Profile:
        """Return a stored profile. Raises NotFound."""
        record = self.get(Kind.PROFILE, profile_id)
        assert isinstance(record, Profile)  # noqa: S101 - likewise
        return record

    def suggestions(self, profile_id: str, *, k: int = 10) -> Answer:
        """Return the best postings for a stored profile, with reasons.

        Raises:
            NotFound: there is no such profile.
        """
        return self.explain(self.rank(Kind.PROFILE, profile_id, k=k))

    def candidates(self, posting_id: str, *, k: int = 10) -> Answer:
        """Return the best profiles for a posting, with reasons: only those that its organisation may see.

        Raises:
            NotFound: there is no such posting.
        """
        return self.explain(self.rank(Kind.POSTING, posting_id, k=k))

    def rank(self, kind: Kind, document_id: str, *, k: int) -> Ranked:
        """Return the k best matches of a document, without reasons: from memory, whatever the database does.

        Raises:
            NotFound: there is no such document.
        """
        with self._reading:
            ranking = self._corpus.best(kind, document_id, k=k, weights=self.weights, today=self._today())
        return Ranked(kind, document_id, ranking)

    def explain(self, ranked: Ranked) -> Answer:
        """Return ranked matches with their reasons; reads the database where `is_at_hand` says no."""
        found = self._reasons.explain(ranked.kind, ranked.document_id, ranked.ranking.matches)
        return Answer(explanations=tuple(found), eligible=ranked.ranking.eligible)

    def is_at_hand(self, ranked: Ranked) -> bool:
        """Tell whether `explain` can answer from memory alone."""
        return self._reasons.are_at_hand(ranked.kind, ranked.document_id, ranked.ranking.matches)

    def match_all(self, kind: Kind, *, k: int = 100) -> Iterator[list[Match]]:
        """Yield the k best matches of every document of a kind, by ascending id: the same as the single answers."""
        today = self._today()
        ids = self.ids(kind)
        for start in range(0, len(ids), BLOCK):
            with self._reading:
                block = [name for name in ids[start : start + BLOCK] if name in self._corpus.sides[kind].index]
                found = self._corpus.best_of_block(kind, block, k=k, weights=self.weights, today=today)
                rankings = [ranking.matches for ranking in found] if block else []
            yield from rankings

    def ids(self, kind: Kind) -> list[str]:
        """Return the ids of a kind, ascending."""
        with self._reading:
            return self._corpus.ids(kind)

    def count(self, kind: Kind) -> int:
        """Return how many documents can be matched."""
        with self._reading:
            return self._corpus.count(kind)

    def lag(self) -> int:
        """Return how many changes the database has that this process has not applied."""
        return max(self._store.last_sequence() - self._sequence, 0)

    def behind_s(self) -> float:
        """Return for how many seconds this process has not caught up with the log; 0 when it has nothing to apply."""
        return time.monotonic() - self._caught_up_at if self.lag() else 0.0

    def follow(self) -> int:
        """Apply what the change log has that this process has not; return how many changes that were."""
        applied = 0
        with self._following:
            while changes := self._store.changes(self._sequence, limit=FOLLOW_BATCH):
                self._apply(changes)
                applied += len(changes)
            self._caught_up_at = time.monotonic()
        return applied

    def snapshot(self) -> Path:
        """Write the index to disk, so that the next start is quick; return the generation's folder.

        Raises:
            StoreUnavailable: it could not be written; the database is complete all the same.
        """
        # An older state must not replace one from which somebody has been erased: follow first.
        # Nothing is put into the corpus while this process follows: readers need not wait for the disk.
        with self._following:
            self.follow()
            change = self._store.change(self._sequence)
            facts = Facts(
                database_id=self._store.database_id,
                sequence=self._sequence,
                token=change.token if change else "",
                fingerprint=self.fingerprint,
                rows={kind: self._corpus.count(kind) for kind in Kind},
            )
            return self._snapshots.publish(facts, self._corpus.save)

    def snapshot_if_behind(self) -> None:
        """Write the index to disk if anything has changed since the snapshot that is there."""
        self.follow()
        try:
            current = self._snapshots.current()
        except SnapshotRefused:
            current = None
        if current is None or (current[1].sequence, current[1].fingerprint) != (self._sequence, self.fingerprint):
            self.snapshot()

    def reindex(self) -> None:
        """Derive everything anew from the records: facet texts, vectors, full-text rows, index, snapshot."""
        with self._following:
            self._rewrite_derived()
            self._store.drop_vectors(keep_models={*self._embedders.models.values()})
            self._rebuild()
            self.follow()
            self.snapshot()

    def fsck(self) -> list[str]:
        """Return what is wrong between database, full-text rows, index and snapshot; nothing when all agree."""
        with self._following:
            self.follow()
            problems = fsck.compare(
                self._store, self._corpus, vectors_of=self._facet_vectors, models=self._embedders.models
            )
            try:
                self._snapshots.current()
            except SnapshotRefused as refused:
                problems.append(str(refused))
        return problems

    def _changed(self, records: Sequence[Record]) -> list[int]:
        """Return the places of the records that the store does not hold just so.

        Making facet texts costs a hundred times what the comparison does. An id that comes twice is left to the store.
        """
        times = Counter((kind_of(record), record.id) for record in records)
        stored = {kind: self._store.get(kind, [r.id for r in records if kind_of(r) is kind]) for kind in Kind}
        return [
            place
            for place, record in enumerate(records)
            if times[kind_of(record), record.id] > 1 or stored[kind_of(record)].get(record.id) != record
        ]

    def _facet_vectors(self, records: Sequence[Record]) -> list[dict[Facet, Vectors]]:
        """Return facet vectors of stored records; what the store lacks (after a change of model) is added to it."""
        texts = [text.facet_texts(record) for record in records]
        vectors, fresh = self._embedders.vectors(texts)
        self._store.add_vectors(fresh)
        return [pool(parts, vectors, models=self._embedders.models) for parts in texts]

    def _apply(self, changes: Sequence[Change]) -> None:
        last = {(change.kind, change.id): change.operation for change in changes}
        fresh: list[tuple[Record, dict[Facet, Vectors]]] = []
        for kind in Kind:
            # A document may be gone again by now; its deletion stands further down the log.
            put = [name for (side, name), done in last.items() if side is kind and done is Operation.PUT]
            records = list(self._store.get(kind, put).values())
            fresh += zip(records, self._facet_vectors(records), strict=True)
        gone = last.keys() - {(kind_of(record), record.id) for record, _ in fresh}
        # In one step with the sequence: who prepares a sheet meanwhile sees by it that the record may have changed.
        with self._reading:
            self._reasons.forget(last)
            for kind, name in gone:
                self._corpus.remove(kind, name)
            for record, vectors in fresh:
                self._corpus.put(record, vectors)
            self._sequence = changes[-1].sequence
        if gone:
            # Memory must not keep what was erased, here or by another process.
            self._embedders.clear()
            text.forget()

    def _rewrite_derived(self) -> None:
        """Bring full-text rows and digests up to this version's facet texts."""
        for kind in Kind:
            for records in self._store.scan(kind):
                self._store.rewrite_derived([_document(record, text.facet_texts(record)) for record in records])

    def _rebuild(self) -> None:
        """Read everything from the database. The log may grow meanwhile: `follow` brings what came after."""
        sequence = self._store.last_sequence()
        corpus = Corpus(self._dimensions)
        for kind in Kind:
            for records in self._store.scan(kind):
                for record, vectors in zip(records, self._facet_vectors(records), strict=True):
                    corpus.put(record, vectors)
        self._replace(corpus, sequence)

    def _restore(self) -> bool:
        """Load the current snapshot. False when there is none.

        Raises:
            SnapshotRefused: it is damaged, or it is of another database, model or history.
        """
        current = self._snapshots.current()
        if current is None:
            return False
        folder, facts = current
        if facts.fingerprint != self.fingerprint:
            raise SnapshotOutdated("the snapshot was made by another model or version: rebuilding from the database")
        change = self._store.change(facts.sequence)
        if facts.database_id != self._store.database_id or facts.token != (change.token if change else ""):
            raise SnapshotRefused("the snapshot belongs to another database: rebuilding from this one")
        corpus = Corpus.load(folder, self._dimensions)
        if any(corpus.count(kind) != facts.rows[kind] for kind in Kind):
            raise SnapshotRefused("the snapshot holds other rows than it says: rebuilding from the database")
        self._replace(corpus, facts.sequence)
        return True

    def _replace(self, corpus: Corpus, sequence: int) -> None:
        with self._reading:
            self._corpus = corpus
            self._sequence = sequence
            self._reasons.clear()


def _document(record: Record, texts: FacetTexts) -> Document:
    return Document(record=record, digests=digests(texts), full_text=text.full_text(record))
