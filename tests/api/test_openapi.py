"""The OpenAPI document says all that a client has to reckon with."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from api.access import ALLOWED
from matcher.records import PostingRecord, ProfileRecord

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}


@pytest.fixture(scope="module")
def document(shared: TestClient) -> dict[str, Any]:
    shared.get("/openapi.json")
    found: dict[str, Any] = shared.get("/openapi.json").json()  # the second one comes from FastAPI's cache
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def test_every_call_is_documented(document: dict[str, Any]) -> None:
    calls = {(method.upper(), path) for method, path, _ in _operations(document)}
    assert calls == {*ALLOWED, ("GET", "/health/live"), ("GET", "/health/ready")}
    assert all(operation["description"] for _, _, operation in _operations(document))


def test_every_call_documents_the_problems_it_answers(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        if path.startswith("/health"):
            continue
        expected = {"401", "403", "422", "429", "500", "503"}
        expected |= {"400", "413"} if method in {"post", "put"} else set()
        expected |= {"404"} if method in {"get", "delete"} and "{" in path else set()
        expected |= {"404"} if (method, path) == ("put", "/v1/postings/{posting_id}") else set()
        expected |= {"404"} if path == "/v1/feedback" else set()
        expected |= {"409"} if method == "post" and path in {"/v1/postings", "/v1/profiles"} else set()
        expected |= {"412"} if method in {"put", "delete"} and "/keys" not in path else set()
        expected |= {"415"} if path.endswith("/bulk") else set()
        problems = {status for status, answer in operation["responses"].items() if answer.get("content") == PROBLEM}
        assert (method, path, problems) == (method, path, expected)


def test_no_error_claims_to_be_plain_json(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            if status >= "4" and path != "/health/ready":
                assert (method, path, status, answer["content"]) == (method, path, status, PROBLEM)


def test_what_is_sent_and_answered_has_a_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for model in (PostingRecord, ProfileRecord):
        assert schemas[model.__name__]["properties"].keys() == model.model_fields.keys()
        assert schemas[model.__name__]["additionalProperties"] is False
    assert schemas["PostingRecord"]["required"] == ["id", "title"]
    assert schemas["ProfileRecord"]["required"] == ["id", "headline"]
    others = {
        "/v1/suggestions": "DraftRecord",
        "/v1/postings/search": "SearchAsked",
        "/v1/profiles/search": "SearchAsked",
        "/v1/feedback": "FeedbackAsked",
        "/v1/keys": "NewKey",
    }
    for method, path, operation in _operations(document):
        if method in {"post", "put"} and not path.endswith("/bulk"):
            sent = operation["requestBody"]["content"]["application/json"]["schema"]
            expected = others.get(path, "PostingRecord" if "postings" in path else "ProfileRecord")
            assert sent == {"$ref": f"#/components/schemas/{expected}"}


def test_the_page_that_shows_every_call_is_there(shared: TestClient) -> None:
    assert shared.get("/docs").status_code == 200
