"""Requests that Schemathesis makes from the OpenAPI document, valid and invalid: no failure, and nothing undocumented.

`make fuzz` runs more than 10,000 of them.
"""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from starlette.testclient import TestClient

from api.access import ALLOWED

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
"""Of each call, valid and invalid each."""
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


@pytest.fixture(scope="module")
def schema(shared: TestClient) -> Any:
    shared.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
    shared.post("/v1/profiles", json={"id": "c1", "headline": "Data scientist", "visible_to_recruiters": True})
    return schemathesis.openapi.from_asgi("/openapi.json", shared.app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.xdist_group("fuzz")
def test_whatever_is_sent_is_answered_as_documented(schema: Any, method: str, path: str, mode: GenerationMode) -> None:
    checks = [CHECKS.get_one(name) for name in NAMES]

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
        case.call_and_validate(checks=checks)

    try:
        ask()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "a call that takes nothing has no invalid form"
