"""Round numbers without a unit, that may be pay or a postal code: `RSSI, Paris, 60000`, `développeur, 35000`.

A place excludes people, pay does not (record 6): where nothing says which of the two is meant, neither is asked for.
"""

import re

from matcher.core.domain import Location
from matcher.core.letters import has_letters_or_digits
from matcher.core.places import department_of_postal_code
from matcher.stages.text.query_bounds import says_only_how_many
from matcher.stages.text.query_parts import parts_in
from matcher.stages.text.query_pay import ENDS_IN_OF, SAYS_OTHERWISE, SAYS_PAY, Range
from matcher.stages.text.query_words import GAP, bare, is_small

_ROUND = r"(?: [2-8]\d | 9[0-4] ) (?: 000 | 500 )"
_PARTED = r"(?: [2-8]\d | 9[0-4] ) [ .\u00a0\u202f] (?: 000 | 500 )"
_LARGE = r"(?: 1\d\d [ .\u00a0\u202f]? (?: 000 | 500 ) | 200 [ .\u00a0\u202f]? 000 )"
_ANY = rf"(?: {_PARTED} | {_LARGE} | {_ROUND} )"
_NUMBERS = re.compile(
    rf"""
    (?: (?<![^,;\n]) (?P<before>[ ]?) | (?<=[^\W\d_][ ]) )
    (?: (?P<low>{_ANY}) [ ]? (?: [-–] | [àa] | to ) [ ]? (?P<high>{_ANY})
      | (?P<sure> {_PARTED} | {_LARGE} )
      | (?P<round> {_ROUND} ) )
    (?= [ ]* (?: [,;\n] | $ ) )
    """,
    re.VERBOSE,
)
"""One number or two, between commas or at the end of what stands there."""
_MOST = 4
"""More numbers are a list of codes."""
_NO_PAY: Range = (None, None)
_POSTAL = re.compile(r"\d{5}")
_LEADING = frozenset(
    """
    afnor ansi astm code cp departement dept din en etsi iec ieee iso near nf nist norme rfc
    autres avoid cap eviter except excepte exclude exclure excluding non outside part que without
    """.split()
)
"""What stands before a place, one that is refused, or the number of a norm."""


def round_numbers_in(text: str) -> tuple[str, list[str], Range]:
    """Return a text with gaps for round numbers that are not surely a postal code, those, and the pay that they are.

    Of a number by itself that could be both, another place that is named makes pay, unless it is the code of that one.
    """
    found = [*_NUMBERS.finditer(text)]
    read = [(one, pay) for one in found if (pay := _pay(one)) is not None] if len(found) <= _MOST else []
    left = text
    for one, _ in reversed(read):
        left = f"{left[: one.start()]} {GAP} {left[one.end() :]}"
    pays = [pay for _, pay in read if pay != _NO_PAY]
    return left, [one[0].strip() for one, _ in read], pays[0] if len(pays) == 1 else _NO_PAY


def _pay(found: re.Match[str]) -> Range | None:
    """Return what a number is as pay, nothing where nobody could say, and None where it is a postal code or a word."""
    before, others = _around(found)
    if found["before"] is None and (found["round"] is None or not _may_end(before)):
        return None
    if found["round"] is None:
        low, high = (_euros(found[name] or found["sure"]) for name in ("low", "high"))
        return (low, high) if low <= high else None
    is_pay = _is_pay(found["round"], before, others)
    euros = _euros(found["round"])
    return None if is_pay is None else (euros, euros) if is_pay else _NO_PAY


def _around(found: re.Match[str]) -> tuple[str, str]:
    """Return what stands before a number up to the last comma, and all that stands between other commas."""
    text = found.string
    cut = max(text.rfind(sign, 0, found.start()) for sign in ",;\n") + 1
    return text[cut : found.start()], f"{text[:cut]},{text[found.end() :]}"


def _may_end(before: str) -> bool:
    """Tell whether pay may end what stands between commas: not `ISO 27000`, `à 45000`, `trafic 50000`."""
    words = before.split()
    if not words or is_small(words[-1]) or bare(words[-1]) in _LEADING or says_only_how_many(words[-1:]):
        return False
    return not any(pattern.search(before) for pattern in (ENDS_IN_OF, SAYS_OTHERWISE, SAYS_PAY))


def _is_pay(number: str, before: str, others: str) -> bool | None:
    """Tell whether a round number is pay, None where it is a postal code; False where nobody could say."""
    if not has_letters_or_digits(before + others):
        return None
    places = [place for part in (others, before) for place in parts_in(part)[1]]
    if any(_POSTAL.search(place.name) for place in places) or parts_in(before)[1]:
        return None
    department = department_of_postal_code(number)
    if department and any(_holds(place.location, department.region.name, department.code) for place in places):
        return None
    return bool(places)


def _holds(location: Location, region: str, department: str) -> bool:
    return location.region == region and location.department in {None, department}


def _euros(number: str) -> float:
    return float(re.sub(r"\D", "", number))
