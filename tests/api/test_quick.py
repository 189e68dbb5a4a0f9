"""What is answered before the framework begins is what the route would have answered."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.quick import PLAIN_BYTES, QuickReads, QuickWrites, Turns
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
_WRITTEN = {"id": "w", "headline": "Architecte", "skills": ["python"], "experience_years": 3, "remote": "full"}
PLAIN_BODIES = [
    json.dumps(body)
    for body in (_WRITTEN, _WRITTEN, {**_WRITTEN, "consented_at": "2024-02-29"}, {**_WRITTEN, "summary": "é" * 9_000})
]
NOT_PLAIN_BODIES = [
    "",
    "{",
    "[]",
    "null",
    '{"id": "w", "headline": "A", "headline": "B"}',
    '{"id": "w", "headline": "A", "experience_years": NaN}',
    '{"id": "w", "headline": "\\ud800"}',
    "[" * 20_000,
    *(
        json.dumps({**_WRITTEN, **change})
        for change in (
            {"id": "v"},
            {"headline": ""},
            {"zorglub": 1},
            {"visible_to_recruiters": "yes"},
            {"experience_years": "many"},
            {"summary": "x" * PLAIN_BYTES},
        )
    ),
]
OTHER_HEADERS = [
    {"If-Match": '"x"'},
    {"If-Match": "*"},
    {"If-None-Match": "*"},
    {"Content-Type": "application/json; charset=utf-8"},
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/merge-patch+json"},
    {"Accept-Language": "fr"},
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
    async def pass_on(self: QuickReads | QuickWrites, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.app.QuickReads", type("NoQuickReads", (QuickReads,), {"__call__": pass_on}))
        patched.setattr("api.app.QuickWrites", type("NoQuickWrites", (QuickWrites,), {"__call__": pass_on}))
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


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        *((body, {}) for body in PLAIN_BODIES + NOT_PLAIN_BODIES),
        *((PLAIN_BODIES[0], headers) for headers in OTHER_HEADERS),
        ("{", {"Accept-Language": "fr"}),
    ],
)
@pytest.mark.parametrize("path", ["/v1/profiles/w", "/v1/postings/w", "/v1/profiles/w?top=3", "/v1/profiles/"])
def test_every_write_is_answered_as_its_route_answers_it(
    quick: TestClient, slow: TestClient, path: str, body: str, headers: dict[str, str]
) -> None:
    if path.startswith("/v1/postings"):
        body = body.replace("headline", "title").replace('"experience_years"', '"experience_years_min"')
    sent = {"Content-Type": "application/json", "X-Request-Id": "r1"} | headers
    one, other = (client.put(path, content=body, headers=sent) for client in (quick, slow))
    assert (one.status_code, one.content) == (other.status_code, other.content)
    assert dict(one.headers) == dict(other.headers)
    path = path.partition("?")[0]
    assert quick.get(path).content == slow.get(path).content


@pytest.mark.parametrize(
    ("body", "headers", "is_plain"),
    [
        *((body, {}, True) for body in PLAIN_BODIES),
        *((body, {}, False) for body in NOT_PLAIN_BODIES if '"v"' not in body),
        *((PLAIN_BODIES[0], headers, False) for headers in OTHER_HEADERS[:-1]),
    ],
)
def test_a_plain_write_never_reaches_the_framework_and_another_one_does_with_its_body(
    quick: TestClient, monkeypatch: pytest.MonkeyPatch, body: str, headers: dict[str, str], is_plain: bool
) -> None:
    reached = []

    async def noted(_: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        reached.append(message["body"].decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    assert isinstance(quick.app, FastAPI)
    monkeypatch.setattr(quick.app.router, "middleware_stack", QuickWrites(noted, main=quick.app))
    answer = quick.put("/v1/profiles/w", content=body, headers={"Content-Type": "application/json"} | headers)
    assert answer.status_code in {200, 201}
    assert reached == ([] if is_plain else [body])


def test_a_write_whose_client_goes_before_its_end_is_not_stored(quick: TestClient) -> None:
    main = quick.app
    assert isinstance(main, FastAPI)
    whole = json.dumps({"id": "gone", "headline": "Architecte"}).encode()
    parts: Iterator[Message] = iter(
        [{"type": "http.request", "body": whole, "more_body": True}, {"type": "http.disconnect"}, {"type": "lasting"}]
    )
    seen: list[str] = []

    async def receive() -> Message:
        return next(parts)

    async def passed_on(_: Scope, receive: Receive, __: Send) -> None:
        seen.extend([(await receive())["type"] for _ in range(3)])

    async def nowhere(_: Message) -> None: ...

    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(whole))]
    where = {"method": "PUT", "path": "/v1/profiles/gone", "query_string": b"", "headers": headers}
    scope = {"type": "http", **where, "state": {"principal": EVERYONE}}
    asyncio.run(QuickWrites(passed_on, main=main)(scope, receive, nowhere))
    assert seen == ["http.request", "http.disconnect", "lasting"]
    assert quick.get("/v1/profiles/gone").status_code == 404


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


def test_one_read_begins_in_a_round_and_who_has_gone_holds_up_nobody() -> None:
    async def rounds() -> list[tuple[str, int]]:
        turns, began, count = Turns(), [], 0

        async def read(name: str) -> None:
            await turns.next()
            began.append((name, count))

        tasks = {name: asyncio.create_task(read(name)) for name in "abcd"}
        for count in range(8):
            if count == 1:
                tasks["b"].cancel()
            await asyncio.sleep(0)
        assert not [name for name, task in tasks.items() if not task.done()]
        await turns.next()
        return began

    began = asyncio.run(rounds())
    assert [name for name, _ in began] == ["a", "c", "d"]
    assert len({one for _, one in began}) == len(began), "two in one round"
