"""What an error looks like, whichever it is."""

from http import HTTPStatus

from httpx2 import Response

CANARY = "Zanzibar"
"""Planted in what is sent; a person's words would stand there."""


def assert_problem(answer: Response, *statuses: int) -> None:
    """The answer is a whole problem+json of one of the statuses (any client error by default), without the canary."""
    assert answer.status_code in (statuses or range(400, 500)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    assert not any(CANARY in value for value in answer.headers.values())
    if answer.request.method == "HEAD":
        return
    content = answer.json()
    assert content.keys() <= {"type", "title", "status", "detail", "invalid", "lines"}
    assert content["type"] == "about:blank"
    assert content["status"] == answer.status_code
    assert content["title"] == HTTPStatus(answer.status_code).phrase
    assert content["detail"]
    for wrong in content.get("invalid", []):
        assert wrong.keys() == {"field", "reason"}
        assert len(wrong["field"]) <= 80
        assert wrong["field"].isprintable()
