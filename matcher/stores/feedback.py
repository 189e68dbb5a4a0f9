"""Feedback in the database. It is about people: it goes with the profile, and with the posting, that it is about."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, bindparam, delete, exists, insert, select

from matcher.core.domain import Kind, OrganisationId, Posting, PostingId, ProfileId, Record
from matcher.core.errors import InvalidRecord
from matcher.core.feedback import OUTCOMES, Event, Feedback, unrecorded
from matcher.core.storing import Recorded, Seen
from matcher.stores import documents, remains
from matcher.stores.database import Database
from matcher.stores.moments import utc
from matcher.stores.tables import document, feedback
from matcher.stores.words import is_storable

_SIDES = {Kind.POSTING: feedback.c.posting_id, Kind.PROFILE: feedback.c.profile_id}
_OF_MATCH = (
    *(column == bindparam(column.name) for column in (*_SIDES.values(), feedback.c.asks)),
    feedback.c.organisation.is_not_distinct_from(bindparam("organisation")),
)
_IS_RECORDED = select(
    exists().where(
        *_OF_MATCH, *(column == bindparam(column.name) for column in (feedback.c.event, feedback.c.request_id))
    )
)
# Put in order here: asked for it, SQLite would go through all that was said of the posting, where it stands in order.
_OUTCOMES = select(feedback.c.number, feedback.c.event, feedback.c.request_id).where(
    *_OF_MATCH, feedback.c.event.in_(sorted(OUTCOMES))
)


class SqlFeedbacks:
    """The `Feedbacks` port. Every method raises StoreUnavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Sequence[Feedback], *, seen: Seen = lambda _: True) -> Recorded:
        """Record events, those that are new (`unrecorded`), in one transaction.

        What they name is looked up in that transaction, which no other write overlaps: what is found cannot be deleted
        before the events stand beside it, and then takes them along.

        Raises:
            InvalidRecord: a request id that no database can hold.
        """
        if not all(is_storable(event.request_id) for event in events):
            raise InvalidRecord(field="request_id", reason="holds what no database can store: send the answer's own")
        refused: dict[int, Kind] = {}
        accepted: list[Feedback] = []
        with self._database.writing() as connection:
            named: dict[Kind, set[str]] = {
                Kind.POSTING: {event.posting_id for event in events},
                Kind.PROFILE: {event.profile_id for event in events},
            }
            here: dict[Kind, dict[str, Record]] = {
                kind: {record.id: record for record in documents.read(connection, kind, ids) if seen(record)}
                for kind, ids in named.items()
            }
            for place, event in enumerate(events):
                posting = here[Kind.POSTING].get(event.posting_id)
                if not isinstance(posting, Posting):
                    refused[place] = Kind.POSTING
                elif event.profile_id not in here[Kind.PROFILE]:
                    refused[place] = Kind.PROFILE
                else:
                    owner = posting.organisation
                    accepted.append(replace(event, organisation=owner.id if owner else None))
            new = unrecorded(
                accepted,
                is_recorded=lambda event: bool(connection.scalar(_IS_RECORDED, _row(event))),
                outcomes=lambda event: [
                    (Event(said), request_id)
                    for _, said, request_id in sorted(connection.execute(_OUTCOMES, _row(event)), key=itemgetter(0))
                ],
            )
            if new:
                connection.execute(insert(feedback), [_row(event) for event in new])
        return Recorded(len(new), refused)

    def scan(self, *, batch: int = 10_000) -> Iterator[Feedback]:
        """Yield every event, the oldest first.

        So many are read in one go, each go a transaction of its own, so that a slow reader holds nothing up.
        """
        after = 0
        while True:
            with self._database.reading() as connection:
                page = select(feedback).where(feedback.c.number > after).order_by(feedback.c.number).limit(batch)
                rows = connection.execute(page).mappings().all()
            yield from map(_event, rows)
            if len(rows) < batch:
                return
            after = rows[-1]["number"]

    def of_profile(self, profile_id: str) -> list[Feedback]:
        """Return the events of a profile, the oldest first."""
        return self._found(feedback.c.profile_id == profile_id)

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
        which = {feedback.c.profile_id: profile_id, feedback.c.organisation: organisation}
        chosen = [column == value for column, value in which.items() if value is not None]
        return self._found(feedback.c.posting_id == posting_id, feedback.c.event.in_(events), *chosen)

    def orphans(self, kind: Kind) -> list[str]:
        """Return the ids of a kind that events name and no document has, ascending."""
        with self._database.reading() as connection:
            return [*connection.scalars(_orphans(kind))]

    def forget_orphans(self) -> int:
        """Delete the events that name what is not stored; return how many there were."""
        with self._database.writing() as connection:
            found = sum(forget(connection, kind, connection.scalars(_orphans(kind)).all()) for kind in Kind)
            if found and not self._database.is_sqlite:
                remains.note(connection)
        if found:
            self._database.checkpoint()
        return found

    def _found(self, *which: ColumnElement[bool]) -> list[Feedback]:
        with self._database.reading() as connection:
            rows = connection.execute(select(feedback).where(*which)).mappings().all()
        return [*map(_event, sorted(rows, key=itemgetter("number")))]


def forget(connection: Connection, kind: Kind, ids: Collection[str]) -> int:
    """Delete what was recorded about documents that are being deleted, or are not there; return how much that was."""
    deleted = [connection.execute(delete(feedback).where(_SIDES[kind] == id_)) for id_ in filter(is_storable, ids)]
    return sum(result.rowcount for result in deleted)


def _orphans(kind: Kind) -> Select[str]:
    named = select(_SIDES[kind].label("id")).distinct().subquery()
    is_there = exists().where(document.c.kind == kind.value, document.c.id == named.c.id)
    return select(named.c.id).where(~is_there).order_by(named.c.id)


def _event(row: RowMapping) -> Feedback:
    return Feedback(
        at=utc(row["at"]),
        asks=Kind(row["asks"]),
        posting_id=PostingId(row["posting_id"]),
        profile_id=ProfileId(row["profile_id"]),
        event=Event(row["event"]),
        position=row["position"],
        request_id=row["request_id"],
        weights=json.loads(row["weights"]),
        organisation=None if row["organisation"] is None else OrganisationId(row["organisation"]),
    )


def _row(event: Feedback) -> dict[str, object]:
    return {
        "at": event.at.astimezone(UTC),
        "asks": event.asks.value,
        "posting_id": event.posting_id,
        "profile_id": event.profile_id,
        "event": event.event.value,
        "position": event.position,
        "request_id": event.request_id,
        "weights": json.dumps(event.weights, sort_keys=True),
        "organisation": event.organisation,
    }
