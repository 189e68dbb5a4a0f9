"""Both sides in memory: vectors and traits of every posting and profile, row by row, and who ranks for whom.

No database and no text here: the engine puts documents in and takes them out as the change log says. Not thread-safe:
the engine holds its lock.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Facet, Kind, Match, PostingId, ProfileId, Record, Weights, kind_of
from matcher.core.errors import NotFound, SnapshotRefused
from matcher.core.ports import Vectors
from matcher.core.traits import Rows, Traits, TraitTable
from matcher.stages.eligibility import eligible_postings, eligible_profiles
from matcher.stages.index import FacetIndex, Query
from matcher.stages.rank import agreements, contenders, matches, top, total

BLOCK = 64
"""Queries per matrix product in `match_all`."""


@dataclass(slots=True)
class Side:
    """One kind of document; a document has the same row in both."""

    index: FacetIndex
    traits: TraitTable = field(default_factory=TraitTable)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best matches of one document."""

    matches: list[Match]
    eligible: int
    """How many documents passed the hard constraints, ranked here or not."""


class Corpus:
    """All documents that can be matched now."""

    def __init__(self, dimensions: Mapping[Facet, int]) -> None:
        self.sides = {kind: Side(FacetIndex(dimensions)) for kind in Kind}

    def count(self, kind: Kind) -> int:
        """Return how many documents of a kind there are."""
        return len(self.sides[kind].index)

    def ids(self, kind: Kind) -> list[str]:
        """Return the ids of a kind, ascending."""
        return sorted(name for name in self.sides[kind].index.ids if name is not None)

    def put(self, record: Record, vectors: Mapping[Facet, Vectors]) -> None:
        """Add or replace a document.

        Raises:
            InvalidVectors: a vector is not a finite unit vector of its facet's dimension.
        """
        side = self.sides[kind_of(record)]
        side.traits.put(side.index.put(record.id, vectors), record)

    def remove(self, kind: Kind, document_id: str) -> None:
        """Take a document out of every answer; nothing happens if it is not there."""
        side = self.sides[kind]
        row = side.index.remove(document_id)
        if row is not None:
            side.traits.remove(row)

    def best(self, kind: Kind, document_id: str, *, k: int, weights: Weights, today: date) -> Ranking:
        """Return the k best matches of one document.

        Raises:
            NotFound: there is no such document.
        """
        row, query = self._query(kind, document_id, weights)
        eligible = self._eligible(kind, row, today)
        scores = self.sides[kind.other].index.scores(query, eligible)
        return self._ranked(kind, row, query, eligible, scores, k=k, weights=weights, today=today)

    def best_of_block(
        self, kind: Kind, ids: Sequence[str], *, k: int, weights: Weights, today: date
    ) -> Iterator[Ranking]:
        """Yield what `best` returns of each of up to BLOCK documents, from one matrix product."""
        queries = [self._query(kind, name, weights) for name in ids]
        scores = self.sides[kind.other].index.scores_of_all([query for _, query in queries])
        for (row, query), every in zip(queries, scores, strict=True):
            eligible = self._eligible(kind, row, today)
            yield self._ranked(kind, row, query, eligible, every[eligible], k=k, weights=weights, today=today)

    def save(self, folder: Path) -> None:
        """Write everything into an empty folder; `load` brings it back."""
        for kind, side in self.sides.items():
            (folder / kind).mkdir()
            side.index.save(folder / kind)
            side.traits.save(folder / kind / "traits.npz", rows=side.index.rows)

    @classmethod
    def load(cls, folder: Path, dimensions: Mapping[Facet, int]) -> Self:
        """Read what `save` wrote; the caller has checked the files' digests.

        Raises:
            SnapshotRefused: the files cannot be read or do not fit each other.
        """
        corpus = cls(dimensions)
        for kind in Kind:
            index = FacetIndex.load(folder / kind, dimensions)
            try:
                traits = TraitTable.load(folder / kind / "traits.npz")
            except ValueError as error:
                raise SnapshotRefused("the snapshot's traits cannot be read: rebuilding from the database") from error
            taken = [row for row, name in enumerate(index.ids) if name is not None]
            if len(traits.alive) < index.rows or np.flatnonzero(traits.alive).tolist() != taken:
                raise SnapshotRefused("the snapshot's traits are of other rows: rebuilding from the database")
            corpus.sides[kind] = Side(index, traits)
        return corpus

    def _query(self, kind: Kind, document_id: str, weights: Weights) -> tuple[int, Query]:
        here, there = self.sides[kind].index, self.sides[kind.other].index
        row = here.row(document_id)
        if row is None:
            raise NotFound(kind)
        unknown = here.mean_similarity(there)
        return row, there.query(here.facet_vectors(row), weights=weights.facets(), unknown=unknown)

    def _eligible(self, kind: Kind, row: int, today: date) -> Rows:
        here, there = self.sides[kind].traits, self.sides[kind.other]
        one, rows = here.one(row), there.index.rows
        if kind is Kind.PROFILE:
            return eligible_postings(one, there.traits, rows=rows, hidden_from=here.hides(row), today=today)
        organisation = here.organisation_of(row)
        return eligible_profiles(one, there.traits, rows=rows, organisation=organisation, today=today)

    def _ranked(
        self,
        kind: Kind,
        row: int,
        query: Query,
        eligible: Rows,
        facet_scores: npt.NDArray[np.float32],
        *,
        k: int,
        weights: Weights,
        today: date,
    ) -> Ranking:
        there = self.sides[kind.other]
        agreed = agreements(*self._pair(kind, row, eligible), today=today)
        near = contenders(total(facet_scores, agreed, weights), k)
        rows, agreed = eligible[near], agreed.take(near)
        facets, compared = there.index.similarities(query, rows)
        shares = np.array([*weights.facets().values()], dtype=np.float64)
        scores = total((facets * shares).sum(axis=1), agreed, weights)
        best = top(scores, rows, there.index.ids, k)
        found = matches(
            [self._ids(kind, row, int(place)) for place in rows[best]],
            facets=facets[best],
            facets_compared=compared[best],
            agreed=agreed.take(best),
            weights=weights,
        )
        return Ranking(found, eligible=len(eligible))

    def _pair(self, kind: Kind, row: int, others: Rows) -> tuple[Traits, Traits]:
        here, there = self.sides[kind].traits.one(row), self.sides[kind.other].traits.many(others)
        return (here, there) if kind is Kind.POSTING else (there, here)

    def _ids(self, kind: Kind, row: int, other: int) -> tuple[PostingId, ProfileId]:
        here, there = self.sides[kind].index.ids[row] or "", self.sides[kind.other].index.ids[other] or ""
        return (PostingId(here), ProfileId(there)) if kind is Kind.POSTING else (PostingId(there), ProfileId(here))
