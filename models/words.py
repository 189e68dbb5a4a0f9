"""Exact words as a dense vector: hashed unigrams and bigrams, so that `Kubernetes` meets `Kubernetes` and no other.

An encoder of meaning blurs names of tools and rare titles; a signed hash of the words keeps them apart, needs no
vocabulary and no training, and its inner product estimates the cosine of the word counts without bias. An English word
is half itself and half the French one that it is translated by (`translations`), a pair of them the other way round:
`data engineer` meets `ingénieur de données`, and itself more.

Source: Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009.
"""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from matcher.core.letters import LIGATURES, without_accents
from matcher.core.ports import Vectors
from models.texts import listed, seen
from models.translations import Translations, shipped

BUCKETS = 256
"""Measured: 128 loses half a point of recall on real hires, 512 gains nothing."""

STOP_WORDS = frozenset(  # accents folded, as the words' are
    """
    a au aux avec ce ces cette d dans de des du elle en est et etre il ils elles je l la le les leur leurs lui ma mais
    me mes mon meme n ne nos notre nous on ou par pas pour plus qu que qui s sa sans se ses si son sont sous sur ta te
    tes ton tous tout toute toutes tu un une vos votre vous y ainsi afin dont aussi comme entre vers chez
    about all also an and any are as at be been but by can do for from has have he her his i in into is it its my no
    not of on or our she so such than that the their them they this to us was we were what which who will with you your
    """.split()
)

HALF = math.sqrt(0.5)
"""What a word and its translation count each, so that both together are as long as one word."""

Word = tuple[str, str | None]
"""A word, and the French one if it is English."""

_WORD = re.compile(r"[\w+#]+")


class WordsEncoder:
    """Signed feature hashing of words and pairs of neighbouring words, scaled to length 1."""

    name = "words"
    dimension = BUCKETS

    def __init__(self, translations: Translations | None = None) -> None:
        """Take the table of translations, the one that ships where none is given, on trust until the first text."""
        self._translations = translations or shipped()

    @property
    def fingerprint(self) -> str:
        """The layout and the table's digest: the same gives the same vectors.

        Raises:
            ModelUnavailable: there is no table of translations.
        """
        return f"words-{BUCKETS}-3-{self._translations.fingerprint}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text without a single word gets the first axis: it has length 1 and resembles only its like.

        Raises:
            ModelUnavailable: the table of translations is missing or damaged.
            TypeError: it is no list of texts.
        """
        texts = listed(texts)
        rows = np.zeros((len(texts), BUCKETS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[:] = _row(seen(text), self._translations.french)
        return rows


def spelt(text: str) -> list[str]:
    """Return a text's words in order, in small letters without accents and ligatures, stop words left out."""
    return [
        word for word in _WORD.findall(without_accents(text.lower().translate(LIGATURES))) if word not in STOP_WORDS
    ]


def _row(text: str, french: Mapping[str, str]) -> npt.NDArray[np.float64]:
    from models.hashing import hashed  # noqa: PLC0415 - only who encodes needs its compiler

    words = [(word, french.get(word)) for word in spelt(text)]
    named = [*words, *(_beside(one, two) for one, two in pairwise(words))]
    kept = [(word, 1.0 if other is None else HALF) for word, other in named]
    kept += [(other, HALF) for _, other in named if other is not None]
    counts = hashed([word for word, _ in kept], [count for _, count in kept], BUCKETS)
    if not counts.any():  # no word, or two whose signs cancel out
        counts[0] = 1.0
    unit: npt.NDArray[np.float64] = counts / np.sqrt(np.square(counts).sum())
    return unit


def _beside(one: Word, two: Word) -> Word:
    """Return two neighbours as one word. What English puts before its noun, French puts behind."""
    (first, french_first), (second, french_second) = one, two
    if french_first is None and french_second is None:
        return f"{first} {second}", None
    return f"{first} {second}", f"{french_second or second} {french_first or first}"
