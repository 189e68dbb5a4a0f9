"""What an encoder is given: a list of texts, each of which is encoded once."""

import re
from collections.abc import Callable, Iterable

from matcher.core.ports import Vectors

_NO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


def listed(texts: object) -> list[str]:
    """Return texts as a list: of any sequence, numpy's arrays of texts too, and of what can be read once alone.

    Raises:
        TypeError: it is one text, or holds what is no text.
    """
    found: list[str]
    if isinstance(texts, list):
        found = texts
    elif isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        said = "one text" if isinstance(texts, str) else type(texts).__name__
        raise TypeError(f"a list of texts is asked for, not {said}")
    else:
        found = list(texts)
    for kind in {*map(type, found)}:
        if not issubclass(kind, str):
            raise TypeError(f"a list of texts is asked for, and holds {kind.__name__}")
    return found


def once(encode: Callable[[list[str]], Vectors], texts: list[str]) -> Vectors:
    """Return a row a text, in order, where equal texts are encoded once.

    Args:
        encode: to which a text is the same in any company.
        texts: what it is asked for.
    """
    if len(different := dict.fromkeys(texts)) == len(texts):
        return encode(texts)
    places = {text: place for place, text in enumerate(different)}
    return encode([*places])[[places[text] for text in texts]]


def seen(text: str) -> str:
    """Return a text without signs of no width, as the soft hyphens of a PDF: two spellings that look alike are one."""
    return _NO_WIDTH.sub("", text)
