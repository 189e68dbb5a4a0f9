"""What another process has stored is found by its id at once, and ids that nobody has stored cost next to nothing."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.latest import Latest
from matcher.core.domain import Kind, Organisation, OrganisationId, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import StoreUnavailable
from matcher.engine import Matcher
from tests.api.answers import assert_problem
from tests.api.conftest import application, open_on

PROFILE = Profile(ProfileId("c1"), "Data scientist", visible_to_recruiters=True)
POSTING = Posting(PostingId("p1"), "Data scientist", Organisation(OrganisationId("dinum"), "DINUM"))
CALLS = [
    "/v1/profiles/c1/suggestions",
    "/v1/profiles/c1/suggestions?diversity=0.5",
    "/v1/postings/p1/candidates",
    "/v1/postings/p1/candidates/c1",
    "/v1/profiles/c1",
    "/v1/profiles/c1/similar",
]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Matcher]:
    """Another process's matcher on the same database."""
    matcher = open_on(tmp_path)
    yield matcher
    matcher.close()


@pytest.fixture
def client(tmp_path: Path, other: Matcher) -> Iterator[TestClient]:
    """A service that has not looked at the change log since before anything was stored, and does not by itself."""
    with application(tmp_path, open_on(tmp_path), follow_seconds=60) as entered:
        yield entered


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("call", CALLS)
def test_what_another_process_has_just_stored_is_found(client: TestClient, other: Matcher, call: str) -> None:
    assert_problem(client.get(call), 404)
    other.put([PROFILE, POSTING])
    assert client.get(call).status_code == 200


def test_feedback_on_what_another_process_has_just_deleted_is_refused(client: TestClient, other: Matcher) -> None:
    asked = {"asks": "posting", "events": [{"posting_id": "p1", "profile_id": "c1", "event": "opened"}]}
    client.put("/v1/postings/p1", json={"id": "p1", "title": "DSI"})
    client.put("/v1/profiles/c1", json={"id": "c1", "headline": "DSI"})
    other.delete(Kind.POSTING, "p1")
    assert_problem(client.post("/v1/feedback", json=asked), 404)
    assert [*other.feedback.scan()] == []


def test_feedback_on_what_another_process_has_just_stored_is_taken(client: TestClient, other: Matcher) -> None:
    asked = {"asks": "posting", "events": [{"posting_id": "p1", "profile_id": "c1", "event": "opened"}]}
    assert_problem(client.post("/v1/feedback", json=asked), 404)
    other.put([PROFILE, POSTING])
    assert client.post("/v1/feedback", json=asked).json() == {"recorded": 1, "refused": []}


def test_an_id_that_nobody_has_waits_for_nothing_that_is_being_done(client: TestClient) -> None:
    follower = client.app.state.matcher._follower  # type: ignore[attr-defined] # a FastAPI
    with follower._following, ThreadPoolExecutor() as pool:  # as while a snapshot is written
        answers = [*pool.map(client.get, CALLS)]
    assert [answer.status_code for answer in answers] == [404] * len(CALLS)


def test_what_takes_longer_than_a_moment_holds_up_no_answer(
    client: TestClient, other: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.latest.WAIT_S", 0.05)
    other.put([PROFILE, POSTING])
    follower = client.app.state.matcher._follower  # type: ignore[attr-defined] # a FastAPI
    with follower._following:
        assert_problem(client.get(CALLS[0]), 404)
    assert client.get(CALLS[0]).status_code == 200


def test_what_is_in_memory_is_ranked_without_a_look_at_the_log(
    client: TestClient, other: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.put([PROFILE, POSTING])
    assert client.get(CALLS[0]).status_code == 200

    def away() -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(client.app.state.latest, "_follow", away)  # type: ignore[attr-defined] # a FastAPI
    assert [client.get(call).status_code for call in CALLS] == [200] * len(CALLS)
    assert_problem(client.get("/v1/profiles/nobody/suggestions"), 503)


def test_all_who_miss_something_meanwhile_wait_for_one_look() -> None:
    looks: list[int] = []
    at_it, on = threading.Event(), threading.Event()

    def follow() -> None:
        looks.append(1)
        at_it.set()
        assert on.wait(30)

    async def run() -> None:
        latest = Latest(follow)
        with ThreadPoolExecutor(1) as pool:
            first = asyncio.create_task(latest.caught_up())
            await asyncio.get_running_loop().run_in_executor(pool, at_it.wait, 30)
        later = [asyncio.create_task(latest.caught_up()) for _ in range(50)]
        gone = asyncio.create_task(latest.caught_up())
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        assert not any(one.done() for one in (first, *later)), "the look at hand may have begun too early for them"
        on.set()
        await asyncio.gather(first, *later)

    asyncio.run(run())
    assert len(looks) == 2
