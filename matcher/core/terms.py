"""The telling words of a document's prose as whole numbers: in which buckets their stems fall, and what each counts.

Two texts are compared by what they share and by nothing else: texts without a common stem have the cosine 0, where
vectors of a few hundred buckets have a tenth of what halves of one text have. All that is added up are whole numbers,
so that a cosine is the same to the last bit from either side, in any order, alone and among a million.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Terms = npt.NDArray[np.uint16]
"""Shape (STEMS,): bucket × 8 + weight, descending; 0, which has no weight, where there are fewer. At least one."""

STEMS = 64
"""Stems of a document that count: the weightiest. Half of a posting has fifty, of which the weightiest 32 find the
other half as well as all do (measured, docs/decisions/0028)."""
BUCKETS = 8192
"""Measured: as many as there are stems gain a hundredth; with these a stem and its weight are two bytes."""
HEAVIEST = 7
WEIGHT_BITS = 3


def terms_of(weights: Mapping[int, float]) -> Terms:
    """Return the weightiest of a text's stems.

    Args:
        weights: by bucket, above 0; one at least.

    Raises:
        ValueError: there is none.
    """
    best = sorted(weights.items(), key=lambda one: (-one[1], one[0]))[:STEMS]
    if not best:
        raise ValueError("a text without a stem: give it one that stands for none")
    step = best[0][1] / HEAVIEST
    codes = sorted(((bucket << WEIGHT_BITS) + max(round(weight / step), 1) for bucket, weight in best), reverse=True)
    found = np.zeros(STEMS, dtype=np.uint16)
    found[: len(codes)] = codes
    return found
