"""What was deleted is in none of PostgreSQL's files once it is scrubbed, and scrubbing stands in nobody's way."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, make_url, text

from matcher.core.domain import Kind
from matcher.stores import SqlStore, open_store, remains
from matcher.stores.remains import TABLES
from matcher.stores.tables import metadata, postgres_metadata
from tests.contracts.documents import profile

WORD = "zxqcanarizxq"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remains, "PAUSE_S", 0.0)
    monkeypatch.setattr(remains, "_LOCK_TIMEOUT_MS", 100)


@pytest.fixture
def other_store(postgres_store: SqlStore, postgres_url: str, tmp_path: Path) -> Iterator[SqlStore]:
    """The same database as another process sees it."""
    store = open_store(postgres_url, home=tmp_path)
    yield store
    store.close()


def _put_and_delete(store: SqlStore) -> None:
    store.put([profile("bob", "B", title="b"), profile("ana", f"le {WORD}", title=f"le {WORD}")])
    store.delete(Kind.PROFILE, ["ana"])


def _files(store: SqlStore, name: str = "document") -> tuple[int, str]:
    """The number of a table's file, which changes when it is written anew, and all that is in it."""
    with store._database.reading() as connection:
        number = connection.scalar(text("SELECT pg_relation_filenode(CAST(:name AS regclass))"), {"name": name})
        path = connection.scalar(text("SELECT pg_relation_filepath(CAST(:name AS regclass))"), {"name": name})
    with store._database.maintaining() as connection:
        connection.execute(text("CHECKPOINT"))
        content = connection.scalar(text("SELECT pg_read_binary_file(:path)"), {"path": path})
    return int(number or 0), bytes(content or b"").decode("latin-1")


def test_every_table_with_something_of_a_person_is_written_anew() -> None:
    every = {*metadata.tables, *postgres_metadata.tables}
    assert {*TABLES} == every - {"meta", "api_key"}


def test_a_deleted_row_stays_until_it_is_scrubbed(postgres_store: SqlStore) -> None:
    _put_and_delete(postgres_store)
    with postgres_store._database.maintaining() as connection:
        connection.execute(text("VACUUM document, full_text_profile"))
    assert WORD in _files(postgres_store)[1], "as it does after a plain VACUUM"
    assert postgres_store.scrub()
    for name in TABLES:
        assert WORD not in _files(postgres_store, name)[1]
    assert postgres_store.get(Kind.PROFILE, ["bob"])
    assert [hit.id for hit in postgres_store.search_text(Kind.PROFILE, "b")] == ["bob"]


def test_nothing_is_written_anew_where_nothing_was_deleted(postgres_store: SqlStore, other_store: SqlStore) -> None:
    assert postgres_store.scrub()
    postgres_store.put([profile("ana", "A")])
    before = _files(postgres_store)[0]
    assert postgres_store.scrub()
    assert _files(postgres_store)[0] == before
    postgres_store.delete(Kind.PROFILE, ["ana"])
    assert postgres_store.scrub()
    after = _files(postgres_store)[0]
    assert after != before
    assert postgres_store.scrub()
    assert other_store.scrub(), "what another process has done need not be done again"
    assert _files(postgres_store)[0] == after


def test_ids_that_the_log_forgets_are_scrubbed_too(postgres_store: SqlStore) -> None:
    _put_and_delete(postgres_store)
    assert postgres_store.scrub()
    before = _files(postgres_store, "change_log")
    assert "ana" in before[1]
    postgres_store.forget_deleted(up_to=postgres_store.last_sequence())
    assert postgres_store.scrub()
    assert "ana" not in _files(postgres_store, "change_log")[1]
    postgres_store.forget_deleted(up_to=postgres_store.last_sequence())
    after = _files(postgres_store, "change_log")[0]
    assert postgres_store.scrub()
    assert _files(postgres_store, "change_log")[0] == after, "there was nothing to forget"


def test_an_older_transaction_only_delays_it(
    postgres_store: SqlStore, other_store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    with other_store._database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM alembic_version"))
        _put_and_delete(postgres_store)
        before = _files(postgres_store)[0]
        assert not postgres_store.scrub()
        assert not postgres_store.scrub()
        assert _files(postgres_store)[0] == before, "the large tables are not written for nothing"
    assert postgres_store.scrub()
    assert WORD not in _files(postgres_store)[1]
    assert caplog.text.count("an open transaction") == 1


def test_a_table_in_use_only_delays_it(
    postgres_store: SqlStore, other_store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    _put_and_delete(postgres_store)
    with other_store._database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM document"))
        assert not postgres_store.scrub()
    assert postgres_store.scrub()
    assert WORD not in _files(postgres_store)[1]
    assert "in use without a pause" in caplog.text


@pytest.mark.parametrize("held", [TABLES[-1], "pg_catalog.pg_statistic"])
def test_what_is_done_is_not_done_again_while_another_table_is_in_use(
    postgres_store: SqlStore, other_store: SqlStore, held: str
) -> None:
    _put_and_delete(postgres_store)
    with other_store._database.reading() as reader:
        reader.execute(text(f"SELECT count(*) FROM {held}"))  # noqa: S608 - names of its own
        before = _files(postgres_store)[0]
        assert not postgres_store.scrub()
        after = _files(postgres_store)[0]
        assert after != before
        assert not postgres_store.scrub()
        assert not other_store.scrub(), "nor by another process"
        assert _files(postgres_store)[0] == after
    # Nor for what was deleted meanwhile, which has its own time.
    postgres_store.delete(Kind.PROFILE, ["bob"])
    assert postgres_store.scrub()
    assert _files(postgres_store)[0] == after
    assert postgres_store.scrub()
    assert _files(postgres_store)[0] != after


def _date_deletion(store: SqlStore, *, seconds_ago: float) -> None:
    """Have the first deletion be so long ago, and whatever was scrubbed before it longer."""
    with store._database.writing() as connection:
        connection.execute(text("UPDATE meta SET value = split_part(value, ' ', 1) WHERE key LIKE 'scrubbed%'"))
        connection.execute(
            text(
                "UPDATE meta SET value = split_part(value, ' ', 1) || ' ' || split_part(value, ' ', 2) || ' ' "
                "|| extract(epoch FROM clock_timestamp()) - :ago WHERE key = 'deleted'"
            ),
            {"ago": seconds_ago},
        )


def test_a_process_that_starts_leaves_what_is_left_its_time(postgres_store: SqlStore, other_store: SqlStore) -> None:
    _put_and_delete(postgres_store)
    before = _files(postgres_store)[0]
    assert not other_store.scrub(within_s=600)
    _date_deletion(postgres_store, seconds_ago=300)
    postgres_store.delete(Kind.PROFILE, ["bob"])
    assert not other_store.scrub(within_s=600)
    assert _files(postgres_store)[0] == before
    _date_deletion(postgres_store, seconds_ago=600)
    assert other_store.scrub(within_s=600)
    assert WORD not in _files(postgres_store)[1]


def test_what_is_deleted_while_tables_are_written_anew_has_its_own_time(
    postgres_store: SqlStore, other_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_and_delete(postgres_store)
    _date_deletion(postgres_store, seconds_ago=60)
    finish = other_store._remains._finish  # type: ignore[union-attr]

    def delete_first(*arguments: Any) -> None:
        postgres_store.delete(Kind.PROFILE, ["bob"])
        finish(*arguments)

    monkeypatch.setattr(other_store._remains, "_finish", delete_first)
    assert other_store.scrub(within_s=60)
    assert not postgres_store.scrub(within_s=60)
    assert postgres_store.scrub(within_s=0)


def test_a_clock_that_was_ahead_puts_nothing_off(postgres_store: SqlStore) -> None:
    _put_and_delete(postgres_store)
    _date_deletion(postgres_store, seconds_ago=-3600)
    assert postgres_store.scrub(within_s=60)


def test_processes_take_turns_and_the_second_finds_it_done(
    postgres_store: SqlStore, other_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put_and_delete(postgres_store)
    with other_store._database.maintaining() as turn:
        turn.execute(text(f"SELECT pg_advisory_lock({remains._ADVISORY_LOCK})"))
        assert not postgres_store.scrub()
    assert other_store.scrub()
    after = _files(postgres_store)[0]
    # What was deleted since the first call is not its business.
    other_store.delete(Kind.PROFILE, ["bob"])
    assert postgres_store.scrub()
    assert _files(postgres_store)[0] == after
    assert postgres_store.scrub()
    assert _files(postgres_store)[0] != after


def test_who_has_failed_does_not_try_again_at_once(postgres_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remains, "PAUSE_S", 60.0)
    _put_and_delete(postgres_store)
    with postgres_store._database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM document"))
        assert not postgres_store.scrub()
    assert not postgres_store.scrub()


@contextmanager
def _meeting_deadlocks(url: str, home: Path, *, times: int) -> Iterator[SqlStore]:
    """A store with something to scrub, one of whose indexes meets so many deadlocks when it is made anew."""
    store = open_store(url, home=home)
    _put_and_delete(store)
    function = (
        "CREATE FUNCTION meet(value text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN "
        f"IF nextval('public.calls') <= {times} THEN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END IF; "
        "RETURN value; END $$"
    )
    with store._database.writing() as connection:
        for order in (
            f"CREATE SEQUENCE calls START {times + 1}",
            function,
            "CREATE INDEX met ON document (meet(id))",
            "ALTER SEQUENCE calls RESTART WITH 1",
        ):
            connection.execute(text(order))
    yield store
    store.close()


def test_a_deadlock_is_tried_again_at_once(
    new_postgres_database: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _meeting_deadlocks(new_postgres_database(), tmp_path, times=remains.TRIES - 1) as store:
        assert store.scrub()
        assert WORD not in _files(store)[1]
    assert not caplog.text


def test_deadlock_upon_deadlock_only_delays_it(
    new_postgres_database: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with _meeting_deadlocks(new_postgres_database(), tmp_path, times=remains.TRIES + 1) as store:
        assert not store.scrub()
        assert "wait for each other's tables again and again" in caplog.text
        assert store.scrub()
        assert WORD not in _files(store)[1]


def test_what_is_not_due_is_not_asked_for_again_and_again(
    postgres_store: SqlStore, other_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remains, "PAUSE_S", 60.0)
    looks: list[str] = []
    _put_and_delete(postgres_store)
    event.listen(other_store._database._engine, "before_cursor_execute", lambda *told: looks.append(told[2]))
    assert not other_store.scrub(within_s=30)
    asked = len(looks)
    assert [other_store.scrub(within_s=30) for _ in range(20)] == [False] * 20
    assert len(looks) == asked > 0
    # Its time has come; or somebody wants it at once.
    monkeypatch.setattr(other_store._remains, "_oldest_at", time.monotonic() - 30)
    assert not other_store.scrub(within_s=30), "by the database's clock it has not"
    assert len(looks) == 2 * asked
    assert other_store.scrub(within_s=0)


def test_readers_and_writers_meet_no_error_meanwhile(postgres_store: SqlStore, other_store: SqlStore) -> None:
    postgres_store.put([profile(str(number), f"le {number}", title=f"le {number}") for number in range(200)])

    def use() -> None:
        for number in range(0, 60, 2):
            assert len(other_store.get(Kind.PROFILE, [str(number)])) == 1
            assert other_store.search_text(Kind.PROFILE, str(number))
            other_store.put([profile(str(number), f"{number} encore", title=f"le {number}")])

    with ThreadPoolExecutor(1) as threads:
        using = threads.submit(use)
        for number in range(101, 110):
            postgres_store.delete(Kind.PROFILE, [str(number)])
            postgres_store.scrub()
        using.result(timeout=60)
    assert postgres_store.scrub()
    assert postgres_store.count(Kind.PROFILE) == 191


def test_a_restored_database_may_come_from_a_server_with_higher_numbers(postgres_store: SqlStore) -> None:
    _put_and_delete(postgres_store)
    with postgres_store._database.writing() as connection:
        connection.execute(
            text("UPDATE meta SET value = split_part(value, ' ', 1) || ' 999999999999' WHERE key = 'deleted'")
        )
    assert postgres_store.scrub()
    assert WORD not in _files(postgres_store)[1]


def test_a_role_that_does_not_own_the_tables_never_thinks_that_it_has_scrubbed(
    new_postgres_database: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_postgres_database()
    owner = open_store(url, home=tmp_path)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN")
        connection.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guest")
        connection.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO guest")
    store = open_store(make_url(url).set(username="guest").render_as_string(hide_password=False), home=tmp_path)
    _put_and_delete(store)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (FREEZE)")
    assert not store.scrub()
    assert "another role's" in caplog.text
    assert owner.scrub()
    assert WORD not in _files(owner)[1]
    assert store.scrub(), "another role has"
    store.close()
    owner.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY guest")
        connection.execute("DROP ROLE guest")


def test_a_role_with_no_other_rights_scrubs_its_tables_and_says_what_is_left(
    new_postgres_database: Callable[[], str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = new_postgres_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("GRANT CREATE ON SCHEMA public TO plain")
    store = open_store(make_url(url).set(username="plain").render_as_string(hide_password=False), home=tmp_path)
    _put_and_delete(store)
    assert store.scrub()
    superuser = open_store(url, home=tmp_path)
    assert WORD not in _files(superuser)[1]
    superuser.close()
    store.close()
    assert "make this role the database's owner" in caplog.text
    assert caplog.text.count("may not ask for a checkpoint") == 1
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP OWNED BY plain")
        connection.execute("DROP ROLE plain")
