"""Sums over the documents of a side: what the mean similarity of two sides is worked out from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Facet
from matcher.stages.index.layout import Layout
from matcher.stages.index.terms import mean_cosine


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over all documents of a side, or over a part of them: the sums of the parts add up to the side's."""

    vectors: npt.NDArray[np.float64]
    """Shape (sum of dimensions,): the facet vectors side by side, as they were put."""
    counts: npt.NDArray[np.int64]
    """Shape (facets,): how many documents have each facet."""
    terms: npt.NDArray[np.int64] | None
    """Shape (buckets,), of `TermRows`; None where terms are not compared."""

    def __add__(self, other: "Totals") -> "Totals":
        terms = None if self.terms is None or other.terms is None else self.terms + other.terms
        return Totals(self.vectors + other.vectors, self.counts + other.counts, terms)


def mean_similarity(
    here: Totals, there: Totals, *, layout: Layout, terms_share: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Return each facet's mean cosine over all pairs of a document here and one there, shape (facets,).

    The mean of the products is the product of the means: no pair is looked at. 0 where one side is empty.

    Args:
        here: of one side.
        there: of the other.
        layout: of the rows of both.
        terms_share: shape (facets,): what terms count in each facet's cosine.
    """
    pairs = np.maximum(here.counts, 1) * np.maximum(there.counts, 1)
    products = here.vectors * there.vectors
    means = np.array([products[part].sum() for part in layout.parts]) / pairs
    if here.terms is not None and there.terms is not None:
        body = layout.facets.index(Facet.BODY)
        alike = mean_cosine(here.terms, there.terms, pairs=int(pairs[body]))
        means[body] += terms_share[body] * (alike - means[body])
    found: npt.NDArray[np.float32] = means.astype(np.float32)
    return found
