"""What of a text is of one person alone: how somebody is reached, who they are, how old. It is not compared."""

import re
from collections.abc import Mapping
from functools import lru_cache

_BETWEEN = r"(?:[^\S\n]|[.\-‐‑–/·]){0,3}"
"""What people write between the digits of a telephone number."""
_MANY_DIGITS = re.compile(r"\d(?:(?:[^\S\n]|[.\-‐‑–/·()]){0,4}\d){8}")
_NUMBERS = "0"
"""Stands for what _MANY_DIGITS finds."""
_DOT = r"(?:\.|\s?[(\[](?:dot|point)[)\]]\s?)"
_HOST = rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,3}}{_DOT}[a-z]{{2,}}"
_CONTACTS: Mapping[str, tuple[str, ...]] = {
    # E-mail; as people hide it from machines; with blanks (`jean.dupont @ mail.fr`, and not `CTO @ Doctolib.fr`).
    r"(?:mailto:\s?)?(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*": ("@",),
    rf"(?<![\w.+-])[\w.+-]{{1,64}}\s?[(\[{{](?:at|arobase|@)[)\]}}]\s?{_HOST}\b": tuple(
        f"{bracket}{sign}" for bracket in "([{" for sign in ("at", "arobase", "@")
    ),
    rf"(?<![\w.+-])[\w.+-]{{1,64}}\sarobase\s{_HOST}\b": ("arobase",),
    rf"(?<![\w.+-])(?!\S*\.(?:js|net)\s)\w[\w+-]{{0,31}}[._][\w.+-]{{1,32}}(?:\s@\s?|@\s){_HOST}\b": ("@",),
    # URL, bare address with a path.
    r"(?:https?://|www\.)\S+": ("://", "www."),
    r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:fr|com|org|eu|io|me)/\S*": ("/",),
    # French telephone number, in pairs or threes (no two postal codes, no date with an hour); international one (no
    # `bac +5 2015-2018`).
    rf"(?<![\w+/])(?!\d\d[/.]\d\d[/.](?:19|20)\d\d)\(?0\d\)?(?:{_BETWEEN}\d\d){{4}}(?!\d)": (_NUMBERS,),
    r"(?<![\w+])0\d(?:\d\d)?(?:[ .\-]\d{3}){2}(?:[ .\-]\d\d)?(?!\d)": (_NUMBERS,),
    rf"(?<![\w+])00(?:[^\S\n]?33{_BETWEEN}|[1-9]\d{{0,2}}[^\S\n])(?:\(0\)[^\S\n]?)?\d(?:{_BETWEEN}\d\d){{3,5}}(?!\d)": (
        _NUMBERS,
    ),
    r"(?<![\w+])(?<!bac )(?<!bac)\+\d(?:(?:[^\S\n]|[.\-‐‑–·()]){0,3}\d){7,14}(?!\d)(?!\s?[€%k])": ("+",),
}
"""How one person is reached, and signs of which one stands in each such text, folded."""
_PERSONAL: Mapping[str, tuple[str, ...]] = {
    **_CONTACTS,
    # Pronouns and ages, where they are written as such.
    r"\((?:elle|il|iel|she|he|they)s?(?:\s?/\s?\w{1,6}){0,2}\)": ("(",),
    r"\b(?:she|he|they)\s?/\s?(?:her|him|them)\b": ("/",),
    r"\b(?:il/lui|elle/elle|elle/la|iel/ellui)\b": ("/",),
    r"\bâgé(?:e|\(e\)|·e)? de \d{1,2} ans\b": ("âgé",),
    r"(?:(?<=, )|\bde )\d{2} ans\b(?! d)": (" ans",),
    # Names, where they are announced.
    r"\b(?:je m['’]appelle|my name is|(?:pré)?nom\s?:)\s+(?-i:[A-ZÀ-Þ][\w'’-]*(?:[ \t]+[A-ZÀ-Þ][\w'’-]*){0,2})": (
        *("appelle", "my name ", "nom"),
    ),
    r"\bnée?(?:\(e\)|·e)? (?:le|en) \d{1,4}(?:[ /.-]\w{1,9}(?:[ /.-]\d{2,4})?)?": (
        *("né le ", "né en ", "née le ", "née en "),
        *("(e) le ", "(e) en ", "·e le ", "·e en "),
    ),
}
"""What is of one person alone, likewise: most prose has none of the signs, and is read no more."""
_SIGNS_OF_PERSONS = [(sign, pattern) for pattern, signs in _PERSONAL.items() for sign in signs if sign != _NUMBERS]
_NUMBERED = frozenset(pattern for pattern, signs in _PERSONAL.items() if _NUMBERS in signs)
_CONTACT = re.compile("|".join(_CONTACTS), re.IGNORECASE)


def without_contacts(text: str) -> str:
    """Return a text without e-mail addresses, telephone numbers and addresses of pages."""
    return _CONTACT.sub(" ", text)


def without_personal(text: str) -> str:
    """Return a text without all that is of one person alone."""
    return personal(text).sub(" ", text)


def personal(text: str) -> re.Pattern[str]:
    """Return what finds all that is of one person alone in this text."""
    plain = text.casefold()
    patterns = frozenset([pattern for sign, pattern in _SIGNS_OF_PERSONS if sign in plain])
    return _with(patterns | _NUMBERED if _MANY_DIGITS.search(plain) else patterns)


@lru_cache(maxsize=2**7)
def _with(patterns: frozenset[str]) -> re.Pattern[str]:
    """Return what finds what some patterns of _PERSONAL do; nothing, where there is none."""
    return re.compile("|".join(pattern for pattern in _PERSONAL if pattern in patterns) or r"(?!)", re.IGNORECASE)
