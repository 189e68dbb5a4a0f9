"""Rates of groups, their impact ratios, and how sure those are.

What hard constraints did and what the ranking did are told apart: how often a group passes, and how often it is shown
for those postings that it has passed for, beside what a lot among the same people would have given it. So a group is
not found to be ranked low because it is eligible where many are.

Two things are drawn anew for an interval, each by a Bayesian bootstrap (Rubin, 1981): which organisations recruit, and
which people there are. Neither the pairs of one posting nor those of one person are independent. The variances of the
ratio's logarithm are added (Owen, The Pigeonhole Bootstrap, 2007; Cameron, Gelbach and Miller, 2011).

The four-fifths rule: Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from matcher.offline.tally import NO_REFERENCE, OF, Sums, Tally

FOUR_FIFTHS = 0.8
FIVE_QUARTERS = 1.25
DRAWS = 1000
AT_ONCE = 50
"""Draws of people that are in memory together."""
CONFIDENCE = 0.95
"""That all intervals of an attribute and a measure hold together."""
FEW_UNITS = 10
"""Of fewer organisations (or postings) no interval is told."""
FEW_SHOWN = 10
"""A group is compared if so many of its people would be among those who are ever shown, were it like all others."""
SMALLEST_BEST = 0.05
"""The best-placed group is one of those with such a share of the people, lest chance choose it."""

Draws = npt.NDArray[np.float64]


class Measure(StrEnum):
    """What is compared."""

    ELIGIBILITY = "eligibility"
    """How often a group passes the hard constraints, of all postings."""
    SELECTION = "selection"
    """How often it is shown, of the postings that it has passed for."""
    EXPOSURE = "exposure"
    """The same, each place counted by the attention that it gets."""


COLUMNS: Mapping[Measure, tuple[int, int]] = {
    Measure.ELIGIBILITY: (OF.passed, OF.pairs),
    Measure.SELECTION: (OF.shown, OF.shown_by_lot),
    Measure.EXPOSURE: (OF.exposure, OF.exposure_by_lot),
}
"""What was observed, and what it is a share of."""


class Verdict(StrEnum):
    """What a comparison with the best-placed group says."""

    BEST = "best placed"
    BELOW = "below 4/5"
    """The whole interval is."""
    ABOVE = "above 5/4"
    """The whole interval is; a group that does not say what it is, or is too small for others to be compared with."""
    NONE = "no finding"
    """The whole interval is at 4/5 or more."""
    OPEN = "undecided"
    """The interval holds 4/5."""
    FEW = "too few"
    """Too few people or organisations for an interval, or nobody to compare with."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One group in one measure."""

    measure: Measure
    rate: float
    """Of all pairs with open postings, those that passed; of those, the pairs shown, or their exposure."""
    by_lot: float
    """The same, had the places been drawn by lot; of eligibility, 1."""
    verdict: Verdict
    ratio: float | None = None
    """The impact ratio: rate over lot, as a share of the best-placed group's. None where the verdict is FEW."""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group of an attribute."""

    name: str
    people: int
    compared: Sequence[Compared]
    """In the order of Measure."""
    score_gaps: Mapping[str, float] = field(default_factory=dict)
    """By aspect, how far the group's best scores lie above the best of all in it, if it was worked out."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """All groups of an attribute, the largest first."""

    name: str
    groups: Sequence[Group]
    pooled: Sequence[str]
    """The groups that had too few people to be shown alone."""


def compared(tally: Tally, *, seed: int = 0) -> list[Attribute]:
    """Return what a tally says of each attribute's groups; the same for the same tally and seed."""
    rng = np.random.default_rng(seed)
    of_people = _people_drawn(tally, rng)
    ranked = tally.people[:, OF.ranked] > 0
    share_shown = float((tally.people[ranked, OF.shown] > 0).mean()) if ranked.any() else 0.0
    seen = (0.0, 0.0, 0.0) if tally.units < FEW_UNITS else (1.0, share_shown, share_shown)
    weights = rng.standard_exponential((DRAWS, tally.units))
    found = []
    for number, each in enumerate(tally.attributes):
        units = tally.by_unit(number)
        drawn = np.einsum("du,ugc->dgc", weights, units, optimize=True), of_people[number]
        sizes = np.bincount(each.of, minlength=len(each.names)).astype(np.float64)
        columns = [
            _measured(measure, each.names, sizes, units.sum(axis=0), drawn, seen=share)
            for measure, share in zip(Measure, seen, strict=True)
        ]
        rows = zip(each.names, sizes.astype(int).tolist(), zip(*columns, strict=True), strict=True)
        found.append(Attribute(each.attribute, [Group(*row) for row in rows], each.pooled))
    return found


def _people_drawn(tally: Tally, rng: np.random.Generator) -> list[Draws]:
    """Return the sums of each attribute's groups in each draw of people, shape (DRAWS, groups, COLUMNS)."""
    found = [np.empty((DRAWS, len(each.names), tally.people.shape[1])) for each in tally.attributes]
    members = [[np.flatnonzero(each.of == group) for group in range(len(each.names))] for each in tally.attributes]
    for start in range(0, DRAWS, AT_ONCE):
        weights = rng.standard_exponential((AT_ONCE, len(tally.people)))
        for sums, groups in zip(found, members, strict=True):
            for group, some in enumerate(groups):
                sums[start : start + AT_ONCE, group] = weights[:, some] @ tally.people[some]
    return found


def _measured(
    measure: Measure, names: Sequence[str], sizes: Sums, sums: Sums, drawn: Sequence[Draws], *, seen: float
) -> list[Compared]:
    """Return one measure of each group of an attribute.

    Args:
        measure: which.
        names: of the groups.
        sizes: how many people each has.
        sums: theirs, shape (groups, COLUMNS).
        drawn: theirs in draws of units and in draws of people, shape (DRAWS, groups, COLUMNS) each.
        seen: the share of people who were observed at least once; 0: no interval is told.
    """
    observed, by_lot = COLUMNS[measure]
    base = OF.pairs if measure is Measure.ELIGIBILITY else OF.ranked
    rates, lots = (_quotient(sums[:, column], sums[:, base]).tolist() for column in (observed, by_lot))
    level = _quotient(sums[:, observed], sums[:, by_lot])
    # Of a group that is like all others: how many people are seen, but no more than places fall to it.
    expected = np.minimum(sizes * seen, sums[:, OF.pairs if measure is Measure.ELIGIBILITY else OF.shown_by_lot])
    enough = expected >= FEW_SHOWN
    is_large = sizes >= SMALLEST_BEST * sizes.sum()
    may_be_best = enough & is_large & (level > 0) & [name not in NO_REFERENCE for name in names]
    if not may_be_best.any():
        return [Compared(measure, *both, Verdict.FEW) for both in zip(rates, lots, strict=True)]
    best = int(np.argmax(np.where(may_be_best, level, -1)))
    ratio = level / level[best]
    # As many comparisons as there are pairs of groups: which is the best was read off the same figures (Bonferroni).
    pairs = max(enough.sum() * (enough.sum() - 1) / 2, 1)
    tail = (1 - CONFIDENCE) / 2 / pairs
    logs = [_logs(one, observed, by_lot) for one in drawn]
    variance = sum((one - one[:, [best]]).var(axis=0) for one in logs)
    factor = np.exp(NormalDist().inv_cdf(1 - float(tail)) * np.sqrt(variance))
    # Of nothing seen, so many may have been expected: the limit of Poisson's law.
    none_seen = -np.log(tail) / np.maximum(expected, 1) / level[best]
    low, high = ratio / factor, np.where(level > 0, ratio * factor, none_seen)
    found = []
    for group, both in enumerate(zip(rates, lots, strict=True)):
        interval = float(low[group]), float(high[group])
        if not enough[group]:
            found.append(Compared(measure, *both, Verdict.FEW))
        elif group == best:
            found.append(Compared(measure, *both, Verdict.BEST, 1.0))
        else:
            found.append(Compared(measure, *both, _verdict(*interval), float(ratio[group]), *interval))
    return found


def _logs(drawn: Draws, observed: int, by_lot: int) -> Draws:
    """Return the logarithms of each group's level in each draw, 0 where it was never observed."""
    levels = _quotient(drawn[..., observed], drawn[..., by_lot])
    return np.log(levels, out=np.zeros_like(levels), where=levels > 0)


def _verdict(low: float, high: float) -> Verdict:
    if high < FOUR_FIFTHS:
        return Verdict.BELOW
    if low > FIVE_QUARTERS:
        return Verdict.ABOVE
    return Verdict.NONE if low >= FOUR_FIFTHS else Verdict.OPEN


def _quotient(some: Sums, others: Sums) -> Sums:
    """Return some by others, 0 where those are 0."""
    return np.divide(some, others, out=np.zeros(np.broadcast(some, others).shape), where=others > 0)
