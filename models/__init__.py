"""Embedding models: texts in, unit vectors out. `load()` is the only door.

Importing this package costs nothing; a model's own libraries are imported when it encodes its first text.
"""

from matcher.core.ports import Encoder
from models.blend import Blend
from models.catalogue import DEFAULT
from models.sentence import SentenceEncoder
from models.words import WordsEncoder

DEFAULT_WORDS_SHARE = 1 / 3
"""Measured on real hires: titles compared by meaning alone find fewer of the hired people (docs/decisions/0003)."""


def load(name: str | None = None, *, words_share: float = DEFAULT_WORDS_SHARE) -> Encoder:
    """Return an encoder of meaning and exact words side by side.

    Args:
        name: a name of the catalogue, the path of a folder in the sentence-transformers format, or a hub id.
            None means the catalogue's default.
        words_share: the share of exact words in a cosine, 0 (meaning alone) to 1 (words alone).

    Raises:
        ModelUnavailable: the model cannot be found, or its weights are not the known ones. A catalogue model's
            weights are checked when it encodes its first text.
        ValueError: the share is outside 0 to 1.
    """
    if not 0 <= words_share <= 1:
        raise ValueError(f"words_share is {words_share}: it must lie between 0 and 1")
    if words_share == 1:
        return WordsEncoder()
    meaning = SentenceEncoder.find(name or DEFAULT)
    if words_share == 0:
        return meaning
    return Blend([(meaning, 1 - words_share), (WordsEncoder(), words_share)])
