"""What is asked for, or had, as tables by the number of a skill: made once a question, looked up a million times."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled

Numbers = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float32]

SLOTS = 16
"""Skills that are asked for whose bits nobody shares."""
CLOSE = 0.75
"""From which share on one stands in closely."""
BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float64)
"""Of each byte, shape (256, 8)."""
ROUNDED_UP = 1.0 + 1e-6
"""What is to be a bound must not be rounded down."""

Reach = tuple[Numbers, Shares]
"""The skills that stand in for one skill, or those for which it stands in; and how far."""
NO_REACH: Reach = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


class Reached(NamedTuple):
    """What stands in for each of some skills, or for what each of them does: one after another."""

    others: Numbers
    far: Shares
    sizes: npt.NDArray[np.int64]
    """How many of the others are each skill's."""

    @classmethod
    def of(cls, reaches: Sequence[Reach]) -> Self:
        """Put what belongs to each skill one after another."""
        others, far = zip(*(reaches or [NO_REACH]), strict=True)
        sizes = np.array([len(each) for each, _ in reaches], dtype=np.int64)
        return cls(np.concatenate(others), np.concatenate(far), sizes)


class Wanted(NamedTuple):
    """The skills that a posting asks for, as tables by the number of a skill."""

    asked: Reached
    """What stands in for each."""
    shares: Shares
    """What each counts."""
    place: Numbers
    """Shape (numbers,): where in `values` a skill stands, 0 for one that stands in for nothing."""
    values: npt.NDArray[np.float32]
    """Shape (skills that stand in for something + 1, asked): how far each stands in for each."""

    @classmethod
    def of(cls, asked: Reached, shares: Shares, *, numbers: int) -> "Wanted":
        """Return what a posting asks for.

        Args:
            asked: what stands in for each skill; one at least.
            shares: what each counts.
            numbers: the length of the vocabulary.
        """
        place = np.zeros(numbers, dtype=np.int32)
        return cls(asked, shares, place, _tabled(*asked, place))

    def marks(self) -> "Marks":
        """Return which skills stand in for each that is asked for, in bits."""
        marks, parts = np.zeros(len(self.place), dtype=np.uint32), np.zeros((2, SLOTS))
        _marked(*self.asked, self.shares, marks, parts)
        parts *= ROUNDED_UP / self.shares.sum(dtype=np.float64)
        sums = np.einsum("bs,ps->pb", BITS, parts.reshape(-1, BITS.shape[1]))
        return Marks(marks, sums.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Marks:
    """For what a posting asks, each skill stands in at all, and for what closely: a bit each.

    Where it asks for more than SLOTS skills, some share their bits, and count together.
    """

    of_skills: npt.NDArray[np.uint32]
    """Shape (numbers,)."""
    sums: npt.NDArray[np.float32]
    """Shape (bytes of a mark, 256): the most that all skills that give a byte its bits cover together."""


class Offered(NamedTuple):
    """The skills that a profile has, as a table by the number of a skill."""

    best: npt.NDArray[np.float32]
    """Shape (numbers,): how far the profile has each skill that may be asked for."""

    @classmethod
    def of(cls, offered: Reached, *, numbers: int) -> "Offered":
        """Return what a profile has.

        Args:
            offered: for what each of its skills stands in.
            numbers: the length of the vocabulary.
        """
        best = np.zeros(numbers, dtype=np.float32)
        _reach(offered.others, offered.far, best)
        return cls(best)


NO_SKILLS = Reached.of(())


@compiled
def _reach(others: Numbers, far: Shares, best: npt.NDArray[np.float32]) -> None:
    """Fill in how far each skill is reached at best, 0 before."""
    for at in range(len(others)):
        best[others[at]] = max(best[others[at]], far[at])


@compiled
def _tabled(others: Numbers, far: Shares, sizes: npt.NDArray[np.int64], place: Numbers) -> npt.NDArray[np.float32]:
    """Give each skill its place; return how far it stands in for each that is asked for.

    Args:
        others: what stands in for the first that is asked for, then for the next, and so on.
        far: how far.
        sizes: how many stand in for each.
        place: filled in, zero before.
    """
    useful = 0
    for other in others:
        if not place[other]:
            useful += 1
            place[other] = useful
    values = np.zeros((useful + 1, len(sizes)), dtype=np.float32)
    at = 0
    for skill in range(len(sizes)):
        for _ in range(sizes[skill]):
            values[place[others[at]], skill] = far[at]
            at += 1
    return values


@compiled
def _marked(
    others: Numbers,
    far: Shares,
    sizes: npt.NDArray[np.int64],
    shares: Shares,
    marks: npt.NDArray[np.uint32],
    parts: npt.NDArray[np.float64],
) -> None:
    """Give each skill its marks, and add up what is covered at most by each slot's: at all, and closely beyond that.

    Args:
        others: what stands in for the first that is asked for, then for the next, and so on.
        far: how far.
        sizes: how many stand in for each.
        shares: what each counts.
        marks: filled in, zero before.
        parts: likewise, shape (2, SLOTS).
    """
    at = 0
    for skill in range(len(sizes)):
        slot = skill % SLOTS
        near = most = 0.0
        for _ in range(sizes[skill]):
            is_close = far[at] >= CLOSE
            marks[others[at]] |= np.uint32(1 << slot) | np.uint32(int(is_close) << (slot + SLOTS))
            near = near if is_close else max(near, far[at])
            most = max(most, far[at])
            at += 1
        parts[0, slot] += shares[skill] * near
        parts[1, slot] += shares[skill] * (most - near)
