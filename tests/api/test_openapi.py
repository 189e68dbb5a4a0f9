"""The OpenAPI document says all that a client has to reckon with."""

import asyncio
import json
import math
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from api import schemas
from api.access import ALLOWED
from api.document import NAMES, SUMMARIES
from api.examples import AGREEMENT, ANSWERS_OF, BODIES, LINES, MATCH, PARAMETERS, WEIGHTS
from api.schemas.problems import NotReadyAnswer, ProblemAnswer, UnfinishedAnswer
from matcher import drafts, records
from matcher.records import PostingRecord, ProfileRecord
from tests.api.conftest import application, open_on

PROBLEM = "application/problem+json"
MODELS = {
    name: found
    for module in [
        records,
        drafts,
        *(import_module(f"{schemas.__name__}.{one.name}") for one in iter_modules(schemas.__path__)),
    ]
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, BaseModel)
}
PROBLEM_SCHEMAS = [
    {"$ref": f"#/components/schemas/{name}"} for name in ("ProblemAnswer", "NotReadyAnswer", "UnfinishedAnswer")
]


@pytest.fixture(scope="module")
def document(shared: TestClient) -> dict[str, Any]:
    shared.get("/openapi.json")
    found: dict[str, Any] = shared.get("/openapi.json").json()  # the second one comes from FastAPI's cache
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def _is_problem(answer: dict[str, Any]) -> bool:
    content = answer.get("content", {})
    return [*content] == [PROBLEM] and content[PROBLEM]["schema"] in PROBLEM_SCHEMAS


def _model(schema: dict[str, Any]) -> type[BaseModel] | None:
    name = schema.get("items", schema).get("$ref", "").rpartition("/")[2]
    return MODELS[name] if name else None


def _examples(document: dict[str, Any], content: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    names = [one["$ref"].removeprefix("#/components/examples/") for one in content["examples"].values()]
    return [document["components"]["examples"][name]["value"] for name in names]


def _breaks(document: dict[str, Any], schema: dict[str, Any], example: Any) -> list[str]:
    whole = {**schema, "components": document["components"]}
    return [str(error) for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(example)]


def test_every_call_is_documented(document: dict[str, Any]) -> None:
    calls = {(method.upper(), path) for method, path, _ in _operations(document)}
    assert calls == {*ALLOWED, ("GET", "/health/live"), ("GET", "/health/ready")}
    assert all(operation["description"] for _, _, operation in _operations(document))


def test_every_call_documents_the_problems_it_answers(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        if path.startswith("/health"):
            continue
        expected = {"401", "403", "422", "429", "500", "503"}
        expected |= {"400", "408", "413", "415"} if method in {"post", "put"} else set()
        expected |= {"404"} if method in {"get", "delete"} and "{" in path else set()
        expected |= {"404"} if (method, path) == ("put", "/v1/postings/{posting_id}") else set()
        expected |= {"404"} if path == "/v1/feedback" else set()
        expected |= {"409"} if method == "post" and path in {"/v1/postings", "/v1/profiles"} else set()
        is_record = path in {"/v1/postings/{posting_id}", "/v1/profiles/{profile_id}"}
        expected |= {"412"} if is_record and method in {"get", "put", "delete"} else set()
        problems = {status for status, answer in operation["responses"].items() if _is_problem(answer)}
        assert (method, path, problems) == (method, path, expected)


def test_no_error_claims_to_be_plain_json(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            if status >= "4":
                assert (method, path, status, _is_problem(answer)) == (method, path, status, True)


def test_what_is_sent_and_answered_has_a_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for model in (PostingRecord, ProfileRecord):
        assert schemas[model.__name__]["properties"].keys() == model.model_fields.keys()
        assert schemas[model.__name__]["additionalProperties"] is False
    assert schemas["PostingRecord"]["required"] == ["id", "title"]
    assert schemas["ProfileRecord"]["required"] == ["id", "headline"]
    others = {
        "/v1/suggestions": "DraftRecord",
        "/v1/postings/search": "SearchAsked",
        "/v1/profiles/search": "SearchAsked",
        "/v1/feedback": "FeedbackAsked",
        "/v1/keys": "NewKey",
    }
    for method, path, operation in _operations(document):
        if method in {"post", "put"} and not path.endswith("/bulk"):
            sent = operation["requestBody"]["content"]["application/json"]["schema"]
            expected = others.get(path, "PostingRecord" if "postings" in path else "ProfileRecord")
            assert sent == {"$ref": f"#/components/schemas/{expected}"}


def test_the_document_says_how_to_begin_and_what_every_field_of_a_record_means(document: dict[str, Any]) -> None:
    assert "matcher keys create" in document["info"]["description"]
    known = {**vars(records), **vars(drafts)}
    names = {name for name, model in known.items() if isinstance(model, type) and issubclass(model, BaseModel)}
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        if name in names
        for field, said in schema["properties"].items()
        if "description" not in said
    ]
    assert not bare


WORDS = {
    *("$ref", "type", "enum", "const", "default", "title", "description", "examples", "format", "discriminator"),
    *("anyOf", "oneOf", "allOf", "items", "prefixItems", "properties", "additionalProperties", "propertyNames"),
    *("required", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("contentMediaType", "contentSchema", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
"""Of JSON Schema, those that say something here, and OpenAPI's own."""


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a schema and all that it is made of."""
    yield schema
    inner = [*schema.get("properties", {}).values()]
    inner += [one for name in ("anyOf", "oneOf", "allOf", "prefixItems") for one in schema.get(name, [])]
    inner += [schema[name] for name in ("items", "additionalProperties", "propertyNames") if name in schema]
    for one in inner:
        if isinstance(one, dict):
            yield from _parts(one)


def _schemas(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    roots = [*document["components"]["schemas"].values()]
    for _, _, operation in _operations(document):
        roots += [one["schema"] for one in operation.get("parameters", []) if "schema" in one]
        sent = [operation.get("requestBody", {}), *operation["responses"].values()]
        roots += [each["schema"] for one in sent for each in one.get("content", {}).values() if "schema" in each]
    for root in roots:
        yield from _parts(root)


def test_a_schema_says_its_limits_in_json_schema_s_words(document: dict[str, Any]) -> None:
    assert {name for schema in _schemas(document) for name in schema} <= WORDS


@pytest.mark.parametrize(
    ("model", "field", "limits"),
    [
        ("EducationRecord", "level", (1, 8)),
        ("DraftEducation", "level", (1, 8)),
        ("PostingRecord", "openings", (0, 100_000)),
        ("PostingRecord", "education_level_min", (1, 8)),
        ("PostingRecord", "experience_years_min", (0, 80)),
        ("ProfileRecord", "experience_years", (0, 80)),
        ("ProfileRecord", "salary_eur_year_min", (0, 10_000_000)),
        ("LocationRecord", "latitude", (-90, 90)),
        ("LocationRecord", "longitude", (-180, 180)),
        ("SalaryRecord", "min", (0, 10_000_000)),
        ("EventAsked", "position", (1, 1_000_000)),
        ("SearchAsked", "top", (1, 100)),
        ("SearchAsked", "words_weight", (0, 1)),
        ("NewKey", "days", (1, 3650)),
    ],
)
def test_a_number_says_its_limits(document: dict[str, Any], model: str, field: str, limits: tuple[int, int]) -> None:
    schema = document["components"]["schemas"][model]["properties"][field]
    (number,) = (one for one in _parts(schema) if one.get("type") in {"integer", "number"})
    assert (number["minimum"], number["maximum"]) == limits


def test_the_page_that_shows_every_call_is_there(shared: TestClient) -> None:
    assert shared.get("/docs").status_code == 200


def test_the_document_is_made_once_and_nobody_waits_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_on_the_loop = []

    def describe(found: dict[str, Any]) -> dict[str, Any]:
        made_on_the_loop.append(asyncio._get_running_loop() is not None)
        return found

    monkeypatch.setattr("api.document.describe", describe)
    with application(tmp_path, open_on(tmp_path)) as client:
        first, second = (client.get("/openapi.json") for _ in range(2))
    assert made_on_the_loop == [False]
    assert first.content == second.content
    assert first.headers["content-type"] == "application/json"


def test_every_parameter_without_a_default_has_an_example_that_its_schema_takes(document: dict[str, Any]) -> None:
    parameters = [
        one for *_, operation in _operations(document) for one in operation["parameters"] if "$ref" not in one
    ]
    missing = {
        one["name"] for one in parameters if "default" not in one["schema"] and not {"example", "examples"} & {*one}
    }
    assert missing == set()
    for one in parameters:
        examples = (
            [one["example"]] if "example" in one else [each["value"] for each in one.get("examples", {}).values()]
        )
        assert [broken for example in examples for broken in _breaks(document, one["schema"], example)] == []


def test_every_call_has_a_summary_that_no_other_has(document: dict[str, Any]) -> None:
    summaries = {(method.upper(), path): operation["summary"] for method, path, operation in _operations(document)}
    assert summaries == SUMMARIES
    assert len({*summaries.values()}) == len(summaries)


def test_every_call_has_a_name_that_makes_a_method_of_a_client(document: dict[str, Any]) -> None:
    names = {(method.upper(), path): operation["operationId"] for method, path, operation in _operations(document)}
    assert names == NAMES
    assert len({*names.values()}) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+){1,3}", name) for name in names.values())


def test_every_body_and_every_answer_has_an_example_that_its_schema_and_its_model_take(
    document: dict[str, Any],
) -> None:
    seen = 0
    for method, path, operation in _operations(document):
        sides = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for side, content in (
            (side, content) for side, one in sides.items() for content in one.get("content", {}).values()
        ):
            schema = content.get("schema", {})
            model = _model(schema)
            for example in _examples(document, content):
                assert (method, path, side, _breaks(document, schema, example)) == (method, path, side, [])
                seen += 1
                for one in example if isinstance(example, list) else [example]:
                    read = model.model_validate_json(json.dumps(one)) if model else None
                    if read and side != "body":  # an answer leaves nothing out; a problem does
                        absent = model in {ProblemAnswer, NotReadyAnswer, UnfinishedAnswer}
                        assert read.model_dump(mode="json", exclude_unset=absent) == one
    assert seen > 2 * len(SUMMARIES)


def test_problems_are_shown_in_both_languages(document: dict[str, Any]) -> None:
    for _, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            if _is_problem(answer):
                french, english = _examples(document, answer["content"][PROBLEM])
                assert french["status"] == english["status"] == int(status)
                for name in ("title", "detail"):
                    assert french[name], (path, status)
                    assert english[name], (path, status)
                    assert french[name] != english[name]


def test_what_is_sent_in_bulk_is_described_line_by_line(document: dict[str, Any]) -> None:
    for path, record in (("/v1/postings/bulk", PostingRecord), ("/v1/profiles/bulk", ProfileRecord)):
        operation = document["paths"][path]["post"]
        (sent,) = operation["requestBody"]["content"].values()
        (answered,) = operation["responses"]["200"]["content"].values()
        assert sent["schema"]["contentSchema"] == {"$ref": f"#/components/schemas/{record.__name__}"}
        assert answered["schema"]["contentSchema"] == {"$ref": "#/components/schemas/LineAnswer"}
        for line in answered["example"].splitlines():
            assert _breaks(document, answered["schema"]["contentSchema"], json.loads(line)) == []


def test_the_scores_of_the_examples_add_up() -> None:
    assert math.isclose(sum(WEIGHTS.values()), 1)
    assert WEIGHTS.keys() == AGREEMENT.keys()
    assert math.isclose(sum(part["value"] for part in MATCH["contributions"]), MATCH["score"])
    assert math.isclose(sum(skill["share"] for skill in MATCH["skills"]), 1)
    covered = sum(skill["share"] * skill["similarity"] for skill in MATCH["skills"])
    assert math.isclose(covered, AGREEMENT["skills"])


def test_the_service_takes_the_examples(client: TestClient) -> None:
    for path, body in LINES.items():
        answer = client.post(path, content=body, headers={"content-type": "application/x-ndjson"})
        assert answer.status_code == 200
        assert [*map(json.loads, answer.text.splitlines())] == [
            *map(json.loads, ANSWERS_OF["POST", path, "200"].splitlines())
        ]
    for path, name, status in (
        ("/v1/postings", "PostingRecord", 409),  # in bulk, a moment ago
        ("/v1/profiles", "ProfileRecord", 409),
        (f"/v1/postings/{PARAMETERS['posting_id']['example']}", "PostingRecord", 200),
        (f"/v1/profiles/{PARAMETERS['profile_id']['example']}", "ProfileRecord", 200),
        ("/v1/suggestions", "DraftRecord", 200),
        ("/v1/profiles/search", "SearchAsked", 200),
        ("/v1/postings/search", "SearchAsked", 200),
        ("/v1/feedback", "FeedbackAsked", 200),
        ("/v1/keys", "NewKey", 201),
    ):
        method = "PUT" if path.count("/") == 3 and name in {"PostingRecord", "ProfileRecord"} else "POST"
        answer = client.request(method, path, json=BODIES[name])
        assert (path, answer.status_code) == (path, status), answer.text


def test_every_call_but_those_for_everyone_needs_the_credential(document: dict[str, Any]) -> None:
    scheme = document["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for _, path, operation in _operations(document):
        assert operation["security"] == ([] if path.startswith("/health/") else [{"bearer": []}])


def test_every_answer_names_its_headers(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            expected = {"X-Request-Id"}
            if _is_problem(answer) or (path.endswith(("/bulk", "/feedback")) and status == "200"):
                expected |= {"Content-Language"}
            if not path.startswith("/health/"):
                expected |= {"WWW-Authenticate"} if status == "401" else {"RateLimit", "RateLimit-Policy"}
            expected |= {"Retry-After"} if status in {"429", "503"} else set()
            record = path.removesuffix("/{posting_id}").removesuffix("/{profile_id}")
            is_one = method != "delete" and (method, path) != ("get", "/v1/postings")
            if record in {"/v1/postings", "/v1/profiles"} and is_one and status < "4":
                expected |= {"ETag"} | ({"Location"} if method == "post" else set())
            if (method, path, status) == ("post", "/v1/keys", "201"):
                expected |= {"Cache-Control"}
            for name, header in answer["headers"].items():
                assert header == {"$ref": f"#/components/headers/{name}"}
                assert document["components"]["headers"][name]["example"]
            assert (method, path, status, {*answer["headers"]}) == (method, path, status, expected)


def test_every_call_names_the_headers_that_it_reads(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        expected = {"X-Request-Id", "Accept-Language"}
        if path in {"/v1/postings/{posting_id}", "/v1/profiles/{profile_id}"}:
            expected |= {"If-Match", "If-None-Match"}
        named = {
            one["$ref"].removeprefix("#/components/parameters/") for one in operation["parameters"] if "$ref" in one
        }
        assert (method, path, named) == (method, path, expected)
    for name, header in document["components"]["parameters"].items():
        assert (header["name"], header["in"]) == (name, "header")
        assert _breaks(document, header["schema"], header["example"]) == []


def test_no_two_calls_share_an_example_by_accident(document: dict[str, Any]) -> None:
    for (method, path, status), example in ANSWERS_OF.items():
        content, *_ = document["paths"][path][method.lower()]["responses"][status]["content"].values()
        assert (path, content["example"]) == (path, example)
    for path, body in LINES.items():
        (content,) = document["paths"][path]["post"]["requestBody"]["content"].values()
        assert (path, content["example"]) == (path, body)
