"""The vectors of one side, scored row by row. Nothing else imports FAISS.

A document is one row: its facet vectors side by side, each as wide as its encoder makes it, and what says which it
lacks (`layout`). A question (`query`) is made so that its inner product with a row is the weighted sum of the facets'
cosines, with "unknown" counted as average. A body's vector may be but a part of what a body is compared by: its telling
words stand in rows of their own (`terms`), whose cosine has a fixed share in the body's.

Rows are overwritten and freed in place: a write costs microseconds at any size, and a row number never moves while
its document lives, so that other columns can share it. Up to COMPACT_FROM rows they are floats and scored by FAISS,
exactly (`flat`); from there on they are kept in a quarter of the memory (`codes`), in other coordinates: a question is
put into the same, and belongs to the index that made it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matcher.core import archive
from matcher.core.domain import Facet
from matcher.core.errors import InvalidVectors, SnapshotRefused
from matcher.core.ports import Vectors
from matcher.core.terms import Terms
from matcher.core.traits import Mask, Rows
from matcher.stages.index import codes
from matcher.stages.index.codes import Codes
from matcher.stages.index.flat import FlatRows
from matcher.stages.index.heads import LEARNED_FROM
from matcher.stages.index.layout import FacetVectors, Layout, compare
from matcher.stages.index.names import Names, Packed, are_ids
from matcher.stages.index.query import Query
from matcher.stages.index.terms import Asked, TermRows
from matcher.stages.index.totals import Totals, mean_similarity

COMPACT_FROM = 65_536
"""Rows from which they are kept as codes: 300 MB of floats with the shipped models."""
LOOKUPS = 8
"""How many rows' ids can be read in the time that looking up one id's row takes."""
SUMS = "sums.npz"
ROUNDING = 1e-5
"""More than the rounding of a cosine."""
TWINS_BLOCK = 256
"""Rows that are compared with all others at once to find those that may have twins."""

Ids = list[str | None] | Packed
_NO_TERMS = np.empty(0, dtype=np.float32)
"""The cosines of terms where none are compared."""


class FacetIndex:
    """Add, replace, remove and search by id. Not thread-safe: the engine holds its lock."""

    def __init__(self, dimensions: Mapping[Facet, int], *, terms_share: float = 0.0, exact: bool = False) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet's vectors.
            terms_share: what the cosine of terms counts in a body's, below 1; 0 means that no terms are kept.
            exact: whether rows stay floats, however many they are.
        """
        self._exact = exact
        self.layout = Layout(dimensions)
        """How a document lies in a row."""
        self.facets = self.layout.facets
        """The facets that have vectors here, in the order of `Facet`."""
        self._values: FlatRows | Codes = FlatRows(self.layout.dimensions)
        self.term_rows = TermRows() if terms_share and Facet.BODY in dimensions else None
        """The telling words of bodies; None where they are not compared by them."""
        self._terms_share = np.array([terms_share * (facet is Facet.BODY) for facet in self.facets], dtype=np.float32)
        """Shape (facets,): what terms count in each facet's cosine, 0 for all but the body."""
        self._names = Names()
        self._free: list[int] = []
        self.asking: FacetIndex | None = None
        """The other side, whose documents ask for these."""
        self.sums = np.zeros(sum(self.layout.dimensions), dtype=np.float64)
        """Shape (sum of dimensions,): the sum of the facet vectors of all rows that count, as they are kept."""
        self._plain_sums: npt.NDArray[np.float64] | None = None
        self.writes = 0
        """How many there have been: what was worked out from all rows is right as long as it is the same."""
        self._mean: tuple[FacetIndex, int, int, npt.NDArray[np.float32]] | None = None
        """The last mean similarity, with whom, and after how many writes on either side."""
        self.counts = np.zeros(len(self.facets), dtype=np.int64)
        """Shape (facets,): how many rows that count have each facet."""
        self._is_counted = bytearray()
        """By row, 1 where it counts in what is worked out from all of them."""
        self.part_of: Totals | None = None
        """The totals of the whole side of which these documents are a part; None where they are all of it."""

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, document_id: object) -> bool:
        return self._names.row(document_id) is not None

    @property
    def ids(self) -> Ids:
        """The id at each row; None where a row is free."""
        return self._names.by_row

    @property
    def rows(self) -> int:
        """How many rows there are, free ones included."""
        return len(self._names.by_row)

    @property
    def precision(self) -> float:
        """How far a coordinate may lie from the one that was put."""
        return self._values.precision

    def values(self, rows: Rows | slice) -> npt.NDArray[np.float32]:
        """Return some rows as they are kept, shape (rows, width)."""
        return self._values.read(rows)

    def sample(self) -> npt.NDArray[np.float32]:
        """Return some rows as they were put, shape (rows, width): enough to learn from."""
        return self._values.sample(LEARNED_FROM)

    def row(self, document_id: str) -> int | None:
        """Return the row of a document, or None."""
        return self._names.row(document_id)

    def are(self, rows: Rows, ids: Collection[str]) -> Mask:
        """Tell which of some rows hold one of these documents."""
        if LOOKUPS * len(ids) < len(rows):
            holds = np.zeros(self.rows, dtype=np.bool_)
            holds[[row for name in ids if (row := self.row(name)) is not None]] = True
            return holds[rows]
        return np.array([self.ids[row] in ids for row in rows.tolist()], dtype=np.bool_)

    def put(self, document_id: str, vectors: FacetVectors, terms: Terms | None = None, *, counts: bool = True) -> int:
        """Write a document at its row, a free one or a new one, and return the row.

        Args:
            document_id: its id.
            vectors: its facet vectors.
            terms: of its body.
            counts: whether it counts in the mean similarity, which shows in what others get.

        Raises:
            InvalidVectors: a vector is not finite, not of unit length, or not of its facet's dimension; or the body's
                terms are missing where terms are compared.
        """
        values = self.layout.row(vectors)
        terms = self._terms_with(vectors, terms)
        row = self._names.row(document_id)
        if row is not None:
            self._count(row, sign=-1)
            self._values.write(row, values)
        else:
            row = self._new_row(values)
            self._names.put(document_id, row)
        if self.term_rows is not None:
            self.term_rows.put(row, terms)
        self._is_counted[row] = counts
        self._count(row, sign=1)
        return row

    def _new_row(self, values: Vectors) -> int:
        if self._free:
            row = self._free.pop()
            self._values.write(row, values)
            return row
        row = self.rows
        if isinstance(self._values, FlatRows) and row == COMPACT_FROM and not self._exact:
            self._compact()
        if self.term_rows is not None:
            self.term_rows.reserve(row + 1)  # before anything is written: there may be no memory for it
        self._values.extend(values[None])
        self._is_counted.append(False)
        return row

    def remove(self, document_id: str) -> int | None:
        """Free a document's row and wipe it; return the row, or None when there was no such document."""
        row = self._names.remove(document_id)
        if row is not None:
            self._forget(row)
            if self.term_rows is not None:
                self.term_rows.put(row, None)
            self._values.write(row, np.zeros(self.layout.width, dtype=np.float32))
            self._free.append(row)
        return row

    def facet_vectors(self, row: int) -> dict[Facet, Vectors]:
        """Return a row's facet vectors, without those that the document lacks."""
        kept, known = self.layout.split(self._values.read(slice(row, row + 1))[0])
        return self.layout.by_facet(self._values.unrotated(kept), known)

    def holds(self, rows: Rows, vectors: Sequence[FacetVectors]) -> list[bool]:
        """Tell of each row whether it holds these facet vectors, as well as rows are kept, and no others."""
        kept, known = self.layout.split(self._values.read(rows))
        facets, there = (np.stack(column) for column in zip(*map(self.layout.side_by_side, vectors), strict=True))
        close = [
            np.allclose(self._values.unrotated(one), other, atol=self.precision)
            for one, other in zip(kept, facets, strict=True)
        ]
        return [*map(bool, (known == there).all(axis=1) & np.array(close))]

    def side_by_side(self, row: int) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Return a row's facet vectors side by side, zero where the document lacks one, and which facets it has.

        Their shapes are (sum of dimensions,) and (facets,).
        """
        kept, known = self.layout.split(self._values.read(slice(row, row + 1))[0])
        return self._values.unrotated(kept), known

    def terms(self, row: int) -> Terms | None:
        """Return the terms of a row's body, or None where it has none or none are compared."""
        return None if self.term_rows is None else self.term_rows.of(row)

    def mean_similarity(self, other: "FacetIndex") -> npt.NDArray[np.float32]:
        """Return each facet's mean cosine over all pairs of a document that counts here and one there, shape (facets,).

        The same from either side, so that what is unknown counts alike in both directions. 0 where one side is empty.
        """
        kept = self._mean
        if kept is None or kept[0] is not other or kept[1:3] != (self.writes, other.writes):
            here, there = self.part_of or self.totals(), other.part_of or other.totals()
            mean = mean_similarity(here, there, layout=self.layout, terms_share=self._terms_share)
            mean.flags.writeable = False  # every question until the next write gets the same
            kept = self._mean = other, self.writes, other.writes, mean
            other._mean = self, other.writes, self.writes, mean  # noqa: SLF001 - the same there, to the bit
        return kept[3]

    def totals(self) -> Totals:
        """Return the sums over the documents that count here; what is written later may show in them."""
        return Totals(self.sums_put(), self.counts, None if self.term_rows is None else self.term_rows.sums)

    def count_as_part_of(self, whole: Totals) -> None:
        """Have these documents taken for a part of a side: what is unknown counts as it does there."""
        self.part_of = whole
        self.writes += 1

    def sums_put(self) -> npt.NDArray[np.float64]:
        """Return the sums in the coordinates in which documents are put: those of both sides."""
        if self._plain_sums is None:
            self._plain_sums = self._values.unrotated(self.sums)
        return self._plain_sums

    def query(
        self,
        vectors: FacetVectors,
        *,
        weights: Mapping[Facet, float],
        unknown: npt.NDArray[np.float32],
        terms: Terms | None = None,
    ) -> Query:
        """Turn a document of the other side into a question to this one.

        Args:
            vectors: its facet vectors.
            weights: what each facet's cosine counts.
            unknown: shape (facets,), from `mean_similarity`.
            terms: of its body.

        Raises:
            InvalidVectors: the body's terms are missing where terms are compared.
        """
        facets, known = self.layout.side_by_side(vectors)
        terms = self._terms_with(vectors, terms)
        return self.query_of(facets, known, terms, weights=weights, unknown=unknown)

    def query_of(
        self,
        facets: Vectors,
        known: npt.NDArray[np.bool_],
        terms: Terms | None,
        *,
        weights: Mapping[Facet, float],
        unknown: npt.NDArray[np.float32],
    ) -> Query:
        """Turn a document that is stored on the other side into a question: what `query` would return of it.

        Args:
            facets: its vectors side by side, from the other side's `side_by_side`.
            known: which of them it has.
            terms: of its body.
            weights: what each facet's cosine counts.
            unknown: shape (facets,), from `mean_similarity`.
        """
        asked = None if terms is None else Asked.of(terms)
        return Query(self._values.rotated(facets), known, asked, weights, unknown, self.layout, self._terms_share)

    def scores(self, query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the weighted sum of the facets' cosines of some rows, in their order."""
        vector, base, _ = query.scaled
        return self._with_terms(self._values.scores(vector, rows) + np.float32(base), query, rows)

    def coarse_scores(self, query: Query, rows: Rows) -> tuple[npt.NDArray[np.float32], float] | None:
        """Return `scores` to a known error, in less time, and that error; None where there is no such shortcut."""
        vector, base, _ = query.scaled
        found = self._values.coarse_scores(vector, rows) if isinstance(self._values, FlatRows) else None
        return found and (self._with_terms(found[0] + np.float32(base), query, rows), found[1])

    def _with_terms(self, scores: npt.NDArray[np.float32], query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        if self.term_rows is not None and query.terms is not None:
            scores += np.float32(query.scaled.terms_weight) * self.term_rows.cosines(query.terms, rows)
        return scores

    @property
    def is_flat(self) -> bool:
        """Whether rows are plain floats: every facet's cosine (`similarities`) then costs no more than a score."""
        return isinstance(self._values, FlatRows)

    @property
    def has_upper_bounds(self) -> bool:
        """Whether `upper_bounds` can be asked for, and what lowers them."""
        return self._values.has_upper_bounds

    def upper_bounds(self, query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        """Return what `scores` of some rows are at most, much quicker: from the heads of the first facet."""
        vector, base, terms_weight = query.scaled
        most = base + (terms_weight if query.terms is not None else 0.0)
        return self._values.upper_bounds(vector, rows) + np.float32(most)

    def terms_shortfall(self, query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much `upper_bounds` of some rows are lower when the terms of each row are read, too."""
        if self.term_rows is None or query.terms is None:
            return np.zeros(len(rows), dtype=np.float32)
        short = self.term_rows.cosines(query.terms, rows)
        np.subtract(np.float32(1.0), short, out=short)
        short *= np.float32(query.scaled.terms_weight)
        return short

    def middles_shortfall(self, query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much they are lower when the middle of each row is read, too."""
        return self._values.middles_shortfall(query.scaled.vector, rows)

    def others_shortfall(self, query: Query, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much they are lower when the other facets' vectors are read, too."""
        return self._values.others_shortfall(query.scaled.vector, rows)

    def scores_of_all(self, queries: Sequence[Query]) -> npt.NDArray[np.float32]:
        """Return many queries' scores of every row, shape (queries, rows): one matrix product for a batch."""
        stacked = np.stack([query.scaled.vector for query in queries])
        bases = np.array([query.scaled.base for query in queries], dtype=np.float32)
        scores = self._values.scores_of_all(stacked) + bases[:, None]
        if self.term_rows is not None:
            nothing = Asked.of(None)
            alike = self.term_rows.cosines_of_all([query.terms or nothing for query in queries])
            scores += np.array([[query.scaled.terms_weight] for query in queries], dtype=np.float32) * alike
        return scores

    def similarities(self, query: Query, rows: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Return each facet's cosine of some rows, and whether both sides have the facet, shapes (rows, facets).

        Where either side lacks it, the similarity is the facet's mean: what the score was made of.
        """
        documents, places = self._values.as_floats(rows)
        of_terms = _NO_TERMS
        if self.term_rows is not None and query.terms is not None:
            of_terms = self.term_rows.cosines(query.terms, rows)
        similar = np.empty((len(rows), len(self.facets)), dtype=np.float32)
        compared = np.empty((len(rows), len(self.facets)), dtype=np.bool_)
        asked = query.facets, query.known, query.unknown
        compare(documents, places, self.layout.ends, *asked, of_terms, self._terms_share, similar, compared)
        return similar, compared

    def among(self, rows: Rows) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Return each facet's cosines between some rows, shape (facets, rows, rows), and which facets each row has.

        A facet that either row lacks has the cosine 0. The second shape is (rows, facets).
        """
        documents = self._values.read(rows)
        cosines = self.layout.cosines_among(documents, self.facets)
        if self.term_rows is not None:
            self._mix(cosines, self.term_rows.among(rows), self.facets)
        return cosines, self.layout.split(documents)[1]

    def between(self, rows: Rows, others: Rows, facets: Sequence[Facet]) -> npt.NDArray[np.float32]:
        """Return the cosines of some rows with others in some facets, shape (facets, rows, others); as `among` does."""
        cosines = self.layout.cosines_between(self._values.read(rows), self._values.read(others), facets)
        if self.term_rows is not None and Facet.BODY in facets:
            self._mix(cosines, self.term_rows.between(rows, others), facets)
        return cosines

    def _mix(
        self, cosines: npt.NDArray[np.float32], of_terms: npt.NDArray[np.float32], facets: Sequence[Facet]
    ) -> None:
        """Give the cosines of terms their share in those of the body."""
        body, share = facets.index(Facet.BODY), self._terms_share[self.facets.index(Facet.BODY)]
        cosines[body] = cosines[body] * (1 - share) + of_terms * share

    def known_facets(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Return which facets some rows have, shape (rows, facets)."""
        return self.layout.split(self._values.read(rows))[1]

    def may_be_alike(self, facet: Facet, rows: Rows, *, least: float) -> bool:
        """Tell whether any two of some rows can have such a cosine in one facet, from its vectors alone."""
        return self.layout.any_alike(*self._values.as_floats(rows), facet, least=self._of_vectors(facet, least))

    def may_have_twins(self, facet: Facet, rows: Rows, *, least: float) -> npt.NDArray[np.bool_]:
        """Tell of each of many rows whether another of them can have such a cosine with it, from its vectors alone."""
        vectors = self._values.read(rows)[:, self.layout.part(facet)]
        least, found = self._of_vectors(facet, least), np.zeros(len(rows), dtype=np.bool_)
        for start in range(0, len(rows), TWINS_BLOCK):
            cosines = vectors[start : start + TWINS_BLOCK] @ vectors.T
            np.fill_diagonal(cosines[:, start:], -np.inf)
            found[start : start + TWINS_BLOCK] = (cosines >= least).any(axis=1)
        return found

    def alike(self, facet: Facet, rows: Rows, *, least: float) -> Mask:
        """Tell which rows can have such a cosine with some in one facet, from its vectors alone: shape (some, rows)."""
        part = self.layout.part(facet)
        vectors, least = self._values.read(rows)[:, part], self._of_vectors(facet, least)
        return np.concatenate([vectors @ block[:, part].T >= least for block in self._values.blocks()], axis=1)

    def _of_vectors(self, facet: Facet, least: float) -> float:
        """Return the cosine that vectors must have for such a cosine of the facet: the terms may be equal."""
        share = float(self._terms_share[self.facets.index(facet)])
        return (least - share) / (1 - share) - ROUNDING

    def _terms_with(self, vectors: FacetVectors, terms: Terms | None) -> Terms | None:
        """Return the terms that belong to some vectors: those of a body that is compared by them."""
        if self.term_rows is None or Facet.BODY not in vectors:
            return None
        if terms is None:
            raise InvalidVectors("the body has a vector and no terms: run `matcher reindex`")
        return terms

    def save(self, folder: Path) -> None:
        """Write the rows and their ids into a folder; `load` brings them back."""
        self._values.save(folder)
        if self.term_rows is not None:
            self.term_rows.save(folder)
        (folder / "ids.json").write_text(json.dumps([*self.ids], ensure_ascii=False), encoding="utf-8")
        counted = np.frombuffer(bytes(self._is_counted), dtype=np.bool_)
        archive.write(folder / SUMS, {"sums": self.sums, "counts": self.counts, "counted": counted})

    @classmethod
    def load(cls, folder: Path, dimensions: Mapping[Facet, int], *, terms_share: float = 0.0) -> Self:
        """Read what `save` wrote. The caller has checked the files' digests.

        Raises:
            SnapshotRefused: the files cannot be read, or do not fit each other or the dimensions.
        """
        index = cls(dimensions, terms_share=terms_share)
        kind = Codes if (folder / codes.FILES[0]).exists() else FlatRows
        try:
            index._values = kind.load(folder, index.layout.dimensions)
            if index.term_rows is not None:
                index.term_rows = TermRows.load(folder)
            ids = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
            sums, counts, counted = archive.read(folder / SUMS, ("sums", "counts", "counted")).arrays.values()
        # FAISS raises RuntimeError, and numpy EOFError of a file that is empty.
        except (OSError, EOFError, RuntimeError, ValueError) as error:
            raise SnapshotRefused(f"{folder.name} cannot be read: it will be rebuilt") from error
        fits = sums.shape == index.sums.shape and counts.shape == index.counts.shape
        fits &= counted.shape == (len(index._values),) and counted.dtype == np.bool_
        fits &= index.term_rows is None or len(index.term_rows) == len(index._values)
        if not fits or not are_ids(ids, rows=len(index._values)):
            raise SnapshotRefused(f"{folder.name} holds other rows than it says: it will be rebuilt")
        index.sums[:], index.counts[:], index._is_counted = sums, counts, bytearray(counted.tobytes())
        if index.term_rows is not None:
            for row in np.flatnonzero(~counted).tolist():
                index.term_rows.count(row, sign=-1)
        index._names = Names(ids, packed=kind is Codes)
        index._free = [row for row, name in enumerate(ids) if name is None]
        return index

    def _compact(self) -> None:
        """Keep the rows as codes from now on. The sums are those of what is kept."""
        asking = self.asking.sample() if self.asking else np.zeros((0, self.layout.width), dtype=np.float32)
        compact = Codes.learned(self.layout.dimensions, self.sample(), asking=asking)
        self.sums[:], self._plain_sums = 0.0, None
        for block in self._values.blocks():
            compact.extend(block)
        self._values = compact
        self._names.pack()
        counted, start = np.frombuffer(bytes(self._is_counted), dtype=np.bool_), 0
        for block in compact.blocks():
            those = self.layout.split(block[counted[start : start + len(block)]])[0]
            self.sums += those.sum(axis=0, dtype=np.float64)
            start += len(block)

    def _count(self, row: int, *, sign: int) -> None:
        """Add a row as it is kept to the sums, or take it out of them with the sign −1, if it counts."""
        self.writes += 1
        if not self._is_counted[row]:
            return
        facets, known = self.layout.split(self._values.read(slice(row, row + 1))[0])
        self.sums += sign * facets
        self.counts += sign * known
        self._plain_sums = None
        if self.term_rows is not None:
            self.term_rows.count(row, sign=sign)

    def _forget(self, row: int) -> None:
        self._count(row, sign=-1)
        self._is_counted[row] = False
