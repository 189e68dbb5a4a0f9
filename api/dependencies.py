"""What every route takes from the request."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from api.conditions import Conditions, etag_of
from api.decision_log import log_ranking
from api.schemas import MAX_TOP, ProblemAnswer, matches_json
from matcher.core.domain import MERGED, Kind, Variety
from matcher.decisions.entry import Call
from matcher.engine import Matcher


def matcher_of(request: Request) -> Matcher:
    """Return the matcher that the application was started with."""
    matcher: Matcher = request.app.state.matcher
    return matcher


async def best_matches(
    request: Request, kind: Kind, document_id: str, *, top: int, variety: Variety = MERGED
) -> Response:
    """Answer with the best matches of a document.

    Ranking takes a millisecond of memory alone and stays on the event loop: a thread would cost more than it gives.
    Reasons do too where everything is at hand; where the database or the encoder is needed, a thread waits for it.
    """
    matcher = matcher_of(request)
    ranked = matcher.rank(kind, document_id, k=top, variety=variety)
    if matcher.is_at_hand(ranked):
        answer = matcher.explain(ranked)
    else:
        answer = await asyncio.to_thread(matcher.explain, ranked)
    call = Call.SUGGESTIONS if kind is Kind.PROFILE else Call.CANDIDATES
    log_ranking(request, answer, call=call, asks=kind, question=document_id, k=top, variety=variety)
    return Response(matches_json(answer), media_type="application/json")


def variety_of(
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
    """
    tag = etag_of(content)
    sent = {"ETag": tag, **(headers or {})}
    if known is not None and known.unchanged(tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    return Response(content, status_code=status, headers=sent, media_type="application/json")


Engine = Annotated[Matcher, Depends(matcher_of)]
DocumentId = Annotated[str, Path(min_length=1, max_length=200, description="the id that the caller chose")]
Varied = Annotated[Variety, Depends(variety_of)]
Top = Annotated[int, Query(ge=1, le=MAX_TOP, description="how many matches at most")]

Responses = dict[int | str, dict[str, Any]]
"""What a route documents beside its answer, by status."""

UNREADABLE: Responses = {
    400: {"model": ProblemAnswer, "description": "The body cannot be read."},
    413: {"model": ProblemAnswer, "description": "The body is too large."},
}
UNCHANGED: Responses = {304: {"description": "The client holds it already (If-None-Match)."}}
CHANGED: Responses = {412: {"model": ProblemAnswer, "description": "The record is not what the client takes it for."}}
FAILURES: Responses = {
    401: {"model": ProblemAnswer, "description": "The credential is missing or opens nothing."},
    403: {"model": ProblemAnswer, "description": "The caller's role may never do this."},
    422: {"model": ProblemAnswer, "description": "The request breaks the contract."},
    429: {"model": ProblemAnswer, "description": "The caller asks too often."},
    500: {"model": ProblemAnswer, "description": "The service failed."},
    503: {"model": ProblemAnswer, "description": "The service is busy, or its database or model is away for now."},
}
