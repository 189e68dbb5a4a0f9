"""The application: one matcher, the routes, and the loop that follows what other processes write."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from api import problems
from api.dependencies import FAILURES
from api.limits import BodyLimit
from api.routes import health, postings, profiles
from matcher.compose import open_matcher
from matcher.core.errors import MatcherError
from matcher.engine import Matcher
from matcher.settings import Settings

TROUBLED_PAUSE_S = 2.0
"""Between two looks at a database that did not answer: its log must not fill."""

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, *, matcher: Matcher | None = None) -> FastAPI:
    """Return the application; its matcher is opened when it starts and closed when it stops.

    Args:
        settings: read from the environment when not given.
        matcher: one that is open already; it is closed all the same.
    """
    chosen = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.matcher = matcher or await asyncio.to_thread(open_matcher, chosen)
        follower = asyncio.create_task(_follow(app.state.matcher, every_s=chosen.follow_seconds))
        try:
            yield
        finally:
            follower.cancel()
            with suppress(asyncio.CancelledError):
                await follower
            await asyncio.to_thread(_stop, app.state.matcher)

    # Its documentation page brings its own scripts: a State's network may not let a browser fetch them elsewhere, and
    # nobody else needs to learn who reads it.
    app = FastAPIOffline(
        redoc_url=None,
        static_url="/docs/assets",
        title="forum-matcher",
        version=version("forum-matcher"),
        summary="Matches job postings and candidate profiles, and says why.",
        lifespan=lifespan,
    )
    problems.install(app)
    app.add_middleware(BodyLimit, max_bytes=chosen.max_body_bytes)
    app.include_router(health.router)
    for routes in (postings, profiles):
        app.include_router(routes.router, responses=FAILURES)
    documented = app.openapi
    app.openapi = lambda: problems.describe(documented())  # type: ignore[method-assign] # FastAPI's way to extend it
    return app


async def _follow(matcher: Matcher, *, every_s: float) -> None:
    """Apply other processes' writes; a database that is away for a while must not end the loop."""
    pause_s = every_s
    while True:
        await asyncio.sleep(pause_s)
        pause_s = every_s
        try:
            await asyncio.to_thread(matcher.follow)
        except MatcherError as error:
            log.warning("following the change log: %s", error)
            pause_s = max(every_s, TROUBLED_PAUSE_S)
        except Exception:  # the next round may do better; ended, the loop would leave stale answers unnoticed
            log.exception("following the change log")
            pause_s = max(every_s, TROUBLED_PAUSE_S)


def _stop(matcher: Matcher) -> None:
    try:
        matcher.snapshot_if_behind()
    except MatcherError as error:
        log.warning("%s", error)
    finally:
        matcher.close()
