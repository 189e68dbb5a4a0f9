"""Opening a database: where it is found, and what a person is told when it cannot be opened."""

import builtins
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from matcher.core.domain import Kind
from matcher.core.errors import MissingExtra, StoreUnavailable
from matcher.stores import SqlStore, open_store
from matcher.stores.connecting import SQLITE_FILE, connect
from tests.contracts.documents import posting


def test_the_embedded_database_is_made_in_its_home_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    open_store(None, home=home).close()
    assert (home / SQLITE_FILE).is_file()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_home_with_odd_signs_in_its_name_is_fine(tmp_path: Path) -> None:
    home = tmp_path / "100 % é?#&"
    open_store(None, home=home).close()
    assert (home / SQLITE_FILE).is_file()


def test_a_sqlite_file_may_be_named_by_url(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/other.db", home=tmp_path / "unused").close()
    assert (tmp_path / "other.db").is_file()
    assert not (tmp_path / "unused").exists()


def test_what_is_written_is_there_when_opened_again(tmp_path: Path) -> None:
    first = open_store(None, home=tmp_path)
    first.put([posting("1")])
    first.close()
    second = open_store(None, home=tmp_path)
    assert second.database_id == first.database_id
    assert second.count(Kind.POSTING) == 1
    second.close()


def test_two_databases_have_two_identities(tmp_path: Path) -> None:
    stores = [open_store(None, home=tmp_path / name) for name in "ab"]
    assert stores[0].database_id != stores[1].database_id
    for store in stores:
        store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / SQLITE_FILE).write_text("not a database at all " * 100)
    with pytest.raises(StoreUnavailable, match=r"not a database: move this file away"):
        open_store(None, home=tmp_path)
    assert (tmp_path / SQLITE_FILE).read_text().startswith("not a database")


def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / SQLITE_FILE) as connection:
        connection.execute("CREATE TABLE document (theirs)")
    with pytest.raises(StoreUnavailable, match="another program's"):
        open_store(None, home=tmp_path)
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert tables == [("document",)]


def test_a_home_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="MATCHER_HOME"):
        open_store(None, home=tmp_path / "file" / "home")


def test_a_file_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="check that the folder exists"):
        open_store(f"sqlite:///{tmp_path}/missing/file.db", home=tmp_path)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreUnavailable, match="must be a file"):
        open_store(url, home=tmp_path)


@pytest.mark.parametrize("url", ["mysql://ana:secret@host/base", "postgresql+asyncpg://ana:secret@host/base"])
def test_another_kind_of_database_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreUnavailable, match="is not supported") as refusal:
        open_store(url, home=tmp_path)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["secret", "", "postgresql://ana:secret@host:secret/base"])
def test_an_address_that_cannot_be_read_is_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be read") as refusal:
        open_store(url, home=tmp_path)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:secret@127.0.0.1:1/base",
        "postgres://ana:secret@127.0.0.1:1/base?connect_timeout=2",
        "postgresql+psycopg://ana@127.0.0.1:1/base?password=secret",
        "postgresql:///base?host=/nowhere&password=secret",
        "postgresql://ana:secret@127.0.0.1:1/base?no_such_option=secret",
    ],
)
def test_a_server_that_cannot_be_reached_is_named_without_the_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreUnavailable, match="check that the server runs") as refusal:
        open_store(url, home=tmp_path)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_a_server_that_the_network_cuts_off_is_noticed_soon(new_postgres_database: Callable[[], str]) -> None:
    url = make_url(new_postgres_database()).set(drivername="postgresql+psycopg")
    for address, idle in ((url, "10"), (url.update_query_dict({"keepalives_idle": "77"}), "77")):
        engine = connect(address, busy_timeout_s=1.0, connections=1, write=True)
        with engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            told = driver.info.get_parameters()
        engine.dispose()
        assert (told["keepalives_idle"], told["tcp_user_timeout"], told["connect_timeout"]) == (idle, "25000", "10")


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def without_psycopg(name: str, *rest: Any) -> Any:
        if name == "psycopg":
            raise ModuleNotFoundError(name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    with pytest.raises(MissingExtra, match=r"forum-matcher\[postgres\]"):
        open_store("postgresql://host/base", home=tmp_path)


def test_a_user_who_may_not_make_tables_is_told_so(new_postgres_database: Callable[[], str], tmp_path: Path) -> None:
    url = new_postgres_database()
    with pytest.raises(StoreUnavailable, match="permission denied"):
        open_store(f"{url}&options=-crole%3Dpg_monitor", home=tmp_path)


def test_a_server_that_goes_away_is_store_unavailable(
    new_postgres_database: Callable[[], str], postgres_server: str, tmp_path: Path
) -> None:
    url = new_postgres_database()
    store = open_store(url, home=tmp_path)
    name = str(make_url(url).database)
    _forbid_connections(postgres_server, name)
    with pytest.raises(StoreUnavailable, match="check that the server runs"):
        store.count(Kind.POSTING)
    store.close()


def test_a_connection_that_the_server_has_cut_costs_nothing(
    postgres_store: SqlStore, postgres_url: str, postgres_server: str
) -> None:
    postgres_store.put([posting("1")])
    _cut_connections(postgres_server, str(make_url(postgres_url).database))
    assert postgres_store.count(Kind.POSTING) == 1


def _cut_connections(server: str, database: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


def _forbid_connections(server: str, database: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(database)))
    _cut_connections(server, database)
