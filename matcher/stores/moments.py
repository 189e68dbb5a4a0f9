"""Moments as a database gives them back."""

from datetime import UTC, datetime


def utc(stored: datetime | str) -> datetime:
    """Return a moment with its zone: SQLite drops it, and of a maximum keeps the text alone; all are stored in UTC."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
