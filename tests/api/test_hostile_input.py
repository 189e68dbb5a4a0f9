"""Whatever is sent: no failure of the server, and never a word of it in an error."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from matcher.records import PostingRecord, ProfileRecord
from tests.api.answers import CANARY, assert_problem

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

KINDS = ("postings", "profiles")
NAME = {"postings": "title", "profiles": "headline"}
WRITES = [(method, f"/v1/{kind}{tail}") for kind in KINDS for method, tail in (("POST", ""), ("PUT", "/x"))]
READS = [
    (method, path)
    for path in (
        "/v1/postings/unknown",
        "/v1/profiles/unknown",
        "/v1/postings/unknown/candidates",
        "/v1/profiles/unknown/suggestions",
        "/health/live",
        "/health/ready",
        "/openapi.json",
        "/nowhere",
    )
    for method in ("GET", "DELETE", "POST", "PUT", "PATCH", "OPTIONS")
]
DEEP = 100_000

_VALUES: dict[str, Any] = {
    "a lone surrogate": f"{CANARY}\ud800",
    "a lone surrogate before": f"\udfff{CANARY}",
    "NUL": f"{CANARY}\x00",
    "too long": CANARY * 60_000,
    "blank": f"   \n\t {'' * 3}",
    "an object": {CANARY: CANARY},
    "a list": [CANARY, [CANARY]],
    "true": True,
    "null": None,
    "a number": 1e308,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_FIELDS: dict[str, Any] = {
    "skills": CANARY,
    "languages": [CANARY, 7],
    "locations": [{"region": {CANARY: 1}, "department": [CANARY]}],
    "remote": CANARY,
    "contracts": [CANARY],
    "situation": CANARY,
    "status": CANARY,
    "valid_from": CANARY,
    "available_from": CANARY,
    "consented_at": f"2026-13-45{CANARY}",
    "experience_years": CANARY,
    "experience_years_min": float("nan"),
    "salary_eur_year": {"min": CANARY},
    "salary_eur_year_min": float("inf"),
    "openings": CANARY,
    "visible_to_recruiters": CANARY,
    "hidden_from": [f"{CANARY} {CANARY}"],
    "organisation": {"id": f"{CANARY}/{CANARY}"},
    "experiences": [{"title": CANARY, "start": "2020-01-01", "end": "2019-01-01"}],
    "education": [{"title": CANARY, "level": CANARY}],
    "url": f"{CANARY}\x00",
    "skills ": [f"{CANARY}\ud800"],
}

_NESTED = '{"id":"x","title":"' + CANARY + '","headline":"' + CANARY + '","summary":'
_RAW: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n\t ",
    "no JSON": CANARY.encode(),
    "a string": json.dumps(CANARY).encode(),
    "a list": json.dumps([CANARY]).encode(),
    "a number": b"7",
    "null": b"null",
    "true": b"true",
    "NaN": b"NaN",
    "cut off": f'{{"id":"x","title":"{CANARY}'.encode(),
    "two documents": f'{{"id":"x"}}{{"id":"{CANARY}"}}'.encode(),
    "single quotes": f"{{'id':'{CANARY}'}}".encode(),
    "invalid UTF-8": b'{"id":"x","title":"' + CANARY.encode() + b'\xff\xfe\x80","headline":"\xc3\x28"}',
    "encoded surrogate": b'{"id":"x","title":"' + CANARY.encode() + b'\xed\xa0\x80"}',
    "UTF-16": f'{{"id":"x","title":"{CANARY}"'.encode("utf-16"),
    "NUL bytes": b"\x00" * 100 + CANARY.encode(),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps({"id": CANARY}).encode(),
    "deep lists": (_NESTED + "[" * DEEP + "]" * DEEP + "}").encode(),
    "deep objects": (_NESTED + '{"a":' * DEEP + "1" + "}" * DEEP + "}").encode(),
    "deep and cut off": (_NESTED + "[" * DEEP).encode(),
    "a huge integer": (_NESTED + "9" * 10_000 + "}").encode(),
    "a huge float": (_NESTED + "1e999999}").encode(),
    "a key that is half a character": f'{{"id":"x","title":"{CANARY}","headline":"a","\\ud800":"{CANARY}"}}'.encode(),
    "a nested key that is half a character": (_NESTED + f'"a","experiences":[{{"\\udfff":"{CANARY}"}}]}}').encode(),
    "the same key again": f'{{"id":"x","id":["{CANARY}"],"title":"a","headline":"a"}}'.encode(),
}


def _corpus() -> Iterator[tuple[str, bytes]]:
    yield from _RAW.items()
    for name in ("id", "title", "headline"):
        for label, value in _VALUES.items():
            record = {"id": "x", "title": CANARY, "headline": CANARY} | {name: value}
            yield f"{name}: {label}", json.dumps(record).encode()
    for name, value in _FIELDS.items():
        for required in NAME.values():
            yield f"{required}, {name}", json.dumps({"id": "x", required: CANARY, name: value}).encode()


CORPUS = dict(_corpus())
NOT_UTF8 = {"invalid UTF-8", "encoded surrogate", "UTF-16"}


def _statuses(label: str) -> tuple[int, ...]:
    return (415,) if label in NOT_UTF8 else (400, 422)


def _send(client: TestClient, method: str, path: str, content: Any, **headers: str) -> Response:
    return client.request(
        method, path, content=content, headers={"content-type": "application/json"} | headers, follow_redirects=False
    )


@pytest.mark.parametrize("label", CORPUS)
def test_a_hostile_body_is_refused_without_a_word_of_it(shared: TestClient, label: str) -> None:
    for method, path in WRITES:
        assert_problem(_send(shared, method, path, CORPUS[label]), *_statuses(label))


@pytest.mark.parametrize(
    "path", ["/v1/suggestions", "/v1/profiles/search", "/v1/postings/search", "/v1/feedback", "/v1/keys"]
)
def test_no_other_call_that_reads_a_body_fails_or_echoes_it(shared: TestClient, path: str) -> None:
    for label, body in CORPUS.items():
        answer = _send(shared, "POST", path, body)
        if answer.is_success:
            assert path == "/v1/suggestions", label  # whose id may be anything that can be written
            assert CANARY not in answer.text
        else:
            assert_problem(answer, *_statuses(label))


@pytest.mark.parametrize(("method", "path"), READS)
def test_a_body_where_none_belongs_changes_nothing(shared: TestClient, method: str, path: str) -> None:
    bodies = CORPUS.values() if path == "/v1/profiles/unknown" and method != "PUT" else list(CORPUS.values())[:6]
    for body in bodies:
        answer = _send(shared, method, path, body)
        assert answer.status_code < 500
        assert CANARY not in answer.text
        if answer.status_code >= 400:
            assert_problem(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/xml", "image/png", "a", "", "é"])
@pytest.mark.parametrize(("method", "path"), WRITES)
def test_another_content_type_than_json_is_refused(
    shared: TestClient, method: str, path: str, content_type: str
) -> None:
    body = json.dumps({"id": "x", NAME[path.split("/")[2]]: CANARY})
    headers = {b"content-type": content_type.encode()}
    answer = shared.request(method, path, content=body, headers=headers)
    assert_problem(answer, 422)
    assert "`Content-Type: application/json`" in answer.json()["invalid"][0]["reason"]


@pytest.mark.parametrize("kind", KINDS)
def test_text_that_only_looks_dangerous_comes_back_as_it_was(shared: TestClient, kind: str) -> None:
    text = "'; DROP TABLE document; -- <script>alert(1)</script> {{7*7}} ${jndi:x} %s%n [red]x[/red] \u202e\u0300 🐍"
    stored = shared.put(f"/v1/{kind}/x", json={"id": "x", NAME[kind]: text, "skills": [text]})
    assert stored.status_code in {200, 201}
    read = shared.get(f"/v1/{kind}/x")
    assert read.headers["content-type"] == "application/json"
    assert (read.json()[NAME[kind]], read.json()["skills"]) == (text, [text])
    assert shared.delete(f"/v1/{kind}/x").is_success


def _chunks() -> Iterator[bytes]:
    for _ in range(50):
        yield CANARY.encode() * (100_000 // len(CANARY))


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(
    shared: TestClient, method: str, path: str
) -> None:
    declared = _send(shared, method, path, b"".join(_chunks()))
    streamed = _send(shared, method, path, _chunks())
    assert "content-length" in declared.request.headers
    assert "content-length" not in streamed.request.headers
    for answer in (declared, streamed):
        assert_problem(answer, 413)
        assert "MATCHER_MAX_BODY_BYTES" in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_is_refused_from_the_first_byte_over_the_limit(shared: TestClient, method: str, path: str) -> None:
    record = json.dumps({"id": "x", NAME[path.split("/")[2]]: "Data scientist"}).encode()
    full = record + b" " * (2_000_000 - len(record))
    for body in (full, iter([full])):
        assert _send(shared, method, path, body).status_code in {200, 201}
        assert shared.delete(f"{path.removesuffix('/x')}/x").is_success
    for body in (full + b" ", iter([full, b" "])):
        assert_problem(_send(shared, method, path, body), 413)


def test_a_declared_length_that_lies_is_not_believed(shared: TestClient) -> None:
    answer = _send(shared, "POST", "/v1/profiles", b"".join(_chunks()), **{"content-length": "10"})
    assert_problem(answer, 413)


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_zeros_before_a_length_change_nothing(shared: TestClient, method: str, path: str) -> None:
    record = json.dumps({"id": "x", NAME[path.split("/")[2]]: "Data scientist"}).encode()
    declared = {"content-length": f"{'0' * 5_000}{len(record)}"}
    assert _send(shared, method, path, record, **declared).status_code in {200, 201}
    assert shared.delete(f"{path.removesuffix('/x')}/x").is_success
    assert_problem(_send(shared, method, path, record, **{"content-length": "9" * 5_000}), 413)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_named_no_longer_than_eighty_printable_characters(shared: TestClient, kind: str) -> None:
    name = "titel\n\x00\u202e" + "é" * 500
    answer = shared.post(f"/v1/{kind}", json={"id": "x", NAME[kind]: CANARY, name: CANARY})
    assert_problem(answer, 422)
    [wrong] = answer.json()["invalid"]
    assert wrong["field"] == ("titel???" + "é" * 500)[:80]
    assert wrong["reason"] == "is not a known field: remove it or check its name"


@pytest.mark.parametrize("kind", KINDS)
def test_of_many_wrong_fields_the_first_twenty_are_named(shared: TestClient, kind: str) -> None:
    answer = shared.post(f"/v1/{kind}", json={f"{number}": CANARY for number in range(50_000)})
    assert_problem(answer, 422)
    assert len(answer.json()["invalid"]) == 20


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("postings", {"valid_from": "2026-02-01", "valid_through": "2026-01-01"}, "valid_through"),
        ("postings", {"salary_eur_year": {"min": 2, "max": 1}}, "salary_eur_year.max"),
        ("postings", {"locations": [{"latitude": 91}]}, "locations.0.latitude"),
        (
            "profiles",
            {"experiences": [{"title": "a", "start": "2020-01-01", "end": "2019-01-01"}]},
            "experiences.0.end",
        ),
        ("profiles", {"hidden_from": ["a", "b c"]}, "hidden_from.1"),
    ],
)
def test_an_error_names_the_field_to_mend(shared: TestClient, kind: str, fields: dict[str, Any], wrong: str) -> None:
    answer = shared.post(f"/v1/{kind}", json={"id": "x", NAME[kind]: CANARY, **fields})
    assert_problem(answer, 422)
    assert [found["field"] for found in answer.json()["invalid"]] == [wrong]


def test_json_that_cannot_be_parsed_is_named_as_the_body(shared: TestClient) -> None:
    answer = _send(shared, "POST", "/v1/profiles", b'{"id": ')
    assert answer.json()["invalid"] == [{"field": "body", "reason": "is not valid JSON"}]


@pytest.mark.parametrize(
    "id_",
    [
        CANARY * 700,
        f"{CANARY}%2F..%2F..%2Fetc%2Fpasswd",
        f"..%2F{CANARY}",
        f"{CANARY}%ED%A0%80",
        f"{CANARY}%FF%FE",
        f"{CANARY}%00",
        f"{CANARY}%0D%0AX-Injected:%20{CANARY}",
        f"{CANARY}%20%09",
        f"{CANARY}%E2%80%AE",
        f"'%20OR%20'{CANARY}'='{CANARY}",
        f"{CANARY}%25%5C%3F%23",
        f"%3Cscript%3E{CANARY}",
    ],
)
def test_an_id_that_cannot_be_known_is_refused_without_repeating_it(shared: TestClient, id_: str) -> None:
    for kind, matches in zip(KINDS, ("candidates", "suggestions"), strict=True):
        for method, tail in (("GET", ""), ("DELETE", ""), ("GET", f"/{matches}")):
            assert_problem(_send(shared, method, f"/v1/{kind}/{id_}{tail}", b""), 404, 405, 422)
        answer = _send(shared, "PUT", f"/v1/{kind}/{id_}", json.dumps({"id": "x", NAME[kind]: "a"}))
        assert_problem(answer, 404, 405, 422)


@pytest.mark.parametrize("query", [f"{CANARY}=1", f"?{CANARY}", f"{CANARY}%00=%ff&top=3", f"top=3&top[{CANARY}]=1"])
def test_a_parameter_that_no_call_knows_is_refused_by_every_call_without_repeating_it(
    shared: TestClient, query: str
) -> None:
    operations = shared.get("/openapi.json").json()["paths"].items()
    for path, method, operation in ((path, method, one) for path, ones in operations for method, one in ones.items()):
        answer = _send(shared, method.upper(), f"{path}?{query}", b"{}")
        assert_problem(answer, 422)
        named = sorted(one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query")
        [wrong] = [one for one in answer.json()["invalid"] if one["field"] == "query"]
        assert wrong["reason"].endswith(f"it knows: {', '.join(named)}" if named else "it takes none"), path
        assert "422" in operation["responses"]


@pytest.mark.parametrize("path", ["/v1/postings", "/v1/profiles/x", "/v1/postings/x/candidates", "/health/live"])
@pytest.mark.parametrize("method", ["PATCH", "TRACE", CANARY.upper()])
def test_a_method_that_an_address_does_not_take_is_named_as_such(shared: TestClient, path: str, method: str) -> None:
    answer = shared.request(method, path)
    assert_problem(answer, 405)
    assert answer.headers["allow"] == shared.options(path).headers["allow"]


@pytest.mark.parametrize("path", [f"/{CANARY}", f"/v1/{CANARY}", "/v1/profiles/x/candidates", "/%00"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_not_found(shared: TestClient, path: str, method: str) -> None:
    assert_problem(shared.request(method, path, follow_redirects=False), 404)


@pytest.mark.parametrize("path", ["/", "//", "/.."])
def test_the_front_sends_readers_on_to_the_pages_and_takes_nothing(shared: TestClient, path: str) -> None:
    answer = shared.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/recruiter")
    for method in ("POST", "DELETE"):
        assert_problem(shared.request(method, path), 405)


_letters = st.characters(codec=None, exclude_categories=())
_keys = st.one_of(
    st.sampled_from(sorted({*PostingRecord.model_fields, *ProfileRecord.model_fields, "min", "level", "region"})),
    st.text(_letters, max_size=12),
)
_texts = st.text(_letters, max_size=12).map(lambda text: CANARY + text)
_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    _texts,
    st.sampled_from(["x", "fr", "full", "open", "2026-01-01", "freelance"]),
)
_json = st.recursive(
    _scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_keys, inner, max_size=5)),
    max_leaves=12,
)
_records = st.dictionaries(_keys, _json, max_size=8).map(lambda given: {"id": "x", "title": "a", **given})


@pytest.mark.parametrize(("method", "path"), WRITES)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=st.one_of(_json, _records, _records.map(lambda record: record | {"headline": "a"})))
def test_no_json_value_makes_the_server_fail_or_echo(shared: TestClient, method: str, path: str, value: object) -> None:
    answer = _send(shared, method, path, json.dumps(value))
    if answer.status_code not in {200, 201, 409}:
        assert_problem(answer, 400, 422)
