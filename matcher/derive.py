"""What the corpus takes of records: the text and embedding stages in a row."""

from collections.abc import Sequence

from matcher.core.domain import Facet, Record
from matcher.core.ports import ModelVectors, Thesaurus
from matcher.corpus import VECTORS, Derived
from matcher.stages import text
from matcher.stages.embed import Embedders, digest, pool


def derive(
    records: Sequence[Record], *, thesaurus: Thesaurus, embedders: Embedders
) -> tuple[list[Derived], ModelVectors]:
    """Return what is derived of each record, all texts encoded at once; and the vectors that were encoded just now."""
    skills = [text.skills(record, thesaurus) for record in records]
    texts = [text.facet_texts(record, named) for record, named in zip(records, skills, strict=True)]
    vectors, fresh = embedders.vectors(texts)
    of_skills = vectors[embedders.models[Facet.SKILLS]]
    derived = [
        Derived(
            vectors=pool(
                {facet: parts[facet] for facet in VECTORS if facet in parts}, vectors, models=embedders.models
            ),
            skills=named,
            skill_vectors=[of_skills[digest(skill.form)] for skill in named],
        )
        for parts, named in zip(texts, skills, strict=True)
    ]
    return derived, fresh
