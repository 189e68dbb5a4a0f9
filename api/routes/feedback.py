"""What became of matches that were shown."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request

from api.access import Caller, may_see_postings_of, may_see_profile
from api.bodies import ReadOnce
from api.dependencies import UNREADABLE, Engine, Responses, in_turn
from api.latest import or_later
from api.schemas.feedback import FeedbackAnswer, FeedbackAsked
from api.schemas.problems import ProblemAnswer
from matcher.core.access import Principal
from matcher.core.domain import ASPECTS, Kind, PostingId, ProfileId
from matcher.core.errors import NotFound
from matcher.core.feedback import Feedback
from matcher.engine import Matcher

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], route_class=ReadOnce)
NEITHER: Responses = {404: {"model": ProblemAnswer, "description": "A posting or a profile does not exist."}}


@router.post("", responses=UNREADABLE | NEITHER)
async def record(asked: FeedbackAsked, request: Request, matcher: Engine, caller: Caller) -> FeedbackAnswer:
    """Record what somebody did with matches: all of these events, or none if one names what does not exist.

    A recruiter gives feedback on candidates for postings of their own organisation. It is deleted with the profile.
    """
    return FeedbackAnswer(recorded=await recorded(asked, request, matcher, caller))


async def recorded(asked: FeedbackAsked, request: Request, matcher: Matcher, caller: Principal) -> int:
    """Record events that a caller may speak of; return how many are new. Raises NotFound, Refused."""
    return await or_later(request.app, lambda: in_turn(request, lambda: _record(asked, matcher, caller)))


def _record(asked: FeedbackAsked, matcher: Matcher, caller: Principal) -> int:
    now = datetime.now(UTC)
    weights = {name: getattr(matcher.weights, name) for name in ASPECTS}
    events = []
    for event in asked.events:
        if not may_see_postings_of(caller, matcher.organisation_of(event.posting_id)):
            raise NotFound(Kind.POSTING)
        if not may_see_profile(caller, matcher.get_profile(event.profile_id)):
            raise NotFound(Kind.PROFILE)
        events.append(
            Feedback(
                at=now,
                asks=asked.asks,
                posting_id=PostingId(event.posting_id),
                profile_id=ProfileId(event.profile_id),
                event=event.event,
                position=event.position,
                request_id=asked.request_id,
                weights=weights,
            )
        )
    return matcher.feedback.add(events)
