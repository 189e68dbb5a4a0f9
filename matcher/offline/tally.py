"""What rankings did to groups of people, added up: by person, and by organisation and group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.choices import Choice
from matcher.offline.groups import UNSAID, UNTOLD

OTHERS = "smaller groups together"
NO_REFERENCE = frozenset({UNSAID, UNTOLD, OTHERS})
"""Groups that say nothing of who is in them: nobody is compared with these."""

Sums = npt.NDArray[np.float64]


class Quantity(NamedTuple):
    """The columns of sums."""

    pairs: int = 0
    """With postings that were open."""
    passed: int = 1
    """Of those, the pairs that passed the hard constraints."""
    ranked: int = 2
    """Pairs that passed those of postings with more people than places: there, somebody is not shown."""
    shown: int = 3
    """Of those, the pairs that were shown."""
    shown_by_lot: int = 4
    """How many would have been, had the places been drawn by lot among all who had passed."""
    exposure: int = 5
    """The attention that the places get: 1 / log2(rank + 1), added up."""
    exposure_by_lot: int = 6


OF = Quantity()
COLUMNS = len(OF)


@dataclass(frozen=True, slots=True)
class Grouped:
    """People by their groups of one attribute."""

    attribute: str
    names: tuple[str, ...]
    """Of the groups, the largest first."""
    of: npt.NDArray[np.int64]
    """Each person's group, by its place among the names."""
    pooled: tuple[str, ...] = ()
    """The groups that OTHERS holds."""


def grouped(attribute: str, groups: Sequence[str], *, smallest: int) -> Grouped | None:
    """Return people by group, those groups put together that have too few; None where all together are too few.

    Nothing is told of fewer people than `smallest`, not by subtraction either: where those of too small groups are
    together too few, the next smallest group joins them.

    Args:
        attribute: what the groups are of.
        groups: the name of each person's.
        smallest: how many people a group has at least.
    """
    if len(groups) < smallest:
        return None
    ordered = sorted(Counter(groups).items(), key=lambda one: (-one[1], one[0]))
    kept = [name for name, count in ordered if count >= smallest]
    pooled = [name for name, count in ordered if count < smallest]
    counts = dict(ordered)
    while pooled and sum(counts[name] for name in pooled) < smallest:
        pooled.insert(0, kept.pop())
    names = (*kept, *([OTHERS] if pooled else []))
    place = {name: min(number, len(names) - 1) for number, name in enumerate([*kept, *pooled])}
    return Grouped(attribute, names, np.array([place[name] for name in groups], np.int64), tuple(sorted(pooled)))


class Tally:
    """Sums over rankings, a few numbers a person and a few a group and unit: no ranking is kept."""

    def __init__(self, attributes: Sequence[Grouped], people: int) -> None:
        """Begin with nothing.

        Args:
            attributes: the groups of so many people.
            people: how many there are.
        """
        self.attributes = attributes
        self.people: Sums = np.zeros((people, COLUMNS))
        """Shape (people, COLUMNS)."""
        self.rankings = 0
        """Rankings that were added."""
        self.contested = 0
        """Those of them with more people than places."""
        self._starts = np.cumsum([0, *(len(one.names) for one in attributes)])
        of = [one.of + start for one, start in zip(attributes, self._starts.tolist(), strict=False)]
        self._groups = np.array(of, np.int64).reshape(len(attributes), people)
        self._sizes = self._counted(np.arange(people))
        self._units: dict[str, Sums] = {}
        """Shape (groups of all attributes, COLUMNS) each."""

    def add(self, choice: Choice, *, unit: str, places: int) -> None:
        """Add one ranking.

        Args:
            choice: the ranking; whoever is shown and not eligible is left out.
            unit: what is drawn as a whole where samples are drawn: its organisation, say.
            places: how many are shown where so many are eligible.
        """
        eligible = choice.eligible
        passed, sums = self._counted(eligible), self._units.setdefault(unit, np.zeros((self._starts[-1], COLUMNS)))
        self.rankings += 1
        self.people[:, OF.pairs] += 1
        self.people[eligible, OF.passed] += 1
        sums[:, OF.pairs] += self._sizes
        sums[:, OF.passed] += passed
        if len(eligible) <= places:
            return
        known = np.isin(choice.shown, eligible)
        shown, exposure = choice.shown[known], 1 / np.log2(choice.ranks[known] + 1)
        self.contested += 1
        for column, what in ((OF.shown, np.ones(len(shown))), (OF.exposure, exposure)):
            by_lot = what.sum() / len(eligible)
            self.people[shown, column] += what
            self.people[eligible, column + 1] += by_lot
            sums[:, column] += self._counted(shown, what)
            sums[:, column + 1] += passed * by_lot
        self.people[eligible, OF.ranked] += 1
        sums[:, OF.ranked] += passed

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self._units)

    def by_unit(self, attribute: int) -> Sums:
        """Return the sums of an attribute's groups, shape (units, groups, COLUMNS); they add up to those of people."""
        some = slice(self._starts[attribute], self._starts[attribute + 1])
        return np.array([sums[some] for sums in self._units.values()]).reshape(
            len(self._units), len(self.attributes[attribute].names), COLUMNS
        )

    def _counted(self, people: npt.NDArray[np.int64], weights: Sums | None = None) -> Sums:
        """Return how many of some people each group of all attributes has, or the sum of their weights."""
        groups = self._groups[:, people]
        every = None if weights is None else np.broadcast_to(weights, groups.shape).ravel()
        return np.bincount(groups.ravel(), weights=every, minlength=self._starts[-1]).astype(np.float64)
