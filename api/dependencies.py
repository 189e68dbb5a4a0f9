"""What every route takes from the request."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Path, Query, Request, Response

from api.admission import Writers
from api.conditions import Conditions, etag_of
from api.decision_log import log_places
from api.schemas.base import MAX_TOP
from api.schemas.problems import ProblemAnswer
from matcher.answers import list_of
from matcher.core.access import Principal
from matcher.core.domain import MAX_ID, Kind, Record
from matcher.core.errors import InvalidRecord, NotFound
from matcher.core.pages import NOTHING, seen_by
from matcher.core.scoring import MERGED, Variety
from matcher.decisions.entry import Call
from matcher.engine import Matcher

T = TypeVar("T")


async def matcher_of(request: Request) -> Matcher:
    """Return the matcher that the application was started with."""
    matcher: Matcher = request.app.state.matcher
    return matcher


async def best_matches(
    app: FastAPI,
    caller: Principal,
    kind: Kind,
    document_id: str,
    *,
    top: int,
    variety: Variety = MERGED,
    cursor: str | None = None,
) -> bytes:
    """Return the JSON of the best matches of a document, written down as shown.

    Ranking a forum takes less than a millisecond of memory alone and stays on the event loop: a thread would cost more
    than it gives. Reasons do too where everything is at hand and little has to be compared; otherwise a thread waits.
    A thread also ranks what may take long, as a page that comes after others, which has to look past all that those
    have shown.

    Raises:
        NotFound: there is no such document.
        InvalidRecord: the cursor is not of these pages.
        DecisionLogUnavailable: the ranking cannot be written down, and so must not be shown.
    """
    matcher: Matcher = app.state.matcher
    before = NOTHING if cursor is None else seen_by(cursor, list_of(kind, document_id, variety))
    if cursor is None and not matcher.takes_long(kind, document_id):
        ranked = matcher.rank(kind, document_id, k=top, variety=variety)
    else:
        ranked = await asyncio.to_thread(matcher.rank, kind, document_id, k=top, variety=variety, before=before)
    answer = matcher.written_at_hand(ranked)
    if answer is None:
        answer = await asyncio.to_thread(matcher.written, ranked)
    if app.state.decisions is not None:
        log_places(
            app,
            caller,
            answer.shown,
            call=Call.SUGGESTIONS if kind is Kind.PROFILE else Call.CANDIDATES,
            asks=kind,
            question=document_id,
            shows=kind.other,
            eligible=answer.eligible,
            under=answer.under,
            k=top,
            variety=variety,
            before=answer.before,
        )
    return answer.content


async def in_turn(request: Request, write: Callable[[], T], *, wrote: Callable[[T], bool] = lambda _: False) -> T:
    """Return what a write returns, from a thread, when it is its turn.

    Args:
        request: the one that asks for it.
        write: what to do.
        wrote: whether what it returned says that it has changed the database, where the change log does not.

    Raises:
        Refused: too many writes wait; or what the write raises.
    """
    writers: Writers = request.app.state.writers
    return await writers.run(request.state.place, write, wrote=wrote)


async def stored(app: FastAPI, kind: Kind, document_id: str, is_seen: Callable[[Record], bool]) -> Record:
    """Return a record as this process has applied it; from the database where it is not in memory.

    What is in memory and not for the caller is asked of the database, too, before it is refused: whoever is refused has
    waited as long as for what is not there.

    Args:
        app: where the matcher is.
        kind: of the document.
        document_id: its id.
        is_seen: whether a record exists for the caller.

    Raises:
        NotFound: there is no such document, as far as the caller knows.
    """
    matcher: Matcher = app.state.matcher
    found = matcher.record_at_hand(kind, document_id)
    if found is None or not is_seen(found):
        found = await asyncio.to_thread(matcher.get, kind, document_id)
        if not is_seen(found):
            raise NotFound(kind)
    return found


async def variety_of(
    merged: Annotated[
        bool, Query(description="show a posting that was published twice once, with its variants")
    ] = True,
    per_organisation: Annotated[
        int | None, Query(ge=1, le=MAX_TOP, description="at most so many postings of one organisation")
    ] = None,
    diversity: Annotated[
        float,
        Query(ge=0, le=1, allow_inf_nan=False, description="0: the best first; above: unlike those before it, too"),
    ] = 0.0,
) -> Variety:
    """Return how an answer is kept from saying one thing again and again."""
    return Variety(merged=merged, per_organisation=per_organisation, diversity=diversity)


def check_id(in_body: str, in_path: str) -> None:
    """Let a record pass that is the one which its address names. Raises InvalidRecord."""
    if in_body != in_path:
        raise InvalidRecord(field="id", reason="is not the id in the path: make them equal")


def record_answer(
    content: bytes,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    known: Conditions | None = None,
) -> Response:
    """Answer with a record and its entity tag, or that the client holds it already.

    Args:
        content: the record's JSON, as this caller sees it.
        status: of the answer.
        headers: to send along.
        known: a reader's conditions.

    Raises:
        HTTPException: 412, the record is not the version that the reader asks for.
    """
    tag = etag_of(content)
    if known is not None:
        known.require(tag)
    sent = {"ETag": tag, **(headers or {})}
    if known is not None and known.unchanged(tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    return Response(content, status_code=status, headers=sent, media_type="application/json")


DEFAULT_TOP = 10

Engine = Annotated[Matcher, Depends(matcher_of)]
DocumentId = Annotated[str, Path(min_length=1, max_length=MAX_ID, description="the id that the caller chose")]
Varied = Annotated[Variety, Depends(variety_of)]

Responses = dict[int | str, dict[str, Any]]
"""What a route documents beside its answer, by status."""

UNREADABLE: Responses = {
    400: {"model": ProblemAnswer, "description": "The body cannot be read."},
    408: {"model": ProblemAnswer, "description": "The body did not arrive in time."},
    413: {"model": ProblemAnswer, "description": "The body is too large."},
    415: {"model": ProblemAnswer, "description": "The body is compressed, or not in UTF-8."},
}
UNCHANGED: Responses = {304: {"description": "The client holds it already (If-None-Match)."}}
CHANGED: Responses = {412: {"model": ProblemAnswer, "description": "The record is not what the client takes it for."}}
BROKEN: Responses = {422: {"model": ProblemAnswer, "description": "The request breaks the contract."}}
FAILURES: Responses = BROKEN | {
    401: {"model": ProblemAnswer, "description": "The credential is missing or opens nothing."},
    403: {"model": ProblemAnswer, "description": "The caller's role may never do this."},
    429: {"model": ProblemAnswer, "description": "The caller asks too often."},
    500: {"model": ProblemAnswer, "description": "The service failed."},
    503: {"model": ProblemAnswer, "description": "The service is busy, or its database or model is away for now."},
}
