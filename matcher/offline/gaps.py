"""What makes the best scores of a group lower or higher than the best of all: where to look for a cause.

Most who are eligible for a posting are of another trade; whoever is to be shown competes with the best. So the best
tenth of a group is put beside the best tenth of all who are eligible, posting by posting.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from matcher.core.scoring import ASPECTS
from matcher.engine import Matcher
from matcher.offline.tally import Grouped

BEST = 0.1
FEWEST = 30
"""Eligible people of a group: of fewer, the best tenth says more of their number than of their scores."""


def score_gaps(
    matcher: Matcher, attributes: Sequence[Grouped], profile_ids: Sequence[str], posting_ids: Sequence[str]
) -> list[list[Mapping[str, float]]]:
    """Return by attribute and group how far each aspect of its best scores lies above that of the best of all.

    The mean over postings. A group that has never enough eligible people has no gap.

    Args:
        matcher: open.
        attributes: the groups of those people.
        profile_ids: of the people.
        posting_ids: of some open postings.
    """
    sums = [np.zeros((len(each.names), len(ASPECTS))) for each in attributes]
    counts = [np.zeros(len(each.names)) for each in attributes]
    for worth in matcher.examiner.worths(profile_ids, posting_ids):
        if len(worth.eligible) < FEWEST:
            continue
        of_all = _best(worth.values)
        for number, each in enumerate(attributes):
            groups = each.of[worth.eligible]
            for group in np.flatnonzero(np.bincount(groups) >= FEWEST).tolist():
                sums[number][group] += _best(worth.values[groups == group]) - of_all
                counts[number][group] += 1
    return [
        [
            dict(zip(ASPECTS, (row / count).tolist(), strict=True)) if count else {}
            for row, count in zip(summed, counted, strict=True)
        ]
        for summed, counted in zip(sums, counts, strict=True)
    ]


def _best(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the mean contributions of the best tenth of some scores."""
    kept = max(round(BEST * len(values)), 1)
    best: npt.NDArray[np.float64] = values[np.argpartition(-values.sum(axis=1), kept - 1)[:kept]].mean(axis=0)
    return best
