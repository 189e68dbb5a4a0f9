"""The years of experience and the languages that a query asks for."""

import re
from collections.abc import Sequence

from matcher.core.languages import LANGUAGES
from matcher.stages.text.query_words import GAP, bare

_UNIT = r"(?:ans?|années?|years?|yrs?)\b"
_EXPERIENCE = (
    r"(?:d['’]\s?|of\s+|de\s+|in\s+)?(?:exp[ée]riences?|exp\b\.?|anciennet[ée])(?:\s+(?:professionnelle|requise))?"
)
_MORE = (
    r"(?:plus\s+(?:de|d['’])|\+\s?(?:de\s)?|au\s+moins|au\s+minimum|minimum(?:\s+of)?|mini?\b\.?|à\s+partir\s+de|d[eè]s"
    r"|[>≥]=?|at\s+least|more\s+than|over)"
)
_LESS = (
    r"(?:(?:pas|not)\s+(?:plus|more)\s+(?:de|than)|moins\s+(?:de|d['’])|au\s+plus|max(?:imum)?\b\.?|jusqu['’]à|[<≤]=?"
    r"|less\s+than|under|up\s+to)"
)
_OR_MORE = r"(?:\s?\+|\s*(?:et|ou|and|or)\s+(?:plus|more)|\s+(?:au\s+)?min(?:imum)?\b\.?|\s+au\s+moins)"
_LASTING = r"\s+(?:renouvelables?|renewable|(?:de\s+)?(?:contrat|mission|contract|assignment)s?)\b"
_YEARS = re.compile(
    rf"(?<![\w.,/+-])(?P<lead>exp[ée]rience\s*(?:de|:|of)?\s+)?(?P<less>{_LESS}\s*)?(?:{_MORE}\s*)?"
    rf"(?P<low>\d{{1,2}})\s*(?:(?:[-–/]|à|to|ou|or)\s*\d{{1,2}}\s*)?(?:\+\s*)?[\s-]?{_UNIT}"
    rf"(?P<more>{_OR_MORE})?(?P<tail>\s+{_EXPERIENCE})?(?:{_OR_MORE})?(?P<lasting>{_LASTING})?",
    re.IGNORECASE,
)
_NO_EXPERIENCE = re.compile(
    r"(?<!\w)(?:sans|no)\s+exp[ée]rience\b(?:\s+(?:requise|exig[ée]e|n[ée]cessaire|demand[ée]e|required|needed)\b)?",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"(?:contrats?|CDD|missions?|dur[ée]e|stages?|alternance|apprentissage|formation|p[ée]riode|projet|engagement|bail"
    r"|d[ée]tachement|contract|assignment|internship|il\s+y\s+a|âg[ée]e?s?|aged)\s*(?:[:(]\s*|(?:de|d['’]|of|pour|for)\s+)?$",
    re.IGNORECASE,
)
"""What comes before years that are none of experience."""
_NEARBY = 30
"""Characters before years in which it stands."""
_MOST_YEARS = 45
"""More are somebody's age."""
_LEVELS = (
    (r"junior|d[ée]butant(?:e|\(e\)|·e)?s?|entry[- ]level|jeunes?\sdipl[ôo]m[ée](?:e|\(e\)|·e)?s?", 0),
    (r"confirm[ée](?:e|\(e\)|·e)?s?|mid[- ]level", 3),
    (r"s[ée]nior|exp[ée]riment[ée](?:e|\(e\)|·e)?s?", 5),
)
_SENIORITY = [(re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE), years) for words, years in _LEVELS]

_LANGUAGES = {tuple(name.split()) for names in LANGUAGES for name in names if len(name) > 2}
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
    avec bilingue courant courante de en fluent in l la langue maitrise maitrisant native niveau notions parlant parle
    pratique speaking speaks the with
    """.split()
)
_READ_WRITTEN_SPOKEN = re.compile(r"\blue?s?\s*[,/]?\s*[ée]crite?s?\s*(?:[,/]|\bet\b)?\s*parl[ée]e?s?\b", re.IGNORECASE)
_SPEAKS = frozenset("bilingue courant courante fluent maitrise maitrisant native parlant parle speaking speaks".split())
_AFFIXES = re.compile(r"^[dl]['’]|-(?:fluent|speak\w+)", re.IGNORECASE)


def years_in(text: str) -> tuple[str, float | None]:
    """Return a text with gaps for the years that it speaks of, and how many of experience are asked for at least.

    `3-5 ans` asks for 3, `moins de 3 ans` and `sans expérience` for none. How long a contract lasts is no experience.
    """
    asked: list[float] = [0.0] if _NO_EXPERIENCE.search(text) else []

    def read(found: re.Match[str]) -> str:
        years = int(found["low"])
        lasts = found["lasting"] or _LASTS.search(text[max(found.start() - _NEARBY, 0) : found.start()])
        is_experience = found["lead"] or found["tail"]
        if years <= _MOST_YEARS and (is_experience or not lasts):
            asked.append(0.0 if found["less"] else float(years))
        return f" {GAP} "

    left = _YEARS.sub(read, _NO_EXPERIENCE.sub(f" {GAP} ", text))
    return left, next(iter(asked), None)


def seniority_in(text: str) -> tuple[str, float | None]:
    """Return a text with gaps for words such as `junior`, and what they ask for: 0 years, `confirmé` 3, `senior` 5."""
    asked = []
    for pattern, years in _SENIORITY:
        if pattern.search(text):
            text = pattern.sub(f" {GAP} ", text)
            asked.append(float(years))
    return text, next(iter(asked), None)


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
        while before and (led := kept[before - 1]) is not None and bare(led) in _LEADING:
            before -= 1
        says_so = any(bare(led) in _SPEAKS for led in kept[before:] if led)
        is_alone = before == 0 and end == len(words)
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
