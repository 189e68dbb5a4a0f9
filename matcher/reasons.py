"""Prepared sheets of the documents that were explained last, and the explanations made of them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from matcher.core.domain import Explanation, Kind, Match, Record, kind_of
from matcher.core.ports import Store, Thesaurus
from matcher.stages import text
from matcher.stages.embed import Embedder, digest
from matcher.stages.explain import Met, Sheet, explain, meet

SHEETS = 8192
"""Documents whose sheets are kept, the most recently used ones."""
PAIRS = 16
"""Postings whose skills are kept as compared with one profile's: about as many as one answer shows."""


class Reasons:
    """Explains matches; reads a document from the store only where its sheet is not at hand. Thread-safe."""

    def __init__(self, store: Store, embedder: Embedder, thesaurus: Thesaurus) -> None:
        self._store = store
        self._embedder = embedder
        self._thesaurus = thesaurus
        self._sheets: OrderedDict[tuple[Kind, str], Sheet] = OrderedDict()
        self._met: dict[str, dict[str, Met]] = {}
        """By profile and posting; of no profile whose sheet is not kept."""
        self._changes = 0
        self._lock = threading.Lock()

    def are_at_hand(self, kind: Kind, document_id: str, found: Sequence[Match]) -> bool:
        """Tell whether these matches of a document can be explained from memory alone."""
        with self._lock:
            return (kind, document_id) in self._sheets and all(
                (kind.other, _other(kind, match)) in self._sheets for match in found
            )

    def explain(self, kind: Kind, document_id: str, found: Sequence[Match]) -> Iterator[Explanation]:
        """Yield why each match of a document is proposed.

        A document that was deleted since it was ranked is left out: it is no longer shown.
        """
        if here := self._prepared(kind, [document_id]).get(document_id):
            yield from self._explained(kind, here, found, meet=self._kept)

    def explain_unsaved(self, record: Record, found: Sequence[Match]) -> Iterator[Explanation]:
        """Yield the same for a document that is not stored; nothing of it is kept."""
        yield from self._explained(kind_of(record), self._sheet(record), found, meet=self._meet)

    def _explained(
        self, kind: Kind, here: Sheet, found: Sequence[Match], *, meet: Callable[[Sheet, Sheet], Met]
    ) -> Iterator[Explanation]:
        there = self._prepared(kind.other, [_other(kind, match) for match in found])
        for match in found:
            if other := there.get(_other(kind, match)):
                posting, profile = (here, other) if kind is Kind.POSTING else (other, here)
                yield explain(match, meet(posting, profile))

    def _meet(self, posting: Sheet, profile: Sheet) -> Met:
        return meet(posting, profile, near=self._thesaurus.near)

    def _kept(self, posting: Sheet, profile: Sheet) -> Met:
        """Return the same from memory, where neither of the two has changed since."""
        known = self._met.get(profile.record.id, {}).get(posting.record.id)
        if known and known.posting is posting and known.profile is profile:
            return known
        met = self._meet(posting, profile)
        with self._lock:
            if self._sheets.get((Kind.PROFILE, profile.record.id)) is profile:  # else it was forgotten meanwhile
                others = self._met.setdefault(profile.record.id, {})
                if len(others) >= PAIRS:
                    others.pop(next(iter(others)))
                others[posting.record.id] = met
        return met

    def prepare(self, kind: Kind, ids: Sequence[str]) -> None:
        """Make the sheets of documents before somebody asks for their reasons."""
        self._prepared(kind, ids)

    def forget(self, changed: Iterable[tuple[Kind, str]]) -> None:
        """Drop the sheets of documents that have changed or gone."""
        with self._lock:
            self._changes += 1
            for key in changed:
                self._drop(key)

    def clear(self) -> None:
        """Drop every sheet."""
        with self._lock:
            self._changes += 1
            self._sheets.clear()
            self._met.clear()

    def _prepared(self, kind: Kind, ids: Sequence[str]) -> dict[str, Sheet]:
        with self._lock:
            found = {name: kept for name in ids if (kept := self._sheets.get((kind, name)))}
            for name in found:
                self._sheets.move_to_end((kind, name))
            changes = self._changes
        missing = [name for name in ids if name not in found]
        if not missing:
            return found
        made = {name: self._sheet(record) for name, record in self._store.get(kind, missing).items()}
        with self._lock:
            if changes == self._changes:  # else what was read may have changed since
                self._sheets.update({(kind, name): prepared for name, prepared in made.items()})
                while len(self._sheets) > SHEETS:
                    self._drop(next(iter(self._sheets)))
        return found | made

    def _drop(self, key: tuple[Kind, str]) -> None:
        self._sheets.pop(key, None)
        if key[0] is Kind.PROFILE:
            self._met.pop(key[1], None)

    def _sheet(self, record: Record) -> Sheet:
        skills = text.skills(record, self._thesaurus)
        vectors, _ = self._embedder.vectors(skill.form for skill in skills)
        rows = [vectors[digest(skill.form)] for skill in skills]
        dimension = self._embedder.encoder.dimension
        return Sheet(record, skills, np.stack(rows) if rows else np.zeros((0, dimension), dtype=np.float32))


def _other(kind: Kind, match: Match) -> str:
    return match.profile_id if kind is Kind.POSTING else match.posting_id
