"""Which document is at which row, and the other way round: in an eighth of what a dictionary takes a document."""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled

FREE = -1
GONE = -2
"""Where a row stood that was taken out: a search goes on behind it."""
LEAST = 1024
NO_NAME = -1


class Packed:
    """The ids of many rows as one text: a third of the memory of a list, and some ten times its time to look at one."""

    def __init__(self, names: Iterable[str | None]) -> None:
        self._text = bytearray()
        self._starts = array("q")
        self._sizes = array("i")
        self._room = array("i")
        for name in names:
            self.append(name)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, row: int) -> str | None:
        size, start = self._sizes[row], self._starts[row]
        return None if size == NO_NAME else self._text[start : start + size].decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str | None]:
        return map(self.__getitem__, range(len(self)))

    def __setitem__(self, row: int, name: str | None) -> None:
        start, room = self._starts[row], self._room[row]
        self._text[start : start + room] = bytes(room)  # what is erased must not stay behind
        self._sizes[row] = NO_NAME
        if name is None:
            return
        encoded = name.encode("utf-8", "surrogatepass")
        if len(encoded) > room:
            start = self._starts[row] = len(self._text)
            self._text += encoded
            self._room[row] = len(encoded)
        self._text[start : start + len(encoded)] = encoded
        self._sizes[row] = len(encoded)

    def append(self, name: str | None) -> None:
        """Add a row."""
        self._starts.append(len(self._text))
        self._sizes.append(NO_NAME)
        self._room.append(0)
        self[len(self) - 1] = name


class Names:
    """The ids of a side by row, and its rows by id. Open addressing with linear steps; never more than half full."""

    def __init__(self, names: Iterable[str | None] = (), *, packed: bool = False) -> None:
        """Take the ids by row, each once; None where a row is free."""
        self.by_row: list[str | None] | Packed = Packed(names) if packed else [*names]
        self._count = sum(name is not None for name in self.by_row)
        self._table = array("i")
        self._taken = 0
        self._rebuild()

    def __len__(self) -> int:
        return self._count

    def pack(self) -> None:
        """Keep the ids in less memory from now on."""
        self.by_row = Packed(self.by_row)

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


def are_ids(found: object, *, rows: int) -> bool:
    """Tell whether these are ids by row: each a text that stands once, or None for a free row."""
    if not isinstance(found, list) or len(found) != rows:
        return False
    names = [name for name in found if name is not None]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


@compiled
def _fill(table: npt.NDArray[np.int32], rows: npt.NDArray[np.int64], hashes: npt.NDArray[np.int64]) -> None:
    mask = len(table) - 1
    for place in range(len(rows)):
        at = hashes[place] & mask
        while table[at] != FREE:
            at = (at + 1) & mask
        table[at] = rows[place]
