"""Many records at once, one a line (NDJSON): each line has its own result, and a bad one loses no other."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from functools import partial
from http import HTTPStatus
from typing import Any

import pydantic_core
from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.admission import Place, Writers
from api.bodies import NotUtf8, is_wide
from api.dependencies import UNREADABLE, Engine, Responses
from api.languages import asked, told
from api.problems import field_name
from api.schemas.bulk import LineAnswer
from api.schemas.problems import ProblemAnswer, UnfinishedAnswer
from matcher.core.domain import Outcome, Record
from matcher.core.errors import InvalidRecord
from matcher.engine import Matcher
from matcher.records import parse_posting, parse_profile

MEDIA_TYPE = "application/x-ndjson"
MAX_LINES = 5000
SLICE = 100
"""Lines that are stored in one transaction, a tenth of a second: others' writes have their turn between two."""


def ndjson_of(line: str, description: str) -> dict[str, Any]:
    """Return the JSON Schema of a text of which each line is one of these (2020-12, "Validation", section 8)."""
    content = {"contentMediaType": MEDIA_TYPE, "contentSchema": {"$ref": f"#/components/schemas/{line}"}}
    return {"type": "string", "description": description, **content}


router = APIRouter(prefix="/v1", tags=["bulk"])
LINES: Responses = UNREADABLE | {
    200: {
        "description": f"A line a record, in order: a {LineAnswer.__name__} each.",
        "content": {MEDIA_TYPE: {"schema": ndjson_of("LineAnswer", "One result a line.")}},
    },
    415: {"model": ProblemAnswer, "description": "The body is not NDJSON, is compressed, or not in UTF-8."},
    503: {
        "model": UnfinishedAnswer,
        "description": "The service is busy, or its database or model is away for now; or the time that a request may "
        "take was up: then `lines` says how far it came.",
    },
}


def _body(record: str) -> dict[str, Any]:
    schema = ndjson_of(f"{record.capitalize()}Record", f"One {record} a line; at most {MAX_LINES} lines.")
    return {"requestBody": {"required": True, "content": {MEDIA_TYPE: {"schema": schema}}}}


@router.post("/postings/bulk", response_class=Response, responses=LINES, openapi_extra=_body("posting"))
async def postings(request: Request, matcher: Engine) -> Response:
    """Store many postings, new or in place of those with their ids. Doing it twice changes nothing.

    A hundred lines are stored at a time: what has been stored stays, also where the time that a request may take is up.
    """
    return await _answer(request, matcher, parse_posting)


@router.post("/profiles/bulk", response_class=Response, responses=LINES, openapi_extra=_body("profile"))
async def profiles(request: Request, matcher: Engine) -> Response:
    """Store many profiles, new or in place of those with their ids. Doing it twice changes nothing.

    A hundred lines are stored at a time: what has been stored stays, also where the time that a request may take is up.
    """
    return await _answer(request, matcher, parse_profile)


async def _answer(request: Request, matcher: Matcher, parse: Callable[[bytes], Record]) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        body = await request.body()
    except ClientDisconnect as error:  # as of a body that the framework reads
        raise HTTPException(HTTPStatus.BAD_REQUEST) from error
    if is_wide(body):
        raise NotUtf8
    results = await _stored(request, matcher, body, parse)
    language = {"Content-Language": asked(), "Vary": "Accept-Language"}
    return Response(results, media_type=MEDIA_TYPE, headers=language)


async def _stored(request: Request, matcher: Matcher, body: bytes, parse: Callable[[bytes], Record]) -> bytes:
    """Store what the lines hold, a slice at a time; return a result a line.

    Raises:
        InvalidRecord: there are too many; nothing is stored.
        HTTPException: the client has gone, or was told that its time is up: what has been stored stays.
    """
    if body.removesuffix(b"\n").count(b"\n") >= MAX_LINES:
        raise InvalidRecord(field="body", reason=f"holds more than {MAX_LINES} lines: send them in several requests")
    lines = body.removesuffix(b"\n").split(b"\n")
    starts = range(0, len(lines), SLICE)
    writes = (partial(_store, matcher, lines[start : start + SLICE], parse, first=start + 1) for start in starts)
    writers: Writers = request.app.state.writers
    place: Place = request.state.place
    results: list[bytes] = []
    place.lines = 0
    async with aclosing(writers.run_parts(place, writes)) as parts:
        async for part in parts:
            results.append(part)
            place.lines = min(len(results) * SLICE, len(lines))
            if await request.is_disconnected():
                raise HTTPException(HTTPStatus.BAD_REQUEST)
    return b"".join(results)


def _rejected(number: int, error: InvalidRecord) -> dict[str, Any]:
    wrong = [{"field": field_name(field), "reason": told(reason)[0]} for field, reason in error.complaints]
    named = {} if error.record_id is None else {"id": error.record_id}
    return {"line": number, "outcome": Outcome.REJECTED, **named, **wrong[0], "invalid": wrong}


def _store(matcher: Matcher, lines: Sequence[bytes], parse: Callable[[bytes], Record], *, first: int) -> bytes:
    """Store what the lines hold, in one transaction; return a result a line.

    Args:
        matcher: stores them.
        lines: some that follow one another.
        parse: makes a record of one.
        first: the number of the first one.
    """
    results: dict[int, dict[str, Any]] = {}
    records: dict[int, Record] = {}
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            records[number] = parse(line)
        except InvalidRecord as error:
            results[number] = _rejected(number, error)
    outcomes = matcher.put([*records.values()])
    for (number, record), outcome in zip(records.items(), outcomes, strict=True):
        results[number] = {"line": number, "outcome": outcome, "id": record.id}
    return b"".join(pydantic_core.to_json(results[number]) + b"\n" for number in sorted(results))
