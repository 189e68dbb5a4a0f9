"""Figures for a monitoring system."""

from fastapi import APIRouter, Request, Response

from api.metrics import CONTENT_TYPE, Metrics

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"description": "Prometheus's text format.", "content": {"text/plain": {}}}},
)
def read(request: Request) -> Response:
    """Return latencies, answers by status, the index's size and its lag. Nothing is about one person."""
    metrics: Metrics = request.app.state.metrics
    return Response(metrics.text(), headers={"Content-Type": CONTENT_TYPE})
