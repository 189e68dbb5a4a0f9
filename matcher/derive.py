"""What the database and the corpus take of records: the text and embedding stages in a row."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from matcher.core.domain import Facet, FacetTexts, Record
from matcher.core.ports import Encoders, ModelVectors, Thesaurus, Vectors
from matcher.core.storing import Document, Store
from matcher.corpus import VECTORS, Corpus, Derived
from matcher.reading import Reading, read, read_all
from matcher.stages import text
from matcher.stages.embed import Embedders, digest, digests, pool


class Made(NamedTuple):
    """All that is made of some records."""

    derived: list[Derived]
    """A record each, as the readings."""
    readings: list[Reading]
    vectors: ModelVectors
    """The vectors of all the texts, by model and digest."""
    fresh: ModelVectors
    """Those of the vectors that were encoded just now: the store does not have them yet."""


def derive(records: Sequence[Record], *, thesaurus: Thesaurus, embedders: Embedders, words: bool = False) -> Made:
    """Return what is derived of each record, all texts encoded at once; the words of full-text rows if asked for."""
    return made_of(read(records, thesaurus, words=words), embedders)


def made_of(readings: list[Reading], embedders: Embedders) -> Made:
    """Return what is derived of records that have been read, all texts encoded at once."""
    vectors, fresh = embedders.vectors([reading.texts for reading in readings])
    of_skills = vectors[embedders.models[Facet.SKILLS]]
    derived = []
    for skills, parts, _, anchors in readings:
        compared = {facet: parts[facet] for facet in VECTORS if facet in parts}
        pooled = pool(compared, vectors, models=embedders.models)
        derived.append(
            Derived(
                vectors=pooled,
                skills=skills,
                skill_vectors=[of_skills[digest(skill.form)] for skill in skills],
                terms=embedders.terms(parts) if Facet.BODY in pooled else None,
                anchors=anchors,
            )
        )
    return Made(derived, readings, vectors, fresh)


class Deriver:
    """Derives what belongs to records, by one set of models. Thread-safe."""

    def __init__(self, encoders: Encoders, *, thesaurus: Thesaurus, store: Store | None, keeps: bool = True) -> None:
        """Take the parts.

        Args:
            encoders: what turns each facet's texts into vectors.
            thesaurus: which texts name the same skill, and which skills are near.
            store: which texts' vectors are known; takes those of others. None knows none, and takes none.
            keeps: whether what the store lacks is added to it.
        """
        self.keeps = keeps
        self.embedders = Embedders(encoders, stored=store.vectors if store else _none_stored)
        self.models = self.embedders.models
        """The fingerprint of each facet's encoder."""
        self.dimensions = encoders.dimensions
        self._terms_share = encoders.terms_share
        self._thesaurus = thesaurus
        self._store = store
        self.fingerprints: dict[str, str] = {
            "text": text.VERSION,
            "thesaurus": thesaurus.fingerprint,
            **{facet.value: model for facet, model in self.models.items()},
            **({"terms": encoders.prose.fingerprint} if encoders.prose else {}),
        }
        """The fingerprint, by name, of each thing that decides what is made of a record."""

    def made(self, records: Sequence[Record], *, words: bool = False) -> Made:
        """Return all that is made of records, with the words of full-text rows if asked for; none is kept on disk."""
        return derive(records, thesaurus=self._thesaurus, embedders=self.embedders, words=words)

    def derived(self, records: Sequence[Record]) -> list[Derived]:
        """Return what the corpus takes of stored records; what the store lacks is added to it, if it is kept.

        Stored records lack vectors after a change of model.
        """
        made = self.made(records)
        self.keep(made)
        return made.derived

    def keep(self, made: Made) -> None:
        """Add to the store what it lacks of what was made of stored records, if that is kept."""
        if self.keeps and self._store:
            self._store.add_vectors(made.fresh)

    def texts(self, record: Record) -> FacetTexts:
        """Return a record's facet texts."""
        return read([record], self._thesaurus, words=False)[0].texts

    def all_made(
        self, batches: Iterable[Sequence[Record]], *, words: bool, processes: int = 1
    ) -> Iterator[tuple[Sequence[Record], Made]]:
        """Yield batches of stored records, in order, with all that is made of them; nothing of it is kept on disk.

        Args:
            batches: taken from this thread, a few ahead of what is yielded.
            words: whether the words of full-text rows are made, too.
            processes: in how many the texts are made.
        """
        for records, readings in read_all(batches, self._thesaurus, words=words, processes=processes):
            yield records, made_of(readings, self.embedders)

    def corpus(self, *, exact: bool = False) -> Corpus:
        """Return a corpus of nothing; one that is exact keeps floats, however many documents it is given."""
        return Corpus(self.dimensions, thesaurus=self._thesaurus, terms_share=self._terms_share, exact=exact)

    def restored(self, folder: Path) -> Corpus:
        """Return the corpus that was saved in a folder."""
        return Corpus.load(folder, self.dimensions, thesaurus=self._thesaurus, terms_share=self._terms_share)

    def forget(self) -> None:
        """Drop what is kept in memory of texts."""
        self.embedders.clear()
        text.forget()


def _none_stored(digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:  # noqa: ARG001 - as a store is asked
    return {}


def document(record: Record, reading: Reading) -> Document:
    """Return a record as it is written to the store, given what the text stage makes of it, words included."""
    return Document(record=record, digests=digests(reading.texts), full_text=reading.full_text)
