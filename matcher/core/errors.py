"""Everything that can go wrong, in one tree. No HTTP here: the API maps these to status codes in one table.

MatcherError
├── InvalidRecord          a record that breaks the contract, with the field's name
├── NotFound               no such posting or profile
├── AlreadyExists          that id is taken
├── UnknownKey             no such API key
├── AccessUnsettled        the settings leave open who may see what
├── UnreadableFile         a file that is none of the known formats, or is damaged
├── UnsafeFile             a file that would cost too much to open
├── OutputInUse            another run is writing the same file
├── OutputExists           what is to be written is there already
├── MissingExtra           an optional dependency is not installed
├── ModelUnavailable       the embedding model cannot be loaded, or its weights are not the known ones
├── InvalidVectors         an encoder returned something that is not a unit row a text
├── SnapshotRefused        the index's snapshot is damaged, or belongs to another database
│   └── SnapshotOutdated   it was made by another model or version
├── RetentionRefused       what would be erased cannot be meant
├── NoJudgements           nobody has said what good matches are
├── DecisionLogUnavailable a ranking cannot be written down, and so must not be shown
├── DecisionLogUnreadable  the decision log is missing or damaged, or does not hold what is asked for
└── StoreUnavailable       the database cannot be reached or opened
    ├── StoreFull          nothing can be written, for its disk is full
    ├── StoreBusy          this process has no connection free
    ├── AnotherDatabase    it is not the one that was opened
    ├── Behind             following its changes has failed for too long, and what the index holds is old
    ├── WentBack           it is in an earlier state, and the index is being made anew of that
    ├── NoDatabase         there is none yet, and this is not what makes one
    └── OtherDatabase      the files of the home folder are another database's
"""

from collections.abc import Sequence
from pathlib import Path

from matcher.core.domain import Kind


class MatcherError(Exception):
    """Root of the tree: catch it to catch everything that this library raises on purpose."""


class InvalidRecord(MatcherError):
    """A record breaks the contract."""

    def __init__(
        self, *, field: str, reason: str, record_id: str | None = None, others: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(f"{record_id or 'record'}: {field}: {reason}")
        self.field = field
        self.reason = reason
        self.record_id = record_id
        self.complaints = ((field, reason), *others)
        """Each a field and what is wrong with it, this one first."""


class NotFound(MatcherError):
    """No document of that kind has that id."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"there is no such {kind}: check the id, or ingest the {kind} first")
        self.kind = kind


class AlreadyExists(MatcherError):
    """A document of that kind already has that id."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"a {kind} with this id exists already: replace it, or choose another id")
        self.kind = kind


class UnknownKey(MatcherError):
    """No API key has that id."""

    def __init__(self) -> None:
        super().__init__("there is no such key: `matcher keys list` shows them all")


class AccessUnsettled(MatcherError):
    """The settings leave open who may see what, or cannot be put into effect."""


class UnreadableFile(MatcherError):
    """The file is none of the known formats, or it is damaged."""


class UnsafeFile(UnreadableFile):
    """Opening the file would take more memory, time or space than allowed."""


class OutputInUse(MatcherError):
    """Another run is writing the same file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: another run is writing this file: wait until it has ended, or name another file")


class OutputExists(MatcherError):
    """What is to be written is there already."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: is there already: name another, or say --overwrite")


class MissingExtra(MatcherError):
    """An optional dependency is not installed."""

    def __init__(self, *, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra {extra!r}: pip install 'forum-matcher[{extra}]'")


class ModelUnavailable(MatcherError):
    """The embedding model cannot be loaded, or its weights are not the known ones."""


class InvalidVectors(MatcherError):
    """An encoder returned something other than one finite unit row a text."""


class SnapshotRefused(MatcherError):
    """The snapshot of the index cannot be trusted; the index is rebuilt from the database."""


class SnapshotOutdated(SnapshotRefused):
    """The snapshot was made by another model or version; what is derived in the database may be as old."""


class RetentionRefused(MatcherError):
    """What would be erased cannot be meant: the clock is wrong, or nearly everybody would go."""


class NoJudgements(MatcherError):
    """Nothing is known of what good matches are, and so nothing can be measured or learned."""


class DecisionLogUnavailable(MatcherError):
    """A ranking, or that a profile is read, cannot be written down, and so must not be shown."""

    def __init__(self) -> None:
        super().__init__(
            "the decision log cannot be written, and no ranking or profile is shown without it: free some space or "
            "correct the permissions of its folder"
        )


class DecisionLogUnreadable(MatcherError):
    """The decision log is missing or damaged, or does not hold what is asked for."""


class StoreUnavailable(MatcherError):
    """The database cannot be reached or opened."""


class StoreFull(StoreUnavailable):
    """Nothing can be written to the database, for its disk is full; what is there can be read."""


class StoreBusy(StoreUnavailable):
    """All connections of this process to the database are in use: it has refused nothing, nor been asked."""


class Behind(StoreUnavailable):
    """What the database's change log has could not be applied for so long that nothing is shown any more."""

    def __init__(self) -> None:
        super().__init__(
            "the index has not caught up with the database: try again in a moment; if that lasts, the service's log "
            "says why"
        )


class WentBack(StoreUnavailable):
    """The database is in an earlier state than the one that the index was made of."""

    def __init__(self) -> None:
        super().__init__(
            "the database is in an earlier state than before, and the index is being made anew of it: try again in a "
            "moment; if that lasts, the service's log says why"
        )


class AnotherDatabase(StoreUnavailable):
    """Another database has come in the place of the one that was opened."""

    def __init__(self) -> None:
        super().__init__("the database is another one than when this process was started: restart it, if that is meant")


class NoDatabase(StoreUnavailable):
    """There is no database, and what was asked for makes none."""

    def __init__(self, *, place: str) -> None:
        super().__init__(
            f"there is no database in {place} yet: set MATCHER_DATABASE_URL and MATCHER_HOME as the service has them, "
            "or make one with `matcher ingest` or `matcher serve`"
        )
        self.place = place


class OtherDatabase(StoreUnavailable):
    """The home folder's files tell of another database than the one that the settings name."""
