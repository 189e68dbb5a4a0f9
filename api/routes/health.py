"""Whether the service is alive, and whether it can be used."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api.dependencies import Engine
from api.schemas import HealthAnswer
from matcher.core.domain import Kind

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer as soon as the process runs."""
    return {"status": "ok"}


@router.get("/ready", responses={503: {"model": HealthAnswer, "description": "The index is behind the database."}})
def ready(matcher: Engine, response: Response) -> HealthAnswer:
    """Say whether the index has caught up with the database, and what it holds."""
    lag = matcher.lag()
    if lag:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return HealthAnswer(
        status="behind" if lag else "ok",
        model=matcher.model,
        postings=matcher.count(Kind.POSTING),
        profiles=matcher.count(Kind.PROFILE),
        lag=lag,
    )
