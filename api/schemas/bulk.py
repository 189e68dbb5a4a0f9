"""What became of each line of a bulk request."""

from pydantic import Field

from api.schemas.base import Sent
from matcher.core.domain import Outcome


class LineAnswer(Sent):
    """What became of one line of a bulk request."""

    line: int = Field(description="from 1, as it stands in the body", examples=[1])
    outcome: Outcome
    id: str | None = Field(default=None, description="of the record that was stored")
    field: str | None = Field(default=None, description="what is wrong, of a rejected line", examples=["title"])
    reason: str | None = Field(default=None, examples=["is missing: it is required"])
