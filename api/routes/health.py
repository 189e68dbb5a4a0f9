"""Whether the service is alive, and whether it can be used."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.dependencies import Engine, Responses
from api.problems import MEDIA_TYPE
from api.schemas import HealthAnswer
from matcher.core.domain import Kind
from matcher.core.errors import DecisionLogUnavailable
from matcher.decisions.log import DecisionLog

PATIENCE_S = 5.0
"""A process that writes a lot must not take every other one out of service for the moments that following takes."""

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as soon as the process runs."""
    return {"status": "ok"}


NOT_READY: Responses = {
    503: {
        "model": HealthAnswer,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}},
        "description": "The index is behind the database; or a problem says what is away: the database, or the "
        "decision log.",
    }
}


@router.get("/ready", responses=NOT_READY)
def ready(matcher: Engine, request: Request, response: Response) -> HealthAnswer:
    """Say whether the index has caught up with the database, and what it holds; and whether rankings can be shown."""
    lag, behind = matcher.lag(), matcher.behind_s() > PATIENCE_S
    decisions: DecisionLog | None = request.app.state.decisions
    if decisions is not None and not decisions.is_writing:
        raise DecisionLogUnavailable
    if behind:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthAnswer(
        status="behind" if behind else "ok",
        model=matcher.model,
        postings=matcher.count(Kind.POSTING),
        profiles=matcher.count(Kind.PROFILE),
        lag=lag,
    )
