"""Rows of 8-bit integers: a quarter of the memory, for sides of many documents.

A facet's vector is kept as whole numbers and a factor, chosen so that the vector that is read has length 1 again. What
a question is compared with is what is read: the order of two documents may differ from that of their exact vectors
where their scores are some 0.00002 apart, and never differs between two ways to ask.

The first facet decides most of a score. Its vectors are turned, once, so that their first coordinates, the head, hold
as much of them as can be, the next ones, the middle, as much of what is left as can be, and the tail the rest. The head
is kept in 16 bits, in two halves; the upper halves stand by themselves, a twelfth of a row, with the lengths of what is
left: from them a question tells what score a row can reach at most, and from the middle it tells so more closely. Most
rows cannot reach the best ones' and are never read. What is read of head, middle and tail is as long as each was: what
the rounding of one does to its length does not reach the others.

The other facets have 10 bits: 8 beside the first facet's, and two more of four coordinates in one byte.

FAISS's scalar quantizer has no call that scores given rows, so the loops are ours; with a question of 16 bits they add
up whole numbers, which takes a fifth of the time that floats do.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, compiled, compiled_sums, fetch_all, valued
from matcher.core.ports import Vectors
from matcher.core.traits import Mask, Rows
from matcher.stages.index.heads import (
    BEYOND,
    FACTOR,
    HALF,
    HEAD,
    LINES,
    MISSING,
    MOST,
    NEAR,
    NEXT,
    TAIL,
    UP,
    Whole16,
    in_steps,
    length_of,
    reach,
    scale_of,
    spread,
    turn_of,
)
from matcher.stages.index.room import Room

FILES = ("codes.npy", "heads.npy", "middles.npy", "factors.npy", "missing.npy", "fine.npy")
TURN = "turn.npy"
MIDDLE = 256
"""Coordinates that are looked at after the head: four lines, in one piece, for whoever reads no more of a row."""
NEXT_LINES = 256
"""Bytes of those lines."""
BLOCK = 16_384
QUARTER = 4
"""What an 8-bit code of another facet counts beside its two finer bits, and how many coordinates' bits a byte holds."""
TILE = 64


class Codes:
    """The same as `Whole`, of codes. Vectors are read as they are kept: the first facet's turned."""

    precision = 0.02
    has_ceilings = True

    def __init__(self, dimensions: Sequence[int], turn: Vectors) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet.
            turn: shape (dimension, dimension) of the first facet, orthogonal, from `learned`.
        """
        self._facets = len(dimensions)
        self._turn = turn
        self._first = dimensions[0]
        self._bands = _bands(self._first)
        ends = np.cumsum([*self._bands, *dimensions[1:]])
        self._ends = ends
        self._parts = [slice(start, end) for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)]
        """The first facet's bands, then the other facets."""
        self.width = int(ends[-1]) + self._facets
        self._length = 0
        self._skipped = self._bands[1]
        self._codes = Room(self.width - self._facets - self._skipped, np.int8)
        """All but the middles: the lower halves of the heads, the tails, then the other facets."""
        self._heads = Room(LINES, np.int8)
        self._middles = Room(NEXT_LINES, np.int8)
        self._factors = Room(self._facets, np.float32)
        """Of the tail, and of each other facet."""
        self._missing = Room(self._facets, np.bool_)
        self._fine_ends = np.cumsum([0, *(-(-dimension // QUARTER) for dimension in dimensions[1:])])
        self._fine = Room(int(self._fine_ends[-1]), np.uint8)
        """Two more bits of the other facets' coordinates."""

    def __len__(self) -> int:
        return self._length

    @property
    def _rooms(self) -> tuple[Room, ...]:
        """In the order of FILES."""
        return self._codes, self._heads, self._middles, self._factors, self._missing, self._fine

    @property
    def _behind_heads(self) -> npt.NDArray[np.float32]:
        """The numbers behind the heads, shape (room, 4): of the same memory."""
        return self._heads.all.view(np.float32)[:, -4:]

    @classmethod
    def learned(cls, dimensions: Sequence[int], rows: Vectors, *, asking: Vectors) -> Self:
        """Make an empty one whose turn suits some rows and those that ask for them, shape (rows, width) each.

        A bound is as far off as what lies beyond the head is long, on both sides.
        """
        turn = turn_of([some[:, : dimensions[0]] for some in (rows, asking)], bands=_bands(dimensions[0]))
        return cls(dimensions, turn)

    def sample(self, count: int) -> Vectors:
        """Return about so many rows as they were put."""
        values = self.read(spread(self._length, count))
        values[:, : self._first] = values[:, : self._first] @ self._turn
        return values

    def turned(self, facets: Vectors) -> Vectors:
        """Return facet vectors side by side as those of the rows are kept, shape (dimensions,)."""
        found = facets.copy()
        found[: self._first] = self._all_turned(facets[None, : self._first])[0]
        return found

    def plain(self, facets: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what `turned` would turn into these, of any floats."""
        found = facets.copy()
        found[: self._first] = 0.0
        _add_up(self._turn, facets, found)
        return found

    def extend(self, values: npt.NDArray[np.float32]) -> None:
        """Add rows, shape (rows, width), as they are before they are turned."""
        length = self._length + len(values)
        for room in self._rooms:
            room.reserve(length)
        self._write(slice(self._length, length), values)
        self._length = length

    def write(self, row: int, values: Vectors) -> None:
        """Overwrite a row."""
        self._write(slice(row, row + 1), values[None])

    def _write(self, rows: slice, values: npt.NDArray[np.float32]) -> None:
        first = self._all_turned(values[:, : self._first])
        missing = values[:, -self._facets :] != 0.0
        self._missing.all[rows] = missing
        _encode(
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

    def _all_turned(self, vectors: Vectors) -> Vectors:
        found = np.empty((len(vectors), self._first), dtype=np.float32)
        _turn(self._turn, np.ascontiguousarray(vectors), found)
        return found

    def read(self, rows: Rows | slice) -> npt.NDArray[np.float32]:
        """Return some rows as floats, shape (rows, width)."""
        kept = (*(room.all for room in self._rooms), self._behind_heads)
        codes, heads, middles, factors, missing, fine, behind = (array[: self._length][rows] for array in kept)
        values = np.empty((len(codes), self.width), dtype=np.float32)
        head, middle, tail, *others = self._parts
        np.multiply(heads[:, head], np.float32(HALF), out=values[:, head])
        values[:, head] += codes[:, head]
        values[:, head] *= np.maximum(behind[:, FACTOR, None], 0.0)
        np.multiply(middles[:, : self._skipped], behind[:, NEXT, None], out=values[:, middle])
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
        whole, upper, next_, steps = self._asked(vector)
        kept = (*(room.all for room in self._rooms), self._behind_heads)
        rest = vector[-self._facets :]
        return valued(_score, *kept, self._fine_ends, whole, upper, next_, steps, rest, self._ends, rows=rows)

    def ceilings(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return what the inner products of some rows with a vector are at most, from the head of each row."""
        _, upper, _, steps = self._asked(vector)
        head, middle, tail, *others = self._lengths(vector)
        rest = vector[-self._facets :]
        most = NEAR + sum(max(length, float(lacking)) for length, lacking in zip(others, rest[1:], strict=True))
        # The lower halves of the head, each at most half of what an upper one counts.
        fine = HALF / 2 * self._bands[0] ** 0.5 * head
        sizes = np.array([fine, math.hypot(middle, tail), most, rest[0]], dtype=np.float32)
        return valued(reach, self._heads.all, self._behind_heads, upper, steps, sizes, rows=rows)

    def middles_short(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return by how much the `ceilings` of some rows are lower when the middle of each row is read, too."""
        _, _, next_, steps = self._asked(vector)
        _, middle, tail, *_ = self._lengths(vector)
        sizes = np.array([math.hypot(middle, tail), tail], dtype=np.float32)
        return valued(_short, self._middles.all, self._behind_heads, next_, steps, sizes, rows=rows)

    def _lengths(self, vector: Vectors) -> list[float]:
        """Return how long each part of a question is."""
        return [float(np.linalg.norm(vector[part])) for part in self._parts]

    def _asked(self, vector: Vectors) -> tuple[Whole16, Whole16, Whole16, npt.NDArray[np.float32]]:
        """Return a question as whole numbers, its head and middle as long as the rows' lines, and what each counts."""
        steps = np.zeros(len(self._parts), dtype=np.float32)
        whole = np.zeros(self.width - self._facets, dtype=np.int16)
        for place, part in enumerate(self._parts):
            whole[part], steps[place] = in_steps(vector[part])
        upper = np.zeros(LINES, dtype=np.int16)  # 0 where the numbers stand
        upper[: self._bands[0]] = whole[self._parts[0]]
        next_ = np.zeros(NEXT_LINES, dtype=np.int16)
        next_[: self._skipped] = whole[self._parts[1]]
        return whole, upper, next_, steps

    def scores_of_all(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the inner products of all rows with many vectors, shape (vectors, rows)."""
        return np.concatenate([vectors @ block.T for block in self.blocks()], axis=1)

    def blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield all rows as floats, some at a time."""
        for start in range(0, self._length, BLOCK):
            yield self.read(slice(start, start + BLOCK))

    def save(self, folder: Path) -> None:
        """Write the rows into a folder; `load` brings them back."""
        for name, room in zip(FILES, self._rooms, strict=True):
            np.save(folder / name, room.all[: self._length])
        np.save(folder / TURN, self._turn)

    @classmethod
    def load(cls, folder: Path, dimensions: Sequence[int]) -> Self:
        """Read what `save` wrote.

        Raises:
            OSError, ValueError: it cannot be read, or has rows of another width.
        """
        turn = np.load(folder / TURN, allow_pickle=False)
        if turn.dtype != np.float32 or turn.shape != (dimensions[0],) * 2 or not _is_orthogonal(turn):
            raise ValueError("the turn is none")
        found = cls(dimensions, turn)
        # Mapped: each is copied to where it can grow, and must not be in memory twice meanwhile.
        arrays = [np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in FILES]
        kinds = [(room.all.dtype, room.all.shape[1:]) for room in found._rooms]
        if [(array.dtype, array.shape[1:]) for array in arrays] != kinds or len({*map(len, arrays)}) != 1:
            raise ValueError("the rows are of another kind or width")
        found._length = len(arrays[0])
        for room, array in zip(found._rooms, arrays, strict=True):
            room.reserve(len(array))
            room.all[: len(array)] = array
        return found


def _is_orthogonal(turn: Vectors) -> bool:
    return bool(np.allclose(turn @ turn.T, np.eye(len(turn)), atol=1e-3))


def _bands(dimension: int) -> tuple[int, int, int]:
    """Return how many coordinates of a first facet are its head, its middle and its tail."""
    head = min(HEAD, dimension)
    middle = min(MIDDLE, dimension - head)
    return head, middle, dimension - head - middle


@compiled
def _write_codes(vector: npt.NDArray[np.float32], codes: npt.NDArray[np.int8]) -> float:
    """Write a vector's coordinates as codes; return the codes' length."""
    scale, squared = scale_of(vector, MOST), 0.0
    for at in range(len(vector)):
        whole = np.rint(vector[at] * scale)
        codes[at] = np.int8(whole)
        squared += whole * whole
    return math.sqrt(squared)


@compiled
def _write_fine(vector: npt.NDArray[np.float32], codes: npt.NDArray[np.int8], fine: npt.NDArray[np.uint8]) -> float:
    """The same in quarters of a code, as codes and two finer bits."""
    scale, squared = scale_of(vector, MOST * QUARTER), 0.0
    fine[:] = 0
    for at in range(len(vector)):
        whole = int(np.rint(vector[at] * scale))
        upper = (whole + QUARTER // 2) // QUARTER
        codes[at] = upper
        fine[at % len(fine)] |= (whole - upper * QUARTER + QUARTER // 2) << 2 * (at // len(fine))
        squared += float(whole) * float(whole)
    return math.sqrt(squared)


@compiled
def _fine_sum(
    fine: npt.NDArray[np.uint8], row: Any, first: Any, last: Any, vector: npt.NDArray[np.int16], start: Any, end: Any
) -> int:
    """Return the inner product of two finer bits a coordinate, from `first` to `last` of a row, with a question.

    No part of an array is handed over: to count who holds it would take longer than all the rest of a row.
    """
    found = np.int32(0)
    for quarter in range(np.uintp(0), np.uintp(QUARTER)):
        begin, shift = start + quarter * (last - first), np.uint8(2 * quarter)
        for at in range(begin, min(begin + last - first, end)):
            bits = np.int32((fine[row, first + at - begin] >> shift) & np.uint8(3)) - np.int32(QUARTER // 2)
            found = np.int32(found + bits * np.int32(vector[at]))
    return int(found)


@compiled
def _encode(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    first: Vectors,
    values: Vectors,
    ends: Rows,
    codes: npt.NDArray[np.int8],
    heads: npt.NDArray[np.int8],
    middles: npt.NDArray[np.int8],
    behind: npt.NDArray[np.float32],
    factors: npt.NDArray[np.float32],
    finer: npt.NDArray[np.uint8],
    finer_ends: Rows,
    missing: Mask,
    start: int,
) -> None:
    """Write rows from `start` on: their first facet's vectors as turned, the others' from `values`."""
    head, middle, tail = ends[0], ends[1], ends[2]
    skipped = middle - head
    for place in range(len(values)):
        row = start + place
        fine = scale_of(first[place, :head], MOST * HALF)
        squared = 0.0
        for at in range(head):
            whole = int(np.rint(first[place, at] * fine))
            upper = (whole + HALF // 2) // HALF
            heads[row, at], codes[row, at] = upper, whole - upper * HALF
            squared += float(whole) * float(whole)
        fine = math.sqrt(squared)
        next_ = _write_codes(first[place, head:middle], middles[row, :skipped])
        coarse = _write_codes(first[place, middle:tail], codes[row, head : tail - skipped])
        length = length_of(first[place])
        between, left = length_of(first[place, head:middle]), length_of(first[place, middle:tail])
        nearest = length_of(first[place, :head])
        behind[row, FACTOR] = MISSING if missing[place, 0] else nearest / (fine * length) if fine else 0.0
        # Rounded up: bounds.
        behind[row, BEYOND] = math.hypot(between, left) / length * UP if length else 0.0
        behind[row, TAIL] = left / length * UP if length else 0.0
        behind[row, NEXT] = between / (next_ * length) if next_ else 0.0
        factors[row, 0] = left / (coarse * length) if coarse else 0.0
        for part in range(3, len(ends)):
            begin, end = ends[part - 1], ends[part]
            bits = finer[row, finer_ends[part - 3] : finer_ends[part - 2]]
            long = _write_fine(values[place, begin:end], codes[row, begin - skipped : end - skipped], bits)
            factors[row, part - 2] = 1.0 / long if long else 0.0


@compiled
def _short(
    middles: npt.NDArray[np.int8],
    behind: npt.NDArray[np.float32],
    next_: Whole16,
    steps: npt.NDArray[np.float32],
    sizes: npt.NDArray[np.float32],
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in how far what lies beyond the rows' heads falls short of the most, once their middles are read."""
    beyond, tail = sizes[0], sizes[1]
    for place in range(len(rows)):
        soon = np.uintp(rows[min(place + AHEAD, len(rows) - 1)])
        fetch_all(middles, soon)
        row = np.uintp(rows[place])
        between = np.int32(0)
        for at in range(np.uintp(0), np.uintp(NEXT_LINES)):
            between = np.int32(between + np.int32(middles[row, at]) * np.int32(next_[at]))
        most = behind[row, BEYOND] * beyond
        known = behind[row, NEXT] * steps[1] * np.float32(between) + behind[row, TAIL] * tail
        out[place] = np.float32(0.0) if behind[row, FACTOR] == MISSING else most - known


@compiled
def _score(  # noqa: PLR0913, PLR0917 - likewise
    codes: npt.NDArray[np.int8],
    heads: npt.NDArray[np.int8],
    middles: npt.NDArray[np.int8],
    factors: npt.NDArray[np.float32],
    missing: Mask,
    finer: npt.NDArray[np.uint8],
    behind: npt.NDArray[np.float32],
    finer_ends: Rows,
    vector: Whole16,
    upper: Whole16,
    next_: Whole16,
    steps: npt.NDArray[np.float32],
    rest: npt.NDArray[np.float32],
    ends: Rows,
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in the inner products: of `vector` × `steps` with the codes, of `rest` with what is missing."""
    head, middle = np.uintp(ends[0]), np.uintp(ends[1])
    skipped = np.uintp(middle - head)
    for place in range(len(rows)):
        soon = np.uintp(rows[min(place + AHEAD, len(rows) - 1)])
        fetch_all(codes, soon)
        fetch_all(heads, soon)
        fetch_all(middles, soon)
        fetch_all(finer, soon)
        fetch_all(factors, soon)
        fetch_all(missing, soon)
        row = np.uintp(rows[place])
        high, lower, between = np.int32(0), np.int32(0), np.int32(0)
        for at in range(np.uintp(0), np.uintp(LINES)):
            high = np.int32(high + np.int32(heads[row, at]) * np.int32(upper[at]))
        for at in range(np.uintp(0), head):
            lower = np.int32(lower + np.int32(codes[row, at]) * np.int32(vector[at]))
        for at in range(np.uintp(0), np.uintp(NEXT_LINES)):
            between = np.int32(between + np.int32(middles[row, at]) * np.int32(next_[at]))
        score = behind[row, FACTOR] * steps[0] * (np.float32(HALF) * high + lower)
        score += behind[row, NEXT] * steps[1] * between
        begin = middle
        for part in range(2, len(ends)):
            end, whole = np.uintp(ends[part]), np.int32(0)
            for at in range(begin, end):
                whole = np.int32(whole + np.int32(codes[row, np.uintp(at - skipped)]) * np.int32(vector[at]))
            if part == 2:
                score += factors[row, 0] * steps[2] * whole
                score = rest[0] if missing[row, 0] else score
            else:
                facet = part - 2
                first, last = np.uintp(finer_ends[part - 3]), np.uintp(finer_ends[part - 2])
                all_ = np.float32(QUARTER) * whole + _fine_sum(finer, row, first, last, vector, begin, end)
                score += rest[facet] if missing[row, facet] else factors[row, facet] * steps[part] * all_
            begin = end
        out[place] = score


# One loop for one row and for many: equal rows must be turned alike to the last bit, so that ties go by lot.
@compiled_sums
def _turn(turn: Vectors, vectors: Vectors, out: Vectors) -> None:
    """Fill in each vector's coordinates along the rows of `turn`."""
    for first in range(0, len(turn), TILE):  # as much of the turn as the processor's cache holds
        for place in range(len(vectors)):
            for row in range(first, min(first + TILE, len(turn))):
                total = np.float32(0.0)
                for at in range(turn.shape[1]):
                    total += turn[row, at] * vectors[place, at]
                out[place, row] = total


@compiled
def _add_up(turn: Vectors, along: npt.NDArray[Any], out: npt.NDArray[Any]) -> None:
    """Add the rows of `turn`, each as often as `along` says."""
    for row in range(len(turn)):
        for at in range(turn.shape[1]):
            out[at] += along[row] * turn[row, at]
