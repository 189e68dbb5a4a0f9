"""Suggestions and candidates over HTTP: reasons that add up, and nobody shown who asked not to be."""

import threading
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.schemas.matches import MatchesAnswer
from matcher import corpus
from matcher.core.scoring import ASPECTS
from matcher.engine import Matcher
from tests.api.answers import assert_problem

POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}, "skills": ["Python", "Haskell"]}


def _profile(id_: str, headline: str = "Data scientist", **fields: Any) -> dict[str, Any]:
    return {"id": id_, "headline": headline, "visible_to_recruiters": True, **fields}


def _fill(client: TestClient, *profiles: dict[str, Any]) -> None:
    client.post("/v1/postings", json=POSTING)
    for profile in profiles:
        assert client.post("/v1/profiles", json=profile).status_code == 201


def _found(client: TestClient, path: str = "/v1/postings/p1/candidates", side: str = "profile_id") -> list[str]:
    return [match[side] for match in client.get(path).json()["matches"]]


def test_what_takes_long_is_ranked_apart_from_who_asks_for_something_else(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(client, _profile("far", "Juriste"), _profile("near"))
    here = client.get("/v1/postings/p1/candidates").json()["matches"]
    ranked_by: list[str] = []
    rank = Matcher.rank

    def noted(*asked: Any, **options: Any) -> Any:
        ranked_by.append(threading.current_thread().name)
        return rank(*asked, **options)

    monkeypatch.setattr(Matcher, "rank", noted)
    for many, skills in ((3, 2), (2, 2), (3, 1)):
        monkeypatch.setattr(corpus, "MANY", many)
        monkeypatch.setattr(corpus, "MANY_SKILLS", skills)
        assert client.get("/v1/postings/p1/candidates").json()["matches"] == here
    loop, *workers = ranked_by
    assert loop not in workers


def test_candidates_come_best_first_with_reasons_that_add_up(client: TestClient) -> None:
    _fill(client, _profile("far", "Juriste"), _profile("near", skills=["python"], summary="J'ai écrit du Haskell."))
    answer = client.get("/v1/postings/p1/candidates").json()
    assert answer["eligible"] == 2
    assert [(match["rank"], match["profile_id"]) for match in answer["matches"]] == [(1, "near"), (2, "far")]
    assert [match["posting_id"] for match in answer["matches"]] == ["p1", "p1"]
    for match in answer["matches"]:
        assert [part["name"] for part in match["contributions"]] == list(ASPECTS)
        assert sum(part["value"] for part in match["contributions"]) == pytest.approx(match["score"], abs=1e-5)
        assert 0.8 * match["asks_score"] + 0.2 * match["wishes_score"] == pytest.approx(match["score"], abs=1e-5)
        assert {part["standing"] for part in match["contributions"]} <= {"compared", "unknown"}
        assert match["sentence"].keys() == {"fr", "en"}
        assert all(match["sentence"].values())
    skills = {skill["required"]: skill for skill in answer["matches"][0]["skills"]}
    assert skills["Python"]["counterpart"] == "python"
    assert skills["Haskell"]["evidence"] == "evidenced"


def test_an_answer_is_what_the_documentation_says_it_is(client: TestClient) -> None:
    _fill(client, _profile("ana", skills=["python"], languages=["fr"]), _profile("bob", "Juriste"))
    for path in ("/v1/postings/p1/candidates", "/v1/profiles/ana/suggestions"):
        answer = client.get(path)
        assert answer.headers["content-type"] == "application/json"
        assert MatchesAnswer.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
        assert answer.json()["matches"]


def test_suggestions_come_best_first(client: TestClient) -> None:
    _fill(client, _profile("ana"))
    client.post("/v1/postings", json={"id": "p2", "title": "Juriste"})
    answer = client.get("/v1/profiles/ana/suggestions").json()
    assert answer["eligible"] == 2
    assert [match["posting_id"] for match in answer["matches"]] == ["p1", "p2"]


def test_no_organisation_is_shown_a_profile_that_is_invisible_or_hidden_from_it(client: TestClient) -> None:
    _fill(
        client,
        _profile("shown"),
        _profile("invisible", visible_to_recruiters=False),
        _profile("hidden", hidden_from=["dinum", "other"]),
        {"id": "silent", "headline": "Data scientist"},
    )
    assert _found(client) == ["shown"]
    client.post("/v1/postings", json=POSTING | {"id": "p2", "organisation": {"id": "anssi"}})
    assert set(_found(client, "/v1/postings/p2/candidates")) == {"shown", "hidden"}


def test_a_candidate_is_not_suggested_what_they_hide_from_but_an_invisible_one_is_suggested_postings(
    client: TestClient,
) -> None:
    _fill(client, _profile("hidden", hidden_from=["dinum"]), _profile("invisible", visible_to_recruiters=False))
    assert _found(client, "/v1/profiles/hidden/suggestions", "posting_id") == []
    assert _found(client, "/v1/profiles/invisible/suggestions", "posting_id") == ["p1"]


def test_hiding_and_showing_take_effect_on_the_next_answer(client: TestClient) -> None:
    _fill(client, _profile("ana"))
    assert _found(client) == ["ana"]
    for visible, expected in ((False, []), (True, ["ana"])):
        client.put("/v1/profiles/ana", json=_profile("ana", visible_to_recruiters=visible))
        assert _found(client) == expected


def test_a_deleted_document_is_out_of_the_next_answer(client: TestClient) -> None:
    _fill(client, _profile("ana"), _profile("bob"))
    assert set(_found(client)) == {"ana", "bob"}
    client.delete("/v1/profiles/ana")
    assert _found(client) == ["bob"]
    client.delete("/v1/postings/p1")
    assert _found(client, "/v1/profiles/bob/suggestions", "posting_id") == []
    assert_problem(client.get("/v1/postings/p1/candidates"), 404)


def test_a_closed_posting_has_no_candidates(client: TestClient) -> None:
    _fill(client, _profile("ana"))
    client.put("/v1/postings/p1", json=POSTING | {"status": "closed"})
    assert client.get("/v1/postings/p1/candidates").json() == {"eligible": 0, "matches": [], "cursor": None}


def test_top_bounds_how_many_are_shown_not_how_many_are_eligible(client: TestClient) -> None:
    _fill(client, *(_profile(f"c{number:02}") for number in range(12)))
    for query, shown in (("", 10), ("?top=1", 1), ("?top=11", 11), ("?top=100", 12)):
        answer = client.get(f"/v1/postings/p1/candidates{query}").json()
        assert (len(answer["matches"]), answer["eligible"]) == (shown, 12)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("top", ["0", "-1", "101", "1.5", "ten", "", "9" * 5000, "NaN", "%00"])
@pytest.mark.parametrize("path", ["/v1/postings/p1/candidates", "/v1/profiles/ana/suggestions"])
def test_a_top_out_of_bounds_is_refused(client: TestClient, path: str, top: str) -> None:
    answer = client.get(f"{path}?top={top}")
    assert_problem(answer, 422)
    assert [wrong["field"] for wrong in answer.json()["invalid"]] == ["query.top"]


@pytest.mark.parametrize("path", ["/v1/postings/nobody/candidates", "/v1/profiles/nobody/suggestions"])
def test_matches_of_an_unknown_document_are_not_found(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404)


def test_the_index_is_on_disk_when_the_application_has_stopped(client: TestClient, tmp_path: Path) -> None:
    _fill(client, _profile("ana"))
    client.__exit__()
    assert (tmp_path / "snapshots" / "CURRENT").exists()
