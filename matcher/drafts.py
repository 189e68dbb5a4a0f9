"""A profile while it is being written: what is empty or half typed counts as not there yet, and nothing is required.

Unknown fields and wrong types are errors as in any record (matcher/records.py): a program made them, no person.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from matcher.core.domain import Contract, Experience, Location, Profile
from matcher.core.errors import InvalidRecord
from matcher.fields import MAX_ITEMS, MAX_SKILL, STORED, Day, Id, Line, printable
from matcher.records import EducationRecord, ExperienceRecord, LocationRecord, ProfileRecord, at, parse

_BEGUN = re.compile(r"[0-9]{0,4}(?:-[0-9]{0,2}){0,2}")
"""What may become a day, or has become one that no calendar has."""


def _day(given: object) -> object:
    if not isinstance(given, str) or not _BEGUN.fullmatch(given):
        return given
    try:
        return date.fromisoformat(given) if len(given) == len("YYYY-MM-DD") else None
    except ValueError:
        return None


def _text(given: object) -> object:
    return "" if given is None else given


def _unless_empty(given: object, read: ValidatorFunctionWrapHandler) -> object:
    """Leave an empty entry in its place as None until `to_domain`, so that a complaint counts the entries as sent."""
    return None if given in (None, "") else read(given)


Begun = Annotated[Day | None, BeforeValidator(_day)]
Typed = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=MAX_SKILL),
    AfterValidator(printable),
    BeforeValidator(_text),
]
Texts = Annotated[tuple[Typed, ...], Field(max_length=MAX_ITEMS)]
Named = Annotated[Id, WrapValidator(_unless_empty)]
Chosen = Annotated[Contract, WrapValidator(_unless_empty)]


class _Unfinished(BaseModel):
    @model_validator(mode="before")
    @classmethod
    def _said(cls, given: Any) -> Any:
        """Leave out the known fields that say nothing."""
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            return given
        return {name: value for name, value in given.items() if value not in (None, "") or name not in cls.model_fields}


class DraftExperience(_Unfinished, ExperienceRecord):
    """A job held, while it is being written: it counts once it has a title."""

    title: Line = ""
    start: Begun = None
    end: Begun = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return self  # 2020 begins with 2, 20 and 202: `_in_order`


class DraftEducation(_Unfinished, EducationRecord):
    """A degree or a course, while it is being written: it counts once it has a title."""

    title: Line = ""
    end: Begun = None


class DraftLocation(_Unfinished, LocationRecord):
    """A place, while it is being written: until it is one that is known, it is not compared."""

    @model_validator(mode="after")
    def _meaning(self) -> Self:
        return self


class DraftRecord(_Unfinished, ProfileRecord):
    """A profile while it is being written: nothing is required, as long as it says something to compare.

    What is empty or half typed counts as not there yet: `null` and empty texts, an experience or a degree without a
    title, the beginning of a date (`2026-1`) or one that no calendar has, an experience's dates in the wrong order, a
    place that is not known. Unknown fields and wrong types are refused.
    """

    id: Id = "draft"
    headline: Line = ""
    skills: Texts = ()
    experiences: Annotated[tuple[DraftExperience, ...], Field(max_length=MAX_ITEMS)] = ()
    education: Annotated[tuple[DraftEducation, ...], Field(max_length=MAX_ITEMS)] = ()
    languages: Texts = ()
    locations: Annotated[tuple[DraftLocation, ...], Field(max_length=MAX_ITEMS)] = ()
    contracts: Annotated[tuple[Chosen, ...], Field(max_length=len(Contract))] = ()
    available_from: Begun = None
    hidden_from: Annotated[tuple[Named, ...], Field(max_length=MAX_ITEMS)] = ()
    consented_at: Begun = None

    @model_validator(mode="after")
    def _telling(self) -> Self:
        titles = (job.title for job in self.experiences)
        if not (self.headline or self.summary.strip() or any(self.skills) or any(titles)):
            raise at("headline", "is missing: give a headline, a summary, skills or experiences to compare")
        return self

    def to_domain(self) -> Profile:
        """Return the frozen value that the engine works with: of what is written, all that says something."""
        written = super().to_domain()
        return replace(
            written,
            skills=tuple(filter(None, written.skills)),
            experiences=tuple(_in_order(job) for job in written.experiences if job.title),
            education=tuple(degree for degree in written.education if degree.title),
            languages=tuple(filter(None, written.languages)),
            locations=tuple(place for place in written.locations if place != Location()),
            contracts=tuple(filter(None, written.contracts)),
            hidden_from=tuple(filter(None, written.hidden_from)),
        )


def _in_order(job: Experience) -> Experience:
    is_in_order = job.start is None or job.end is None or job.start <= job.end
    return job if is_in_order else replace(job, start=None, end=None)


def parse_draft(data: bytes | str | Mapping[str, Any]) -> Profile:
    """Return the unfinished profile that JSON text or a mapping holds.

    Raises:
        InvalidRecord: as `parse_profile`.
    """
    return parse(DraftRecord, data).to_domain()


class _EarlierDraft(ProfileRecord):
    """A draft by the rules of versions to which half a date was an error, and a text of digits a number."""

    id: Id = "draft"
    headline: Line = ""

    @model_validator(mode="after")
    def _telling(self) -> Self:
        if not (self.headline or self.summary.strip() or self.skills or self.experiences):
            raise at("headline", "is missing: give a headline, a summary, skills or experiences to compare")
        return self


def parse_sent(data: bytes) -> list[Profile]:
    """Return what the JSON text of an unfinished profile is read as, and was by earlier versions if that is another.

    Raises:
        InvalidRecord: as `parse_draft`; and earlier versions refused it, too.
    """
    # Whatever type was made of a text or a number then (`strict`), and whatever a place or a day was taken for.
    with suppress(ValidationError):
        earlier = _EarlierDraft.model_validate_json(data, strict=False, context=STORED).to_domain()
        try:
            now = parse_draft(data)
        except InvalidRecord:
            return [earlier]
        return [now] if now == earlier else [now, earlier]
    return [parse_draft(data)]
