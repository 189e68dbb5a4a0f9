"""Too much is refused at once: calls a minute, requests at a time, seconds a request."""

import asyncio
import http.client
import inspect
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from api.admission import OUTSIDE, Admission, House, Writers
from api.limits import BodyLimit, declared_length
from api.problems import Refused
from api.rates import RateLimit
from api.routes import bulk, feedback, health, metrics, organisations, postings, profiles, search
from matcher.core.access import Principal, Role, new_key
from tests.api.answers import assert_problem
from tests.api.conftest import application, open_on
from tests.servers import HOST, ask, connected, ready, served
from tests.time_limit import time_limit

PATIENCE_S = 60.0
"""For each test, however slow the machine is."""

App = Callable[[Scope, Receive, Send], Any]


@pytest.fixture(autouse=True)
def _limited_in_time() -> Iterator[None]:
    with time_limit(PATIENCE_S, waits_for="an answer of the service"):
        yield


def _scope(path: str = "/v1/x", principal: Principal | None = None) -> Scope:
    state = {"principal": principal} if principal else {}
    return {"type": "http", "path": path, "method": "GET", "headers": [], "state": state}


async def _ask(app: App, scope: Scope | None = None) -> tuple[int, dict[str, str], float]:
    """Return status, headers, and for how long the answer took."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    started = time.perf_counter()
    await app(scope or _scope(), receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, time.perf_counter() - started


async def _answer(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


def test_what_is_too_much_at_a_time_is_refused_at_once_and_the_rest_is_answered() -> None:
    working = most = 0

    async def slow(_: Scope, __: Receive, send: Send) -> None:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await asyncio.sleep(0.2)
        working -= 1
        await _answer(send)

    async def run() -> list[tuple[int, dict[str, str], float]]:
        admission = Admission(slow, house=House(3), time_limit_s=5)
        found = await asyncio.gather(*(_ask(admission) for _ in range(20)))
        assert (await _ask(admission))[0] == 200, "what has been answered makes room"
        return found

    found = asyncio.run(run())
    refused = [one for one in found if one[0] == 503]
    assert (len(found) - len(refused), most) == (6, 3)
    assert all(headers["retry-after"] == "1" and seconds < 0.05 for _, headers, seconds in refused)


@pytest.mark.parametrize(
    ("header", "length"),
    [
        (b"0", 0),
        (b"5", 5),
        (b"0" * 5_000 + b"5", 5),
        (b"0" * 5_000, 0),
        (b"", None),
        (b"-5", None),
        (b"5.0", None),
        (b"\xb2", None),
    ],
)
def test_a_length_is_read_whatever_stands_before_it(header: bytes, length: int | None) -> None:
    assert declared_length([(b"content-length", header)]) == length


@pytest.mark.parametrize("header", [b"9" * 5_000, b"0" * 5_000 + b"1" + b"0" * 13, b"1" + b"0" * 5_000])
def test_a_length_that_no_limit_admits_is_read_as_one(header: bytes) -> None:
    assert (declared_length([(b"content-length", header)]) or 0) >= 10**12


def test_a_request_may_say_nothing_of_a_length() -> None:
    assert declared_length([(b"transfer-encoding", b"chunked")]) is None


def test_health_is_asked_past_a_full_house() -> None:
    async def stuck(scope: Scope, _: Receive, send: Send) -> None:
        if scope["path"] == "/v1/x":
            await asyncio.sleep(10)
        await _answer(send)

    async def run() -> int:
        admission = Admission(stuck, house=House(1), time_limit_s=20)
        waiting = [asyncio.ensure_future(_ask(admission)) for _ in range(2)]
        await asyncio.sleep(0.01)
        status = (await _ask(admission, _scope("/health/live")))[0]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return status

    assert asyncio.run(run()) == 200


def test_a_request_that_takes_too_long_is_answered_and_goes_on_counting() -> None:
    async def slow(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(0.3)
        await _answer(send)

    async def run() -> tuple[int, dict[str, str], float]:
        return await _ask(Admission(slow, house=House(1), time_limit_s=0.05))

    status, headers, _ = asyncio.run(run())
    assert (status, headers["retry-after"]) == (503, "1")


def test_the_time_that_a_request_waits_to_be_worked_on_counts() -> None:
    begun: list[float] = []

    async def slow(_: Scope, __: Receive, send: Send) -> None:
        begun.append(time.perf_counter())
        await asyncio.sleep(0.4)
        await _answer(send)

    async def run() -> list[tuple[int, dict[str, str], float]]:
        admission = Admission(slow, house=House(1), time_limit_s=0.2)
        return await asyncio.gather(*(_ask(admission) for _ in range(2)))

    found = asyncio.run(run())
    assert [status for status, *_ in found] == [503, 503]
    assert len(begun) == 1, "what has been answered already is not begun"


def test_an_answer_that_is_not_taken_holds_no_place() -> None:
    async def answering(scope: Scope, _: Receive, send: Send) -> None:
        if scope["path"] == "/v1/late":
            await asyncio.sleep(0.2)
        await _answer(send)

    async def run() -> list[int]:
        house = House(1)
        admission = Admission(answering, house=house, time_limit_s=0.05)
        never = asyncio.Event()

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def full(_: Message) -> None:
            await never.wait()

        untaken = [asyncio.ensure_future(admission(_scope(), receive, full)) for _ in range(2)]
        await asyncio.sleep(0.02)
        found = [(await _ask(admission))[0]]
        untaken.append(asyncio.ensure_future(admission(_scope("/v1/late"), receive, full)))
        await asyncio.sleep(0.4)  # it was refused, the refusal is not taken either, and its work has ended
        found.append((await _ask(admission))[0])
        assert not any(one.done() for one in untaken)
        for one in untaken:
            one.cancel()
        await asyncio.gather(*untaken, return_exceptions=True)
        return found

    assert asyncio.run(run()) == [200, 200]


def test_writes_that_wait_hold_no_readers_place_and_too_many_are_refused() -> None:
    locked = threading.Event()

    async def run() -> tuple[list[int], int, int]:
        writers = Writers(at_once=1, most=4, written=lambda: 0)

        async def app(scope: Scope, _: Receive, send: Send) -> None:
            if scope["method"] == "PUT":
                await writers.run(scope["state"]["place"], lambda: locked.wait(PATIENCE_S))
            await _answer(send)

        async def put() -> int:
            return (await _ask(admission, {**_scope(), "method": "PUT"}))[0]

        admission = Admission(app, house=House(1), time_limit_s=5)
        try:
            writing = [asyncio.ensure_future(put()) for _ in range(2)]
            await asyncio.sleep(0.01)
            writing += [asyncio.ensure_future(put()) for _ in range(2)]
            await asyncio.sleep(0.01)
            while_locked = (await _ask(admission))[0]
            waiting = writers.waiting
            with pytest.raises(Refused) as refused:
                await put()
            assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "1"})
        finally:
            locked.set()  # or the loop would wait for its threads
        return await asyncio.gather(*writing), while_locked, waiting

    assert asyncio.run(run()) == ([200] * 4, 200, 3)


def test_what_comes_in_parts_gives_its_turn_back_between_two_and_leaves_one_to_others() -> None:
    done: list[str] = []

    async def run(writers: Writers) -> None:
        house = House(9)
        at = asyncio.Event()

        async def one(name: str) -> None:
            done.append(await writers.run(house.enter(), lambda: name))

        async def many(name: str) -> None:
            parts = [lambda number=number: f"{name}{number}" for number in range(3)]
            async for part in writers.run_parts(house.enter(), parts):
                done.append(part)
                at.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(many("a"))
            await at.wait()
            tasks.create_task(many("b"))
            tasks.create_task(one("single"))
        assert (writers.waiting, house.waiting) == (0, 0)

    asyncio.run(run(Writers(at_once=1, most=3, written=lambda: 0)))
    assert [part for part in done if part[0] == "a"] == ["a0", "a1", "a2"]
    assert done.index("single") < done.index("a2")
    assert done.index("b0") < done.index("a2"), "who comes second has a turn before the first has ended"
    locked = threading.Event()

    async def beside() -> str:
        writers, house = Writers(at_once=2, most=9, written=lambda: 0), House(9)

        async def many() -> None:
            async for _ in writers.run_parts(house.enter(), [lambda: locked.wait(PATIENCE_S)]):
                pass

        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(3):
                    tasks.create_task(many())
                await asyncio.sleep(0.01)
                found = await writers.run(house.enter(), lambda: "single")
                assert writers.waiting == 2
                locked.set()
        finally:
            locked.set()
        return found

    assert asyncio.run(beside()) == "single"


class _Sender:
    """Sends a request whose body comes in parts, each when it is told to."""

    def __init__(self, app: App) -> None:
        self._parts: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []
        self.hears = asyncio.Event()
        self.hears.set()
        self._task = asyncio.ensure_future(app({**_scope(), "method": "PUT"}, self._parts.get, self._note))

    async def _note(self, message: Message) -> None:
        await self.hears.wait()
        self.sent.append(message)
        # As a server has it: who has been answered has nothing more to say.
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.send({"type": "http.disconnect"})

    def send(self, message: Message) -> None:
        self._parts.put_nowait(message)

    def send_part(self, *, more: bool) -> None:
        self.send({"type": "http.request", "body": b"x", "more_body": more})

    async def end(self) -> None:
        await self._task

    async def status(self) -> int:
        await self.end()
        return int(self.sent[0]["status"])

    def stop(self) -> None:
        self._task.cancel()


async def _reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a write once its body is whole."""
    while scope["method"] == "PUT" and (message := await receive()).get("more_body", True):
        if message["type"] == "http.disconnect":
            return
    await _answer(send)


def _with_bodies(house: House, *, time_limit_s: float = 5) -> App:
    return Admission(BodyLimit(_reading, max_bytes=1000), house=house, time_limit_s=time_limit_s)


@pytest.fixture
def _short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.admission.AT_ONCE_S", 0.05)


@pytest.mark.usefixtures("_short_patience")
def test_bodies_that_are_slow_to_arrive_hold_no_place_and_too_many_are_refused() -> None:
    async def run() -> None:
        house = House(1)
        app = _with_bodies(house)
        slow: list[_Sender] = []
        for _ in range(OUTSIDE):
            slow.append(_Sender(app))
            slow[-1].send_part(more=True)
            while house.outside < len(slow):
                await asyncio.sleep(0.01)
                slow[-1].send_part(more=True)  # a trickle is as slow as nothing
        assert (house.outside, house.waiting, house.is_full) == (OUTSIDE, 0, False)
        assert (await _ask(app))[0] == 200, "a read"
        quick = _Sender(app)
        quick.send_part(more=True)
        quick.send_part(more=False)
        assert await quick.status() == 200, "a write that is whole at once"
        one_too_many = _Sender(app)
        assert await one_too_many.status() == 503
        for one in slow:
            one.send_part(more=False)
        assert [await one.status() for one in slow] == [200] * OUTSIDE
        assert (house.outside, house.waiting, house.is_full) == (0, 0, False)

    asyncio.run(run())


@pytest.mark.usefixtures("_short_patience")
def test_a_body_that_does_not_arrive_in_time_is_told_so() -> None:
    async def run() -> None:
        house = House(1)
        late = _Sender(_with_bodies(house, time_limit_s=0.2))
        late.send_part(more=True)
        assert await late.status() == 408
        assert (b"connection", b"close") in late.sent[0]["headers"]
        assert house.outside == 0
        gone = _Sender(_with_bodies(house))
        while not house.outside:
            await asyncio.sleep(0.01)
        gone.send({"type": "http.disconnect"})
        await gone.end()
        assert gone.sent == []
        assert (house.outside, house.waiting, house.is_full) == (0, 0, False), "nor does it wait for who has gone"

    asyncio.run(run())


@pytest.mark.usefixtures("_short_patience")
@pytest.mark.parametrize(("outside", "status"), [(0, 408), (OUTSIDE, 503)])
def test_what_arrives_while_it_is_being_refused_is_not_stored(outside: int, status: int) -> None:
    stored: list[bytes] = []

    async def storing(scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(ClientDisconnect):
            stored.append(await Request(scope, receive).body())
        await _answer(send)

    async def run() -> None:
        house = House(1)
        others: list[_Sender] = []
        while len(others) < outside:
            others.append(_Sender(_with_bodies(house)))
            while house.outside < len(others):
                await asyncio.sleep(0.01)
        late = _Sender(Admission(storing, house=house, time_limit_s=0.15))
        late.hears.clear()  # the refusal has begun, and not come through
        late.send_part(more=True)
        await asyncio.sleep(0.3)
        late.send_part(more=False)
        await asyncio.sleep(0.02)
        late.hears.set()
        assert await late.status() == status
        assert (stored, house.is_full) == ([], False)
        for one in others:
            one.stop()

    asyncio.run(run())


@pytest.mark.usefixtures("_short_patience")
def test_who_comes_back_to_a_full_house_is_refused() -> None:
    async def run() -> None:
        house = House(1)
        returning = _Sender(_with_bodies(house))
        while not house.outside:
            await asyncio.sleep(0.01)
        places = [house.enter() for _ in range(2)]
        returning.send_part(more=False)
        with pytest.raises(Refused):  # which the application makes an answer of
            await returning.status()
        found = [(house.outside, house.waiting, house.is_full)]
        for place in places:
            place.leave()
            found.append((house.outside, house.waiting, house.is_full))
        assert found == [(0, 2, True), (0, 1, False), (0, 0, False)], "it holds no place, nor has it left one too many"
        entered = [house.enter() for _ in range(2)]
        assert house.is_full
        for place in entered:
            place.leave()

    asyncio.run(run())


def test_slow_bodies_on_all_places_of_a_server_keep_no_other_caller_out(tmp_path: Path) -> None:
    body = json.dumps({"id": "slow", "headline": "Data"}).encode()
    head = b"PUT /v1/profiles/slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    with served(tmp_path, "", MAX_CONCURRENT="2", REQUEST_SECONDS="3") as server, ExitStack() as stack:
        ready(server)
        slow: list[socket.socket] = []
        with connected(server[0]) as connection:

            def waiting() -> float:
                connection.request("GET", "/metrics")
                figures = connection.getresponse().read().decode()
                return float(figures.partition("\nmatcher_bodies_waiting ")[2].partition("\n")[0])

            while len(slow) < 2 * OUTSIDE:
                slow.append(stack.enter_context(socket.create_connection((HOST, server[0]), 30)))
                slow[-1].sendall(head % len(body) + body[:5])
                while waiting() < len(slow):
                    time.sleep(0.01)
            for number in range(10):
                assert ask(connection, "GET", "/v1/statistics")[0] == 200
                assert ask(connection, "PUT", f"/v1/postings/p{number}", {"id": f"p{number}", "title": "DSI"})[0] == 201
        slow[0].sendall(body[5:])
        answers = [http.client.HTTPResponse(one) for one in slow]
        for answer in answers:
            answer.begin()
        assert [answer.status for answer in answers] == [201] + [408] * (len(slow) - 1)
        assert {answer.headers["content-type"] for answer in answers[1:]} == {"application/problem+json"}
        assert json.loads(answers[1].read())["status"] == 408


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _limited(per_minute: int) -> tuple[Callable[[str], tuple[int, dict[str, str]]], _Clock]:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        await _answer(send)

    clock = _Clock()
    limit = RateLimit(app, per_minute=per_minute, clock=clock)

    def ask(name: str) -> tuple[int, dict[str, str]]:
        principal = Principal(name, Role.PLATFORM)
        status, headers, _ = asyncio.run(_ask(limit, _scope(principal=principal)))
        return status, headers

    return ask, clock


def test_a_caller_may_ask_so_often_a_minute_and_is_told_when_again() -> None:
    ask, clock = _limited(6)
    found = [ask("one") for _ in range(8)]
    assert [status for status, _ in found] == [200] * 6 + [429] * 2
    assert found[0][1]["ratelimit-policy"] == '"default";q=6;w=60'
    assert [headers["ratelimit"].split(";")[1] for _, headers in found] == [f"r={n}" for n in (5, 4, 3, 2, 1, 0, 0, 0)]
    assert found[-1][1]["retry-after"] == "10"
    assert ask("other")[0] == 200, "each credential has its own"
    clock.now += 10
    assert [ask("one")[0] for _ in range(2)] == [200, 429]


def test_zero_is_as_often_as_one_likes_and_a_stranger_has_no_bucket() -> None:
    ask, _ = _limited(0)
    assert all(ask("one") == (200, {}) for _ in range(50))


def test_the_service_limits_each_key(tmp_path: Path) -> None:
    matcher = open_on(tmp_path)
    now = datetime.now(UTC)
    key, text = new_key(Role.PLATFORM, now=now, expires_at=now + timedelta(days=1))
    matcher.keys.add(key)
    with application(tmp_path, matcher, rate_per_minute=3) as client:
        headers = {"Authorization": f"Bearer {text}"}
        found = [client.get("/v1/profiles/nobody", headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in found] == [404, 404, 404, 429]
    assert_problem(found[-1], 429)
    assert found[-1].headers["retry-after"] == "20"


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize(
    ("sent", "kept"), [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False)]
)
def test_every_answer_has_a_request_id_and_none_can_be_forged(tmp_path: Path, sent: str, kept: bool) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        for path in ("/health/live", "/v1/nowhere", "/v1/profiles/nobody"):
            found = client.get(path, headers={"X-Request-Id": sent}).headers["x-request-id"]
            assert (found == sent) is kept
            assert found


def test_a_write_that_finds_too_many_before_it_is_told_to_come_again(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path)) as client:
        assert isinstance(client.app, FastAPI)
        client.app.state.writers = Writers(at_once=1, most=0, written=lambda: 0)
        event = {"posting_id": "p1", "profile_id": "c1", "event": "opened"}
        for found in (
            client.put("/v1/profiles/c1", json={"id": "c1", "headline": "DSI"}),
            client.put("/v1/postings/p1", json={"id": "p1", "title": "DSI"}),
            client.post("/v1/profiles/bulk", content=b"{}", headers={"Content-Type": "application/x-ndjson"}),
            client.delete("/v1/profiles/c1"),
            client.post("/v1/feedback", json={"asks": "posting", "events": [event]}),
            client.post("/v1/keys", json={"organisation": "dinum", "days": 3}),
            client.delete("/v1/keys/0123456789ab"),
        ):
            assert_problem(found, 503)
            assert found.headers["retry-after"] == "1"
            assert found.json()["detail"] == "the service is busy: try again in a moment"


def test_no_route_waits_for_a_thread_before_it_begins() -> None:
    modules = (postings, profiles, search, feedback, bulk, organisations, metrics, health)
    routes = [route for module in modules for route in module.router.routes if isinstance(route, APIRoute)]
    calls = {part.call for route in routes for part in _dependencies(route.dependant) if part.call}
    assert (len(routes) > 20, len(calls) > 3) == (True, True)
    plain = [call for call in calls if not inspect.iscoroutinefunction(call)]
    assert not plain, "the framework gives a dependency that is a plain function a thread of its own"


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for part in dependant.dependencies:
        yield part
        yield from _dependencies(part)


@pytest.mark.parametrize(
    "stand_still",
    [lambda: asyncio.run(asyncio.sleep(30)), lambda: threading.Event().wait(30), lambda: time.sleep(30)],
    ids=["in an event loop", "for a lock", "asleep"],
)
def test_a_test_that_would_stand_still_fails_and_says_what_it_waits_for(stand_still: Callable[[], object]) -> None:
    with (
        pytest.raises(pytest.fail.Exception, match=r"an answer: not within 0\.1 s"),
        time_limit(0.1, waits_for="an answer"),
    ):
        stand_still()
