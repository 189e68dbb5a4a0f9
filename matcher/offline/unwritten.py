"""Deleting, beside a service that goes on, what nobody has written since it was looked up."""

from matcher.core.domain import Kind, Record
from matcher.engine import Matcher


class WrittenSince(Exception):
    """A document is not what it was when it was looked up."""


class Unwritten:
    """Documents as they were at a place in the change log."""

    def __init__(self, matcher: Matcher, *, sequence: int) -> None:
        """Take the last change of the log before anything was looked up."""
        self._matcher = matcher
        self._seen = sequence
        self._written = set[tuple[Kind, str]]()

    def delete(self, kind: Kind, id_: str) -> None:
        """Delete a document.

        Raises:
            WrittenSince: somebody has written it since; it stays.
            NotFound: somebody has deleted it.
        """

        def keep_what_was_written(stored: Record | None) -> None:
            # In the transaction that deletes: nobody else can write now.
            for change in self._matcher.changes(self._seen):
                self._seen = change.sequence
                self._written.add((change.kind, change.id))
            if stored is not None and (kind, id_) in self._written:
                raise WrittenSince

        self._matcher.delete(kind, id_, guard=keep_what_was_written)
