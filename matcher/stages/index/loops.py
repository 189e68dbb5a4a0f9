"""The loops over rows of codes, compiled: they write rows, and add up the products of their codes with a question's."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, LINE, compiled, compiled_sums, fetch, fetch_all
from matcher.core.ports import Vectors
from matcher.core.traits import Mask, Rows
from matcher.stages.index.heads import (
    BEYOND,
    HALF,
    HEAD_BYTES,
    HEAD_STEP,
    MIDDLE_STEP,
    MISSING,
    MOST,
    TAIL,
    UP,
    Int16s,
    length_of,
    middle_of,
    scale_of,
)

MIDDLE_BYTES = 256
"""Bytes of the lines that a row's middle fills."""
QUARTER = 4
"""What an 8-bit code of another facet counts beside its two finer bits, and how many coordinates' bits a byte holds."""
TILE = 64


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
def encode(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
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
    """Write rows from `start` on: their first facet's vectors as rotated, the others' from `values`."""
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
        asked_middle = _write_codes(first[place, head:middle], middles[row, :skipped])
        coarse = _write_codes(first[place, middle:tail], codes[row, head : tail - skipped])
        length = length_of(first[place])
        between, left = length_of(first[place, head:middle]), length_of(first[place, middle:tail])
        nearest = length_of(first[place, :head])
        behind[row, HEAD_STEP] = MISSING if missing[place, 0] else nearest / (fine * length) if fine else 0.0
        # Rounded up: bounds.
        behind[row, BEYOND] = math.hypot(between, left) / length * UP if length else 0.0
        behind[row, TAIL] = left / length * UP if length else 0.0
        behind[row, MIDDLE_STEP] = between / (asked_middle * length) if asked_middle else 0.0
        factors[row, 0] = left / (coarse * length) if coarse else 0.0
        for part in range(3, len(ends)):
            begin, end = ends[part - 1], ends[part]
            bits = finer[row, finer_ends[part - 3] : finer_ends[part - 2]]
            long = _write_fine(values[place, begin:end], codes[row, begin - skipped : end - skipped], bits)
            factors[row, part - 2] = 1.0 / long if long else 0.0


@compiled
def middles_shortfall(
    middles: npt.NDArray[np.int8],
    behind: npt.NDArray[np.float32],
    asked_middle: Int16s,
    steps: npt.NDArray[np.float32],
    long: float,
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in how far the rows' middles fall short of the most that one can get of a question's, so long."""
    for place in range(len(rows)):
        soon = np.uintp(rows[min(place + AHEAD, len(rows) - 1)])
        fetch_all(middles, soon)
        fetch(behind, soon, np.uintp(0))
        row = np.uintp(rows[place])
        between = np.int32(0)
        for at in range(np.uintp(0), np.uintp(MIDDLE_BYTES)):
            between = np.int32(between + np.int32(middles[row, at]) * np.int32(asked_middle[at]))
        most = middle_of(behind[row, BEYOND], behind[row, TAIL]) * long
        known = behind[row, MIDDLE_STEP] * steps[1] * np.float32(between)
        out[place] = np.float32(0.0) if behind[row, HEAD_STEP] == MISSING else most - known


@compiled
def others_shortfall(  # noqa: PLR0913, PLR0917 - likewise
    codes: npt.NDArray[np.int8],
    factors: npt.NDArray[np.float32],
    missing: Mask,
    vector: Int16s,
    steps: npt.NDArray[np.float32],
    most: npt.NDArray[np.float32],
    rest: npt.NDArray[np.float32],
    ends: Rows,
    rows: Rows,
    out: npt.NDArray[np.float32],
) -> None:
    """Fill in how far the rows' other facets fall short of the most, `most` each, without their finer bits."""
    skipped = np.uintp(ends[1] - ends[0])
    finer = np.zeros(len(ends), dtype=np.float32)
    for part in range(3, len(ends)):
        for at in range(ends[part - 1], ends[part]):
            finer[part] += np.float32(QUARTER // 2) * np.float32(abs(np.int32(vector[at])))
    first, last = np.uintp(ends[2]) - skipped, np.uintp(codes.shape[1])
    for place in range(len(rows)):
        soon = np.uintp(rows[min(place + AHEAD, len(rows) - 1)])
        for byte in range(first, last, np.uintp(LINE)):
            fetch(codes, soon, byte)
        fetch(factors, soon, np.uintp(0))
        fetch(missing, soon, np.uintp(0))
        row = np.uintp(rows[place])
        short = np.float32(0.0)
        begin = np.uintp(ends[2])
        for part in range(3, len(ends)):
            end, whole, facet = np.uintp(ends[part]), np.int32(0), part - 2
            for at in range(begin, end):
                whole = np.int32(whole + np.int32(codes[row, np.uintp(at - skipped)]) * np.int32(vector[at]))
            known = factors[row, facet] * steps[part] * (np.float32(QUARTER) * np.float32(whole) + finer[part])
            short += most[facet] - (rest[facet] if missing[row, facet] else known)
            begin = end
        out[place] = short


@compiled
def score(  # noqa: PLR0913, PLR0917 - likewise
    codes: npt.NDArray[np.int8],
    heads: npt.NDArray[np.int8],
    middles: npt.NDArray[np.int8],
    factors: npt.NDArray[np.float32],
    missing: Mask,
    finer: npt.NDArray[np.uint8],
    behind: npt.NDArray[np.float32],
    finer_ends: Rows,
    vector: Int16s,
    upper: Int16s,
    asked_middle: Int16s,
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
        for at in range(np.uintp(0), np.uintp(HEAD_BYTES)):
            high = np.int32(high + np.int32(heads[row, at]) * np.int32(upper[at]))
        for at in range(np.uintp(0), head):
            lower = np.int32(lower + np.int32(codes[row, at]) * np.int32(vector[at]))
        for at in range(np.uintp(0), np.uintp(MIDDLE_BYTES)):
            between = np.int32(between + np.int32(middles[row, at]) * np.int32(asked_middle[at]))
        score = behind[row, HEAD_STEP] * steps[0] * (np.float32(HALF) * high + lower)
        score += behind[row, MIDDLE_STEP] * steps[1] * between
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


# One loop for one row and for many: equal rows must be rotated alike to the last bit, so that ties go by lot.
@compiled_sums
def rotate(rotation: Vectors, vectors: Vectors, out: Vectors) -> None:
    """Fill in each vector's coordinates along the rows of `rotation`."""
    for first in range(0, len(rotation), TILE):  # as much of the rotation as the processor's cache holds
        for place in range(len(vectors)):
            for row in range(first, min(first + TILE, len(rotation))):
                total = np.float32(0.0)
                for at in range(rotation.shape[1]):
                    total += rotation[row, at] * vectors[place, at]
                out[place, row] = total


@compiled
def add_up(rotation: Vectors, along: npt.NDArray[Any], out: npt.NDArray[Any]) -> None:
    """Add the rows of `rotation`, each as often as `along` says."""
    for row in range(len(rotation)):
        for at in range(rotation.shape[1]):
            out[at] += along[row] * rotation[row, at]
