"""A corpus without an engine: what is derived of records, straight from the stages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.core.domain import Facet, Record
from matcher.core.ports import Encoders, Thesaurus
from matcher.corpus import Corpus, Derived
from matcher.derive import derive
from matcher.stages.embed import Embedders
from matcher.stages.explain import Sheet


@dataclass(frozen=True, slots=True)
class Deriver:
    """The text and embedding stages, with what they are given."""

    encoders: Encoders
    thesaurus: Thesaurus
    embedders: Embedders = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "embedders", Embedders(self.encoders, stored=lambda digests, *, model: {}))

    def many(self, records: Sequence[Record]) -> list[Derived]:
        """What the corpus takes of records, all texts encoded at once."""
        return derive(records, thesaurus=self.thesaurus, embedders=self.embedders)[0]

    def __call__(self, record: Record) -> Derived:
        """What the corpus takes of one record."""
        return self.many([record])[0]

    def empty(self) -> Corpus:
        """A corpus of nothing."""
        return Corpus(self.encoders.dimensions, thesaurus=self.thesaurus, terms_share=self.encoders.terms_share)

    def corpus(self, records: Iterable[Record]) -> Corpus:
        """A corpus of some records, in their order."""
        corpus, every = self.empty(), list(records)
        for record, derived in zip(every, self.many(every), strict=True):
            corpus.put(record, derived)
        return corpus

    def sheet(self, record: Record) -> Sheet:
        """What an explanation needs of one record."""
        derived = self(record)
        rows = [*derived.skill_vectors]
        none = np.zeros((0, self.encoders.dimensions[Facet.SKILLS]), dtype=np.float32)
        return Sheet(record, tuple(derived.skills), np.stack(rows) if rows else none)
