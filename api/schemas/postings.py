"""The postings of an organisation, a page at a time."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.base import Sent
from matcher.core.domain import Contract, Posting, Remote
from matcher.records import LocationRecord, OrganisationRecord, PostingRecord

Order = Literal["newest", "title"]
"""What a list of postings is ordered by."""
Status = Literal["open", "closed"]
"""Which are listed: those that are open today, or the others, closed or out of their dates."""


class PostingListed(Sent):
    """A posting in a list, without its prose."""

    id: str = Field(examples=["dinum-2027-014"])
    title: str
    organisation: OrganisationRecord | None
    locations: tuple[LocationRecord, ...]
    remote: Remote | None
    contracts: tuple[Contract, ...]
    openings: int | None
    valid_from: date | None
    valid_through: date | None

    @classmethod
    def of(cls, posting: Posting) -> "PostingListed":
        """Return a stored posting as a list has it."""
        return cls(**{name: getattr(PostingRecord.of(posting), name) for name in cls.model_fields})


class PostingsAnswer(Sent):
    """A page of postings."""

    total: int = Field(description="how many there are on all pages")
    postings: list[PostingListed]
    cursor: str | None = Field(description="where the next page begins; null after the last")
