"""From a score to its reasons: which skills are met and how, and one sentence for a person.

Nothing here changes a score. What is quoted is a substring of what the candidate or the service wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.core.domain import Evidence, Explanation, Facet, Match, Record, SkillMatch, Standing
from matcher.core.ports import Vectors
from matcher.core.skills import Near, Skill, nearnesses

NAMED_SKILLS = 4
"""How many skills a sentence names before it counts the rest."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an explanation needs of one document, prepared once."""

    record: Record
    skills: tuple[Skill, ...]
    vectors: Vectors
    """Unit rows, shape (skills, dimension), in the same order."""


@dataclass(frozen=True, slots=True)
class Met:
    """How a profile meets the skills of a posting, whatever the score: the same until either of the two changes."""

    posting: Sheet
    profile: Sheet
    skills: tuple[SkillMatch, ...]
    clauses: Mapping[str, Sequence[str]]
    """What a sentence says of them, by language."""


def meet(posting: Sheet, profile: Sheet, *, near: Near) -> Met:
    """Return how a profile meets each skill that a posting asks for."""
    skills = match_skills(posting, profile, near=near)
    groups = _grouped(skills)
    return Met(posting, profile, skills, {name: _skill_clauses(groups, words) for name, words in _PHRASES.items()})


def explain(match: Match, met: Met) -> Explanation:
    """Return a match's reasons: each skill that the posting asks for, and one sentence in French and in English."""
    levels = _levels(match)
    sentence = {name: _sentence(levels, met.clauses[name], words) for name, words in _PHRASES.items()}
    return Explanation(match=match, skills=met.skills, sentence=sentence)


def match_skills(posting: Sheet, profile: Sheet, *, near: Near) -> tuple[SkillMatch, ...]:
    """Say of each skill that the posting asks for whether it is evidenced, claimed, near or missing.

    The sum of share × similarity is what the ranking counted. Evidenced goes before claimed: what a person has done
    tells more than what they list.
    """
    names = [skill.name for skill in profile.skills]
    total = sum(skill.share for skill in posting.skills)
    if not names or not posting.skills:
        return tuple(SkillMatch(asked.written, Evidence.MISSING, share=asked.share / total) for asked in posting.skills)
    every = nearnesses(posting.skills, posting.vectors, names=names, vectors=profile.vectors, near=near)
    bests = every.argmax(axis=1).tolist()
    found = []
    for asked, values, best in zip(posting.skills, every.tolist(), bests, strict=True):
        share = asked.share / total
        if not values[best]:
            found.append(SkillMatch(asked.written, Evidence.MISSING, share=share))
            continue
        value, counterpart = values[best], profile.skills[best]
        evidence = Evidence.NEAR if value < 1.0 else Evidence.EVIDENCED if counterpart.quoted else Evidence.CLAIMED
        words = counterpart.written if evidence is Evidence.NEAR else counterpart.quoted or counterpart.written
        found.append(SkillMatch(asked.written, evidence, words, value, share))
    return tuple(found)


_STEPS: Mapping[str, tuple[float, ...]] = {
    "title": (0.75, 0.45),
    "experience": (1.0,),
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
# Looked up once: an answer asks a hundred times, and each look at a member of an enumeration is a call.
_SKILLS, _COMPARED = Facet.SKILLS.value, Standing.COMPARED


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
            "place": ("lieu compatible", "même région", "région voisine", "lieu éloigné"),
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
            "place": ("compatible place", "same region", "neighbouring region", "distant place"),
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
    for name, _, similarity, standing, _ in match.contributions:
        if name == _SKILLS:
            levels.append((name, -1))
        elif standing is _COMPARED and name in _STEPS:
            level = 0
            for least in _STEPS[name]:
                if similarity >= least - ROUNDING:
                    break
                level += 1
            levels.append((name, level))
    return levels


def _sentence(levels: Sequence[tuple[str, int]], skills: Sequence[str], words: _Phrases) -> str:
    clauses: list[str] = []
    for name, level in levels:
        if level < 0:
            clauses += skills
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
