"""How a document lies in a row: its facet vectors side by side, then one coordinate a facet, 1 where it lacks that."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled, compiled_sums
from matcher.core.domain import Facet
from matcher.core.errors import InvalidVectors
from matcher.core.ports import Vectors
from matcher.core.traits import Mask, Rows

FacetVectors = Mapping[Facet, Vectors]
"""One document's facet vectors, shape (the facet's dimension,), unit length; a facet that it lacks is absent."""


class Layout:
    """Puts facet vectors into rows, takes them out, and compares them facet by facet."""

    def __init__(self, dimensions: Mapping[Facet, int]) -> None:
        """Take the dimensions of each facet's vectors."""
        self.facets = tuple(facet for facet in Facet if facet in dimensions)
        """The facets that have vectors, in the order of `Facet`."""
        self.dimensions = tuple(dimensions[facet] for facet in self.facets)
        """How wide each facet's vector is, in the order of the facets."""
        self.ends = np.cumsum(self.dimensions)
        """Where in a row each facet's vector ends."""
        self.parts = tuple(map(slice, (self.ends - self.dimensions).tolist(), self.ends.tolist()))
        """Where in a row each facet's vector stands."""
        self.width = sum(self.dimensions) + len(self.facets)
        """Columns of a row."""

    def part(self, facet: Facet) -> slice:
        """Return where in a row a facet's vector stands."""
        return self.parts[self.facets.index(facet)]

    def row(self, vectors: FacetVectors) -> npt.NDArray[np.float32]:
        """Return a document's row, shape (width,).

        Raises:
            InvalidVectors: a vector is not finite, not of unit length, or not of its facet's dimension.
        """
        values = np.zeros(self.width, dtype=np.float32)
        for place, (facet, part) in enumerate(zip(self.facets, self.parts, strict=True)):
            vector: Any = vectors.get(facet)
            if vector is None:
                values[place - len(self.facets)] = 1.0
                continue
            # FAISS takes NaN silently and then answers id -1 for every query. As float64 it cannot overflow.
            squared = float(np.square(vector, dtype=np.float64).sum())
            if vector.shape != (self.dimensions[place],) or not abs(squared - 1.0) < 1e-3:
                raise InvalidVectors(
                    f"the {facet} vector is not a finite unit vector of {self.dimensions[place]} dimensions: "
                    "check the encoder, then run `matcher reindex`"
                )
            values[part] = vector
        return values

    def side_by_side(self, vectors: FacetVectors) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Return facet vectors side by side, zero where one is absent, and which there are."""
        known = np.array([facet in vectors for facet in self.facets])
        values = np.zeros(self.width - len(self.facets), dtype=np.float32)
        for facet, part in zip(self.facets, self.parts, strict=True):
            if facet in vectors:
                values[part] = vectors[facet]
        return values, known

    def split(self, values: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        """Return the facet vectors side by side, and which facets are there, of one row or of several."""
        return values[..., : -len(self.facets)], values[..., -len(self.facets) :] == 0.0

    def by_facet(self, values: Vectors, known: npt.NDArray[np.bool_]) -> dict[Facet, Vectors]:
        """Return what `side_by_side` was made of."""
        return {facet: values[part] for facet, part, has in zip(self.facets, self.parts, known, strict=True) if has}

    def cosines_among(self, values: npt.NDArray[np.float32], facets: Sequence[Facet]) -> npt.NDArray[np.float32]:
        """Return the cosines between some rows, shape (rows, width), in some facets: shape (facets, rows, rows)."""
        cosines = np.empty((len(facets), len(values), len(values)), dtype=np.float32)
        for facet, those in zip(facets, cosines, strict=True):
            # Not a matrix product: for so few rows BLAS wakes a team of threads, which takes longer than the work.
            part = self.part(facet)
            _products_among(values, part.start, part.stop, those)
        return cosines

    def cosines_between(
        self, values: npt.NDArray[np.float32], others: npt.NDArray[np.float32], facets: Sequence[Facet]
    ) -> npt.NDArray[np.float32]:
        """Return the cosines of some rows with others in some facets, shape (facets, rows, others)."""
        cosines = np.empty((len(facets), len(values), len(others)), dtype=np.float32)
        for facet, those in zip(facets, cosines, strict=True):
            part = self.part(facet)
            _products_between(values, others, part.start, part.stop, those)
        return cosines

    def any_alike(self, documents: npt.NDArray[np.float32], rows: Rows, facet: Facet, *, least: float) -> bool:
        """Tell whether any two of some rows of many, shape (many, width), have such a cosine in one facet."""
        part = self.part(facet)
        return bool(_any_product(documents, rows, part.start, part.stop, least))


# All take whole arrays, never parts of them: for an array of another layout another loop is compiled, which may add up
# in another order.
@compiled_sums
def _products(
    documents: npt.NDArray[np.float32],
    rows: Rows,
    ends: npt.NDArray[np.int64],
    query: Vectors,
    cosines: npt.NDArray[np.float32],
) -> None:
    """Fill in the inner products of some rows with a query, facet by facet."""
    for place in range(len(rows)):
        row, start = np.uintp(rows[place]), 0
        for facet in range(len(ends)):
            # Not a matrix product: equal rows must get equal cosines to the last bit, so that ties go by lot.
            here, there = documents[row, start : ends[facet]], query[start : ends[facet]]
            total = np.float32(0.0)
            for at in range(len(there)):
                total += here[at] * there[at]
            cosines[place, facet] = total
            start = ends[facet]


@compiled_sums
def _products_among(
    documents: npt.NDArray[np.float32], start: int, stop: int, cosines: npt.NDArray[np.float32]
) -> None:
    """Fill in the inner product of each two rows, from `start` to `stop`."""
    for one in range(len(documents)):
        here = documents[one, start:stop]
        for other in range(one, len(documents)):
            there = documents[other, start:stop]
            total = np.float32(0.0)
            for at in range(stop - start):
                total += here[at] * there[at]
            cosines[one, other] = cosines[other, one] = total


@compiled_sums
def _products_between(
    documents: npt.NDArray[np.float32],
    others: npt.NDArray[np.float32],
    start: int,
    stop: int,
    cosines: npt.NDArray[np.float32],
) -> None:
    """Fill in the inner product of each of some rows with each of others, from `start` to `stop`."""
    for one in range(len(documents)):
        here = documents[one, start:stop]
        for other in range(len(others)):
            there = others[other, start:stop]
            total = np.float32(0.0)
            for at in range(stop - start):
                total += here[at] * there[at]
            cosines[one, other] = total


@compiled_sums
def _any_product(documents: npt.NDArray[np.float32], rows: Rows, start: int, stop: int, least: float) -> bool:
    """Tell whether two of some rows have such an inner product, from `start` to `stop`."""
    for one in range(len(rows)):
        here = documents[np.uintp(rows[one]), start:stop]
        for other in range(one + 1, len(rows)):
            there = documents[np.uintp(rows[other]), start:stop]
            total = np.float32(0.0)
            for at in range(stop - start):
                total += here[at] * there[at]
            if total >= least:
                return True
    return False


@compiled
def compare(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    documents: npt.NDArray[np.float32],
    rows: Rows,
    ends: npt.NDArray[np.int64],
    query: Vectors,
    known: Mask,
    unknown: npt.NDArray[np.float32],
    of_terms: npt.NDArray[np.float32],
    terms_share: npt.NDArray[np.float32],
    similar: npt.NDArray[np.float32],
    compared: Mask,
) -> None:
    """Fill in how alike some rows are with a question in each facet, and which facets were compared.

    Args:
        documents: many rows, shape (many, width).
        rows: which of them.
        ends: where in a row each facet's vector ends.
        query: the question's facet vectors, side by side.
        known: shape (facets,): which facets it has.
        unknown: shape (facets,): what counts where either side lacks the facet.
        of_terms: the cosines of the rows' terms; empty where none are compared.
        terms_share: shape (facets,): what those count.
        similar: shape (rows, facets).
        compared: likewise.
    """
    facets = len(ends)
    _products(documents, rows, ends, query, similar)
    for place in range(len(rows)):
        row = np.uintp(rows[place])
        for facet in range(facets):
            has = known[facet] and documents[row, documents.shape[1] - facets + facet] == 0.0
            share = terms_share[facet]
            if not has:
                similar[place, facet] = unknown[facet]
            elif share > 0.0 and len(of_terms):
                similar[place, facet] = similar[place, facet] * (np.float32(1.0) - share) + of_terms[place] * share
            compared[place, facet] = has
