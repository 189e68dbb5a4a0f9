"""What deleted rows leave behind in PostgreSQL's files, and how it is scrubbed out.

A deleted row stays in its page until something is written over it: VACUUM frees the space and leaves the bytes. VACUUM
FULL writes a table anew, with its indexes and long values, and throws the old files away; nobody reads or writes that
table meanwhile. What a transaction that is still open may see, it takes along.

    meta 'deleted'           how many transactions have deleted something, the number of the last one, and when (in
                             seconds since 1970) the first did so after all there was had been scrubbed
    meta 'scrubbed TABLE'    how many of them had when that table was last written anew, and when that was
    meta 'scrubbed'          the same of all tables
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from matcher.stores.database import Database
from matcher.stores.tables import change_log, document, facet_text, feedback, meta, postgres_full_text, vector

TABLES = tuple(
    table.name for table in (change_log, facet_text, feedback, vector, document, *postgres_full_text.values())
)
"""Those that hold something of a person; the largest last."""
PAUSE_S = 30.0
"""Between two tries of one process, and the longest between two looks at what is left where none of it is due."""
TRIES = 3
"""To write one table anew: PostgreSQL ends one of two sessions that wait for each other, and it may be ours."""

_ADVISORY_LOCK = 0x6D61746368657263
"""PostgreSQL's name for the turn to scrub: `matcherc`, the one after our turn to write."""
_LOCK_TIMEOUT_MS = 2000
"""How long a table is waited for: whoever asks for it after us waits behind us. Autovacuum gives way after a second."""
_DELETED, _SCRUBBED = "deleted", "scrubbed"
_STATISTICS = "pg_catalog.pg_statistic"
_REFUSED, _LOCKED, _DEADLOCK = "42501", "55P03", "40P01"
"""SQLSTATE: PostgreSQL's documentation, appendix A."""
_IN_THE_WAY = {
    _LOCKED: "its tables are in use without a pause",
    _DEADLOCK: "another session and this one wait for each other's tables again and again",
}

log = logging.getLogger(__name__)


def note(connection: Connection) -> None:
    """Remember, in the transaction that deletes, that there is something to scrub. Only writers of `Database` may."""
    deleted = _deleted(connection)
    since = deleted.since if deleted.count > _scrubbed(connection).count else _now(connection)
    transaction = connection.scalar(text("SELECT pg_current_xact_id()::text"))
    _remember(connection, _DELETED, f"{deleted.count + 1} {transaction} {since}")


@dataclass(frozen=True, slots=True)
class _Deleted:
    count: int
    last: int
    since: float


@dataclass(frozen=True, slots=True, order=True)
class _Scrubbed:
    count: int
    at: float


class Remains:
    """What the deletions of all processes have left in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted: int | None = None
        self._next_try_at = self._next_look_at = 0.0
        self._oldest_at = 0.0
        self._told = set[str]()
        self._trying = threading.Lock()

    def scrub(self, *, within_s: float) -> bool:
        """Write the tables anew if something was deleted since that was last done, by whatever process.

        Returns False where it has to wait: until the first of it has been there for `within_s` seconds; for another
        process that does it, for a table, or for the end of an older transaction. What was deleted after the first call
        that waited for one of these three is not waited for.

        Raises:
            StoreUnavailable: the database went away, or its disk is full.
        """
        with self._trying:
            if not self._may_be_due(within_s):
                return False
            with self._database.reading() as connection:
                deleted, scrubbed, now = _deleted(connection), _scrubbed(connection), _now(connection)
            wanted = self._wanted if self._wanted is not None else deleted.count
            if scrubbed.count >= wanted:
                self._wanted, self._next_try_at = None, 0.0
                return True
            # What is left of a deletion came after the tables were last written anew.
            age_s = now - max(deleted.since, scrubbed.at)
            if self._wanted is None and 0 <= age_s < within_s:
                self._oldest_at = time.monotonic() - age_s
                self._next_look_at = time.monotonic() + PAUSE_S
                return False
            self._wanted = wanted
            self._next_try_at = time.monotonic() + PAUSE_S
            with self._alone() as turn:
                is_done = turn is not None and self._write_anew(turn, wanted)
            if is_done:
                self._wanted, self._next_try_at = None, 0.0
            return is_done

    def _may_be_due(self, within_s: float) -> bool:
        """Whether to look at what is left: a server asks several times a second, and each look is a query."""
        now = time.monotonic()
        if self._wanted is not None:
            return now >= self._next_try_at
        # What was left at the last look is the oldest that there is: what others delete or scrub makes it younger.
        return now >= self._next_look_at or now - self._oldest_at >= within_s

    @contextmanager
    def _alone(self) -> Iterator[Connection | None]:
        """Yield a connection of our own, outside any transaction; None while another process has the turn."""
        with self._database.maintaining() as connection:
            lock = func.pg_try_advisory_lock(_ADVISORY_LOCK)
            yield connection if connection.scalar(select(lock)) else None

    def _write_anew(self, connection: Connection, wanted: int) -> bool:
        """Write anew what has not been since `wanted` transactions had deleted something, in this try or another."""
        left = [name for name in TABLES if _scrubbed(connection, name).count < wanted]
        now = _now(connection)
        deleted = _deleted(connection)
        # The database may have been restored from another server, whose transactions had higher numbers.
        last = min(deleted.last, _next_transaction(connection) - 1)
        connection.execute(text(f"SET lock_timeout = {_LOCK_TIMEOUT_MS}"))
        connection.execute(text("SET statement_timeout = 0"))
        try:
            # The smallest table tells at once whether an open transaction would have us take along what it may see.
            for name in (meta.name, *left):
                if not _is_written_anew(connection, name, "FULL, ANALYZE", beyond=last):
                    self._tell(
                        "an open transaction, a standby or a replication slot still sees what was deleted, or "
                        "its tables are another role's"
                    )
                    return False
                _remember(connection, _scrubbed_key(name), f"{deleted.count} {now}")
            self._finish(connection, last)
        except OperationalError as error:
            if _state(error) not in _IN_THE_WAY:
                raise
            self._tell(_IN_THE_WAY[_state(error)])
            return False
        least = min(_scrubbed(connection, name) for name in TABLES)
        _remember(connection, _SCRUBBED, f"{least.count} {least.at}")
        return True

    def _finish(self, connection: Connection, last: int) -> None:
        """Clear away what the tables' statistics and the write-ahead log still hold, as far as this role may."""
        if not _is_written_anew(connection, _STATISTICS, "FULL", beyond=last):
            self._tell("the statistics may hold texts of it: make this role the database's owner")
        for order in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            try:
                connection.execute(text(order))
            except ProgrammingError as error:
                if _state(error) != _REFUSED:
                    raise
                self._tell(
                    "the write-ahead log holds it until it is written over: this role may not ask for a "
                    "checkpoint and a new segment"
                )

    def _tell(self, why: str) -> None:
        """Write to the log, once a process, what keeps the files from being clear."""
        if why not in self._told:
            self._told.add(why)
            log.warning("PostgreSQL's files are not clear of what was deleted: %s (docs/operations.md)", why)


def _deleted(connection: Connection) -> _Deleted:
    count, last, since, *_ = [*_values(connection, _DELETED), "0", "0", "0"]
    return _Deleted(int(count), int(last), float(since))


def _scrubbed(connection: Connection, name: str = "") -> _Scrubbed:
    """Return what had been deleted when a table, or all of them, had been written anew."""
    count, at, *_ = [*_values(connection, _scrubbed_key(name)), "0", "0"]
    return _Scrubbed(int(count), float(at))


def _scrubbed_key(name: str) -> str:
    return f"{_SCRUBBED} {name}".rstrip()


def _values(connection: Connection, key: str) -> list[str]:
    return (connection.scalar(select(meta.c.value).where(meta.c.key == key)) or "").split()


def _remember(connection: Connection, key: str, value: str) -> None:
    connection.execute(
        insert(meta).values(key=key, value=value).on_conflict_do_update(index_elements=["key"], set_={"value": value})
    )


def _now(connection: Connection) -> float:
    """Return the database's time, in seconds since 1970."""
    return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())::float8")) or 0)


def _next_transaction(connection: Connection) -> int:
    return int(connection.scalar(text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")) or 0)


def _is_written_anew(connection: Connection, name: str, options: str, *, beyond: int) -> bool:
    """Vacuum a table; return whether nothing is in it that was deleted up to the transaction `beyond`.

    PostgreSQL only warns where the role may not. Its number tells nothing then: a VACUUM (FREEZE) raises it, too, and
    leaves the table in its file.
    """
    before = _file(connection, name)
    for left in reversed(range(TRIES)):
        try:
            connection.execute(text(f"VACUUM ({options}) {name}"))
            break
        except OperationalError as error:
            if _state(error) != _DEADLOCK or not left:
                raise
    return _file(connection, name) != before and _written_up_to(connection, name) > beyond


def _file(connection: Connection, name: str) -> int:
    """Return the number of a table's file, which changes when it is written anew."""
    statement = text("SELECT pg_relation_filenode(CAST(:name AS regclass))")
    return int(connection.scalar(statement, {"name": name}) or 0)


def _written_up_to(connection: Connection, name: str) -> int:
    """Return the transaction before which nothing deleted is in a table that was just written anew.

    VACUUM FULL leaves out what was deleted before the oldest transaction that anybody may still see, and keeps the
    number of that one, which it may only ever raise, as relfrozenxid (32 bits: `age` makes a distance of it).
    """
    statement = text(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - age(relfrozenxid) "
        "FROM pg_class WHERE oid = CAST(:name AS regclass)"
    )
    return int(connection.scalar(statement, {"name": name}) or 0)


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", ""))
