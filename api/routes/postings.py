"""Postings: create, replace, read, delete; and the candidates for one."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter, Response

from api.dependencies import UNREADABLE, DocumentId, Engine, Responses, Top, best_matches
from api.schemas import MatchesAnswer, ProblemAnswer
from matcher.core.domain import Kind, Outcome
from matcher.core.errors import InvalidRecord
from matcher.records import PostingRecord

router = APIRouter(prefix="/v1/postings", tags=["postings"])
NOT_FOUND: Responses = {404: {"model": ProblemAnswer, "description": "There is no such posting."}}
CONFLICT: Responses = {409: {"model": ProblemAnswer, "description": "A posting with this id exists already."}}
NEW: Responses = {201: {"model": PostingRecord, "description": "It is new."}}


@router.post("", status_code=HTTPStatus.CREATED, responses=UNREADABLE | CONFLICT)
def create(record: PostingRecord, matcher: Engine, response: Response) -> PostingRecord:
    """Store a new posting."""
    matcher.insert(record.to_domain())
    response.headers["Location"] = f"/v1/postings/{quote(record.id, safe='')}"
    return record


@router.put("/{posting_id}", responses=UNREADABLE | NEW)
def replace(posting_id: DocumentId, record: PostingRecord, matcher: Engine, response: Response) -> PostingRecord:
    """Store a posting, new or in place of the one with this id. Doing it twice changes nothing."""
    if record.id != posting_id:
        raise InvalidRecord(field="id", reason="is not the id in the path: make them equal")
    outcome = matcher.put([record.to_domain()])[0]
    if outcome is Outcome.ACCEPTED:
        response.status_code = HTTPStatus.CREATED
    return record


@router.get("/{posting_id}", responses=NOT_FOUND)
def read(posting_id: DocumentId, matcher: Engine) -> PostingRecord:
    """Return a posting as it is stored."""
    return PostingRecord.of(matcher.get_posting(posting_id))


@router.delete("/{posting_id}", status_code=HTTPStatus.NO_CONTENT, responses=NOT_FOUND)
def delete(posting_id: DocumentId, matcher: Engine) -> None:
    """Delete a posting; it is out of every answer at once."""
    matcher.delete(Kind.POSTING, posting_id)


@router.get("/{posting_id}/candidates", response_model=MatchesAnswer, responses=NOT_FOUND)
async def candidates(posting_id: DocumentId, matcher: Engine, top: Top = 10) -> Response:
    """Return the best profiles for a posting, with reasons: only those that its organisation may see."""
    return await best_matches(matcher, Kind.POSTING, posting_id, top=top)
