"""A profile: alone, beside a posting, and those like it."""

import re
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api import request_ids
from api.access import Caller, may_say_what_became
from api.dependencies import DocumentId, Engine
from api.languages import asked
from api.latest import or_later
from api.pages.addresses import of_candidate, of_profile
from api.pages.forms import read_form
from api.pages.lists import candidates, left, opened, sealed
from api.pages.rendering import page, said
from api.pages.views import Json, marked, match_view, months, profile_facts
from api.pages.words import Words
from api.routes import feedback, postings, profiles, search
from api.schemas.feedback import FeedbackAsked
from api.schemas.search import found_json
from matcher.core.access import Principal
from matcher.core.domain import Kind
from matcher.core.errors import NotFound
from matcher.core.feedback import OUTCOMES, Event, Feedback
from matcher.core.scoring import Evidence
from matcher.engine import Matcher

SIMILAR_A_PAGE = 10
SIMILAR = "similar"
TOLD = (Event.DISMISSED, Event.APPLIED, Event.INTERVIEWED, Event.HIRED)
"""What a recruiter can say became of a candidate; that a page was opened is said by opening it."""

router = APIRouter(include_in_schema=False)


@router.get("/recruiter/profiles/{profile_id}")
async def alone(profile_id: DocumentId, request: Request, caller: Caller) -> Response:
    """Show a profile as the caller may see it."""
    profile = orjson.loads(await or_later(request.app, lambda: profiles.record_for(request.app, caller, profile_id)))
    return await _profile(request, profile, Words(asked()), match=None, posting=None)


@router.get("/recruiter/postings/{posting_id}/candidates/{profile_id}")
async def beside(
    posting_id: DocumentId, profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller
) -> Response:
    """Show a profile beside a posting: why it is proposed, or what keeps it from that."""
    pair = orjson.loads(await search.pair(posting_id, profile_id, request, matcher, caller))
    profile = orjson.loads(await profiles.content_for(request.app, caller, profile_id))
    posting = orjson.loads(await postings.content_for(request.app, caller, posting_id))
    tells, t = may_say_what_became(caller), Words(asked())
    recorded: list[Feedback] = []
    if tells:
        recorded = await run_in_threadpool(
            matcher.feedback.about, posting_id, profile_id, events=OUTCOMES, organisation=caller.organisation
        )
    return await _profile(
        request,
        profile,
        t,
        match=pair["match"],
        posting=posting,
        eligible=pair["eligible"],
        excluded_by=pair["excluded_by"],
        request_id=request_ids.current(),
        events=[event.value for event in TOLD] if tells else [],
        recorded=[
            t("profile.recorded.on", what=t(f"event.{one.event}"), day=t.day_of(one.at))
            for one in recorded
            if one.asks is Kind.POSTING
        ],
    )


@router.post("/recruiter/postings/{posting_id}/candidates/{profile_id}")
async def told(
    posting_id: DocumentId, profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller
) -> Response:
    """Record what a recruiter did with a candidate, and show the candidate."""
    form = await read_form(request)
    event: dict[str, Any] = {"posting_id": posting_id, "profile_id": profile_id, "event": form.one("event")}
    if position := form.one("position"):
        event["position"] = int(position) if re.fullmatch(r"[0-9]{1,9}", position) else position
    given = {"asks": Kind.POSTING.value, "request_id": form.one("request_id"), "events": [event]}
    try:
        feedback_asked = FeedbackAsked.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    for missing in (await feedback.recorded(feedback_asked, request, matcher, caller)).refused.values():
        raise NotFound(missing)
    answer = RedirectResponse(of_candidate(posting_id, profile_id), HTTPStatus.SEE_OTHER)
    return answer if form.one("event") == Event.OPENED else said(answer, form.one("event"))


@router.get("/recruiter/profiles/{profile_id}/similar")
async def similar(profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Show the profiles most like one."""
    return await _similar(profile_id, request, matcher, caller, None)


@router.post("/recruiter/profiles/{profile_id}/similar")
async def further(profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Go to the page of similar profiles that a cursor names."""
    cursor = (await read_form(request)).one("cursor")
    # Or there is none, as far as the caller knows.
    await or_later(request.app, lambda: profiles.content_for(request.app, caller, profile_id))
    hidden = sealed(request, caller, cursor, of=f"{SIMILAR} {profile_id}")
    if hidden is None:
        return await _similar(profile_id, request, matcher, caller, cursor)
    return RedirectResponse(f"{of_profile(profile_id)}/similar/{hidden}", HTTPStatus.SEE_OTHER)


@router.get("/recruiter/profiles/{profile_id}/similar/{sealed}")
async def a_page(profile_id: DocumentId, sealed: str, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Show a further page of similar profiles."""
    cursor = opened(request, caller, sealed, of=f"{SIMILAR} {profile_id}")
    return await _similar(profile_id, request, matcher, caller, cursor)


async def _similar(
    profile_id: str, request: Request, matcher: Matcher, caller: Principal, cursor: str | None
) -> Response:
    t = Words(asked())
    found = await run_in_threadpool(
        search.like_profile, profile_id, request, matcher, caller, top=SIMILAR_A_PAGE, cursor=cursor
    )
    answer = orjson.loads(found_json(found, Kind.PROFILE))
    profile = orjson.loads(await profiles.content_for(request.app, caller, profile_id))
    people = await candidates(request.app, caller, answer["matches"], t)
    return await page(
        request,
        "similar",
        profile=profile,
        people=people,
        left=left(answer["total"], people, answer["cursor"]),
        cursor=answer["cursor"],
        is_first=cursor is None,
    )


async def _profile(
    request: Request, profile: Json, t: Words, *, match: Json | None, posting: Json | None, **context: Any
) -> Response:
    evidence = [
        skill["counterpart"]
        for skill in (match["skills"] if match else ())
        if skill["evidence"] == Evidence.EVIDENCED and skill["counterpart"]
    ]
    jobs = [
        {
            **job,
            "months": months(job, t),
            "title": marked(job["title"], evidence),
            "summary": marked(job["summary"], evidence),
        }
        for job in profile["experiences"]
    ]
    headline, summary = marked(profile["headline"], evidence), marked(profile["summary"], evidence)
    texts = [headline, summary, *(job[name] for job in jobs for name in ("title", "summary"))]
    defaults: dict[str, Any] = {"eligible": 0, "excluded_by": [], "request_id": "", "events": [], "recorded": []}
    return await page(
        request,
        "profile",
        profile=profile,
        facts=[*profile_facts(profile, t)],
        headline=headline,
        summary=summary,
        jobs=jobs,
        degrees=[{**one, "year": one["end"][:4] if one["end"] else ""} for one in profile["education"]],
        has_evidence=any(is_evidence for text in texts for _, is_evidence in text),
        match=match_view(match, t) if match else None,
        posting=posting,
        **{**defaults, **context},
    )
