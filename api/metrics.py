"""What a monitoring system reads (Prometheus): how long calls take, how much is refused, how far the index is.

No label holds an id: a route is named by its template, and an address that is no route by nothing at all.
"""

import time
from collections.abc import Iterator
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.admission import House, Writers
from api.logs import RequestLog
from api.problems import REFUSED_FOR, Cause
from matcher.core.domain import Kind
from matcher.core.errors import MatcherError
from matcher.decisions.log import DecisionLog
from matcher.engine import Matcher

BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
NO_ROUTE = "none"
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""A client may call its method anything; labels are kept forever."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One application's figures, in a registry of their own."""

    def __init__(self, state: State) -> None:
        """Take the application's state, which need not be whole before somebody reads the figures."""
        self._registry = CollectorRegistry()
        self._seconds = Histogram(
            "matcher_request_seconds",
            "From a request's arrival to the end of its answer.",
            ["method", "route"],
            buckets=BUCKETS_S,
            registry=self._registry,
        )
        self._requests = Counter(
            "matcher_requests", "Answers by status.", ["method", "route", "status"], registry=self._registry
        )
        self._kinds: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """As many as there are methods, routes and statuses."""
        self._refusals = Counter("matcher_refusals", "Refused requests by cause.", ["cause"], registry=self._registry)
        for cause in Cause:
            self._refusals.labels(cause)
        self._inside = Gauge("matcher_requests_inside", "Requests worked on or waiting.", registry=self._registry)
        self._model = Info("matcher_model", "What encodes the facets.", registry=self._registry)
        self._state = state
        for collector in (_Index(state), _Rows(state)):
            self._registry.register(collector)
        ProcessCollector(registry=self._registry)

    def entered(self) -> None:
        """Count a request that has arrived."""
        self._inside.inc()

    def answered(self, method: str, route: str, status: int, seconds: float, *, refused_for: Cause | None) -> None:
        """Count a request that has been answered."""
        self._inside.dec()
        requests, durations = self._of(method, route, status)
        requests.inc()
        durations.observe(seconds)
        if refused_for is not None:
            self._refusals.labels(refused_for).inc()

    def _of(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Return what counts the answers of one kind: to look them up by their labels takes longer than to count."""
        found = self._kinds.get((method, route, status))
        if found is None:
            requests = self._requests.labels(method, route, f"{status:d}")
            found = self._kinds[method, route, status] = requests, self._seconds.labels(method, route)
        return found

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        self._model.info({"name": self._state.matcher.model})
        return generate_latest(self._registry)


class _Index(Collector):
    """Read where somebody asks, not kept."""

    def __init__(self, state: State) -> None:
        self._state = state

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: there may be no matcher yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the index's size and how far it is behind the database."""
        matcher: Matcher = self._state.matcher
        size = GaugeMetricFamily("matcher_documents", "Documents in the index.", labels=["kind"])
        for kind in Kind:
            size.add_metric([kind.value], matcher.count(kind))
        yield size
        try:
            lag = matcher.lag()
        except MatcherError:
            reachable, lag = 0, -1
        else:
            reachable = 1
        yield GaugeMetricFamily("matcher_database_up", "Whether the database answers.", value=reachable)
        yield GaugeMetricFamily(
            "matcher_lag_changes", "Changes that this process has not applied; -1 unknown.", value=lag
        )
        if reachable:
            yield GaugeMetricFamily("matcher_lag_seconds", "For how long it is behind.", value=matcher.behind_s())


class _Rows(Collector):
    """What waits, and for what: read where somebody asks, too."""

    def __init__(self, state: State) -> None:
        self._state = state

    def describe(self) -> list[Metric]:
        """Name nothing beforehand: there may be no row yet."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the length of each row, and whether the decision log's moves on."""
        house: House = self._state.house
        writers: Writers = self._state.writers
        decisions: DecisionLog | None = self._state.decisions
        yield GaugeMetricFamily("matcher_requests_waiting", "Requests that wait to be worked on.", value=house.waiting)
        yield GaugeMetricFamily(
            "matcher_bodies_waiting", "Requests whose body is slow to arrive, which hold no place.", value=house.outside
        )
        yield GaugeMetricFamily("matcher_writes_waiting", "Writes that wait for their turn.", value=writers.waiting)
        yield GaugeMetricFamily(
            "matcher_writes_up", "Whether the database has taken the last write.", value=not writers.is_refused
        )
        if decisions is not None:
            yield GaugeMetricFamily(
                "matcher_decision_log_waiting", "Rankings that wait to be written down.", value=decisions.waiting
            )
            yield GaugeMetricFamily(
                "matcher_decision_log_up", "Whether rankings can be written down.", value=decisions.is_writing
            )


class Unread:
    """Counts what is refused before there is a request, which has no method and no route; logs it if asked."""

    def __init__(self, metrics: Metrics, log: RequestLog | None) -> None:
        self._metrics = metrics
        self._log = log

    def refused(self, status: HTTPStatus, cause: Cause, seconds: float) -> None:
        """Note a refusal, and how long after its first byte it was."""
        self._metrics.entered()
        self._metrics.answered(OTHER, NO_ROUTE, status, seconds, refused_for=cause)
        if self._log is not None:
            self._log.answered(None, method=OTHER, route=NO_ROUTE, status=status, seconds=seconds)


class Measured:
    """Times every request, refused ones included, and has it written into the log where the settings ask for that."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, log: RequestLog | None) -> None:
        self._app = app
        self._metrics = metrics
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        self._metrics.entered()
        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route = getattr(scope.get("route"), "path", NO_ROUTE)
            state = scope.get("state", {})
            self._metrics.answered(method, route, status, seconds, refused_for=state.get(REFUSED_FOR))
            if self._log is not None:
                self._log.answered(state.get("principal"), method=method, route=route, status=status, seconds=seconds)
