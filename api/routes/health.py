"""Whether the service is alive, and whether it can be used."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api.dependencies import Engine
from api.schemas import HealthAnswer
from matcher.core.domain import Kind

PATIENCE_S = 5.0
"""A process that writes a lot must not take every other one out of service for the moments that following takes."""

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as soon as the process runs."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": HealthAnswer, "description": "The index is behind the database."}})
def ready(matcher: Engine, response: Response) -> HealthAnswer:
    """Say whether the index has caught up with the database, and what it holds."""
    lag, behind = matcher.lag(), matcher.behind_s() > PATIENCE_S
    if behind:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthAnswer(
        status="behind" if behind else "ok",
        model=matcher.model,
        postings=matcher.count(Kind.POSTING),
        profiles=matcher.count(Kind.PROFILE),
        lag=lag,
    )
