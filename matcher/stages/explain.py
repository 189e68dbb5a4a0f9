"""From a score to its reasons: which skills are met and how, and one sentence for a person.

Nothing here changes a score. What is quoted is a substring of what the candidate or the service wrote.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

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
    prose = prose_of(record)
    written, neutral = tuple(skill for skill, _ in skills), tuple(form for _, form in skills)
    return Sheet(record, written, neutral, vectors, prose, prose.lower())


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
    groups = _grouped(skills)
    sentence = {language: _sentence(match, groups, words) for language, words in _PHRASES.items()}
    return Explanation(match=match, skills=skills, sentence=sentence)


def match_skills(posting: Sheet, profile: Sheet) -> tuple[SkillMatch, ...]:
    """Say of each skill that the posting asks for whether it is evidenced, claimed, near or missing.

    Evidenced goes before claimed: what a person has done tells more than what they list.
    """
    if not posting.skills:
        return ()
    similar = posting.vectors @ profile.vectors.T if profile.skills else np.zeros((len(posting.skills), 0))
    return tuple(_match_skill(posting, place, profile, similar[place]) for place in range(len(posting.skills)))


def _match_skill(posting: Sheet, place: int, profile: Sheet, similar: Vectors) -> SkillMatch:
    required, neutral = posting.skills[place], posting.neutral[place]
    span = _quote(required, profile) or (_quote(neutral, profile) if neutral != required.lower() else None)
    if span:
        return SkillMatch(required, Evidence.EVIDENCED, span, 1.0)
    if neutral in profile.neutral:
        return SkillMatch(required, Evidence.CLAIMED, profile.skills[profile.neutral.index(neutral)], 1.0)
    if similar.size:
        best = int(similar.argmax())
        nearness = min(float(similar[best]), 1.0)
        if nearness >= NEAR_SIMILARITY:
            evidence = Evidence.CLAIMED if nearness >= CLAIMED_SIMILARITY else Evidence.NEAR
            return SkillMatch(required, evidence, profile.skills[best], nearness)
    return SkillMatch(required, Evidence.MISSING)


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


@dataclass(frozen=True, slots=True)
class _Phrases:
    """How one language says it; each aspect from best to worst, with the similarity from which it is said."""

    aspects: Mapping[str, tuple[tuple[float, str], ...]]
    skills_met: str
    skills_near: str
    skills_missing: str
    nothing: str
    joint: str
    """Between clauses."""


_PHRASES = {
    "fr": _Phrases(
        aspects={
            "title": ((0.75, "intitulé très proche"), (0.45, "intitulé proche"), (-1.0, "intitulé éloigné")),
            "experience": ((1.0, "expérience suffisante"), (0.0, "moins d’expérience que demandé")),
            "education": ((1.0, "niveau d’études atteint"), (0.0, "niveau d’études inférieur à celui demandé")),
            "languages": ((1.0, "langues demandées"), (0.01, "une partie des langues"), (0.0, "langues non indiquées")),
            "place": ((1.0, "lieu souhaité"), (0.5, "même région"), (0.0, "lieu éloigné")),
            "contract": ((1.0, "contrat souhaité"), (0.0, "autre contrat que souhaité")),
            "remote": ((1.0, "télétravail comme souhaité"), (0.0, "télétravail différent du souhait")),
            "salary": ((1.0, "salaire souhaité atteint"), (0.0, "salaire inférieur au souhait")),
            "start": ((1.0, "disponibilité rapide"), (0.0, "disponibilité tardive")),
        },
        skills_met="compétences retrouvées : {}",
        skills_near="proches : {}",
        skills_missing="non trouvées : {}",
        nothing="aucun élément commun n’est renseigné",
        joint="\u202f; ",
    ),
    "en": _Phrases(
        aspects={
            "title": ((0.75, "very close title"), (0.45, "close title"), (-1.0, "distant title")),
            "experience": ((1.0, "enough experience"), (0.0, "less experience than asked")),
            "education": ((1.0, "level of education met"), (0.0, "level of education below what is asked")),
            "languages": ((1.0, "languages met"), (0.01, "some of the languages"), (0.0, "languages not named")),
            "place": ((1.0, "wished place"), (0.5, "same region"), (0.0, "distant place")),
            "contract": ((1.0, "wished contract"), (0.0, "another contract than wished")),
            "remote": ((1.0, "remote work as wished"), (0.0, "remote work other than wished")),
            "salary": ((1.0, "wished salary met"), (0.0, "salary below the wish")),
            "start": ((1.0, "available soon"), (0.0, "available late")),
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


def _sentence(match: Match, groups: _Groups, words: _Phrases) -> str:
    clauses = []
    for part in match.contributions:
        if part.name == Facet.SKILLS:
            clauses += _skill_clauses(groups, words)
        elif part.standing is Standing.COMPARED and part.name in words.aspects:
            clauses.append(_phrase(part.similarity, words.aspects[part.name]))
    sentence = words.joint.join(clauses) or words.nothing
    return f"{sentence[0].upper()}{sentence[1:]}."


def _phrase(similarity: float, steps: tuple[tuple[float, str], ...]) -> str:
    for least, phrase in steps:
        # A float32 that means 1 may read 0.9999999.
        if similarity >= least - 1e-4:
            return phrase
    return steps[-1][1]


def _skill_clauses(groups: _Groups, words: _Phrases) -> list[str]:
    frames = (words.skills_met, words.skills_near, words.skills_missing)
    return [frame.format(_listed(names)) for frame, names in zip(frames, groups, strict=True) if names]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED_SKILLS
    return ", ".join(names[:NAMED_SKILLS]) + (f" (+{more})" if more > 0 else "")
