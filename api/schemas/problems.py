"""What went wrong, and whether the service can be used."""

from typing import Literal

from pydantic import Field

from api.schemas.base import Sent, WrongField


class ProblemAnswer(Sent):
    """An error (RFC 9457). It never repeats the input."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such profile: check the id, or ingest the profile first"])
    invalid: list[WrongField] | None = Field(
        default=None,
        examples=[[{"field": "valid_through", "reason": "is before valid_from: correct one of the dates"}]],
    )


WRITES = (
    "`refused`: the database refused a write of this process, as on a full disk, and none has changed anything since"
)


class NotReadyAnswer(ProblemAnswer):
    """Why the service cannot be used: where its index is behind, what it holds, and by how much it is."""

    model: str | None = None
    postings: int | None = None
    profiles: int | None = None
    lag: int | None = Field(default=None, description="changes in the database that this process has not applied yet")
    writes: Literal["ok", "refused"] | None = Field(default=None, description=WRITES)


class UnfinishedAnswer(ProblemAnswer):
    """Why many records were not stored, or not all of them."""

    lines: int | None = Field(
        default=None,
        description="where the time that a request may take was up: up to which line the body has been dealt with, at "
        "least; to send all of them again is quick up to there, and tells what was wrong with each",
    )


class HealthAnswer(Sent):
    """Whether the service can be used, and what it holds."""

    status: str = Field(examples=["ok"])
    model: str = Field(examples=["all-MiniLM-L6-v2 + words"])
    postings: int
    profiles: int
    lag: int = Field(description="changes in the database that this process has not applied yet")
    writes: Literal["ok", "refused"] = Field(description=WRITES)
