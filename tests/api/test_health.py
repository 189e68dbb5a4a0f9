"""Alive, ready, and following what other processes write."""

import errno
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import problems
from api.problems import AWAY, BEHIND
from api.routes import health
from matcher.core.domain import Kind, Outcome, Profile, ProfileId, Record
from matcher.core.errors import StoreUnavailable, WentBack
from matcher.core.storing import Change, Document
from matcher.engine import Matcher
from matcher.following import Follower
from matcher.stores import connecting, open_store
from tests.api.answers import assert_problem
from tests.api.conftest import application, open_on
from tests.earlier import kept
from tests.fakes import FakeStore

PATIENCE_S = 20
"""Far more than it takes: a test must not fail because the machine is busy."""


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def _profile(id_: str) -> Profile:
    return Profile(ProfileId(id_), "Data scientist", visible_to_recruiters=True)


def test_a_running_process_is_alive(client: TestClient) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_a_ready_process_says_what_it_holds(client: TestClient) -> None:
    client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist"})
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "model": "fake", "postings": 0, "profiles": 1, "lag": 0, "writes": "ok"}


def test_a_process_that_stays_behind_the_database_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_on(tmp_path)
    with application(tmp_path, open_on(tmp_path), follow_seconds=60) as client:
        other.put([_profile("ana"), _profile("bob")])
        assert client.get("/health/ready").json()["lag"] == 2
        assert client.get("/health/ready").status_code == 200  # a moment's lag is not a failure
        monkeypatch.setattr(health, "PATIENCE_S", 0.0)
        behind = client.get("/health/ready")
        assert (behind.headers["content-type"], behind.headers["retry-after"]) == ("application/problem+json", "1")
        held = {"model": "fake", "postings": 0, "profiles": 0, "lag": 2, "writes": "ok"}
        title, detail = "Service Unavailable", BEHIND
        assert behind.json() == {"type": "about:blank", "title": title, "status": 503, "detail": detail, **held}
        french = client.get("/health/ready", headers={"Accept-Language": "fr"})
        assert french.json()["detail"].startswith("l’index est en retard")
        assert client.head("/health/ready").status_code == 503
        # Its own write brings it up to date.
        client.post("/v1/profiles", json={"id": "cam", "headline": "Juriste"})
        assert client.get("/health/ready").json()["profiles"] == 3
    other.close()


def test_a_process_that_cannot_follow_is_not_ready_and_ranks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with application(tmp_path, open_on(tmp_path), follow_seconds=60) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        assert client.get("/v1/postings/p1/candidates").status_code == 200
        monkeypatch.setattr(Matcher, "is_stale", True)
        monkeypatch.setattr(Follower, "is_stale", True)
        for path in ("/health/ready", "/v1/postings/p1/candidates", "/v1/postings/p1/candidates?top=02"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["detail"]) == (503, BEHIND)
            assert answer.headers["retry-after"] == "1"
        assert client.get("/v1/postings/p1").status_code == 200, "from the database"


def test_another_process_s_writes_become_visible(tmp_path: Path) -> None:
    other = open_on(tmp_path)
    with application(tmp_path, open_on(tmp_path)) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})

        def shown() -> list[str]:
            matches = client.get("/v1/postings/p1/candidates").json()["matches"]
            return [match["profile_id"] for match in matches]

        assert shown() == []
        other.put([_profile("ana")])
        _until(lambda: shown() == ["ana"])
        other.delete(Kind.PROFILE, "ana")
        _until(lambda: shown() == [])
    other.close()


class _Faltering(FakeStore):
    """Fails to read its change log as often as it is told."""

    failures: list[Exception]

    def changes(self, after: int, *, limit: int = 10_000) -> list[Change]:
        if getattr(self, "failures", None):
            raise self.failures.pop()
        return super().changes(after, limit=limit)


def test_while_the_disk_refuses_the_decision_log_it_is_not_ready(
    tmp_path: Path, matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.decisions.log.RETRY_S", 0.01)

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "")

    def ready() -> int:
        return client.get("/health/ready").status_code

    with application(tmp_path, matcher) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        assert isinstance(client.app, FastAPI)
        with monkeypatch.context() as full:
            full.setattr(client.app.state.decisions, "_append", refuse)
            assert client.get("/v1/postings/p1/candidates").status_code == 200  # nobody has found out yet
            _until(lambda: ready() == 503)
            answer = client.get("/health/ready")
            assert_problem(answer, 503)
            assert answer.json()["detail"].startswith("the decision log cannot be written")
            assert answer.headers["retry-after"] == "1"
            french = client.get("/health/ready", headers={"Accept-Language": "fr"})
            assert french.json()["detail"].startswith("le journal des décisions ne peut être écrit")
            assert "matcher_decision_log_up 0.0" in client.get("/metrics").text
            assert client.get("/health/live").status_code == 200
        _until(lambda: ready() == 200)


class _Fatal(BaseException):
    """What ends a thread without being caught."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_when_the_decision_log_s_writer_has_died_it_is_not_ready_and_no_ranking_is_shown(
    tmp_path: Path, matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise _Fatal

    with application(tmp_path, matcher) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        assert isinstance(client.app, FastAPI)
        monkeypatch.setattr(client.app.state.decisions, "_append", die)
        client.get("/v1/postings/p1/candidates")
        _until(lambda: client.get("/health/ready").status_code == 503)
        assert_problem(client.get("/v1/postings/p1/candidates"), 503)


def test_where_no_decision_log_is_kept_none_is_missed(tmp_path: Path, matcher: Matcher) -> None:
    with application(tmp_path, matcher, decision_log="off") as client:  # type: ignore[arg-type] # not only numbers
        assert client.get("/health/ready").status_code == 200
        assert "matcher_decision_log" not in client.get("/metrics").text


def test_following_goes_on_while_the_files_are_cleared_of_what_was_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, matcher = open_on(tmp_path), open_on(tmp_path)
    begun, ended = threading.Event(), threading.Event()

    def clear(*, within_s: float) -> bool:
        begun.set()
        return ended.wait(PATIENCE_S) and within_s > 0

    monkeypatch.setattr(matcher, "sweep", clear)
    with application(tmp_path, matcher, follow_seconds=0.01) as client:
        try:
            assert begun.wait(PATIENCE_S)
            other.put([_profile("ana")])
            _until(lambda: client.get("/health/ready").json().get("profiles") == 1)
        finally:
            ended.set()


@pytest.mark.parametrize("failure", [StoreUnavailable("the database is away"), RuntimeError("a bug")])
def test_following_goes_on_after_a_failure(
    tmp_path: Path, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store = _Faltering()
    with (
        caplog.at_level(logging.WARNING, logger="api.app"),
        application(tmp_path, open_on(tmp_path, store=store), follow_seconds=0.01) as client,
    ):
        store.failures = [failure]
        _until(lambda: not store.failures)
        open_on(tmp_path / "other", store=store).put([_profile("ana")])
        _until(lambda: client.get("/health/ready").json()["profiles"] == 1)
    assert "following the change log" in caplog.text


def test_a_snapshot_that_cannot_be_written_does_not_keep_the_application_from_stopping(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "snapshots").write_text("a file in the way", encoding="ascii")
    with application(tmp_path, open_on(tmp_path)) as client:
        assert client.get("/health/live").status_code == 200
    assert "the snapshot of the index could not be written" in caplog.text


def test_a_full_disk_refuses_writes_alone_and_that_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(None, home=tmp_path, connections=1)

    def let_grow(pages: int) -> None:
        with store._database.writing() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist", "visible_to_recruiters": True})
        let_grow(1)  # it has more, and gets no further one: what SQLite says is what it does on a full disk
        monkeypatch.setattr(problems, "_told_at", -problems.TOLD_EVERY_S)
        large = {"id": "bob", "headline": "Juriste", "summary": "Du droit public. " * 5000}
        refused = client.put("/v1/profiles/bob", json=large)
        assert_problem(refused, 503)
        assert refused.json()["detail"] == problems.FULL
        assert refused.headers["retry-after"] == "1"
        assert "free some space" in caplog.text
        assert str(tmp_path) not in refused.text
        many = client.post(
            "/v1/profiles/bulk", content=json.dumps(large), headers={"Content-Type": "application/x-ndjson"}
        )
        assert many.status_code == 503
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"], answer.json()["writes"]) == (200, "ok", "refused")
        assert "matcher_writes_up 0.0" in client.get("/metrics").text
        assert len(client.get("/v1/postings/p1/candidates").json()["matches"]) == 1
        same = {"id": "ana", "headline": "Data scientist", "visible_to_recruiters": True}
        assert client.put("/v1/profiles/ana", json=same).status_code == 200
        assert client.get("/health/ready").json()["writes"] == "refused", "what changed nothing wrote nothing"
        let_grow(1_000_000)
        assert client.get("/health/ready").json()["writes"] == "refused", "nobody has tried again"
        assert client.put("/v1/profiles/bob", json=large).status_code == 201
        assert client.get("/health/ready").json()["writes"] == "ok"
        assert "matcher_writes_up 1.0" in client.get("/metrics").text


def test_writes_are_taken_again_once_any_has_changed_something(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> list[Outcome]:
        raise StoreUnavailable("it is locked")

    with application(tmp_path, open_on(tmp_path), follow_seconds=60) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist", "visible_to_recruiters": True})
        shown = client.get("/v1/postings/p1/candidates").headers["x-request-id"]
        event = {"posting_id": "p1", "profile_id": "ana", "event": "opened", "position": 1}
        told = {"request_id": shown, "asks": "posting", "events": [event]}
        key = f"/v1/keys/{client.post('/v1/keys', json={'organisation': 'dinum'}).json()['id']}"

        def writes_after(method: str, path: str, **sent: object) -> str:
            with monkeypatch.context() as locked:
                locked.setattr(client.app.state.matcher, "put", away)  # type: ignore[attr-defined]
                assert client.put("/v1/profiles/bob", json={"id": "bob", "headline": "Juriste"}).status_code == 503
            assert client.get("/health/ready").json()["writes"] == "refused"
            assert client.request(method, path, **sent).is_success  # type: ignore[arg-type]
            return str(client.get("/health/ready").json()["writes"])

        assert writes_after("POST", "/v1/feedback", json=told) == "ok"
        assert writes_after("POST", "/v1/feedback", json=told) == "refused", "it was there already: nothing was written"
        assert writes_after("POST", "/v1/keys", json={"organisation": "dinum"}) == "ok"
        assert writes_after("DELETE", key) == "ok"
        assert writes_after("DELETE", key) == "refused"


def test_that_no_connection_is_free_is_no_refusal_of_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "_POOL_TIMEOUT_S", 0.1)
    store = open_store(None, home=tmp_path, connections=1)
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist"})
        with store._database.reading():
            assert client.put("/v1/profiles/ana", json={"id": "ana", "headline": "Juriste"}).status_code == 503
        assert client.get("/health/ready").json()["writes"] == "ok"


class _Slow(FakeStore):
    """Reads all its records only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_scan = threading.Event()
        self.may_scan.set()

    def scan(self, kind: Kind, *, batch: int = 1000) -> Iterator[list[Record]]:
        assert self.may_scan.wait(PATIENCE_S)
        return super().scan(kind, batch=batch)


def test_a_database_that_goes_back_is_shown_as_it_is_and_until_then_no_ranking_is(tmp_path: Path) -> None:
    store = _Slow()
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=0.01) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        store.put([Document(_profile("ana"))])
        put_back = kept(store, tmp_path)
        store.put([Document(_profile("late"))])
        _until(lambda: len(client.get("/v1/postings/p1/candidates").json()["matches"]) == 2)
        assert client.get("/v1/profiles/late").status_code == 200
        store.may_scan.clear()
        put_back()
        _until(lambda: client.get("/health/ready").status_code == 503)
        for path in ("/health/ready", "/v1/postings/p1/candidates", "/v1/profiles/late/suggestions", "/v1/statistics"):
            answer = client.get(path)
            assert_problem(answer, 503)
            assert answer.json()["detail"] == str(WentBack())
            assert answer.headers["retry-after"] == "1"
        assert [client.get(f"/v1/profiles/{name}").status_code for name in ("ana", "late")] == [200, 404]
        assert client.get("/recruiter/postings/p1").status_code == 503
        person = {"id": "meanwhile", "headline": "Data scientist"}
        assert client.put("/v1/profiles/meanwhile", json=person).status_code == 201, "stored, and told so at once"
        assert client.delete("/v1/profiles/meanwhile").json()["change"] == 4
        figures = client.get("/metrics").text
        assert 'matcher_documents{kind="profile"} 0.0' in figures
        assert "matcher_lag_changes 4.0" in figures
        assert client.get("/health/live").status_code == 200
        store.may_scan.set()
        _until(lambda: client.get("/health/ready").status_code == 200)
        assert [match["profile_id"] for match in client.get("/v1/postings/p1/candidates").json()["matches"]] == ["ana"]
        assert client.put("/v1/profiles/new", json={"id": "new", "headline": "Data scientist"}).status_code == 201
        assert client.get("/v1/profiles/new/suggestions").status_code == 200


@pytest.mark.parametrize("is_own", [True, False], ids=["an earlier copy", "another database"])
def test_a_file_that_is_put_in_the_database_s_place_takes_no_write_and_the_log_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_own: bool
) -> None:
    copy = tmp_path / "copy.db"
    opened = tmp_path / "opened"
    with application(opened, open_on(opened), follow_seconds=0.01) as client:
        assert client.put("/v1/profiles/ana", json={"id": "ana", "headline": "Data scientist"}).status_code == 201
        if is_own:
            with closing(sqlite3.connect(opened / "matcher.db")) as connection:
                connection.execute("VACUUM INTO ?", [str(copy)])
            copy.rename(opened / "matcher.db")
        else:
            open_on(tmp_path / "other").close()
            with (
                closing(sqlite3.connect(tmp_path / "other" / "matcher.db")) as other,
                closing(sqlite3.connect(opened / "matcher.db")) as here,
            ):
                other.backup(here)
        for answer in (
            client.put("/v1/profiles/bob", json={"id": "bob", "headline": "Data scientist"}),
            client.delete("/v1/profiles/ana"),
        ):
            assert_problem(answer, 503)
            assert answer.json()["detail"] == AWAY
            assert answer.headers["retry-after"] == "1"
        _until(lambda: client.get("/health/ready").status_code == 503)
        _until(lambda: client.get("/v1/profiles/ana/suggestions").status_code == 503)
    assert ("another file has come in the place" if is_own else "the database is another one") in caplog.text


class _Broken(FakeStore):
    """Raises one error at whatever is asked of it, once it is open."""

    failure: Exception | None = None

    def last_sequence(self) -> int:
        if self.failure:
            raise self.failure
        return super().last_sequence()


def test_without_its_database_it_is_not_ready(tmp_path: Path) -> None:
    store = _Broken()
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        store.failure = StoreUnavailable("the database cannot be reached: check that it runs")
        answer = client.get("/health/ready")
        assert_problem(answer, 503)
        assert answer.json()["detail"] == AWAY
        assert client.get("/health/live").status_code == 200
        store.failure = None


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_the_application_opens_what_its_settings_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.app import create_app

    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    with TestClient(create_app()) as client:
        assert isinstance(client.app.state.matcher, Matcher)  # type: ignore[attr-defined] # a FastAPI
        assert client.get("/health/ready").json()["model"] == "words"
    assert (tmp_path / "home" / "matcher.db").exists()
