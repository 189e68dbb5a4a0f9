"""What a server's log looks like, and what never stands in it."""

import io
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.logs import Lines, RequestLog
from api.request_ids import LOGGING, RequestIdFilter, _current
from matcher.core.access import Principal, Role, new_key
from matcher.decisions.pseudonyms import Pseudonyms
from tests.api.answers import CANARY
from tests.api.conftest import application, open_on

Written = Callable[[str], str]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Written:
    """Logs one of a few events as a server does in a form, and returns what stands in its log then."""

    def write(form: str) -> str:
        monkeypatch.setenv("MATCHER_LOG_FORMAT", form)
        stream = io.StringIO()
        handler = Lines(stream)
        handler.setFormatter(logging.Formatter(LOGGING["formatters"]["line"]["format"]))  # type: ignore[index]
        for one in LOGGING["filters"].values():  # type: ignore[attr-defined]
            handler.addFilter(one["()"]())
        for name in ("uvicorn.error", "asyncio", "api"):
            monkeypatch.setattr(logging.getLogger(name), "handlers", [handler])
        _log_everything()
        return stream.getvalue()

    return write


def _fail() -> None:
    try:
        dict[str, str]()[CANARY]
    except KeyError as error:
        raise ValueError(f"could not convert string to float: {CANARY!r}") from error


def _log_everything() -> None:
    token = _current.set("r1")
    try:
        _fail()
    except ValueError:
        # As uvicorn and asyncio have it.
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    _current.reset(token)
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task %r>", CANARY)
    try:
        Path(CANARY).read_bytes()
    except OSError:
        logging.getLogger("api").exception("following the change log")


def test_a_line_for_a_machine_is_an_object_and_says_what_happened_and_where(written: Written) -> None:
    failed, never, missing = map(json.loads, written("json").splitlines())
    assert {name: failed[name] for name in ("level", "logger", "process", "message", "request_id", "exception")} == {
        "level": "ERROR",
        "logger": "uvicorn.error",
        "process": "MainProcess",
        "message": "Exception in ASGI application",
        "request_id": "r1",
        "exception": "ValueError",
    }
    assert datetime.fromisoformat(failed["time"]).utcoffset() == timedelta(0)
    assert [place for place in failed["traceback"] if place.endswith("in _fail")]
    assert "from KeyError" in failed["traceback"]
    assert (never["message"], "request_id" in never) == ("Task exception was never retrieved", False)
    assert missing["exception"] == "FileNotFoundError: No such file or directory"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_an_exception_says_stands_in_no_line(written: Written, form: str) -> None:
    found = written(form)
    assert found.count("ValueError") == 1
    assert "in _fail" in found
    assert CANARY not in found


def test_a_line_for_people_has_the_request_s_id_in_brackets(written: Written) -> None:
    assert " ERROR uvicorn.error [r1] Exception in ASGI application" in written("text")


def _told(records: list[logging.LogRecord]) -> list[dict[str, Any]]:
    return [dict(record.args) for record in records if record.name == "api.requests"]  # type: ignore[arg-type]


def test_a_request_s_line_names_its_route_and_its_key_and_no_id_of_a_record(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    matcher = open_on(tmp_path)
    now = datetime.now(UTC)
    key, text = new_key(Role.PLATFORM, now=now, expires_at=now + timedelta(days=1))
    matcher.keys.add(key)
    headers = {"Authorization": f"Bearer {text}", "X-Request-Id": "r7"}
    caplog.handler.addFilter(RequestIdFilter())
    with caplog.at_level(logging.INFO, logger="api"), application(tmp_path, matcher, log_requests=True) as client:
        client.put(f"/v1/profiles/{CANARY}", json={"id": CANARY, "headline": CANARY}, headers=headers)
        client.get(f"/v1/profiles/{CANARY}", headers=headers)
        client.get(f"/v1/profiles/{CANARY}?{CANARY}", headers=headers)
        client.get(f"/v1/profiles/{CANARY}/suggestions", headers=headers)
        client.request(CANARY, f"/{CANARY}")
    caller = {"role": "platform", "caller": f"key {key.id}"}
    assert [{**one, "seconds": 0} for one in _told(caplog.records)] == [
        {"method": method, "route": f"/v1/{route}", "status": status, "seconds": 0, **caller}
        for method, route, status in (
            ("PUT", "profiles/{profile_id}", 201),
            ("GET", "profiles/{profile_id}", 200),
            ("GET", "profiles/{profile_id}", 422),
            ("GET", "profiles/{profile_id}/suggestions", 200),
        )
    ] + [{"method": "other", "route": "none", "status": 401, "seconds": 0, "role": "none", "caller": "none"}]
    assert [record.request_id for record in caplog.records if record.name == "api.requests"][0] == "r7"  # type: ignore[attr-defined] # noqa: RUF015
    assert all(0 < one["seconds"] < 60 for one in _told(caplog.records))
    assert CANARY not in caplog.text
    # The secret may hold the sign that parts a key: up to the next one it may be a single letter.
    assert text.split("_", 2)[2][:8] not in caplog.text


def test_who_shows_a_token_is_named_by_a_keyed_pseudonym(caplog: pytest.LogCaptureFixture) -> None:
    caller = Principal("token 0123456789abcdef", Role.ORGANISER)
    with caplog.at_level(logging.INFO, logger="api"):
        for key in (b"one", b"other"):
            RequestLog(lambda key=key: Pseudonyms(key)).answered(  # type: ignore[misc]
                caller, method="GET", route="/v1/keys", status=200, seconds=0.1
            )
    first, second = (one["caller"] for one in _told(caplog.records))
    assert first.startswith("token ")
    assert first != second, "nobody without the secret can tell whose it is"
    assert "0123456789abcdef" not in caplog.text


def test_requests_are_not_logged_unless_the_settings_say_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="api"), application(tmp_path, open_on(tmp_path)) as client:
        client.get("/v1/statistics")
    assert _told(caplog.records) == []
