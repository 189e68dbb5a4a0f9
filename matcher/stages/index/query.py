"""A document as a question: one inner product with a row is the weighted sum of their facets' cosines.

Its facet vectors are scaled by their weights; then comes each facet's weight times the mean similarity, so that what is
unknown counts as average.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.domain import Facet
from matcher.core.ports import Vectors
from matcher.stages.index.layout import Layout
from matcher.stages.index.terms import Asked


class Scaled(NamedTuple):
    """A question by the weights of its facets: what one inner product with a row needs."""

    vector: Vectors
    """Shape (width,), float32; without the terms."""
    base: float
    """What its missing facets add to every score."""
    terms_weight: float
    """What the cosine of its terms counts."""


@dataclass(slots=True, eq=False)
class Query:
    """A document as a question to the other side. Not frozen: made for every answer, in a fifth of the time."""

    facets: Vectors
    """Shape (sum of dimensions,): its unit vectors side by side, zero where it lacks the facet; as rows are kept."""
    known: npt.NDArray[np.bool_]
    """Shape (facets,): which facets it has."""
    terms: Asked | None
    """The document's telling words; None where none are compared."""
    weights: Mapping[Facet, float]
    """What each facet's cosine counts."""
    unknown: npt.NDArray[np.float32]
    """Shape (facets,): the similarity that counts where either side lacks the facet."""
    layout: Layout
    """How the rows lie that are compared with it."""
    terms_share: npt.NDArray[np.float32]
    """Shape (facets,): what terms count in each facet's cosine."""
    _scaled: Scaled | None = None

    @property
    def scaled(self) -> Scaled:
        """The facets scaled by their weights: made when first asked for, as few rows of floats do without."""
        if self._scaled is None:
            weight = np.array([self.weights[facet] for facet in self.layout.facets], dtype=np.float32)
            vector = np.empty(self.layout.width, dtype=np.float32)
            asked = self.facets, self.known, self.layout.ends, weight, self.unknown, self.terms_share
            self._scaled = Scaled(vector, *_weighted(*asked, vector))
        return self._scaled


@compiled
def _weighted(
    facets: Vectors,
    known: npt.NDArray[np.bool_],
    ends: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float32],
    unknown: npt.NDArray[np.float32],
    terms_share: npt.NDArray[np.float32],
    vector: Vectors,
) -> tuple[float, float]:
    """Fill in a question's vector; return what its missing facets add to every score, and what terms count."""
    base = of_terms = np.float32(0.0)
    start = 0
    for facet in range(len(ends)):
        share = weight[facet] * (np.float32(1.0) - terms_share[facet])
        for at in range(start, ends[facet]):
            vector[at] = facets[at] * share
        start = ends[facet]
        missing = weight[facet] * unknown[facet]
        vector[facet - len(ends)] = missing if known[facet] else np.float32(0.0)
        base += np.float32(0.0) if known[facet] else missing
        of_terms += weight[facet] * terms_share[facet]
    return np.float64(base), np.float64(of_terms)
