"""What all of them have in common, and how much a page holds."""

from pydantic import BaseModel, ConfigDict, Field

MAX_TOP = 100
MAX_CURSOR = 20_000


class Sent(BaseModel):
    """What the service answers."""

    model_config = ConfigDict(frozen=True)


class WrongField(Sent):
    """A field that is wrong."""

    field: str = Field(examples=["valid_through"])
    reason: str = Field(examples=["is before valid_from: correct one of the dates"])


class Received(BaseModel):
    """What it reads; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
