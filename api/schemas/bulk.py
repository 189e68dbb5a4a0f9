"""What became of each line of a bulk request."""

from pydantic import Field

from api.schemas.base import Sent, WrongField
from matcher.core.domain import Outcome


class LineAnswer(Sent):
    """What became of one line of a bulk request."""

    line: int = Field(description="from 1, as it stands in the body", examples=[1])
    outcome: Outcome
    id: str | None = Field(default=None, description="of the record; of a rejected line, where it can be read")
    field: str | None = Field(default=None, description="what is wrong, of a rejected line", examples=["title"])
    reason: str | None = Field(default=None, examples=["is missing: it is required"])
    invalid: list[WrongField] | None = Field(
        default=None, description="all that is wrong, of a rejected line, twenty at most: `field` and `reason` first"
    )
