"""Several encoders side by side as one: the cosine of the blend is the weighted sum of theirs."""

import math
from collections.abc import Sequence

import numpy as np

from matcher.core.ports import Encoder, Vectors
from models.texts import listed, once


class Blend:
    """Concatenates unit vectors, each scaled by the square root of its share, so that the shares weigh cosines."""

    def __init__(self, parts: Sequence[tuple[Encoder, float]]) -> None:
        if not math.isclose(sum(share for _, share in parts), 1.0) or any(share <= 0 for _, share in parts):
            raise ValueError("the shares of a blend must be positive and add up to 1")
        self._parts = tuple(parts)

    @property
    def name(self) -> str:
        """The names of the parts, joined."""
        return " + ".join(encoder.name for encoder, _ in self._parts)

    @property
    def fingerprint(self) -> str:
        """The parts' fingerprints with their shares."""
        return "+".join(f"{encoder.fingerprint}*{share:.4f}" for encoder, share in self._parts)

    @property
    def dimension(self) -> int:
        """Sum of the parts' dimensions."""
        return sum(encoder.dimension for encoder, _ in self._parts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        Raises:
            ModelUnavailable: what the parts raise.
            TypeError: it is no list of texts.
        """
        return once(self._rows, listed(texts))

    def _rows(self, texts: list[str]) -> Vectors:
        blocks = [encoder.encode(texts) * np.float32(math.sqrt(share)) for encoder, share in self._parts]
        return np.ascontiguousarray(np.hstack(blocks), dtype=np.float32)
