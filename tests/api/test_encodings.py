"""A body is read uncompressed and in UTF-8; another form is named, and a byte order mark is skipped."""

import asyncio
import gzip
import json

import pytest
from starlette.testclient import TestClient
from starlette.types import Message

from api.encodings import MARK, _unmarked
from tests.api.answers import assert_problem

RECORD = json.dumps({"id": "c1", "headline": "Ingénieure"}, ensure_ascii=False)
NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(RECORD.encode(), mtime=0)),
        ({"Content-Encoding": "identity, br"}, RECORD.encode()),
        ({"Content-Type": "application/json; charset=ISO-8859-1"}, RECORD.encode("latin-1")),
        ({"Content-Type": 'application/json; charset="utf-16"'}, RECORD.encode("utf-16")),
    ],
)
def test_another_form_is_refused_and_the_right_one_named(client: TestClient, form: dict[str, str], body: bytes) -> None:
    for method, path, usual in (
        ("POST", "/v1/profiles", JSON),
        ("PUT", "/v1/profiles/c1", JSON),
        ("POST", "/v1/profiles/bulk", NDJSON),
        ("POST", "/v1/suggestions", JSON),
    ):
        sent = {
            name: value.replace("application/json", usual["Content-Type"]) for name, value in (usual | form).items()
        }
        answer = client.request(method, path, content=body, headers=sent)
        assert_problem(answer, 415)
        assert "send it uncompressed, in UTF-8" in answer.json()["detail"]
        french = client.request(method, path, content=body, headers={**sent, "Accept-Language": "fr"})
        assert "sans compression, en UTF-8" in french.json()["detail"]


@pytest.mark.parametrize(
    "encoding", ["latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_text_that_is_not_utf_8_is_named_as_such_whatever_its_header_says(client: TestClient, encoding: str) -> None:
    body = RECORD.encode(encoding)
    calls = [("POST", "/v1/profiles"), ("PUT", "/v1/profiles/c1"), ("POST", "/v1/suggestions")]
    for method, path in [*calls, *([] if encoding == "latin-1" else [("POST", "/v1/profiles/bulk")])]:
        sent = NDJSON if path.endswith("/bulk") else JSON
        answer = client.request(method, path, content=body, headers=sent)
        assert_problem(answer, 415)
        assert answer.json()["detail"] == "the body is not UTF-8 text: send it in UTF-8"
        french = client.request(method, path, content=body, headers={**sent, "Accept-Language": "fr"})
        assert "n’est pas du texte UTF-8" in french.json()["detail"]
    assert client.get("/v1/profiles/c1").status_code == 404


def test_of_many_lines_the_one_that_is_not_utf_8_is_named(client: TestClient) -> None:
    body = RECORD.encode() + b"\n" + RECORD.replace("c1", "c2").encode("latin-1")
    lines = client.post("/v1/profiles/bulk", content=body, headers=NDJSON).text.splitlines()
    first, second = map(json.loads, lines)
    assert first["outcome"] == "accepted"
    assert (second["id"], second["reason"]) == ("c2", "is not UTF-8 text: save it as UTF-8")


@pytest.mark.parametrize(
    "form", [{"Content-Encoding": "identity"}, {"Content-Type": 'application/json; Charset="UTF-8"'}, {}]
)
def test_a_mark_is_skipped_and_the_usual_form_may_be_named(client: TestClient, form: dict[str, str]) -> None:
    marked = MARK + RECORD.encode()
    assert client.post("/v1/profiles", content=marked, headers=JSON | form).status_code == 201
    assert client.put("/v1/profiles/c1", content=marked, headers=JSON | form).status_code == 200
    lines = client.post("/v1/profiles/bulk", content=marked + b"\n" + RECORD.encode(), headers=NDJSON)
    assert [json.loads(line)["outcome"] for line in lines.text.splitlines()] == ["unchanged"] * 2
    assert client.get("/v1/profiles/c1").json()["headline"] == "Ingénieure"


@pytest.mark.parametrize("parts", [(MARK[:1], MARK[1:], b"{}"), (MARK, b"{}"), (b"", MARK + b"{", b"}"), (b"{", b"}")])
def test_a_mark_may_come_in_parts(parts: tuple[bytes, ...]) -> None:
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": place + 1 < len(parts)} for place, part in enumerate(parts)
    ]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def read() -> bytes:
        said, begun = b"", _unmarked(receive)
        while (message := await begun())["type"] == "http.request":
            said += message["body"]
        return said

    assert asyncio.run(read()) == b"{}"


def test_who_hangs_up_within_the_mark_has_hung_up() -> None:
    messages: list[Message] = [{"type": "http.request", "body": MARK[:2], "more_body": True}]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def read() -> Message:
        return await _unmarked(receive)()

    assert asyncio.run(read()) == {"type": "http.disconnect"}
