"""Titles without how long somebody has done the work: `Data analyst confirmée` is a `Data analyst`.

Compared as a title, `Product manager confirmé` was nearer to `Technicien réseaux confirmé` than a network engineer is.
"""

import re

_CARED_FOR = "accompagnement aide club emploi public résidence service services".split()
_LEVEL = re.compile(
    rf"(?<![\w-]){''.join(f'(?<!{word} )' for word in _CARED_FOR)}"
    r"(?:(?:niveau|level)\s+)?(?:s[ée]nior|junior(?!\s+(?:entreprise|association))"
    r"|(?:confirm|exp[ée]riment)[ée](?:e|\(e\)|·e|\.e)?|d[ée]butant(?:e|\(e\)|·e|\.e)?(?:\s+accept[ée](?:e|\(e\)|·e|\.e)?)?)(?![\w-])",
    re.IGNORECASE,
)


def without_seniority(title: str) -> str:
    """Return a title without its level; as it is, where it says no more."""
    left = _LEVEL.sub(" ", title)
    return left if any(map(str.isalpha, left)) else title
