"""What became of matches that were shown."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import Received, Sent, WrongField
from matcher.core.domain import Kind
from matcher.core.feedback import Event
from matcher.fields import COUNTED, Id

MAX_EVENTS = 200


class EventAsked(Received):
    """What somebody did with one match."""

    posting_id: Id
    profile_id: Id
    event: Event
    position: Annotated[int, Field(ge=1, le=1_000_000), COUNTED] | None = Field(
        default=None, description="its rank in the answer, from 1 on all pages"
    )


class FeedbackAsked(Received):
    """What became of the matches of one answer."""

    asks: Kind = Field(description="whose answer it was: a `posting`'s candidates, or a `profile`'s suggestions")
    request_id: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,64}$",
        description="the answer's X-Request-Id: each page is an answer of its own",
        examples=["3f9c0a51e2d47b86"],
    )
    events: Annotated[list[EventAsked], Field(min_length=1, max_length=MAX_EVENTS)]


class FeedbackAnswer(Sent):
    """What was recorded."""

    recorded: int = Field(description="how many events are new, and not those of a call that is made again")
    refused: list[WrongField] = Field(
        default=[], description="events that name what does not exist, from `events.0` on; the others are recorded"
    )
