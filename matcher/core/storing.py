"""What the engine asks of the database, and nothing about which one answers.

Real ones: stores/. A fake: tests/fakes.py.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from matcher.core.access import ApiKey
from matcher.core.domain import Kind, Outcome, Record
from matcher.core.feedback import Event, Feedback
from matcher.core.ports import ModelVectors, Vectors

Seen = Callable[[Record], bool]
"""Whether a record that is stored exists for whoever asks."""
Guard = Callable[[Record | None], None]
"""Sees what is stored under an id (None: nothing) in the transaction that is about to change it; raises to stop it."""


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


class Mark(NamedTuple):
    """A position in a change log: a row's number, and its random token, by which two logs' equal numbers differ."""

    sequence: int = 0
    """0 is before the first row."""
    token: str = ""


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

    @property
    def mark(self) -> Mark:
        """Which row of which log this is: of two logs that are not one, no two rows have the same."""
        return Mark(self.sequence, self.token)


class Put(NamedTuple):
    """What writing some documents came to."""

    outcomes: list[Outcome]
    """One a document, in order."""
    change: Change | None
    """The log's new row where there is just one; more than that are to be read from the log."""
    before: Mark | None
    """The log's row before that one; None where there is not just one."""


class Recorded(NamedTuple):
    """What became of events of feedback."""

    new: int
    refused: Mapping[int, Kind]
    """Of those that cannot be recorded, by their place from 0: what it is that is not there."""


class Logged(NamedTuple):
    """When a row of the change log was written."""

    kind: Kind
    id: str
    """Empty where the log has forgotten it."""
    at: datetime
    """In UTC, by the clock of whoever wrote it."""


class Dated(NamedTuple):
    """When one document was written or deleted."""

    sequence: int
    operation: Operation
    at: datetime
    """In UTC, by the clock of whoever wrote it."""


@dataclass(frozen=True, slots=True)
class TextHit:
    """A document found by its words."""

    id: str
    score: float
    """Higher is better: for each of the words what it weighs, of one that stands in the title alone, and there once."""


def alike(_word: str) -> float:
    """Return what a word counts where all count alike."""
    return 1.0


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

    def add(self, events: Sequence[Feedback], *, seen: Seen = lambda _: True) -> Recorded:
        """Record events, those that are new (`unrecorded`), in one transaction.

        One that names a posting or a profile that is not stored, or not `seen`, is refused: that is looked up in the
        transaction itself, so that nobody who is erased meanwhile leaves anything. So is the posting's organisation.
        """
        ...

    def scan(self, *, batch: int = 10_000) -> Iterator[Feedback]:
        """Yield every event, the oldest first; so many are read in one go, whatever is written between two."""
        ...

    def of_profile(self, profile_id: str) -> list[Feedback]:
        """Return the events of a profile, the oldest first."""
        ...

    def about(
        self,
        posting_id: str,
        profile_id: str | None = None,
        *,
        events: Collection[Event] = tuple(Event),
        organisation: str | None = None,
    ) -> list[Feedback]:
        """Return those events of a posting, or of it and one profile, the oldest first.

        With an organisation, those that were recorded while the posting was that one's.
        """
        ...

    def orphans(self, kind: Kind) -> list[str]:
        """Return the ids of a kind that events name and no document has, ascending: there should be none."""
        ...

    def forget_orphans(self) -> int:
        """Delete the events that name what is not stored; return how many there were."""
        ...


class Store(Protocol):
    """The database: the truth. Every write is one transaction with its rows in the change log."""

    @property
    def database_id(self) -> str:
        """Made when the database was created; a snapshot of another database is refused by it. Read anew each time."""
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
        """Delete documents with their full-text rows and feedback, and the vectors that no other document uses.

        Returns the ids that existed; feedback on the others goes, too. One transaction.
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
        """Return the log's rows with a sequence above `after`, ascending.

        No row ever appears below one seen before, and none goes, unless the whole database is put back to an earlier
        state.
        """
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

    def changes_of(self, kind: Kind, id_: str) -> list[Dated]:
        """Return when whatever has had that id was written or deleted, ascending, as far as the log remembers."""
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

    def search_text(
        self, kind: Kind, words: str, *, weigh: Callable[[str], float] = alike, limit: int = 100
    ) -> list[TextHit]:
        """Return documents that hold any of the words, best first, ties by id. Words are gender-neutral already.

        A score hangs on nothing but the document's own words, so that it tells nothing of other documents: it is the
        sum of what those weigh that it holds, each by where it stands, the title above the skills above the body, and
        how often: less and less.

        Args:
            kind: of the documents.
            words: those that are looked for.
            weigh: what a word counts, above 0; all count alike where nothing is said.
            limit: how many documents at most.
        """
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
