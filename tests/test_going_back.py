"""A database that is put back to an earlier state under running processes: none goes on with what it held before."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from matcher.core.access import Role, new_key
from matcher.core.domain import Kind, Outcome, ProfileId, Record
from matcher.core.errors import AnotherDatabase, ModelUnavailable, NotFound, StoreUnavailable, WentBack
from matcher.core.ports import Encoders
from matcher.core.storing import Change, Store
from matcher.engine import Matcher
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.earlier import kept
from tests.engines import ANA, BOB, DATA, KNOWN, TODAY, in_memory, profiles_of
from tests.fakes import FakeEncoder, FakeStore

CAM = replace(ANA, id=ProfileId("cam"))
NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAN = replace(ANA, id=ProfileId("dan"))


def _opened(store: Store, folder: Path) -> Matcher:
    """A process of its own on a database that others may use, too."""
    matcher = Matcher(
        store=store,
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=KNOWN,
        snapshots=Snapshots(folder),
        today=lambda: TODAY,
    )
    matcher.open()
    return matcher


def _shown(matcher: Matcher) -> set[str]:
    return {*profiles_of(matcher.candidates("data"))}


def test_after_a_restore_every_process_shows_what_the_database_holds(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = _opened(store, tmp_path / "here"), _opened(store, tmp_path / "there")
    here.put([DATA, ANA, BOB])
    put_back = kept(store, tmp_path)
    here.put([CAM, replace(ANA, headline="Juriste", summary="")])
    there.delete(Kind.PROFILE, "bob")
    here.follow()
    assert _shown(here) == _shown(there) == {"ana", "cam"}
    put_back()
    assert here.lag() == 3, "nothing of the log is applied that this was made of"
    for matcher in (here, there):
        assert matcher.follow() == 0
        assert matcher.lag() == 0
        assert _shown(matcher) == {"ana", "bob"}
        assert matcher.candidates("data").explanations[0].match.profile_id == "ana"
        assert matcher.fsck() == []
        with pytest.raises(NotFound):
            matcher.suggestions("cam")
    assert caplog.text.count("the database has gone back to an earlier state") == 2
    assert caplog.text.count("the index is made anew") == 4
    # And on from there.
    there.put([DAN])
    here.follow()
    assert _shown(here) == _shown(there) == {"ana", "bob", "dan"}


@pytest.mark.parametrize("others", range(4), ids=["below", "at", "right above", "above"])
def test_who_writes_first_after_a_restore_finds_out(store: Store, tmp_path: Path, others: int) -> None:
    here, there = _opened(store, tmp_path / "here"), _opened(store, tmp_path / "there")
    here.put([DATA])
    put_back = kept(store, tmp_path)
    for gone in (ANA, BOB):
        here.put([gone])
    put_back()
    for number in range(others):
        there.put([replace(CAM, id=ProfileId(f"other {number}"))])
    here.put([DAN])
    with pytest.raises(WentBack):
        here.candidates("data")
    here.follow()
    assert here.sequence == 2 + others
    assert _shown(here) == {"dan", *(f"other {number}" for number in range(others))}
    assert here.fsck() == []


def test_who_erases_first_after_a_restore_finds_out(store: Store, tmp_path: Path) -> None:
    here, there = _opened(store, tmp_path / "here"), _opened(store, tmp_path / "there")
    here.put([DATA, ANA, BOB])
    put_back = kept(store, tmp_path)
    here.put([CAM])
    there.follow()
    put_back()
    assert here.delete(Kind.PROFILE, "ana").sequence == 4
    with pytest.raises(WentBack):
        here.candidates("data")
    here.follow()
    assert _shown(here) == {"bob"}
    there.follow()
    assert _shown(there) == {"bob"}, "of another change with the same number"
    assert here.fsck() == there.fsck() == []


def test_a_database_that_is_put_back_to_nothing_shows_nobody(store: Store, tmp_path: Path) -> None:
    put_back = kept(store, tmp_path)
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA])
    put_back()
    assert matcher.lag() == 1, "something is to be done, though no change is new"
    matcher.catch_up()
    assert (matcher.count(Kind.POSTING), matcher.count(Kind.PROFILE), matcher.sequence, matcher.lag()) == (0, 0, 0, 0)
    matcher.put([DATA, BOB])
    assert _shown(matcher) == {"bob"}


def test_a_log_that_has_forgotten_who_was_deleted_has_not_gone_back(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = _opened(store, tmp_path / "here"), _opened(store, tmp_path / "there")
    here.put([DATA, ANA])
    there.follow()
    here.erase(Kind.PROFILE, "ana")
    assert store.changes(0)[-1].id == ""
    here.follow()
    there.follow()
    here.put([BOB])
    there.follow()
    assert _shown(here) == _shown(there) == {"bob"}
    assert "gone back" not in caplog.text


@pytest.fixture(params=[0, 1], ids=["shorter", "as long"])
def other_log(request: pytest.FixtureRequest) -> int:
    """How many changes a log that has gone back has got since."""
    return int(request.param)


def test_a_snapshot_is_never_of_the_index_before_the_restore(store: Store, tmp_path: Path, other_log: int) -> None:
    here, there = _opened(store, tmp_path / "here"), _opened(store, tmp_path / "there")
    here.put([DATA, ANA])
    put_back = kept(store, tmp_path)
    here.put([CAM])
    here.snapshot()
    put_back()
    there.put([replace(BOB, id=ProfileId(f"other {number}")) for number in range(other_log)])
    here.snapshot_if_behind()  # as a process does that stops
    again = _opened(store, tmp_path / "here")
    assert again.without_snapshot is None
    assert again.count(Kind.PROFILE) == 1 + other_log
    assert again.fsck() == []


class _WhenRead(FakeStore):
    """Calls what is set just after its log has been read, or only when that has shown that it has nothing new."""

    then: Callable[[], object] | None = None
    at_the_end = False

    def changes(self, after: int, *, limit: int = 10_000) -> list[Change]:
        found = super().changes(after, limit=limit)
        if (then := self.then) and (len(found) == 1 or not self.at_the_end):
            self.then = None
            then()
        return found


def test_a_snapshot_that_was_being_written_meanwhile_is_not_believed(tmp_path: Path) -> None:
    store = _WhenRead()
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])

    def another_history() -> None:
        put_back()
        _opened(store, tmp_path / "other").put([BOB])

    store.then = another_history
    matcher.snapshot()
    again = _opened(store, tmp_path)
    assert again.without_snapshot == "the snapshot belongs to another database"
    assert _shown(again) == {"ana", "bob"}


class _Scanned(FakeStore):
    """Calls what is set before it reads all its records of a kind."""

    first: Callable[[], object] | None = None

    def scan(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[Record]]:
        if self.first:
            self.first()
        return super().scan(kind, batch=batch)


def test_nobody_is_ranked_before_the_index_is_made_anew(tmp_path: Path) -> None:
    store = _Scanned()
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])
    matcher.candidates("data")  # keeps what explains it
    put_back()
    asked = 0

    def ask() -> None:
        nonlocal asked
        asked += 1
        assert matcher.went_back
        assert matcher.count(Kind.PROFILE) == 0
        assert matcher.record_at_hand(Kind.PROFILE, "cam") is None
        with pytest.raises(WentBack):
            matcher.rank(Kind.POSTING, "data", k=1)
        with pytest.raises(WentBack):
            matcher.ids(Kind.PROFILE)
        assert matcher.get(Kind.PROFILE, "ana") == ANA
        if asked == 1:
            raise StoreUnavailable("the database is away")

    store.first = ask
    with pytest.raises(StoreUnavailable, match="away"):
        matcher.follow()
    assert matcher.went_back, "still"
    with pytest.raises(WentBack):
        matcher.candidates("data")
    matcher.put([BOB])
    assert asked == 1, "who writes leaves it to whoever follows"
    matcher.follow()
    assert asked == 3
    assert _shown(matcher) == {"ana", "bob"}


def test_what_is_erased_while_the_index_is_made_anew_is_not_shown_when_it_is(tmp_path: Path) -> None:
    store = _Scanned()
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA, BOB])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])
    put_back()
    store.first = lambda: store.delete(Kind.PROFILE, ["bob"])
    matcher.follow()
    assert _shown(matcher) == {"ana"}
    assert matcher.fsck() == []


def test_who_writes_while_the_index_is_made_anew_does_not_wait_for_it(tmp_path: Path) -> None:
    store = _Scanned()
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA, BOB])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])
    put_back()
    written: list[object] = []

    def write() -> None:
        store.first = None
        with ThreadPoolExecutor(1) as threads:
            written.append(threads.submit(matcher.put, [DAN]).result(timeout=10))
            written.append(threads.submit(matcher.delete, Kind.PROFILE, "bob").result(timeout=10).sequence)

    store.first = write
    matcher.follow()
    assert written == [[Outcome.ACCEPTED], 5]
    assert _shown(matcher) == {"ana", "dan"}
    assert matcher.fsck() == []


def test_who_is_erased_at_the_last_moment_before_the_index_is_ready_is_not_in_it(tmp_path: Path) -> None:
    store = _WhenRead()
    store.at_the_end = True
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA, BOB])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])
    put_back()

    def erase() -> None:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(matcher.delete, Kind.PROFILE, "bob").result(timeout=10)

    store.then = erase
    matcher.follow()
    assert _shown(matcher) == {"ana"}


def test_the_snapshot_of_what_was_before_is_replaced_at_once(tmp_path: Path) -> None:
    matcher = in_memory(folder=tmp_path)
    store = matcher._store
    matcher.put([DATA, ANA])
    put_back = kept(store, tmp_path)
    matcher.put([CAM])
    matcher.snapshot()
    put_back()
    matcher.follow()
    assert matcher.sweep(within_s=600)
    assert not any('"cam"' in path.read_text(encoding="utf-8") for path in tmp_path.rglob("ids.json"))
    assert not matcher.sweep(within_s=600)


def test_nothing_is_written_to_another_database_at_the_same_address(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("here", "other")]
    for place in places:
        place.mkdir()
    with closing(_opened(open_store(None, home=places[1]), tmp_path)) as other:
        other.put([ANA])
    matcher = _opened(open_store(None, home=places[0]), tmp_path)
    matcher.put([DATA])
    key, _ = new_key(Role.PLATFORM, now=NOW, expires_at=NOW.replace(year=2027))
    here, there = (sqlite3.connect(place / "matcher.db") for place in places)
    there.backup(here)
    for write in (
        lambda: matcher.put([BOB]),
        lambda: matcher.insert(BOB),
        lambda: matcher.delete(Kind.PROFILE, ANA.id),
        lambda: matcher.keys.add(key),
        lambda: matcher.keys.revoke("0", now=NOW),
        lambda: matcher.feedback.add([]),
        lambda: matcher._store.add_vectors({"m": {b"0": np.ones(1, np.float32)}}),
        lambda: matcher._store.forget_deleted(up_to=1),
        lambda: matcher._store.drop_vectors(keep_models=()),
        lambda: matcher._store.rewrite_derived([]),
    ):
        with pytest.raises(AnotherDatabase):
            write()
    assert here.execute("SELECT id FROM document").fetchall() == [(ANA.id,)]
    assert here.execute("SELECT count(*) FROM change_log").fetchone() == (1,)
    for connection in (here, there):
        connection.close()
    matcher.close()


def test_who_is_erased_while_the_index_cannot_be_made_anew_is_erased_with_a_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FakeStore()
    matcher = _opened(store, tmp_path)
    matcher.put([DATA, ANA])
    put_back = kept(store, tmp_path)
    matcher.put([BOB])
    put_back()

    def away(*_: object, **__: object) -> None:
        raise ModelUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(matcher._follower._deriver, "all_made", away)
        assert matcher.delete(Kind.PROFILE, ANA.id).sequence == 3
        with pytest.raises(WentBack):
            matcher.candidates("data")
        with pytest.raises(ModelUnavailable):
            matcher.follow()
    matcher.follow()
    assert _shown(matcher) == set()


def test_another_database_at_the_same_address_is_not_taken_for_an_earlier_state(tmp_path: Path) -> None:
    store = FakeStore()
    matcher = _opened(store, tmp_path)
    put_back = kept(store, tmp_path)
    matcher.put([DATA, ANA])
    put_back()
    store.database_id = str(uuid4())
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="another one"):
            matcher.follow()
        with pytest.raises(WentBack):
            matcher.ids(Kind.PROFILE)
