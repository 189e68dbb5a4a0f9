"""What is held on a person, and the receipt that it was erased."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from api.schemas.base import Sent
from matcher.core.domain import Kind
from matcher.core.feedback import Event
from matcher.core.storing import Operation
from matcher.records import ProfileRecord


class ShownAnswer(Sent):
    """A ranking that a person was shown in, or was shown, or a reading of their record, as the decision log has it."""

    at: str
    call: str = Field(
        description="what was asked; `record`: somebody has read the profile itself", examples=["candidates"]
    )
    role: str | None = Field(description="whose: `platform`, `recruiter`, `organiser`; null where nobody was asked")
    organisation: str | None = Field(description="the recruiter's")
    posting_id: str | None = Field(description="of the posting whose candidates, or recorded outcomes, were asked for")
    rank: int | None = Field(
        description="where the person stood; null where the answer was their own, no match or no ranking"
    )


class ChangeAnswer(Sent):
    """One change of the log."""

    change: int = Field(description="its number")
    operation: Operation
    at: datetime


class EventAnswer(Sent):
    """What somebody did with one match."""

    at: datetime
    asks: Kind = Field(description="whose answer it was: a `posting`'s candidates, or a `profile`'s suggestions")
    posting_id: str
    event: Event
    position: int | None = Field(description="its rank in the answer, from 1")
    request_id: str = Field(description="the answer's X-Request-Id; empty where it was not said")
    weights: Mapping[str, float] = Field(description="what each aspect of a match counted when it was recorded")
    organisation: str | None = Field(description="whose posting it was then; null where it named none")


class ExportAnswer(Sent):
    """All that is held on a person."""

    profile: ProfileRecord = Field(description="as the platform wrote it")
    texts: int = Field(description="how many texts of it are compared; their SHA-256 stands beside their vectors")
    vectors: int = Field(
        description="how many vectors are stored of those texts; counted alone, for they are made of the record above"
    )
    changes: list[ChangeAnswer] = Field(
        description="when the record was written, and whatever had this id before it; `matcher retention` counts from "
        "the last one, or from `consented_at` if that is later"
    )
    feedback: list[EventAnswer] = Field(description="what was recorded about matches with this person")
    shown: list[ShownAnswer] | None = Field(
        description="to whom, and in which own answers, by the decision log of this machine (where several machines "
        "serve, each tells of its own); null where this server keeps none"
    )
    pseudonym: str = Field(description="what the decision log calls this person")


class ErasureAnswer(Sent):
    """A receipt: that a person's record was erased."""

    pseudonym: str = Field(description="what the decision log calls this person; it holds nothing else of them")
    erased_at: datetime = Field(description="from then on, it is in no answer and not in the database")
    change: int = Field(description="the deletion is among the changes of the log up to this one")
    files_clear_by: datetime = Field(description="when the index's files hold nothing of it any more, at the latest")
