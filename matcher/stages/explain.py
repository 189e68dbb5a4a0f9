"""From a score to its reasons: which skills are met and how, and one sentence for a person.

Nothing here changes a score. What is quoted is a substring of what the candidate or the service wrote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.core.domain import (
    Evidence,
    Explanation,
    Facet,
    Match,
    Posting,
    Record,
    SkillMatch,
    Standing,
)
from matcher.core.ports import Vectors

CLAIMED_SIMILARITY = 0.8
"""Two names of one skill (`PostgreSQL`, `Postgres SQL`)."""
NEAR_SIMILARITY = 0.55
"""Two skills of one trade."""
PROSE_CHARACTERS = 20_000
"""How much of a document's prose is searched for skills, as much as its full-text row holds."""
NAMED_SKILLS = 4
"""How many skills a sentence names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an explanation needs of one document, prepared once."""

    record: Record
    skills: tuple[str, ...]
    """The document's own words, verbatim."""
    neutral: tuple[str, ...]
    """Their gender-neutral forms, in the same order."""
    wanted: tuple[tuple[str, ...], ...]
    """How each may stand in prose: as written, and in its neutral form where that differs by more than case."""
    vectors: Vectors
    """Unit rows, shape (skills, dimension), in the same order."""
    prose: str
    """Everything the document says in sentences."""
    folded: str
    """The same in lower case, for a quick look."""


def sheet(record: Record, skills: Sequence[tuple[str, str]], vectors: Vectors) -> Sheet:
    """Prepare a document for explanations.

    Args:
        record: the document.
        skills: each skill as it was written, and its gender-neutral form.
        vectors: unit rows, one a skill, in the same order.
    """
    prose = prose_of(record)[:PROSE_CHARACTERS]
    written, neutral = tuple(skill for skill, _ in skills), tuple(form for _, form in skills)
    wanted = tuple((skill,) if form == skill.lower() else (skill, form) for skill, form in skills)
    return Sheet(record, written, neutral, wanted, vectors, prose, prose.lower())


def prose_of(record: Record) -> str:
    """Return everything that a document says in sentences, paragraphs apart."""
    if isinstance(record, Posting):
        return "\n".join(filter(None, (record.description, record.qualifications)))
    parts = [record.summary]
    for job in record.experiences:
        parts += [job.title, job.summary]
    return "\n".join(filter(None, parts))


def explain(match: Match, posting: Sheet, profile: Sheet) -> Explanation:
    """Return a match's reasons: each skill that the posting asks for, and one sentence in French and in English."""
    skills = match_skills(posting, profile)
    levels, groups = _levels(match), _grouped(skills)
    sentence = {language: _sentence(levels, groups, words) for language, words in _PHRASES.items()}
    return Explanation(match=match, skills=skills, sentence=sentence)


def match_skills(posting: Sheet, profile: Sheet) -> tuple[SkillMatch, ...]:
    """Say of each skill that the posting asks for whether it is evidenced, claimed, near or missing.

    Evidenced goes before claimed: what a person has done tells more than what they list.
    """
    if not posting.skills:
        return ()
    if not profile.skills:
        best, nearness = [0] * len(posting.skills), [0.0] * len(posting.skills)
    else:
        similar = posting.vectors @ profile.vectors.T
        best, nearness = similar.argmax(axis=1).tolist(), similar.max(axis=1).tolist()
    return tuple(
        [_match_skill(posting, place, profile, best[place], nearness[place]) for place in range(len(posting.skills))]
    )


def _match_skill(posting: Sheet, place: int, profile: Sheet, best: int, nearness: float) -> SkillMatch:
    required, neutral = posting.skills[place], posting.neutral[place]
    for words in posting.wanted[place]:
        if span := _quote(words, profile):
            return SkillMatch(required, Evidence.EVIDENCED, span, 1.0)
    if neutral in profile.neutral:
        return SkillMatch(required, Evidence.CLAIMED, profile.skills[profile.neutral.index(neutral)], 1.0)
    if nearness < NEAR_SIMILARITY:
        return SkillMatch(required, Evidence.MISSING)
    evidence = Evidence.CLAIMED if nearness >= CLAIMED_SIMILARITY else Evidence.NEAR
    return SkillMatch(required, evidence, profile.skills[best], min(nearness, 1.0))


ALSO_WORDS = frozenset({"go"})
"""Names of tools that are words of a sentence too; so is every single letter."""


def _quote(words: str, profile: Sheet) -> str | None:
    """Return the words as the profile's prose writes them, or None.

    `R` is not found in `React`, in `R&D` or in `r`; nor `C` in `C++` or in `Objective-C`.
    """
    if words.lower() not in profile.folded:
        return None
    ambiguous = len(words) == 1 or words.lower() in ALSO_WORDS
    edge = r"[\w+#&-]" if ambiguous else r"[\w+#&]"
    flags = re.NOFLAG if ambiguous else re.IGNORECASE
    found = re.search(rf"(?<!{edge}){re.escape(words)}(?!{edge})", profile.prose, flags)
    return found.group(0) if found else None


_STEPS: Mapping[str, tuple[float, ...]] = {
    "title": (0.75, 0.45),
    "experience": (1.0,),
    "education": (1.0,),
    "languages": (1.0, 0.01),
    "place": (1.0, 0.5),
    "contract": (1.0,),
    "remote": (1.0,),
    "salary": (1.0,),
    "start": (1.0,),
}
"""From which similarity an aspect is said in which way, best first; below the last, the worst way."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """How one language says it."""

    aspects: Mapping[str, tuple[str, ...]]
    """One phrase more than an aspect has steps."""
    skills_met: str
    skills_near: str
    skills_missing: str
    nothing: str
    joint: str
    """Between clauses."""


_PHRASES = {
    "fr": _Phrases(
        aspects={
            "title": ("intitulé très proche", "intitulé proche", "intitulé éloigné"),
            "experience": ("expérience suffisante", "moins d’expérience que demandé"),
            "education": ("niveau d’études atteint", "niveau d’études inférieur à celui demandé"),
            "languages": ("langues demandées", "une partie des langues", "langues non indiquées"),
            "place": ("lieu compatible", "même région", "lieu éloigné"),
            "contract": ("contrat souhaité", "autre contrat que souhaité"),
            "remote": ("télétravail comme souhaité", "télétravail différent du souhait"),
            "salary": ("salaire souhaité atteint", "salaire inférieur au souhait"),
            "start": ("disponibilité rapide", "disponibilité tardive"),
        },
        skills_met="compétences retrouvées : {}",
        skills_near="proches : {}",
        skills_missing="non trouvées : {}",
        nothing="aucun élément commun n’est renseigné",
        joint="\u202f; ",
    ),
    "en": _Phrases(
        aspects={
            "title": ("very close title", "close title", "distant title"),
            "experience": ("enough experience", "less experience than asked"),
            "education": ("level of education met", "level of education below what is asked"),
            "languages": ("languages met", "some of the languages", "languages not named"),
            "place": ("compatible place", "same region", "distant place"),
            "contract": ("wished contract", "another contract than wished"),
            "remote": ("remote work as wished", "remote work other than wished"),
            "salary": ("wished salary met", "salary below the wish"),
            "start": ("available soon", "available late"),
        },
        skills_met="skills found: {}",
        skills_near="near: {}",
        skills_missing="not found: {}",
        nothing="nothing in common is stated",
        joint="; ",
    ),
}

_Groups = tuple[list[str], list[str], list[str]]
"""Skills that are met, near, and missing, as a sentence names them."""


def _grouped(skills: Sequence[SkillMatch]) -> _Groups:
    met: list[str] = []
    near: list[str] = []
    missing: list[str] = []
    for skill in skills:
        if skill.evidence is Evidence.NEAR:
            near.append(f"{skill.counterpart} ≈ {skill.required}")
        elif skill.evidence is Evidence.MISSING:
            missing.append(skill.required)
        else:
            met.append(skill.required)
    return met, near, missing


def _levels(match: Match) -> list[tuple[str, int]]:
    """Return what a sentence says, in its order: an aspect and its phrase, -1 for the skills."""
    levels = []
    for name, _, similarity, standing in match.contributions:
        if name == Facet.SKILLS:
            levels.append((name, -1))
        elif standing is Standing.COMPARED and name in _STEPS:
            # A float32 that means 1 may read 0.9999999.
            levels.append((name, sum([similarity < least - 1e-4 for least in _STEPS[name]])))
    return levels


def _sentence(levels: Sequence[tuple[str, int]], groups: _Groups, words: _Phrases) -> str:
    clauses: list[str] = []
    for name, level in levels:
        if level < 0:
            clauses += _skill_clauses(groups, words)
        else:
            clauses.append(words.aspects[name][level])
    sentence = words.joint.join(clauses) or words.nothing
    return f"{sentence[0].upper()}{sentence[1:]}."


def _skill_clauses(groups: _Groups, words: _Phrases) -> list[str]:
    frames = (words.skills_met, words.skills_near, words.skills_missing)
    return [frame.format(_listed(names)) for frame, names in zip(frames, groups, strict=True) if names]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED_SKILLS
    return ", ".join(names[:NAMED_SKILLS]) + (f" (+{more})" if more > 0 else "")
