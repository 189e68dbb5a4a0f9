"""An encoder to which an English name of a trade is its French name too.

Two French titles that are one have the same vector; `délégué à la protection des données` and `data protection officer`
have not, however well the models know both languages. Where the French name is known, a title is half itself and half
what it is with the French name in its place.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from matcher.core.ports import Encoder, Vectors
from models.texts import listed
from models.translations import Translations

TABLE = Path(__file__).parent / "taxonomy" / "english_titles.tsv"
WITHIN = 2
"""Words from which a name is looked for inside a title: of one word it is the whole title, or none is known."""


class Names(Translations):
    """A table of names of trades, as titles are compared: of several words, with their accents."""

    def __init__(self, table: Path = TABLE) -> None:
        super().__init__(table)

    def in_french(self, title: str) -> str | None:
        """Return a title with French names for the English ones in it, the longest first; None where it has none.

        Args:
            title: as the engine compares it, single spaces between its words.

        Raises:
            ModelUnavailable: the table is missing or damaged.
        """
        if whole := self.french.get(title):
            return whole
        words, told, at = title.split(" "), list[str](), 0
        while at < len(words):
            most = min(self._longest.get(words[at], 0), len(words) - at)
            sizes = range(most, WITHIN - 1, -1)
            size = next((size for size in sizes if " ".join(words[at : at + size]) in self.french), 0)
            told.append(self.french[" ".join(words[at : at + size])] if size else words[at])
            at += size or 1
        return " ".join(told) if len(told) < len(words) else None

    @cached_property
    def _longest(self) -> Mapping[str, int]:
        """How many words the longest name has that begins with a word."""
        found: dict[str, int] = {}
        for name in self.french:
            words = name.split(" ")
            found[words[0]] = max(found.get(words[0], 0), len(words))
        return found


class Bilingual:
    """Gives an encoder titles as they are, and with French names for the English ones in them; each counts half."""

    def __init__(self, encoder: Encoder, names: Names | None = None) -> None:
        """Take the encoder, and the table of names, the one that ships where none is given."""
        self._encoder = encoder
        self._names = names or shipped()

    @property
    def name(self) -> str:
        """The encoder's own."""
        return self._encoder.name

    @property
    def fingerprint(self) -> str:
        """The encoder's own, with the table's."""
        return f"bilingual-1({self._encoder.fingerprint})-{self._names.fingerprint}"

    @property
    def dimension(self) -> int:
        """The encoder's own."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        Raises:
            ModelUnavailable: the table of names is missing or damaged; or what the encoder raises.
            TypeError: it is no list of texts.
        """
        texts = listed(texts)
        french = {place: told for place, text in enumerate(texts) if (told := self._names.in_french(text))}
        found = self._encoder.encode([*texts, *french.values()])
        if not french:
            return found
        rows, places = found[: len(texts)].copy(), [*french]
        both = rows[places] + found[len(texts) :]
        rows[places] = both / np.maximum(np.linalg.norm(both, axis=1, keepdims=True), 1e-6)
        return rows


@cache
def shipped() -> Names:
    """Return the table that ships, one a process."""
    return Names()
