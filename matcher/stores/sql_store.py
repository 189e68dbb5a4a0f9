"""The `Store` port on a relational database: what belongs together happens in one transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from matcher.core.domain import Kind, Record
from matcher.core.errors import AlreadyExists
from matcher.core.ports import ModelVectors, Vectors
from matcher.core.storing import Change, Dated, Document, Guard, Logged, Operation, Put, TextHit, alike
from matcher.stores import documents as rows
from matcher.stores import feedback, remains
from matcher.stores import full_text as words_index
from matcher.stores import vectors as coordinates
from matcher.stores.database import CONNECTIONS, DATABASE_ID, Database, open_database
from matcher.stores.documents import Draft
from matcher.stores.feedback import SqlFeedbacks
from matcher.stores.full_text import FullText, PostgresFullText, SqliteFullText
from matcher.stores.keys import SqlKeys
from matcher.stores.moments import utc
from matcher.stores.remains import Remains
from matcher.stores.tables import change_log, document

LOG_PAGE = 10_000
"""Rows of the change log that are read in one go."""


def open_store(
    url: str | None,
    *,
    home: Path,
    busy_timeout_s: float = 30.0,
    connections: int = CONNECTIONS,
    make: bool = True,
    write: bool = True,
) -> "SqlStore":
    """Return the store at that URL, or the embedded one at `home`/matcher.db.

    Args:
        url: a database's address; None for the embedded one.
        home: the folder of the embedded one.
        busy_timeout_s: how long a write waits for another process's.
        connections: how many this process holds at most.
        make: whether one is made where there is none.
        write: whether anything may be written: if not, its tables must be up to date.

    Raises:
        NoDatabase: there is none, and none is to be made.
        StoreUnavailable: it cannot be reached, is no database, or was written by a newer version.
        MissingExtra: PostgreSQL's driver is not installed.
    """
    return SqlStore(
        open_database(
            url, home=home, busy_timeout_s=busy_timeout_s, connections=connections, make=make and write, write=write
        )
    )


class SqlStore:
    """The truth. Made by `open_store`; safe to use from several threads.

    Every method raises StoreUnavailable when the database goes away or stays locked for too long.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.keys = SqlKeys(database)
        self.feedback = SqlFeedbacks(database)
        self._remains = None if database.is_sqlite else Remains(database)
        self._full_text: FullText = SqliteFullText() if database.is_sqlite else PostgresFullText()

    @property
    def database_id(self) -> str:
        """Made when the database was created; a snapshot of another database is refused by it. Read anew each time."""
        with self._database.reading() as connection:
            found = str(connection.scalars(DATABASE_ID).one())
        self._database.opened = self._database.opened or found
        return found

    def put(
        self,
        documents: Sequence[Document],
        *,
        vectors: ModelVectors | None = None,
        guard: Guard | None = None,
        token: str | None = None,
    ) -> Put:
        """Write documents (both kinds mixed), their full-text rows and new vectors, in one transaction.

        Vectors of texts that no written document uses are left out, and
        those of texts that an updated document has let go are deleted.

        Raises:
            InvalidRecord: an id that no database can hold.
            AnotherDatabase: it is in the place of the one that was opened.
        """
        drafts = [Draft.of(source) for source in documents]
        if not drafts:
            return Put([], None, None)
        with self._database.writing() as connection:
            return self._write(connection, drafts, vectors or {}, token, guard=guard)

    def insert(self, document: Document, *, vectors: ModelVectors | None = None, token: str | None = None) -> None:
        """Write one new document.

        Raises:
            AlreadyExists: its id is taken.
            InvalidRecord: an id that no database can hold.
        """
        draft = Draft.of(document)
        with self._database.writing() as connection:
            if rows.find(connection, draft.kind, [draft.id]):
                raise AlreadyExists(draft.kind)
            self._write(connection, [draft], vectors or {}, token)

    def delete(self, kind: Kind, ids: Sequence[str], *, guard: Guard | None = None) -> list[str]:
        """Delete documents with their full-text rows and feedback, and the vectors that no other document uses.

        Returns the ids that existed, in the order asked; feedback on the others goes, too, should there be any. Nothing
        of them stays in SQLite's files, unless another connection was reading: then the write-ahead log holds it until
        the next delete, `scrub` or close. PostgreSQL's hold it until `scrub`. The change log keeps the ids until
        `forget_deleted`.
        """
        wanted = dict.fromkeys(ids)
        with self._database.writing() as connection:
            found = rows.find(connection, kind, wanted, guard=guard)
            gone = [id_ for id_ in wanted if id_ in found]
            forgotten = feedback.forget(connection, kind, wanted)
            if not (gone or forgotten):
                return []
            numbers = [found[id_].number for id_ in gone]
            self._full_text.remove(connection, kind, numbers)
            released = rows.unlink(connection, numbers)
            rows.remove(connection, numbers)
            coordinates.drop_unused(connection, released)
            rows.log(connection, Operation.DELETE, [(kind, id_) for id_ in gone])
            self._note(connection)
        self._database.checkpoint()
        return gone

    def scrub(self, *, within_s: float = 0) -> bool:
        """Bring what was deleted out of the database's own files. Returns False where that has to wait: come again.

        SQLite: its write-ahead log is emptied, unless a reader stands in the way. PostgreSQL: if anything was deleted
        since this was last done, and the first of it `within_s` seconds ago, all tables that hold documents are written
        anew, which locks one after the other.
        """
        return self._database.checkpoint() if self._remains is None else self._remains.scrub(within_s=within_s)

    def still(self) -> AbstractContextManager[None]:
        """Have this thread read what was stored at one moment, whatever is written until it leaves."""
        return self._database.still()

    def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
        """Return the records that exist, by id, in the order asked."""
        wanted = dict.fromkeys(ids)
        with self._database.reading() as connection:
            found: dict[str, Record] = {record.id: record for record in rows.read(connection, kind, wanted)}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def scan(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[Record]]:
        """Yield all records in batches, by ascending id.

        Each batch is a transaction of its own, so that a slow reader holds nothing up; a document that is written
        meanwhile may be seen or not: take `last_sequence` first and follow the log from there.
        """
        after = ""
        while True:
            with self._database.reading() as connection:
                records = rows.page(connection, kind, after=after, limit=batch)
            if not records:
                return
            yield records
            after = records[-1].id

    def count(self, kind: Kind) -> int:
        """Return how many documents there are."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).where(document.c.kind == kind.value)) or 0

    def changes(self, after: int, *, limit: int = LOG_PAGE) -> list[Change]:
        """Return the log's rows with a sequence above `after`, ascending.

        No row ever appears below one seen before, and none goes, unless the whole database is put back to an earlier
        state.
        """
        with self._database.reading() as connection:
            return rows.changes(connection, after=after, limit=limit)

    def change(self, sequence: int) -> Change | None:
        """Return the log's row of that number, or None."""
        with self._database.reading() as connection:
            return next(iter(rows.changes(connection, after=sequence - 1, up_to=sequence, limit=1)), None)

    def last_sequence(self) -> int:
        """Return the newest row's number, 0 for an empty log."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.max(change_log.c.sequence))) or 0

    def forget_deleted(self, *, up_to: int) -> None:
        """Take the ids of documents that do not exist any more out of the log's rows up to a sequence."""
        with self._database.writing() as connection:
            found = rows.forget_deleted(connection, up_to=up_to)
            if found:
                self._note(connection)
        if found:
            self._database.checkpoint()

    def last_written(self, kind: Kind) -> dict[str, datetime]:
        """Return when each document that exists was last changed, in UTC, by id."""
        with self._database.reading() as connection:
            return rows.last_written(connection, kind)

    def changes_of(self, kind: Kind, id_: str) -> list[Dated]:
        """Return when whatever has had that id was written or deleted, ascending, as far as the log remembers."""
        with self._database.reading() as connection:
            return rows.changes_of(connection, kind, id_)

    def history(self, *, up_to: int) -> Iterator[Logged]:
        """Yield when each row of the log up to a sequence was written, in order: later rows were written later."""
        after = 0
        while True:
            with self._database.reading() as connection:
                page = rows.history(connection, after=after, up_to=up_to, limit=LOG_PAGE)
            if not page:
                return
            yield from (written for _, written in page)
            after = page[-1][0]

    def clock(self) -> datetime | None:
        """Return what time it is for the database, in UTC; None for SQLite, whose clock is this machine's own."""
        if self._database.is_sqlite:
            return None
        with self._database.reading() as connection:
            return utc(connection.execute(select(func.clock_timestamp())).scalar_one())

    def vectors(self, digests: Sequence[bytes], *, model: str) -> dict[bytes, Vectors]:
        """Return the stored vectors, float32 of shape (dimension,) each, of those digests that have one."""
        with self._database.reading() as connection:
            return coordinates.load(connection, digests, model=model)

    def add_vectors(self, vectors: ModelVectors) -> None:
        """Store vectors of texts whose documents are stored already, also in place of others; the rest are left out."""
        if not any(vectors.values()):
            return
        with self._database.writing() as connection:
            for model, made in vectors.items():
                used = coordinates.used(connection, made)
                coordinates.save(connection, made, used, model=model, replacing=True)

    def drop_vectors(self, *, keep_models: Collection[str]) -> int:
        """Delete the vectors of every other model, and those of texts that no document uses. Returns how many went."""
        with self._database.writing() as connection:
            return coordinates.drop_other(connection, keep_models=keep_models)

    def rewrite_derived(self, documents: Sequence[Document]) -> None:
        """Replace full-text rows and digests of documents that are stored, without a change in the log.

        A document whose record is not the stored one (it has been updated or deleted meanwhile) is left alone: what
        was derived from it is out of date.
        """
        drafts = [Draft.of(source) for source in documents]
        with self._database.writing() as connection:
            current: dict[int, Draft] = {}
            for kind in Kind:
                ours = {draft.id: draft for draft in drafts if draft.kind is kind}
                for id_, stored in rows.find(connection, kind, ours).items():
                    if stored.digest == ours[id_].digest:
                        current[stored.number] = ours[id_]
            self._write_derived(connection, current, new=frozenset())

    def search_text(
        self, kind: Kind, words: str, *, weigh: Callable[[str], float] = alike, limit: int = 100
    ) -> list[TextHit]:
        """Return documents that hold any of the words, best first, ties by id. Words are gender-neutral already.

        A score is the sum of what the document's words weigh, each by where and how often it stands: no other document
        has any part in it.
        """
        with self._database.reading() as connection:
            return self._full_text.search(connection, kind, words, weigh=weigh, limit=limit)

    def ids_with(self, kind: Kind, phrase: str) -> set[str]:
        """Return the documents one of whose full-text columns holds these words, side by side and in this order."""
        with self._database.reading() as connection:
            return self._full_text.holding(connection, kind, phrase)

    def full_text(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[tuple[str, Mapping[str, str]]]]:
        """Yield (id, words by facet name) of all full-text rows by ascending id; a facet without words is absent."""
        after = ""
        while True:
            with self._database.reading() as connection:
                page = words_index.page(connection, self._full_text.tables[kind], kind, after=after, limit=batch)
            if not page:
                return
            yield page
            after = page[-1][0]

    def close(self) -> None:
        """Release connections. Idempotent."""
        self._database.close()

    def _note(self, connection: Connection) -> None:
        """Have the next `scrub` find something to do."""
        if self._remains is not None:
            remains.note(connection)

    def _write(
        self,
        connection: Connection,
        drafts: Sequence[Draft],
        vectors: ModelVectors,
        token: str | None,
        *,
        guard: Guard | None = None,
    ) -> Put:
        plan = rows.plan(connection, drafts, guard)
        rows.write(connection, plan.drafts, new=plan.new)
        self._write_derived(connection, plan.drafts, new=plan.new)
        # Of texts that were used before, too: another process may have stored them with another model's vectors alone.
        used = {digest for draft in plan.drafts.values() for digest in draft.source.digests}
        for model, made in vectors.items():
            coordinates.save(connection, made, used, model=model)
        before = rows.last_mark(connection) if len(plan.log) == 1 else None
        change = rows.log(connection, Operation.PUT, [(draft.kind, draft.id) for draft in plan.log], token=token)
        return Put(plan.outcomes, change, before)

    def _write_derived(self, connection: Connection, drafts: Mapping[int, Draft], *, new: AbstractSet[int]) -> None:
        released = rows.link(connection, drafts, new=new)
        coordinates.drop_unused(connection, released)
        for kind in Kind:
            words = {number: draft.source.full_text for number, draft in drafts.items() if draft.kind is kind}
            self._full_text.write(connection, kind, words, new=new)
