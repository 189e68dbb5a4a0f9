"""The application: one matcher, the routes, and the loop that follows what other processes write."""

import asyncio
import logging
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cache, partial
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi_offline import FastAPIOffline

from api import document, problems
from api.access import authorised
from api.admission import Admission, House, Writers
from api.dependencies import BROKEN, FAILURES
from api.encodings import Encodings
from api.keyring import Keyring
from api.languages import Languages
from api.latest import Latest
from api.limits import BodyLimit
from api.logs import RequestLog
from api.methods import Methods
from api.metrics import Measured, Metrics, Unread
from api.pages import postings as posting_pages
from api.pages import profiles as profile_pages
from api.pages import search as search_pages
from api.pages import session
from api.pages.entrance import Entrance
from api.parameters import known_alone
from api.quick import QuickReads, QuickWrites
from api.rates import RateLimit
from api.request_ids import RequestIds
from api.routes import bulk, feedback, health, metrics, organisations, postings, profiles, search
from api.security import Authentication, Gate, Strangers
from api.tokens import Tokens
from matcher.compose import load_pseudonyms, open_decision_log, open_matcher
from matcher.core.errors import MatcherError
from matcher.engine import Matcher
from matcher.settings import Settings
from matcher.settled import settle, unsettle

TROUBLED_PAUSE_S = 2.0
"""Between two looks at a database that did not answer: its log must not fill."""

SWITCH_S = 0.0005
"""How long one thread may keep another from running Python. A write takes turns with the requests that are answered
meanwhile at each of its dozens of steps through the database: at the usual 5 ms that adds up.
"""
WRITERS = 2
"""Writes at once: one encodes what is new while the other has the database."""
SWEEP_AT = 0.8
"""When files are swept, as a share of the time in which what was deleted must be gone from them."""

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, *, matcher: Matcher | None = None) -> FastAPI:
    """Return the application; its matcher is opened when it starts and closed when it stops.

    Args:
        settings: read from the environment when not given.
        matcher: one that is open already; it is closed all the same.

    Raises:
        AccessUnsettled: the identity provider's key set is to come from a file, and cannot be read.
    """
    chosen = settings or Settings()

    # Its documentation page brings its own scripts: a State's network may not let a browser fetch them elsewhere, and
    # nobody else needs to learn who reads it.
    app = FastAPIOffline(
        redoc_url=None,
        static_url="/docs/assets",
        title="forum-matcher",
        version=version("forum-matcher"),
        summary="Matches job postings and candidate profiles, and says why.",
        description=document.ABOUT,
        lifespan=_lifespan(chosen, matcher),
        # It would send a caller to whatever host the request names, and by plain HTTP where a proxy takes it by HTTPS.
        redirect_slashes=False,
        # Its spans and logs would hold what exceptions say, and nobody reads them: to look whether somebody does takes
        # each request as long as its authentication.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = chosen
    problems.install(app)
    _frame(app, chosen)
    app.include_router(health.router, responses=BROKEN, dependencies=[Depends(known_alone)])
    for routes in (postings, profiles, search, feedback, bulk, organisations, metrics):
        app.include_router(routes.router, responses=FAILURES, dependencies=[Depends(authorised)])
    app.include_router(session.router)
    for pages in (posting_pages, profile_pages, search_pages):
        app.include_router(pages.router, dependencies=[Depends(authorised)])
    documented = app.openapi
    app.openapi = cache(lambda: document.describe(documented()))  # type: ignore[method-assign] # FastAPI's way to extend it
    app.router.routes.remove(next(route for route in app.routes if getattr(route, "path", "") == document.ADDRESS))
    app.add_route(document.ADDRESS, document.Written(app.openapi).answer, include_in_schema=False)
    return app


def _lifespan(settings: Settings, opened: Matcher | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what makes the application ready before its first request, and closes everything after its last."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(SWITCH_S)
        most = 2 * settings.max_concurrent
        app.state.writers = Writers(at_once=WRITERS, most=most, written=lambda: app.state.matcher.sequence)
        app.state.matcher = opened or await asyncio.to_thread(open_matcher, settings)
        app.state.latest = Latest(app.state.matcher.catch_up)
        # Nobody's first request waits for a model: the service is not ready before.
        # By the threads that the routes use: what these import first must not want for a file descriptor later.
        await run_in_threadpool(_warm, app.state.matcher)
        if await _is_open(app.state.gate):
            log.warning("nobody is asked who they are: make a key with `matcher keys create`, docs/access.md says how")
        app.state.pseudonyms = await asyncio.to_thread(load_pseudonyms, settings)
        app.state.decisions = await asyncio.to_thread(open_decision_log, settings, app.state.matcher)
        # Apart from each other: to write a database anew may take minutes, in which others' writes must show here.
        minding = [asyncio.create_task(again) for again in _minding(app.state.matcher, settings)]
        stopping = threading.Event()
        prepared = asyncio.create_task(asyncio.to_thread(_prepare, app.state.matcher, stopping))
        try:
            yield
        finally:
            stopping.set()
            await asyncio.gather(prepared, return_exceptions=True)  # whatever it was, all that follows must be done
            for task in minding:
                task.cancel()
            await asyncio.gather(*minding, return_exceptions=True)
            if app.state.decisions is not None:
                await asyncio.to_thread(app.state.decisions.stop)
            await asyncio.to_thread(_stop, app.state.matcher)
            unsettle()

    return lifespan


def _frame(app: FastAPI, settings: Settings) -> None:
    """Put what every request passes around the routes; the last one added is the outermost."""
    tokens = None
    if settings.jwks and settings.jwt_issuer and settings.jwt_audience:
        tokens = Tokens(
            settings.jwks,
            issuer=settings.jwt_issuer,
            audience=settings.jwt_audience,
            scope_claim=settings.jwt_scope_claim,
            organisation_claim=settings.jwt_organisation_claim,
        )
    gate = Gate(Keyring(lambda: app.state.matcher.keys), tokens, closed=settings.access == "closed")
    app.state.gate = gate
    app.router.middleware_stack = QuickWrites(app.router.middleware_stack, main=app)
    app.add_middleware(QuickReads, main=app)
    app.add_middleware(Methods, main=app)
    app.add_middleware(Encodings)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(RateLimit, per_minute=settings.rate_per_minute)
    app.add_middleware(Authentication, gate=gate)
    app.state.house = House(settings.max_concurrent)
    app.add_middleware(Admission, house=app.state.house, time_limit_s=settings.request_seconds)
    app.add_middleware(Strangers, gate=gate)
    # Around the framework's own answer to a failure too, where no middleware of it reaches.
    stack = app.build_middleware_stack
    app.state.metrics = figures = Metrics(app.state)
    told = RequestLog(lambda: app.state.pseudonyms) if settings.log_requests else None
    app.state.unread = Unread(figures, told)
    app.build_middleware_stack = lambda: RequestIds(Languages(Measured(Entrance(stack()), metrics=figures, log=told)))  # type: ignore[method-assign]


def _minding(matcher: Matcher, settings: Settings) -> Iterator[Coroutine[None, None, None]]:
    """Yield what applies other processes' writes, and what clears the files of what was deleted, in time."""
    sweep = partial(matcher.sweep, within_s=settings.erasure_seconds * SWEEP_AT)
    yield _again_and_again("following the change log", matcher.follow, every_s=settings.follow_seconds)
    yield _again_and_again("clearing what was deleted", sweep, every_s=settings.follow_seconds)


async def _again_and_again(what: str, step: Callable[[], object], *, every_s: float) -> None:
    """Do something in a thread until this is cancelled.

    A database or a disk that is away for a while must not end the loop.
    """
    pause_s = every_s
    while True:
        await asyncio.sleep(pause_s)
        pause_s = every_s
        try:
            await asyncio.to_thread(step)
        except MatcherError as error:
            log.warning("%s: %s", what, error)
            pause_s = TROUBLED_PAUSE_S
        except Exception:  # the next round may do better; ended, the loop would leave stale answers unnoticed
            log.exception("%s", what)
            pause_s = TROUBLED_PAUSE_S


async def _is_open(gate: Gate) -> bool:
    with suppress(MatcherError):  # a database that is away is told by every request
        return await gate.is_open()
    return False


def _warm(matcher: Matcher) -> None:
    try:
        matcher.warm()
    except MatcherError as error:  # what needs no model works without it, and the rest says so
        log.warning("%s", error)
    settle()


def _prepare(matcher: Matcher, stopping: threading.Event) -> None:
    try:
        matcher.prepare(stop=stopping.is_set)
    except MatcherError as error:  # then each request does it
        log.warning("preparing reasons: %s", error)
    except Exception:
        log.exception("preparing reasons failed: each request does it")
    settle()


def _stop(matcher: Matcher) -> None:
    try:
        matcher.snapshot_if_behind()
    except MatcherError as error:
        log.warning("%s", error)
    finally:
        matcher.close()
