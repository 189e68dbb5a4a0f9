"""Postings: list, create, replace, read, delete; and the candidates for one."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Query, Request, Response

from api.access import Caller, may_see_posting, may_see_postings_of
from api.bodies import ReadOnce
from api.conditions import AsKnown, etag_of
from api.dependencies import (
    CHANGED,
    DEFAULT_TOP,
    UNCHANGED,
    UNREADABLE,
    DocumentId,
    Engine,
    Responses,
    best_matches,
    check_id,
    in_turn,
    record_answer,
    stored,
)
from api.latest import or_later
from api.paging import Cursor, OnAPage, page
from api.schemas.matches import MatchesAnswer
from api.schemas.postings import Order, PostingListed, PostingsAnswer, Status
from api.schemas.problems import ProblemAnswer
from matcher.core.access import Principal, Role
from matcher.core.domain import Kind, Outcome, Posting, Record
from matcher.core.errors import InvalidRecord, NotFound
from matcher.core.letters import fold
from matcher.engine import Matcher
from matcher.fields import MAX_TITLE
from matcher.records import PostingRecord

MOST_BY_TITLE = 5_000
"""Titles are read for each page: more of them take a second."""
NOBODY = ""
"""No organisation's id."""

router = APIRouter(prefix="/v1/postings", tags=["postings"], route_class=ReadOnce)
NOT_FOUND: Responses = {404: {"model": ProblemAnswer, "description": "There is no such posting."}}
CONFLICT: Responses = {409: {"model": ProblemAnswer, "description": "A posting with this id exists already."}}
NEW: Responses = {201: {"model": PostingRecord, "description": "It is new."}}


@router.get("")
def listed(
    matcher: Engine,
    caller: Caller,
    status: Annotated[Status, Query(description="`closed`: those that are closed or out of their dates")] = "open",
    order: Annotated[Order, Query(description="what they are ordered by")] = "newest",
    top: OnAPage = DEFAULT_TOP,
    cursor: Cursor = None,
) -> PostingsAnswer:
    """List the postings that are open today, or those that are not: a recruiter's are those of their organisation.

    The newest first, by `valid_from`, those without it last; or by title, where there are 5,000 at most.
    """
    return listed_postings(matcher, caller, status=status, order=order, top=top, cursor=cursor)


@router.post("", status_code=HTTPStatus.CREATED, response_model=PostingRecord, responses=UNREADABLE | CONFLICT)
async def create(record: PostingRecord, request: Request, matcher: Engine) -> Response:
    """Store a new posting."""
    posting = record.to_domain()
    await in_turn(request, lambda: matcher.insert(posting))
    location = {"Location": f"/v1/postings/{quote(record.id, safe='')}"}
    return record_answer(_content(posting), status=HTTPStatus.CREATED, headers=location)


@router.put("/{posting_id}", response_model=PostingRecord, responses=UNREADABLE | NEW | NOT_FOUND | CHANGED)
async def replace(
    posting_id: DocumentId, record: PostingRecord, request: Request, matcher: Engine, caller: Caller, known: AsKnown
) -> Response:
    """Store a posting, new or in place of the one with this id. Doing it twice changes nothing.

    A recruiter replaces postings of their own organisation, which stay so, and stores no new ones: 404.
    """
    check_id(record.id, posting_id)
    posting = record.to_domain()
    if not may_see_posting(caller, posting):
        raise InvalidRecord(field="organisation.id", reason="is not the organisation of your credential")

    def ours(stored: Record | None) -> None:
        _seen(stored, caller)
        known.check(lambda: _tag(stored))

    guard = ours if caller.role is Role.RECRUITER else known.guard(_tag)
    (outcome,) = await in_turn(request, lambda: matcher.put([posting], guard=guard))
    status = HTTPStatus.CREATED if outcome is Outcome.ACCEPTED else HTTPStatus.OK
    return record_answer(_content(posting), status=status)


@router.get("/{posting_id}", response_model=PostingRecord, responses=NOT_FOUND | UNCHANGED | CHANGED)
async def read(posting_id: DocumentId, request: Request, caller: Caller, known: AsKnown) -> Response:
    """Return a posting as it is stored."""
    return record_answer(await content_for(request.app, caller, posting_id), known=known)


@router.delete("/{posting_id}", status_code=HTTPStatus.NO_CONTENT, responses=NOT_FOUND | CHANGED)
async def delete(posting_id: DocumentId, request: Request, matcher: Engine, known: AsKnown) -> None:
    """Delete a posting. It is out of every answer at once, of other workers within `MATCHER_FOLLOW_SECONDS`."""
    await in_turn(request, lambda: matcher.delete(Kind.POSTING, posting_id, guard=known.guard(_tag)))


@router.get("/{posting_id}/candidates", response_model=MatchesAnswer, responses=NOT_FOUND)
async def candidates(
    posting_id: DocumentId, request: Request, caller: Caller, top: OnAPage = DEFAULT_TOP, cursor: Cursor = None
) -> Response:
    """Return the best profiles for a posting, with reasons: only those that its organisation may see."""
    content = await best_profiles(request.app, caller, posting_id, top, cursor)
    return Response(content, media_type="application/json")


async def best_profiles(app: FastAPI, caller: Principal, posting_id: str, top: int, cursor: str | None = None) -> bytes:
    """Return the JSON of the best profiles for a posting. Raises NotFound, InvalidRecord, DecisionLogUnavailable."""

    async def best() -> bytes:
        if not may_see_postings_of(caller, app.state.matcher.organisation_of(posting_id)):
            raise NotFound(Kind.POSTING)
        return await best_matches(app, caller, Kind.POSTING, posting_id, top=top, cursor=cursor)

    return await or_later(app, best)


def listed_postings(
    matcher: Matcher, caller: Principal, *, status: Status, order: Order, top: int, cursor: str | None
) -> PostingsAnswer:
    """Return a page of the postings that exist for a caller. Raises InvalidRecord: the cursor, or the order."""
    whose = caller.organisation or NOBODY if caller.role is Role.RECRUITER else None
    days = matcher.open_postings(whose, closed=status == "closed")
    of = f"{order} " if status == "open" else f"{status} {order} "
    places: dict[str, str]
    if order == "title":
        if len(days) > MOST_BY_TITLE:
            raise InvalidRecord(field="order", reason=f"is for {MOST_BY_TITLE} postings at most: ask for the newest")
        places = {one.id: f"{fold(one.title, besides=' ')[:MAX_TITLE]}\0{one.id}" for one in matcher.postings([*days])}
    else:
        places = {name: f"{date.max.toordinal() - day:07} {name}" for name, day in days.items()}
    found, further = page(
        sorted(places, key=places.__getitem__), place=places.__getitem__, top=top, cursor=cursor, of=of
    )
    shown = [PostingListed.of(one) for one in matcher.postings(found) if may_see_posting(caller, one)]
    return PostingsAnswer(total=len(days), postings=shown, cursor=further)


async def content_for(app: FastAPI, caller: Principal, posting_id: str) -> bytes:
    """Return the JSON of a posting as a caller sees it. Raises NotFound: also where they may not see it."""

    def is_seen(record: Record) -> bool:
        return isinstance(record, Posting) and may_see_posting(caller, record)

    return _content(_seen(await stored(app, Kind.POSTING, posting_id, is_seen), caller))


def _content(posting: Posting) -> bytes:
    return PostingRecord.of(posting).model_dump_json().encode()


def _tag(stored: Record | None) -> str | None:
    return etag_of(_content(stored)) if isinstance(stored, Posting) else None


def _seen(stored: Record | None, caller: Caller) -> Posting:
    """Return a posting that exists for a caller. Raises NotFound."""
    if isinstance(stored, Posting) and may_see_posting(caller, stored):
        return stored
    raise NotFound(Kind.POSTING)
