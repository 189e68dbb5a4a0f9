"""Which document is at which row, and the other way round: in an eighth of what a dictionary takes a document."""

from array import array
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled

FREE = -1
GONE = -2
"""Where a row stood that was taken out: a search goes on behind it."""
LEAST = 1024


class Names:
    """The ids of a side by row, and its rows by id. Open addressing with linear steps; never more than half full."""

    def __init__(self, names: Sequence[str | None] = ()) -> None:
        """Take the ids by row, each once; None where a row is free."""
        self.by_row: list[str | None] = [*names]
        self._count = sum(name is not None for name in self.by_row)
        self._table = array("i")
        self._taken = 0
        self._rebuild()

    def __len__(self) -> int:
        return self._count

    def row(self, name: object) -> int | None:
        """Return the row of an id, or None."""
        row = self._table[self._find(name)]
        return row if row >= 0 else None

    def put(self, name: str, row: int) -> None:
        """Write an id that has no row yet at a free row, or at the one behind the last."""
        if 2 * (self._taken + 1) > len(self._table):
            self._rebuild()
        at = self._find(name)
        self._table[at] = row
        self._taken += 1
        self._count += 1
        if row == len(self.by_row):
            self.by_row.append(name)
        else:
            self.by_row[row] = name

    def remove(self, name: str) -> int | None:
        """Free the row of an id and return it; None where it has none."""
        at = self._find(name)
        row = self._table[at]
        if row < 0:
            return None
        self._table[at] = GONE
        self._count -= 1
        self.by_row[row] = None
        return row

    def _find(self, name: object) -> int:
        """Return where in the table an id's row stands, or else where nothing does."""
        mask = len(self._table) - 1
        at = hash(name) & mask
        while (row := self._table[at]) != FREE:
            if row >= 0 and self.by_row[row] == name:
                break
            at = (at + 1) & mask
        return at

    def _rebuild(self) -> None:
        """Make the table anew, without what is gone, and so long that it is a third full at most."""
        size = max(LEAST, 1 << (3 * self._count).bit_length())
        rows = np.array([row for row, name in enumerate(self.by_row) if name is not None], dtype=np.int64)
        hashes = np.fromiter((hash(name) for name in self.by_row if name is not None), dtype=np.int64, count=len(rows))
        self._table = array("i", [FREE]) * size
        _fill(np.frombuffer(self._table, dtype=np.int32), rows, hashes)
        self._taken = self._count


@compiled
def _fill(table: npt.NDArray[np.int32], rows: npt.NDArray[np.int64], hashes: npt.NDArray[np.int64]) -> None:
    mask = len(table) - 1
    for place in range(len(rows)):
        at = hashes[place] & mask
        while table[at] != FREE:
            at = (at + 1) & mask
        table[at] = rows[place]
