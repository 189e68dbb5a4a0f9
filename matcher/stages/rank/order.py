"""Scores in order, best first; equal ones by lot."""

from collections.abc import Collection
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.pages import lot
from matcher.core.traits import Rows
from matcher.stages.rank.scores import Scores

TICK = 1e-6
"""Scores closer than this are equal: the order of additions must not decide a ranking."""

SLACK = 1e-4
"""How far a score from a matrix product, or from codes with a question in steps (3.5e-5, measured), may lie from the
same score computed alone; twice that, and some."""

FEW = 128
"""So many of the best are put in order one by one, as they are found."""


class Ids(Protocol):
    """The id at every row; None where a row is free."""

    def __getitem__(self, row: int, /) -> str | None: ...


def ticks(scores: Scores) -> npt.NDArray[np.int64]:
    """Return scores as they are ordered: equal where they are closer than TICK."""
    return np.rint(scores / TICK).astype(np.int64)


def contenders(scores: Scores, k: int, *, slack: float = SLACK) -> npt.NDArray[np.int64]:
    """Return the places of all that may be among the k best, ascending: a few more than k.

    A matrix product rounds a pair's score by how many pairs go with it. What decides an order is computed pair by pair
    from these, so that a batch answers as a single question does.

    Args:
        scores: one an eligible row; each may lie off.
        k: how many are looked for.
        slack: twice as far as any may lie off, and some.
    """
    if k <= 0 or k >= len(scores):
        return np.arange(len(scores) if k > 0 else 0)
    return np.flatnonzero(scores >= np.partition(scores, len(scores) - k)[len(scores) - k] - slack)


def top(scores: Scores, rows: Rows, ids: Ids, k: int, *, asker: str) -> npt.NDArray[np.int64]:
    """Return the places of the k best scores, best first.

    Equal scores go by lot, so that no candidate comes first everywhere for the sake of their id: hundreds of people
    say of themselves "développeur" and nothing else. The lot is drawn by a digest of both ids: the same question gets
    the same answer, whatever came when.

    Args:
        scores: one an eligible row.
        rows: the eligible rows, in the same order.
        ids: the id at every row, eligible or not.
        k: how many at most.
        asker: the id of the document that asks.
    """
    if k <= 0 or not len(scores):
        return np.empty(0, dtype=np.int64)
    if k <= FEW:
        places = np.empty(min(k, len(scores)), dtype=np.int64)
        if not _fill_best(scores, places):
            return places
    counted = ticks(scores)
    near = np.arange(len(counted))
    if len(counted) > 2 * k:  # else to sort all is quicker
        near = np.flatnonzero(counted >= np.partition(counted, len(counted) - k)[len(counted) - k])
    best = sorted(zip((-counted[near]).tolist(), rows[near].tolist(), near.tolist(), strict=True))
    firsts = {tick for tick, _, _ in best[: k + 1]}
    if len(firsts) == min(k + 1, len(best)):
        return np.array([place for _, _, place in best[:k]], dtype=np.int64)
    # A lot is drawn only where there is a tie: drawing takes longer than all the sorting.
    drawn = sorted((tick, lot(asker, ids[row] or ""), place) for tick, row, place in best if tick in firsts)
    return np.array([place for _, _, place in drawn[:k]], dtype=np.int64)


@compiled
def _fill_best(scores: Scores, places: npt.NDArray[np.int64]) -> bool:
    """Fill in the places of the best scores, best first; return whether any of them is equal to another score."""
    k, found = len(places), 0
    counted = np.empty(k, dtype=np.int64)
    for place in range(len(scores)):
        tick = np.int64(np.rint(scores[place] / TICK))
        if found < k or tick > counted[k - 1]:
            at = min(found, k - 1)
            while at > 0 and counted[at - 1] < tick:
                places[at], counted[at] = places[at - 1], counted[at - 1]
                at -= 1
            places[at], counted[at] = place, tick
            found = min(found + 1, k)
    as_last = 0
    for score in scores:
        as_last += np.int64(np.rint(score / TICK)) == counted[k - 1]
    is_tied = as_last > 1
    for at in range(1, k):
        is_tied |= counted[at] == counted[at - 1]
    return is_tied


def in_order(scores: Scores, rows: Rows, ids: Ids, *, k: int, seen: Collection[bytes]) -> list[tuple[bytes, int]]:
    """Return the k + 1 best scores that have not been seen, best first: lot, and place.

    Args:
        scores: one a row.
        rows: the rows, in the same order.
        ids: the id at every row.
        k: how many at most, and one to tell that more follow.
        seen: the lots of those that have been shown before.
    """
    depth = k + 1 + len(seen)
    counted = -ticks(scores)
    near = np.arange(len(counted))
    if depth < len(near):
        near = np.flatnonzero(counted <= np.partition(counted, depth - 1)[depth - 1])
    keyed = (
        (tick, lot("", ids[rows[at]] or ""), at) for tick, at in zip(counted[near].tolist(), near.tolist(), strict=True)
    )
    return [(drawn, at) for _, drawn, at in sorted(keyed) if drawn not in seen][: k + 1]
