"""What is particular to PostgreSQL: several processes write, and a follower of the log must not miss a row."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import insert, make_url, text

from matcher.core.domain import Kind
from matcher.core.errors import AlreadyExists, StoreBusy, StoreFull, StoreUnavailable
from matcher.core.storing import Change, Operation
from matcher.stores import SqlStore, connecting, open_store
from matcher.stores.tables import change_log
from tests.contracts.documents import posting, profile


@pytest.fixture
def other_store(postgres_store: SqlStore, postgres_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """The same database as another process sees it."""
    store = open_store(postgres_url, home=tmp_path)
    yield store
    store.close()


def test_a_number_is_never_given_before_a_smaller_one_is_committed(
    postgres_store: SqlStore, other_store: SqlStore
) -> None:
    with ThreadPoolExecutor(1) as threads:
        with postgres_store._database.writing() as slow:
            slow.execute(
                insert(change_log).values(kind="posting", id="slow", operation="put", token="t")  # noqa: S106
            )
            quick = threads.submit(other_store.put, [posting("quick")])
            with pytest.raises(TimeoutError):
                quick.result(timeout=0.2)
            assert other_store.changes(0) == []
        quick.result(timeout=30)
    assert [change.id for change in other_store.changes(0)] == ["slow", "quick"]


def test_a_follower_sees_every_row_once_while_others_write(postgres_store: SqlStore, other_store: SqlStore) -> None:
    writers = [postgres_store, other_store]

    def write(thread: int) -> None:
        for number in range(30):
            writers[thread % 2].put([profile(f"{thread}-{number}"), profile("shared", f"{thread} {number}")])

    followed: list[Change] = []
    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(write, thread) for thread in range(4)]
        while not all(task.done() for task in running):
            followed += other_store.changes(followed[-1].sequence if followed else 0)
        for task in running:
            task.result()
    followed += other_store.changes(followed[-1].sequence)
    assert followed == postgres_store.changes(0)
    assert len(followed) == 2 * 4 * 30


def test_a_lock_held_for_too_long_is_explained(postgres_store: SqlStore, postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url, home=tmp_path, busy_timeout_s=0.1)
    with postgres_store._database.writing():
        with pytest.raises(StoreUnavailable, match="another process holds it"):
            store.put([posting("1")])
        assert store.count(Kind.POSTING) == 0
    store.put([posting("1")])
    assert store.count(Kind.POSTING) == 1
    store.close()


def test_whoever_gets_no_connection_is_told_so_soon(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_POOL_TIMEOUT_S", 0.1)
    store = open_store(postgres_url, home=tmp_path, connections=1)
    with store._database.reading(), pytest.raises(StoreBusy, match="MATCHER_DATABASE_CONNECTIONS"):
        store.count(Kind.POSTING)
    assert store.count(Kind.POSTING) == 0
    store.close()


def test_a_server_that_takes_no_more_connections_is_explained(
    new_postgres_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgres_database()
    open_store(url, home=tmp_path).close()
    with psycopg.connect(url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        # Of one user who is not the server's own: that one is always let in.
        connection.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT 0").format(name))
        connection.execute("CREATE ROLE limited LOGIN")
        limited = make_url(url).set(username="limited").render_as_string(hide_password=False)
        with pytest.raises(StoreUnavailable, match="max_connections"):
            open_store(limited, home=tmp_path)
        connection.execute("DROP ROLE limited")


def _write_in_a_process(url: str, home: Path, process: int) -> int:
    store = open_store(url, home=home)
    inserted = 0
    for number in range(10):
        store.put([profile("shared", f"{process} {number}", title=f"{process} {number}")])
        try:
            store.insert(posting(str(number), f"{process}"))
        except AlreadyExists:
            continue
        inserted += 1
    store.close()
    return inserted


def test_processes_racing_for_the_same_ids_lose_nothing(
    postgres_store: SqlStore, postgres_url: str, tmp_path: Path
) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as processes:
        inserted = processes.starmap(_write_in_a_process, [(postgres_url, tmp_path, number) for number in range(2)])
        processes.close()
        processes.join()
    assert sum(inserted) == 10
    assert postgres_store.count(Kind.POSTING) == 10
    log = postgres_store.changes(0)
    assert len([change for change in log if change.kind is Kind.PROFILE]) == 20
    assert {change.operation for change in log} == {Operation.PUT}
    [(record,)] = [*postgres_store.scan(Kind.PROFILE)]
    [[(_, words)]] = [*postgres_store.full_text(Kind.PROFILE)]
    assert words == {"title": getattr(record, "headline", "")}


def test_a_search_goes_through_the_index(postgres_store: SqlStore) -> None:
    postgres_store.put([posting(str(number), "A", title=f"mot{number}") for number in range(3000)])
    with postgres_store._database.writing() as connection:
        connection.execute(text("ANALYZE full_text_posting"))
        plan = connection.scalars(
            text("EXPLAIN SELECT number FROM full_text_posting WHERE words @@ to_tsquery('simple', 'mot7')")
        ).all()
    assert any("full_text_posting_words" in line for line in plan)


def test_a_write_sees_what_was_committed_while_it_waited_whatever_the_server_s_default_is(
    postgres_url: str, tmp_path: Path
) -> None:
    options = {"options": r"-c default_transaction_isolation=repeatable\ read"}
    address = make_url(postgres_url).update_query_dict(options).render_as_string(hide_password=False)
    with closing(open_store(address, home=tmp_path)) as store:
        with store._database.maintaining() as connection:
            assert connection.scalar(text("SHOW default_transaction_isolation")) == "repeatable read"
        with store._database.writing() as connection:
            assert connection.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_a_read_sees_one_snapshot(postgres_store: SqlStore) -> None:
    with postgres_store._database.reading() as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"


def test_the_longest_body_is_indexed_up_to_the_servers_limit(postgres_store: SqlStore) -> None:
    body = " ".join(f"{number:06x}" for number in range(150_000))
    postgres_store.put([profile("ana", "A", body=body), profile("bob", "B", body="x" * 3000)])
    assert [hit.id for hit in postgres_store.search_text(Kind.PROFILE, "000001")] == ["ana"]
    assert [hit.id for hit in postgres_store.search_text(Kind.PROFILE, "x" * 3000)] == ["bob"]


def test_ids_compare_bytewise_whatever_the_servers_locale(postgres_store: SqlStore) -> None:
    # The server of the tests knows no other locale, so that a scan alone could not tell.
    with postgres_store._database.reading() as connection:
        collations = connection.scalars(
            text(
                "SELECT collation_name FROM information_schema.columns "
                "WHERE column_name = 'id' AND table_name IN ('document', 'change_log')"
            )
        ).all()
    assert collations == ["C", "C"]


def test_what_another_thread_holds_while_all_is_closed_is_closed_when_it_is_done(
    postgres_url: str, tmp_path: Path
) -> None:
    store = open_store(postgres_url, home=tmp_path)
    with store._database.reading() as connection:
        held: Any = connection.connection.driver_connection
        store.close()
        assert not held.closed, "who works on is not cut"
    assert held.closed


def test_a_full_disk_is_told_apart(postgres_store: SqlStore) -> None:
    full = text("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$")
    with pytest.raises(StoreFull, match="free some space"), postgres_store._database.writing() as connection:
        connection.execute(full)
