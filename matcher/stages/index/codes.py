"""Rows of 8-bit integers: a quarter of the memory, for sides of many documents.

A facet's vector is kept as whole numbers from -127 to 127 and one factor, chosen so that the vector that is read has
length 1 again. What a question is compared with is what is read: the order of two documents may differ from that of
their exact vectors where their scores are some 0.0003 apart, and never differs between two ways to ask.

FAISS's scalar quantizer has no call that scores given rows, so the loop is ours; with a question of 16 bits it adds up
whole numbers, which takes a fifth of the time that floats do.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.ports import Vectors
from matcher.core.traits import Mask, Rows

FILES = ("codes.npy", "factors.npy", "missing.npy")
BLOCK = 16_384
GROWTH = 1.25
MOST = 127
LONG = 20_000
"""From so many rows on, two threads score them."""

_halves = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scores")


class Codes:
    """The same as `Whole`, of codes."""

    precision = 0.02

    def __init__(self, dimensions: Sequence[int]) -> None:
        self._facets = len(dimensions)
        self._ends = np.cumsum(dimensions)
        self._parts = [slice(end - dimension, end) for end, dimension in zip(self._ends, dimensions, strict=True)]
        self.width = int(self._ends[-1]) + self._facets
        self._length = 0
        self._codes = np.zeros((1, self.width - self._facets), dtype=np.int8)
        self._factors = np.zeros((1, self._facets), dtype=np.float32)
        self._missing = np.zeros((1, self._facets), dtype=np.bool_)

    def __len__(self) -> int:
        return self._length

    def extend(self, values: npt.NDArray[np.float32]) -> None:
        """Add rows, shape (rows, width)."""
        start, self._length = self._length, self._length + len(values)
        if self._length > len(self._codes):
            room = int(GROWTH * self._length) + 1024
            for array in (self._codes, self._factors, self._missing):
                # In place: the system moves the pages. No view of them is ever kept.
                array.resize((room, array.shape[1]), refcheck=False)
        self._write(slice(start, self._length), values)

    def write(self, row: int, values: Vectors) -> None:
        """Overwrite a row."""
        self._write(slice(row, row + 1), values[None])

    def _write(self, rows: slice, values: npt.NDArray[np.float32]) -> None:
        for place, part in enumerate(self._parts):
            vectors = values[:, part]
            highest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
            whole = np.rint(vectors * (MOST / np.where(highest, highest, 1.0)))
            self._codes[rows, part] = whole
            length = np.linalg.norm(whole, axis=1)
            self._factors[rows, place] = np.where(length, 1.0 / np.where(length, length, 1.0), 0.0)
        self._missing[rows] = values[:, -self._facets :] != 0.0

    def read(self, rows: Rows | slice) -> npt.NDArray[np.float32]:
        """Return some rows as floats, shape (rows, width)."""
        codes, factors = self._codes[: self._length][rows], self._factors[: self._length][rows]
        values = np.empty((len(codes), self.width), dtype=np.float32)
        for place, part in enumerate(self._parts):
            np.multiply(codes[:, part], factors[:, place, None], out=values[:, part])
        values[:, -self._facets :] = self._missing[: self._length][rows]
        return values

    def scores(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the inner products of some rows with a vector, in their order."""
        # A facet's share is a whole number of these steps; 16 bits are so many that the row's 8 decide the error.
        steps = np.array([float(np.abs(vector[part]).max()) / np.iinfo(np.int16).max for part in self._parts])
        whole = np.zeros(self.width - self._facets, dtype=np.int16)
        for step, part in zip(steps, self._parts, strict=True):
            if step:
                whole[part] = np.rint(vector[part] / step)
        rest = vector[-self._facets :]
        out = np.empty(len(rows), dtype=np.float32)
        asked = (self._codes, self._factors, self._missing, whole, steps.astype(np.float32), rest, self._ends)
        middle = len(rows) // 2 if len(rows) >= LONG else 0
        first = _halves.submit(_score, *asked, rows[:middle], out[:middle]) if middle else None
        _score(*asked, rows[middle:], out[middle:])
        if first:
            first.result()
        return out

    def scores_of_all(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the inner products of all rows with many vectors, shape (vectors, rows)."""
        return np.concatenate([vectors @ block.T for block in self.blocks()], axis=1)

    def blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield all rows as floats, some at a time."""
        for start in range(0, self._length, BLOCK):
            yield self.read(slice(start, start + BLOCK))

    def save(self, folder: Path) -> None:
        """Write the rows into a folder; `load` brings them back."""
        arrays: tuple[npt.NDArray[Any], ...] = (self._codes, self._factors, self._missing)
        for name, array in zip(FILES, arrays, strict=True):
            np.save(folder / name, array[: self._length])

    @classmethod
    def load(cls, folder: Path, dimensions: Sequence[int]) -> Self:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: it cannot be read, or has rows of another width.
        """
        found = cls(dimensions)
        arrays = [np.load(folder / name, allow_pickle=False) for name in FILES]
        kinds = [(array.dtype, array.shape[1:]) for array in (found._codes, found._factors, found._missing)]
        if [(array.dtype, array.shape[1:]) for array in arrays] != kinds or len({*map(len, arrays)}) != 1:
            raise ValueError("the rows are of another kind or width")
        found._length = len(arrays[0])
        found._codes, found._factors, found._missing = map(_owned, arrays)
        return found


def _owned(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array that can be resized: what is read from a file is a view of another shape."""
    if isinstance(array.base, np.ndarray):
        shape, array = array.shape, array.base
        array.resize(shape, refcheck=False)
    return array


@compiled
def _score(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    codes: npt.NDArray[np.int8],
    factors: npt.NDArray[np.float32],
    missing: Mask,
    vector: npt.NDArray[np.int16],
    steps: npt.NDArray[np.float32],
    rest: npt.NDArray[np.float32],
    ends: Rows,
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in the inner products: of `vector` × `steps` with the codes, of `rest` with what is missing."""
    for place in range(len(rows)):
        row = np.uintp(rows[place])  # unsigned: a negative place would count from the end, and be looked for each time
        score, start = np.float32(0.0), np.uintp(0)
        for facet in range(len(ends)):
            end = np.uintp(ends[facet])
            whole = np.int32(0)
            for at in range(start, end):
                whole = np.int32(whole + np.int32(codes[row, at]) * np.int32(vector[at]))
            start = end
            score += rest[facet] if missing[row, facet] else factors[row, facet] * steps[facet] * whole
        out[place] = score
