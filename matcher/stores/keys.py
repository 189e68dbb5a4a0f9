"""API keys in the database. A revoked key stays: a database that has had a key never opens to everyone again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from matcher.core.access import ApiKey, Role
from matcher.core.domain import OrganisationId
from matcher.core.errors import UnknownKey
from matcher.stores.database import Database
from matcher.stores.moments import utc
from matcher.stores.tables import api_key
from matcher.stores.words import is_storable


class SqlKeys:
    """The `Keys` port. Every method raises StoreUnavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, key: ApiKey) -> None:
        """Store a new key."""
        row = {
            "id": key.id,
            "digest": key.digest,
            "role": key.role.value,
            "organisation": key.organisation,
            "note": key.note,
            "created_at": key.created_at.astimezone(UTC),
            "expires_at": key.expires_at.astimezone(UTC),
        }
        with self._database.writing() as connection:
            connection.execute(insert(api_key), row)

    def all(self) -> list[ApiKey]:
        """Return every key there has been, revoked and expired ones included, the oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(api_key).order_by(api_key.c.created_at, api_key.c.id))
            return [_key(row) for row in rows.mappings()]

    def revoke(self, key_id: str, *, now: datetime) -> None:
        """Let a key open nothing any more. One that is revoked already keeps its date.

        Raises:
            UnknownKey: there is no such key.
        """
        if not is_storable(key_id):
            raise UnknownKey
        ours = api_key.c.id == key_id
        with self._database.writing() as connection:
            if connection.scalar(select(api_key.c.id).where(ours)) is None:
                raise UnknownKey
            still_open = api_key.c.revoked_at.is_(None)
            connection.execute(update(api_key).where(ours, still_open).values(revoked_at=now.astimezone(UTC)))


def _key(row: Mapping[Any, Any]) -> ApiKey:
    organisation = row["organisation"]
    return ApiKey(
        id=row["id"],
        digest=row["digest"],
        role=Role(row["role"]),
        organisation=None if organisation is None else OrganisationId(organisation),
        note=row["note"],
        created_at=utc(row["created_at"]),
        expires_at=utc(row["expires_at"]),
        revoked_at=None if row["revoked_at"] is None else utc(row["revoked_at"]),
    )
