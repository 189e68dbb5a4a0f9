"""What a posting's prose states about remote work, contract, experience and level: stated, never guessed.

A wrong constraint hides a posting from people who could hold it, so silence and contradiction both stay unknown.
"""

import re

from matcher.core.domain import Contract, Remote
from matcher.core.numbers import MONTHS, NUMBER, years_of

_REMOTE_WORK = r"t[ée]l[ée][ -]?travail"
_REMOTE = {
    Remote.NONE: re.compile(
        rf"(?:pas|aucun|sans|ni)\s+(?:de\s+|possibilit[ée]\s+de\s+)?{_REMOTE_WORK}(?!\w)"
        rf"|non[\s-]+{_REMOTE_WORK}lable"
        rf"|{_REMOTE_WORK}(?:lable)?\s*:\s*non\b"
        rf"|{_REMOTE_WORK}\s+(?:n['’]est\s+pas|non|im)\s*(?:possible|autoris[ée]|envisageable|pr[ée]vu|ouvert)"
        rf"|(?:pas|non)\s+(?:[ée]ligible|ouvert|adapt[ée]|compatible)e?\s+(?:au|avec\s+le)\s+{_REMOTE_WORK}"
        r"|\bno\s+remote\b",
        re.IGNORECASE,
    ),
    Remote.FULL: re.compile(
        rf"(?:100\s*%|enti[èe]rement|totalement|int[ée]gralement)\s+(?:en\s+)?{_REMOTE_WORK}"
        rf"|{_REMOTE_WORK}\s+(?:[àa]\s+)?(?:100\s*%|complet|total|int[ée]gral|temps\s+plein)"
        r"|\b(?:full|fully|100\s*%)[ -]remote\b",
        re.IGNORECASE,
    ),
    Remote.PARTIAL: re.compile(
        rf"{_REMOTE_WORK}\s+(?:est\s+|peut\s+[êe]tre\s+)?"
        r"(?:possible|partiel|envisageable|autoris[ée]|accept[ée]|ponctuel|occasionnel|r[ée]gulier|hebdomadaire)"
        rf"|{_REMOTE_WORK}(?:lable)?\s*:\s*(?:oui\b|possible|[1-4]\s+j)"
        rf"|(?<!non )(?<!non-){_REMOTE_WORK}lable(?!\s*:)"
        rf"|possibilit[ée]s?\s+(?:de\s+|d['’]un\s+)?{_REMOTE_WORK}"
        rf"|(?<!non )(?<!pas )(?:[ée]ligible|ouvert)e?\s+au\s+{_REMOTE_WORK}"
        rf"|[1-4]\s+(?:[àa]\s+[1-4]\s+)?(?:jours?|j)\s*(?:/\s*semaine\s+|par\s+semaine\s+)?(?:de|en)\s+{_REMOTE_WORK}"
        rf"|{_REMOTE_WORK}\s+(?:jusqu['’][àa]\s+|[àa]\s+raison\s+de\s+|de\s+)?\(?[1-4]\s*(?:jours?|j)\b"
        rf"|effectu[ée]e?\s+en\s+{_REMOTE_WORK}|\b(?:hybrid|partial|partly)[ -]remote\b",
        re.IGNORECASE,
    ),
}

_ONLY_CIVIL_SERVANTS = re.compile(
    r"r[ée]serv[ée]e?s?\s+(?:(?:exclusivement|uniquement)\s+)?(?:aux\s+)?(?:agents\s+)?(?:fonctionnaires?|titulaires?)\b"
    r"|ouverte?\s+(?:uniquement|exclusivement)\s+aux\s+(?:agents\s+)?(?:fonctionnaires|titulaires)\b",
    re.IGNORECASE,
)
_ABOUT = (
    *(
        "['’]",
        "r[ée]f[ée]rent ",
        "r[ée]f[ée]rente ",
        r"r[ée]f[ée]rent\Se ",
        "mission ",
        "p[ôo]le ",
        "bureau ",
        "service ",
    ),
    *("cellule ", r"\bet "),
)
"""What stands before apprenticeship where a post is about it, and is none: `référente alternance`."""
_BY_TITLE = (
    (
        Contract.APPRENTICESHIP,
        re.compile(
            r"\b(?:apprenti|alternant)(?:e|\(e\)|·e)?\b"
            r"|(?:^|[(:,/|–—]\s*|\s-\s*|\b(?:en|par)\s+|\b(?:contrat|offre|poste)\s+d['’]\s?)(?:apprentissage|alternance)\b"
            r"(?!\s+(?:automatique|profond|machine|statistique|f[ée]d[ée]r|par\s+renforcement|(?:non[\s-])?supervis))"
            rf"|{''.join(f'(?<!{about})' for about in _ABOUT)}\b(?:apprentissage|alternance)"
            r"\s*(?:\([HFX/ ]+\)|[HF]/[HF])?$",
            re.IGNORECASE,
        ),
    ),
    (
        Contract.INTERNSHIP,
        re.compile(r"^\s*stage\b|\boffre\s+de\s+stage\b|^\s*(?:un\S*\s+)?stagiaires?\b", re.IGNORECASE),
    ),
    (Contract.INTERNATIONAL_VOLUNTEER, re.compile(r"\bV\.?I\.?[AE]\b|\bvolontaire international")),
    (
        Contract.CONTRACT_AGENT,
        re.compile(
            r"\bCDD\b|\bCDI\b|\b(?:agent\S*|poste)\s+contractuel|\bcontrat\s+à\s+durée\s+(?:in)?déterminée"
            r"|\b(?:fixed[- ]term|permanent|open-ended)\s+(?:appointment|contract|position|post)\b",
            re.IGNORECASE,
        ),
    ),
)

_LENGTHS = range(1, 6)
_ADJECTIVES = r"(?:\w+\s+){0,2}"


def _length(place: int) -> str:
    """Return the part of a pattern that finds a length of time; the place tells its groups from others'."""
    return (
        rf"(?P<low{place}>{NUMBER})(?P<to{place}>\s+(?:[àa]|to|or|ou)\s+{NUMBER}|\s?[-–]\s?{NUMBER})?"
        rf"\s+(?P<unit{place}>ann[ée]es?|ans?|years?|{MONTHS})(?P<half{place}>\s+et\s+demie?)?"
    )


_EXPERIENCE = re.compile(
    rf"exp[ée]rience\s+(?:souhait[ée]e|requise|exig[ée]e|demand[ée]e|minimale)\s*:?\s*(?:de\s+|d['’]au\s+moins\s+)?"
    rf"(?:(?P<wished>\d{{1,2}})\s+[àa]\s+\d{{1,2}}\s+ans|(?P<under>moins\s+d(?:e\s+|['’])(?:1|un)\s+an))"
    rf"|(?:minimum|au\s+moins)\s+(?:de\s+)?{_length(1)}\s+d['’]exp[ée]rience"
    rf"|exp[ée]rience\s+(?:\w+\s+){{0,3}}(?:d['’]au\s+moins|minimum\s+de|minimale\s+de)\s+{_length(2)}"
    rf"|{_length(3)}\s+d['’]exp[ée]rience\s+{_ADJECTIVES}(?:minimum|au\s+moins|requis|exig[ée])"
    rf"|(?:minimum|at\s+least|a\s+minimum\s+of)\s+(?:of\s+)?{_length(4)}['’]?\s+(?:of\s+)?{_ADJECTIVES}experience"
    rf"|{_length(5)}['’]?\s+(?:of\s+)?{_ADJECTIVES}experience\s+(?:is\s+)?(?:required|minimum)",
    re.IGNORECASE,
)

# The levels of 1969 (I best) in the European framework's numbers, as the decree 2019-14 sets them against each other.
_OLD_LEVELS = {"I": 7, "II": 6, "III": 5, "IV": 4, "V": 3, "VI": 2}
_LEVEL = re.compile(r"\bniveau\s+(?:(VI|IV|V|III|II|I)|([3-8]))\b", re.IGNORECASE)


def stated_remote(text: str) -> Remote | None:
    """Return how much remote work a text states, None where it states none or contradicts itself."""
    stated = {remote for remote, pattern in _REMOTE.items() if pattern.search(text)}
    if stated == {Remote.FULL, Remote.PARTIAL}:
        return Remote.FULL
    return stated.pop() if len(stated) == 1 else None


def stated_contracts(title: str, text: str) -> tuple[Contract, ...]:
    """Return the contracts that a title names, or the one that the prose reserves the post for."""
    named = tuple(contract for contract, pattern in _BY_TITLE if pattern.search(title))
    if named:
        return named
    return (Contract.CIVIL_SERVANT,) if _ONLY_CIVIL_SERVANTS.search(f"{title}\n{text}") else ()


def stated_experience_years(text: str) -> float | None:
    """Return the fewest years of experience that a text asks for in so many words."""
    if not (found := _EXPERIENCE.search(text)):
        return None
    if found["under"]:
        return 0.0
    if found["wished"]:
        return float(found["wished"])
    place = next(place for place in _LENGTHS if found[f"low{place}"])
    half = bool(found[f"half{place}"]) and not found[f"to{place}"]
    return years_of(found[f"low{place}"], found[f"unit{place}"], half=half)


def stated_level(text: str) -> int | None:
    """Return the European Qualifications Framework level of a French `Niveau II (licence…)` or `Niveau 6`."""
    if not (found := _LEVEL.search(text)):
        return None
    old, new = found.groups()
    return _OLD_LEVELS[old.upper()] if old else int(new)
