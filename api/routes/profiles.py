"""Profiles: create, replace, read, delete; and the suggestions for one."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response

from api.access import Caller, may_see_profile, sees_all_of_profiles
from api.bodies import ReadOnce
from api.conditions import AsKnown, etag_of
from api.decision_log import log_reading
from api.dependencies import (
    CHANGED,
    DEFAULT_TOP,
    UNCHANGED,
    UNREADABLE,
    DocumentId,
    Engine,
    Responses,
    Varied,
    best_matches,
    check_id,
    in_turn,
    record_answer,
    stored,
)
from api.latest import or_later
from api.paging import Cursor, OnAPage
from api.schemas.matches import MatchesAnswer
from api.schemas.problems import ProblemAnswer
from api.schemas.profiles import ChangeAnswer, ErasureAnswer, EventAnswer, ExportAnswer, ShownAnswer
from matcher.core.access import Principal
from matcher.core.domain import Kind, Outcome, Profile, Record
from matcher.core.scoring import MERGED, Variety
from matcher.decisions import reading
from matcher.decisions.entry import Reading
from matcher.records import ProfileRecord

BETWEEN_CANDIDATE_AND_PLATFORM = frozenset({"hidden_from", "consented_at"})
"""Fields of a profile that no recruiter is shown."""

router = APIRouter(prefix="/v1/profiles", tags=["profiles"], route_class=ReadOnce)
NOT_FOUND: Responses = {404: {"model": ProblemAnswer, "description": "There is no such profile."}}
CONFLICT: Responses = {409: {"model": ProblemAnswer, "description": "A profile with this id exists already."}}
NEW: Responses = {201: {"model": ProfileRecord, "description": "It is new."}}


@router.post("", status_code=HTTPStatus.CREATED, response_model=ProfileRecord, responses=UNREADABLE | CONFLICT)
async def create(record: ProfileRecord, request: Request, matcher: Engine) -> Response:
    """Store a new profile."""
    profile = record.to_domain()
    await in_turn(request, lambda: matcher.insert(profile))
    location = {"Location": f"/v1/profiles/{quote(record.id, safe='')}"}
    return record_answer(_content(profile), status=HTTPStatus.CREATED, headers=location)


@router.put("/{profile_id}", response_model=ProfileRecord, responses=UNREADABLE | NEW | CHANGED)
async def replace(
    profile_id: DocumentId, record: ProfileRecord, request: Request, matcher: Engine, known: AsKnown
) -> Response:
    """Store a profile, new or in place of the one with this id. Doing it twice changes nothing."""
    check_id(record.id, profile_id)
    profile = record.to_domain()
    (outcome,) = await in_turn(request, lambda: matcher.put([profile], guard=known.guard(_tag)))
    status = HTTPStatus.CREATED if outcome is Outcome.ACCEPTED else HTTPStatus.OK
    return record_answer(_content(profile), status=status)


@router.get("/{profile_id}", response_model=ProfileRecord, responses=NOT_FOUND | UNCHANGED | CHANGED)
async def read(profile_id: DocumentId, request: Request, caller: Caller, known: AsKnown) -> Response:
    """Return a profile as it is stored; to anyone but the platform without what is not for recruiters.

    Who reads it, unless it is the platform, stands in the decision log and in the person's export.
    """
    return record_answer(await record_for(request.app, caller, profile_id), known=known)


@router.delete("/{profile_id}", responses=NOT_FOUND | CHANGED)
async def delete(profile_id: DocumentId, request: Request, matcher: Engine, known: AsKnown) -> ErasureAnswer:
    """Erase a profile (GDPR, article 17). The answer is the receipt.

    The profile is out of every answer at once, of other workers within `MATCHER_FOLLOW_SECONDS`.
    """
    erased = await in_turn(request, lambda: matcher.delete(Kind.PROFILE, profile_id, guard=known.guard(_tag)))
    return ErasureAnswer(
        pseudonym=request.app.state.pseudonyms.of_profile(profile_id),
        erased_at=erased.at,
        change=erased.sequence,
        files_clear_by=erased.at + timedelta(seconds=request.app.state.settings.erasure_seconds),
    )


@router.get("/{profile_id}/export", response_model=ExportAnswer, responses=NOT_FOUND)
def export(profile_id: DocumentId, request: Request, matcher: Engine) -> ExportAnswer:
    """Return all that is held on a person (GDPR, articles 15 and 20), and who was shown them."""
    held = matcher.held_on(profile_id)
    pseudonym = request.app.state.pseudonyms.of_profile(profile_id)
    folder = request.app.state.settings.decision_log_folder
    return ExportAnswer(
        profile=ProfileRecord.of(held.profile),
        texts=held.texts,
        vectors=held.vectors,
        changes=[ChangeAnswer(change=one.sequence, operation=one.operation, at=one.at) for one in held.changes],
        feedback=[
            EventAnswer(
                at=one.at,
                asks=one.asks,
                posting_id=one.posting_id,
                event=one.event,
                position=one.position,
                request_id=one.request_id,
                weights=one.weights,
                organisation=one.organisation,
            )
            for one in held.feedback
        ],
        shown=None if folder is None else [*_shown(reading.showing(folder, pseudonym), pseudonym)],
        pseudonym=pseudonym,
    )


@router.get("/{profile_id}/suggestions", response_model=MatchesAnswer, responses=NOT_FOUND)
async def suggestions(
    profile_id: DocumentId,
    request: Request,
    caller: Caller,
    variety: Varied,
    top: OnAPage = DEFAULT_TOP,
    cursor: Cursor = None,
) -> Response:
    """Return the best postings for a stored profile, with reasons."""
    content = await best_postings(request.app, caller, profile_id, top, variety, cursor)
    return Response(content, media_type="application/json")


async def best_postings(
    app: FastAPI,
    caller: Principal,
    profile_id: str,
    top: int,
    variety: Variety = MERGED,
    cursor: str | None = None,
) -> bytes:
    """Return the JSON of the best postings for a profile. Raises NotFound, InvalidRecord, DecisionLogUnavailable."""
    return await or_later(
        app,
        lambda: best_matches(app, caller, Kind.PROFILE, profile_id, top=top, variety=variety, cursor=cursor),
    )


async def content_for(app: FastAPI, caller: Principal, profile_id: str) -> bytes:
    """Return the JSON of a profile as a caller sees it. Raises NotFound: also where they may not see it."""

    def is_seen(record: Record) -> bool:
        return isinstance(record, Profile) and may_see_profile(caller, record)

    profile = await stored(app, Kind.PROFILE, profile_id, is_seen)
    assert isinstance(profile, Profile)  # noqa: S101 - for the type checker: else it is not seen
    return _content(profile, whole=sees_all_of_profiles(caller))


async def record_for(app: FastAPI, caller: Principal, profile_id: str) -> bytes:
    """Return what `content_for` does, for the caller to read, and have that written down: or DecisionLogUnavailable."""
    content = await content_for(app, caller, profile_id)
    log_reading(app, caller, [profile_id], Reading.RECORD)
    return content


def _shown(entries: Iterable[reading.Entry], pseudonym: str) -> Iterator[ShownAnswer]:
    for entry in entries:
        line = entry.line.content
        asks = line.get("asks") or [None, None]
        places = [place[0] for place in line.get("shown", ())]  # none where the record was read
        yield ShownAnswer(
            at=line["at"],
            call=line["call"],
            role=line["role"],
            organisation=line["organisation"],
            posting_id=asks[1] if asks[0] == Kind.POSTING else None,
            rank=line.get("first", 1) + places.index(pseudonym) if pseudonym in places else None,
        )


def _content(profile: Profile, *, whole: bool = True) -> bytes:
    record = ProfileRecord.of(profile)
    return record.model_dump_json(exclude=None if whole else {*BETWEEN_CANDIDATE_AND_PLATFORM}).encode()


def _tag(stored: Record | None) -> str | None:
    return etag_of(_content(stored)) if isinstance(stored, Profile) else None
