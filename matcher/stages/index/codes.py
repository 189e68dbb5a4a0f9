"""Rows of 8-bit integers: a quarter of the memory, for sides of many documents.

A facet's vector is kept as whole numbers and a factor, chosen so that the vector that is read has length 1 again. What
a question is compared with is what is read: the order of two documents may differ from that of their exact vectors
where their scores are some 0.00002 apart, and never differs between two ways to ask.

The first facet decides most of a score. Its vectors are rotated, once, so that their first coordinates, the head, hold
as much of them as can be, the next ones, the middle, as much of what is left as can be, and the tail the rest. The head
is kept in 16 bits, in two halves; the upper halves stand by themselves, a twelfth of a row, with the lengths of what is
left: from them a question tells what score a row can reach at most, and from the middle it tells so more closely. Most
rows cannot reach the best ones' and are never read. What is read of head, middle and tail is as long as each was: what
the rounding of one does to its length does not reach the others.

The other facets have 10 bits: 8 beside the first facet's, and two more of four coordinates in one byte.

FAISS's scalar quantizer has no call that scores given rows, so the loops are ours; with a question of 16 bits they add
up whole numbers, which takes a fifth of the time that floats do.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import in_halves, valued
from matcher.core.ports import Vectors
from matcher.core.traits import Rows
from matcher.stages.index import loops
from matcher.stages.index.growing import GrowingArray
from matcher.stages.index.heads import (
    HALF,
    HEAD,
    HEAD_BYTES,
    HEAD_STEP,
    MIDDLE_STEP,
    NEAR,
    Int16s,
    head_bounds,
    in_steps,
    rotation_of,
    spread,
)
from matcher.stages.index.loops import MIDDLE_BYTES, QUARTER

FILES = ("codes.npy", "heads.npy", "middles.npy", "factors.npy", "missing.npy", "fine.npy")
ROTATION = "turn.npy"
ROTATION_LONG = 256
"""From so many coordinates on, two threads rotate a question."""
MIDDLE = 256
"""Coordinates that are looked at after the head: four lines, in one piece, for whoever reads no more of a row."""
BLOCK = 16_384
LONG = 384
"""From so many rows on, two threads read all of them: of each 23 lines."""

_Asked = tuple[Int16s, Int16s, Int16s, npt.NDArray[np.float32]]


class Codes:
    """The same as `FlatRows`, of codes. Vectors are read as they are kept: the first facet's rotated."""

    precision = 0.02
    has_upper_bounds = True

    def __init__(self, dimensions: Sequence[int], rotation: Vectors) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet.
            rotation: shape (dimension, dimension) of the first facet, orthogonal, from `learned`.
        """
        self._facets = len(dimensions)
        self._rotation = rotation
        self._first = dimensions[0]
        self._bands = _bands(self._first)
        ends = np.cumsum([*self._bands, *dimensions[1:]])
        self._ends = ends
        self._parts = [slice(start, end) for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
        """Where in a row each part stands: the first facet's head, middle and tail, then the other facets."""
        self.width = int(ends[-1]) + self._facets
        self._length = 0
        self._skipped = self._bands[1]
        self._codes = GrowingArray(self.width - self._facets - self._skipped, np.int8)
        """Shape (rows, all coordinates but the middle): lower halves of the head, the tail, the other facets."""
        self._heads = GrowingArray(HEAD_BYTES, np.int8)
        """Shape (rows, HEAD_BYTES): upper halves of the head, then the four numbers of `_behind_heads`."""
        self._middles = GrowingArray(MIDDLE_BYTES, np.int8)
        """Shape (rows, MIDDLE_BYTES): the middle, then zeros."""
        self._factors = GrowingArray(self._facets, np.float32)
        """Shape (rows, facets): what a code counts in the first facet's tail, then in each other facet."""
        self._missing = GrowingArray(self._facets, np.bool_)
        """Shape (rows, facets): which the row lacks."""
        self._fine_ends = np.cumsum([0, *(-(-dimension // QUARTER) for dimension in dimensions[1:])])
        """Where in a row of `_fine` the bytes of each other facet end; 0 first."""
        self._fine = GrowingArray(int(self._fine_ends[-1]), np.uint8)
        """Shape (rows, bytes): two more bits of each coordinate of the other facets, four coordinates a byte."""
        self._last: tuple[Vectors, _Asked] | None = None
        """The last question, and what was made of it: the same one comes some ten times."""

    def __len__(self) -> int:
        return self._length

    @property
    def _arrays(self) -> tuple[GrowingArray, ...]:
        """In the order of FILES."""
        return self._codes, self._heads, self._middles, self._factors, self._missing, self._fine

    @property
    def _behind_heads(self) -> npt.NDArray[np.float32]:
        """The four numbers behind each row's head, shape (capacity, 4), as `heads` has them: a view."""
        return self._heads.all.view(np.float32)[:, -4:]

    @classmethod
    def learned(cls, dimensions: Sequence[int], rows: Vectors, *, asking: Vectors) -> Self:
        """Make an empty one whose rotation suits some rows and those that ask for them, shape (rows, width) each.

        A bound is as far off as what lies beyond the head is long, on both sides.
        """
        rotation = rotation_of([some[:, : dimensions[0]] for some in (rows, asking)], bands=_bands(dimensions[0]))
        return cls(dimensions, rotation)

    def sample(self, count: int) -> Vectors:
        """Return about so many rows as they were put."""
        values = self.read(spread(self._length, count))
        values[:, : self._first] = values[:, : self._first] @ self._rotation
        return values

    def rotated(self, facets: Vectors) -> Vectors:
        """Return facet vectors side by side as those of the rows are kept, shape (dimensions,)."""
        found, out = facets.copy(), np.empty((1, self._first), dtype=np.float32)
        vector = np.ascontiguousarray(facets[None, : self._first])
        # In halves: the rotation is as long as two thousand rows.
        in_halves(
            lambda some: loops.rotate(self._rotation[some], vector, out[:, some]), self._first, long=ROTATION_LONG
        )
        found[: self._first] = out[0]
        return found

    def unrotated(self, facets: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Undo `rotated`, for floats of any width."""
        found = facets.copy()
        found[: self._first] = 0.0
        loops.add_up(self._rotation, facets, found)
        return found

    def extend(self, values: npt.NDArray[np.float32]) -> None:
        """Add rows, shape (rows, width), as they are before they are rotated."""
        length = self._length + len(values)
        for array in self._arrays:
            array.reserve(length)
        self._write(slice(self._length, length), values)
        self._length = length

    def write(self, row: int, values: Vectors) -> None:
        """Overwrite a row."""
        self._write(slice(row, row + 1), values[None])

    def _write(self, rows: slice, values: npt.NDArray[np.float32]) -> None:
        first = self._all_rotated(values[:, : self._first])
        missing = values[:, -self._facets :] != 0.0
        self._missing.all[rows] = missing
        loops.encode(
            first,
            values,
            self._ends,
            self._codes.all,
            self._heads.all,
            self._middles.all,
            self._behind_heads,
            self._factors.all,
            self._fine.all,
            self._fine_ends,
            missing,
            rows.start,
        )

    def _all_rotated(self, vectors: Vectors) -> Vectors:
        found = np.empty((len(vectors), self._first), dtype=np.float32)
        loops.rotate(self._rotation, np.ascontiguousarray(vectors), found)
        return found

    def as_floats(self, rows: Rows) -> tuple[npt.NDArray[np.float32], Rows]:
        """Return what holds some rows as floats, and where in it each of them lies."""
        return self.read(rows), np.arange(len(rows))

    def read(self, rows: Rows | slice) -> npt.NDArray[np.float32]:
        """Return some rows as floats, shape (rows, width)."""
        kept = (*(array.all for array in self._arrays), self._behind_heads)
        codes, heads, middles, factors, missing, fine, behind = (array[: self._length][rows] for array in kept)
        values = np.empty((len(codes), self.width), dtype=np.float32)
        head, middle, tail, *others = self._parts
        np.multiply(heads[:, head], np.float32(HALF), out=values[:, head])
        values[:, head] += codes[:, head]
        values[:, head] *= np.maximum(behind[:, HEAD_STEP, None], 0.0)
        np.multiply(middles[:, : self._skipped], behind[:, MIDDLE_STEP, None], out=values[:, middle])
        np.multiply(codes[:, self._kept(tail)], factors[:, 0, None], out=values[:, tail])
        for place, part in enumerate(others):
            start, end = self._fine_ends[place : place + 2]
            finer = np.concatenate([fine[:, start:end] >> 2 * at & 3 for at in range(QUARTER)], axis=1)
            values[:, part] = codes[:, self._kept(part)] * np.float32(QUARTER)
            values[:, part] += finer[:, : part.stop - part.start].astype(np.float32) - 2.0
            values[:, part] *= factors[:, place + 1, None]
        values[:, -self._facets :] = missing
        return values

    def _kept(self, part: slice) -> slice:
        """Return where among the codes the coordinates of a part stand that lies behind the middle."""
        return slice(part.start - self._skipped, part.stop - self._skipped)

    def scores(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the inner products of some rows with a vector, in their order."""
        whole, upper, asked_middle, steps = self._asked(vector)
        kept = (*(array.all for array in self._arrays), self._behind_heads)
        rest = vector[-self._facets :]
        asked = self._fine_ends, whole, upper, asked_middle, steps, rest, self._ends
        return valued(loops.score, *kept, *asked, rows=rows, long=LONG)

    def upper_bounds(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return what the inner products of some rows with a vector are at most, from the head of each row."""
        _, upper, _, steps = self._asked(vector)
        head, middle, tail, *others = self._lengths(vector)
        rest = vector[-self._facets :]
        most = NEAR + sum(max(length, float(lacking)) for length, lacking in zip(others, rest[1:], strict=True))
        # The lower halves of the head, each at most half of what an upper one counts.
        fine = HALF / 2 * self._bands[0] ** 0.5 * head
        sizes = np.array([fine, middle, tail, most, rest[0]], dtype=np.float32)
        return valued(head_bounds, self._heads.all, self._behind_heads, upper, steps, sizes, rows=rows)

    def middles_shortfall(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much the `upper_bounds` of some rows are lower when the middle of each row is read, too."""
        _, _, asked_middle, steps = self._asked(vector)
        long = np.float32(self._lengths(vector)[1])
        kept = self._middles.all, self._behind_heads
        return valued(loops.middles_shortfall, *kept, asked_middle, steps, long, rows=rows)

    def others_shortfall(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much the `upper_bounds` of some rows are lower when each row's other facets are read, too."""
        whole, _, _, steps = self._asked(vector)
        rest = vector[-self._facets :]
        most = np.maximum([0.0, *self._lengths(vector)[3:]], rest).astype(np.float32)
        kept = self._codes.all, self._factors.all, self._missing.all
        return valued(loops.others_shortfall, *kept, whole, steps, most, rest, self._ends, rows=rows)

    def _lengths(self, vector: Vectors) -> list[float]:
        """Return how long each part of a question is."""
        return [float(np.linalg.norm(vector[part])) for part in self._parts]

    def _asked(self, vector: Vectors) -> _Asked:
        """Return a question in whole steps: all, its head in HEAD_BYTES, its middle in MIDDLE_BYTES; and the steps."""
        last = self._last
        if last is None or last[0] is not vector:
            last = self._last = vector, self._in_whole_numbers(vector)
        return last[1]

    def _in_whole_numbers(self, vector: Vectors) -> _Asked:
        steps = np.zeros(len(self._parts), dtype=np.float32)
        whole = np.zeros(self.width - self._facets, dtype=np.int16)
        for place, part in enumerate(self._parts):
            whole[part], steps[place] = in_steps(vector[part])
        upper = np.zeros(HEAD_BYTES, dtype=np.int16)  # 0 where the numbers stand
        upper[: self._bands[0]] = whole[self._parts[0]]
        asked_middle = np.zeros(MIDDLE_BYTES, dtype=np.int16)
        asked_middle[: self._skipped] = whole[self._parts[1]]
        return whole, upper, asked_middle, steps

    def scores_of_all(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the inner products of all rows with many vectors, shape (vectors, rows)."""
        return np.concatenate([vectors @ block.T for block in self.blocks()], axis=1)

    def blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield all rows as floats, some at a time."""
        for start in range(0, self._length, BLOCK):
            yield self.read(slice(start, start + BLOCK))

    def save(self, folder: Path) -> None:
        """Write the rows into a folder; `load` brings them back."""
        for name, array in zip(FILES, self._arrays, strict=True):
            np.save(folder / name, array.all[: self._length])
        np.save(folder / ROTATION, self._rotation)

    @classmethod
    def load(cls, folder: Path, dimensions: Sequence[int]) -> Self:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: it cannot be read, or has rows of another width.
        """
        rotation = np.load(folder / ROTATION, allow_pickle=False)
        if rotation.dtype != np.float32 or rotation.shape != (dimensions[0],) * 2 or not _is_orthogonal(rotation):
            raise ValueError("the rotation is not orthogonal, or of another size")
        found = cls(dimensions, rotation)
        # Mapped: each is copied to where it can grow, and must not be in memory twice meanwhile.
        saved = [np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in FILES]
        kinds = [(array.all.dtype, array.all.shape[1:]) for array in found._arrays]
        if [(rows.dtype, rows.shape[1:]) for rows in saved] != kinds or len({*map(len, saved)}) != 1:
            raise ValueError("the rows are of another kind or width")
        found._length = len(saved[0])
        for array, rows in zip(found._arrays, saved, strict=True):
            array.reserve(len(rows))
            array.all[: len(rows)] = rows
        return found


def _is_orthogonal(rotation: Vectors) -> bool:
    return bool(np.allclose(rotation @ rotation.T, np.eye(len(rotation)), atol=1e-3))


def _bands(dimension: int) -> tuple[int, int, int]:
    """Return how many coordinates of a first facet are its head, its middle and its tail."""
    head = min(HEAD, dimension)
    middle = min(MIDDLE, dimension - head)
    return head, middle, dimension - head - middle
