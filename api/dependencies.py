"""What every route takes from the request."""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request

from api.schemas import ProblemAnswer
from matcher.engine import Matcher

MAX_TOP = 100


def matcher_of(request: Request) -> Matcher:
    """Return the matcher that the application was started with."""
    matcher: Matcher = request.app.state.matcher
    return matcher


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
