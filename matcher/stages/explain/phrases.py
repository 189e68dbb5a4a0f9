"""How reasons are said, in French and in English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matcher.core.letters import without_accents

NAMED_SKILLS = 4
"""How many skills a sentence names before it counts the rest."""
Counted = tuple[str, str]
"""How it is said of one, and of several."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one language says it."""

    aspects: Mapping[str, tuple[str, ...]]
    """One phrase more than an aspect has steps."""
    skills_evidenced: Counted
    skills_claimed: Counted
    skills_near: Counted
    near: Callable[[Sequence[str], str], str]
    """What is asked for and what the profile has for it, as an item of the latter."""
    skills_named: Counted
    """In prose, by a name that the thesaurus does not read."""
    skills_missing: Counted
    skills_asked: Counted
    """Of a posting that is found by them."""
    skills_unasked: Counted
    last: str
    """Before the last item of a list."""
    others: Counted
    """How many items a list does not name."""
    here: str
    """A distance under one kilometre."""
    away: str
    """A distance in kilometres."""
    thousands: str
    """Between the digits of a large number."""
    nothing: str
    joint: str
    """Between clauses."""


_VOWELS = frozenset("aeiouhœæ")
_FULL_SOUNDS = tuple(
    "hac had han harc hard has hau hav heap helm help hier hiér high hors hot hub huit onz oui use".split()
)
"""Beginnings before which `de` stays whole."""


def _of(name: str) -> str:
    """Return a name after the French `de`: `de Java`, `d’Ansible`, `d’hébergement`, `de hackathon`."""
    first = without_accents(name[:1].casefold())[:1]
    return f"d’{name}" if first in _VOWELS and not name.casefold().startswith(_FULL_SOUNDS) else f"de {name}"


PHRASES: Mapping[str, Phrases] = {
    "fr": Phrases(
        aspects={
            "title": ("intitulé très proche", "intitulé proche", "intitulé différent", "intitulé éloigné"),
            "experience": ("expérience suffisante", "plus d’expérience que demandé", "moins d’expérience que demandé"),
            "education": ("niveau d’études atteint", "niveau d’études inférieur à celui demandé"),
            "languages": (
                "langues demandées indiquées",
                "une partie seulement des langues demandées est indiquée",
                "aucune langue demandée n’est indiquée",
            ),
            "place": ("lieu compatible", "même région", "région voisine", "lieu éloigné"),
            "contract": ("contrat souhaité", "autre contrat que souhaité"),
            "remote": ("télétravail comme souhaité", "télétravail différent du souhait"),
            "salary": ("salaire souhaité atteint", "salaire inférieur au souhait"),
            "start": ("disponibilité rapide", "disponibilité tardive"),
        },
        skills_evidenced=("compétence décrite\u00a0: {}", "compétences décrites\u00a0: {}"),
        skills_claimed=("compétence seulement listée\u00a0: {}", "compétences seulement listées\u00a0: {}"),
        skills_near=("à défaut {}", "à défaut {}"),
        near=lambda asked, theirs: f"{listed([*map(_of, asked)], PHRASES['fr'])}\u00a0: {theirs}",
        skills_named=(
            "compétence nommée dans le texte, non comptée\u00a0: {}",
            "compétences nommées dans le texte, non comptées\u00a0: {}",
        ),
        skills_missing=("compétence non trouvée\u00a0: {}", "compétences non trouvées\u00a0: {}"),
        skills_asked=("compétence demandée\u00a0: {}", "compétences demandées\u00a0: {}"),
        skills_unasked=("compétence non demandée\u00a0: {}", "compétences non demandées\u00a0: {}"),
        last=" et ",
        others=("{} autre", "{} autres"),
        here="à moins de 1\u00a0km",
        away="à {}\u00a0km",
        thousands="\u202f",
        nothing="aucun élément commun n’est renseigné",
        joint="\u202f; ",
    ),
    "en": Phrases(
        aspects={
            "title": ("very similar title", "similar title", "different title", "very different title"),
            "experience": ("enough experience", "more experience than asked for", "less experience than asked for"),
            "education": ("level of education met", "level of education below what is asked for"),
            "languages": (
                "required languages listed",
                "only some of the required languages listed",
                "no required language is mentioned",
            ),
            "place": ("suitable location", "same region", "neighbouring region", "distant location"),
            "contract": ("preferred type of contract", "not the preferred type of contract"),
            "remote": ("remote work as preferred", "remote work not as preferred"),
            "salary": ("salary expectation met", "salary below expectation"),
            "start": ("available soon", "available late"),
        },
        skills_evidenced=("skill described: {}", "skills described: {}"),
        skills_claimed=("skill only listed: {}", "skills only listed: {}"),
        skills_near=("related skill: {}", "related skills: {}"),
        near=lambda asked, theirs: f"{theirs} (for {listed(asked, PHRASES['en'])})",
        skills_named=("skill named in the text, not counted: {}", "skills named in the text, not counted: {}"),
        skills_missing=("skill not found: {}", "skills not found: {}"),
        skills_asked=("skill asked for: {}", "skills asked for: {}"),
        skills_unasked=("skill not asked for: {}", "skills not asked for: {}"),
        last=" and ",
        others=("{} other", "{} others"),
        here="less than 1 km away",
        away="{} km away",
        thousands=",",
        nothing="nothing in common is stated",
        joint="; ",
    ),
}

LANGUAGES = tuple(PHRASES)


def listed(names: Sequence[str], words: Phrases) -> str:
    """Return a list of names as it is written: `A, B et C`, `A, B, C, D and 2 others`."""
    more = len(names) - NAMED_SKILLS
    *firsts, last = [*names[:NAMED_SKILLS], words.others[more > 1].format(more)] if more > 0 else names
    return words.last.join(filter(None, (", ".join(firsts), last)))
