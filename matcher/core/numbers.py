"""Small numbers as people write them in prose, and lengths of time: `18 mois`, `deux ans et demi`, `2.5 years`."""

_WORDS = (
    ("un", "une", "one"),
    ("deux", "two"),
    ("trois", "three"),
    ("quatre", "four"),
    ("cinq", "five"),
    ("six",),
    ("sept", "seven"),
    ("huit", "eight"),
    ("neuf", "nine"),
    ("dix", "ten"),
    ("onze", "eleven"),
    ("douze", "twelve"),
    ("treize", "thirteen"),
    ("quatorze", "fourteen"),
    ("quinze", "fifteen"),
    ("seize", "sixteen"),
    ("dix-sept", "seventeen"),
    ("dix-huit", "eighteen"),
    ("dix-neuf", "nineteen"),
    ("vingt", "twenty"),
)
_VALUES = {word: number for number, words in enumerate(_WORDS, start=1) for word in words}
_TENS = "vingt trente quarante cinquante soixante twenty thirty forty fifty".split()
_NOT_AFTER = "".join(f"(?<!{word} )(?<!{word} et )" for word in _TENS)
NUMBER = rf"(?:\d{{1,2}}(?:[.,]\d)?|(?<![\w-]){_NOT_AFTER}(?:{'|'.join(sorted(_VALUES, key=len, reverse=True))})(?!\w))"
"""Part of a pattern, for any case: a number below a hundred, with one decimal, or a word up to twenty: not the last one
of `trente et un`."""
MONTHS = r"(?:mois|months?)"
"""Part of a pattern, likewise."""
_TAKEN_FOR = str.maketrans({"ı": "i", "ſ": "s"})
_MONTHS_A_YEAR = 12
_HALF = 0.5


def number_of(written: str) -> float:
    """Return what NUMBER matches, as a number."""
    # Where case does not count, patterns take these letters for `i` and `s`.
    word = written.lower().translate(_TAKEN_FOR).replace("i\u0307", "i")
    return float(_VALUES.get(word) or word.replace(",", "."))


def years_of(written: str, unit: str, *, half: bool = False) -> float:
    """Return a length of time in years, to the hundredth: `18 mois` is 1.5.

    Args:
        written: what NUMBER matches.
        unit: what stands behind it; what begins as MONTHS does is months, all else years.
        half: whether one half more is said, of the same unit: `deux ans et demi`.
    """
    length = number_of(written) + (_HALF if half else 0.0)
    return round(length / _MONTHS_A_YEAR, 2) if unit.lower().startswith("mo") else length
