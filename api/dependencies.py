"""What every route takes from the request."""

import asyncio
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from api.schemas import ProblemAnswer, matches_json
from matcher.core.domain import Kind
from matcher.engine import Matcher

MAX_TOP = 100


def matcher_of(request: Request) -> Matcher:
    """Return the matcher that the application was started with."""
    matcher: Matcher = request.app.state.matcher
    return matcher


async def best_matches(matcher: Matcher, kind: Kind, document_id: str, *, top: int) -> Response:
    """Answer with the best matches of a document.

    Ranking takes a millisecond of memory alone and stays on the event loop: a thread would cost more than it gives.
    Reasons do too where everything is at hand; where the database or the encoder is needed, a thread waits for it.
    """
    ranked = matcher.rank(kind, document_id, k=top)
    if matcher.is_at_hand(ranked):
        answer = matcher.explain(ranked)
    else:
        answer = await asyncio.to_thread(matcher.explain, ranked)
    return Response(matches_json(answer), media_type="application/json")


Engine = Annotated[Matcher, Depends(matcher_of)]
DocumentId = Annotated[str, Path(min_length=1, max_length=200, description="the id that the caller chose")]
Top = Annotated[int, Query(ge=1, le=MAX_TOP, description="how many matches at most")]

Responses = dict[int | str, dict[str, Any]]
"""What a route documents beside its answer, by status."""

UNREADABLE: Responses = {
    400: {"model": ProblemAnswer, "description": "The body cannot be read."},
    413: {"model": ProblemAnswer, "description": "The body is too large."},
}
FAILURES: Responses = {
    422: {"model": ProblemAnswer, "description": "The request breaks the contract."},
    500: {"model": ProblemAnswer, "description": "The service failed."},
    503: {"model": ProblemAnswer, "description": "The database or the model is away for now."},
}
