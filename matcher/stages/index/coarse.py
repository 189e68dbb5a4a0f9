"""The rows of a forum once more in 8 bits a coordinate: a quarter of the memory tells which are worth reading in full.

A thousand rows of floats are more than a processor's own cache holds, and reading them is half of an answer. How far
off an inner product is at most from here is known (Cauchy and Schwarz's bound on what the codes leave of a row), so
nobody is passed over who may be among the best.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled, compiled_sums
from matcher.core.ports import Vectors
from matcher.core.traits import Rows
from matcher.stages.index.growing import GrowingArray

MOST = 127
"""The largest code."""
ROUNDING = 1e-5
"""More than adding up some thousand products of 32 bits."""


class Coarse:
    """Codes of rows that are kept as floats. Not thread-safe: the engine holds its lock."""

    def __init__(self, dimensions: Sequence[int]) -> None:
        """Make an empty one, for facets of these dimensions."""
        self._ends = np.cumsum(dimensions)
        self._codes = GrowingArray(sum(dimensions), np.int8)
        """Shape (rows, sum of dimensions): each coordinate of the facet vectors in whole steps."""
        self._steps = GrowingArray(2 * len(dimensions), np.float32)
        """Shape (rows, 2 × facets): how long a step is in each facet; then 1 for each facet that is missing, else 0."""
        self._errors = np.zeros(len(dimensions), dtype=np.float64)
        """Shape (facets,): the greatest length of what codes leave of a facet's vector, of all rows ever written."""

    def reserve(self, rows: int) -> None:
        """Make room for so many rows at least.

        Raises:
            OSError: there is no memory for them.
        """
        self._codes.reserve(rows)
        self._steps.reserve(rows)

    def write(self, start: int, values: npt.NDArray[np.float32]) -> None:
        """Write the codes of rows, shape (rows, width), from a row on."""
        self.reserve(start + len(values))
        _encode(values, self._ends, start, self._codes.all, self._steps.all, self._errors)

    def scores(self, vector: Vectors, rows: Rows) -> tuple[npt.NDArray[np.float32], float]:
        """Return the inner products of some rows with a vector, shape (width,), and how far off one is at most."""
        out = np.empty(len(rows), dtype=np.float32)
        kept = self._codes.all, self._steps.all, self._errors
        return out, _score(*kept, vector, self._ends, rows, out) + ROUNDING


@compiled
def _encode(
    values: npt.NDArray[np.float32],
    ends: npt.NDArray[np.int64],
    start: int,
    codes: npt.NDArray[np.int8],
    steps: npt.NDArray[np.float32],
    errors: npt.NDArray[np.float64],
) -> None:
    facets = len(ends)
    for place in range(len(values)):
        row, begin = start + place, 0
        for facet in range(facets):
            most = np.float32(0.0)
            for at in range(begin, ends[facet]):
                most = max(most, abs(values[place, at]))
            step = most / np.float32(MOST)
            left = 0.0
            for at in range(begin, ends[facet]):
                code = np.rint(values[place, at] / step) if step > 0.0 else np.float32(0.0)
                codes[row, at] = np.int8(code)
                left += (np.float64(values[place, at]) - np.float64(code) * step) ** 2
            steps[row, facet], steps[row, facets + facet] = step, values[place, ends[-1] + facet]
            errors[facet] = max(errors[facet], np.sqrt(left))
            begin = ends[facet]


@compiled_sums
def _score(
    codes: npt.NDArray[np.int8],
    steps: npt.NDArray[np.float32],
    errors: npt.NDArray[np.float64],
    vector: Vectors,
    ends: npt.NDArray[np.int64],
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> float:
    """Fill in the inner products; return how far off one is at most, but for rounding."""
    facets, width = np.uintp(len(ends)), np.uintp(ends[-1])
    for place in range(len(rows)):
        row, begin, score = np.uintp(rows[place]), np.uintp(0), np.float32(0.0)
        for facet in range(np.uintp(0), facets):
            end, total = np.uintp(ends[facet]), np.float32(0.0)
            for at in range(begin, end):
                total += np.float32(codes[row, at]) * vector[at]
            score += total * steps[row, facet] + steps[row, facets + facet] * vector[width + facet]
            begin = end
        out[place] = score
    off, first = 0.0, 0
    for facet in range(len(ends)):
        squared = 0.0
        for at in range(first, ends[facet]):
            squared += np.float64(vector[at]) ** 2
        off += errors[facet] * np.sqrt(squared)
        first = ends[facet]
    return off
