"""The years of experience and the languages that a query asks for."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matcher.core.languages import ALSO_PLACES, LANGUAGES
from matcher.core.numbers import MONTHS, NUMBER, years_of
from matcher.stages.text.gender import person
from matcher.stages.text.query_bounds import AT_LEAST, AT_MOST, BELOW, OR_LESS, OR_MORE
from matcher.stages.text.query_words import GAP, bare


@dataclass(frozen=True, slots=True)
class Years:
    """How many years of experience are asked for."""

    least: float
    most: float | None = None
    """Whole years: who has been at work for two and a half has two. None where more is as good."""


JUNIOR = 2
"""Years that a beginner has at most."""
_UNIT = rf"(?:ans?|années?|years?|yrs?|{MONTHS})\b"
_EXPERIENCE = (
    r"(?:d['’]\s?|of\s+|de\s+|in\s+)?(?:exp[ée]riences?|exp\b\.?|anciennet[ée])(?:\s+(?:professionnelle|requise))?"
)
_LASTING = (
    r"\s+(?:renouvelables?|renewable|(?:de\s+)?(?:contrat|mission|contract|assignment)s?)\b|(?=\s+fixed[- ]term\b)"
)
_YEARS = re.compile(
    rf"(?<![\w.,/+-])(?P<lead>exp[ée]rience(?:\s+professionnelle)?(?:\s*(?:de|:|of)?\s+|\s+d['’]\s?))?"
    rf"(?P<less>(?P<under>{BELOW})\s*|{AT_MOST}\s*)?(?P<least>{AT_LEAST}\s*)?(?P<between>(?:entre|between)\s+)?"
    rf"(?P<low>{NUMBER})(?P<half>\s+and\s+a\s+half)?\s*(?:(?P<first>{_UNIT})\s*)?"
    rf"(?:(?:[-–/]|à|to|ou|or|(?(between)(?:et|and)|(?!)))\s*(?P<high>{NUMBER})\s*)?(?P<plus>\+\s*)?"
    rf"[\s-]?(?P<unit>{_UNIT})['’]?(?P<demi>\s+et\s+demie?\b)?"
    rf"(?P<more>{OR_MORE})?(?P<most>{OR_LESS})?(?P<tail>\s+{_EXPERIENCE})?(?P<or_more>{OR_MORE})?(?P<or_less>{OR_LESS})?"
    rf"(?P<lasting>{_LASTING})?",
    re.IGNORECASE,
)
_MONTHS = re.compile(MONTHS, re.IGNORECASE)
_NO_EXPERIENCE = re.compile(
    r"(?<!\w)(?:sans|no)\s+exp[ée]rience\b(?!\s+(?:d[eu]s?|en|dans|sur|in|of|with)\b|\s+d['’])"
    r"(?P<needed>\s+(?:requise|exig[ée]e|n[ée]cessaire|demand[ée]e|required|needed)\b)?",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"(?:contrats?|CDD|missions?|dur[ée]e(?:\s+d[ée]termin[ée]e)?|stages?|alternance|apprentissage|formation|p[ée]riode|projet|engagement|bail"
    r"|d[ée]tachement|contract|assignment|internship|il\s+y\s+a|âg[ée]e?s?|aged)\s*(?:[:(]\s*|(?:de|of|pour|for|sur|over)\s+|d['’]\s*)?$",
    re.IGNORECASE,
)
"""What comes before years that are none of experience."""
_NEARBY = 30
"""Characters before years in which it stands."""
_LEAST_AGE = 25
"""So many years are an age, not experience: `moins de 30 ans`. Nobody is looked for by their age."""
_MOST_YEARS = 45
"""More are somebody's age."""
_TOO = r"(?P<too>\s+(?:aussi|accept[ée](?:e|\(e\)|·e)?s?|bienvenue?s?|possibles?|welcome|accepted))?"
_JUNIOR = r"juniors?(?!\s(?:entreprises?|associations?)\b)"
_LEVELS = (
    (
        rf"{_JUNIOR}|d[ée]butant(?:e|\(e\)|·e)?s?|entry[- ]level|jeunes?\sdipl[ôo]m[ée](?:e|\(e\)|·e)?s?",
        Years(0, JUNIOR),
        Years(JUNIOR + 1),
    ),
    (r"confirm[ée](?:e|\(e\)|·e)?s?|mid[- ]level", Years(3), None),
    (r"s[ée]nior|exp[ée]riment[ée](?:e|\(e\)|·e)?s?", Years(5), Years(0, 4)),
)
"""Words, what they ask for, and what is asked for by whoever refuses them."""
_SENIORS = re.compile(r"(?<![\w-])(s[ée]nior)s(?![\w-])", re.IGNORECASE)
"""Often those who are cared for: `services aux seniors`, `animatrice résidence seniors`."""
_ENDS_CLAUSE = re.compile(rf"[,;:.!?|\n()]|{GAP}")
_LONGEST_CLAUSE = 80
_PEOPLE = frozenset("analysts candidates developers engineers people profiles profils scientists talents".split())
"""Beside French nouns of persons."""
CARED_FOR = frozenset(
    "accompagnement activites activite aide aides animation animations atelier ateliers autonomie bien-etre club clubs "
    "cohesion domicile emploi emplois foyer foyers formation formations habitat insertion logement logements loisirs "
    "maison maisons offre offres pole politique politiques population prevention public publics residence residences "
    "sante secteur service services social sociale sociales sport sports tourisme vie".split()
)
"""What there is for them, or of them: it stands before `seniors` where nobody says how long somebody has worked."""
_TO_THEM = frozenset(
    "a au aux avec ces chez d' de des du en entre et for les leurs nos of ou par pour the to vers".split()
)
SAYS_LEVEL = rf"(?:{'|'.join(words for words, _, _ in _LEVELS)})"
"""How a word begins that names a level."""
_SENIORITY = [
    (re.compile(rf"(?<![\w-])(?:{words}){_TOO}(?![\w-])", re.IGNORECASE), asked, beyond)
    for words, asked, beyond in _LEVELS
]

_LANGUAGES = {tuple(name.split()) for names in LANGUAGES for name in names if len(name) > 2 and name not in ALSO_PLACES}
_LONGEST = max(map(len, _LANGUAGES))
_SPEAKERS = {
    "anglophone": "anglais",
    "arabophone": "arabe",
    "francophone": "français",
    "germanophone": "allemand",
    "hispanophone": "espagnol",
    "italophone": "italien",
    "lusophone": "portugais",
    "russophone": "russe",
    "sinophone": "chinois",
}
_SPEAKING = frozenset("fluent speaker speakers speaking".split())
_LEVEL = frozenset(
    """
    a1 a2 b1 b2 c1 c2 avance bilingue courant courante courants debutant ecrit exige fluent francaise indispensable
    intermediaire lu mandatory maternel maternelle natif native niveau notions obligatoire operationnel parle
    professional professionnel requis required scolaire souhaite speaker speaking technique
    """.split()
)
_LEADING = frozenset(
    """
    avec basic bilingue bonne bonnes courant courante de en excellent fluent good in l la langue maitrisant maitrise
    native niveau notions parlant parle pratique speaking speaks the with
    """.split()
)
_READ_WRITTEN_SPOKEN = re.compile(r"\blue?s?\s*[,/]?\s*[ée]crite?s?\s*(?:[,/]|\bet\b)?\s*parl[ée]e?s?\b", re.IGNORECASE)
_SPEAKS = frozenset("bilingue courant courante fluent maitrise maitrisant native parlant parle speaking speaks".split())
_GRADES = frozenset("a1 a2 b1 b2 c1 c2".split())
_JOINTS = frozenset("and et or ou".split())
_AFFIXES = re.compile(r"^[dl]['’]|-(?:fluent|speak\w+)", re.IGNORECASE)


def years_in(text: str) -> tuple[str, Years | None]:
    """Return a text with gaps for the years that it speaks of, and how many of experience are asked for.

    `3-5 ans` asks for 3 to 5, `moins de 3 ans` for 2 at most, `sans expérience` for what `junior` does, and `sans
    expérience requise` for none. How long a contract lasts is no experience: nor are months that are not called so.
    """
    none = _NO_EXPERIENCE.search(text)
    asked = [Years(0.0, None if none["needed"] else JUNIOR)] if none else []

    def read(found: re.Match[str]) -> str:
        years = _length(found, "low")
        lasts = found["lasting"] is not None or _LASTS.search(text[max(found.start() - _NEARBY, 0) : found.start()])
        is_experience = found["lead"] or found["tail"]
        if _MONTHS.fullmatch(found["unit"]) and not is_experience:
            return found[0]
        is_age = _is_at_most(found) and years >= _LEAST_AGE
        if years <= _MOST_YEARS and (is_experience or not (lasts or is_age)):
            asked.append(_years(found, years))
        return f" {GAP} "

    left = _YEARS.sub(read, _NO_EXPERIENCE.sub(f" {GAP} ", text))
    first = next(iter(asked), None)
    most = next((years.most for years in asked[1:] if not years.least and years.most is not None), None)
    if first and first.most is None and most is not None and most >= first.least:
        return left, replace(first, most=most)  # `3 ans min, 5 ans max`
    return left, first


def _length(found: re.Match[str], which: str) -> float:
    """Return one of the two numbers of a mention in years; a half is said of the last."""
    unit, is_last = found["unit"], which == "high" or not found["high"]
    if which == "low":
        unit = found["first"] or unit
    half = (which == "low" and found["half"]) or (is_last and found["demi"])
    return years_of(found[which], unit, half=bool(half))


def _is_at_most(found: re.Match[str]) -> bool:
    return any(found[name] for name in ("less", "most", "or_less"))


def _years(found: re.Match[str], low: float) -> Years:
    """Return what one mention asks for."""
    high = _length(found, "high") if found["high"] else low
    if _is_at_most(found):
        return Years(0.0, max(math.ceil(high) - 1, 0) if found["under"] else math.floor(high))
    is_open = any(found[name] for name in ("least", "plus", "more", "or_more"))
    return Years(low, None if is_open or high <= low else math.floor(high))


def seniority_in(text: str) -> tuple[str, Years | None]:
    """Return a text with gaps for words such as `junior`, and what they ask for: `junior` 0 to 2 years, `confirmé` 3.

    Of several, the least is asked for, and more is as good, as it is where beginners are welcome too.
    """
    asked = []
    text = _SENIORS.sub(lambda found: found[1] if _have_worked_long(text[: found.start()]) else found[0], text)
    for pattern, years, _ in _SENIORITY:
        if said := pattern.search(text):
            text = pattern.sub(f" {GAP} ", text)
            asked.append(Years(years.least) if said["too"] else years)
    if len(asked) > 1:
        return text, Years(asked[0].least)
    return text, next(iter(asked), None)


def _have_worked_long(before: str) -> bool:
    """Tell whether `seniors`, which comes next, is said of people at work: `chefs de projet seniors`.

    It agrees with a noun of persons in the plural, and nothing else that it belongs to stands between.
    """
    words = _ENDS_CLAUSE.split(before[-_LONGEST_CLAUSE:])[-1].split()
    if not words or bare(words[-1]) in CARED_FOR | _TO_THEM:
        return False
    return any(word in _PEOPLE or (word.endswith("s") and person(word)) for word in map(str.lower, words))


def seniority_refused(words: Sequence[str]) -> Years | None:
    """Return what is asked for where a level is refused: 3 years for `pas de débutant`, 4 at most for `-senior`."""
    refused = [beyond for pattern, _, beyond in _SENIORITY if beyond and any(map(pattern.fullmatch, words))]
    if not refused:
        return None
    most = min((years.most for years in refused if years.most is not None), default=None)
    return Years(max(years.least for years in refused), most)


def both(years: Years | None, level: Years | None) -> Years | None:
    """Return what years and a level ask for together: the years, and at most what the level has, if it has so many."""
    if years and level and years.most is None and level.most is not None and level.most >= years.least:
        return replace(years, most=level.most)
    return years or level


def with_levels_joined(text: str) -> str:
    """Return a text in which a level that is said with commas is one word: `lu, écrit et parlé`."""
    return _READ_WRITTEN_SPOKEN.sub("lu/écrit/parlé", text)


def languages_in(words: Sequence[str]) -> tuple[list[str | None], list[str]]:
    """Return some words without the languages that they ask for, None where one was, and those, with their levels.

    A language alone, with a level or with whoever speaks it is asked for and nothing else; among other words it may be
    what the trade is about (`traducteur anglais`), and stays among them.
    """
    kept: list[str | None] = []
    found: list[str] = []
    beside = _LEADING | _LEVEL | _JOINTS
    are_all = all(_language_at(words, place) or bare(word) in beside for place, word in enumerate(words))
    at = 0
    while at < len(words):
        length = _language_at(words, at)
        if not length:
            kept.append(words[at])
            at += 1
            continue
        end = at + length
        while end < len(words) and {*re.split(r"[/,+-]", bare(words[end]))} <= _LEVEL:
            end += 1
        word = bare(words[at]).rstrip("s")
        before = len(kept)
        while before and (led := kept[before - 1]) is not None and bare(led) in _LEADING | _GRADES:
            before -= 1
        says_so = any(bare(led) in _SPEAKS | _GRADES for led in kept[before:] if led)
        is_alone = are_all or (before == 0 and end == len(words))
        named = _SPEAKERS.get(word, _AFFIXES.sub("", " ".join(words[at:end])).strip(".,;:()"))
        found += re.split(r"[-/]", named) if _are_languages(named) else [named]
        if end > at + length or word in _SPEAKERS or "-" in words[at] or says_so or is_alone:
            kept[before:] = [None]
        else:
            kept += words[at:end]
        at = end
    return kept, found


def _language_at(words: Sequence[str], at: int) -> int:
    """Return how many words a language's name has that begins at one of some words; 0 where none does."""
    first, *rest = bare(words[at]).split("-")
    if _are_languages(words[at]):
        return 1
    if bare(words[at]).rstrip("s") in _SPEAKERS or ((first,) in _LANGUAGES and rest and {*rest} <= _SPEAKING):
        return 1
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        if tuple(map(bare, words[at : at + length])) in _LANGUAGES:
            return length
    return 0


def _are_languages(word: str) -> bool:
    """Tell whether a word is several languages: `français/anglais`."""
    each = re.split(r"[-/]", bare(word))
    return len(each) > 1 and all((one,) in _LANGUAGES for one in each)
