"""Sums over the documents of a side: what the mean similarity of two sides is worked out from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Of all documents of a side, or of some: those of its parts add up to a side's."""

    vectors: npt.NDArray[np.float64]
    """Shape (sum of dimensions,): the facet vectors side by side, as they were put."""
    counts: npt.NDArray[np.int64]
    """Shape (facets,): how many documents have each facet."""
    terms: npt.NDArray[np.int64] | None
    """Shape (buckets,), of `TermRows`; None where terms are not compared."""

    def __add__(self, other: "Totals") -> "Totals":
        terms = None if self.terms is None or other.terms is None else self.terms + other.terms
        return Totals(self.vectors + other.vectors, self.counts + other.counts, terms)
