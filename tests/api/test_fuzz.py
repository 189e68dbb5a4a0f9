"""Requests that Schemathesis makes from the OpenAPI document, valid and invalid: no failure, and nothing undocumented.

`make fuzz` sends more than 10,000 of them, counts those that arrive, and fails where it were fewer.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import ALLOWED

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
"""Of each call, valid and invalid each."""
LONG = 5
"""A text of so many characters that the document does not hold stands in no error."""
FULL, PROMISED = 250, 10_000
"""With so many examples, so many requests at least are sent."""
NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
# The calls for keys come last: from the first key on everybody is asked for theirs.
CALLS = sorted(ALLOWED, key=lambda call: ("/keys" in call[1], call))

load_all_checks()


@schemathesis.serializer("application/x-ndjson")
def _ndjson(context: Any, value: Any) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()


def _texts(sent: Any) -> Iterator[str]:
    """The texts of what was sent that are too long to stand in an answer by chance; a field's name may be told."""
    if isinstance(sent, str) and len(sent) >= LONG:
        yield sent
    elif isinstance(sent, dict):
        yield from _texts([*sent.values()])
    elif isinstance(sent, list):
        for part in sent:
            yield from _texts(part)


class _Counted:
    """The application, and how often it has given each status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.answers: Counter[int] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answers[int(message["status"])] += 1
            await send(message)

        await self._app(scope, receive, counted)


@pytest.fixture(scope="module")
def counted(shared: TestClient) -> _Counted:
    return _Counted(shared.app)


@pytest.fixture(scope="module")
def schema(shared: TestClient, counted: _Counted) -> Any:
    shared.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
    shared.post("/v1/profiles", json={"id": "c1", "headline": "Data scientist", "visible_to_recruiters": True})
    return schemathesis.openapi.from_asgi("/openapi.json", counted)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.xdist_group("fuzz")
def test_whatever_is_sent_is_answered_as_documented(schema: Any, method: str, path: str, mode: GenerationMode) -> None:
    checks = [CHECKS.get_one(name) for name in NAMES]
    known = json.dumps(schema.raw_schema, ensure_ascii=False)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=EXAMPLES < 100,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        answer = case.call_and_validate(checks=checks)
        if answer.status_code >= 400:
            own = {*_texts([case.path_parameters, case.query, case.body])}
            assert not [text for text in own if text in answer.text and text not in known], (
                "an error repeats what it got"
            )

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "a call that takes nothing has no invalid form"


@pytest.mark.xdist_group("fuzz")
def test_the_full_run_sends_as_many_requests_as_it_promises(
    counted: _Counted, capsys: pytest.CaptureFixture[str]
) -> None:
    """The last of this file: it counts what the others have sent."""
    sent = counted.answers.total()
    with capsys.disabled():
        sys.stdout.write(f"\n{sent} requests; answers by status: {dict(sorted(counted.answers.items()))}\n")
    assert max(counted.answers) < 500
    assert EXAMPLES < FULL or sent >= PROMISED
