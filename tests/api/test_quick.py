"""What is answered before the framework begins is what the route would have answered."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.quick import QuickReads
from api.security import EVERYONE
from matcher.core.domain import Kind, Record
from matcher.core.errors import StoreUnavailable
from matcher.decisions import reading
from tests.api.conftest import application, open_on
from tests.fakes import FakeStore

POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}, "skills": ["Python", "Haskell"]}
PROFILES = [
    {"id": f"c{number}", "headline": "Data scientist", "visible_to_recruiters": number % 2 == 0, "skills": ["python"]}
    for number in range(4)
]
PLAIN = [
    "/v1/profiles/c1/suggestions",
    "/v1/profiles/c1/suggestions?top=3",
    "/v1/postings/p1/candidates",
    "/v1/postings/p1/candidates?top=100",
    "/v1/profiles/c1",
    "/v1/postings/p1",
]
NOT_PLAIN = [
    "/v1/profiles/nobody/suggestions",
    "/v1/profiles/c1/suggestions?top=0",
    "/v1/profiles/c1/suggestions?top=101",
    "/v1/profiles/c1/suggestions?top=+3",
    "/v1/profiles/c1/suggestions?top=3&merged=false",
    "/v1/profiles/c1/suggestions?diversity=0.5",
    "/v1/profiles/c1/suggestions?zorglub=1",
    "/v1/profiles/c1/suggestions?top=3&zorglub",
    "/v1/postings/p1/candidates?merged=false",
    "/v1/postings/p1/candidates?cursor=zorglub",
    "/v1/profiles/c1/suggestions?top=3&cursor=",
    "/v1/postings/p1?top=3",
    "/v1/profiles/c1?zorglub",
    "/v1/postings/nobody/candidates",
    "/v1/postings/c1",
    "/v1/profiles/p1",
    f"/v1/profiles/{'x' * 201}",
    "/v1/profiles/",
    "/v1/profiles/c1/",
    "/v1/profiles/c1/candidates",
    "/v1/organisations",
]


@contextmanager
def _filled(home: Path) -> Iterator[TestClient]:
    with application(home, open_on(home)) as client:
        assert client.put("/v1/postings/p1", json=POSTING).status_code == 201
        for profile in PROFILES:
            assert client.put(f"/v1/profiles/{profile['id']}", json=profile).status_code == 201
        yield client


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with _filled(tmp_path_factory.mktemp("quick")) as client:
        yield client


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    async def pass_on(self: QuickReads, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.app.QuickReads", type("NoQuickReads", (QuickReads,), {"__call__": pass_on}))
        with _filled(tmp_path_factory.mktemp("slow")) as client:
            yield client


@pytest.mark.parametrize("headers", [{}, {"If-None-Match": '"x"'}, {"If-None-Match": "*"}, {"Accept-Language": "fr"}])
@pytest.mark.parametrize("path", PLAIN + NOT_PLAIN)
def test_every_read_is_answered_as_its_route_answers_it(
    quick: TestClient, slow: TestClient, path: str, headers: dict[str, str]
) -> None:
    one, other = (client.get(path, headers=headers | {"X-Request-Id": "r1"}) for client in (quick, slow))
    assert (one.status_code, one.content) == (other.status_code, other.content)
    assert dict(one.headers) == dict(other.headers)


@pytest.mark.parametrize("path", ["/v1/profiles/x", "/v1/postings/x"])
def test_a_database_that_is_away_is_found_out_once(tmp_path: Path, path: str) -> None:
    asked = []

    class Away(FakeStore):
        def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
            asked.append(ids)
            raise StoreUnavailable("refused")

    with application(tmp_path, open_on(tmp_path, store=Away()), follow_seconds=60) as client:
        assert client.get(path).status_code == 503
    assert len(asked) == 1


@pytest.mark.parametrize(("path", "is_plain"), [*((path, True) for path in PLAIN), ("/v1/organisations", False)])
def test_a_plain_read_never_reaches_the_framework(
    quick: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, is_plain: bool
) -> None:
    reached = []

    async def noted(scope: Scope, _: Receive, send: Send) -> None:
        reached.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert isinstance(quick.app, FastAPI)
    monkeypatch.setattr(quick.app.router, "middleware_stack", noted)
    assert quick.get(path).status_code == 200
    assert reached == ([] if is_plain else [path])


def test_a_quick_answer_is_counted_by_its_route_and_written_down(tmp_path: Path) -> None:
    with _filled(tmp_path) as client:
        for path in PLAIN:
            client.get(path)
        figures = client.get("/metrics").text
    for route in ("/v1/profiles/{profile_id}/suggestions", "/v1/postings/{posting_id}"):
        assert f'matcher_requests_total{{method="GET",route="{route}",status="200"}}' in figures
    shown = [entry.line.content["call"] for entry in reading.rankings(tmp_path / "decisions")]
    assert [call for call in shown if call in {"suggestions", "candidates"}] == ["suggestions"] * 2 + ["candidates"] * 2


def test_between_two_reads_whatever_else_is_ready_has_its_turn(
    quick: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = quick.app
    assert isinstance(main, FastAPI)
    begun: list[str] = []
    rank = main.state.matcher.rank

    def noted(*asked: Any, **further: Any) -> Any:
        begun.append("read")
        return rank(*asked, **further)

    async def no_body() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def nowhere(_: Message) -> None: ...

    async def read(reads: QuickReads) -> None:
        where = {"method": "GET", "path": "/v1/profiles/c1/suggestions", "query_string": b"", "headers": []}
        await reads({"type": "http", **where, "state": {"principal": EVERYONE}}, no_body, nowhere)

    async def write() -> None:
        for _ in range(3):
            begun.append("step")
            await asyncio.sleep(0)

    async def run() -> None:
        reads = QuickReads(main, main=main)
        await asyncio.gather(*(read(reads) for _ in range(9)), write())

    monkeypatch.setattr(main.state.matcher, "rank", noted)
    asyncio.run(run())
    assert begun.count("read") == 9
    assert len(begun) == 12
    assert begun[:6].count("step") == 3, "the write waited for all reads at each of its steps"
