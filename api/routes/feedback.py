"""What became of matches that were shown."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from api.access import Caller, may_see
from api.bodies import ReadOnce
from api.dependencies import UNREADABLE, Engine, Responses, in_turn
from api.languages import asked as language
from api.languages import told
from api.problems import problem
from api.schemas.feedback import FeedbackAnswer, FeedbackAsked
from api.schemas.problems import ProblemAnswer
from matcher.core.access import Principal
from matcher.core.domain import PostingId, ProfileId
from matcher.core.errors import NotFound
from matcher.core.feedback import Feedback
from matcher.core.scoring import ASPECTS
from matcher.core.storing import Recorded
from matcher.engine import Matcher

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], route_class=ReadOnce)
NEITHER: Responses = {
    404: {
        "model": ProblemAnswer,
        "description": "Each of the events names a posting or a profile that does not exist: `invalid` says which.",
    }
}


@router.post("", response_model=FeedbackAnswer, responses=UNREADABLE | NEITHER)
async def record(asked: FeedbackAsked, request: Request, matcher: Engine, caller: Caller) -> Response:
    """Record what somebody did with matches. An event that names what does not exist loses no other.

    `refused` names such events, as of a person who has been erased since; where there are no others, that is a 404.
    Doing it twice changes nothing. What became of a match (`dismissed`, `applied`, `interviewed`, `hired`) can be said
    anew after something else was said of it: the last counts. A recruiter gives feedback on candidates for postings of
    their own organisation. It is deleted with the profile.
    """
    new, refused = await recorded(asked, request, matcher, caller)
    reasons = [{"field": f"events.{place}.{kind}_id", "reason": str(NotFound(kind))} for place, kind in refused.items()]
    if len(refused) == len(asked.events):
        return problem(HTTPStatus.NOT_FOUND, reasons[0]["reason"], invalid=reasons)
    for one in reasons:
        one["reason"] = told(one["reason"])[0]
    answer = FeedbackAnswer.model_validate({"recorded": new, "refused": reasons})
    headers = {"Content-Language": language(), "Vary": "Accept-Language"}
    return Response(answer.model_dump_json(), media_type="application/json", headers=headers)


async def recorded(asked: FeedbackAsked, request: Request, matcher: Matcher, caller: Principal) -> Recorded:
    """Record the events that a caller may speak of. Raises Refused."""
    now = datetime.now(UTC)
    weights = {name: getattr(matcher.weights, name) for name in ASPECTS}
    events = [
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
        for event in asked.events
    ]
    # By what is stored, whatever this process has applied of it: another may just have written it, or deleted it.
    return await in_turn(
        request,
        lambda: matcher.feedback.add(events, seen=lambda record: may_see(caller, record)),
        wrote=lambda recorded: recorded.new > 0,
    )
