"""What is particular to SQLite: one file, which must hold what was acknowledged and nothing that was erased."""

import random
import resource
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import text

from matcher.core.domain import Kind, Record
from matcher.core.errors import StoreUnavailable
from matcher.core.storing import Operation
from matcher.stores import SqlStore, open_store
from tests.contracts.documents import MODEL, posting, profile, vectors_of

CANARY = "zxqcanarizxq"

WRITER = """
import itertools, pathlib, sys
from matcher.core.domain import Kind, Record
from matcher.stores import open_store
from tests.contracts.documents import MODEL, profile, vectors_of

store = open_store(None, home=pathlib.Path(sys.argv[1]))
for batch in itertools.count(int(sys.argv[2])):
    ids = [f"{batch}-{number}" for number in range(20)]
    if batch % 3 == 2:
        store.delete(Kind.PROFILE, [f"{batch - 1}-{number}" for number in range(20)])
        print("gone", batch - 1, flush=True)
    else:
        store.put([profile(id_, id_, id_, title=id_) for id_ in ids], vectors={MODEL: vectors_of(*ids)})
        print("kept", batch, flush=True)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def other(sqlite_store: SqlStore, home: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection to the same file."""
    connection = sqlite3.connect(home / "matcher.db", isolation_level=None)
    yield connection
    connection.close()


def _in_files(home: Path, words: str) -> list[str]:
    return [path.name for path in home.glob("matcher.db*") if words.encode() in path.read_bytes().lower()]


def _fill(store: SqlStore, count: int) -> None:
    chance = random.Random(0)  # noqa: S311 - repeatable, no secret
    for start in range(0, count, 100):
        store.put(
            [
                profile(f"{number}", " ".join(words), title=words[0], skills=" ".join(words[1:9]), body=" ".join(words))
                for number in range(start, start + 100)
                for words in [[f"mot{chance.randrange(2000)}" for _ in range(chance.randrange(1, 60))]]
            ]
        )


def test_the_file_is_set_up_to_survive_a_power_cut(sqlite_store: SqlStore) -> None:
    with sqlite_store._database.reading() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "busy_timeout": 30_000}


def test_nothing_of_an_erased_document_stays_in_the_files(sqlite_store: SqlStore, home: Path) -> None:
    _fill(sqlite_store, 300)
    words = {"title": f"un {CANARY}", "skills": CANARY, "body": f"le {CANARY} en prose " * 400}
    for number in range(12):
        sqlite_store.put([profile(f"canary {number}", words["body"], f"{CANARY} {number}", **words)])
        _fill(sqlite_store, 100 * (number % 2))
    assert _in_files(home, CANARY)
    ids = [f"canary {number}" for number in range(12)]
    assert sqlite_store.delete(Kind.PROFILE, ids[:4]) == ids[:4]
    assert _in_files(home, CANARY)
    assert sqlite_store.delete(Kind.PROFILE, ids) == ids[4:]
    assert _in_files(home, CANARY) == []


def test_nothing_of_what_an_update_replaced_outlives_the_documents_erasure(sqlite_store: SqlStore, home: Path) -> None:
    _fill(sqlite_store, 100)
    sqlite_store.put([posting("1", f"{CANARY} un", title=f"{CANARY} un", body=CANARY)])
    sqlite_store.put([posting("1", "autre", title="autre")])
    sqlite_store.delete(Kind.POSTING, ["1"])
    assert _in_files(home, CANARY) == []


def test_an_erased_vector_leaves_the_files(sqlite_store: SqlStore, home: Path) -> None:
    vectors = vectors_of("texte")
    sqlite_store.put([profile("ana", "A", "texte")], vectors={MODEL: vectors})
    raw = next(iter(vectors.values())).tobytes()
    assert any(raw in path.read_bytes() for path in home.glob("matcher.db*"))
    sqlite_store.delete(Kind.PROFILE, ["ana"])
    assert not any(raw in path.read_bytes() for path in home.glob("matcher.db*"))


def test_a_checkpoint_says_when_a_reader_stands_in_its_way(home: Path) -> None:
    store = open_store(None, home=home, busy_timeout_s=0.01)
    store.put([posting("1")])
    with store._database.reading() as connection:
        connection.execute(text("SELECT count(*) FROM document"))
        store.put([posting("2")])
        assert store.scrub() is False
    assert store.scrub() is True
    store.close()


def test_a_deletion_whose_checkpoint_finds_no_room_is_done_all_the_same(
    sqlite_store: SqlStore, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    _fill(sqlite_store, 100)
    assert sqlite_store.scrub()
    sqlite_store.put([posting(f"new-{number}", CANARY * 100) for number in range(100)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # No file may grow past where the database's ends; the log ends before that.
    resource.setrlimit(resource.RLIMIT_FSIZE, ((home / "matcher.db").stat().st_size, limits[1]))
    try:
        assert sqlite_store.delete(Kind.POSTING, ["new-1"]) == ["new-1"]
        assert not sqlite_store.scrub()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "stays in the write-ahead log for now" in caplog.text
    assert sqlite_store.get(Kind.POSTING, ["new-1"]) == {}
    assert sqlite_store.scrub()


def test_who_writes_reads_by_the_same_connection(home: Path) -> None:
    store = open_store(None, home=home, connections=1)
    store.put([posting("1")])
    seen: list[int] = []

    def guard(stored: Record | None) -> None:
        seen.append(store.last_sequence())

    assert store.delete(Kind.POSTING, ["1"], guard=guard) == ["1"]
    assert seen == [1]
    assert store.last_sequence() == 2
    store.close()


def test_a_reader_sees_one_snapshot_while_others_write(sqlite_store: SqlStore) -> None:
    count = text("SELECT count(*) FROM document")
    with sqlite_store._database.reading() as connection:
        assert connection.scalar(count) == 0
        sqlite_store.put([posting("1")])
        assert connection.scalar(count) == 0
    assert sqlite_store.count(Kind.POSTING) == 1


def test_a_write_that_fails_half_way_leaves_nothing(sqlite_store: SqlStore, other: sqlite3.Connection) -> None:
    sqlite_store.put([posting("1", "avant", title="avant")])
    other.execute("CREATE TRIGGER cut BEFORE INSERT ON change_log BEGIN SELECT RAISE(ABORT, 'power cut'); END")
    with pytest.raises(Exception, match="power cut"):
        sqlite_store.put([posting("1", "après", title="après"), posting("2")])
    with pytest.raises(Exception, match="power cut"):
        sqlite_store.delete(Kind.POSTING, ["1"])
    assert sqlite_store.get(Kind.POSTING, ["1", "2"]) == {"1": posting("1", "avant").record}
    assert [hit.id for hit in sqlite_store.search_text(Kind.POSTING, "avant après")] == ["1"]
    assert sqlite_store.search_text(Kind.POSTING, "après") == []


def test_a_lock_held_for_too_long_is_explained(home: Path) -> None:
    store = open_store(None, home=home, busy_timeout_s=0.05)
    with sqlite3.connect(home / "matcher.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked: another process holds it"):
            store.put([posting("1")])
        assert store.count(Kind.POSTING) == 0
        other.execute("ROLLBACK")
    other.close()
    store.put([posting("1")])
    assert store.count(Kind.POSTING) == 1
    store.close()


def test_a_write_waits_for_another_process(sqlite_store: SqlStore, other: sqlite3.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(sqlite_store.put, [posting("1")])
        time.sleep(0.05)
        assert not waiting.done()
        other.execute("COMMIT")
        waiting.result(timeout=30)
    assert sqlite_store.count(Kind.POSTING) == 1


def test_a_damaged_file_is_explained(home: Path) -> None:
    store = open_store(None, home=home)
    _fill(store, 300)
    store.close()
    path = home / "matcher.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    damaged = open_store(None, home=home)
    with pytest.raises(StoreUnavailable, match="malformed: move this file away"):
        list(damaged.scan(Kind.PROFILE))
    damaged.close()


def _copied(store: SqlStore, folder: Path) -> Path:
    copy = folder / "copy.db"
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
    return copy


def test_nothing_is_acknowledged_that_is_written_to_a_file_which_another_has_replaced(
    sqlite_store: SqlStore, home: Path
) -> None:
    sqlite_store.put([profile("kept")])
    copy = _copied(sqlite_store, home)
    sqlite_store.put([profile("late")])
    copy.rename(home / "matcher.db")
    writes = (
        lambda: sqlite_store.put([profile("lost")]),
        lambda: sqlite_store.insert(profile("lost")),
        lambda: sqlite_store.delete(Kind.PROFILE, ["late"]),
    )
    for call in (*writes, sqlite_store.last_sequence, lambda: sqlite_store.get(Kind.PROFILE, ["late"])):
        with pytest.raises(StoreUnavailable, match="another file has come in the place of the database"):
            call()
    sqlite_store.close()
    again = open_store(None, home=home)
    assert [record.id for records in again.scan(Kind.PROFILE) for record in records] == ["kept"], "and no log beside it"
    with again._database.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    again.close()


def test_a_write_during_which_the_file_is_replaced_is_not_acknowledged(sqlite_store: SqlStore, home: Path) -> None:
    sqlite_store.put([profile("kept")])
    copy = _copied(sqlite_store, home)

    def replace(_: object) -> None:
        copy.replace(home / "matcher.db")

    with pytest.raises(StoreUnavailable, match="another file"):
        sqlite_store.put([profile("kept", "anew")], guard=replace)
    sqlite_store.close()
    again = open_store(None, home=home)
    assert again.get(Kind.PROFILE, ["kept"]) == {"kept": profile("kept").record}
    again.close()


def test_no_log_is_left_beside_a_new_file_where_the_old_one_had_gone_and_come_back(
    sqlite_store: SqlStore, home: Path
) -> None:
    sqlite_store.put([profile("kept")])
    copy = _copied(sqlite_store, home)
    (home / "matcher.db").rename(home / "moved.db")
    with pytest.raises(StoreUnavailable, match="or none"):
        sqlite_store.count(Kind.PROFILE)
    (home / "moved.db").rename(home / "matcher.db")
    sqlite_store.put([profile("late")])
    copy.rename(home / "matcher.db")
    with pytest.raises(StoreUnavailable, match="another file"):
        sqlite_store.count(Kind.PROFILE)
    assert not (home / "matcher.db-wal").stat().st_size


def test_a_write_that_had_begun_when_another_thread_emptied_the_log_leaves_none(
    sqlite_store: SqlStore, home: Path
) -> None:
    sqlite_store.put([profile("kept")])
    copy = _copied(sqlite_store, home)

    def replace(_: object) -> None:
        copy.replace(home / "matcher.db")
        sqlite_store._database._is_log_left = False  # as whoever emptied it before this write's first page has left it

    with pytest.raises(StoreUnavailable, match="another file"):
        sqlite_store.put([profile("kept", "anew")], guard=replace)
    assert not (home / "matcher.db-wal").stat().st_size


def test_a_connection_that_is_opened_when_the_file_has_gone_makes_no_new_one(
    sqlite_store: SqlStore, home: Path
) -> None:
    sqlite_store.put([profile("kept")])
    with sqlite_store._database.reading():
        (home / "matcher.db").rename(home / "moved.db")
        with pytest.raises(StoreUnavailable, match="or none"):
            sqlite_store.count(Kind.PROFILE)
    assert not (home / "matcher.db").exists()
    (home / "moved.db").rename(home / "matcher.db")
    assert sqlite_store.count(Kind.PROFILE) == 1


def test_four_threads_writing_at_once_never_fail(sqlite_store: SqlStore) -> None:
    start = threading.Barrier(4)

    def write(thread: int) -> None:
        start.wait()
        for number in range(50):
            sqlite_store.put([profile("shared", f"{thread} {number}", title="shared"), profile(f"{thread} {number}")])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    changes = sqlite_store.changes(0)
    assert len(changes) == 2 * 4 * 50
    assert sqlite_store.count(Kind.PROFILE) == 4 * 50 + 1


def test_the_full_text_rows_and_the_records_agree(sqlite_store: SqlStore, other: sqlite3.Connection) -> None:
    _fill(sqlite_store, 300)
    sqlite_store.delete(Kind.PROFILE, [str(number) for number in range(0, 300, 7)])
    _fill(sqlite_store, 100)
    _assert_agreement(sqlite_store)
    for kind in Kind:
        # FTS5's own check: raises when the index and its content differ.
        other.execute(f"INSERT INTO full_text_{kind}(full_text_{kind}) VALUES ('integrity-check')")  # noqa: S608
    assert other.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_killed_process_loses_nothing_that_it_acknowledged(home: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - repeatable, no secret
    batch, alive = 0, set[int]()
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", WRITER, home, str(batch)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = list(islice(process.stdout, chance.randrange(1, 25)))
        time.sleep(chance.random() * 0.02)
        process.kill()
        said += [line for line in process.stdout if line.endswith("\n")]
        process.wait()
        process.stdout.close()
        for word, number in (line.split() for line in said):
            (alive.add if word == "kept" else alive.discard)(int(number))
        store = open_store(None, home=home)
        _assert_agreement(store)
        stored = {record.id for records in store.scan(Kind.PROFILE) for record in records}
        batches = {int(id_.split("-")[0]) for id_ in stored}
        assert len(stored) == 20 * len(batches), "a batch is there whole or not at all"
        # The last step may have been committed without having been acknowledged.
        assert len(batches ^ alive) <= 1
        alive = batches
        batch = 3 * (store.last_sequence() + 1)
        store.close()


def _assert_agreement(store: SqlStore) -> None:
    """The log, the records, their full-text rows and their vectors tell one story."""
    stored = {record.id for records in store.scan(Kind.PROFILE) for record in records}
    alive = set[str]()
    for change in store.changes(0, limit=1_000_000):
        (alive.add if change.operation is Operation.PUT else alive.discard)(change.id)
    assert stored == alive
    assert stored == {id_ for page in store.full_text(Kind.PROFILE) for id_, _ in page}
    with store._database.reading() as connection:
        orphans = text("SELECT count(*) FROM full_text_profile WHERE rowid NOT IN (SELECT number FROM document)")
        assert connection.scalar(orphans) == 0
        unlinked = text("SELECT count(*) FROM vector WHERE digest NOT IN (SELECT digest FROM facet_text)")
        assert connection.scalar(unlinked) == 0
        dangling = text("SELECT count(*) FROM facet_text WHERE number NOT IN (SELECT number FROM document)")
        assert connection.scalar(dangling) == 0
