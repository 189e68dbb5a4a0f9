"""Profiles: create, replace, read, delete; and the suggestions for one."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.dependencies import UNREADABLE, DocumentId, Engine, Responses, Top, best_matches
from api.schemas import MatchesAnswer, ProblemAnswer
from matcher.core.domain import Kind, Outcome
from matcher.core.errors import InvalidRecord
from matcher.records import ProfileRecord

router = APIRouter(prefix="/v1/profiles", tags=["profiles"])
NOT_FOUND: Responses = {404: {"model": ProblemAnswer, "description": "There is no such profile."}}
CONFLICT: Responses = {409: {"model": ProblemAnswer, "description": "A profile with this id exists already."}}
NEW: Responses = {201: {"model": ProfileRecord, "description": "It is new."}}


@router.post("", status_code=HTTPStatus.CREATED, responses=UNREADABLE | CONFLICT)
def create(record: ProfileRecord, matcher: Engine, response: Response) -> ProfileRecord:
    """Store a new profile."""
    matcher.insert(record.to_domain())
    response.headers["Location"] = f"/v1/profiles/{quote(record.id, safe='')}"
    return record


@router.put("/{profile_id}", responses=UNREADABLE | NEW)
def replace(profile_id: DocumentId, record: ProfileRecord, matcher: Engine, response: Response) -> ProfileRecord:
    """Store a profile, new or in place of the one with this id. Doing it twice changes nothing."""
    if record.id != profile_id:
        raise InvalidRecord(field="id", reason="is not the id in the path: make them equal")
    outcome = matcher.put([record.to_domain()])[0]
    if outcome is Outcome.ACCEPTED:
        response.status_code = HTTPStatus.CREATED
    return record


@router.get("/{profile_id}", responses=NOT_FOUND)
def read(profile_id: DocumentId, matcher: Engine) -> ProfileRecord:
    """Return a profile as it is stored."""
    return ProfileRecord.of(matcher.get_profile(profile_id))


@router.delete("/{profile_id}", status_code=HTTPStatus.NO_CONTENT, responses=NOT_FOUND)
def delete(profile_id: DocumentId, matcher: Engine) -> None:
    """Delete a profile; it is out of every answer at once."""
    matcher.delete(Kind.PROFILE, profile_id)


@router.get("/{profile_id}/suggestions", response_model=MatchesAnswer, responses=NOT_FOUND)
async def suggestions(profile_id: DocumentId, matcher: Engine, top: Top = 10) -> Response:
    """Return the best postings for a stored profile, with reasons."""
    return await best_matches(matcher, Kind.PROFILE, profile_id, top=top)
