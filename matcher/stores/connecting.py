"""Where a database is, the engine that connects to it, and what to do where it does not answer."""

from pathlib import Path
from sqlite3 import SQLITE_FULL
from typing import Any, Protocol

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from matcher.core.errors import MissingExtra, StoreFull, StoreUnavailable
from matcher.stores.tables import FULL_TEXT_NAMES

SQLITE_FILE = "matcher.db"
"""In the home folder."""
DISK_FULL = "53100"
"""PostgreSQL's SQLSTATE for it."""
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""libpq's settings, in seconds and the last in milliseconds, where an address names none of its own: a server that the
network cuts off is noticed within half a minute, not after the system's quarter of an hour."""
_POOL_TIMEOUT_S = 2.0
"""How long who needs a connection waits where all are in use: a caller who is told so at once can come again."""


class _DriverConnection(Protocol):
    """The part of sqlite3.Connection that is used here."""

    isolation_level: str | None

    def execute(self, statement: str) -> Any: ...


def make_home(home: Path) -> None:
    """Make the home folder where it is missing, readable by its owner only: it holds what candidates say of themselves.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"{home} cannot be used as the home folder ({error.strerror}): free some space, or set MATCHER_HOME to a "
            "folder that can be written"
        ) from error


def address_of(url: str | None, home: Path) -> URL:
    """Return where a database is: at this URL, or in the home folder where it is None.

    Raises:
        StoreUnavailable: it cannot be read, or is neither a file nor PostgreSQL. What cannot be read is not repeated:
            it may hold a password.
    """
    if url is None:
        return URL.create("sqlite", database=str(home / SQLITE_FILE))
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreUnavailable(
            "the database's address cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, "
            "with signs such as @ and / in the password percent-encoded"
        ) from None
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername != "postgresql+psycopg" and not is_sqlite(address):
        raise StoreUnavailable(
            f"{address.drivername} is not supported: write postgresql://…, or leave MATCHER_DATABASE_URL "
            "unset for the embedded SQLite"
        )
    if is_sqlite(address) and address.database in {None, "", ":memory:"}:
        raise StoreUnavailable("the embedded database must be a file: write sqlite:///FILE, or set MATCHER_HOME")
    return address


def is_sqlite(address: URL) -> bool:
    """Tell whether a database is a file."""
    return address.drivername in {"sqlite", "sqlite+pysqlite"}


def connect(address: URL, *, busy_timeout_s: float, connections: int, write: bool) -> Engine:
    """Return an engine that connects when it is first used.

    Args:
        address: of the database.
        busy_timeout_s: how long a write waits for another process's.
        connections: how many this process holds at most.
        write: whether anything may be written.

    Raises:
        MissingExtra: PostgreSQL's driver is not installed.
    """
    engine_of = _sqlite if is_sqlite(address) else _postgres
    engine = engine_of(address, busy_timeout_s=busy_timeout_s, connections=connections)
    if not write:
        _refuse_writes(engine)
    return engine


def _refuse_writes(engine: Engine) -> None:
    """Have the database itself refuse whatever would write to it."""
    order = "PRAGMA query_only = ON" if engine.dialect.name == "sqlite" else "SET default_transaction_read_only = on"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: object) -> None:
        connection.execute(order)
        if engine.dialect.name != "sqlite":
            connection.commit()


def _sqlite(address: URL, *, busy_timeout_s: float, connections: int) -> Engine:
    engine = create_engine(
        address,
        hide_parameters=True,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_TIMEOUT_S,
        pool_use_lifo=True,  # another connection would read again what this one holds of the file
        connect_args={"timeout": busy_timeout_s},
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: _DriverConnection, _: object) -> None:
        # The driver's own BEGIN comes late and is never immediate; ours are in `Database`. SQLAlchemy's documentation,
        # “Transactions with SQLite and the sqlite3 driver”, has them in an event: then each statement looks for events.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten with zeros, so that erasing a profile erases it from the file.
        connection.execute("PRAGMA secure_delete = ON")
        for name in FULL_TEXT_NAMES.values():  # a view of what is indexed, the connection's own: nothing is stored
            connection.execute(f"CREATE VIRTUAL TABLE temp.{name}_words USING fts5vocab(main, {name}, instance)")

    return engine


def _postgres(address: URL, *, busy_timeout_s: float, connections: int) -> Engine:
    patience = {name: value for name, value in _PATIENCE.items() if name not in address.query}
    try:
        # Pinged before use: a server that was restarted must not cost a request.
        engine = create_engine(
            address,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT_S,
            connect_args=patience,
        )
    except (ImportError, NoSuchModuleError):
        raise MissingExtra(extra="postgres", purpose="PostgreSQL") from None

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: object) -> None:
        # A process that hangs in the middle of its write must not hang all others.
        connection.execute(f"SET lock_timeout = {int(busy_timeout_s * 1000)}")
        connection.commit()

    return engine


def place_of(address: URL) -> str:
    """Return the address without the user, the password and the options."""
    if is_sqlite(address):
        return str(address.database)
    return f"PostgreSQL at {address.host or address.query.get('host', 'this machine')}:{address.port or 5432}"


def unavailable(address: URL, error: SQLAlchemyError) -> StoreUnavailable:
    """Return what the driver's error means, without the password, and what to do: a StoreFull where a disk is full."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if address.password:
        reason = reason.replace(str(address.password), "***")
    if getattr(cause, "sqlite_errorcode", None) == SQLITE_FULL or getattr(cause, "sqlstate", None) == DISK_FULL:
        return StoreFull(f"{place_of(address)}: {reason}: free some space on its disk")
    return StoreUnavailable(f"{place_of(address)}: {reason}: {_remedy(address, reason)}")


def _remedy(address: URL, reason: str) -> str:
    return _sqlite_remedy(reason) if is_sqlite(address) else _postgres_remedy(reason)


def _postgres_remedy(reason: str) -> str:
    if "lock timeout" in reason:
        return "another process holds it; wait for it, or end it where it hangs"
    if "too many" in reason:
        return "raise the server's max_connections, or lower MATCHER_DATABASE_CONNECTIONS"
    return "check that the server runs and that MATCHER_DATABASE_URL names a database this user may write"


def _sqlite_remedy(reason: str) -> str:
    if "not a database" in reason or "malformed" in reason:
        return "move this file away and restore a copy, or ingest the records again into a new one"
    if "locked" in reason:
        return "another process holds it; wait for it, or use PostgreSQL for several processes"
    if "already exists" in reason:
        return "this file is another program's; set MATCHER_HOME to another folder"
    return "check that the folder exists, can be written, and has space left"
