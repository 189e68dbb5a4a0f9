"""The telling words of the bodies of one side, a row of 64 whole numbers of 16 bits each: two lines of memory.

Beside the vectors, large side or small: what is kept is what was put, to the last bit.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, compiled, compiled_sums, fetch_all, valued
from matcher.core.terms import BUCKETS, HEAVIEST, STEMS, WEIGHT_BITS, Terms
from matcher.core.traits import Rows
from matcher.stages.index.growing import GrowingArray

FILE = "terms.npy"
UNIT = 2**24
"""What a weight of 1 counts in the sums: whole numbers, so that what is taken out leaves nothing behind."""


class Asked(NamedTuple):
    """The terms of a document that asks."""

    table: npt.NDArray[np.int32]
    """Shape (BUCKETS,): the weight of each bucket's stem, as wide as a processor looks up sixteen of at once."""
    squared: int
    """The sum of all weights' squares; 0 where the document has no terms."""

    @classmethod
    def of(cls, terms: Terms | None) -> "Asked":
        """Return a document's terms as a question."""
        table = np.zeros(BUCKETS, dtype=np.int32)
        return cls(table, 0 if terms is None else int(_spread(terms, table)))


class TermRows:
    """Rows that can be added, overwritten and compared. Not thread-safe: the engine holds its lock."""

    def __init__(self) -> None:
        self._kept = GrowingArray(STEMS, np.uint16)
        self._length = 0
        self.sums = np.zeros(BUCKETS, dtype=np.int64)
        """Shape (BUCKETS,): the sum of all counting rows' weights, each row scaled to length 1, in whole UNITs."""

    def __len__(self) -> int:
        return self._length

    def reserve(self, rows: int) -> None:
        """Make room for so many rows at least.

        Raises:
            OSError: there is no memory for them; all is as it was.
        """
        self._kept.reserve(rows)

    def put(self, row: int, terms: Terms | None) -> None:
        """Overwrite a row that does not count, or add the one behind the last; None empties it."""
        self.reserve(row + 1)
        self._length = max(self._length, row + 1)
        self._kept.all[row] = 0 if terms is None else terms

    def count(self, row: int, *, sign: int) -> None:
        """Add a row to the sums (1), or take it out of them (-1)."""
        _counted(self._kept.all, row, sign, self.sums)

    def of(self, row: int) -> Terms | None:
        """Return a copy of a row, or None where it is empty."""
        terms: Terms = self._kept.all[row].copy()
        return terms if terms[0] else None

    def cosines(self, asked: Asked, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the cosines of some rows with what is asked, in their order; 0 where either has no terms."""
        if not asked.squared:
            return np.zeros(len(rows), dtype=np.float32)
        return valued(_cosines, self._kept.all, asked.table, asked.squared, rows=rows)

    def cosines_of_all(self, asked: Sequence[Asked]) -> npt.NDArray[np.float32]:
        """Return the cosines of all rows with all of many questions, shape (questions, rows)."""
        # A bucket's weights side by side: one row's terms are added to many questions in one go.
        tables = np.ascontiguousarray(np.stack([one.table for one in asked]).T, dtype=np.uint8)
        squared = np.array([one.squared for one in asked], dtype=np.int64)
        out = np.empty((self._length, len(asked)), dtype=np.float32)
        _cosines_of_many(self._kept.all, tables, squared, out)
        return out.T

    def among(self, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the cosines between some rows, shape (rows, rows)."""
        return self.between(rows, rows)

    def between(self, rows: Rows, others: Rows) -> npt.NDArray[np.float32]:
        """Return the cosines of some rows with others, shape (rows, others)."""
        out = np.empty((len(rows), len(others)), dtype=np.float32)
        _between(self._kept.all, rows, others, np.zeros(BUCKETS, dtype=np.int32), out)
        return out

    def save(self, folder: Path) -> None:
        """Write the rows into a folder; `load` brings them back."""
        np.save(folder / FILE, self._kept.all[: self._length])

    @classmethod
    def load(cls, folder: Path) -> "TermRows":
        """Read what `save` wrote; all rows count.

        Raises:
            OSError, ValueError: it cannot be read, or holds something else.
        """
        # Mapped: it is copied to where it can grow, and must not be in memory twice meanwhile.
        rows = np.load(folder / FILE, mmap_mode="r", allow_pickle=False)
        if rows.dtype != np.uint16 or rows.shape[1:] != (STEMS,):
            raise ValueError("the terms are of another kind")
        found = cls()
        found._kept.reserve(len(rows))
        found._kept.all[: len(rows)] = rows
        found._length = len(rows)
        if not _all_counted(found._kept.all, found._length, found.sums):
            raise ValueError("the terms are in no order")
        return found


def mean_cosine(sums: npt.NDArray[np.int64], others: npt.NDArray[np.int64], *, pairs: int) -> float:
    """Return the mean cosine of so many pairs of a row here and one there, from the sums of both."""
    return float(_product(sums, others)) / pairs / UNIT**2


@compiled
def _spread(terms: Terms, table: npt.NDArray[np.int32]) -> int:
    """Write each stem's weight at its bucket; return the square of all weights' length."""
    squared = 0
    for at in range(len(terms)):
        weight = int(terms[at]) & HEAVIEST
        if weight:
            table[terms[at] >> WEIGHT_BITS] = weight
        squared += weight * weight
    return squared


@compiled_sums
def _product(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> float:
    total = 0.0
    for at in range(len(one)):
        total += np.float64(one[at]) * np.float64(other[at])
    return total


@compiled
def _counted(kept: npt.NDArray[np.uint16], row: int, sign: int, sums: npt.NDArray[np.int64]) -> bool:
    """Add a row to the sums, or take it out of them; tell whether it is in order."""
    squared, before, is_fine = 0, 1 << 16, True
    for at in range(STEMS):
        term = int(kept[row, at])
        weight = term & HEAVIEST
        is_fine &= term == 0 or (weight > 0 and term >> WEIGHT_BITS < before >> WEIGHT_BITS)
        is_fine &= before > 0 or term == 0
        squared += weight * weight
        before = term
    if squared:
        for at in range(STEMS):
            term = int(kept[row, at])
            part = (term & HEAVIEST) / np.sqrt(np.float64(squared)) * UNIT
            sums[term >> WEIGHT_BITS] += sign * np.int64(np.rint(part))
    return is_fine


@compiled
def _all_counted(kept: npt.NDArray[np.uint16], rows: int, sums: npt.NDArray[np.int64]) -> bool:
    """Add so many rows to the sums; tell whether all are in order."""
    is_fine = True
    for row in range(rows):
        is_fine &= _counted(kept, row, 1, sums)
    return is_fine


@compiled
def _cosines(
    kept: npt.NDArray[np.uint16],
    table: npt.NDArray[np.int32],
    squared: int,
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in each row's cosine. Sums of whole numbers, one root of both lengths: from either side the same."""
    for place in range(len(rows)):
        soon = np.uintp(rows[min(place + AHEAD, len(rows) - 1)])
        fetch_all(kept, soon)
        row = np.uintp(rows[place])
        shared, length = np.int32(0), np.int32(0)
        # To the end, where a row may hold nothing: without a branch, a processor looks up many at once.
        for at in range(np.uintp(0), np.uintp(STEMS)):
            term = np.uint32(kept[row, at])
            weight = np.int32(term & np.uint32(HEAVIEST))
            shared = np.int32(shared + weight * table[np.uintp(term >> np.uint32(WEIGHT_BITS))])
            length = np.int32(length + weight * weight)
        out[place] = shared / np.sqrt(np.float64(length) * squared) if length and squared else 0.0


@compiled
def _between(
    kept: npt.NDArray[np.uint16],
    rows: Rows,
    others: Rows,
    table: npt.NDArray[np.int32],
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in the cosines of some rows with others."""
    for place in range(len(rows)):
        squared = _spread(kept[rows[place]], table)
        _cosines(kept, table, squared, others, out[place])
        table[:] = 0


@compiled
def _cosines_of_many(
    kept: npt.NDArray[np.uint16],
    tables: npt.NDArray[np.uint8],
    squared: npt.NDArray[np.int64],
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in the cosines of the first rows, as many as `out` has, with many questions."""
    shared = np.zeros(len(squared), dtype=np.int32)
    for row in range(len(out)):
        shared[:] = 0
        length = np.int32(0)
        for at in range(STEMS):
            term = kept[row, at]
            if not term:
                break
            weight = np.int32(term & HEAVIEST)
            bucket = np.uintp(term >> WEIGHT_BITS)
            for question in range(len(shared)):
                shared[question] += weight * np.int32(tables[bucket, question])
            length = np.int32(length + weight * weight)
        for question in range(len(shared)):
            both = np.float64(length) * squared[question]
            out[row, question] = shared[question] / np.sqrt(both) if both else 0.0
