"""Many records at once: a result a line, a bad line loses no other, and doing it twice changes nothing."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from api.routes import bulk
from api.routes.bulk import MAX_LINES, MEDIA_TYPE
from matcher.core.domain import Kind, Outcome, Record
from matcher.engine import Matcher
from tests.api.answers import CANARY, assert_problem
from tests.api.conftest import application

NAME = {"postings": "title", "profiles": "headline"}
pytestmark = pytest.mark.parametrize("kind", list(NAME))


def _send(client: TestClient, kind: str, body: bytes | str, media_type: str = MEDIA_TYPE) -> Any:
    return client.post(f"/v1/{kind}/bulk", content=body, headers={"content-type": media_type})


def _results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == MEDIA_TYPE
    return [json.loads(line) for line in answer.text.splitlines()]


def _lines(kind: str, *ids: str) -> str:
    return "".join(json.dumps({"id": id_, NAME[kind]: "Data"}) + "\n" for id_ in ids)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_each_line_has_its_result_and_doing_it_twice_changes_nothing(client: TestClient, kind: str) -> None:
    body = _lines(kind, "a", "b")
    found = _results(_send(client, kind, body))
    assert found == [
        {"line": 1, "outcome": "accepted", "id": "a"},
        {"line": 2, "outcome": "accepted", "id": "b"},
    ]
    assert [line["outcome"] for line in _results(_send(client, kind, body))] == ["unchanged"] * 2
    assert client.get(f"/v1/{kind}/b").status_code == 200


def test_a_bad_line_is_named_without_its_words_and_loses_no_other(client: TestClient, kind: str) -> None:
    bad = json.dumps({"id": "bad", NAME[kind]: "", "summary" if kind == "profiles" else "description": CANARY})
    body = _lines(kind, "a") + f"{bad}\n\n{CANARY}\n" + json.dumps({"id": "c", "x": CANARY}) + "\n" + _lines(kind, "d")
    answer = _send(client, kind, body)
    found = _results(answer)
    assert [(line["line"], line["outcome"]) for line in found] == [
        (1, "accepted"),
        (2, "rejected"),
        (4, "rejected"),
        (5, "rejected"),
        (6, "accepted"),
    ]
    assert found[1]["field"] == NAME[kind]
    assert all(line["reason"] for line in found if line["outcome"] == "rejected")
    assert CANARY not in answer.text


def test_a_bad_line_has_its_id_and_all_that_is_wrong_as_alone(client: TestClient, kind: str) -> None:
    record = {"id": "b9b", f"{NAME[kind]}s": "a", "remote": "here", "skills": ["", 3]}
    (line,) = _results(_send(client, kind, json.dumps(record)))
    alone = client.put(f"/v1/{kind}/b9b", json=record).json()["invalid"]
    assert [one["field"] for one in alone] == [NAME[kind], "skills.0", "skills.1", "remote", f"{NAME[kind]}s"]
    assert (line["id"], line["invalid"]) == ("b9b", alone)
    assert {"field": line["field"], "reason": line["reason"]} == alone[0]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ('{"id": "b9b", "x"', "b9b"),
        ('{"x": 1, "id": "b9b"}', "b9b"),
        (f'{{"id": "{CANARY} 1"}}', None),
        (f'{{"id": ["{CANARY}"]}}', None),
        (f'["{CANARY}"]', None),
        ("[" * 5000, None),
        ("7", None),
    ],
)
def test_a_bad_line_has_the_id_that_can_be_read(client: TestClient, kind: str, text: str, id_: str | None) -> None:
    (line,) = _results(_send(client, kind, text))
    assert line.get("id") == id_
    assert line["invalid"]
    assert CANARY not in json.dumps(line)


def test_a_line_with_many_wrong_fields_names_twenty(client: TestClient, kind: str) -> None:
    (line,) = _results(_send(client, kind, json.dumps({f"x{number}": 1 for number in range(1000)})))
    assert len(line["invalid"]) == 20


def test_a_line_s_reason_is_in_the_reader_s_language(client: TestClient, kind: str) -> None:
    bad = {"id": "bad", NAME[kind]: "DSI", "x": 1}
    headers = {"Accept-Language": "fr"}
    client.headers.update(headers)
    answer = _send(client, kind, json.dumps(bad) + "\n[")
    line, no_json = _results(answer)
    alone = client.put(f"/v1/{kind}/bad", json=bad).json()["invalid"][0]
    del client.headers["Accept-Language"]
    assert (line["field"], line["reason"]) == (alone["field"], alone["reason"])
    assert "n’est pas" in line["reason"]
    assert no_json["reason"] == "n’est pas du JSON valide"
    assert (answer.headers["content-language"], answer.headers["vary"]) == ("fr", "Accept-Language")
    assert _send(client, kind, "[").headers["content-language"] == "en"


def test_the_last_line_of_an_id_that_comes_twice_counts(client: TestClient, kind: str) -> None:
    body = _lines(kind, "a") + json.dumps({"id": "a", NAME[kind]: "Juriste"})
    assert [line["outcome"] for line in _results(_send(client, kind, body))] == ["accepted", "updated"]
    assert client.get(f"/v1/{kind}/a").json()[NAME[kind]] == "Juriste"


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "", "application/x-ndjson-seq"])
def test_anything_but_ndjson_is_refused(client: TestClient, kind: str, media_type: str) -> None:
    assert_problem(_send(client, kind, _lines(kind, "a"), media_type), 415)


def test_too_many_lines_are_refused_before_any_is_stored(client: TestClient, kind: str, matcher: Matcher) -> None:
    assert_problem(_send(client, kind, "\n" * (MAX_LINES + 1)), 422)
    assert_problem(_send(client, kind, "\n" * MAX_LINES + _lines(kind, "last").rstrip()), 422)
    assert _results(_send(client, kind, "\n" * MAX_LINES)) == []
    assert matcher.count(Kind.POSTING if kind == "postings" else Kind.PROFILE) == 0


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_a_thousand_records_are_stored_at_once(client: TestClient, kind: str, matcher: Matcher) -> None:
    found = _results(_send(client, kind, _lines(kind, *(f"r{number:04}" for number in range(1000)))))
    assert {line["outcome"] for line in found} == {"accepted"}
    assert matcher.count(Kind.POSTING if kind == "postings" else Kind.PROFILE) == 1000


def test_a_caller_who_hangs_up_meanwhile_has_sent_a_bad_request(client: TestClient, kind: str) -> None:
    path = f"/v1/{kind}/bulk"
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    sent: list[Message] = []

    async def hang_up() -> Message:
        return {"type": "http.disconnect"}

    async def note(message: Message) -> None:
        sent.append(message)

    assert client.portal is not None
    client.portal.call(client.app, scope, hang_up, note)
    assert sent[0]["status"] == 400
    assert f'matcher_requests_total{{method="POST",route="{path}",status="400"}} 1.0' in client.get("/metrics").text


@contextmanager
def _stopped_in_the_second_slice(
    monkeypatch: pytest.MonkeyPatch, home: Path, matcher: Matcher, send: Callable[[TestClient], Any], **settings: float
) -> Iterator[tuple[TestClient, Future[Any], Callable[[], None]]]:
    """Slices of two lines: yield the client, what it will answer, and what lets the second slice go on."""
    monkeypatch.setattr(bulk, "SLICE", 2)
    put = matcher.put
    begun, on = threading.Event(), threading.Event()
    slices: list[int] = []

    def stopping(records: Sequence[Record], **options: Any) -> list[Outcome]:
        if records and records[0].id.startswith("r"):
            slices.append(len(records))
            if len(slices) == 2:
                begun.set()
                assert on.wait(30)
        return put(records, **options)

    monkeypatch.setattr(matcher, "put", stopping)
    with application(home, matcher, **settings) as client, ThreadPoolExecutor() as pool:
        try:
            answer = pool.submit(send, client)
            assert begun.wait(30)
            yield client, answer, on.set
        finally:
            on.set()


def test_a_record_is_stored_between_two_slices_and_each_line_keeps_its_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, matcher: Matcher
) -> None:
    lines = _lines(kind, "r1", "r2", "r3") + "[\n\n" + _lines(kind, "r6")

    def send(client: TestClient) -> Any:
        return _send(client, kind, lines)

    with _stopped_in_the_second_slice(monkeypatch, tmp_path, matcher, send) as (client, answer, go_on):
        assert client.get(f"/v1/{kind}/r2").status_code == 200, "each slice is safe when it has ended"
        assert client.get(f"/v1/{kind}/r3").status_code == 404
        assert client.put(f"/v1/{kind}/single", json={"id": "single", NAME[kind]: "Data"}).status_code == 201
        go_on()
        found = _results(answer.result())
    assert [(line["line"], line["outcome"]) for line in found] == [
        (1, "accepted"),
        (2, "accepted"),
        (3, "accepted"),
        (4, "rejected"),
        (6, "accepted"),
    ]


def test_whose_time_is_up_is_told_how_far_it_came_and_no_other_slice_begins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, matcher: Matcher
) -> None:
    lines = _lines(kind, *(f"r{number}" for number in range(9)))

    def send(client: TestClient) -> Any:
        return _send(client, kind, lines)

    with _stopped_in_the_second_slice(monkeypatch, tmp_path, matcher, send, request_seconds=1) as (
        client,
        answer,
        go_on,
    ):
        late = client.get("/metrics")  # answered meanwhile
        assert late.status_code == 200
        threading.Timer(1.5, go_on).start()
        found = answer.result()
        assert_problem(found, 503)
        assert (found.json()["lines"], found.headers["retry-after"]) == (2, "1")
        assert "line 2" in found.json()["detail"]
        assert matcher.count(Kind.POSTING if kind == "postings" else Kind.PROFILE) == 4
        again = send(client)
        while again.status_code == 503:  # a second is short on a machine that has other work
            again = send(client)
        outcomes = [line["outcome"] for line in _results(again)]
        assert outcomes[:4] == ["unchanged"] * 4
        assert {*outcomes[4:]} <= {"accepted", "unchanged"}
        assert matcher.count(Kind.POSTING if kind == "postings" else Kind.PROFILE) == 9


def test_what_a_caller_who_has_gone_has_sent_is_not_stored_any_further(
    monkeypatch: pytest.MonkeyPatch, client: TestClient, kind: str, matcher: Matcher
) -> None:
    monkeypatch.setattr(bulk, "SLICE", 2)
    body = _lines(kind, *(f"r{number}" for number in range(9))).encode()
    path = f"/v1/{kind}/bulk"
    headers = [(b"content-type", MEDIA_TYPE.encode())]
    scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    says: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return says.pop() if says else {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        pass

    assert client.portal is not None
    client.portal.call(client.app, scope, receive, send)
    assert matcher.count(Kind.POSTING if kind == "postings" else Kind.PROFILE) == 2
