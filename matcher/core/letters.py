"""Letters without their accents and case: what two spellings of a word have in common."""

import unicodedata
from collections.abc import Mapping

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})
"""For `str.translate`, in small letters; Unicode takes none of them for two, and `without_accents` leaves them."""

ELIDED = r"(?:qu|[cdjlmnst])'"
"""What French words lose their last letter to, as a part of a pattern, folded: `l'`, `qu'`."""


def has_letters_or_digits(text: str) -> bool:
    """Tell whether a text says anything."""
    return any(map(str.isalnum, text))


def replaced(text: str, signs: Mapping[str, str]) -> str:
    """Return a text with other signs for some: what `str.translate` does, if none of the others is one of the some.

    One sign after the other: most texts have two of them, and to translate looks each letter up.
    """
    for sign, other in signs.items():
        text = text.replace(sign, other)
    return text


def without_accents(text: str) -> str:
    """Return a text without accents, its case kept; signs such as `ﬁ` and `²` as letters and digits."""
    if text.isascii():
        return text
    return "".join([sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)])


def fold(text: str, *, besides: str = "") -> str:
    """Return a text's letters and digits alone, without case or accents: two spellings of a name fold alike.

    Args:
        text: a name.
        besides: other signs that are kept.
    """
    # Not all of LIGATURES, and case after accents: ids of organisations are made of this, and stored.
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    return "".join([sign for sign in plain if sign.isalnum() or sign in besides])
