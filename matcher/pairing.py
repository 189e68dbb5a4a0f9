"""One posting and one profile, as the list of the posting's candidates has them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.comparison import Comparison
from matcher.core.scoring import Match
from matcher.stages.rank import SLACK


@dataclass(frozen=True, slots=True)
class Pair:
    """A posting and a profile."""

    match: Match | None
    """With its rank among all candidates of the posting; None where it is excluded."""
    excluded_by: Sequence[str]
    """The hard constraints that the two fail: of `eligibility.failed`, and `hidden`."""
    eligible: int
    """How many profiles pass them."""


def pair(comparison: Comparison, row: int) -> Pair:
    """Return a posting and one profile.

    Args:
        comparison: the posting's.
        row: the profile's.
    """
    eligible = comparison.eligible()
    if row not in eligible:
        return Pair(None, comparison.excluded_by(row), eligible=len(eligible))
    its_own = float(comparison.rough(np.array([row]))[1][0])
    # No deeper than it stands: all before it, and those that rounding alone may have put behind it.
    rows = comparison.reaching(eligible, its_own - 4 * SLACK)
    skills, rough = comparison.rough(rows)
    found = comparison.best_of(rows, skills, rough, k=int((rough >= its_own - 2 * SLACK).sum()))
    place = int(np.flatnonzero(found.rows == row)[0])
    (match,) = comparison.matches(found.take(np.array([place]))).ranked_from(place + 1)
    return Pair(match, (), eligible=len(eligible))
