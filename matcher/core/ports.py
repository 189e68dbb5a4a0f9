"""What the engine asks of the outside, and nothing about who answers.

Real ones: models/ and stores/. Fakes: tests/fakes.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Kind, Outcome, Record

Vectors = npt.NDArray[np.float32]
"""float32, C-contiguous, one row a text; each row of length 1 unless a docstring says otherwise."""


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
    """Random, so that a snapshot can tell this log from another that reached the same number."""


@dataclass(frozen=True, slots=True)
class TextHit:
    """A document found by its words."""

    id: str
    score: float
    """Higher is better; comparable only within one answer."""


class Store(Protocol):
    """The database: the truth. Every write is one transaction with its rows in the change log."""

    @property
    def database_id(self) -> str:
        """Made when the database was created; a snapshot of another database is refused by it."""
        ...

    def put(
        self,
        documents: Sequence[Document],
        *,
        vectors: Mapping[bytes, Vectors] | None = None,
        model: str = "",
    ) -> list[Outcome]:
        """Write documents (both kinds mixed), their full-text rows and new vectors, in one transaction.

        Returns an outcome a document, in order: ACCEPTED (new), UPDATED, or UNCHANGED (same content: nothing is
        written, no change is logged). The same id twice in one call: the later one is applied after the earlier.
        `vectors` maps a text's digest to its vector of shape (dimension,), made by the model of fingerprint `model`;
        a digest that is already stored for that model is kept as it is.
        """
        ...

    def insert(self, document: Document, *, vectors: Mapping[bytes, Vectors] | None = None, model: str = "") -> None:
        """Write one new document. Raises AlreadyExists when its id is taken."""
        ...

    def delete(self, kind: Kind, ids: Sequence[str]) -> list[str]:
        """Delete documents with their full-text rows, and the vectors that no other document uses.

        Returns the ids that existed. One transaction.
        """
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

    def change(self, sequence: int) -> Change | None:
        """Return the log's row of that number, or None."""
        ...

    def last_sequence(self) -> int:
        """Return the newest row's number, 0 for an empty log."""
        ...

    def vectors(self, digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:
        """Return the stored vectors, shape (dimension,) each, of those digests that have one for that model."""
        ...

    def add_vectors(self, vectors: Mapping[bytes, Vectors], *, model: str) -> None:
        """Store vectors of texts whose documents are stored already (after a change of model)."""
        ...

    def drop_vectors(self, *, keep_model: str) -> int:
        """Delete the vectors of every other model, and those that no document uses. Returns how many went."""
        ...

    def rewrite_derived(self, documents: Sequence[Document]) -> None:
        """Replace full-text rows and digests of documents that are stored, without a change in the log."""
        ...

    def search_text(self, kind: Kind, words: str, *, limit: int = 100) -> list[TextHit]:
        """Return documents that hold any of the words, best first, ties by id. Words are gender-neutral already."""
        ...

    def full_text(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[tuple[str, Mapping[str, str]]]]:
        """Yield (id, words by facet name) of all full-text rows by ascending id, for `fsck`."""
        ...

    def close(self) -> None:
        """Release connections. Idempotent."""
        ...
