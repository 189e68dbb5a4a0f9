"""What is not asked by a stored document: free-text search, "more like this", a profile while it is being typed."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.access import Caller, may_see_posting, may_see_postings_of, may_see_profile, sees_all_of_profiles
from api.bodies import ReadOnce
from api.decision_log import log_places, log_ranking
from api.dependencies import UNREADABLE, DocumentId, Engine, Responses, Varied
from api.latest import or_later
from api.paging import Cursor, OnAPage
from api.schemas.matches import MatchesAnswer, PairAnswer, matches_json, pair_json
from api.schemas.problems import ProblemAnswer
from api.schemas.search import FoundAnswer, SearchAsked, found_json
from matcher.answers import Paired, list_of
from matcher.core.access import Principal
from matcher.core.domain import Kind, OrganisationId
from matcher.core.errors import NotFound
from matcher.core.pages import NOTHING, seen_by
from matcher.decisions.entry import Call, Pair, Parameter, places
from matcher.drafts import DraftRecord
from matcher.engine import Matcher
from matcher.search import READING, Found

router = APIRouter(prefix="/v1", tags=["search"], route_class=ReadOnce)
JSON = "application/json"
NO_POSTING: Responses = {404: {"model": ProblemAnswer, "description": "There is no such posting."}}
NO_PROFILE: Responses = {404: {"model": ProblemAnswer, "description": "There is no such profile."}}
NEITHER: Responses = {404: {"model": ProblemAnswer, "description": "There is no such posting or no such profile."}}

# Plain functions nearly all: they read the database and run the encoder, so a thread of the pool waits for them.


@router.post("/suggestions", response_model=MatchesAnswer, responses=UNREADABLE)
def suggestions(
    record: DraftRecord,
    request: Request,
    matcher: Engine,
    variety: Varied,
    top: OnAPage = 10,
    cursor: Cursor = None,
) -> Response:
    """Return the best postings for a profile that is being written, with reasons. Nothing of it is stored.

    Send it as it stands: nothing is required, and what is empty or half typed counts as not there yet. A cursor belongs
    to the profile just as it was sent.
    """
    draft = record.to_domain()
    before = NOTHING if cursor is None else seen_by(cursor, list_of(Kind.PROFILE, draft, variety))
    answer = matcher.suggest(draft, k=top, variety=variety, before=before)
    log_ranking(request, answer, call=Call.UNSAVED, asks=Kind.PROFILE, question=draft, k=top, variety=variety)
    return Response(matches_json(answer), media_type="application/json")


@router.post("/profiles/search", response_model=FoundAnswer, responses=UNREADABLE)
def search_profiles(asked: SearchAsked, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Find profiles by a free text, with reasons and with numbers beside the filters.

    Only those that are visible to recruiters and do not hide from the caller's organisation are searched and counted.
    """
    return Response(found_json(searched(asked, Kind.PROFILE, request, matcher, caller), Kind.PROFILE), media_type=JSON)


@router.post("/postings/search", response_model=FoundAnswer, responses=UNREADABLE)
def search_postings(asked: SearchAsked, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Find open postings by a free text, with reasons and with numbers beside the filters."""
    return Response(found_json(searched(asked, Kind.POSTING, request, matcher, caller), Kind.POSTING), media_type=JSON)


@router.get("/profiles/{profile_id}/similar", response_model=FoundAnswer, responses=NO_PROFILE)
def similar_profiles(
    profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller, top: OnAPage = 10, cursor: Cursor = None
) -> Response:
    """Find the profiles most like one, with reasons: of those that the caller may see."""
    found = like_profile(profile_id, request, matcher, caller, top=top, cursor=cursor)
    return Response(found_json(found, Kind.PROFILE), media_type=JSON)


@router.get("/postings/{posting_id}/similar", response_model=FoundAnswer, responses=NO_POSTING)
def similar_postings(
    posting_id: DocumentId, request: Request, matcher: Engine, caller: Caller, top: OnAPage = 10, cursor: Cursor = None
) -> Response:
    """Find the open postings most like one, with reasons."""
    if not may_see_posting(caller, matcher.get_posting(posting_id)):
        raise NotFound(Kind.POSTING)
    found = matcher.similar(Kind.POSTING, posting_id, k=top, cursor=cursor)
    _log(found, Kind.POSTING, request, call=Call.SIMILAR, question=posting_id, top=top)
    return Response(found_json(found, Kind.POSTING), media_type=JSON)


@router.get("/postings/{posting_id}/candidates/{profile_id}", response_model=PairAnswer, responses=NEITHER)
async def candidate(
    posting_id: DocumentId, profile_id: DocumentId, request: Request, matcher: Engine, caller: Caller
) -> Response:
    """Say why one profile is a candidate for a posting, at which rank, or which constraints keep it from being one."""
    return Response(await pair(posting_id, profile_id, request, matcher, caller), media_type=JSON)


async def pair(posting_id: str, profile_id: str, request: Request, matcher: Matcher, caller: Principal) -> bytes:
    """Return the JSON of one pair, written down as shown. Raises NotFound, DecisionLogUnavailable."""
    found = await or_later(request.app, lambda: run_in_threadpool(_pair, posting_id, profile_id, matcher, caller))
    log_places(
        request.app,
        request.scope["state"]["principal"],
        places([found.explanation.match] if found.explanation else [], Kind.PROFILE),
        call=Call.MATCH,
        asks=Kind.POSTING,
        question=posting_id,
        shows=Kind.PROFILE,
        eligible=found.eligible,
        under=found.under,
        k=1,
        pair=Pair(profile_id, found.explanation.match.rank if found.explanation else None, found.excluded_by),
    )
    return pair_json(found.explanation, eligible=found.eligible, excluded_by=found.excluded_by)


def _pair(posting_id: str, profile_id: str, matcher: Matcher, caller: Principal) -> Paired:
    """Return a pair that exists for a caller. Raises NotFound."""
    if not may_see_postings_of(caller, matcher.organisation_of(posting_id)):
        raise NotFound(Kind.POSTING)
    if not may_see_profile(caller, matcher.get_profile(profile_id)):
        raise NotFound(Kind.PROFILE)
    found = matcher.pair(posting_id, profile_id)
    if {"visible", "hidden"} & {*found.excluded_by} and not sees_all_of_profiles(caller):
        raise NotFound(Kind.PROFILE)  # from whom somebody hides is between them and the platform
    return found


def searched(asked: SearchAsked, kind: Kind, request: Request, matcher: Matcher, caller: Principal) -> Found:
    """Return a page of what a search finds, written down as shown. Raises InvalidRecord, DecisionLogUnavailable."""
    found = matcher.search(asked.to_domain(kind, organisation=caller.organisation, weights=matcher.weights))
    filters: dict[str, Parameter] = {
        "filters": [
            f"{name}={value}"
            for name in type(asked.filters).model_fields
            for value in map(str, getattr(asked.filters, name))
        ],
        "words_weight": asked.words_weight,
        "reading": READING,
    }
    _log(found, kind, request, call=Call.SEARCH, question=asked.text, top=asked.top, filters=filters)
    return found


def like_profile(
    profile_id: str, request: Request, matcher: Matcher, caller: Principal, *, top: int, cursor: str | None
) -> Found:
    """Return a page of the profiles most like one, written down as shown.

    Raises:
        NotFound: there is no such profile, or the caller may not see it.
        InvalidRecord: the cursor is not of these pages.
        DecisionLogUnavailable: the ranking cannot be written down.
    """
    if not may_see_profile(caller, matcher.get_profile(profile_id)):
        raise NotFound(Kind.PROFILE)
    organisation = OrganisationId(caller.organisation) if caller.organisation else None
    found = matcher.similar(Kind.PROFILE, profile_id, k=top, organisation=organisation, cursor=cursor)
    _log(found, Kind.PROFILE, request, call=Call.SIMILAR, question=profile_id, top=top)
    return found


def _log(
    found: Found,
    kind: Kind,
    request: Request,
    *,
    call: Call,
    question: str,
    top: int,
    filters: Mapping[str, Parameter] | None = None,
) -> None:
    log_places(
        request.app,
        request.scope["state"]["principal"],
        places([one.match for one in found.explanations], kind),
        call=call,
        asks=kind if call is Call.SIMILAR else None,
        question=question,
        shows=kind,
        eligible=found.total,
        under=found.under,
        k=top,
        filters=filters,
        before=found.before,
    )
