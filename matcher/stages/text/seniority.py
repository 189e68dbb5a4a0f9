"""Titles without how long somebody has done the work: `Data analyst confirmée` is a `Data analyst`.

Compared as a title, `Product manager confirmé` was nearer to `Technicien réseaux confirmé` than a network engineer is.
"""

import re

from matcher.stages.text.query_asks import CARED_FOR
from matcher.stages.text.query_words import bare

_AGREED = r"(?:e|\(e\)|[·.]e)?"
_ENDING = rf"(?:\(es\)|{_AGREED}(?:s|\(s\)|[·.]s)?)"
_ONE = (
    r"(?:(?:niveau|level)\s+)?(?:s[ée]nior|junior(?!\s+(?:entreprise|association))"
    rf"|(?:confirm|exp[ée]riment)[ée]{_ENDING}|d[ée]butant(?:{_ENDING}\s+accept[ée]{_ENDING}|{_AGREED}))(?![\w-])"
)
_LEVEL = re.compile(rf"(?<![\w-]){_ONE}(?:(?:\s*[/,]\s*|\s+(?:ou|[àa]|et|or|to|and)\s+){_ONE})*", re.IGNORECASE)
_MAY_BE_A_PUBLIC = re.compile(r"s[ée]nior|junior", re.IGNORECASE)
_NO_SENIORS_TRADE = re.compile(
    r"(?<!\w)(?:d[ée]velopp|develop|devops|dev\b|full[ -]?stack|front[ -]?end|back[ -]?end|programm(?:eu|er)|software"
    r"|engineer|ing[ée]nieur|data\b|analyst|consultant|product\b|produit|project|projets?\b|scrum|owner|design|UX|UI\b"
    r"|architect|scientist|administrat(?:eur|rice)|admin|technicien|d[ée]ploiement|manager|lead\b|bizdev|expert|coach"
    r"|auditeur|auditrice|juriste|comptable|acheteu|contr[ôo]leu|r[ée]dact(?:eur|rice)|test(?:eu|er)|int[ée]grat(?:eur|rice)"
    r"|chercheu|research|RSSI|SRE\b|QA\b|webm|graphist|statistic|[ée]conomist|actuaire|recruteu|recruiter|officer|executive)",
    re.IGNORECASE,
)
"""Beginnings of trades that are not plied for seniors."""
_LONGEST = 30
"""Characters of a word that is looked up, and more."""


def without_seniority(title: str) -> str:
    """Return a title without its level; as it is, where it says no more.

    `Senior` and `junior` stay after what there is for people of an age (`habitat senior`), `senior` also where no trade
    is named that has levels: `Animatrice senior`.
    """
    is_for_seniors = not _NO_SENIORS_TRADE.search(title)
    left = _LEVEL.sub(lambda level: level[0] if _is_a_public(level, is_for_seniors=is_for_seniors) else " ", title)
    return left if any(map(str.isalpha, left)) else title


def _is_a_public(level: re.Match[str], *, is_for_seniors: bool) -> bool:
    """Tell whether what reads as a level may be whom the work is for."""
    if not _MAY_BE_A_PUBLIC.fullmatch(level[0]):
        return False
    words = level.string[max(level.start() - _LONGEST, 0) : level.start()].split()
    if words and bare(words[-1]) in CARED_FOR:
        return True
    return is_for_seniors and level[0].lower() != "junior"
