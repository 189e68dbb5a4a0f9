"""What a query says besides trades and skills, by its words: remote work, contracts, years, small words."""

import re
from collections.abc import Callable, Iterable

from matcher.core.domain import Contract, Remote
from matcher.core.letters import ELIDED, has_letters_or_digits, without_accents

GAP = "\ue0ff"
"""Stands where something was taken out of a query; what stands on its two sides does not belong together."""
LITERAL = "\ue000-\ue0fe"
"""Signs each of which stands for a quoted phrase."""
SHORT_DASHES, LONG_DASHES = "-−‐‑", "–—"
"""Dashes inside words and numbers, and dashes between words."""
DASHES = SHORT_DASHES + LONG_DASHES

SMALL = frozenset(
    """
    a à au aux avec ce ces cet cette comme dans de des dont du elle en est et eux il ils je la le les leur leurs
    lui ma mais me mes moi mon ne nos notre nous on ou où par pas pour qu que qui sa se ses sur ta te tes toi ton
    tout tu un une uniquement seulement vos votre vous y hormis hors ni sans sauf cherche cherchons recherchons
    an and any are at be but by for from has have i in is my no not of on only or our that the their this to was we were
    who with you your
    """.split()
)
"""Words of French and English that say nothing of a document that holds them."""
_SHORTEST_PLURAL = 4
"""Letters of a word whose last one may be the sign of its plural."""
_SHOUTED = frozenset("and au aux avec de des du en et for la le les of ou par pour sur the with".split())
"""Small words that are no acronyms either."""
_EITHER = frozenset({"ou", "or"})
_AROUND = "\"'()[]{}.,;:!?«»“”*"
_ELIDED = re.compile(rf"^{ELIDED}(?=\w)")


def bare(word: str) -> str:
    """Return a word in lower case without accents, the signs around it and what is elided before it."""
    return _ELIDED.sub("", without_accents(word.casefold()).replace("’", "'").strip(_AROUND))


def singular(word: str) -> str:
    """Return a folded word without the sign of its plural."""
    return word[:-1] if len(word) > _SHORTEST_PLURAL and word[-1] in "sx" and word[-2] != "s" else word


def numbers(word: str) -> tuple[str, ...]:
    """Return the singular and the plurals of a folded word, itself among them."""
    one = singular(word)
    if len(one) < _SHORTEST_PLURAL or not one.isalpha() or one[-1] in "sxz":
        return tuple(dict.fromkeys((word, one)))
    return tuple(dict.fromkeys((word, one, f"{one}s", *([f"{one}x"] if one[-1] == "u" else []))))


def is_small(word: str) -> bool:
    """Tell whether a word as it was typed says nothing: `OU` and `d'` don't, the languages C and R do."""
    plain = word.strip(_AROUND).casefold()
    is_elided = _ELIDED.match(f"{plain}'x") is not None and word[-1] in "'’"
    is_acronym = word.isupper() and plain not in _SHOUTED
    return (plain in SMALL or is_elided) and not is_acronym


def telling(words: Iterable[str | None]) -> list[str]:
    """Return words without the small ones at their two ends, and without `ou` and `AND` wherever they stand."""
    left = [word for word in words if word and (word.casefold() not in _EITHER and word != "AND")]
    for end in (0, -1):
        while left and (is_small(left[end]) or not (has_letters_or_digits(left[end]) or is_literal(left[end][0]))):
            left.pop(end)
    return left


def is_small_in_a_row(word: str) -> bool:
    """Tell the same of a word as full-text rows hold it."""
    return word in _PLAIN_SMALL


_PLAIN_SMALL = frozenset(map(bare, SMALL))


def is_literal(sign: str) -> bool:
    """Tell whether a sign stands for a quoted phrase."""
    return "\ue000" <= sign <= "\ue0fe"


def _said(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


_TELEWORK = (
    r"(?:t[ée]l[ée]travail|(?-i:TT)|remote(?! (?:access|control|procedure|sensing))|distanciel|home[- ]?office"
    r"|work(?:ing)?[- ]from[- ]home)"
)
_WHOLLY = r"(?:100\s?%|total(?:ement|e)?|complet|int[ée]gral(?:ement)?|full[- ]?time)"
_GRANTED = r"(?:partiel|possible|hybride|ok|accept[ée]|souhait[ée]|autoris[ée])"
_DAYS = r"(?:\d|une?|deux|trois|quatre|one|two|three|four)\s?(?:jours?|j|days?)"
_A_WEEK = r"(?:\s?(?:/|par|a|per)\s?(?:semaine|sem|week))"
REMOTE = (
    (
        _said(
            rf"full(?:y|[- ])?[- ]?remote|remote[- ]only|100\s?%\s?(?:en |à )?(?:{_TELEWORK}|à distance)"
            rf"|{_TELEWORK}\s(?:à\s)?(?:100\s?%(?!\w)|{_WHOLLY})"
        ),
        Remote.FULL,
    ),
    (
        _said(
            rf"{_TELEWORK} impossible|(?:100\s?%\s?)?(?:en )?"
            r"(?:pr[ée]sentiel|on[- ]?site|sur site(?! (?:web|internet)))(?: uniquement| only)?"
        ),
        Remote.NONE,
    ),
    (
        _said(
            rf"(?:{_DAYS}{_A_WEEK}? (?:de |en |of )?)?{_TELEWORK}(?: {_GRANTED})?"
            rf"(?: {_DAYS}{_A_WEEK}?)?|partial(?:ly)? remote|hybrid remote"
        ),
        Remote.PARTIAL,
    ),
)
"""How remote work is said, the longer first."""
REFUSED_REMOTE = {Remote.PARTIAL: Remote.NONE, Remote.FULL: Remote.PARTIAL, Remote.NONE: Remote.FULL}
"""What is left of remote work where one kind of it is refused."""

_BY_MACHINES = (
    r"(?:automatique|f[ée]d[ée]r|machine|par renforcement|profond|statistique|(?:non[\s-])?supervis(?:é|e(?!u)))"
)
"""Beginnings of what says of `apprentissage` that it is no contract."""
LEARNING = re.compile(rf"apprentissage\s+{_BY_MACHINES}\w*(?![\w-])", re.IGNORECASE)
"""One thing, of which the first word alone is a contract."""
_LEARNING = rf"apprentissage(?! (?:non|{_BY_MACHINES}))"
_HELD = r"titulaires?(?! (?:du |des |d['’]|de (?!la fonction|l['’][ée]tat)))"
_POST = r"(?:appointment|contract|job|position|post|role)s?"
_FIXED_TERM = rf"CDD|contrats? [àa] dur[ée]e d[ée]termin[ée]e|fixed[- ]term {_POST}|fixed[- ]term(?!\s+(?-i:[a-z]))"
_PERMANENT = rf"CDI|contrats? [àa] dur[ée]e ind[ée]termin[ée]e|(?:permanent|open-ended) {_POST}"
_ANY_TERM = rf"permanent or fixed[- ]term {_POST}|fixed[- ]term or permanent {_POST}"
_ONE_OR_FIRST = tuple(
    # Several elsewhere are those who are taught: `examination processes for apprentices`.
    rf"(?:{names})(?! exam)|(?:(?<![\w\W])|(?<=[,;(\n])|(?<=[,;(\n] ))(?:{names})s"
    for names in ("apprentice", "intern|trainee")
)
_VIE = (
    # In a query in capitals it is a word: `CADRE DE VIE`, `VIE ASSOCIATIVE`.
    r"(?-i:V\.I\.[EA]\.?|(?<![A-ZÀ-Þ] )(?<![A-ZÀ-Þ]')VIE(?!\s[A-ZÀ-Þ]{2}|\sde\b|\sd['’]))"
)
_KINDS = (
    (
        rf"contractuel(?:le)?s?|vacataires?|non[- ](?:titulaires?|fonctionnaires?)|{_ANY_TERM}",
        Contract.CONTRACT_AGENT,
    ),
    (_FIXED_TERM, Contract.CONTRACT_AGENT),
    (_PERMANENT, Contract.CONTRACT_AGENT),
    (rf"{_HELD}|fonctionnaires?|civil servants?", Contract.CIVIL_SERVANT),
    (
        rf"apprenti(?:\(e\)|·e|e)?s?|{_LEARNING}s?|alternan(?:ce|t|te)s?|apprenticeships?|{_ONE_OR_FIRST[0]}|work-study",
        Contract.APPRENTICESHIP,
    ),
    (rf"stages?|stagiaires?|internships?|{_ONE_OR_FIRST[1]}", Contract.INTERNSHIP),
    (
        rf"volontariats? internation(?:al|aux)(?: en (?:entreprise|administration))?|{_VIE}",
        Contract.INTERNATIONAL_VOLUNTEER,
    ),
    (r"freelance(?:r|s|rs)?|indépendante?s?", Contract.FREELANCE),
)
CONTRACTS = tuple((_said(words), contract) for words, contract in _KINDS)
"""How contracts are said; what is not `apprentissage automatique` or `titulaire d'un master`."""
SAYS_CONTRACT = rf"(?:{'|'.join(words for words, _ in _KINDS)})(?![\w-])"
_APART = (
    (re.compile(_PERMANENT, re.IGNORECASE), ("CDI", "durée indéterminée", "permanent contract", "permanent position")),
    (re.compile(_FIXED_TERM, re.IGNORECASE), ("CDD", "durée déterminée", "fixed term")),
)
"""Contracts of one kind, which a record's field does not tell apart: how a query names each, and how a text says it."""


def said_of_one(contract: str) -> tuple[str, ...] | None:
    """Return how a text says the one contract of a kind that a query names, None where it names the whole kind."""
    return next((said for pattern, said in _APART if pattern.fullmatch(contract)), None)


def said_of_others(contract: str) -> list[str]:
    """Return how a text says the other contracts of its kind."""
    return [phrase for pattern, said in _APART if not pattern.fullmatch(contract) for phrase in said]


_NEEDED = (
    r"(?:requi(?:s|ses?)|n[ée]cessaires?|obligatoires?|exig[ée]e?s?|demand[ée]e?s?|indispensables?|imp[ée]rati(?:f|ve)s?"
    r"|required|needed|necessary|mandatory|expected)(?!\w)"
)
IS_NEEDED = re.compile(_NEEDED, re.IGNORECASE)
NOT_NEEDED = re.compile(
    r"(?<![\w-])(?:(?:n['’](?:est|était)|ne\s(?:sont|sera|seront|soit))\s(?:pas|plus|nullement)"
    r"|(?:(?:is|are|was)\s)?(?:not|no longer)|(?:is|are)n['’]t|non|pas)[\s-]"
    rf"(?:(?:du tout|strictement|absolument|strictly)\s)?{_NEEDED}(?!\s(?:d[eu]\b|d['’]|que\b|to\b))[ \t]?\)?",
    re.IGNORECASE,
)
"""What says of that which stands before it that nobody asks for it."""
WITHIN = frozenset("d de des du of".split())
"""Words between the words of one name."""


_PART_ENDS = re.compile(rf"[,;:\n()|•{GAP}]|\s[-–—]\s")
_BESIDE_CHARACTERS = 80
"""Characters that are read on each side of something, to tell what it is."""


def beside(found: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and behind something between the same commas."""
    text = found.string
    before = text[max(found.start() - _BESIDE_CHARACTERS, 0) : found.start()]
    return _PART_ENDS.split(before)[-1], _PART_ENDS.split(text[found.end() : found.end() + _BESIDE_CHARACTERS])[0]


def behind(found: re.Match[str]) -> str:
    """Return what stands behind something, or in the brackets that open there."""
    return _PART_ENDS.split(found.string[found.end() : found.end() + _BESIDE_CHARACTERS].lstrip(" ("))[0]


def taken(pattern: re.Pattern[str], text: str, told: Callable[[re.Match[str]], str]) -> tuple[str, list[str]]:
    """Return a text with a gap for whatever a pattern finds, and what that said."""
    return pattern.sub(f" {GAP} ", text), [told(found) for found in pattern.finditer(text)]
