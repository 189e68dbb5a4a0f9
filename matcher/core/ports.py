"""What the engine asks of the outside, and nothing about who answers.

Real ones: models/ and stores/. Fakes: tests/fakes.py.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, Self

import numpy as np
import numpy.typing as npt

from matcher.core.access import ApiKey
from matcher.core.domain import Facet, Kind, Outcome, Record
from matcher.core.feedback import Feedback
from matcher.core.terms import Terms

Vectors = npt.NDArray[np.float32]
"""float32, C-contiguous, one row a text; each row of length 1 unless a docstring says otherwise."""

ModelVectors = Mapping[str, Mapping[bytes, Vectors]]
"""Vectors of shape (dimension,) by the fingerprint of the encoder that made them, then by their text's digest."""


Guard = Callable[[Record | None], None]
"""Sees what is stored under an id (None: nothing) in the transaction that is about to change it; raises to stop it."""


class Encoder(Protocol):
    """Texts in, vectors out."""

    @property
    def name(self) -> str:
        """What a person calls this model."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get another vector: weights, pooling, settings."""
        ...

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension)."""
        ...


class TermCounter(Protocol):
    """Prose in, its telling words out."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text could get other terms."""
        ...

    def terms(self, text: str) -> Terms:
        """Return a text's terms: one at least."""
        ...


@dataclass(frozen=True, slots=True)
class Prose:
    """What bodies are compared by beside their vectors."""

    counter: TermCounter
    share: float
    """What the cosine of terms counts in a body's, between 0 and 1; that of vectors counts the rest."""

    @property
    def fingerprint(self) -> str:
        """The counter's, with the share."""
        return f"{self.counter.fingerprint}*{self.share:.4f}"


@dataclass(frozen=True, slots=True)
class Encoders:
    """Which encoder makes each facet's vectors. Facets may share one; those that do not may differ in dimension."""

    title: Encoder
    skills: Encoder
    body: Encoder
    prose: Prose | None = None
    """None where bodies are compared by their vectors alone."""

    @classmethod
    def alike(cls, encoder: Encoder) -> Self:
        """Return the same encoder for every facet."""
        return cls(encoder, encoder, encoder)

    def __getitem__(self, facet: Facet) -> Encoder:
        return {Facet.TITLE: self.title, Facet.SKILLS: self.skills, Facet.BODY: self.body}[facet]

    @property
    def name(self) -> str:
        """What a person calls these models: one name where it is the same for all facets."""
        names = {facet: self[facet].name for facet in Facet}
        if self.prose:
            names[Facet.BODY] += f" + {self.prose.counter.name}"
        if len(set(names.values())) == 1:
            return self.title.name
        return ", ".join(f"{facet}: {name}" for facet, name in names.items())

    @property
    def fingerprints(self) -> dict[Facet, str]:
        """The fingerprint of each facet's encoder."""
        return {facet: self[facet].fingerprint for facet in Facet}

    @property
    def terms_share(self) -> float:
        """What terms count in the cosine of bodies."""
        return self.prose.share if self.prose else 0.0

    @property
    def dimensions(self) -> dict[Facet, int]:
        """Columns of each facet's vectors."""
        return {facet: self[facet].dimension for facet in Facet}


@dataclass(frozen=True, slots=True)
class Document:
    """A record as it is written to the store, with all that is derived from it."""

    record: Record
    digests: tuple[bytes, ...] = ()
    """Content digests of its facet texts: the keys of its vectors, so that erasing it can erase them."""
    full_text: Mapping[str, str] | None = None
    """Gender-neutral words by facet name (`title`, `skills`, `body`) for the full-text rows."""


class Operation(StrEnum):
    """What a change did to a document."""

    PUT = "put"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change log."""

    sequence: int
    kind: Kind
    id: str
    operation: Operation
    token: str
    """Of the call that wrote it. Random, so that a snapshot can tell this log from another that reached the same
    number, and a process its own writes from others'."""


class Put(NamedTuple):
    """What writing some documents came to."""

    outcomes: list[Outcome]
    """One a document, in order."""
    change: Change | None
    """The log's new row where there is just one; more than that are to be read from the log."""


class Logged(NamedTuple):
    """When a row of the change log was written."""

    kind: Kind
    id: str
    """Empty where the log has forgotten it."""
    at: datetime
    """In UTC, by the clock of whoever wrote it."""


@dataclass(frozen=True, slots=True)
class TextHit:
    """A document found by its words."""

    id: str
    score: float
    """Higher is better; comparable only within one answer."""


@dataclass(frozen=True, slots=True)
class Link:
    """A concept that a text names."""

    id: str
    """ESCO's URI, ROME's code, or `lexicon:` and the id of an entry of the project's own lexicon."""
    kind: str
    """`occupation`, `skill`, `code`, `technology`, `method`, `norm` or `term`."""
    label_fr: str
    label_en: str
    """The French one where there is no English one, and the other way round."""
    confidence: float
    """How likely this is right, between 0 and 1: of links of 0.8, four in five are."""
    surface: str
    """The concept's name that the text was compared with."""


class Linker(Protocol):
    """Texts in, concepts of a taxonomy out."""

    def link(self, texts: Sequence[str], *, kind: str | None = None) -> list[list[Link]]:
        """Return, for each text in order, the concepts that it names, the surest first; none where none is likely.

        Args:
            texts: titles or skills.
            kind: only `occupation`, `skill`, `code` or `term`; None means all.
        """
        ...


class Keys(Protocol):
    """API keys: who may ask."""

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        ...

    def all(self) -> list[ApiKey]:
        """Return every key there has been, revoked and expired ones included, the oldest first."""
        ...

    def revoke(self, key_id: str, *, now: datetime) -> None:
        """Let a key open nothing any more; one that is revoked keeps its date. Raises UnknownKey."""
        ...


class Feedbacks(Protocol):
    """What became of matches that were shown; deleting a document deletes what was recorded about it."""

    def add(self, events: Sequence[Feedback]) -> int:
        """Record events; return how many are new: the same event of the same answer is recorded once."""
        ...

    def all(self) -> list[Feedback]:
        """Return every event, the oldest first."""
        ...

    def about(self, posting_id: str, profile_id: str | None = None) -> list[Feedback]:
        """Return the events of a posting, or of it and one profile, the oldest first."""
        ...


class Mention(NamedTuple):
    """A skill's name in prose."""

    start: int
    end: int
    """text[start:end] is the name as it is written."""
    name: str
    """The skill's one name: equal for all spellings and both languages."""


Named = tuple[str, str]
"""A skill's one name, and the gender-neutral text that stands for it in a document."""


class Thesaurus(Protocol):
    """Which texts name the same skill, and which skills are near each other."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever an answer could."""
        ...

    def names(self, texts: Sequence[str]) -> list[str | None]:
        """Return each skill's one name, None where it is not known: `PostgreSQL` and `Postgres` have the same."""
        ...

    def mentions(self, text: str) -> list[Mention]:
        """Return the skills that a text names, in the order of the text, the longest where they overlap."""
        ...

    def reads(self, name: str) -> bool:
        """Tell whether `mentions` knows a name: where it leaves the word out, a text does not mean the skill."""
        ...

    def near(self, name: str) -> Mapping[str, float]:
        """Return the skills that partly stand in for one, with how far (0 to 1, below 1), without itself."""
        ...

    def tells_apart(self, one: Named, other: Named) -> bool:
        """Tell whether it knows two skills so well that vectors add nothing to `near`: `Sass` and `SAS`."""
        ...


class Store(Protocol):
    """The database: the truth. Every write is one transaction with its rows in the change log."""

    @property
    def database_id(self) -> str:
        """Made when the database was created; a snapshot of another database is refused by it."""
        ...

    @property
    def feedback(self) -> Feedbacks:
        """What became of matches that were shown."""
        ...

    @property
    def keys(self) -> Keys:
        """Who may ask."""
        ...

    def put(
        self,
        documents: Sequence[Document],
        *,
        vectors: ModelVectors | None = None,
        guard: Guard | None = None,
        token: str | None = None,
    ) -> Put:
        """Write documents (both kinds mixed), their full-text rows and new vectors, in one transaction.

        A document's outcome is ACCEPTED (new), UPDATED, or UNCHANGED (same content: nothing is written, no change is
        logged). The same id twice in one call: the later one is applied after the earlier.
        A vector that is already stored for its digest and model is kept as it is. What the guard raises, about any of
        the documents, leaves everything as it was. The change log's rows get the token; where none is given, one of
        chance.
        """
        ...

    def insert(self, document: Document, *, vectors: ModelVectors | None = None, token: str | None = None) -> None:
        """Write one new document; its row of the log gets the token. Raises AlreadyExists when its id is taken."""
        ...

    def delete(self, kind: Kind, ids: Sequence[str], *, guard: Guard | None = None) -> list[str]:
        """Delete documents with their full-text rows, and the vectors that no other document uses.

        Returns the ids that existed. One transaction.
        """
        ...

    def still(self) -> AbstractContextManager[None]:
        """Have this thread read what was stored at one moment, whatever is written until it leaves; not nested."""
        ...

    def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records that exist, by id."""
        ...

    def scan(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[Record]]:
        """Yield all records in batches, by ascending id."""
        ...

    def count(self, kind: Kind) -> int:
        """Return how many documents there are."""
        ...

    def changes(self, after: int, *, limit: int = 10_000) -> list[Change]:
        """Return the log's rows with a sequence above `after`, ascending. No row ever appears below one seen before."""
        ...

    def forget_deleted(self, *, up_to: int) -> None:
        """Take the ids of documents that do not exist any more out of the log's rows up to a sequence.

        The rows stay, with an empty id. Whoever meets one that they have not applied compares what they hold with what
        exists.
        """
        ...

    def scrub(self, *, within_s: float = 0) -> bool:
        """Bring what was deleted out of the database's own files. Returns False where that has to wait: come again.

        Where it makes others wait, it waits itself until the first of it has been there for `within_s` seconds.
        """
        ...

    def last_written(self, kind: Kind) -> Mapping[str, datetime]:
        """Return when each document that exists was last changed, in UTC, by id."""
        ...

    def history(self, *, up_to: int) -> Iterator[Logged]:
        """Yield when each row of the log up to a sequence was written, in order: later rows were written later."""
        ...

    def clock(self) -> datetime | None:
        """Return what time it is for the database, in UTC; None where its clock is this machine's own."""
        ...

    def change(self, sequence: int) -> Change | None:
        """Return the log's row of that number, or None."""
        ...

    def last_sequence(self) -> int:
        """Return the newest row's number, 0 for an empty log."""
        ...

    def vectors(self, digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:
        """Return the stored vectors, shape (dimension,) each, of those digests that have one for that model.

        Of one that is damaged there may be nothing, or anything.
        """
        ...

    def add_vectors(self, vectors: ModelVectors) -> None:
        """Store vectors of texts whose documents are stored already: after a change of model, or for damaged ones."""
        ...

    def drop_vectors(self, *, keep_models: Collection[str]) -> int:
        """Delete the vectors of every other model, and those of texts that no document uses. Returns how many went."""
        ...

    def rewrite_derived(self, documents: Sequence[Document]) -> None:
        """Replace full-text rows and digests of documents that are stored, without a change in the log."""
        ...

    def search_text(self, kind: Kind, words: str, *, limit: int = 100) -> list[TextHit]:
        """Return documents that hold any of the words, best first, ties by id. Words are gender-neutral already."""
        ...

    def ids_with(self, kind: Kind, phrase: str) -> set[str]:
        """Return the documents one of whose full-text columns holds these words, side by side and in this order.

        Whatever their case and accents; a phrase without a word is in none.
        """
        ...

    def full_text(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[tuple[str, Mapping[str, str]]]]:
        """Yield (id, words by facet name) of all full-text rows by ascending id, for `fsck`."""
        ...

    def close(self) -> None:
        """Release connections. Idempotent."""
        ...
