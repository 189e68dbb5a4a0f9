"""Entity tags: nobody overwrites what they have not seen, and nobody is sent what they hold."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.answers import assert_problem

RECORDS: dict[str, dict[str, Any]] = {
    "postings": {"id": "x", "title": "Data scientist"},
    "profiles": {"id": "x", "headline": "Data scientist"},
}
pytestmark = pytest.mark.parametrize("kind", list(RECORDS))


@pytest.fixture
def tag(client: TestClient, kind: str) -> str:
    found: str = client.post(f"/v1/{kind}", json=RECORDS[kind]).headers["etag"]
    return found


def test_a_record_has_one_tag_until_it_changes(client: TestClient, kind: str, tag: str) -> None:
    assert client.get(f"/v1/{kind}/x").headers["etag"] == tag
    assert client.put(f"/v1/{kind}/x", json=RECORDS[kind]).headers["etag"] == tag
    assert client.put(f"/v1/{kind}/x", json=RECORDS[kind] | {"skills": ["SQL"]}).headers["etag"] != tag


@pytest.mark.parametrize("header", ["{}", "W/{}", '"other", {}', "*"])
def test_what_the_client_holds_is_not_sent_again(client: TestClient, kind: str, tag: str, header: str) -> None:
    answer = client.get(f"/v1/{kind}/x", headers={"If-None-Match": header.format(tag)})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("header", ['"other"', "", "zorglub", 'W/"other"'])
def test_what_the_client_does_not_hold_is_sent(client: TestClient, kind: str, tag: str, header: str) -> None:
    assert client.get(f"/v1/{kind}/x", headers={"If-None-Match": header}).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_version_that_is_asked_for_is_sent_and_no_other(client: TestClient, kind: str, tag: str, method: str) -> None:
    for header, status in ((tag, 200), ("*", 200), ('"other"', 412), ("", 412)):
        answer = client.request(method, f"/v1/{kind}/x", headers={"If-Match": header})
        assert (header, answer.status_code) == (header, status)


def test_a_change_to_what_the_client_has_seen_passes(client: TestClient, kind: str, tag: str) -> None:
    changed = RECORDS[kind] | {"skills": ["SQL"]}
    done = client.put(f"/v1/{kind}/x", json=changed, headers={"If-Match": tag})
    assert done.status_code == 200
    assert client.delete(f"/v1/{kind}/x", headers={"If-Match": done.headers["etag"]}).is_success


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("header", ['"other"', "W/{}", "zorglub", ""])
def test_a_change_to_what_the_client_has_not_seen_is_refused_and_changes_nothing(
    client: TestClient, kind: str, tag: str, header: str
) -> None:
    headers = {"If-Match": header.format(tag)}
    changed = RECORDS[kind] | {"skills": ["SQL"]}
    assert_problem(client.put(f"/v1/{kind}/x", json=changed, headers=headers), 412)
    assert_problem(client.delete(f"/v1/{kind}/x", headers=headers), 412)
    assert client.get(f"/v1/{kind}/x").headers["etag"] == tag


def test_of_two_who_read_the_same_only_the_first_one_writes(client: TestClient, kind: str, tag: str) -> None:
    first, second = (RECORDS[kind] | {"skills": [word]} for word in ("SQL", "Python"))
    assert client.put(f"/v1/{kind}/x", json=first, headers={"If-Match": tag}).status_code == 200
    assert_problem(client.put(f"/v1/{kind}/x", json=second, headers={"If-Match": tag}), 412)
    assert client.get(f"/v1/{kind}/x").json()["skills"] == ["SQL"]


def test_a_record_can_be_made_only_where_there_is_none(client: TestClient, kind: str, tag: str) -> None:
    assert_problem(client.put(f"/v1/{kind}/x", json=RECORDS[kind], headers={"If-None-Match": "*"}), 412)
    new = RECORDS[kind] | {"id": "y"}
    assert client.put(f"/v1/{kind}/y", json=new, headers={"If-None-Match": "*"}).status_code == 201
    assert_problem(client.put(f"/v1/{kind}/z", json=RECORDS[kind] | {"id": "z"}, headers={"If-Match": "*"}), 412)
