"""Prepared sheets of the documents that were explained last, and the explanations made of them."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from matcher.core.domain import Kind, Record, kind_of
from matcher.core.matched import Matched
from matcher.core.ports import Thesaurus
from matcher.core.scoring import Explanation, Match
from matcher.core.storing import Store
from matcher.corpus import Derived, Kept
from matcher.stages import text
from matcher.stages.embed import Embedder, digest
from matcher.stages.explain import Met, Sheet, explain, meet

SHEETS = 8192
"""Documents whose sheets are kept, the most recently used ones."""
PAIRS = 64
"""Postings whose skills are kept as compared with one profile's: few profiles are shown to more."""
ALL_BYTES = 170_000_000
"""What the pairs of all profiles together may take: some 33,000 of postings that ask for eight skills."""
PAIR_BYTES, SKILL_BYTES = 2_700, 300
"""What a pair takes without its skills, and each skill that is asked for besides its words, with the JSON of both."""
LETTER_BYTES = 3
"""Bytes that a letter takes in UTF-8 at most, but for the rarest."""
AT_HAND = 20_000
"""How many comparisons of a skill with another, or with LETTERS letters of prose, are made at most for what is at hand:
in two milliseconds and a half. To compare anything takes as long as A_PAIR of them."""
LETTERS, A_PAIR = 256, 800
SHOWN = 2_000
"""How many skills are told of at most in what is at hand: as long again."""


class Reasons:
    """Explains matches; reads a document from the store only where its sheet is not at hand. Thread-safe."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        thesaurus: Thesaurus,
        *,
        kept: Callable[[Kind, Sequence[str]], Mapping[str, Kept]],
    ) -> None:
        """Take the parts.

        Args:
            store: the database.
            embedder: of skills.
            thesaurus: which texts name the same skill, and which skills are near.
            kept: the skills that are at hand of some documents: `Corpus.kept`.
        """
        self._store = store
        self._kept_of = kept
        self._embedder = embedder
        self._thesaurus = thesaurus
        self._quotes = partial(text.quotes, thesaurus=thesaurus)
        self._sheets: OrderedDict[tuple[Kind, str], Sheet] = OrderedDict()
        self._met: dict[str, dict[str, Met]] = {}
        """How a profile and a posting meet, by both their ids; only of those whose sheets are kept."""
        self._met_by: dict[str, set[str]] = {}
        """The profiles of those pairs by posting."""
        self._bytes = 0
        """What the pairs take in memory, about."""
        self._changes = 0
        self._is_eager = False
        self._lock = threading.Lock()

    def met(self, kind: Kind, document_id: str, found: Matched) -> Sequence[Met | None]:
        """Return how a document and each of its matches meet in skills; reads the database where it has to.

        A match with a document that was deleted since it was ranked gets None: it is no longer shown.
        """
        here, there = self._prepared(kind, [document_id]), self._prepared(kind.other, _others(kind, found))
        return self._all_met(kind, here.get(document_id), [there.get(name) for name in _others(kind, found)])

    def met_at_hand(self, kind: Kind, document_id: str, found: Matched) -> Sequence[Met | None] | None:
        """Return what `met` does from memory alone, and at once; None where that cannot be.

        It cannot where the database would have to be read, or more compared or told than takes a few milliseconds.
        """
        others = _others(kind, found)
        with self._lock:
            here, there = self._kept_sheets(kind, [document_id]), self._kept_sheets(kind.other, others)
        if not here or len(there) < len(others):
            return None
        asks = here[document_id]
        pairs = [(asks, there[name]) if kind is Kind.POSTING else (there[name], asks) for name in others]
        mets = [self._known(*pair) for pair in pairs]
        if None in mets:
            work = sum(_work(*pair) for pair, met in zip(pairs, mets, strict=True) if met is None)
            if work > AT_HAND:
                return None
        if sum([len(posting.skills) for posting, _ in pairs]) > SHOWN:
            return None
        return [met or self._kept(*pair) for pair, met in zip(pairs, mets, strict=True)]

    def _all_met(self, kind: Kind, asks: Sheet | None, others: Sequence[Sheet | None]) -> Sequence[Met | None]:
        if asks is None:
            return [None] * len(others)
        if kind is Kind.POSTING:
            return [self._kept(asks, other) if other else None for other in others]
        return [self._kept(other, asks) if other else None for other in others]

    def record(self, kind: Kind, document_id: str) -> Record | None:
        """Return a document's record where it is at hand."""
        sheet = self._sheets.get((kind, document_id))
        return sheet.record if sheet else None

    def explain(self, kind: Kind, document_id: str, found: Sequence[Match]) -> Iterator[Explanation]:
        """Yield why each match of a document is proposed.

        A document that was deleted since it was ranked is left out: it is no longer shown.
        """
        if here := self._prepared(kind, [document_id]).get(document_id):
            yield from self._explained(kind, here, found, meet=self._kept)

    def explain_unsaved(
        self, record: Record, derived: Derived, found: Sequence[Match], *, asks: bool = False
    ) -> Iterator[Explanation]:
        """Yield the same for a document that is not stored, of which this is derived; nothing of it is kept.

        Args:
            record: the document.
            derived: of it.
            found: its matches.
            asks: whether a profile's skills are asked of postings.
        """
        here = sheet_of(record, derived, dimension=self._embedder.encoder.dimension)
        meets = partial(self._meet, asks=Kind.PROFILE) if asks else self._meet
        yield from self._explained(kind_of(record), here, found, meet=meets)

    def _explained(
        self, kind: Kind, here: Sheet, found: Sequence[Match], *, meet: Callable[[Sheet, Sheet], Met]
    ) -> Iterator[Explanation]:
        there = self._prepared(kind.other, [match.id_of(kind.other) for match in found])
        for match in found:
            if other := there.get(match.id_of(kind.other)):
                posting, profile = (here, other) if kind is Kind.POSTING else (other, here)
                yield explain(match, meet(posting, profile))

    def _meet(self, posting: Sheet, profile: Sheet, *, asks: Kind = Kind.POSTING) -> Met:
        return meet(posting, profile, thesaurus=self._thesaurus, quotes=self._quotes, asks=asks)

    def _kept(self, posting: Sheet, profile: Sheet) -> Met:
        """Return how two documents meet, from memory where neither of them has changed since."""
        if known := self._known(posting, profile):
            return known
        met = self._meet(posting, profile)
        with self._lock:
            # Else one of them was forgotten meanwhile.
            if all(self._sheets.get((kind_of(one.record), one.record.id)) is one for one in (posting, profile)):
                self._keep(profile.record.id, posting.record.id, met)
        return met

    def _known(self, posting: Sheet, profile: Sheet) -> Met | None:
        known = self._met.get(profile.record.id, {}).get(posting.record.id)
        return known if known and known.posting is posting and known.profile is profile else None

    def _keep(self, profile_id: str, posting_id: str, met: Met) -> None:
        others = self._met.setdefault(profile_id, {})
        if known := others.get(posting_id):
            self._bytes -= _size(known)
        self._met_by.setdefault(posting_id, set()).add(profile_id)
        others[posting_id] = met
        self._bytes += _size(met)
        if len(others) > PAIRS:
            self._part(profile_id, next(iter(others)))
        while self._bytes > ALL_BYTES:
            self._part_all(Kind.PROFILE, next(iter(self._met)))

    def _part_all(self, kind: Kind, name: str) -> None:
        if kind is Kind.PROFILE:
            for posting_id in tuple(self._met.get(name, ())):
                self._part(name, posting_id)
        else:
            for profile_id in tuple(self._met_by.get(name, ())):
                self._part(profile_id, name)

    def _part(self, profile_id: str, posting_id: str) -> None:
        met, met_by = self._met[profile_id], self._met_by[posting_id]
        self._bytes -= _size(met.pop(posting_id))
        met_by.discard(profile_id)
        if not met:
            del self._met[profile_id]
        if not met_by:
            del self._met_by[posting_id]

    def prepare(self, kind: Kind, ids: Sequence[str]) -> None:
        """Make the sheets of documents before somebody asks for their reasons; from now on, of new ones too."""
        self._is_eager = True
        self._prepared(kind, ids)

    def forget(self, changed: Collection[tuple[Kind, str]], *, now: Iterable[Sheet] = ()) -> None:
        """Drop the sheets of documents that have changed or gone.

        Args:
            changed: kinds and ids.
            now: sheets of some of them as they are now: each takes the place of one that was kept; once `prepare` was
                called, those of new documents are kept too, for they are likely to be asked for next.
        """
        with self._lock:
            self._changes += 1
            dropped = {key for key in changed if self._drop(key)}
            for sheet in now:
                key = kind_of(sheet.record), sheet.record.id
                if key in dropped or self._is_eager:
                    self._sheets[key] = sheet
            self._shrink()

    def clear(self) -> None:
        """Drop every sheet."""
        with self._lock:
            self._changes += 1
            self._sheets.clear()
            self._met.clear()
            self._met_by.clear()
            self._bytes = 0

    def _prepared(self, kind: Kind, ids: Sequence[str]) -> dict[str, Sheet]:
        with self._lock:
            found = self._kept_sheets(kind, ids)
            changes = self._changes
        missing = [name for name in ids if name not in found]
        if not missing:
            return found
        kept = self._kept_of(kind, missing)
        made = {name: self._sheet(record, kept.get(name)) for name, record in self._store.get(kind, missing).items()}
        with self._lock:
            if changes == self._changes:  # else what was read may have changed since
                self._sheets.update({(kind, name): prepared for name, prepared in made.items()})
                self._shrink()
        return found | made

    def _shrink(self) -> None:
        while len(self._sheets) > SHEETS:
            self._drop(next(iter(self._sheets)))

    def _kept_sheets(self, kind: Kind, ids: Sequence[str]) -> dict[str, Sheet]:
        """Return those of some sheets that are kept, for whoever holds the lock."""
        found = {}
        for name in ids:
            key = (kind, name)
            if sheet := self._sheets.get(key):
                found[name] = sheet
                self._sheets.move_to_end(key)
        return found

    def _drop(self, key: tuple[Kind, str]) -> bool:
        """Drop a sheet and what it met, and tell whether there was one."""
        self._part_all(*key)
        return self._sheets.pop(key, None) is not None

    def _sheet(self, record: Record, kept: Kept | None = None) -> Sheet:
        """Return a document's sheet: from what is kept of its skills, if it was kept of these very words."""
        anchored = text.skills_at(record, kept.named, kept.anchors) if kept else None
        if kept and anchored is not None:
            return Sheet(record, anchored, kept.vectors)
        skills = text.skills(record, self._thesaurus)
        vectors, _ = self._embedder.vectors(skill.form for skill in skills)
        rows = [vectors[digest(skill.form)] for skill in skills]
        return sheet_of(record, Derived({}, skills, rows), dimension=self._embedder.encoder.dimension)


def sheet_of(record: Record, derived: Derived, *, dimension: int) -> Sheet:
    """Return a document's sheet, made of what the corpus takes of it.

    Args:
        record: the document.
        derived: of it.
        dimension: of a skill's vector.
    """
    rows = derived.skill_vectors
    vectors = np.stack([*rows]) if len(rows) else np.zeros((0, dimension), dtype=np.float32)
    return Sheet(record, tuple(derived.skills), vectors)


def _work(posting: Sheet, profile: Sheet) -> int:
    """Return about how many comparisons it takes to meet."""
    return A_PAIR + len(posting.skills) * (len(profile.skills) + len(text.prose_of(profile.record)) // LETTERS)


def _size(met: Met) -> int:
    """Return about how many bytes a pair takes once it is written: what it is told in is not made yet."""
    words = (word for skill in met.skills for word in (skill.required, skill.counterpart) if word)
    letters = sum(len(word) if word.isascii() else LETTER_BYTES * len(word) for word in words)
    return PAIR_BYTES + SKILL_BYTES * len(met.skills) + letters


def _others(kind: Kind, found: Matched) -> list[str]:
    side = 1 if kind is Kind.POSTING else 0
    return [pair[side] for pair in found.pairs]
