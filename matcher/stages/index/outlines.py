"""Outlines of rows: the main directions of their first facet in 8 bits, 32 bytes a row.

They tell no bound, only about how much two vectors agree: enough to draw up a shortlist of half a million rows in the
time in which a tenth of their heads can be read. 64 rows lie together, coordinate by coordinate, so that a processor
adds up many rows at once. They are made of the heads by sums of whole numbers, so that a row has the same outline
whenever it is written or loaded.
"""

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled, valued
from matcher.core.ports import Vectors
from matcher.core.traits import Rows
from matcher.stages.index.heads import FACTOR, HALF, MISSING, MOST, mixed
from matcher.stages.index.room import Room

TOGETHER = 64
"""Rows that lie together."""
CODES = 28
"""Directions that an outline holds: two thirds of a title's length."""
WHOLE = 4096
"""What a direction's coordinate of 1 is as a whole number: floats of 32 bits add up so many exactly."""
HIGHEST = np.iinfo(np.int16).max // (MOST + 1)
"""What the codes of a question add up to at most: no sum of its products with a row's needs more than 16 bits."""
AT_ONCE = 4
"""Directions whose products are added up before their sums are put down."""
BLOCK = 16_384

Codes8 = npt.NDArray[np.int8]


class Outlines:
    """The outlines of rows that have heads."""

    def __init__(self, head: int) -> None:
        """Make an empty one, of heads of so many coordinates."""
        self._along = np.rint(next(mixed(head))[:, :CODES] * WHOLE).astype(np.float32)
        """The directions along which rows differ most, in those of the heads, shape (head, codes)."""
        self._codes = Room(-(-self._along.shape[1] // AT_ONCE) * AT_ONCE * TOGETHER, np.int8)
        self._counts = Room(TOGETHER, np.float32)
        """What each code of a row counts; MISSING where it lacks the facet."""

    def reserve(self, rows: int) -> None:
        """Make room for so many rows at least.

        Raises:
            OSError: there is no memory for them.
        """
        self._codes.reserve(-(-rows // TOGETHER))
        self._counts.reserve(-(-rows // TOGETHER))

    def write(self, heads: Codes8, behind: npt.NDArray[np.float32], start: int, end: int) -> None:
        """Write the outlines of rows from `start` up to `end`, whose heads have been written."""
        self.reserve(end)
        length = len(self._along)
        for first in range(start, end, BLOCK):
            some = slice(first, min(first + BLOCK, end))
            along = heads[some, :length].astype(np.float32) @ self._along
            _outline(along, behind[some, FACTOR].copy(), self._codes.all, self._counts.all, first)

    def alike(self, head: Vectors, lacking: float, rows: Rows) -> npt.NDArray[np.float32]:
        """Return about what the inner products of some rows with a question's head are.

        Args:
            head: the question's, shape (head,).
            lacking: what counts instead where a row lacks the facet.
            rows: which, ascending.
        """
        asked = head @ self._along / np.float32(WHOLE)
        step = max(float(np.abs(asked).sum()), 1e-30) / (HIGHEST - len(asked) / 2)
        codes = np.zeros(-(-len(asked) // AT_ONCE) * AT_ONCE, dtype=np.int16)
        codes[: len(asked)] = np.rint(asked / step)
        sizes = np.array([step, lacking], dtype=np.float32)
        return valued(_alike, self._codes.all, self._counts.all, codes, sizes, rows=rows)


@compiled
def _outline(
    along: Vectors, factors: npt.NDArray[np.float32], codes: Codes8, counts: npt.NDArray[np.float32], start: int
) -> None:
    """Write the outlines of rows from `start` on."""
    for place in range(len(along)):
        block, at = (start + place) // TOGETHER, (start + place) % TOGETHER
        longest = np.float32(0.0)
        for direction in range(along.shape[1]):
            longest = max(longest, abs(along[place, direction]))
        scale = np.float32(MOST) / longest if longest else np.float32(0.0)
        for direction in range(along.shape[1]):
            codes[block, direction * TOGETHER + at] = np.int8(np.rint(along[place, direction] * scale))
        lacks = factors[place] == MISSING
        counts[block, at] = MISSING if lacks else factors[place] * HALF * longest / (MOST * WHOLE)


@compiled
def _alike(
    codes: Codes8,
    counts: npt.NDArray[np.float32],
    asked: npt.NDArray[np.int16],
    sizes: npt.NDArray[np.float32],
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in what `alike` returns, of rows that ascend."""
    step, lacking = sizes[0], sizes[1]
    sums, found = np.empty(TOGETHER, dtype=np.int16), np.empty(TOGETHER, dtype=np.float32)
    place, together = np.uintp(0), np.uintp(TOGETHER)
    end = np.uintp(len(rows))
    while place < end:
        block = np.uintp(rows[place]) // together
        sums[:] = 0
        for direction in range(np.uintp(0), np.uintp(len(asked)), np.uintp(AT_ONCE)):
            one, two, three = (
                direction * together,
                (direction + np.uintp(1)) * together,
                (direction + np.uintp(2)) * together,
            )
            four = three + together
            for at in range(np.uintp(0), together):
                sums[at] += (
                    np.int16(codes[block, one + at]) * asked[direction]
                    + np.int16(codes[block, two + at]) * asked[direction + np.uintp(1)]
                    + np.int16(codes[block, three + at]) * asked[direction + np.uintp(2)]
                    + np.int16(codes[block, four + at]) * asked[direction + np.uintp(3)]
                )
        for at in range(np.uintp(0), together):
            count = counts[block, at]
            found[at] = lacking if count == MISSING else count * step * np.float32(sums[at])
        first = block * together
        while place < end and np.uintp(rows[place]) - first < together:
            out[place] = found[np.uintp(rows[place]) - first]
            place += np.uintp(1)
