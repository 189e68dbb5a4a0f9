"""What tells, before a document is compared, that it cannot be among the best."""

import math

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.scoring import Weights
from matcher.core.traits import FULL_REMOTE, NO_DAY, Rows, Traits
from matcher.stages.rank.scores import UNASKED, UNKNOWN

BINS, BINNED = 1024, 0.5
"""How finely `highest` sorts values, and how far below the highest."""
COLUMNS, LEAST_ROWS, MOST_ROWS = 4, 4, 64
"""`highest` finds few of many among the tops of columns: so many for each that is sought, of so many values each."""
BESIDE = 8
"""How many values are passed over at once where none of them reaches what it should."""


def most(asking: Traits, *, is_posting: bool, has_skills: bool, weights: Weights) -> float:
    """Return what is no vector adds to a document's scores at most: what it does not say counts UNKNOWN everywhere.

    Args:
        asking: the document, one row as columns.
        is_posting: whether it is one.
        has_skills: whether it names any.
        weights: what each aspect counts.
    """
    has_salary = not math.isnan(asking.salary_min[0]) or (is_posting and not math.isnan(asking.salary_max[0]))
    is_placed = bool(asking.regions[0]) or not math.isnan(asking.latitude[0])
    said = {
        "experience": not math.isnan(asking.experience[0]),
        "education": asking.education[0] > 0,
        "languages": asking.languages[0] != 0,
        # Where work is done from anywhere, every place is as good.
        "place": not is_posting or is_placed or asking.remote[0] == FULL_REMOTE,
        "contract": asking.contracts[0] != 0,
        "remote": asking.remote[0] >= 0,
        "salary": has_salary,
        "start": is_posting or asking.first_day[0] != NO_DAY,
    }
    reached = sum(getattr(weights, name) * (1.0 if has else UNKNOWN) for name, has in said.items())
    return float(reached) + weights.skills * (1.0 if has_skills else UNASKED)


def highest(values: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """Return the places of about so many of the highest values, in no order: in one pass where a sort takes ten."""
    count = min(count, len(values))
    columns = max(len(values) // MOST_ROWS, COLUMNS * count)
    if not count or len(values) < LEAST_ROWS * columns:
        return _highest(values, values.max(initial=0.0), count)
    return _few_highest(values, columns, count)


def at_least(rows: Rows, values: npt.NDArray[np.float32], least: float) -> tuple[Rows, npt.NDArray[np.float32]]:
    """Return the rows whose values are no less than this, with those, in their order."""
    found, kept = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.float32)
    count = _at_least(rows, values, least, found, kept)
    return found[:count], kept[:count]


@compiled
def _few_highest(values: npt.NDArray[np.float32], columns: int, count: int) -> npt.NDArray[np.int64]:
    """Return the same from the highest of each column, of values that stand in rows."""
    tops, end = values[:columns].copy(), np.uintp(len(values))
    for start in range(np.uintp(columns), end, np.uintp(columns)):
        for at in range(np.uintp(0), min(np.uintp(columns), end - start)):
            one, top = values[start + at], tops[at]
            tops[at] = one if one > top else top  # noqa: FURB136 - a `max` is not compiled to many at a time
    top_value = max(tops.max(), np.float32(0.0))
    # So many values at least are no less than the lowest of the highest tops, and few more.
    least = tops[_highest(tops, top_value, count)].min()
    places, found = np.empty(len(values), dtype=np.int64), 0
    for column in range(columns):
        if tops[column] >= least:
            for place in range(column, len(values), columns):
                places[found] = place
                found += values[place] >= least
    among = places[:found]
    return among[_highest(values[among], top_value, count)]


@compiled
def _highest(values: npt.NDArray[np.float32], top_value: float, count: int) -> npt.NDArray[np.int64]:
    found = np.empty(count, dtype=np.int64)
    sizes = np.zeros(BINS, dtype=np.int64)
    scale = (BINS - 1) / BINNED
    for value in values:
        sizes[max(BINS - 1 - int((top_value - value) * scale), 0)] += 1
    last, left = BINS - 1, count
    while left > sizes[last]:
        left -= sizes[last]
        last -= 1
    # All of the bins above, and of the last one as many as are left.
    taken = 0
    for place in range(len(values)):
        bin_ = max(BINS - 1 - int((top_value - values[place]) * scale), 0)
        if bin_ > last or (bin_ == last and left > 0):
            left -= bin_ == last
            found[taken] = place
            taken += 1
    return found[:taken]


@compiled
def _at_least(
    rows: Rows, values: npt.NDArray[np.float32], least: float, found: Rows, kept: npt.NDArray[np.float32]
) -> int:
    count, some = np.uintp(0), np.uintp(BESIDE)
    whole = np.uintp(len(rows)) // some * some
    for start in range(np.uintp(0), whole, some):
        is_any = False
        for at in range(np.uintp(0), some):
            is_any |= values[start + at] >= least
        if is_any:
            for place in range(start, start + some):
                # Written whether it counts or not: there is no branch that a processor could guess wrong.
                found[count], kept[count] = rows[place], values[place]
                count += np.uintp(values[place] >= least)
    for place in range(whole, np.uintp(len(rows))):
        found[count], kept[count] = rows[place], values[place]
        count += np.uintp(values[place] >= least)
    return int(count)
