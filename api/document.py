"""What the OpenAPI document says beside what FastAPI reads from the routes.

Names, examples, who must show a credential, and which headers come back: from tables here, so that no route repeats
them and none is left out.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from fastapi import Request, Response

from api.access import ALLOWED
from api.conditions import etag_of
from api.examples import ANSWERS, ANSWERS_OF, BODIES, LINES, PARAMETERS, problems
from api.fields import DRAFTS, MEANINGS
from api.problems import MEDIA_TYPE
from api.schemas.bulk import LineAnswer
from api.schemas.problems import NotReadyAnswer, ProblemAnswer, UnfinishedAnswer
from api.security import PUBLIC

ADDRESS = "/openapi.json"
"""Where it stands."""
SUMMARIES: Mapping[tuple[str, str], str] = {
    ("GET", "/health/live"): "Is the process alive?",
    ("GET", "/health/ready"): "Is the service ready for requests?",
    ("GET", "/metrics"): "Read the figures for Prometheus",
    ("GET", "/v1/postings"): "List the open postings",
    ("POST", "/v1/postings"): "Store a new posting",
    ("POST", "/v1/postings/bulk"): "Store many postings",
    ("PUT", "/v1/postings/{posting_id}"): "Store or replace a posting",
    ("GET", "/v1/postings/{posting_id}"): "Read a posting",
    ("DELETE", "/v1/postings/{posting_id}"): "Delete a posting",
    ("GET", "/v1/postings/{posting_id}/candidates"): "Rank the candidates for a posting",
    ("GET", "/v1/postings/{posting_id}/candidates/{profile_id}"): "Explain one posting and one profile",
    ("GET", "/v1/postings/{posting_id}/similar"): "Find postings like this one",
    ("POST", "/v1/postings/search"): "Search postings by free text",
    ("POST", "/v1/profiles"): "Store a new profile",
    ("POST", "/v1/profiles/bulk"): "Store many profiles",
    ("PUT", "/v1/profiles/{profile_id}"): "Store or replace a profile",
    ("GET", "/v1/profiles/{profile_id}"): "Read a profile",
    ("DELETE", "/v1/profiles/{profile_id}"): "Erase a person's profile",
    ("GET", "/v1/profiles/{profile_id}/suggestions"): "Suggest postings for a stored profile",
    ("GET", "/v1/profiles/{profile_id}/export"): "Export all that is held on a person",
    ("GET", "/v1/profiles/{profile_id}/similar"): "Find profiles like this one",
    ("POST", "/v1/profiles/search"): "Search profiles by free text",
    ("POST", "/v1/suggestions"): "Suggest postings for a profile that is being written",
    ("POST", "/v1/feedback"): "Record what became of matches",
    ("GET", "/v1/organisations"): "List the organisations",
    ("GET", "/v1/statistics"): "Read the forum's figures",
    ("GET", "/v1/keys"): "List the recruiters' keys",
    ("POST", "/v1/keys"): "Make a recruiter's key",
    ("DELETE", "/v1/keys/{key_id}"): "Revoke a recruiter's key",
}

NAMES: Mapping[tuple[str, str], str] = {
    ("GET", "/health/live"): "is_alive",
    ("GET", "/health/ready"): "is_ready",
    ("GET", "/metrics"): "read_metrics",
    ("GET", "/v1/postings"): "list_postings",
    ("POST", "/v1/postings"): "create_posting",
    ("POST", "/v1/postings/bulk"): "store_postings",
    ("PUT", "/v1/postings/{posting_id}"): "store_posting",
    ("GET", "/v1/postings/{posting_id}"): "read_posting",
    ("DELETE", "/v1/postings/{posting_id}"): "delete_posting",
    ("GET", "/v1/postings/{posting_id}/candidates"): "rank_candidates",
    ("GET", "/v1/postings/{posting_id}/candidates/{profile_id}"): "explain_match",
    ("GET", "/v1/postings/{posting_id}/similar"): "find_similar_postings",
    ("POST", "/v1/postings/search"): "search_postings",
    ("POST", "/v1/profiles"): "create_profile",
    ("POST", "/v1/profiles/bulk"): "store_profiles",
    ("PUT", "/v1/profiles/{profile_id}"): "store_profile",
    ("GET", "/v1/profiles/{profile_id}"): "read_profile",
    ("DELETE", "/v1/profiles/{profile_id}"): "erase_profile",
    ("GET", "/v1/profiles/{profile_id}/suggestions"): "suggest_postings",
    ("GET", "/v1/profiles/{profile_id}/export"): "export_profile",
    ("GET", "/v1/profiles/{profile_id}/similar"): "find_similar_profiles",
    ("POST", "/v1/profiles/search"): "search_profiles",
    ("POST", "/v1/suggestions"): "suggest_postings_for_draft",
    ("POST", "/v1/feedback"): "record_feedback",
    ("GET", "/v1/organisations"): "list_organisations",
    ("GET", "/v1/statistics"): "read_statistics",
    ("GET", "/v1/keys"): "list_keys",
    ("POST", "/v1/keys"): "create_key",
    ("DELETE", "/v1/keys/{key_id}"): "revoke_key",
}
"""What generated clients call each call (`operationId`): a part of the contract."""

ABOUT = """
Stores postings and profiles, ranks each side for the other, and gives the reasons of every match.

- **Credential.** Once a key has been made (`matcher keys create`), every call but `/health/…` needs one, or a token of
  the identity provider, as `Authorization: Bearer …`. Each call below says which roles may make it.
- **A first try.** Store a posting and a profile (`PUT`), then ask for `/v1/profiles/{profile_id}/suggestions` or
  `/v1/postings/{posting_id}/candidates`. Recruiters see a profile only if `visible_to_recruiters` is true.
- **Scores.** A score is the sum of its `contributions`; what one side does not say counts as average, but
  skills that a profile does not name as none.
- **Pages.** Send an answer's `cursor` for the next page; it is null after the last.
- **Errors** are `application/problem+json` (RFC 9457), in French where `Accept-Language` prefers it. Unknown fields and
  parameters are refused (422).

`docs/access.md` of the repository has roles, limits and paging in full.
"""
"""What stands at the head of the page that shows every call."""
PROBLEMS = frozenset({one.__name__ for one in (ProblemAnswer, NotReadyAnswer, UnfinishedAnswer)})
SCHEME = "bearer"
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key (`fm_…`), or a JWT of the identity provider that the service is set up with. Until the "
    "first key is made nobody is asked, unless the service is set to be closed.",
}


def _header(description: str, example: str | int, *, always: bool = True) -> dict[str, Any]:
    kind = "integer" if isinstance(example, int) else "string"
    return {"description": description, "required": always, "schema": {"type": kind}, "example": example}


HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": _header("The client's own if it sent one, else a new one.", "3f9c0a51e2d47b86"),
    "Content-Language": _header("Of the texts: `fr` where Accept-Language prefers it, else `en`.", "fr"),
    "WWW-Authenticate": _header("RFC 6750.", 'Bearer realm="forum-matcher", error="invalid_token"'),
    "Retry-After": _header("Seconds to wait.", 1),
    # Not where nobody is asked who they are, nor where a request is refused before that.
    "RateLimit-Policy": _header("Calls (q) in so many seconds (w).", '"default";q=120000;w=60', always=False),
    "RateLimit": _header("Calls left (r); all are back after t seconds.", '"default";r=119999;t=1', always=False),
    "ETag": _header("Of the record as this caller sees it: for If-Match and If-None-Match.", etag_of(b"")),
    "Location": _header("Where the record is from now on.", f"/v1/postings/{PARAMETERS['posting_id']}"),
    "Cache-Control": _header("The key is shown this once.", "no-store"),
}
"""What comes with answers; `_headers` says with which."""


def _sent(name: str, description: str, schema: dict[str, Any], example: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": schema, "example": example}


TEXT = {"type": "string"}
SENT: Mapping[str, dict[str, Any]] = {
    "X-Request-Id": _sent(
        "X-Request-Id",
        "What to call the request, in the answer and in the logs; anything else than this pattern is not taken over.",
        {**TEXT, "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        "3f9c0a51e2d47b86",
    ),
    "Accept-Language": _sent(
        "Accept-Language", "Of errors: French where it is preferred, else English.", TEXT, "fr-FR, fr;q=0.9, en;q=0.5"
    ),
    "If-Match": _sent(
        "If-Match",
        "Change the record only if it still has one of these entity tags; `*`: if it exists.",
        TEXT,
        etag_of(b""),
    ),
    "If-None-Match": _sent(
        "If-None-Match",
        "Of a read: answer 304 if the record still has one of these entity tags. Of a change: only if it has none of "
        "them; `*`: if there is no such record yet.",
        TEXT,
        etag_of(b""),
    ),
}
"""What calls read beside the credential; `_read` says which reads which."""


class Written:
    """Answers with the document; made of it once, by a thread, since that takes most of a second."""

    def __init__(self, make: Callable[[], Any]) -> None:
        """Take what makes the document."""
        self._make = make
        self._content: bytes | None = None
        self._making = asyncio.Lock()

    async def answer(self, _: Request) -> Response:
        """Return it as JSON."""
        async with self._making:
            if self._content is None:
                self._content = await asyncio.to_thread(lambda: orjson.dumps(self._make()))
        return Response(self._content, media_type="application/json")


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document made whole: `document` itself, changed; once is enough."""
    components = document["components"]
    components["headers"] = HEADERS
    components["parameters"] = SENT
    components["securitySchemes"] = {SCHEME: SECURITY}
    _explain(components["schemas"])
    line = LineAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= {**line.pop("$defs"), LineAnswer.__name__: line}
    for method, path, operation in _operations(document):
        operation["summary"] = SUMMARIES[method, path]
        operation["operationId"] = NAMES[method, path]
        public = path.startswith(PUBLIC)
        operation["security"] = [] if public else [{SCHEME: []}]
        if not public:
            roles = ", ".join(sorted(ALLOWED[method, path]))
            operation["description"] += f"\n\nRoles: {roles}."
        for parameter in operation.get("parameters", ()):
            parameter.update(PARAMETERS.get(parameter["name"], {}))
        sent = [{"$ref": f"#/components/parameters/{name}"} for name in _read(operation["responses"])]
        operation["parameters"] = [*operation.get("parameters", ()), *sent]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content["example"] = LINES[path] if path in LINES else BODIES[_name(content["schema"])]
        for status, answer in operation["responses"].items():
            _show(answer, (method, path, status), shared=components.setdefault("examples", {}))
            named = _headers((method, path, status), answer, public=public)
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in named}
    return document


def _explain(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Give every field of a record its description."""
    for name, schema in schemas.items():
        meanings = MEANINGS.get(DRAFTS.get(name, name), {})
        for field, about in meanings.items():
            schema["properties"][field]["description"] = about


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method.upper(), path, operation


def _name(schema: Mapping[str, Any]) -> str:
    """Return the name of the schema in the components that a schema, or each of its items, is."""
    return str(schema.get("items", schema).get("$ref", "")).rpartition("/")[2]


def _show(answer: dict[str, Any], call: tuple[str, str, str], *, shared: dict[str, Any]) -> None:
    """Give an answer its example; a problem has its own media type, where FastAPI writes application/json.

    Problems are the same for most calls: their examples stand once, in `shared`.
    """
    for media_type, content in [*answer.get("content", {}).items()]:
        schema = content.get("schema", {})
        if _name(schema) in PROBLEMS:
            del answer["content"][media_type]
            answer["content"][MEDIA_TYPE] = {**content, "examples": {}}
            for language, example in problems(int(call[2]), call[1]).items():
                # Only these two say what it is that is not there, or there already; two others how far they are.
                is_own = call[2] in {"404", "409"} or _name(schema) != ProblemAnswer.__name__
                of = f"-{call[1].split('/')[2]}" if is_own else ""
                shared[name := f"{call[2]}{of}-{language}"] = example
                answer["content"][MEDIA_TYPE]["examples"][language] = {"$ref": f"#/components/examples/{name}"}
        else:
            example = ANSWERS_OF[call] if call in ANSWERS_OF else ANSWERS[_name(schema)]
            content["example"] = example


def _read(answers: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of the headers that a call reads, as its answers have it."""
    yield from ("X-Request-Id", "Accept-Language")
    if "412" in answers:
        yield "If-Match"
    if {"304", "412"} & answers.keys():
        yield "If-None-Match"


def _headers(call: tuple[str, str, str], answer: Mapping[str, Any], *, public: bool) -> Iterator[str]:
    """Yield the names of the headers that come with an answer."""
    method, path, status = call
    yield "X-Request-Id"
    if [*answer.get("content", {})] == [MEDIA_TYPE] or (path in {*LINES, "/v1/feedback"} and status == "200"):
        yield "Content-Language"
    if status == "401":
        yield "WWW-Authenticate"
    elif not public:
        yield from ("RateLimit", "RateLimit-Policy")
    if status in {"429", "503"}:
        yield "Retry-After"
    schemas = {_name(content.get("schema", {})) for content in answer.get("content", {}).values()}
    if status == "304" or schemas & {"PostingRecord", "ProfileRecord"}:
        yield "ETag"
        if method == "POST":
            yield "Location"
    if call == ("POST", "/v1/keys", "201"):
        yield "Cache-Control"
