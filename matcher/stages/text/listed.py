"""The skills that a list holds, one by one, and their names."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from matcher.core.denial import WORDS as DENYING
from matcher.core.denial import denied_of
from matcher.core.letters import has_letters_or_digits
from matcher.core.ports import Thesaurus
from matcher.core.skill_levels import without_level
from matcher.stages.text.clean import clean, readable
from matcher.stages.text.mentioned import mentioned
from matcher.stages.text.neutral import neutral
from matcher.stages.text.personal import without_personal

MOST_ASKED = 64
"""Listed skills that a posting asks for: the first ones."""
_MOST_HAD = 1_000
"""Listed skills of a profile: more than anybody has, since what stands before a skill must not take it away."""
_STRAY = re.compile(r"^[\s'\"\[\]{}«»“”]+|[\s'\"\[\]{}«»“”]+$")
_LETTER_IN_BRACKETS = re.compile(r"(?<!\w)\((\w)\)(?=\w)")
_BRACKETED = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")
_LISTED = re.compile(r"\s*[,;|\n•]\s*|\s+[+·]\s+")
_PAIRED_ITEMS = re.compile(r"\s+(?:[-–—/&]|et|ou|and|or)\s+")
_PARTED = re.compile(r"\s[/–-]\s")
"""Between two things: `droit / affaires publiques` name no business law."""
_CHAINED = re.compile(r"[A-Z]\w+(?:-[A-Z]\w+){2,}")


def listed_skills(items: Sequence[str], thesaurus: Thesaurus, *, once: bool) -> Iterator[tuple[str, str, str | None]]:
    """Yield the skills of a list: as written, in their neutral form, and by name where the thesaurus knows them.

    What the list denies, as an item or as a part of one, is left out.

    Args:
        items: of the list.
        thesaurus: what is known of them.
        once: whether they are asked for: MOST_ASKED at most, and words that name skills are none of their own besides.
    """
    whole = {*_had(items, thesaurus)}
    listed = every_listed_skill([item for item in items if item in whole], most=MOST_ASKED if once else _MOST_HAD)
    had = whole.union(_had([written for written, _ in listed if written not in whole], thesaurus))
    yield from _known(_without_brackets([one for one in listed if one[0] in had], thesaurus), thesaurus, once=once)


def _had(items: Sequence[str], thesaurus: Thesaurus) -> Sequence[str]:
    """Return the items of a list of skills but those that deny one: `pas de Java`, `Java : non`; not `No code`."""
    denied = {item: name for item in items if (name := denied_of(item))}
    if not denied:
        return items
    is_name = dict(zip((*denied, *denied.values()), thesaurus.names([*denied, *denied.values()]), strict=True))
    return [item for item in items if item not in denied or is_name[item] or not is_name[denied[item]]]


def every_listed_skill(items: Sequence[str], *, most: int = _MOST_HAD) -> list[tuple[str, str]]:
    """Return each skill that a list holds, as it was written and in its neutral form, in order; not above `most`."""
    found: dict[str, str] = {}
    for item in items:
        for part in _split_skill(item):
            form = neutral(part)
            if has_letters_or_digits(form):
                found.setdefault(form, part if part in item else item)
    return [(written, form) for form, written in found.items()][:most]


def _without_brackets(listed: Sequence[tuple[str, str]], thesaurus: Thesaurus) -> list[tuple[str, str]]:
    """Return skills as they were written, and their neutral forms, those in brackets apart that explain nothing.

    `saisie comptable (Excel)` is two, `ressources humaines (RH)` one.
    """
    found: dict[str, str] = {}
    for written, form in listed:
        parts = _BRACKETED.fullmatch(written) if "(" in written else None
        if parts is None or _is_one_skill(written, parts[2], thesaurus):
            found.setdefault(form, written)
        else:
            for part in parts.groups():
                found.setdefault(neutral(part), part)
    return [(written, form) for form, written in found.items()]


def _is_one_skill(written: str, within: str, thesaurus: Thesaurus) -> bool:
    """Tell whether a skill is known with what stands in its brackets, or that says no skill by itself."""
    whole, *others = thesaurus.names([written, within, *within.split("/")])
    return whole is not None or not any(others) or without_level(written) != written


def _known(
    listed: Sequence[tuple[str, str]], thesaurus: Thesaurus, *, once: bool
) -> Iterator[tuple[str, str, str | None]]:
    """Yield skills as they were written, their neutral forms, and their names where the thesaurus knows them.

    `JavaScript/TypeScript` is two skills if both are known, and `CI/CD` one; `Excel avancé` is Excel. What is known by
    no name is read as prose is: `maîtrise de Python et de SQL` names two.

    Args:
        listed: each skill of a list, as it was written and in its neutral form.
        thesaurus: what is known of them.
        once: whether words that name skills are no skill of their own besides.
    """
    for (written, form), known in zip(listed, thesaurus.names([written for written, _ in listed]), strict=True):
        parts = [part.strip() for part in written.split("/")]
        names = thesaurus.names(parts) if known is None and len(parts) > 1 else [None]
        if all(names):
            yield from ((part, neutral(part), name) for part, name in zip(parts, names, strict=True))
        elif known is None and (bare := without_level(written)) != written and (name := thesaurus.names([bare])[0]):
            yield written, neutral(bare), name
        elif known:
            yield written, form, known
        else:
            within = [*_within(written, thesaurus)]
            yield from within
            if not (once and within):
                yield written, form, None


def _within(item: str, thesaurus: Thesaurus) -> Iterator[tuple[str, str, str]]:
    """Yield the skills that an item of a list names among other words, as `_known` does; none of one that denies."""
    if denied_of(item):
        return
    parts = [part.strip() for part in item.split("/")]
    if len(parts) > 1 and DENYING.isdisjoint(item.lower().split()):
        # A tool alone: `conduite / suivi de projets` names no driving.
        known = zip(parts, thesaurus.names(parts), strict=True)
        yield from ((part, neutral(part), name) for part, name in known if name and thesaurus.is_tool(name))
    for span, form, name in mentioned(readable(item), thesaurus):
        if form and not _PARTED.search(span):
            yield span, form, name


@lru_cache(maxsize=32_768)  # few skills, named again and again
def _split_skill(skill: str) -> tuple[str, ...]:
    """Return the skills that one item lists: exports write whole lists, and halves of them, into one."""
    plain = _LETTER_IN_BRACKETS.sub(r"\1", _STRAY.sub("", clean(without_personal(skill.replace("\t", ",")))))
    if any(item.count("(") != item.count(")") for item in _LISTED.split(plain)):
        # A bracket that is never closed, or one around a list: `données (2D, 3D)`.
        plain = plain.replace("(", ",").replace(")", ",")
    parts: list[str] = []
    for item in _LISTED.split(plain):
        pair = _PAIRED_ITEMS.split(item)
        if _CHAINED.fullmatch(item):
            parts += item.split("-")
        elif all(_is_tool_like(part) for part in pair):
            parts += pair
        else:
            parts.append(item)
    return tuple(stripped for part in parts if (stripped := _STRAY.sub("", part)))


def _is_tool_like(text: str) -> bool:
    """Tell whether an item is one capitalised word: `Python et Django` are two, `recherche et développement` is one."""
    return " " not in text and not text.islower() and bool(text)


def forget_listed() -> None:
    """Drop the memory of how items of lists were split."""
    _split_skill.cache_clear()
