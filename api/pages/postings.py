"""A recruiter's postings, and the candidates for one."""

from contextlib import suppress
from http import HTTPStatus

import orjson
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from api import request_ids
from api.access import Caller, may_say_what_became
from api.decision_log import log_reading
from api.dependencies import DocumentId, Engine
from api.languages import asked
from api.latest import or_later
from api.pages.addresses import HOME, of_posting
from api.pages.forms import read_form
from api.pages.lists import candidates, left, opened, sealed
from api.pages.rendering import page
from api.pages.views import period, places, posting_facts
from api.pages.words import Words
from api.paging import Cursor
from api.routes import postings, profiles
from api.schemas.postings import Order, Status
from matcher.answers import plain_text
from matcher.core.access import Principal
from matcher.core.domain import Kind
from matcher.core.errors import NotFound
from matcher.core.feedback import OUTCOMES, Event, Feedback
from matcher.decisions.entry import Reading
from matcher.engine import Matcher

POSTINGS_A_PAGE = 20
CANDIDATES_A_PAGE = 10
FOLLOWED = OUTCOMES | {Event.OPENED}
"""The events that say how far somebody has come with a candidate."""
MOST_TOLD = 50
"""People of whom something was recorded, beside a posting that ranks nobody."""
CANDIDATES = "candidates"

router = APIRouter(include_in_schema=False)


@router.get(HOME)
async def home(
    request: Request,
    matcher: Engine,
    caller: Caller,
    status: Status = "open",
    order: Order = "newest",
    cursor: Cursor = None,
) -> Response:
    """Show the postings that exist for a caller: the open ones, or the others."""
    t = Words(asked())
    found = await run_in_threadpool(
        postings.listed_postings, matcher, caller, status=status, order=order, top=POSTINGS_A_PAGE, cursor=cursor
    )
    lines = [
        {
            "id": one["id"],
            "title": one["title"],
            "organisation": one["organisation"] and (one["organisation"]["name"] or one["organisation"]["id"]),
            "places": places(one["locations"]),
            "dates": period(one["valid_from"], one["valid_through"], t),
        }
        for one in found.model_dump(mode="json")["postings"]
    ]
    return await page(
        request,
        "home",
        lines=lines,
        total=found.total,
        shown=status,
        order=order,
        cursor=found.cursor,
        is_first=cursor is None,
    )


@router.get("/recruiter/postings/{posting_id}")
async def best(posting_id: DocumentId, request: Request, caller: Caller) -> Response:
    """Show the best candidates for a posting."""
    return await _best(posting_id, request, caller, None)


@router.post("/recruiter/postings/{posting_id}")
async def further(posting_id: DocumentId, request: Request, caller: Caller) -> Response:
    """Go to the page of candidates that a cursor names."""
    cursor = (await read_form(request)).one("cursor")
    # Or there is none, as far as the caller knows.
    await or_later(request.app, lambda: postings.content_for(request.app, caller, posting_id))
    hidden = sealed(request, caller, cursor, of=f"{CANDIDATES} {posting_id}")
    if hidden is None:
        return await _best(posting_id, request, caller, cursor)
    return RedirectResponse(f"{of_posting(posting_id)}/page/{hidden}", HTTPStatus.SEE_OTHER)


@router.get("/recruiter/postings/{posting_id}/page/{sealed}")
async def a_page(posting_id: DocumentId, sealed: str, request: Request, caller: Caller) -> Response:
    """Show a further page of candidates."""
    return await _best(posting_id, request, caller, opened(request, caller, sealed, of=f"{CANDIDATES} {posting_id}"))


async def _best(posting_id: str, request: Request, caller: Principal, cursor: str | None) -> Response:
    t = Words(asked())
    answer = orjson.loads(await postings.best_profiles(request.app, caller, posting_id, CANDIDATES_A_PAGE, cursor))
    posting = orjson.loads(await postings.content_for(request.app, caller, posting_id))
    people = await candidates(request.app, caller, answer["matches"], t)
    tells = may_say_what_became(caller)
    # A closed posting ranks nobody any more, and yet somebody may be hired for it.
    told = await _told(request.app, caller, posting_id, t) if tells and not people and cursor is None else []
    return await page(
        request,
        "posting",
        posting=posting,
        plain=plain_text,
        facts=[*posting_facts(posting, t)],
        eligible=answer["eligible"],
        people=people,
        left=left(answer["eligible"], people, answer["cursor"]),
        cursor=answer["cursor"],
        is_first=cursor is None,
        request_id=request_ids.current(),
        tells=tells,
        told=told,
    )


async def _told(app: FastAPI, caller: Principal, posting_id: str, t: Words) -> list[tuple[str, str, str]]:
    """Return of whom something was recorded for a posting, the latest first: id, headline, and the last of it."""
    matcher: Matcher = app.state.matcher
    last: dict[str, Feedback] = {}
    events = await run_in_threadpool(
        matcher.feedback.about, posting_id, events=FOLLOWED, organisation=caller.organisation
    )
    for one in events:
        if one.asks is Kind.POSTING and (one.event is not Event.OPENED or one.profile_id not in last):
            last[one.profile_id] = one
    found: list[tuple[str, str, str]] = []
    for one in sorted(last.values(), key=lambda said: said.at, reverse=True)[:MOST_TOLD]:
        with suppress(NotFound):  # withdrawn, or hidden from this organisation, since
            profile = orjson.loads(await profiles.content_for(app, caller, one.profile_id))
            said = t("profile.recorded.on", what=t(f"event.{one.event}"), day=t.day_of(one.at))
            found.append((one.profile_id, profile["headline"], said))
    log_reading(app, caller, [name for name, *_ in found], Reading.RECORDED, posting_id=posting_id)
    return found
