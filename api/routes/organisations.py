"""For who runs the forum: its organisations, its figures, and the recruiters' keys."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.bodies import ReadOnce
from api.dependencies import UNREADABLE, DocumentId, Engine, Responses, in_turn
from api.paging import Cursor, OnAPage, page
from api.schemas.base import MAX_TOP
from api.schemas.organisations import (
    KeyAnswer,
    KeysAnswer,
    NewKey,
    NewKeyAnswer,
    OrganisationAnswer,
    OrganisationsAnswer,
    StatisticsAnswer,
)
from api.schemas.problems import ProblemAnswer
from matcher.core.access import ApiKey, Role, new_key
from matcher.core.domain import Kind
from matcher.core.errors import UnknownKey
from matcher.engine import Matcher

router = APIRouter(prefix="/v1", tags=["organisers"], route_class=ReadOnce)
NO_KEY: Responses = {404: {"model": ProblemAnswer, "description": "There is no such key."}}


@router.get("/organisations")
async def organisations(matcher: Engine, top: OnAPage = MAX_TOP, cursor: Cursor = None) -> OrganisationsAnswer:
    """List the organisations that postings name, by id, with how many postings each has."""
    listed = [
        OrganisationAnswer(id=name, postings=postings, open_postings=still_open)
        for name, (postings, still_open) in matcher.figures().organisations.items()
    ]
    found, further = page(listed, place=lambda one: one.id, top=top, cursor=cursor, of="organisations ")
    return OrganisationsAnswer(organisations=[*found], cursor=further)


@router.get("/statistics")
async def statistics(matcher: Engine) -> StatisticsAnswer:
    """Return the forum in figures."""
    figures = matcher.figures()
    return StatisticsAnswer(
        organisations=len(figures.organisations),
        postings=matcher.count(Kind.POSTING),
        open_postings=figures.open_postings,
        profiles=matcher.count(Kind.PROFILE),
        visible_profiles=figures.visible_profiles,
    )


@router.get("/keys")
def keys(matcher: Engine, top: OnAPage = MAX_TOP, cursor: Cursor = None) -> KeysAnswer:
    """List the recruiters' keys there have been, the oldest first, revoked and expired ones included."""
    listed = [key for key in matcher.keys.all() if key.role is Role.RECRUITER]
    found, further = page(listed, place=_place, top=top, cursor=cursor, of="keys ")
    return KeysAnswer(keys=[KeyAnswer(**_shown(key)) for key in found], cursor=further)


@router.post("/keys", status_code=HTTPStatus.CREATED, responses=UNREADABLE)
async def create(wanted: NewKey, request: Request, matcher: Engine, response: Response) -> NewKeyAnswer:
    """Make a key for recruiters of one organisation. Keys of other roles are made on the server: `matcher keys`."""
    now = datetime.now(UTC)
    expires_at = now + timedelta(days=wanted.days)
    key, text = new_key(
        Role.RECRUITER, now=now, expires_at=expires_at, organisation=wanted.organisation, note=wanted.note
    )
    await in_turn(request, lambda: matcher.keys.add(key), wrote=lambda _: True)
    response.headers["Cache-Control"] = "no-store"
    return NewKeyAnswer(**_shown(key), key=text)


@router.delete("/keys/{key_id}", status_code=HTTPStatus.NO_CONTENT, responses=NO_KEY)
async def revoke(key_id: DocumentId, request: Request, matcher: Engine) -> None:
    """Revoke a recruiter's key: half a second later at the latest it opens nothing, in any server."""
    await in_turn(request, lambda: _revoke(matcher, key_id), wrote=bool)


def _revoke(matcher: Matcher, key_id: str) -> bool:
    """Revoke a recruiter's key; return whether nobody had before."""
    found = next((key for key in matcher.keys.all() if key.id == key_id and key.role is Role.RECRUITER), None)
    if found is None:
        raise UnknownKey
    matcher.keys.revoke(key_id, now=datetime.now(UTC))
    return found.revoked_at is None


def _place(key: ApiKey) -> str:
    """Return where a key stands among all, by age."""
    return f"{key.created_at.astimezone(UTC).isoformat(timespec='microseconds')} {key.id}"


def _shown(key: ApiKey) -> dict[str, object]:
    return {name: getattr(key, name) for name in KeyAnswer.model_fields}
