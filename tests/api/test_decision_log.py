"""Every ranking over HTTP is written down before it is shown, and nobody's name, id or words with it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.core.access import Role, new_key
from matcher.core.pages import Seen, lot
from matcher.decisions import reading, segments
from matcher.decisions.entry import seen_in
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.decisions.verify import verify
from matcher.engine import Matcher
from tests.api.answers import assert_problem
from tests.api.conftest import application, open_on

CANARY = "zanzibar"
POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}, "skills": ["Python"]}


def _fill(client: TestClient) -> None:
    assert client.post("/v1/postings", json=POSTING).status_code == 201
    for number in range(3):
        person = {
            "id": f"{CANARY}-{number}",
            "headline": f"Data scientist {CANARY}",
            "summary": CANARY,
            "visible_to_recruiters": True,
        }
        assert client.post("/v1/profiles", json=person).status_code == 201


def _lines(home: Path) -> list[dict[str, Any]]:
    parts = [part for one in segments.chains(home / "decisions").values() for part in one]
    return [line for part in parts for text in part.lines() if "shown" in (line := json.loads(text))]


def test_preparing_that_fails_stops_nothing_of_what_a_stop_has_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def prepare(*_: object, **__: object) -> None:
        raise MemoryError(CANARY)

    monkeypatch.setattr(Matcher, "prepare", prepare)
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        assert client.get("/v1/postings/p1/candidates").json()["eligible"] == 3
    assert "preparing reasons failed" in caplog.text
    assert [(one.broken, one.is_closed) for one in verify(tmp_path / "decisions")] == [(None, True)]
    assert (tmp_path / "snapshots" / "CURRENT").exists()


def test_what_is_shown_is_what_is_written(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        answer = client.get("/v1/postings/p1/candidates?top=2", headers={"x-request-id": "one"}).json()
        client.get(f"/v1/profiles/{CANARY}-0/suggestions?diversity=0.5", headers={"x-request-id": "two"})
        assert client.get(f"/v1/profiles/{CANARY}-9/suggestions").status_code == 404
    first, second = _lines(tmp_path)
    pseudonyms = open_pseudonyms(tmp_path)
    assert (first["request"], first["call"], first["asks"]) == ("one", "candidates", ["posting", "p1"])
    assert first["eligible"] == answer["eligible"] == 3
    assert first["parameters"]["k"] == 2
    assert first["sequence"] == 4
    assert first["shown"] == [
        [pseudonyms.of_profile(match["profile_id"]), match["score"]] for match in answer["matches"]
    ]
    assert second["asks"] == ["profile", pseudonyms.of_profile(f"{CANARY}-0")]
    assert [shown[0] for shown in second["shown"]] == ["p1"]
    assert second["parameters"]["diversity"] == 0.5
    assert [(one.broken, one.is_closed) for one in verify(tmp_path / "decisions")] == [(None, True)]


def test_a_page_is_written_with_the_ranks_that_it_shows(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        first = client.get("/v1/postings/p1/candidates?top=1").json()
        second = client.get(f"/v1/postings/p1/candidates?top=5&cursor={first['cursor']}").json()
        people = [match["profile_id"] for page in (first, second) for match in page["matches"]]
        search = {"text": "data", "top": 2}
        found = client.post("/v1/profiles/search", json=search).json()
        client.post("/v1/profiles/search", json={**search, "cursor": found["cursor"]})
        client.get(f"/v1/profiles/{CANARY}-0/similar?top=1")
        pair = client.get(f"/v1/postings/p1/candidates/{people[2]}").json()
    with application(tmp_path, open_on(tmp_path)) as client:
        exported = [client.get(f"/v1/profiles/{name}/export").json()["shown"] for name in people]
    assert [match["rank"] for match in second["matches"]] == [2, 3]
    assert [one[0]["rank"] for one in exported] == [1, 2, 3]
    lines = _lines(tmp_path)
    assert [line["first"] for line in lines] == [1, 2, 1, 3, 1, pair["match"]["rank"]]
    pseudonyms = open_pseudonyms(tmp_path)
    known = {pseudonyms.of_lot(lot("", name)): lot("", name) for name in people}
    assert seen_in(lines[1]["parameters"], known) == Seen((lot("", people[0]),))
    assert "seen" not in lines[0]["parameters"]
    assert first["cursor"] not in json.dumps(lines), "whose digests are plain ones of ids"


def test_a_pair_is_written_with_whom_it_was_about(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        client.put("/v1/postings/p1", json=POSTING | {"status": "closed"})
        client.get(f"/v1/postings/p1/candidates/{CANARY}-1")
    with application(tmp_path, open_on(tmp_path)) as client:
        exported = client.get(f"/v1/profiles/{CANARY}-1/export").json()["shown"]
    (line,) = _lines(tmp_path)
    assert (line["about"], line["excluded_by"]) == (open_pseudonyms(tmp_path).of_profile(f"{CANARY}-1"), ["open"])
    assert (line["shown"], line["eligible"]) == ([], 0)
    assert [(one["call"], one["rank"]) for one in exported] == [("one match explained", None)]


def test_head_shows_nothing_and_so_nothing_is_written(tmp_path: Path) -> None:
    paths = [f"/v1/profiles/{CANARY}-0/suggestions", "/v1/postings/p1/candidates", "/v1/postings/p1/candidates?top=02"]
    paths += ["/v1/postings/p1/similar", f"/v1/postings/p1/candidates/{CANARY}-0", f"/v1/profiles/{CANARY}-0"]
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        assert [client.head(path).status_code for path in paths] == [200] * len(paths)
        assert client.get(f"/v1/profiles/{CANARY}-0/export").json()["shown"] == []
        client.get(paths[0])
    assert len(_lines(tmp_path)) == 1


def test_no_id_and_no_word_of_a_person_reaches_the_log(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        _fill(client)
        client.get("/v1/postings/p1/candidates")
        client.get(f"/v1/profiles/{CANARY}-1/suggestions")
        client.get(f"/v1/profiles/{CANARY}-1")
    assert len(_lines(tmp_path)) == 2
    assert len(reading.showing(tmp_path / "decisions", open_pseudonyms(tmp_path).of_profile(f"{CANARY}-1"))) == 3
    for path in (tmp_path / "decisions").iterdir():
        assert CANARY.encode() not in path.read_bytes()


def test_the_role_and_the_organisation_are_written_but_not_the_key(tmp_path: Path) -> None:
    matcher = open_on(tmp_path)
    now = datetime.now(UTC)
    texts = []
    for role, organisation in ((Role.PLATFORM, None), (Role.RECRUITER, "dinum")):
        key, text = new_key(role, now=now, expires_at=now + timedelta(days=1), organisation=organisation)
        matcher.keys.add(key)
        texts.append(text)
    platform, recruiter = ({"Authorization": f"Bearer {text}"} for text in texts)
    with application(tmp_path, matcher) as client:
        client.post("/v1/postings", json=POSTING, headers=platform)
        assert client.get("/v1/postings/p1/candidates", headers=recruiter).status_code == 200
        assert client.get("/v1/postings/p1/candidates", headers=platform).status_code == 200
    assert [(line["role"], line["organisation"]) for line in _lines(tmp_path)] == [
        ("recruiter", "dinum"),
        ("platform", None),
    ]
    content = b"".join(path.read_bytes() for path in (tmp_path / "decisions").iterdir())
    assert not any(part.encode() in content for text in texts for part in text.split("_", 2)[1:])


def test_what_cannot_be_written_down_is_not_shown(tmp_path: Path, matcher: Matcher) -> None:
    with application(tmp_path, matcher) as client:
        _fill(client)
        client.app.state.decisions.stop()  # type: ignore[attr-defined] # as after a failure
        assert_problem(client.get("/v1/postings/p1/candidates"), 503)
        for path in (f"/v1/profiles/{CANARY}-0", f"/recruiter/profiles/{CANARY}-0"):
            assert client.get(path).status_code == 503
        assert client.get("/v1/postings/p1").status_code == 200


@pytest.mark.parametrize(("setting", "folder"), [("off", None), ("elsewhere", "elsewhere")])
def test_the_log_goes_where_the_setting_says(
    tmp_path: Path, matcher: Matcher, setting: str, folder: str | None
) -> None:
    chosen = "off" if setting == "off" else str(tmp_path / setting)
    with application(tmp_path, matcher, decision_log=chosen) as client:  # type: ignore[arg-type] # not only numbers
        _fill(client)
        assert client.get("/v1/postings/p1/candidates", headers={"x-request-id": "one"}).status_code == 200
    assert not (tmp_path / "decisions").exists()
    if folder:
        assert len(reading.of_request(tmp_path / folder, "one")) == 1
