"""Feedback in the database. It is about people: it goes with the profile, and with the posting, that it is about."""

import json
from collections.abc import Collection, Sequence
from datetime import UTC

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from matcher.core.domain import Kind, PostingId, ProfileId
from matcher.core.errors import InvalidRecord
from matcher.core.feedback import Event, Feedback
from matcher.stores.database import Database
from matcher.stores.tables import feedback
from matcher.stores.words import is_storable

_SAME = (
    feedback.c.request_id,
    feedback.c.asks,
    feedback.c.posting_id,
    feedback.c.profile_id,
    feedback.c.event,
)


class SqlFeedbacks:
    """The `Feedbacks` port. Every method raises StoreUnavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Sequence[Feedback]) -> int:
        """Record events in one transaction; return how many are new: the same one twice is recorded once.

        Raises:
            InvalidRecord: a request id that no database can hold.
        """
        recorded = 0
        with self._database.writing() as connection:
            for event in events:
                row = _row(event)
                same = [column == row[column.name] for column in _SAME]
                if connection.scalar(select(func.count()).select_from(feedback).where(*same)):
                    continue
                connection.execute(insert(feedback), row)
                recorded += 1
        return recorded

    def all(self) -> list[Feedback]:
        """Return every event, the oldest first."""
        return self._found()

    def about(self, posting_id: str, profile_id: str | None = None) -> list[Feedback]:
        """Return the events of a posting, or of it and one profile, the oldest first."""
        both = [] if profile_id is None else [feedback.c.profile_id == profile_id]
        return self._found(feedback.c.posting_id == posting_id, *both)

    def _found(self, *which: ColumnElement[bool]) -> list[Feedback]:
        with self._database.reading() as connection:
            rows = connection.execute(select(feedback).where(*which).order_by(feedback.c.number)).mappings().all()
        return [
            Feedback(
                at=row["at"].replace(tzinfo=UTC) if row["at"].tzinfo is None else row["at"],
                asks=Kind(row["asks"]),
                posting_id=PostingId(row["posting_id"]),
                profile_id=ProfileId(row["profile_id"]),
                event=Event(row["event"]),
                position=row["position"],
                request_id=row["request_id"],
                weights=json.loads(row["weights"]),
            )
            for row in rows
        ]


def forget(connection: Connection, kind: Kind, ids: Collection[str]) -> None:
    """Delete what was recorded about documents that are being deleted."""
    column = feedback.c.posting_id if kind is Kind.POSTING else feedback.c.profile_id
    for id_ in ids:
        connection.execute(delete(feedback).where(column == id_))


def _row(event: Feedback) -> dict[str, object]:
    if not is_storable(event.request_id):
        raise InvalidRecord(field="request_id", reason="holds what no database can store: send the answer's own")
    return {
        "at": event.at.astimezone(UTC),
        "asks": event.asks.value,
        "posting_id": event.posting_id,
        "profile_id": event.profile_id,
        "event": event.event.value,
        "position": event.position,
        "request_id": event.request_id,
        "weights": json.dumps(event.weights, sort_keys=True),
    }
