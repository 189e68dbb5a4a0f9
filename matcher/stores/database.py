"""Open a database, bring its tables up to date, and own its transactions.

All writes wait for one another: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by an advisory lock taken before anything is
read. A number of the change log is therefore never given out before a smaller one has been committed, and a write
can look before it leaps.
"""

import logging
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, column, event, func, inspect, select, table
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from matcher.core.errors import AnotherDatabase, NoDatabase, StoreBusy, StoreUnavailable
from matcher.stores.connecting import address_of, connect, is_sqlite, make_home, place_of, unavailable
from matcher.stores.tables import meta

LAST_STEP = "0006"
"""Of migrations/: a database that has taken it has all tables."""
CONNECTIONS = 15
"""A process's, at most: more than work on requests at once by default, and what it does beside them."""

IN_LIST = 1000
"""How many values one IN list holds; longer lists are cut into several queries."""

_ADVISORY_LOCK = 0x6D61746368657221
"""PostgreSQL's name for our turn to write: `matcher!` in ASCII."""
_TAKE_TURN = select(func.pg_advisory_xact_lock(_ADVISORY_LOCK))

DATABASE_ID = select(meta.c.value).where(meta.c.key == "database_id")
_TAKEN = table("alembic_version", column("version_num"))

# Alembic keeps the running migration in a module's globals.
_migrating = threading.Lock()

_OURS = (DataError, IntegrityError, ProgrammingError)
"""What the driver raises when this package is wrong, not the database away."""

T = TypeVar("T")

log = logging.getLogger(__name__)


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Yield the values in lists that fit an IN list."""
    remaining = iter(values)
    while chunk := list(islice(remaining, IN_LIST)):
        yield chunk


class Database:
    """Connections to one database whose tables are up to date."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite reads one snapshot from BEGIN to COMMIT anyway.
        self._reader = engine if self.is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")
        # Whatever the server's own default is: a write sees what was committed while it waited for its turn.
        self._writer = engine if self.is_sqlite else engine.execution_options(isolation_level="READ COMMITTED")
        self._closed = False
        self._held = threading.local()
        self._path = Path(str(engine.url.database)).absolute() if self.is_sqlite else None
        self._file: tuple[int, int] | None = None
        """Device and inode of SQLite's file, once it is open; None where none stands at the address."""
        self.opened: str | None = None
        """The id of the database that whoever uses this one has found first: another's rows stay as they are."""
        self._is_log_left = True
        """Whether the write-ahead log is that of the file that was opened, whatever stands in its place."""
        if self.is_sqlite:
            # Not when it is too late: the driver makes an empty file where there is none.
            event.listen(engine, "do_connect", lambda *_: self._look_for_file())
            event.listen(engine, "connect", lambda *_: self._look_for_file())

        @event.listens_for(engine, "checkin")
        def _close_late(connection: object, entry: ConnectionPoolEntry) -> None:
            # What another thread held while all were closed would wait in a pool that nobody asks any more.
            if self._closed and connection is not None:
                entry.invalidate()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that sees one consistent snapshot; where this thread is in `still` or `writing`, theirs.

        Raises:
            StoreUnavailable: the database went away, or is damaged.
        """
        held: Connection | None = getattr(self._held, "connection", None)
        if held is not None:
            with self._explained():
                yield held
            return
        self._expect_file()
        with self._explained(), self._reader.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def still(self) -> Iterator[None]:
        """Have this thread read one consistent snapshot until it leaves, however often it reads.

        What is deleted meanwhile cannot be brought out of the database's files before.

        Raises:
            StoreUnavailable: the database went away, or is damaged.
        """
        with self.reading() as connection, self._holding(connection):
            yield

    @contextmanager
    def _holding(self, connection: Connection) -> Iterator[None]:
        """Have this thread read by a connection that it has, instead of waiting for another."""
        before = getattr(self._held, "connection", None)
        self._held.connection = connection
        try:
            yield
        finally:
            self._held.connection = before

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that no other write overlaps, committed on leaving.

        Raises:
            StoreUnavailable: the database went away, is damaged, or another process has held it for too long; or what
                was written is in a file that is not the database any more.
            AnotherDatabase: it is in the place of the one that was opened.
        """
        self._expect_file()
        with self._explained(), self._writer.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(_TAKE_TURN)
            if self.opened and connection.scalar(DATABASE_ID) != self.opened:
                raise AnotherDatabase
            with self._holding(connection):  # a guard reads what is stored, where there may be no other connection
                yield connection
        self._expect_file(has_written=True)

    @contextmanager
    def maintaining(self) -> Iterator[Connection]:
        """Open a connection outside any transaction, which ends with it: what it has set or locked is gone then.

        Raises:
            StoreUnavailable: the database went away, or has no space left.
        """
        with self._explained(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").detach()
            yield connection

    def checkpoint(self) -> bool:
        """Move what SQLite's write-ahead log holds into the database file, and empty the log.

        Returns False when a reader stood in the way, or it failed, as on a full disk: the log keeps old content until a
        later checkpoint. What was committed before stays so, and whoever did that must not be told otherwise.
        PostgreSQL's is another matter (remains.py); there it is always True.
        """
        if not self.is_sqlite:
            return True
        try:
            with self._explained(), closing(self._engine.raw_connection()) as connection:
                cursor = connection.cursor()
                # At once or not now: whoever deletes must not wait for a reader before the deletion takes effect here.
                patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
                cursor.execute("PRAGMA busy_timeout = 0")
                try:
                    busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                finally:
                    cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
        except (StoreUnavailable, sqlite3.Error) as error:
            log.warning("what was deleted stays in the write-ahead log for now: %s", error)
            return False
        return not busy

    def close(self) -> None:
        """Release all connections; what another thread holds is closed when it is done. Idempotent."""
        self._closed = True
        self._engine.dispose()

    def expect_tables(self) -> None:
        """Make sure that this is a database of this program, of whatever version.

        Raises:
            NoDatabase: it has no tables.
        """
        with self.reading() as connection:
            if not inspect(connection).has_table(_TAKEN.name):
                raise NoDatabase(place=place_of(self._engine.url))

    def expect_last_step(self) -> None:
        """Make sure that all steps have been taken.

        Raises:
            StoreUnavailable: they have not, or a newer version of this program has taken more.
        """
        with self.reading() as connection:
            if not _is_up_to_date(connection):
                raise StoreUnavailable(
                    f"{place_of(self._engine.url)} has the tables of another version of this program: start the "
                    "service of this version, or run `matcher reindex`, and they are brought up to date"
                )

    def migrate(self) -> None:
        """Apply the steps that this database lacks; several processes may try at once.

        Raises:
            StoreUnavailable: a newer version of this program wrote the database, or its tables cannot be made.
        """
        with self.writing() as connection:
            is_up_to_date = inspect(connection).has_table(_TAKEN.name) and _is_up_to_date(connection)
        if not is_up_to_date:
            self._take_steps()

    def _take_steps(self) -> None:
        # With what it brings, a tenth of a command's start: almost every process finds its tables made.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        script = ScriptDirectory.from_config(config)
        with _migrating, self.writing() as connection:
            config.attributes["connection"] = connection
            present = set(MigrationContext.configure(connection).get_current_heads())
            unknown = present - {step.revision for step in script.walk_revisions()}
            if unknown:
                raise StoreUnavailable(
                    f"{place_of(self._engine.url)} was written by a newer version of this program (step "
                    f"{', '.join(sorted(unknown))}): upgrade with `pip install --upgrade forum-matcher`, "
                    "or open another database"
                )
            if present != set(script.get_heads()):
                command.upgrade(config, "head")

    def _expect_file(self, *, has_written: bool = False) -> None:
        """Make sure that SQLite's file is the one that was opened: the driver goes on with one that has lost its name.

        Where it is not, the write-ahead log is brought into the file that it is of, and emptied: whoever opens the
        other file next would take what it holds for that file's (https://www.sqlite.org/howtocorrupt.html). Once, and
        once more after a write that had begun before: by then the log may be that of who has opened the other file.

        Args:
            has_written: whether this thread has just written to the log.

        Raises:
            StoreUnavailable: another file stands in its place, or none.
        """
        try:
            self._look_for_file()
        except StoreUnavailable:
            if self._is_log_left or has_written:
                self._is_log_left = not self.checkpoint()
            raise
        self._is_log_left = True  # also of one that has come back

    def _look_for_file(self) -> None:
        if self._path is None:
            return
        try:
            found = self._path.stat()
            file = found.st_dev, found.st_ino
        except OSError:
            file = None
        if self._file is None:
            self._file = file
        elif file != self._file:
            raise StoreUnavailable(
                f"{self._path}: another file has come in the place of the database that was opened, or none: "
                "nothing is read or written any more. Stop this process before you put a database there, then start it"
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except _OURS:
            raise
        except PoolTimeout:
            raise StoreBusy(
                f"{place_of(self._engine.url)}: all connections of this process are in use: try again in a moment; if "
                "that stays so, look for what holds them up, or raise MATCHER_DATABASE_CONNECTIONS"
            ) from None
        except SQLAlchemyError as error:
            raise unavailable(self._engine.url, error) from None


def _is_up_to_date(connection: Connection) -> bool:
    return {*connection.scalars(select(_TAKEN.c.version_num))} == {LAST_STEP}


def open_database(
    url: str | None,
    *,
    home: Path,
    busy_timeout_s: float = 30.0,
    connections: int = CONNECTIONS,
    make: bool = True,
    write: bool = True,
) -> Database:
    """Return the database at that URL, or the embedded one at `home`/matcher.db, with its tables up to date.

    Args:
        url: `postgresql://…`, `sqlite:///FILE`, or None for the embedded database.
        home: made if it is missing, readable by its owner only: the database holds what candidates say of themselves.
        busy_timeout_s: how long a write waits for another process's.
        connections: how many this process holds at most.
        make: whether one is made where there is none.
        write: whether anything may be written: if not, its tables must be up to date.

    Raises:
        NoDatabase: there is none, and none is to be made.
        StoreUnavailable: it cannot be reached, is no database, or is newer than this program.
        MissingExtra: PostgreSQL's driver is not installed.
    """
    address = address_of(url, home)
    if make and url is None:
        make_home(home)
    if not make and is_sqlite(address) and not Path(str(address.database)).is_file():
        raise NoDatabase(place=place_of(address))
    database = Database(connect(address, busy_timeout_s=busy_timeout_s, connections=connections, write=write))
    try:
        if not make:
            database.expect_tables()
        if write:
            database.migrate()
        else:
            database.expect_last_step()
    except SQLAlchemyError as error:
        database.close()
        raise unavailable(address, error) from None
    except BaseException:
        database.close()
        raise
    return database
