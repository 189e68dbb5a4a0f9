"""Lists a page at a time, over HTTP."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.keyring import FRESH_S
from matcher.core.access import Role, new_key
from matcher.core.domain import Kind, Organisation, OrganisationId, Posting, PostingId
from matcher.engine import Matcher
from tests.api.answers import CANARY, assert_problem

LISTS = {"organisations": "id", "keys": "note"}
YEAR = timedelta(days=365)


@pytest.fixture
def filled(client: TestClient, matcher: Matcher) -> TestClient:
    """A forum of five organisations and five recruiters' keys, which the organisers read."""
    matcher.put([_posting(name) for name in ("cnil", "anssi", "dinum", "été", "dgfip")])
    now = datetime.now(UTC)
    for number, note in enumerate(("second", "third", "fourth", "fifth", "first")):
        made = now + timedelta(seconds=number % 4)  # the last one is as old as the first one
        key, _ = new_key(Role.RECRUITER, now=made, expires_at=now + YEAR, organisation="dinum", note=note)
        matcher.keys.add(replace(key, id=f"{4 - number:012}"))
    organiser, text = new_key(Role.ORGANISER, now=now, expires_at=now + YEAR)
    matcher.keys.add(organiser)
    client.headers["Authorization"] = f"Bearer {text}"
    return client


def _posting(organisation: str) -> Posting:
    return Posting(PostingId(f"of-{organisation}"), "DSI", organisation=Organisation(OrganisationId(organisation)))


def _read(client: TestClient, name: str, *, top: int) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = ""
    while cursor is not None:
        page: dict[str, Any] = client.get(f"/v1/{name}?top={top}{cursor}").json()
        pages.append([one[LISTS[name]] for one in page[name]])
        cursor = page["cursor"] and f"&cursor={page['cursor']}"
    return pages


def test_pages_together_are_the_list_and_none_is_empty(filled: TestClient) -> None:
    assert _read(filled, "organisations", top=100) == [["anssi", "cnil", "dgfip", "dinum", "été"]]
    assert _read(filled, "organisations", top=2) == [["anssi", "cnil"], ["dgfip", "dinum"], ["été"]]
    assert _read(filled, "organisations", top=5) == [["anssi", "cnil", "dgfip", "dinum", "été"]]
    assert _read(filled, "keys", top=4) == [["first", "second", "third", "fourth"], ["fifth"]]


def test_what_is_written_between_two_pages_moves_nothing(filled: TestClient, matcher: Matcher) -> None:
    first = filled.get("/v1/organisations?top=2").json()
    matcher.delete(Kind.POSTING, "of-cnil")
    matcher.put([_posting("ada")])
    second = filled.get(f"/v1/organisations?top=2&cursor={first['cursor']}").json()
    assert [one["id"] for one in second["organisations"]] == ["dgfip", "dinum"]


@pytest.fixture
def listed(client: TestClient, matcher: Matcher) -> TestClient:
    """Open postings of two organisations and of none, some closed; the recruiters of one of them read."""
    titles = {
        "a1": "Élagueur",
        "a2": "Data scientist",
        "a3": "Zoologue",
        "a4": "data engineer",
        "b1": "DSI",
        "n1": "UX",
    }
    for name, title in titles.items():
        dated = {"valid_from": f"2026-01-0{name[1]}"} if name not in {"a1", "n1"} else {}
        owned = {"organisation": {"id": name[0]}} if name != "n1" else {}
        assert client.post("/v1/postings", json={"id": name, "title": title, **dated, **owned}).is_success
    for name, gone in (("a8", {"status": "closed"}), ("a9", {"valid_through": "2026-01-01"})):
        record = {"id": name, "title": "Gone", "organisation": {"id": "a"}, **gone}
        assert client.post("/v1/postings", json=record).is_success
    return client


def _listed(client: TestClient, order: str, *, top: int, status: str = "open") -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: dict[str, str] | None = {}
    while cursor is not None:
        found = client.get("/v1/postings", params={"order": order, "top": top, "status": status, **cursor}).json()
        pages.append([one["id"] for one in found["postings"]])
        cursor = {"cursor": found["cursor"]} if found["cursor"] else None
    return pages


def test_open_postings_are_listed_by_age_or_title_and_a_recruiter_s_are_their_own(
    listed: TestClient, matcher: Matcher
) -> None:
    assert _listed(listed, "newest", top=4) == [["a4", "a3", "a2", "b1"], ["a1", "n1"]]
    assert _listed(listed, "title", top=100) == [["a4", "a2", "b1", "a1", "n1", "a3"]]
    now = datetime.now(UTC)
    key, text = new_key(Role.RECRUITER, now=now, expires_at=now + YEAR, organisation="a")
    matcher.keys.add(key)
    time.sleep(FRESH_S)  # until then nobody was asked
    listed.headers["Authorization"] = f"Bearer {text}"
    assert _listed(listed, "newest", top=3) == [["a4", "a3", "a2"], ["a1"]]
    assert _listed(listed, "title", top=1) == [["a4"], ["a2"], ["a1"], ["a3"]]
    assert listed.get("/v1/postings?top=1").json()["total"] == 4
    assert _listed(listed, "title", top=1, status="closed") == [["a8"], ["a9"]]
    assert _listed(listed, "newest", top=2, status="closed") == [["a8", "a9"]]


def test_postings_that_keep_their_place_come_once_whatever_comes_and_goes_around_them(listed: TestClient) -> None:
    first = listed.get("/v1/postings?top=2").json()
    assert [one["id"] for one in first["postings"]] == ["a4", "a3"]
    assert listed.delete("/v1/postings/a3").is_success
    dated = {"valid_from": "2026-01-02"}
    for id_ in ("a0", "c1"):  # on the day of the next one: before and behind it
        assert listed.put(f"/v1/postings/{id_}", json={"id": id_, "title": "New", **dated}).is_success
    assert listed.put("/v1/postings/a9", json={"id": "a9", "title": "New", "valid_from": "2026-01-09"}).is_success
    assert listed.put("/v1/postings/a1", json={"id": "a1", "title": "Still without a day"}).is_success
    second = listed.get("/v1/postings", params={"top": 100, "cursor": first["cursor"]}).json()
    assert [one["id"] for one in second["postings"]] == ["a0", "a2", "c1", "b1", "a1", "n1"]


def test_a_cursor_of_one_order_opens_no_other(listed: TestClient) -> None:
    cursor = listed.get("/v1/postings?order=title&top=1").json()["cursor"]
    for other in ({}, {"order": "title", "status": "closed"}):
        answer = listed.get("/v1/postings", params={**other, "cursor": cursor})
        assert answer.json()["invalid"][0]["reason"].startswith("is another list's")


def test_a_cursor_of_one_call_opens_no_other(listed: TestClient, matcher: Matcher) -> None:
    now = datetime.now(UTC)
    for _ in range(2):
        matcher.keys.add(new_key(Role.RECRUITER, now=now, expires_at=now + YEAR, organisation="a")[0])
    organiser, text = new_key(Role.ORGANISER, now=now, expires_at=now + YEAR)
    matcher.keys.add(organiser)
    time.sleep(FRESH_S)
    listed.headers["Authorization"] = f"Bearer {text}"
    paths = ("/v1/organisations", "/v1/keys", "/v1/postings")
    cursors = {path: listed.get(path, params={"top": 1}).json()["cursor"] for path in paths}
    for made_by, cursor in cursors.items():
        for path in paths:
            answer = listed.get(path, params={"cursor": cursor})
            assert (made_by, path, answer.status_code) == (made_by, path, 200 if path == made_by else 422)


def test_the_cursor_behind_the_longest_title_is_taken(listed: TestClient) -> None:
    for number in "12":
        record = {"id": f"z{number}", "title": "\ufdfa" * 499 + number}
        assert listed.put(f"/v1/postings/z{number}", json=record).is_success
    assert {"z1", "z2"} < {name for page in _listed(listed, "title", top=1) for name in page}


def test_too_many_postings_are_not_ordered_by_title(listed: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.postings.MOST_BY_TITLE", 5)
    answer = listed.get("/v1/postings?order=title")
    assert_problem(answer, 422)
    assert answer.json()["invalid"] == [{"field": "order", "reason": "is for 5 postings at most: ask for the newest"}]


@pytest.fixture
def matched(client: TestClient) -> TestClient:
    """Seven people and seven postings, each for all of the others."""
    for number in range(7):
        profile = {"id": f"c{number}", "headline": f"Data scientist {number}", "visible_to_recruiters": True}
        assert client.post("/v1/profiles", json=profile).status_code == 201
        assert client.post("/v1/postings", json={"id": f"p{number}", "title": f"Juriste {number}"}).status_code == 201
    return client


def _matches(client: TestClient, path: str, **asked: Any) -> list[dict[str, Any]]:
    """What each page answers."""
    pages: list[dict[str, Any]] = []
    while not pages or pages[-1]["cursor"]:
        cursor = {"cursor": pages[-1]["cursor"]} if pages else {}
        if path == "suggestions":
            draft = {"headline": "Data scientist"}
            answer = client.post("/v1/suggestions", params={**asked, **cursor}, json=draft)
        else:
            answer = client.get(f"/v1/{path}", params={**asked, **cursor})
        assert answer.status_code == 200
        pages.append(answer.json())
    return pages


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("path", ["postings/p1/candidates", "profiles/c1/suggestions", "suggestions"])
def test_candidates_and_suggestions_come_a_page_at_a_time(matched: TestClient, path: str) -> None:
    (whole,) = _matches(matched, path, top=100)
    pages = _matches(matched, path, top=3)
    assert [len(page["matches"]) for page in pages] == [3, 3, 1]
    assert [page["eligible"] for page in pages] == [7, 7, 7]
    assert [match for page in pages for match in page["matches"]] == whole["matches"]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("path", ["postings/p2/candidates", "profiles/c1/suggestions", "postings/p1/similar"])
def test_a_cursor_opens_no_other_list(matched: TestClient, path: str) -> None:
    cursor = matched.get("/v1/postings/p1/candidates?top=1").json()["cursor"]
    answer = matched.get(f"/v1/{path}", params={"cursor": cursor})
    assert_problem(answer, 422)
    (wrong,) = answer.json()["invalid"]
    assert (wrong["field"], wrong["reason"].startswith("is another ")) == ("cursor", True)


def test_a_cursor_belongs_to_the_options_that_it_was_made_under(matched: TestClient) -> None:
    cursor = matched.get("/v1/profiles/c1/suggestions?top=1").json()["cursor"]
    for option in ("merged=false", "per_organisation=1", "diversity=0.1"):
        assert_problem(matched.get(f"/v1/profiles/c1/suggestions?cursor={cursor}&{option}"), 422)
    french = matched.get(f"/v1/profiles/c2/suggestions?cursor={cursor}", headers={"Accept-Language": "fr"}).json()[
        "invalid"
    ]
    assert french == [{"field": "cursor", "reason": "est celui d’une autre liste : commencez celle-ci sans curseur"}]


def test_an_empty_cursor_is_refused_wherever_it_is_sent(client: TestClient) -> None:
    lists = ["organisations", "keys", "postings/p1/similar", "profiles/c1/similar"]
    lists += ["postings/p1/candidates", "profiles/c1/suggestions"]
    answers = [client.get(f"/v1/{name}?cursor=") for name in lists]
    answers += [
        client.post(f"/v1/{kind}/search", json={"text": "x", "cursor": ""}) for kind in ("postings", "profiles")
    ]
    reasons = set()
    for answer in answers:
        assert_problem(answer, 422)
        (wrong,) = answer.json()["invalid"]
        assert wrong["field"].endswith("cursor")
        reasons.add(wrong["reason"])
    assert len(reasons) == 1


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("cursor", [f"{CANARY}!", f"{CANARY}%00", "_-8", "a", "%C3%A9"])
def test_what_is_no_cursor_is_refused(filled: TestClient, name: str, cursor: str) -> None:
    answer = filled.get(f"/v1/{name}?cursor={cursor}")
    assert_problem(answer, 422)
    [wrong] = answer.json()["invalid"]
    assert wrong == {"field": "cursor", "reason": "is no cursor: send the one that the page before gave"}


def test_every_list_is_read_a_page_at_a_time(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    paged = set()
    for path, method, operation in (
        (path, method, one) for path, ones in document["paths"].items() for method, one in ones.items()
    ):
        content = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        schema = content.get("schema", {})
        assert schema.get("type") != "array", path
        properties = schemas.get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        if "cursor" in properties:
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            asked = {*schemas.get(body.get("$ref", "").rpartition("/")[2], {}).get("properties", {})}
            asked |= {one["name"] for one in operation["parameters"] if "name" in one}
            assert {"top", "cursor"} <= asked, path
            paged.add((method, path.split("/")[-1]))
    read = {("get", name) for name in ("postings", "organisations", "keys", "similar", "candidates", "suggestions")}
    assert paged == read | {("post", "search"), ("post", "suggestions")}
