"""Records, the digests of their texts, and the change log. Each function works inside the caller's transaction."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, groupby
from operator import itemgetter

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from matcher.core.domain import Kind, Outcome, Record, kind_of
from matcher.core.errors import InvalidRecord
from matcher.core.storing import Change, Dated, Document, Guard, Logged, Mark, Operation
from matcher.records import restore, serialise
from matcher.stores.database import chunks
from matcher.stores.moments import utc
from matcher.stores.tables import change_log, document, facet_text
from matcher.stores.words import is_storable

# What a write executes is made once: to make a statement anew costs three times what it costs to execute it.
_OF_KIND = (document.c.kind == bindparam("kind"), document.c.id.in_(bindparam("ids", expanding=True)))
_FIND = select(document.c.id, document.c.number, document.c.digest).where(*_OF_KIND)
_FIND_WHOLE = _FIND.add_columns(document.c.body)
_READ = select(document.c.body).where(*_OF_KIND)
_NEXT_NUMBER = select(func.coalesce(func.max(document.c.number), 0) + 1)
_INSERT = insert(document)
_UPDATE = update(document).where(document.c.number == bindparam("at_number"))
_LINKS = select(facet_text).where(facet_text.c.number.in_(bindparam("numbers", expanding=True)))
_LINK = insert(facet_text)
_UNLINK = delete(facet_text).where(
    facet_text.c.number == bindparam("at_number"), facet_text.c.digest.in_(bindparam("digests", expanding=True))
)
_LOG = insert(change_log)
_LAST = select(change_log.c.sequence, change_log.c.token).order_by(change_log.c.sequence.desc()).limit(1)
_CHANGES = (
    select(change_log)
    .where(change_log.c.sequence > bindparam("after"))
    .order_by(change_log.c.sequence)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document made ready before the database is locked."""

    kind: Kind
    id: str
    body: str
    digest: bytes
    """A digest of the body: says whether a record has changed without reading it."""
    source: Document

    @classmethod
    def of(cls, source: Document) -> "Draft":
        """Return the document in its stored form.

        Raises:
            InvalidRecord: its id holds what no database can store.
        """
        if not is_storable(source.record.id):
            raise InvalidRecord(field="id", reason="holds a NUL or half a character: choose another id")
        body = serialise(source.record)
        return cls(kind_of(source.record), source.record.id, body.decode(), hashlib.sha256(body).digest(), source)


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a document stands."""

    number: int
    digest: bytes


@dataclass(slots=True)
class Plan:
    """What a call's documents come to, worked out before anything is written."""

    outcomes: list[Outcome]
    drafts: dict[int, Draft]
    """What is left to write, by number: the last draft of each document."""
    new: set[int]
    log: list[Draft]


def find(connection: Connection, kind: Kind, ids: Iterable[str], *, guard: Guard | None = None) -> dict[str, Stored]:
    """Return the documents that exist, by id.

    Args:
        connection: in the caller's transaction.
        kind: of all of them.
        ids: once or more often.
        guard: is shown what is stored under each id; what it raises stops the caller's transaction.
    """
    wanted = dict.fromkeys(ids)
    rows = [
        row
        for chunk in chunks(filter(is_storable, wanted))
        for row in connection.execute(_FIND_WHOLE if guard else _FIND, {"kind": kind.value, "ids": chunk})
    ]
    if guard:
        bodies = {row.id: row.body for row in rows}
        for id_ in wanted:
            guard(restore(kind, bodies[id_]) if id_ in bodies else None)
    return {row.id: Stored(row.number, row.digest) for row in rows}


def plan(connection: Connection, drafts: Sequence[Draft], guard: Guard | None = None) -> Plan:
    """Compare the drafts, in order, with what is stored; a guard is shown that first."""
    known = {
        kind: find(connection, kind, (draft.id for draft in drafts if draft.kind is kind), guard=guard) for kind in Kind
    }
    numbers = _free_numbers(connection)
    result = Plan([], {}, set(), [])
    for draft in drafts:
        current = known[draft.kind].get(draft.id)
        if current is not None and current.digest == draft.digest:
            result.outcomes.append(Outcome.UNCHANGED)
            continue
        number = next(numbers) if current is None else current.number
        if current is None:
            result.new.add(number)
        result.outcomes.append(Outcome.ACCEPTED if current is None else Outcome.UPDATED)
        result.drafts[number] = draft
        result.log.append(draft)
        known[draft.kind][draft.id] = Stored(number, draft.digest)
    return result


def _free_numbers(connection: Connection) -> Iterator[int]:
    """Yield numbers for new documents; the database is asked when the first is needed.

    They are ours to give: nobody else writes now. One that is free again has nothing left under it.
    """
    yield from count(connection.scalar(_NEXT_NUMBER) or 1)


def write(connection: Connection, drafts: Mapping[int, Draft], *, new: AbstractSet[int]) -> None:
    """Insert the new documents and replace the others."""
    fresh, changed = [], []
    for number, draft in drafts.items():
        if number in new:
            fresh.append(
                {
                    "number": number,
                    "kind": draft.kind.value,
                    "id": draft.id,
                    "body": draft.body,
                    "digest": draft.digest,
                }
            )
        else:
            changed.append({"at_number": number, "body": draft.body, "digest": draft.digest})
    if fresh:
        connection.execute(_INSERT, fresh)
    if changed:
        connection.execute(_UPDATE, changed)


def link(connection: Connection, drafts: Mapping[int, Draft], *, new: AbstractSet[int]) -> set[bytes]:
    """Make the documents' digests what the drafts say. Returns those that a document has let go."""
    before = _links(connection, [number for number in drafts if number not in new])
    after = {(number, digest) for number, draft in drafts.items() for digest in draft.source.digests}
    gone, added = sorted(before - after), sorted(after - before)
    for number, links in groupby(gone, key=itemgetter(0)):
        for chunk in chunks(digest for _, digest in links):
            connection.execute(_UNLINK, {"at_number": number, "digests": chunk})
    if added:
        connection.execute(_LINK, [{"number": number, "digest": digest} for number, digest in added])
    return {digest for _, digest in gone}


def unlink(connection: Connection, numbers: Sequence[int]) -> set[bytes]:
    """Remove the digests of those documents. Returns them."""
    released = {digest for _, digest in _links(connection, numbers)}
    for chunk in chunks(numbers):
        connection.execute(delete(facet_text).where(facet_text.c.number.in_(chunk)))
    return released


def _links(connection: Connection, numbers: Sequence[int]) -> set[tuple[int, bytes]]:
    return {
        (number, digest)
        for chunk in chunks(numbers)
        for number, digest in connection.execute(_LINKS, {"numbers": chunk})
    }


def remove(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete the documents' own rows."""
    for chunk in chunks(numbers):
        connection.execute(delete(document).where(document.c.number.in_(chunk)))


def log(
    connection: Connection, operation: Operation, changed: Sequence[tuple[Kind, str]], *, token: str | None = None
) -> Change | None:
    """Append a row a change, in order; return the one where it is one.

    One token serves the call: it tells whose log this is, not which row.

    The time is when this has its turn to write, not when it began to wait for it, and in microseconds, as receipts are:
    who was erased and stored again within a second was stored again.
    """
    token, at = token or secrets.token_hex(8), datetime.now(UTC)
    rows = [
        {"kind": kind.value, "id": id_, "operation": operation.value, "token": token, "at": at} for kind, id_ in changed
    ]
    if len(rows) == 1:
        ((kind, id_),) = changed
        key = connection.execute(_LOG, rows[0]).inserted_primary_key
        assert key is not None  # noqa: S101 - for the type checker: the table has one
        return Change(key.sequence, kind, id_, operation, token)
    if rows:
        connection.execute(_LOG, rows)
    return None


def last_mark(connection: Connection) -> Mark:
    """Return the log's newest row."""
    return Mark(*(connection.execute(_LAST).first() or ()))


def changes(connection: Connection, *, after: int, up_to: int | None = None, limit: int) -> list[Change]:
    """Return the log's rows with a sequence in (after, up_to], ascending."""
    rows = _CHANGES if up_to is None else _CHANGES.where(change_log.c.sequence <= up_to)
    return [
        Change(row.sequence, Kind(row.kind), row.id, Operation(row.operation), row.token)
        for row in connection.execute(rows, {"after": after, "most": max(limit, 0)})
    ]


def forget_deleted(connection: Connection, *, up_to: int) -> bool:
    """Empty the ids of documents that do not exist in the log's rows up to a sequence. Returns whether it had any."""
    found = False
    for kind in Kind:
        logged = (change_log.c.kind == kind.value, change_log.c.id != "", change_log.c.sequence <= up_to)
        exists = (document.c.kind == change_log.c.kind) & (document.c.id == change_log.c.id)
        gone = select(change_log.c.id).outerjoin(document, exists).where(*logged, document.c.id.is_(None)).distinct()
        for chunk in chunks(connection.scalars(gone).all()):
            connection.execute(update(change_log).where(*logged, change_log.c.id.in_(chunk)).values(id=""))
            found = True
    return found


def last_written(connection: Connection, kind: Kind) -> dict[str, datetime]:
    """Return when each document that exists was last changed."""
    rows = (
        select(change_log.c.id, func.max(change_log.c.at))
        .join(document, (document.c.kind == change_log.c.kind) & (document.c.id == change_log.c.id))
        .where(change_log.c.kind == kind.value)
        .group_by(change_log.c.id)
    )
    return {id_: utc(written) for id_, written in connection.execute(rows)}


def changes_of(connection: Connection, kind: Kind, id_: str) -> list[Dated]:
    """Return the log's rows of one id, ascending."""
    if not is_storable(id_):
        return []
    columns = select(change_log.c.sequence, change_log.c.operation, change_log.c.at)
    wanted = columns.where(change_log.c.kind == kind.value, change_log.c.id == id_).order_by(change_log.c.sequence)
    return [Dated(sequence, Operation(operation), utc(at)) for sequence, operation, at in connection.execute(wanted)]


def history(connection: Connection, *, after: int, up_to: int, limit: int) -> list[tuple[int, Logged]]:
    """Return when the log's next rows up to a sequence were written, each with its own sequence, ascending."""
    columns = select(change_log.c.sequence, change_log.c.kind, change_log.c.id, change_log.c.at)
    wanted = columns.where(change_log.c.sequence > after, change_log.c.sequence <= up_to)
    page = wanted.order_by(change_log.c.sequence).limit(limit)
    return [(sequence, Logged(Kind(kind), id_, utc(at))) for sequence, kind, id_, at in connection.execute(page)]


def read(connection: Connection, kind: Kind, ids: Iterable[str]) -> Iterator[Record]:
    """Yield the records that exist, in no order."""
    for chunk in chunks(filter(is_storable, ids)):
        for body in connection.scalars(_READ, {"kind": kind.value, "ids": chunk}):
            yield restore(kind, body)


def page(connection: Connection, kind: Kind, *, after: str, limit: int) -> list[Record]:
    """Return the next records by ascending id."""
    bodies = (
        select(document.c.body)
        .where(document.c.kind == kind.value, document.c.id > after)
        .order_by(document.c.id)
        .limit(limit)
    )
    return [restore(kind, body) for body in connection.scalars(bodies)]
