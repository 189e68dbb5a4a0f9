"""Whether the service is alive, and whether it can be used."""

from http import HTTPStatus

from fastapi import APIRouter, Request

from api.admission import Writers
from api.dependencies import Engine, Responses
from api.problems import BEHIND, RETRY_AFTER_S, Problem, problem
from api.schemas.problems import HealthAnswer, NotReadyAnswer
from matcher.core.domain import Kind
from matcher.core.errors import DecisionLogUnavailable, WentBack
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
        "model": NotReadyAnswer,
        "description": "The index is behind the database, and how far; the database has gone back to an earlier state, "
        "and the index is being made anew; the database or the decision log is away.",
    }
}


@router.get("/ready", response_model=HealthAnswer, responses=NOT_READY)
def ready(matcher: Engine, request: Request) -> HealthAnswer | Problem:
    """Say whether the index has caught up with the database, and what it holds; and whether rankings can be shown.

    It is ready also where the database takes no writes, for it answers all else: `writes` says so.
    """
    lag, is_behind = matcher.lag(), matcher.behind_s() > PATIENCE_S or matcher.is_stale
    if matcher.went_back:
        raise WentBack
    writers: Writers = request.app.state.writers
    decisions: DecisionLog | None = request.app.state.decisions
    if decisions is not None and not decisions.is_writing:
        raise DecisionLogUnavailable
    held = HealthAnswer(
        status="ok",
        model=matcher.model,
        postings=matcher.count(Kind.POSTING),
        profiles=matcher.count(Kind.PROFILE),
        lag=lag,
        writes="refused" if writers.is_refused else "ok",
    )
    if is_behind:
        retry = {"Retry-After": str(RETRY_AFTER_S)}
        members = held.model_dump(exclude={"status"})
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, BEHIND, headers=retry, members=members)
    return held
