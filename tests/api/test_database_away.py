"""A real PostgreSQL that has no connection left, hangs or is stopped: 503 and when to come again, never a 500.

And everything as before when it is back, with nobody's help.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.problems import AWAY
from matcher.cli import main
from matcher.compose import open_matcher
from matcher.engine import Matcher
from matcher.settings import Settings
from tests.api.answers import assert_problem

PATIENCE_S = 30.0
PERSON = {"id": "ana", "headline": "Data scientist", "visible_to_recruiters": True}


@contextmanager
def _running(home: Path, url: str, **settings: Any) -> Iterator[tuple[TestClient, Matcher]]:
    chosen = Settings(home=home, database_url=url, model="words", follow_seconds=0.1, **settings)
    matcher = open_matcher(chosen)
    with TestClient(create_app(chosen, matcher=matcher), raise_server_exceptions=False) as client:
        assert client.put("/v1/postings/p1", json={"id": "p1", "title": "Data scientist"}).is_success
        assert client.put("/v1/profiles/ana", json=PERSON).is_success
        assert len(client.get("/v1/postings/p1/candidates").json()["matches"]) == 1
        yield client, matcher


def _assert_away(answer: Response) -> None:
    assert_problem(answer, 503)
    assert answer.json()["detail"] == AWAY
    assert answer.headers["retry-after"] == "1"


def _calls(client: TestClient) -> list[Response]:
    """What needs the database: writing, searching, deleting, figures, whether it is ready."""
    return [
        client.put("/v1/profiles/ana", json={**PERSON, "summary": "Python"}),
        client.post("/v1/profiles/search", json={"text": "data"}),
        client.delete("/v1/profiles/nobody"),
        client.get("/v1/keys"),
        client.get("/health/ready"),
    ]


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)


def _until_ready(client: TestClient) -> None:
    _until(lambda: client.get("/health/ready").status_code == 200)


def test_one_connection_is_enough_for_a_caller_at_a_time(postgres_url: str, tmp_path: Path) -> None:
    with _running(tmp_path, postgres_url, database_connections=1) as (client, _):
        records = "".join(f'{{"id": "c{n}", "headline": "Data {n}"}}\n' for n in range(50))
        headers = {"Content-Type": "application/x-ndjson"}
        assert client.post("/v1/profiles/bulk", content=records, headers=headers).status_code == 200
        assert client.delete("/v1/profiles/c1").status_code == 200
        assert client.post("/v1/profiles/search", json={"text": "data"}).status_code == 200
        assert client.get("/v1/profiles/ana/export").status_code == 200
        assert client.get("/health/ready").json()["profiles"] == 50


@pytest.mark.parametrize("connections", [1, 2])
def test_a_service_without_a_free_connection_says_so_and_recovers(
    postgres_url: str, tmp_path: Path, connections: int
) -> None:
    with _running(tmp_path, postgres_url, database_connections=connections) as (client, matcher):
        with ExitStack() as held:
            for _ in range(connections):
                held.enter_context(matcher._store._database.reading())  # type: ignore[attr-defined] # by other requests
            started = time.monotonic()
            for answer in _calls(client):
                _assert_away(answer)
            assert time.monotonic() - started < PATIENCE_S, "nobody waits without end"
            assert client.get("/health/live").status_code == 200
            # Nobody can say whether a key has been revoked meanwhile: what is in memory is not shown either.
            _assert_away(client.get("/v1/postings/p1/candidates"))
            _assert_away(client.get("/v1/profiles/ana"))
            _assert_away(client.get("/metrics"))
        _until_ready(client)
        assert client.get("/v1/profiles/ana").status_code == 200


def test_a_service_whose_database_is_stopped_comes_back_with_it(stoppable_postgres: Any, tmp_path: Path) -> None:
    with _running(tmp_path, stoppable_postgres.get_uri()) as (client, _):
        _stop(stoppable_postgres)
        for answer in _calls(client):
            _assert_away(answer)
        assert client.get("/health/live").status_code == 200
        stoppable_postgres.ensure_postgres_running()
        _until_ready(client)
        assert client.get("/v1/profiles/ana").json()["summary"] == "", "what was refused was not stored"
        assert client.put("/v1/profiles/ana", json={**PERSON, "summary": "Python"}).status_code == 200


def _stop(server: Any) -> None:
    """At once; its own command waits until everybody has left."""
    os.kill(server.get_pid(), signal.SIGINT)
    server.get_postmaster_info().process.wait(PATIENCE_S)


def _ranked(client: TestClient) -> set[str] | None:
    """Return who is shown for the posting, None where nobody can be."""
    answer = client.get("/v1/postings/p1/candidates")
    if answer.status_code == 503:
        return None
    return {match["profile_id"] for match in answer.json()["matches"]}


def test_a_service_whose_database_is_replaced_by_an_older_copy_shows_what_that_holds(
    stoppable_postgres: Any, tmp_path: Path
) -> None:
    """As where a copy that lagged takes over, or the database is recovered up to a point in time."""
    url = stoppable_postgres.get_uri()
    data = Path(stoppable_postgres.pgdata)
    older = data.with_name("older")
    with _running(tmp_path / "one", url) as (one, _), _running(tmp_path / "other", url) as (other, _):
        one.put("/v1/profiles/bob", json={**PERSON, "id": "bob"})
        _stop(stoppable_postgres)
        subprocess.run(["cp", "-a", data, older], check=True)  # with owners and rights
        stoppable_postgres.ensure_postgres_running()
        _until_ready(one)
        for number in range(3):
            assert one.put(f"/v1/profiles/late{number}", json={**PERSON, "id": f"late{number}"}).status_code == 201
        late = {f"late{number}" for number in range(3)}
        _until(lambda: [_ranked(client) for client in (one, other)] == [{"ana", "bob", *late}] * 2)
        _stop(stoppable_postgres)
        shutil.rmtree(data)
        older.rename(data)
        stoppable_postgres.ensure_postgres_running()
        # Each finds out by itself, and whoever writes does at once.
        deadline = time.monotonic() + PATIENCE_S
        while (erased := one.delete("/v1/profiles/bob")).status_code == 503:
            assert time.monotonic() < deadline
        assert erased.status_code == 200
        _until(lambda: _ranked(one) == {"ana"})
        _until(lambda: _ranked(other) == {"ana"})
        assert other.put("/v1/profiles/new", json={**PERSON, "id": "new"}).status_code == 201
        assert other.get("/v1/profiles/new/suggestions").status_code == 200
        _until(lambda: [_ranked(client) for client in (one, other)] == [{"ana", "new"}] * 2)
        assert [client.get("/health/ready").json()["lag"] for client in (one, other)] == [0, 0]
    for home in ("one", "other"):
        variables = {"MATCHER_HOME": str(tmp_path / home), "MATCHER_DATABASE_URL": url, "MATCHER_MODEL": "words"}
        checked = CliRunner().invoke(main, ["fsck"], env=variables)
        assert checked.exit_code == 0, checked.output


def test_a_service_whose_connections_are_cut_goes_on(postgres_url: str, tmp_path: Path) -> None:
    with _running(tmp_path, postgres_url) as (client, _), psycopg.connect(postgres_url, autocommit=True) as other:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
        for _ in range(5):
            other.execute(cut, [other.info.dbname])
            assert [answer.status_code for answer in _calls(client)] == [200, 200, 404, 200, 200]


def test_a_write_that_waits_for_one_that_hangs_is_answered_in_time(postgres_url: str, tmp_path: Path) -> None:
    with (
        _running(tmp_path, postgres_url, request_seconds=0.5) as (client, _),
        psycopg.connect(postgres_url) as other,
        ThreadPoolExecutor(1) as threads,
    ):
        other.execute("SELECT pg_advisory_xact_lock(%s)", [0x6D61746368657221])
        waiting = threads.submit(client.put, "/v1/profiles/ana", json={**PERSON, "summary": "Python"})
        time.sleep(1.0)
        assert client.get("/v1/profiles/ana").status_code == 200, "who reads does not wait"
        other.rollback()
        answer = waiting.result(timeout=PATIENCE_S)
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "1"
        _until_ready(client)
