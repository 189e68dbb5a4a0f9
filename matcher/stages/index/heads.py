"""Heads of vectors: a few coordinates in which most of a vector lies, in 8 bits, and how much lies beyond them.

From heads alone a question tells what an inner product is at most, by Cauchy and Schwarz's bound on what lies beyond.
Most rows cannot reach the best ones' and are never read in full. `Codes` has heads as parts of its rows; `Heads` are
those of rows of floats.

Source of the rotation: principal components, uncentred.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, compiled, fetch_all, valued
from matcher.core.ports import Vectors
from matcher.core.traits import Mask, Rows
from matcher.stages.index.growing import GrowingArray

HEAD = 112
"""Coordinates of the first facet that are looked at first: with four numbers, two lines of memory."""
HEAD_BYTES = 128
"""Bytes of those two lines. The loops go over all of them, whatever HEAD is: a number that they know when they are
compiled takes a quarter of their time away."""
HEAD_STEP, BEYOND, TAIL, MIDDLE_STEP = range(4)
"""The four numbers, float32, behind a row's head: what a code of the head counts (MISSING: the row lacks the facet);
the length of what lies beyond the head; and, for `codes`, the length of the tail, and what a code of the middle
counts."""
MISSING = np.float32(-1.0)
LEARNED_FROM = 16_384
"""Rows from which the rotation of the first facet is learned."""
ASKING = 0.5
"""What the vectors of documents that ask count beside those of the rows, when the rotation is learned."""
MOST = 127
"""The largest 8-bit code."""
HALF = 256
"""What the upper byte of a 16-bit code counts beside its lower one."""
NEAR = 5e-5
"""How far a ceiling may lie from what it would be in exact arithmetic."""
UP = 1.0 + 1e-6
"""What is to be a bound must not be rounded down."""
SHORTEST = 1e-3
"""What lies beyond the head of a row of floats counts as so long at least: sums of squares tell nothing shorter."""
BLOCK = 8_192

Int16s = npt.NDArray[np.int16]


class Heads:
    """The heads of rows that are kept as floats, and what their inner products with a question are at most."""

    def __init__(self, dimensions: Sequence[int], rotation: Vectors) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet.
            rotation: shape (head, the first facet's dimension): the head's directions, of length 1 and at right angles.
        """
        self._rotation = rotation
        ends = np.cumsum(dimensions).tolist()
        self._first = slice(0, ends[0])
        self._others = [slice(start, end) for start, end in pairwise(ends)]
        self._facets = len(dimensions)
        self._heads = GrowingArray(HEAD_BYTES, np.int8)

    @classmethod
    def learned(cls, dimensions: Sequence[int], rows: Vectors) -> Self:
        """Make an empty one that suits some rows, shape (rows, width): what lies beyond their heads is short."""
        head = min(HEAD, dimensions[0])
        rotation = rotation_of([rows[:, : dimensions[0]]], bands=(head,), precision=np.float32)
        return cls(dimensions, rotation[:head].copy())

    def reserve(self, rows: int) -> None:
        """Make room for so many rows at least.

        Raises:
            OSError: there is no memory for them.
        """
        self._heads.reserve(rows)

    def write(self, start: int, values: Vectors) -> None:
        """Write the heads of rows, shape (rows, width), from a row on."""
        self.reserve(start + len(values))
        for at in range(0, len(values), BLOCK):
            block = values[at : at + BLOCK]
            vectors = block[:, self._first]
            heads = vectors @ self._rotation.T
            squared = np.square(vectors, dtype=np.float64).sum(axis=1) - np.square(heads, dtype=np.float64).sum(axis=1)
            beyond = (np.sqrt(squared.clip(SHORTEST**2)) * UP).astype(np.float32)
            missing = block[:, -self._facets] != 0.0
            _write_heads(heads, beyond, missing, self._heads.all, self._heads.all.view(np.float32)[:, -4:], start + at)

    def upper_bounds(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return what the inner products of some rows with a vector are at most.

        Args:
            vector: shape (width,).
            rows: some rows that have been written.
        """
        first, rest = vector[self._first], vector[-self._facets :]
        head = self._rotation @ first
        long = float(np.linalg.norm(head))
        beyond = math.sqrt(max(float(first @ first) - long**2, SHORTEST**2)) * UP
        others = [float(np.linalg.norm(vector[part])) for part in self._others]
        most = NEAR + sum(max(length, float(lacking)) for length, lacking in zip(others, rest[1:], strict=True))
        upper, step = in_bytes(head)
        sizes = np.array([HALF / 2 * len(head) ** 0.5 * long, beyond, 0.0, most, rest[0]], dtype=np.float32)
        heads = self._heads.all
        steps = np.array([step], dtype=np.float32)
        return valued(head_bounds, heads, heads.view(np.float32)[:, -4:], upper, steps, sizes, rows=rows)


def in_bytes(head: Vectors) -> tuple[Int16s, np.float32]:
    """Return a question's head as whole numbers, shape (HEAD_BYTES,), 0 behind it; and the step that each counts."""
    numbers, step = in_steps(head)
    found = np.zeros(HEAD_BYTES, dtype=np.int16)  # 0 where the numbers stand
    found[: len(head)] = numbers
    return found, step


def in_steps(part: Vectors) -> tuple[Int16s, np.float32]:
    """Return a part of a question in whole steps, in the same shape; and how long a step is."""
    # Some 15 bits are so many that the row's 8 decide the error; their sums stay within 32.
    most = min(np.iinfo(np.int16).max, np.iinfo(np.int32).max // (128 * max(len(part), 1)))
    step = np.float32(np.abs(part).max(initial=0.0) / most)
    if not step:
        return np.zeros(len(part), dtype=np.int16), step
    return np.rint(part / step).clip(-most, most).astype(np.int16), step


def rotation_of(
    sides: Sequence[Vectors], *, bands: Sequence[int], precision: type[np.floating[Any]] = np.float64
) -> Vectors:
    """Return directions at right angles, the ones along which some vectors are longest first.

    Args:
        sides: those of the rows, shape (rows, dimension), then of those that ask for them, if they are known.
        bands: how many of the first directions belong together, and how many of the next, …
        precision: what they are worked out in: 32 bits take a quarter of the time.
    """
    weights = (1.0, ASKING)[: len(sides)]
    moments = sum(weight * (side.T @ side) / max(len(side), 1) for weight, side in zip(weights, sides, strict=True))
    _, axes = np.linalg.eigh(np.asarray(moments, dtype=precision))
    rotation, start = axes[:, ::-1].T.copy(), 0
    for band, mix in zip(bands, mixed(*bands), strict=True):
        # A band's directions are mixed, so that none is long: the longest decides how coarse the codes of all are.
        rotation[start : start + band] = mix @ rotation[start : start + band]
        start += band
    return np.ascontiguousarray(rotation, dtype=np.float32)


def mixed(*bands: int) -> Iterator[npt.NDArray[np.float64]]:
    """Yield what mixes the directions of each band, the same whenever it is asked for; its transpose undoes that."""
    draw = np.random.default_rng(0)
    for band in bands:
        yield np.linalg.qr(draw.standard_normal((band, band)))[0]


def spread(length: int, count: int) -> Rows:
    """Return so many places at even distances, or all."""
    return np.unique(np.linspace(0, length - 1, min(count, length), dtype=np.int64))


@compiled
def scale_of(vector: npt.NDArray[np.float32], most: int) -> float:
    """Return how often the longest coordinate must be taken to reach `most`; 0 where all are 0."""
    highest = np.float32(0.0)
    for at in range(len(vector)):
        highest = max(highest, abs(vector[at]))
    return float(most / highest) if highest else 0.0


@compiled
def length_of(vector: npt.NDArray[np.float32]) -> float:
    """Return how long a vector is."""
    squared = 0.0
    for at in range(len(vector)):
        squared += float(vector[at]) * float(vector[at])
    return math.sqrt(squared)


@compiled
def middle_of(beyond: float, tail: float) -> float:
    """Return how long a row's middle is at most; where no tail is told apart, all that lies beyond its head."""
    squared: float = max(beyond * beyond * np.float32(UP) - tail * tail, np.float32(0.0))  # type: ignore[assignment]
    return math.sqrt(squared)


@compiled
def _write_heads(
    first: Vectors,
    beyond: npt.NDArray[np.float32],
    missing: Mask,
    heads: npt.NDArray[np.int8],
    behind: npt.NDArray[np.float32],
    start: int,
) -> None:
    """Write the heads of rows from `start` on, and what stands behind them."""
    for place in range(len(first)):
        row = start + place
        fine = scale_of(first[place], MOST * HALF)
        for at in range(first.shape[1]):
            heads[row, at] = np.int8(np.rint(first[place, at] * fine / HALF))
        behind[row, HEAD_STEP] = MISSING if missing[place] else 1.0 / fine if fine else 0.0
        behind[row, BEYOND] = beyond[place]


@compiled
def head_bounds(
    heads: npt.NDArray[np.int8],
    behind: npt.NDArray[np.float32],
    upper: Int16s,
    steps: npt.NDArray[np.float32],
    sizes: npt.NDArray[np.float32],
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in the highest inner products that the rows' heads admit."""
    fine, middle, tail, most, lacking = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]
    step = steps[0] * np.float32(HALF)
    for place in range(len(rows)):
        fetch_all(heads, np.uintp(rows[min(place + AHEAD, len(rows) - 1)]))
        row = np.uintp(rows[place])  # unsigned: a negative place would count from the end, and be looked for each time
        found = np.int32(0)
        for at in range(np.uintp(0), np.uintp(HEAD_BYTES)):
            found = np.int32(found + np.int32(heads[row, at]) * np.int32(upper[at]))
        factor = behind[row, HEAD_STEP]
        known = factor * (step * np.float32(found) + fine)
        known += middle_of(behind[row, BEYOND], behind[row, TAIL]) * middle + behind[row, TAIL] * tail
        out[place] = most + (lacking if factor == MISSING else known)
