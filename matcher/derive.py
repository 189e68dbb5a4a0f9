"""What the corpus takes of records: the text and embedding stages in a row."""

from collections.abc import Sequence
from typing import NamedTuple

from matcher.core.domain import Facet, FacetTexts, Record
from matcher.core.ports import ModelVectors, Thesaurus
from matcher.corpus import VECTORS, Derived
from matcher.stages import text
from matcher.stages.embed import Embedders, digest, pool


class Made(NamedTuple):
    """All that is made of some records."""

    derived: list[Derived]
    """A record each, as the texts."""
    texts: list[FacetTexts]
    vectors: ModelVectors
    """Of all the texts."""
    fresh: ModelVectors
    """Those of them that were encoded just now."""


def derive(records: Sequence[Record], *, thesaurus: Thesaurus, embedders: Embedders) -> Made:
    """Return what is derived of each record, all texts encoded at once."""
    skills = [text.skills(record, thesaurus) for record in records]
    texts = [text.facet_texts(record, named) for record, named in zip(records, skills, strict=True)]
    vectors, fresh = embedders.vectors(texts)
    of_skills = vectors[embedders.models[Facet.SKILLS]]
    derived = []
    for parts, named in zip(texts, skills, strict=True):
        compared = {facet: parts[facet] for facet in VECTORS if facet in parts}
        pooled = pool(compared, vectors, models=embedders.models)
        derived.append(
            Derived(
                vectors=pooled,
                skills=named,
                skill_vectors=[of_skills[digest(skill.form)] for skill in named],
                terms=embedders.terms(parts) if Facet.BODY in pooled else None,
            )
        )
    return Made(derived, texts, vectors, fresh)
