"""What a person may ask for: all that is held on them, who was shown them, and to be erased, with a receipt."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import keyring
from api.app import create_app
from matcher.core.access import Role, new_key
from matcher.core.domain import Profile, ProfileId
from matcher.core.scoring import ASPECTS
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.engine import Matcher
from matcher.settings import Settings
from tests.api.answers import CANARY, assert_problem
from tests.api.conftest import application, open_on

POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}}
PATIENCE_S = 20


def _person(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "headline": "Data scientist", "visible_to_recruiters": True, **more}


@contextmanager
def _asked_by_two(home: Path, matcher: Matcher) -> Iterator[tuple[TestClient, dict[str, str], dict[str, str]]]:
    """A service that asks everyone who they are; what the platform and a recruiter send."""
    now, headers = datetime.now(UTC), {}
    for role, organisation in ((Role.PLATFORM, None), (Role.RECRUITER, "dinum")):
        key, text = new_key(role, now=now, expires_at=now + timedelta(days=1), organisation=organisation)
        matcher.keys.add(key)
        headers[role] = {"Authorization": f"Bearer {text}"}
    with application(home, matcher) as client:
        yield client, headers[Role.PLATFORM], headers[Role.RECRUITER]


def _shown(client: TestClient, path: str, *, count: int, **headers: Any) -> list[dict[str, Any]]:
    """What an export says of showings, when the log's writer has come so far."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found: list[dict[str, Any]] = client.get(path, **headers).json()["shown"]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def test_an_export_says_to_whom_a_person_was_shown(tmp_path: Path) -> None:
    with _asked_by_two(tmp_path, open_on(tmp_path)) as (client, platform, recruiter):
        client.post("/v1/postings", json=POSTING, headers=platform)
        for id_ in ("ana", "bob"):
            client.post("/v1/profiles", json=_person(id_), headers=platform)
        client.post("/v1/profiles", json=_person("cam", hidden_from=["dinum"]), headers=platform)
        asked = datetime.now(UTC)
        answer = client.get("/v1/postings/p1/candidates", headers=recruiter).json()
        client.post("/v1/profiles/search", json={"text": "data scientist"}, headers=recruiter)
        client.get("/v1/profiles/ana/suggestions", headers=platform)
        shown = _shown(client, "/v1/profiles/ana/export", count=3, headers=platform)
        assert [(one["call"], one["role"], one["organisation"], one["posting_id"]) for one in shown] == [
            ("candidates", "recruiter", "dinum", "p1"),
            ("search", "recruiter", "dinum", None),
            ("suggestions", "platform", None, None),
        ]
        ranks = {match["profile_id"]: match["rank"] for match in answer["matches"]}
        assert shown[0]["rank"] == ranks["ana"]
        assert shown[2]["rank"] is None, "it was their own answer"
        assert all(asked - timedelta(seconds=1) <= datetime.fromisoformat(one["at"]) for one in shown)
        assert _shown(client, "/v1/profiles/cam/export", count=0, headers=platform) == []


def test_an_export_says_who_read_a_record_and_who_was_shown_it_beside_a_closed_posting(tmp_path: Path) -> None:
    with _asked_by_two(tmp_path, open_on(tmp_path)) as (client, platform, recruiter):
        client.post("/v1/postings", json=POSTING, headers=platform)
        for id_ in ("ana", "bob"):
            client.post("/v1/profiles", json=_person(id_), headers=platform)
        client.post("/v1/profiles", json=_person("cam", hidden_from=["dinum"]), headers=platform)
        event = {"posting_id": "p1", "profile_id": "ana", "event": "applied"}
        client.post("/v1/feedback", json={"asks": "posting", "events": [event]}, headers=platform)
        tag = client.get("/v1/profiles/ana", headers=recruiter).headers["etag"]
        assert client.get("/v1/profiles/ana?", headers={**recruiter, "If-None-Match": '"x"'}).headers["etag"] == tag
        assert client.get("/recruiter/profiles/ana", headers=recruiter).status_code == 200
        client.put("/v1/postings/p1", json={**POSTING, "status": "closed"}, headers=platform)
        assert "/candidates/ana" in client.get("/recruiter/postings/p1", headers=recruiter).text
        for caller, id_ in ((platform, "ana"), (recruiter, "cam"), (platform, "cam")):
            assert client.get(f"/v1/profiles/{id_}", headers=caller).is_success == (caller is platform)
        client.head("/v1/profiles/ana", headers=recruiter)
        client.get("/v1/profiles/bob", headers=recruiter)
        assert len(_shown(client, "/v1/profiles/bob/export", count=1, headers=platform)) == 1
        shown = client.get("/v1/profiles/ana/export", headers=platform).json()["shown"]
        assert [(one["call"], one["role"], one["organisation"], one["posting_id"], one["rank"]) for one in shown] == [
            *[("record", "recruiter", "dinum", None, None)] * 3,
            ("people of whom something was recorded", "recruiter", "dinum", "p1", None),
        ]
        assert client.get("/v1/profiles/cam/export", headers=platform).json()["shown"] == []


def test_an_export_holds_what_was_recorded_about_a_person_and_nobody_else(client: TestClient, matcher: Matcher) -> None:
    client.post("/v1/postings", json=POSTING)
    for id_ in ("ana", "bob"):
        client.post("/v1/profiles", json=_person(id_))
    events = [{"posting_id": "p1", "profile_id": id_, "event": "opened", "position": 2} for id_ in ("ana", "bob")]
    client.post("/v1/feedback", json={"asks": "posting", "request_id": "r1", "events": events})
    held = client.get("/v1/profiles/ana/export").json()
    (said,) = held["feedback"]
    assert datetime.now(UTC) - datetime.fromisoformat(said.pop("at")) < timedelta(minutes=1)
    weights = {name: getattr(matcher.weights, name) for name in ASPECTS}
    assert said == {
        "asks": "posting",
        "posting_id": "p1",
        "event": "opened",
        "position": 2,
        "request_id": "r1",
        "weights": weights,
        "organisation": "dinum",
    }
    assert held["profile"]["id"] == "ana"
    assert "bob" not in str(held)


def test_an_export_says_when_the_record_was_written(client: TestClient) -> None:
    before = datetime.now(UTC)
    for headline in ("DSI", "DSI", "RSSI"):
        client.put("/v1/profiles/ana", json=_person("ana", headline=headline))
        client.put("/v1/profiles/bob", json=_person("bob"))
    changes = client.get("/v1/profiles/ana/export").json()["changes"]
    assert [(one["change"], one["operation"]) for one in changes] == [(1, "put"), (3, "put")]
    first, last = (datetime.fromisoformat(one["at"]) for one in changes)
    assert before <= first <= last <= datetime.now(UTC)


def test_an_export_reads_nothing_that_was_recorded_about_others(
    client: TestClient, matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/v1/profiles", json=_person("ana"))
    monkeypatch.setattr(type(matcher.feedback), "scan", None)
    assert client.get("/v1/profiles/ana/export").json()["feedback"] == []


def test_without_a_decision_log_an_export_says_that_nobody_knows(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, decision_log="off")
    with TestClient(create_app(settings, matcher=open_on(tmp_path))) as client:
        client.post("/v1/profiles", json=_person("ana"))
        assert client.get("/v1/profiles/ana/export").json()["shown"] is None


def test_a_damaged_decision_log_makes_no_export_that_looks_whole(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        client.post("/v1/postings", json=POSTING)
        client.post("/v1/profiles", json=_person("ana"))
        client.get("/v1/postings/p1/candidates")
        assert len(_shown(client, "/v1/profiles/ana/export", count=1)) == 1
    (segment,) = (tmp_path / "decisions").glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b'"candidates"', b'"suggestions"'))
    with application(tmp_path, open_on(tmp_path)) as client:
        assert_problem(client.get("/v1/profiles/ana/export"), 503)


def test_a_line_that_a_crash_cut_off_keeps_nobody_from_their_export(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        client.post("/v1/postings", json=POSTING)
        client.post("/v1/profiles", json=_person("ana"))
        for _ in range(2):
            client.get("/v1/postings/p1/candidates")
        assert len(_shown(client, "/v1/profiles/ana/export", count=2)) == 2
    (segment,) = (tmp_path / "decisions").glob("*.jsonl")
    *whole, _closing = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(whole)[:-10])
    with application(tmp_path, open_on(tmp_path)) as client:
        assert len(_shown(client, "/v1/profiles/ana/export", count=1)) == 1


def test_a_receipt_names_the_erasure_and_not_the_person(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path), erasure_seconds=60) as client:
        client.post("/v1/profiles", json=_person(CANARY, summary=CANARY))
        before = datetime.now(UTC)
        receipt = client.delete(f"/v1/profiles/{CANARY}")
        content = receipt.json()
        assert CANARY not in receipt.text
        assert content["pseudonym"] == open_pseudonyms(tmp_path).of_profile(CANARY)
        assert content["change"] == 2
        erased_at, clear_by = (datetime.fromisoformat(content[name]) for name in ("erased_at", "files_clear_by"))
        assert before <= erased_at <= datetime.now(UTC)
        assert clear_by - erased_at == timedelta(seconds=60)
        assert_problem(client.delete(f"/v1/profiles/{CANARY}"), 404)


def test_a_consent_of_a_day_to_come_is_refused_and_one_that_was_taken_before_is_still_shown(tmp_path: Path) -> None:
    late = datetime.now(UTC).date() + timedelta(days=3)
    matcher = open_on(tmp_path)
    matcher.put([Profile(ProfileId("ana"), "Data scientist", consented_at=late)])
    with application(tmp_path, matcher) as client:
        refused = client.put(
            "/v1/profiles/ana", json=_person("ana", consented_at=late.isoformat()), headers={"accept-language": "fr"}
        )
        assert refused.status_code == 422
        assert "consented_at" in refused.text
        assert "est dans l’avenir" in refused.text
        assert client.get("/v1/profiles/ana").json()["consented_at"] == late.isoformat()
        assert client.get("/v1/profiles/ana/export").json()["profile"]["consented_at"] == late.isoformat()


def test_who_has_no_credential_takes_nobodys_place_and_is_told_so_however_many_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FRESH_S", "UNKNOWN_FRESH_S"):  # else one look in a while takes a place
        monkeypatch.setattr(keyring, name, 600)
    with _asked_by_two(tmp_path, open_on(tmp_path)) as (client, platform, _):
        key, secret = platform["Authorization"].rsplit("_", 1)
        assert client.get("/v1/postings", headers=platform).status_code == 200
        app: Any = client.app
        house = app.state.house
        while not house.is_full:
            house.enter()
        assert_problem(client.get("/v1/postings", headers=platform), 503)
        for given in (None, "Bearer", "Basic YTpi", "Bearer zorglub", f"{key}_{secret[::-1]}", f"{key[:-1]}_{secret}"):
            headers = {} if given is None else {"Authorization": given}
            assert_problem(client.get("/v1/postings", headers=headers), 401)


def test_a_key_that_was_made_a_moment_ago_is_not_taken_for_an_unknown_one(tmp_path: Path) -> None:
    matcher = open_on(tmp_path)
    with _asked_by_two(tmp_path, matcher) as (client, platform, _):
        now = datetime.now(UTC)
        for _ in range(10):
            assert client.get("/v1/postings", headers=platform).status_code == 200
            key, text = new_key(Role.PLATFORM, now=now, expires_at=now + timedelta(days=1))
            matcher.keys.add(key)
            time.sleep(0.06)
            assert client.get("/v1/postings", headers={"Authorization": f"Bearer {text}"}).status_code == 200
