"""HEAD, OPTIONS, and what Allow says."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.api.answers import CANARY, assert_problem

TAKEN = {
    "/health/live": "GET, HEAD, OPTIONS",
    "/openapi.json": "GET, HEAD, OPTIONS",
    "/v1/profiles": "OPTIONS, POST",
    "/v1/postings": "GET, HEAD, OPTIONS, POST",
    "/v1/profiles/c1": "DELETE, GET, HEAD, OPTIONS, PUT",
    "/v1/profiles/c1/suggestions": "GET, HEAD, OPTIONS",
    "/v1/keys": "GET, HEAD, OPTIONS, POST",
    "/v1/keys/0123456789ab": "DELETE, OPTIONS",
    "/v1/profiles/search": "DELETE, GET, HEAD, OPTIONS, POST, PUT",
}
"""The last one is a profile's address, too."""
FILE = "/docs/assets/swagger-ui.css"
"""Of a folder that is mounted as a whole."""


@pytest.fixture(scope="module")
def filled(shared: TestClient) -> Iterator[TestClient]:
    shared.post("/v1/profiles", json={"id": "c1", "headline": "Data scientist"})
    yield shared
    shared.delete("/v1/profiles/c1")


@pytest.mark.parametrize("path", [*TAKEN, FILE])
def test_an_address_says_what_it_takes(filled: TestClient, path: str) -> None:
    taken = TAKEN.get(path, "GET, HEAD, OPTIONS")
    answer = filled.options(path)
    assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", taken)
    refused = filled.patch(path)
    assert_problem(refused, 405)
    assert refused.headers["allow"] == taken


def test_no_address_takes_nothing(filled: TestClient) -> None:
    assert_problem(filled.options(f"/{CANARY}"), 404)


@pytest.mark.parametrize("path", [*TAKEN, "/health/ready", "/docs", "/metrics", "/v1/statistics"])
def test_an_address_with_a_slash_too_many_is_none_and_nobody_is_sent_elsewhere(filled: TestClient, path: str) -> None:
    for method in ("GET", "POST", "PUT", "HEAD"):
        answer = filled.request(method, f"{path}/", headers={"Host": "elsewhere.example"}, follow_redirects=False)
        assert_problem(answer, 404)
        assert "location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/health/ready",
        "/v1/statistics",
        "/v1/profiles/c1",
        "/v1/profiles/c1/suggestions?top=3",
        "/v1/profiles/c1/suggestions?merged=false",
        "/v1/profiles/c1/similar",
        "/v1/profiles/nobody",
        "/v1/profiles/c1?zorglub",
        "/v1/nowhere",
        "/v1/suggestions",
    ],
)
def test_head_is_get_without_its_body(filled: TestClient, path: str) -> None:
    named = {"X-Request-Id": "r1"}
    found, whole = filled.head(path, headers=named), filled.get(path, headers=named)
    assert whole.content
    assert (found.status_code, found.content) == (whole.status_code, b"")
    assert {**found.headers} == {**whole.headers}


def test_head_of_what_the_client_holds_already_says_so(filled: TestClient) -> None:
    tag = filled.head("/v1/profiles/c1").headers["etag"]
    assert filled.head("/v1/profiles/c1", headers={"If-None-Match": tag}).status_code == 304


def test_head_is_counted_as_such(filled: TestClient) -> None:
    filled.head("/v1/profiles/c1")
    filled.head("/v1/statistics")
    text = filled.get("/metrics").text
    assert 'matcher_requests_total{method="HEAD",route="/v1/profiles/{profile_id}",status="200"}' in text
    assert 'matcher_requests_total{method="HEAD",route="/v1/statistics",status="200"}' in text
