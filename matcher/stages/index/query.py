"""A document as a question: one inner product with a row is the weighted sum of their facets' cosines.

Its facet vectors are scaled by their weights; then comes each facet's weight times the mean similarity, so that what is
unknown counts as average.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled
from matcher.core.domain import Facet
from matcher.core.ports import Vectors
from matcher.core.terms import Terms
from matcher.stages.index.layout import Layout
from matcher.stages.index.terms import Asked


@dataclass(frozen=True, slots=True)
class Query:
    """A document as a question to the other side."""

    vector: Vectors
    """Shape (width,), float32: what one inner product needs; without the terms."""
    facets: Vectors
    """Shape (sum of dimensions,): its unit vectors side by side, zero where it lacks the facet; as rows are kept."""
    known: npt.NDArray[np.bool_]
    """Shape (facets,): which facets it has."""
    unknown: npt.NDArray[np.float32]
    """Shape (facets,): the similarity that counts where either side lacks the facet."""
    base: float
    """What its missing facets add to every score."""
    terms: Asked | None
    """Its telling words; None where none are compared."""
    terms_weight: float
    """What their cosine counts."""

    @classmethod
    def of(
        cls,
        facets: Vectors,
        known: npt.NDArray[np.bool_],
        terms: Terms | None,
        *,
        weights: Mapping[Facet, float],
        unknown: npt.NDArray[np.float32],
        layout: Layout,
        terms_share: npt.NDArray[np.float32],
    ) -> "Query":
        """Return a document's question.

        Args:
            facets: its unit vectors side by side, as rows are kept, zero where it lacks the facet.
            known: shape (facets,): which it has.
            terms: of its body.
            weights: what each facet's cosine counts.
            unknown: shape (facets,): the mean similarities.
            layout: of the rows that are asked.
            terms_share: shape (facets,): what terms count in each facet's cosine.
        """
        weight = np.array([weights[facet] for facet in layout.facets], dtype=np.float32)
        vector = np.empty(layout.width, dtype=np.float32)
        base, terms_weight = _weighted(facets, known, layout.ends, weight, unknown, terms_share, vector)
        return cls(
            vector=vector,
            facets=facets,
            known=known,
            unknown=unknown,
            base=base,
            terms=None if terms is None else Asked.of(terms),
            terms_weight=terms_weight,
        )


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
