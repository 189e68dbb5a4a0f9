"""From a score to its reasons: which skills are met and how, and one sentence for a person.

Nothing here changes a score. What is quoted is a substring of what the candidate or the service wrote.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Facet, Kind, Record, Remote
from matcher.core.letters import fold
from matcher.core.pages import lot
from matcher.core.places import distance_km
from matcher.core.ports import Thesaurus, Vectors
from matcher.core.scoring import ASPECTS, Evidence, Explanation, Match, SkillMatch, Standing, Weights
from matcher.core.skills import Skill, nearnesses
from matcher.stages.explain.phrases import LANGUAGES, PHRASES, Counted, Phrases, listed

Quotes = Callable[[Record, Sequence[Skill]], Sequence[str | None]]
"""How a document's prose names each of some skills, verbatim: `text.quotes`."""

SAME_TITLE, NEAR_TITLE, FAR_TITLE = 0.75, 0.58, 0.45
"""The cosines from which a title is said to be very similar, and similar, and under which very different: measured, see
record 44."""
_STEPS: Mapping[str, tuple[float, ...]] = {
    "title": (SAME_TITLE, NEAR_TITLE, FAR_TITLE),
    "experience": (1.0, 0.501),
    "education": (1.0,),
    "languages": (1.0, 0.01),
    "place": (1.0, 0.5, 0.3),
    "contract": (1.0,),
    "remote": (1.0,),
    "salary": (1.0,),
    "start": (1.0,),
}
"""From which similarity an aspect is said in which way, best first; below the last, the worst way."""
ROUNDING = 1e-4
"""A float32 that means 1 may read 0.9999999."""
SILENT = 255
"""The level of an aspect of which a sentence says nothing."""
# Looked up once: an answer asks a hundred times, and each look at a member of an enumeration is a call.
_COMPARED = Standing.COMPARED
SKILLS_AT = ASPECTS.index(Facet.SKILLS)
PLACE_AT = ASPECTS.index("place")
_SILENT = np.array([name not in _STEPS for name in ASPECTS])
_LEAST = np.full((len(ASPECTS), max(map(len, _STEPS.values()))), -np.inf)
for _place, _name in enumerate(ASPECTS):
    _LEAST[_place, : len(_STEPS.get(_name, ()))] = [least - ROUNDING for least in _STEPS.get(_name, ())]

_TELLING = "+#"
"""Signs that names of tools differ by: `C`, `C++` and `C#` are three."""
_TAG = re.compile(r"<[^<>]*>")
_IN_BRACKETS = re.compile(r"([^()]*[^()\s])\s*\(([^()]+)\)")
_PARTED = re.compile(r"[\s'’]+")
_SMALL = frozenset("d l de du des la le les of the".split())
"""Words with and without which a name reads the same."""
_SHORT = 3
"""Letters of a word whose last one is no plural's: `SAS`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an explanation needs of one document, prepared once."""

    record: Record
    skills: tuple[Skill, ...]
    vectors: Vectors
    """Unit rows, shape (skills, dimension), in the same order."""
    lot: bytes = field(init=False)
    """What a cursor calls it: drawn once, for most answers have one."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lot", lot("", self.record.id))


class Told(NamedTuple):
    """A pair's match as JSON, as it was written last, without its rank and its variants; and what decides the rest."""

    alike: bytes
    """How much the two agree in each aspect."""
    known: bytes
    """In which aspects they were compared."""
    weights: Weights
    levels: bytes
    """How each aspect is said."""
    score: float
    names: bytes
    """From the beginning to the rank."""
    scores: bytes
    """From the rank to the variants."""
    contributions: bytes
    """From the variants to the skills."""
    skills: bytes
    sentences: bytes
    """From the skills to the end."""


@dataclass(slots=True)
class Met:
    """How a profile meets the skills of a posting, whatever the score: the same until either of the two changes."""

    posting: Sheet
    profile: Sheet
    skills: tuple[SkillMatch, ...]
    clauses: Mapping[str, Sequence[str]]
    """What a sentence says of them, by language."""
    place: Mapping[str, str]
    """What it says of the place, by language, where the distance is what counts; else nothing."""
    told: Told | None = None
    """Made where it is written, and again where the two's other aspects have changed."""


def meet(posting: Sheet, profile: Sheet, *, thesaurus: Thesaurus, quotes: Quotes, asks: Kind = Kind.POSTING) -> Met:
    """Return how a profile meets each skill that a posting asks for.

    A skill that the thesaurus does not know counts where both list it, and not where the profile's prose alone names
    it: then the missing skill has those words for its counterpart, and a sentence says so.

    Args:
        posting: the posting's sheet.
        profile: the profile's.
        thesaurus: what is known of skills.
        quotes: how prose names them.
        asks: the kind of the document whose skills are asked of the other: where postings are searched, the profile's.
    """
    asking, other = (posting, profile) if asks is Kind.POSTING else (profile, posting)
    skills = match_skills(asking, other, thesaurus=thesaurus)
    missing = [place for place, skill in enumerate(skills) if skill.evidence is Evidence.MISSING]
    words = quotes(other.record, [asking.skills[place] for place in missing]) if missing else ()
    named = {place: quoted for place, quoted in zip(missing, words, strict=True) if quoted}
    if named:
        skills = tuple(
            skill._replace(counterpart=named[place]) if place in named else skill for place, skill in enumerate(skills)
        )
    groups = _grouped(skills)
    return Met(
        posting,
        profile,
        skills,
        clauses={
            name: _skill_clauses(groups, words) if asks is Kind.POSTING else _asked_clauses(groups, words)
            for name, words in PHRASES.items()
        },
        place=_distance(posting.record, profile.record),
    )


def explain(match: Match, met: Met) -> Explanation:
    """Return a match's reasons: each skill that the posting asks for, and one sentence in French and in English."""
    return Explanation(match=match, skills=met.skills, sentence=sentences(_levels(match), met))


def match_skills(asking: Sheet, other: Sheet, *, thesaurus: Thesaurus) -> tuple[SkillMatch, ...]:
    """Say of each skill that a document asks of another whether it is evidenced, claimed, near or missing there.

    The sum of share × similarity is what the ranking counted. Evidenced goes before claimed: what a person has done
    tells more than what they list.
    """
    total = sum(skill.share for skill in asking.skills)
    if not other.skills or not asking.skills:
        return tuple(SkillMatch(asked.written, Evidence.MISSING, share=asked.share / total) for asked in asking.skills)
    every = nearnesses(asking.skills, asking.vectors, offered=other.skills, vectors=other.vectors, thesaurus=thesaurus)
    bests = every.argmax(axis=1).tolist()
    found = []
    for asked, values, best in zip(asking.skills, every.tolist(), bests, strict=True):
        share = asked.share / total
        if not values[best]:
            found.append(SkillMatch(asked.written, Evidence.MISSING, share=share))
            continue
        value, counterpart = values[best], other.skills[best]
        evidence = Evidence.NEAR if value < 1.0 else Evidence.EVIDENCED if counterpart.quoted else Evidence.CLAIMED
        words = counterpart.written if evidence is Evidence.NEAR else counterpart.quoted or counterpart.written
        found.append(SkillMatch(asked.written, evidence, words, value, share))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Groups:
    """Skills as a sentence tells of them; with what is asked for, the profile's own words."""

    evidenced: list[str] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    near: dict[str, list[str]] = field(default_factory=dict)
    """What the profile has, with what it stands in for."""
    named: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def _grouped(skills: Sequence[SkillMatch]) -> _Groups:
    """Return the skills by how a sentence tells of them, in the order in which they are asked for."""
    groups = _Groups()
    for required, evidence, counterpart, _, _ in skills:
        asked, theirs = _shown(required), counterpart and _shown(counterpart)
        if theirs is None:
            groups.missing.append(asked)
        elif evidence is Evidence.NEAR:
            groups.near.setdefault(theirs, []).append(asked)
        else:
            met = {Evidence.EVIDENCED: groups.evidenced, Evidence.CLAIMED: groups.claimed}.get(evidence, groups.named)
            met.append(_with_theirs(asked, theirs))
    return groups


def _shown(words: str) -> str:
    """Return what was written as a sentence shows it: without its markup, if it has any."""
    if "&" not in words and "<" not in words:
        return words
    return " ".join(_TAG.sub("", html.unescape(words)).split()) or words


def _with_theirs(asked: str, theirs: str) -> str:
    """Return a skill's name with the profile's own, where more differs than case, signs, number and small words.

    Nor is it said again that who asks for `RGAA` is met by `accessibilité (RGAA)`.
    """
    if asked.casefold() == theirs.casefold() or not _forms(asked).isdisjoint(_forms(theirs)):
        return asked
    return f"{asked} ({theirs})"


def _forms(name: str) -> set[str]:
    """Return a name as it reads, and its two halves where one stands in brackets at its end."""
    halves = _IN_BRACKETS.fullmatch(name)
    return {_plain(one) for one in (name, *(halves.groups() if halves else ()))}


def _plain(name: str) -> str:
    words = (fold(word, besides=_TELLING) for word in _PARTED.split(name))
    return "".join(_singular(word) for word in words if word not in _SMALL) or name


def _singular(word: str) -> str:
    return word[:-1] if len(word) > _SHORT and word[-1] in "sx" else word


def levels(similarity: npt.NDArray[np.float64], compared: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Return how each aspect of many matches is said: a row's bytes are what `sentences` takes.

    Args:
        similarity: shape (matches, aspects), in the order of ASPECTS.
        compared: same shape.
    """
    found: npt.NDArray[np.uint8] = (similarity[:, :, None] < _LEAST).sum(axis=2, dtype=np.uint8)
    found[~compared | _SILENT] = SILENT
    return found


def _levels(match: Match) -> bytes:
    """Return the same as `levels` of one match."""
    found = bytearray([SILENT] * len(ASPECTS))
    for place, (name, _, similarity, standing, _) in enumerate(match.contributions[: len(ASPECTS)]):
        if standing is _COMPARED and name in _STEPS:
            found[place] = sum(similarity < least - ROUNDING for least in _STEPS[name])
    return bytes(found)


def sentences(levels: bytes, met: Met) -> dict[str, str]:
    """Return what a person is told of a match, by language.

    Args:
        levels: how each aspect is said, from `levels`.
        met: how the two meet in skills.
    """
    return {language: _sentence(levels, met, language) for language in LANGUAGES}


def _sentence(levels: bytes, met: Met, language: str) -> str:
    words, wished = PHRASES[language], levels[PLACE_AT:]
    place = met.place.get(language) if wished[0] != SILENT else None
    clauses = [
        *_said(levels[:SKILLS_AT], 0, language),
        *met.clauses[language],
        *_said(levels[SKILLS_AT:PLACE_AT], SKILLS_AT, language),
        *([place, *_said(wished[1:], PLACE_AT + 1, language)] if place else _said(wished, PLACE_AT, language)),
    ]
    sentence = words.joint.join(clauses) or words.nothing
    return f"{sentence[0].upper()}{sentence[1:]}."


def _said(levels: bytes, first: int, language: str) -> list[str]:
    """Return what is said of some aspects, which follow one another from the place of the first one on."""
    aspects = PHRASES[language].aspects
    return [aspects[ASPECTS[place]][level] for place, level in enumerate(levels, start=first) if level != SILENT]


def _distance(posting: Record, profile: Record) -> Mapping[str, str]:
    """Return what is said of the place, by language, where the ranking compares by distance; else nothing."""
    if posting.remote is Remote.FULL or not (len(posting.locations) == len(profile.locations) == 1):
        return {}
    here, there = posting.locations[0].spot, profile.locations[0].spot
    if here is None or there is None:
        return {}
    km = round(distance_km(*here, *there))
    return {
        name: words.away.format(f"{km:,}".replace(",", words.thousands)) if km else words.here
        for name, words in PHRASES.items()
    }


def _skill_clauses(groups: _Groups, words: Phrases) -> list[str]:
    return _framed(
        words,
        (words.skills_evidenced, groups.evidenced),
        (words.skills_claimed, groups.claimed),
        (words.skills_near, [words.near(asked, theirs) for theirs, asked in groups.near.items()]),
        (words.skills_named, groups.named),
        (words.skills_missing, groups.missing),
    )


def _asked_clauses(groups: _Groups, words: Phrases) -> list[str]:
    """Return the same of a posting that is found by skills: what it lists and what it describes it asks for."""
    return _framed(
        words,
        (words.skills_asked, [*groups.evidenced, *groups.claimed]),
        (words.skills_near, [words.near(asked, theirs) for theirs, asked in groups.near.items()]),
        (words.skills_named, groups.named),
        (words.skills_unasked, groups.missing),
    )


def _framed(words: Phrases, *framed: tuple[Counted, Sequence[str]]) -> list[str]:
    return [frame[len(names) > 1].format(listed(names, words)) for frame, names in framed if names]
