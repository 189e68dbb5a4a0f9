"""Postings and profiles are created, replaced, read and deleted over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.core.domain import Kind
from matcher.engine import Matcher
from tests.api.answers import assert_problem

FULL_POSTING: dict[str, Any] = {
    "id": "p1",
    "title": "Développeuse ou développeur Python",
    "organisation": {"id": "dinum", "name": "DINUM"},
    "description": "Construire <b>l'État</b> plateforme.",
    "qualifications": "Licence'; DROP TABLE document; --",
    "skills": ["Python", "PostgreSQL"],
    "languages": ["fr"],
    "locations": [{"region": "Île-de-France", "city": "Paris", "latitude": 48.85, "longitude": 2.35}],
    "remote": "partial",
    "contracts": ["contract_agent"],
    "experience_years_min": 2.5,
    "education_level_min": 6,
    "salary_eur_year": {"min": 40000, "max": 50000.5},
    "openings": 2,
    "occupation": {"rome": "M1805"},
    "valid_from": "2026-01-01",
    "valid_through": "2099-01-01",
    "status": "open",
    "url": "https://example.org/p1",
    "source": "test",
}
FULL_PROFILE: dict[str, Any] = {
    "id": "c1",
    "headline": "Développeuse Python",
    "summary": "Dix ans de Python 🐍",
    "skills": ["Python"],
    "experiences": [{"title": "Développeuse", "organisation": "X", "start": "2016-01-01", "summary": "API"}],
    "education": [{"title": "Master", "level": 7, "end": "2015-06-30"}],
    "languages": ["fr", "en"],
    "locations": [{"region": "Bretagne", "department": "35", "city": "Rennes", "latitude": 48.11, "longitude": -1.68}],
    "remote": "full",
    "contracts": ["contract_agent", "freelance"],
    "experience_years": 10,
    "situation": "private",
    "available_from": "2026-12-01",
    "salary_eur_year_min": 45000,
    "visible_to_recruiters": True,
    "hidden_from": ["dinum"],
    "consented_at": "2026-11-01",
}
FULL = {"postings": FULL_POSTING, "profiles": FULL_PROFILE}
NAME = {"postings": "title", "profiles": "headline"}

pytestmark = pytest.mark.parametrize("kind", ["postings", "profiles"])


def _said(answer: dict[str, Any], record: dict[str, Any]) -> bool:
    """Every field of `record` is in `answer` as it was; nested objects may come back with more (empty) fields."""
    for name, value in record.items():
        found = answer[name]
        if isinstance(value, dict):
            if not _said(found, value):
                return False
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            if not all(_said(one, other) for one, other in zip(found, value, strict=True)):
                return False
        elif found != value:
            return False
    return True


def test_a_new_document_is_created_and_says_where_it_is(client: TestClient, kind: str) -> None:
    answer = client.post(f"/v1/{kind}", json=FULL[kind])
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/{kind}/{FULL[kind]['id']}"
    assert _said(answer.json(), FULL[kind])
    assert client.get(answer.headers["location"]).json() == answer.json()


def test_creating_a_taken_id_is_a_conflict_and_changes_nothing(client: TestClient, kind: str) -> None:
    client.post(f"/v1/{kind}", json={"id": "x", NAME[kind]: "avant"})
    assert_problem(client.post(f"/v1/{kind}", json={"id": "x", NAME[kind]: "après"}), 409)
    assert client.get(f"/v1/{kind}/x").json()[NAME[kind]] == "avant"


def test_replacing_answers_201_for_what_is_new_and_200_after_that(client: TestClient, kind: str) -> None:
    path = f"/v1/{kind}/x"
    assert client.put(path, json={"id": "x", NAME[kind]: "un"}).status_code == 201
    assert client.put(path, json={"id": "x", NAME[kind]: "deux"}).status_code == 200
    assert client.put(path, json={"id": "x", NAME[kind]: "deux"}).status_code == 200
    assert client.get(path).json()[NAME[kind]] == "deux"


def test_what_is_read_can_be_written_again_unchanged(client: TestClient, matcher: Matcher, kind: str) -> None:
    stored = client.put(f"/v1/{kind}/{FULL[kind]['id']}", json=FULL[kind]).json()
    side = Kind.POSTING if kind == "postings" else Kind.PROFILE
    before = matcher.get(side, stored["id"])
    assert client.put(f"/v1/{kind}/{stored['id']}", json=stored).status_code == 200
    assert matcher.get(side, stored["id"]) == before


def test_another_id_in_the_path_than_in_the_record_is_refused(client: TestClient, kind: str) -> None:
    answer = client.put(f"/v1/{kind}/y", json={"id": "x", NAME[kind]: "un"})
    assert_problem(answer, 422)
    assert [wrong["field"] for wrong in answer.json()["invalid"]] == ["id"]
    for name in "xy":
        assert_problem(client.get(f"/v1/{kind}/{name}"), 404)


def test_a_deleted_document_is_gone(client: TestClient, kind: str) -> None:
    client.post(f"/v1/{kind}", json={"id": "x", NAME[kind]: "un"})
    gone = client.delete(f"/v1/{kind}/x")
    if kind == "postings":
        assert (gone.status_code, gone.content) == (204, b"")
    else:
        assert gone.json().keys() == {"pseudonym", "erased_at", "change", "files_clear_by"}
        assert gone.json()["files_clear_by"] > gone.json()["erased_at"]
    assert_problem(client.delete(f"/v1/{kind}/x"), 404)
    assert_problem(client.get(f"/v1/{kind}/x"), 404)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("id_", ["é", "日本", "a%b", "a:b;c=d&e+f", "'--", "<b>", "x" * 200])
def test_an_id_of_any_letters_can_be_reached_where_its_location_says(client: TestClient, kind: str, id_: str) -> None:
    answer = client.post(f"/v1/{kind}", json={"id": id_, NAME[kind]: "un"})
    assert answer.status_code == 201
    assert client.get(answer.headers["location"]).json()["id"] == id_
    assert client.delete(answer.headers["location"]).is_success


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("id_", ["", " ", "a b", "a/b", "a?b", "a#b", "a\\b", "\x7f", "\n", "x" * 201, 7, None])
def test_an_id_that_an_address_cannot_carry_is_refused(client: TestClient, kind: str, id_: object) -> None:
    answer = client.post(f"/v1/{kind}", json={"id": id_, NAME[kind]: "un"})
    assert_problem(answer, 422)
    assert [wrong["field"] for wrong in answer.json()["invalid"]] == ["id"]
