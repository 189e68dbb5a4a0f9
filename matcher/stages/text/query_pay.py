"""The pay that a query names: `salaire 45000`, `50 k€ brut`, `entre 45 et 55 k€`; not `budget 200 k€`.

A number is read in two steps: a pattern finds whatever is written as an amount, with the words and units right beside
it; then what stands further off, between the same commas, says whether the amount is somebody's pay.
"""

import re
from collections.abc import Callable

from matcher.stages.text.query_bounds import AT_LEAST, AT_MOST, BELOW, OR_LESS, OR_MORE
from matcher.stages.text.query_words import beside

_A_THOUSAND = 1_000
_LEAST_A_YEAR, _MOST_A_YEAR = 12_000, 300_000
"""Euros; what lies outside is no pay of a year."""
_LEAST_ALONE, _MOST_ALONE = 15_000, 200_000
"""Euros that are taken for the pay of a year where nothing says so."""

# The pieces of an amount, in the order in which they are written. All are read with re.VERBOSE: a blank is `\s`.
_CALLED_PAY = r"""
    (?:
        (?:salaire | r[ée]mun[ée]ration | salary | pay | package | pr[ée]tentions?)
        (?:\s+(?:annuel(?:le)? | brute? | nette? | souhaité?e? | de | of | entre))*
      | (?:re|ré)mun[ée]r[ée]e?
      | pay[ée]e?
    )
    \s* :? \s*
"""
_NUMBER = r"""
    \d{1,3} [\s\u00a0\u202f.]? \d{3} (?!\d)     # 45000, 45 000, 45.000
  | \d{2,3} (?!\d) (?:[.,]\d)?                  # 45, 47,5
"""
_UNIT = r"(?: (?: k\s?(?:€ | euros? | eur) | € | euros?\b | eur\b ) | k\b )"
_GROSS = r"(?: \s+ (?:bruts? | nets? | gross | net) )?"
_PERIOD = r"\s? (?:/ | par | per | a) \s? (?:ans?\b | ann[ée]e | year | mois | month | jour | j\b | day | h\b | heure)"

_AMOUNT = re.compile(
    rf"""
    (?<![\w.,€+-])
    (?P<called>{_CALLED_PAY})?
    (?: (?P<at_most>{BELOW}|{AT_MOST})\s? | (?P<at_least>{AT_LEAST}|from)\s? | (?P<of>entre | between | de)\s+ )?
    (?P<low>{_NUMBER}) \s? (?P<low_unit>{_UNIT})?
    (?: \s? (?:- | – | [àa] | et | and | to) \s? (?P<high>{_NUMBER}) )?
    \s? (?P<unit>{_UNIT})?
    (?P<said> {_GROSS} (?P<per>{_PERIOD})? (?:\s+annuels?)? {_GROSS} )
    (?: (?P<at_most_after>{OR_LESS}) | (?P<at_least_after>{OR_MORE}) )?
    (?![\w+])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_A_YEAR_OF = re.compile(r"\d{2,3}[\s\u00a0\u202f.]?\d{3}")
"""So many are euros where `brut` or `par an` stands behind them: `45000 brut`."""
_A_YEAR = re.compile(r"an|year", re.IGNORECASE)

SAYS_PAY = re.compile(
    r"""
    (?<!\w)
    (?: salaires? | r[ée]mun[ée]r\w+ | salar(?:y|ies) | wages? | bruts? | gross | annuel(?:le)?s? | fixe | variable
      | selon\s+(?:profil | exp[ée]rience) | pr[ée]tentions? )
    (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
SAYS_OTHERWISE = re.compile(
    r"""
    (?<!\w)
    (?: # Money of an organisation, a project or a market.
        budg[eé]\w* | march[ée]s? | CA | chiffres? | revenue?s? | turnover | achats? | d[ée]penses? | investissements?
      | subventions? | financements? | fonds | aides? | seuils? | montants? | factur\w+ | ventes? | sales | lev[ée]es?
      | dotations? | enveloppes? | cr[ée]dits? | co[ûu]ts? | [ée]conomies | dettes? | amendes? | m[ée]c[ée]nat
      | collectes? | dons? | prix | primes?
        # Pay that somebody computes for others.
      | bulletins? | paies? | paye | payroll
        # People.
      | (?<!d['’])[ée]quipes? | utilisat\w+ | users? | agents | clients | habitants? | abonn[ée]s? | followers?
      | salari[ée]s | collaborateurs | employees | personnes | people | [ée]l[èe]ves | [ée]tudiants | communaut[ée]s?
      | audiences?
        # Things that are counted.
      | trafics? | portefeuilles? | contrats | visit\w+ | vues | views | requ[êe]tes? | lignes? | pages? | volum\w+
      | serveurs? | postes | tickets? | newsletters? | records? | t[ée]l[ée]chargements? | downloads? | transactions?
      | commandes? | offres | jours | projets )
    (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands beside numbers of euros or of thousands that nobody is paid."""
ENDS_IN_OF = re.compile(r"(?:\b(?:de|du|des|of|à)|d['’])\s*$", re.IGNORECASE)
_BEGINS_WITH_OF = re.compile(r"\s*(?:(?:de|du|des|of|in)\b|d['’])", re.IGNORECASE)
_BEGINS_WITH_NAME = re.compile(r"\s+[A-ZÀ-Þ]")
_BEGINS_IN_LOWER_CASE = re.compile(r"\s*[a-zà-ÿ]")

Range = tuple[float | None, float | None]
"""The least and the most, in gross euros a year; None where that side is open."""


def pay_in(text: str, named: Callable[[re.Match[str]], str]) -> tuple[str, list[Range]]:
    """Return a text in which every pay is replaced, and what each is.

    A day's or a month's pay is replaced too, and of it nothing is known: its range is open on both sides.

    Args:
        text: of a query.
        named: takes what is pay, and returns what stands there instead.
    """
    ranges: list[Range] = []

    def replaced(found: re.Match[str]) -> str:
        if not _is_pay(found):
            return found[0]
        ranges.append(_range(found))
        return named(found)

    return _AMOUNT.sub(replaced, text), ranges


def _is_pay(found: re.Match[str]) -> bool:
    """Tell whether an amount is pay: `salaire 45000`, `50 k€ brut`, `RSSI 60k, Paris`; not `budget 200 k€`.

    That is said of it, or it is the pay of a year that stands alone between commas, or ends what does.
    """
    before, after = beside(found)
    has_unit = bool(found["unit"] or found["low_unit"] or (found["said"] and _A_YEAR_OF.match(found["low"])))
    if not has_unit and (not found["called"] or _BEGINS_IN_LOWER_CASE.match(after)):
        return False
    if found["called"]:
        return has_unit or bool(found["said"]) or _range(found) != (None, None)
    if SAYS_OTHERWISE.search(before) or SAYS_OTHERWISE.search(after):
        return False
    is_called_so = bool(found["said"] or SAYS_PAY.search(before) or SAYS_PAY.search(after))
    return is_called_so or _is_alone(found, before, after)


def _is_alone(found: re.Match[str], before: str, after: str) -> bool:
    """Tell whether an amount may be the pay of a year, and is all that is said between commas, or the end of it."""
    bounds = [one for one in _range(found) if one is not None]
    if not bounds or not all(_LEAST_ALONE <= one <= _MOST_ALONE for one in bounds):
        return False
    has_euros = (found["unit"] or found["low_unit"] or "").lower() != "k"
    if after.strip(" .!?") and not (has_euros and _BEGINS_WITH_NAME.match(after)):
        return bool(found["high"]) and not before.strip() and not _BEGINS_WITH_OF.match(after)
    return not before.strip() or not (ENDS_IN_OF.search(before) or found["of"] == "de")


def _range(found: re.Match[str]) -> Range:
    """Return the least and the most pay of a year that an amount names; of a day or a month, neither."""
    if found["per"] and not _A_YEAR.search(found["per"]):
        return None, None
    units = f"{found['low_unit'] or ''}{found['unit'] or ''}".lower()
    low, high = (_euros(found[name] or found["low"], units) for name in ("low", "high"))
    if not all(_LEAST_A_YEAR <= one <= _MOST_A_YEAR for one in (low, high)):
        return None, None
    if found["at_most"] or found["at_most_after"]:
        return None, high
    if found["at_least"] or found["at_least_after"]:
        return low, None
    return min(low, high), max(low, high)


def _euros(number: str, units: str) -> float:
    """Return a number as euros: in thousands where a unit says so, or where nothing does and it is small."""
    digits = re.sub(r"[\s\u00a0\u202f]", "", number)
    if re.fullmatch(r"\d{1,3}\.\d{3}", digits):
        digits = digits.replace(".", "")
    value = float(digits.replace(",", "."))
    return value * _A_THOUSAND if "k" in units or (not units and value < _A_THOUSAND) else value
