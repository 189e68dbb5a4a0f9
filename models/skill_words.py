"""The words of names and of prose, as skills are looked up by them: without case, accents, plurals and small words."""

import re
from collections.abc import Iterable, Mapping

from matcher.core.letters import without_accents
from models import concepts

_TOKEN = re.compile(
    r"[^\s,;:/()\[\]{}|«»\"“”'’•·…!?–—_<>=*~`\\™®©\u200b-\u200f\u2010-\u2012\u2190-\u2bff"
    r"\ue000-\uf8ff\ufe0f\ufeff\U0001f000-\U0001faff-]+"
)
"""A word: what marks text up, ornaments it or says whose a name is stands outside it."""
SMALL = frozenset("d l de du des la le les of the en à a aux au et and".split())
"""Words between which a name is the same with or without."""
AND = frozenset({"et", "and"})
ARTICLES = frozenset("l la le les".split())
_NO_PLURALS = frozenset("cics hopex ssas ssis ssrs".split())
"""Names that end as plurals do: SSIS is not several SSI, nor HOPEX several hopes."""
_ACCENTED = {
    letter: base for letter in range(0x250) if len(base := without_accents(chr(letter))) == 1 and base.isalpha()
}
"""Letters without their accents, where one letter is left."""

BESIDE = "\n"
"""Between the words of a name by which it is looked up: no word holds it, for it parts words."""
_APART = "\t"
"""Between two such names, likewise."""


def words_of(text: str) -> tuple[list[tuple[int, int]], list[str], dict[str, str]]:
    """Return where each word of a text begins and ends; the words in lower case; those with accents or stops, folded.

    What is nothing once it is folded is no word.
    """
    lower = text.casefold()
    # All of them at once, unless a letter becomes two.
    spans = [found.span() for found in _TOKEN.finditer(lower if len(lower) == len(text) else text)]
    if len(lower) == len(text):
        words = [lower[start:end] for start, end in spans]
    else:
        words = [text[start:end].casefold() for start, end in spans]
    odd = {word: folded(word) for word in words if word[-1] == "." or not word.isascii()}
    if not all(odd.values()):
        spans = [span for span, word in zip(spans, words, strict=True) if odd.get(word, word)]
        words = [word for word in words if odd.get(word, word)]
    return spans, words, odd


def folded(word: str) -> str:
    """Return a word in lower case without accents, plural and the stops at its end."""
    bare = word.rstrip(".")
    if not bare.isascii():
        bare = without_accents(bare.translate(_ACCENTED))
    if len(bare) > 3 and bare[-1] in "sx" and bare[-2] not in "su." and bare not in _NO_PLURALS:
        bare = bare[:-1]
    return bare


def plain(text: str) -> str:
    """Return a text in small letters without accents, letter by letter."""
    return text.replace("İ", "I").lower().translate(_ACCENTED).replace("’", "'")


def key_of(text: str) -> str:
    """Return the words by which a name is looked up."""
    return _without_small(BESIDE.join(_folded_words(text)))


def key_of_words(words: Iterable[str], odd: Mapping[str, str]) -> str:
    """Return what `key_of` does, for a run of the words of a text.

    Args:
        words: as `words_of` returns them.
        odd: likewise.
    """
    return _without_small(BESIDE.join(odd.get(word) or folded(word) for word in words))


def _folded_words(text: str) -> list[str]:
    return [word for found in _TOKEN.findall(text) if (word := folded(found.casefold()))]


def _without_small(key: str) -> str:
    words = key.split(BESIDE)
    if len(words) < 2 or SMALL.isdisjoint(words):
        return key
    if words[0] in SMALL or words[-1] in SMALL:
        return ""  # it begins or ends with a word that says nothing: the shorter run is the name
    return BESIDE.join([word for word in words if word not in SMALL])


class Keys(dict[str, str]):
    """Makes the keys of many names.

    Holds the folded words of whatever stood between two spaces of a name: some 20,000 make all names. What is learned
    of them goes when the tables are made.
    """

    def __init__(self) -> None:
        super().__init__({concepts.BETWEEN: _APART})

    def __missing__(self, written: str) -> str:
        words = self[written] = BESIDE.join(_folded_words(written))
        return words

    def of(self, names: Iterable[str]) -> list[str]:
        """Return each name's key, as `key_of` does: all at once, for there are a hundred thousand.

        Args:
            names: without concepts.BETWEEN.
        """
        written = f" {concepts.BETWEEN} ".join(names).split()
        keys = BESIDE.join(filter(None, map(self.__getitem__, written))).split(_APART)
        return [_without_small(key.strip(BESIDE)) for key in keys]
