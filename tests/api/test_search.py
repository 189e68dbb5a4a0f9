"""Search, drafts, similar ones, one pair and feedback over HTTP."""

from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.schemas.matches import MatchesAnswer, PairAnswer
from api.schemas.search import FoundAnswer
from matcher.core.domain import Contract, Experience, Kind
from matcher.core.scoring import Weights
from matcher.drafts import parse_draft
from matcher.engine import Matcher
from matcher.offline.judgements import of_feedback
from tests.api.answers import assert_problem

POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}, "skills": ["Python"]}
PEOPLE: dict[str, dict[str, Any]] = {
    "ana": {"headline": "Data scientist", "skills": ["Python"], "locations": [{"region": "Bretagne"}]},
    "bob": {"headline": "Data scientist", "summary": "open data", "contracts": ["freelance"]},
    "law": {"headline": "Juriste", "remote": "full"},
    "off": {"headline": "Data scientist", "visible_to_recruiters": False},
}


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    assert client.post("/v1/postings", json=POSTING).status_code == 201
    assert client.post("/v1/postings", json={"id": "p2", "title": "Juriste"}).status_code == 201
    for name, fields in PEOPLE.items():
        answer = client.post("/v1/profiles", json={"id": name, "visible_to_recruiters": True, **fields})
        assert answer.status_code == 201
    return client


def _ids(answer: dict[str, Any]) -> list[str]:
    return [match["id"] for match in answer["matches"]]


def test_a_search_answers_what_it_documents(filled: TestClient) -> None:
    answer = filled.post("/v1/profiles/search", json={"text": 'data scientist, Rennes, "open data", -PHP'})
    assert answer.status_code == 200
    assert FoundAnswer.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
    assert answer.json()["understood"] == {
        "words": "data scientist open data",
        "phrases": ["open data"],
        "either": [],
        "excluded": ["PHP"],
        "places": ["Rennes"],
        "excluded_places": [],
        "excluded_contracts": [],
        "remote": None,
        "contracts": [],
        "languages": [],
        "experience_years": None,
        "experience_years_max": None,
        "education_level": None,
        "salary_min": None,
        "salary_max": None,
        "terms": [],
    }
    assert _ids(answer.json()) == ["bob"]
    match = answer.json()["matches"][0]
    assert sum(part["value"] for part in match["contributions"]) == pytest.approx(match["score"], abs=1e-5)


@pytest.mark.parametrize("text", ["-", '"', "2024", "jeanne.martin@exemple.fr", "06 12 34 56 78", "sauf PHP", "le"])
def test_a_search_for_nothing_is_refused_and_not_repeated(
    filled: TestClient, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = filled.post("/v1/profiles/search", json={"text": text})
    assert_problem(answer, 422)
    reason = "asks for nothing: name a trade, a skill, a phrase or a place"
    assert answer.json()["invalid"] == [{"field": "text", "reason": reason}]
    assert len(text) < len("jeanne") or text not in answer.text + caplog.text


def test_how_a_person_is_reached_is_not_shown_among_what_was_understood(filled: TestClient) -> None:
    answer = filled.post("/v1/profiles/search", json={"text": "data jeanne.martin@exemple.fr 06 12 34 56 78"})
    assert answer.json()["understood"]["words"] == "data"
    assert "martin" not in answer.text


def test_filters_and_counts_and_pages(filled: TestClient) -> None:
    whole = filled.post("/v1/profiles/search", json={"text": "data"}).json()
    assert (whole["total"], whole["cursor"]) == (3, None)
    assert whole["counts"]["region"] == {"53": 1, "unknown": 2}
    chosen = filled.post("/v1/profiles/search", json={"text": "data", "filters": {"region": ["53"]}}).json()
    assert _ids(chosen) == ["ana"]
    ids, cursor = [], None
    for _ in range(3):
        page = filled.post("/v1/profiles/search", json={"text": "data", "top": 1, "cursor": cursor}).json()
        ids += _ids(page)
        cursor = page["cursor"]
    assert (ids, cursor) == (_ids(whole), None)


def test_weights_of_a_request_are_shown_in_its_contributions(filled: TestClient) -> None:
    asked = {"text": "juriste", "words_weight": 0.5, "weights": {"title": 1.0}}
    answer = filled.post("/v1/profiles/search", json=asked).json()
    weights = {part["name"]: part["weight"] for part in answer["matches"][0]["contributions"]}
    assert weights["words"] == 0.5
    assert weights["title"] == pytest.approx(0.5 * 1.0 / (2.0 - Weights().title))
    assert sum(weights.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "-PHP"}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "x", "top": 0}, "top"),
        ({"text": "x", "top": 101}, "top"),
        ({"text": "x", "words_weight": 1.1}, "words_weight"),
        ({"text": "x", "weights": {"zorglub": 1}}, "weights.zorglub.[key]"),
        ({"text": "x", "weights": {"title": -1}}, "weights.title"),
        ({"text": "x", "filters": {"region": ["Bretagne"]}}, "filters.region.0"),
        ({"text": "x", "filters": {"experience": ["many"]}}, "filters.experience.0"),
        ({"text": "x", "filters": {"zorglub": []}}, "filters.zorglub"),
        ({"text": "x", "cursor": "zorglub"}, "cursor"),
        ({"text": "x", "zorglub": 1}, "zorglub"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(filled: TestClient, body: dict[str, Any], field: str) -> None:
    answer = filled.post("/v1/profiles/search", content=_json(body), headers={"content-type": "application/json"})
    assert_problem(answer, 422)
    assert field in {wrong["field"].split(".literal")[0].split(".enum")[0] for wrong in answer.json()["invalid"]}


def _json(body: dict[str, Any]) -> bytes:
    import json

    return json.dumps(body).encode()


def test_all_weights_at_zero_are_refused(filled: TestClient) -> None:
    names = "title skills body experience education languages place contract remote salary start".split()
    answer = filled.post("/v1/profiles/search", json={"text": "x", "weights": dict.fromkeys(names, 0)})
    assert_problem(answer, 422)
    assert answer.json()["invalid"] == [{"field": "weights", "reason": "must not all be zero"}]


def test_similar_ones_are_found_without_the_one_itself(filled: TestClient) -> None:
    answer = filled.get("/v1/profiles/ana/similar")
    assert FoundAnswer.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
    assert _ids(answer.json()) == ["bob", "law"]
    assert _ids(filled.get("/v1/postings/p1/similar").json()) == ["p2"]
    assert_problem(filled.get("/v1/profiles/nobody/similar"), 404)


def test_similar_ones_come_a_page_at_a_time(filled: TestClient) -> None:
    whole = filled.get("/v1/profiles/ana/similar").json()
    assert whole["cursor"] is None
    first = filled.get("/v1/profiles/ana/similar?top=1").json()
    second = filled.get(f"/v1/profiles/ana/similar?top=1&cursor={first['cursor']}").json()
    assert (_ids(first) + _ids(second), second["cursor"]) == (_ids(whole), None)
    assert [match["rank"] for match in second["matches"]] == [2]
    for path in ("profiles/law/similar", "postings/p1/similar"):
        answer = filled.get(f"/v1/{path}?cursor={first['cursor']}")
        assert_problem(answer, 422)
        assert answer.json()["invalid"] == [
            {"field": "cursor", "reason": "is another list's: start that one without a cursor"}
        ]


def test_a_draft_gets_suggestions_and_nothing_of_it_is_stored(filled: TestClient, matcher: Matcher) -> None:
    before = matcher.count(Kind.PROFILE), [*matcher.changes(0)]
    answer = filled.post("/v1/suggestions?top=1", json={"headline": "Juriste zorglub"})
    assert MatchesAnswer.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
    assert [match["posting_id"] for match in answer.json()["matches"]] == ["p2"]
    assert (matcher.count(Kind.PROFILE), [*matcher.changes(0)]) == before
    assert_problem(filled.get("/v1/profiles/draft"), 404)


@pytest.mark.parametrize("field", [{"skills": ["Python"]}, {"summary": "Du Python."}, {"headline": "Data"}])
def test_a_draft_may_say_anything_first(filled: TestClient, field: dict[str, Any]) -> None:
    assert filled.post("/v1/suggestions", json=field).json()["eligible"] == 2


def test_a_draft_that_says_nothing_is_refused(filled: TestClient) -> None:
    begun = {"headline": None, "skills": [""], "experiences": [{"title": " ", "summary": "x"}]}
    for draft in ({}, {"languages": ["fr"]}, {"summary": "  "}, begun):
        answer = filled.post("/v1/suggestions", json=draft)
        assert_problem(answer, 422)
        assert answer.json()["invalid"][0]["field"] == "headline"


@pytest.mark.parametrize(
    "typed",
    [
        {"headline": None},
        {"headline": "", "id": "", "summary": None},
        {"experiences": [{"title": ""}]},
        {"experiences": [{"start": "2020-01-01"}, None, {}]},
        {"experiences": [{"title": " ", "start": "2020-01-01", "end": "0002-01-01", "summary": "x"}]},
        {"experiences": [{"title": None, "organisation": None, "start": None, "summary": None}]},
        {"education": [{"title": ""}, {"level": 6}, {"end": "2019-"}]},
        {"skills": ["Python", "", " ", None]},
        {"languages": ["", None]},
        *({"available_from": day} for day in ("", "2", "2026-", "2026-1", "2026-12-", "2026-12-3", "2026-02-30", None)),
        {"consented_at": "2026-1"},
        {"locations": [{}, None, {"city": ""}, {"department": "96"}, {"region": "Ile de Fran"}, {"region": "75"}]},
        {"remote": "", "situation": None, "experience_years": "", "salary_eur_year_min": None},
        {"contracts": None, "hidden_from": None, "visible_to_recruiters": None},
        {"contracts": ["", None], "hidden_from": [None, ""]},
    ],
)
def test_what_is_empty_or_half_typed_in_a_draft_counts_as_not_there_yet(
    filled: TestClient, typed: dict[str, Any]
) -> None:
    written = {"skills": ["Python"]}
    answer = filled.post("/v1/suggestions", json=written | typed)
    assert answer.status_code == 200, answer.text
    assert answer.json()["matches"] == filled.post("/v1/suggestions", json=written).json()["matches"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"titel": None}, "titel"),
        ({"experiences": [{"title": "", "titel": ""}]}, "experiences.0.titel"),
        ({"experiences": [{"title": "x", "start": "01/12/2026"}]}, "experiences.0.start"),
        ({"experiences": "x"}, "experiences"),
        ({"skills": ["", 3]}, "skills.1"),
        ({"skills": "Python"}, "skills"),
        ({"available_from": "2026-12-01T00:00:00Z"}, "available_from"),
        ({"available_from": 0}, "available_from"),
        ({"experience_years": "3"}, "experience_years"),
        ({"remote": "som"}, "remote"),
        ({"hidden_from": ["", "a b"]}, "hidden_from.1"),
        ({"hidden_from": [0]}, "hidden_from.0"),
        ({"contracts": [None, "freelanc"]}, "contracts.1"),
        ({"locations": [{"latitude": 91}]}, "locations.0.latitude"),
    ],
)
def test_an_unknown_field_or_a_wrong_type_in_a_draft_is_refused(
    filled: TestClient, typed: dict[str, Any], field: str
) -> None:
    answer = filled.post("/v1/suggestions", json={"headline": "Data"} | typed)
    assert_problem(answer, 422)
    assert [one["field"] for one in answer.json()["invalid"]] == [field]


def test_dates_of_a_draft_in_the_wrong_order_leave_the_rest_of_the_job() -> None:
    jobs = [
        {"title": "Data scientist", "start": "2020-01-01", "end": "0002-01-01", "summary": "Python."},
        {"title": "Data engineer", "start": "2018-01-01", "end": "2019-1"},
    ]
    assert parse_draft({"experiences": jobs}).experiences == (
        Experience("Data scientist", summary="Python."),
        Experience("Data engineer", start=date(2018, 1, 1)),
    )


def test_what_is_said_between_empty_entries_of_a_draft_counts() -> None:
    draft = parse_draft({"headline": "x", "contracts": ["", "freelance"], "hidden_from": [None, "dinum", ""]})
    assert (draft.contracts, draft.hidden_from) == ((Contract.FREELANCE,), ("dinum",))


def test_a_draft_is_ranked_as_the_same_profile_is_when_it_is_stored(filled: TestClient) -> None:
    profile = {"id": "new", "headline": "Data scientist", "skills": ["Python"]}
    draft = filled.post("/v1/suggestions", json=profile).json()
    filled.post("/v1/profiles", json=profile)
    stored = filled.get("/v1/profiles/new/suggestions").json()
    assert [match["posting_id"] for match in draft["matches"]] == [match["posting_id"] for match in stored["matches"]]
    assert [match["score"] for match in draft["matches"]] == pytest.approx(
        [match["score"] for match in stored["matches"]], abs=1e-6
    )


def test_one_pair_is_explained_at_its_rank(filled: TestClient) -> None:
    listed = filled.get("/v1/postings/p1/candidates").json()
    for match in listed["matches"]:
        answer = filled.get(f"/v1/postings/p1/candidates/{match['profile_id']}")
        assert PairAnswer.model_validate_json(answer.content).model_dump(mode="json") == answer.json()
        found = answer.json()["match"]
        assert found["score"] == pytest.approx(match["score"], abs=1e-6)
        assert {**found, "score": 0, "contributions": []} == {**match, "score": 0, "contributions": []}
    answer = filled.get("/v1/postings/p1/candidates/off").json()
    assert answer == {"eligible": 3, "match": None, "excluded_by": ["visible"]}
    assert_problem(filled.get("/v1/postings/p1/candidates/nobody"), 404)
    assert_problem(filled.get("/v1/postings/nothing/candidates/ana"), 404)


def _event(event: str = "opened", **fields: Any) -> dict[str, Any]:
    return {"posting_id": "p1", "profile_id": "ana", "event": event, "position": 1, **fields}


def test_feedback_is_recorded_once_with_the_weights_in_force(filled: TestClient, matcher: Matcher) -> None:
    body = {"asks": "posting", "request_id": "r1", "events": [_event("shown"), _event()]}
    assert filled.post("/v1/feedback", json=body).json() == {"recorded": 2, "refused": []}
    assert filled.post("/v1/feedback", json=body).json() == {"recorded": 0, "refused": []}
    first, second = matcher.feedback.scan()
    assert (first.event, second.event, second.position, second.request_id) == ("shown", "opened", 1, "r1")
    assert second.weights["title"] == matcher.weights.title
    filled.delete("/v1/profiles/ana")
    assert [*matcher.feedback.scan()] == []


def test_what_became_of_somebody_can_be_said_anew_without_naming_the_answer(
    filled: TestClient, matcher: Matcher
) -> None:
    said = ["dismissed", "hired", "dismissed"]
    for event in said:
        body = {"asks": "posting", "events": [_event(event)]}
        answers = [filled.post("/v1/feedback", json=body).json()["recorded"] for _ in range(2)]
        assert answers == [1, 0], "a call that is made again, for its answer was lost, is the same"
    assert [one.event for one in matcher.feedback.scan()] == said
    assert of_feedback(matcher.feedback.scan(), Kind.POSTING) == {"p1": {"ana": 0}}


@pytest.mark.parametrize(
    ("unknown", "kind"), [({"posting_id": "nothing"}, "posting"), ({"profile_id": "nobody"}, "profile")]
)
def test_feedback_on_what_does_not_exist_is_named_and_loses_no_other(
    filled: TestClient, matcher: Matcher, unknown: dict[str, str], kind: str
) -> None:
    reason = f"there is no such {kind}: check the id, or ingest the {kind} first"
    body = {"asks": "posting", "events": [_event("shown"), _event(**unknown), _event()]}
    for new in (2, 0):
        answer = filled.post("/v1/feedback", json=body)
        refused = [{"field": f"events.1.{kind}_id", "reason": reason}]
        assert (answer.status_code, answer.json()) == (200, {"recorded": new, "refused": refused})
        assert answer.headers["content-language"] == "en"
    assert [(one.profile_id, one.event) for one in matcher.feedback.scan()] == [("ana", "shown"), ("ana", "opened")]
    french = filled.post("/v1/feedback", json=body, headers={"Accept-Language": "fr"})
    assert french.json()["refused"][0]["reason"].startswith("il n’y a pas de tel document")
    assert french.headers["content-language"] == "fr"


def test_feedback_on_nothing_that_exists_is_not_found_and_says_what(filled: TestClient, matcher: Matcher) -> None:
    body = {"asks": "posting", "events": [_event(profile_id="nobody"), _event(posting_id="nothing")]}
    answer = filled.post("/v1/feedback", json=body)
    assert_problem(answer, 404)
    assert [one["field"] for one in answer.json()["invalid"]] == ["events.0.profile_id", "events.1.posting_id"]
    assert answer.json()["detail"] == answer.json()["invalid"][0]["reason"]
    assert [*matcher.feedback.scan()] == []


@pytest.mark.parametrize(
    "body",
    [
        {"asks": "posting", "events": []},
        {"asks": "nobody", "events": [_event()]},
        {"asks": "posting", "events": [_event("liked")]},
        {"asks": "posting", "events": [_event(position=0)]},
        {"asks": "posting", "events": [_event()] * 201},
        {"asks": "posting", "request_id": "two words", "events": [_event()]},
    ],
)
def test_feedback_that_makes_no_sense_is_refused(filled: TestClient, body: dict[str, Any]) -> None:
    assert_problem(filled.post("/v1/feedback", json=body), 422)
