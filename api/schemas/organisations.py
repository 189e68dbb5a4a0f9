"""The forum for who runs it: its organisations, its figures, and the recruiters' keys."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.schemas.base import Received, Sent
from matcher.core.access import MAX_NOTE
from matcher.fields import COUNTED, Id, Line


class OrganisationAnswer(Sent):
    """One recruiting service, in figures."""

    id: str = Field(examples=["dinum"])
    postings: int
    open_postings: int


class OrganisationsAnswer(Sent):
    """A page of the organisations."""

    organisations: list[OrganisationAnswer] = Field(description="by id")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class StatisticsAnswer(Sent):
    """The forum in figures. Nothing here is about one person."""

    organisations: int
    postings: int
    open_postings: int
    profiles: int
    visible_profiles: int = Field(description="those whose owners let recruiters see them")


class NewKey(Received):
    """A recruiter's key that is asked for."""

    organisation: Id = Field(description="whose postings the key opens", examples=["dinum"])
    days: Annotated[int, Field(ge=1, le=3650), COUNTED] = Field(default=365, description="for how long")
    note: Line = Field(default="", max_length=MAX_NOTE, description="whose key it is", examples=["bureau RH 2"])


class KeyAnswer(Sent):
    """A recruiter's key, without its secret."""

    id: str = Field(examples=["5f2c9a01b3d4"])
    organisation: str = Field(examples=["dinum"])
    note: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class KeysAnswer(Sent):
    """A page of the recruiters' keys."""

    keys: list[KeyAnswer] = Field(description="the oldest first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class NewKeyAnswer(KeyAnswer):
    """A new key. Its text is shown this once."""

    key: str = Field(description="what the header `Authorization: Bearer` carries; stored nowhere")
