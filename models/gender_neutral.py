"""An encoder to which the genders of a title are one: `Développeur`, `développeuse (H/F)`, `développeur·se`."""

from collections.abc import Sequence

from matcher.core.ports import Encoder, Vectors
from matcher.stages.text.neutral import neutral
from models.texts import listed, seen


class GenderNeutral:
    """Gives an encoder each text in its gender-neutral form, the one that the engine compares titles in."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @property
    def name(self) -> str:
        """The encoder's own, marked."""
        return f"gender-neutral ({self._encoder.name})"

    @property
    def fingerprint(self) -> str:
        """The encoder's own, marked."""
        return f"neutral({self._encoder.fingerprint})"

    @property
    def dimension(self) -> int:
        """The encoder's own."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text that is nothing but a mark of gender (`H/F`) is encoded as it is.

        Raises:
            ModelUnavailable: what the encoder raises.
            TypeError: it is no list of texts.
        """
        return self._encoder.encode([neutral(seen(text)) or text for text in listed(texts)])
