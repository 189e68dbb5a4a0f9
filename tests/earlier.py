"""Databases that are put back to an earlier state under whoever uses them, as by the restore of a backup."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import copy
from pathlib import Path

import psycopg
from psycopg import sql

from matcher.core.storing import Store
from matcher.stores import SqlStore
from tests.fakes import FakeStore


def kept(store: Store, folder: Path) -> Callable[[], None]:
    """Keep what a store holds now; return what puts it back, the numbers that it gives out included."""
    if isinstance(store, FakeStore):
        return _kept_in_memory(store)
    assert isinstance(store, SqlStore)
    url = store._database._engine.url
    if store._database.is_sqlite:
        return _kept_file(Path(str(url.database)), folder / "kept.db")
    return _kept_tables(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _kept_in_memory(store: FakeStore) -> Callable[[], None]:
    held = {name: copy(value) for name, value in vars(store).items() if isinstance(value, dict | list)}
    return lambda: vars(store).update({name: copy(value) for name, value in held.items()})


def _kept_file(file: Path, other: Path) -> Callable[[], None]:
    def copied(one: Path, to: Path) -> None:
        with closing(sqlite3.connect(one)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)

    copied(file, other)
    return lambda: copied(other, file)


def _kept_tables(url: str) -> Callable[[], None]:
    """Keep rows alone: the tables stay the same."""
    counter = "change_log_sequence_seq"
    with psycopg.connect(url) as connection:
        tables = [
            sql.Identifier(name)
            for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        ]
        held = []
        for table in tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as rows:
                held.append(b"".join(map(bytes, rows)))
        at = connection.execute(
            sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(counter))
        ).fetchone()
        assert at is not None

    def put_back() -> None:
        with psycopg.connect(url) as connection:
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))
            for table, content in zip(tables, held, strict=True):
                with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as rows:
                    rows.write(content)
            connection.execute("SELECT setval(%s, %s, %s)", [counter, *at])

    return put_back
