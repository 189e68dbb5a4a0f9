"""Titles in, unit rows out, in two ways: as they are written, and through the engine's own title facet."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

import models
from matcher.core.domain import Facet, FacetText, Posting, PostingId, Record
from matcher.core.errors import InvalidVectors
from matcher.core.ports import Encoder, Vectors
from matcher.stages.text import facet_texts

BLOCK_TEXTS = 4096
KEPT_TEXTS = 150_000
"""Vectors kept in memory from call to call, so that a text which two sets share is encoded once."""

Parts = tuple[FacetText, ...]
"""The texts of one title with their shares; none for a title that says nothing."""


def default_encoder() -> Encoder:
    """Return what a program gets that asks for no model by name: it makes titles gender-neutral by itself."""
    return models.load()


def title_encoder() -> Encoder:
    """Return what the engine compares titles with when nothing is set; it gets them in their neutral form."""
    return models.load_titles()


def as_given(title: str) -> Parts:
    """Return the title as it is written."""
    return (FacetText(title, 1.0),)


def neutral(title: str) -> Parts:
    """Return what the engine compares of a posting with this title."""
    return of_record(Posting(id=PostingId("title"), title=title))


def of_record(record: Record) -> Parts:
    """Return what the engine compares of a record by its title."""
    return facet_texts(record).get(Facet.TITLE, ())


HEADLINE = "as given"
"""The input that figures are quoted for: the default encoder needs no other."""
INPUTS: Mapping[str, Callable[[str], Parts]] = {HEADLINE: as_given, "neutral": neutral}


class Titles:
    """An encoder that is asked for every text once."""

    def __init__(self, encoder: Encoder, *, kept_texts: int = KEPT_TEXTS) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self._encoder = encoder
        self._kept_texts = kept_texts
        self._kept: dict[str, Vectors] = {}

    def rows(self, titles: Sequence[Parts]) -> Vectors:
        """Return one float32 row a title, of length 1, or 0 for a title that says nothing.

        Raises:
            InvalidVectors: the encoder gave another shape, or a number that is not finite.
        """
        self._encode(list(dict.fromkeys(part.text for parts in titles for part in parts)))
        rows = np.zeros((len(titles), self._encoder.dimension), dtype=np.float32)
        for place, parts in enumerate(titles):
            for part in parts:
                rows[place] += np.float32(part.share) * self._kept[part.text]
            if len(parts) > 1:
                rows[place] /= max(float(np.linalg.norm(rows[place])), 1e-6)
        return rows

    def _encode(self, texts: list[str]) -> None:
        missing = [text for text in texts if text not in self._kept]
        if len(self._kept) + len(missing) > self._kept_texts:
            self._kept.clear()
            missing = texts
        for start in range(0, len(missing), BLOCK_TEXTS):
            block = missing[start : start + BLOCK_TEXTS]
            rows = self._encoder.encode(block)
            if rows.shape != (len(block), self._encoder.dimension) or not np.isfinite(rows).all():
                # A NaN is neither above nor below anything: it would count as found at once.
                raise InvalidVectors(f"{self.name} gave shape {rows.shape}, or a number that is not finite")
            self._kept.update(zip(block, rows, strict=True))
