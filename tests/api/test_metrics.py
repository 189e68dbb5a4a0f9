"""What Prometheus reads, and what it must not."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from api.problems import Cause
from matcher.core.access import Role, new_key
from matcher.core.domain import Profile, ProfileId
from matcher.core.errors import StoreUnavailable
from matcher.engine import Matcher
from tests.api.answers import CANARY
from tests.api.conftest import application, open_on
from tests.fakes import FakeStore

REFUSALS = "matcher_refusals_total"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _scrape(client: TestClient) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def _count(samples: Samples, route: str, method: str, status: str) -> float:
    labels = frozenset({"route": route, "method": method, "status": status}.items())
    return samples.get(("matcher_requests_total", labels), 0)


def _value(samples: Samples, name: str, /, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_every_request_is_counted_and_timed_under_its_route(client: TestClient) -> None:
    client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist"})
    for name in ("ana", "bob", "cam"):
        client.get(f"/v1/profiles/{name}")
    samples = _scrape(client)
    assert _count(samples, "/v1/profiles", "POST", "201") == 1
    assert _count(samples, "/v1/profiles/{profile_id}", "GET", "200") == 1
    assert _count(samples, "/v1/profiles/{profile_id}", "GET", "404") == 2
    named = {"route": "/v1/profiles/{profile_id}", "method": "GET"}
    assert _value(samples, "matcher_request_seconds_count", **named) == 3
    assert _value(samples, "matcher_request_seconds_bucket", **named, le="+Inf") == 3
    assert _value(samples, "matcher_requests_inside") == 1, "the one that asks"


def test_no_client_makes_series_or_writes_labels(client: TestClient) -> None:
    client.get(f"/v1/profiles/{CANARY}")
    client.get(f"/{CANARY}?{CANARY}={CANARY}", headers={"X-Request-Id": CANARY})
    before = len(_scrape(client))
    for number in range(20):
        client.request(f"M{CANARY}{number}", f"/{CANARY}/{number}")
    samples = _scrape(client)
    assert CANARY not in client.get("/metrics").text
    assert _count(samples, "none", "other", "404") == 20
    assert len(samples) - before < 60, "one lot of buckets more, and the scrape's own"


def test_the_index_its_model_and_its_lag_are_told(tmp_path: Path) -> None:
    other = open_on(tmp_path)
    with application(tmp_path, open_on(tmp_path), follow_seconds=60) as client:
        client.post("/v1/profiles", json={"id": "ana", "headline": "Data scientist"})
        samples = _scrape(client)
        assert _value(samples, "matcher_documents", kind="profile") == 1
        assert _value(samples, "matcher_documents", kind="posting") == 0
        assert _value(samples, "matcher_lag_changes") == 0
        assert _value(samples, "matcher_lag_seconds") == 0
        assert _value(samples, "matcher_model_info", name="fake") == 1
        assert _value(samples, "process_resident_memory_bytes") > 1e7
        other.put([Profile(ProfileId("bob"), "Juriste")])
        samples = _scrape(client)
        assert _value(samples, "matcher_lag_changes") == 1
        assert _value(samples, "matcher_lag_seconds") > 0
    other.close()


class _Away(FakeStore):
    away = False

    def last_sequence(self) -> int:
        if self.away:
            raise StoreUnavailable("the database cannot be reached")
        return super().last_sequence()


def test_figures_are_there_while_the_database_is_away(tmp_path: Path) -> None:
    store = _Away()
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        assert _value(_scrape(client), "matcher_database_up") == 1
        store.away = True
        samples = _scrape(client)
        assert _value(samples, "matcher_database_up") == 0
        assert _value(samples, "matcher_lag_changes") == -1
        assert "matcher_lag_seconds" not in {name for name, _ in samples}
        assert _value(samples, "matcher_documents", kind="profile") == 0
        store.away = False


def _refuse(*_: object, **__: object) -> NoReturn:
    raise StoreUnavailable("refused")


def _refusals(client: TestClient) -> dict[str, float]:
    found = {dict(labels)["cause"]: value for (name, labels), value in _scrape(client).items() if name == REFUSALS}
    assert found.keys() == {*Cause}, "each is there before it happens"
    return {cause: value for cause, value in found.items() if value}


def test_each_refusal_is_counted_by_its_cause(tmp_path: Path) -> None:
    with _closed(tmp_path, open_on(tmp_path), rate_per_minute=4, max_body_bytes=1000) as (client, keys):
        platform, organiser = ({"Authorization": f"Bearer {keys[role]}"} for role in (Role.PLATFORM, Role.ORGANISER))
        client.get("/v1/postings/p1")
        client.get("/v1/statistics", headers=platform)
        client.put("/v1/postings/p1", headers=platform, json={"id": "p1", "title": CANARY * 1000})
        client.get("/v1/postings/nothing", headers=platform)
        client.put("/v1/postings/p1", headers=platform, json={"id": "p1"})
        client.put("/v1/postings/p1", headers=platform, json={"id": "p1"})
        client.headers |= organiser
        assert _refusals(client) == {"credential": 1, "role": 1, "body": 1, "rate": 1}


def test_a_full_house_and_what_is_away_are_counted_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FakeStore()
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        assert isinstance(client.app, FastAPI)
        state = client.app.state
        posting = {"id": "p1", "title": "Data scientist"}
        client.post("/v1/postings", json=posting)
        with monkeypatch.context() as full:
            full.setattr(state.house, "_places", 0)
            client.get("/v1/postings/p1")
        with monkeypatch.context() as full:
            full.setattr(state.writers, "_most", 0)
            client.put("/v1/postings/p1", json=posting)
        with monkeypatch.context() as away:
            away.setattr(store, "search_text", _refuse)
            client.post("/v1/postings/search", json={"text": "data"})
        state.decisions.stop()
        client.get("/v1/postings/p1/candidates")
        assert _refusals(client) == {"busy": 1, "writes": 1, "database": 1, "decision_log": 1}


def test_what_takes_too_long_is_counted_as_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = open_on(tmp_path)
    monkeypatch.setattr(matcher, "search", lambda _: time.sleep(0.3))
    with application(tmp_path, matcher, request_seconds=0.1) as client:
        assert client.post("/v1/profiles/search", json={"text": "data"}).status_code == 503
        assert _refusals(client) == {"late": 1}


def test_the_rows_are_as_long_as_they_are(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        assert isinstance(client.app, FastAPI)
        state = client.app.state
        samples = _scrape(client)
        for name in ("requests_waiting", "bodies_waiting", "writes_waiting", "decision_log_waiting"):
            assert _value(samples, f"matcher_{name}") == 0
        assert _value(samples, "matcher_decision_log_up") == 1
        state.house.enter()
        state.house.enter().step_out()
        state.writers._inside += 2
        state.decisions._queue_size = 0
        samples = _scrape(client)
        assert _value(samples, "matcher_requests_waiting") == 1
        assert _value(samples, "matcher_bodies_waiting") == 1
        assert _value(samples, "matcher_writes_waiting") == 2
        assert _value(samples, "matcher_decision_log_up") == 0, "it takes no more"


def test_every_figure_is_documented_and_every_one_that_is_documented_is_there(client: TestClient) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = {
        name
        for row in re.findall(r"^\| (`(?:matcher|process)_.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`(\w+)", row)
    }
    served = {
        family.name + ("_total" if family.type == "counter" else "_info" if family.type == "info" else "")
        for family in text_string_to_metric_families(client.get("/metrics").text)
    }
    dates = {name for name in served if name.endswith("_created")}
    assert documented == served - dates


def test_every_cause_of_a_refusal_is_documented_and_every_one_that_is_documented_exists() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `matcher_refusals_total\{cause\}` \| (.*) \|$", page, re.MULTILINE)
    assert sorted(re.findall(r"`([a-z_]+)`", row)) == sorted(Cause)


def test_a_failure_counts_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matcher = open_on(tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(matcher, "get", fail)
    with application(tmp_path, matcher) as client:
        assert client.get("/v1/profiles/ana").status_code == 500
        samples = _scrape(client)
        assert _count(samples, "/v1/profiles/{profile_id}", "GET", "500") == 1
        assert _value(samples, "matcher_requests_inside") == 1


@contextmanager
def _closed(home: Path, matcher: Matcher, **settings: float) -> Iterator[tuple[TestClient, dict[Role, str]]]:
    now = datetime.now(UTC)
    texts = {}
    for role in Role:
        organisation = "dinum" if role is Role.RECRUITER else None
        key, texts[role] = new_key(role, now=now, expires_at=now + timedelta(days=1), organisation=organisation)
        matcher.keys.add(key)
    with application(home, matcher, **settings) as client:
        yield client, texts


def test_once_anybody_is_asked_who_they_are_figures_are_for_the_organisers(tmp_path: Path) -> None:
    with _closed(tmp_path, open_on(tmp_path)) as (client, keys):
        expected = {Role.ORGANISER: 200, Role.PLATFORM: 403, Role.RECRUITER: 403}
        for role, status in expected.items():
            answer = client.get("/metrics", headers={"Authorization": f"Bearer {keys[role]}"})
            assert answer.status_code == status
        assert client.get("/metrics").status_code == 401
        text = client.get("/metrics", headers={"Authorization": f"Bearer {keys[Role.ORGANISER]}"}).text
        assert not any(key in text for key in keys.values())
        assert 'route="none",status="401"' in text


def test_each_application_has_figures_of_its_own(tmp_path: Path) -> None:
    with (
        application(tmp_path / "a", open_on(tmp_path / "a")) as one,
        application(tmp_path / "b", open_on(tmp_path / "b")) as other,
    ):
        one.get("/v1/statistics")
        assert _count(_scrape(one), "/v1/statistics", "GET", "200") == 1
        assert _count(_scrape(other), "/v1/statistics", "GET", "200") == 0
