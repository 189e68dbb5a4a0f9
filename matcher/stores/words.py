"""Cut text into the words that full-text search knows, so that no search syntax is left in what a person typed."""

import re
import unicodedata

MAX_QUERY_WORDS = 128
"""A query of more different words is cut: past that it is a text, which the vectors compare better. SQLite takes
500."""

_MAX_WORD = 100
_MAX_INDEXED_BYTES = 400_000
"""PostgreSQL refuses a tsvector above 1 MiB, positions included."""

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def words_of(text: str) -> list[str]:
    """Return the runs of letters and digits, in order. NUL, lone surrogates and signs belong to no word."""
    # Composed first: a combining accent is no letter, and would cut its word in two.
    return [word[:_MAX_WORD] for word in _WORD.findall(unicodedata.normalize("NFC", text))]


def query_words(text: str) -> list[str]:
    """Return the different words of a query, at most MAX_QUERY_WORDS."""
    return list(dict.fromkeys(words_of(text)))[:MAX_QUERY_WORDS]


def fold(text: str) -> str:
    """Return the text without case and accents, as FTS5's `remove_diacritics 2` sees it: other marks stay."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def indexable(text: str) -> str:
    """Return the folded words between spaces, cut to what PostgreSQL can index.

    Its parser would otherwise see paths, hosts and numbers in `UX/UI`, `node.js` or `1-2`.
    """
    joined = " ".join(words_of(fold(text)))
    return joined.encode()[:_MAX_INDEXED_BYTES].decode(errors="ignore")


def storable(text: str) -> str:
    """Return the text without what a database cannot hold: NUL and lone surrogates become `?`."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "?")


def is_storable(text: str) -> bool:
    """Return whether every database can hold this text as it is."""
    return storable(text) == text
