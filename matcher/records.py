"""The native record: the JSON form of a posting or a profile that outside programs write and read.

One definition serves the JSONL files, the HTTP bodies and the database's documents, so that they cannot drift apart.
`parse_*` is for what comes from outside: every limit is checked, unknown fields are refused by name, and the error
never repeats the content. `serialise` and `restore` are for the store: a faithful, stable round trip.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, LiteralString, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from matcher.core.complaints import NOT_UTF8, REPEATED, Repeated, once, reason
from matcher.core.domain import (
    Contract,
    Education,
    Experience,
    Kind,
    Location,
    Occupation,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Record,
    Remote,
    SalaryRange,
    Situation,
    kind_of,
)
from matcher.core.errors import InvalidRecord
from matcher.core.places import is_beyond, is_code, misspelt, understood
from matcher.fields import (
    COUNTED,
    MAX_ITEMS,
    STORED,
    Day,
    Euros,
    Id,
    Items,
    Level,
    Line,
    Number,
    Prose,
    Title,
    Years,
    printable,
)

MAX_COMPLAINTS = 20
"""A record can have as many wrong fields as bytes: no more of them are named."""
MAX_NAME = 200
"""An unknown field's name or a refused id is repeated in the error, but no more of it than an id may hold."""

_ID: TypeAdapter[str] = TypeAdapter(Id)
_AT: LiteralString = "at_field"
_LEADING_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"([\w.:-]{1,200})"', re.ASCII)
_DECODER = json.JSONDecoder(object_pairs_hook=once)
"""Refuses an object in which a name stands twice: pydantic would take the last one."""


def at(field: str, why: str) -> PydanticCustomError:
    """Return a complaint about one field, made by a check that sees the whole record; `invalid` names the field."""
    return PydanticCustomError(_AT, "{reason}", {"field": field, "reason": why})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


R = TypeVar("R", bound=_Strict)


class OrganisationRecord(_Strict):
    """A recruiting service."""

    id: Id
    name: Line = ""


class LocationRecord(_Strict):
    """A place, as far as it is known: of a posting where it is, of a profile where the candidate would work.

    A town is not compared where a region or a département is given. Coordinates are where there is one place alone;
    of a candidate, a town's centre is enough.
    """

    region: Line | None = None
    department: Line | None = None
    city: Line | None = None
    latitude: Annotated[Number, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Number, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _meaning(self, info: ValidationInfo) -> Self:
        """Refuse what would silently count as nothing; a name that is none of France's may be another country's."""
        if info.context == STORED:
            return self
        regions, found = understood(self.region, self.department, self.city)
        if self.region and is_code(self.region) and not found:
            raise at("region", "is a code, and may be a department's or a region's: write the name")
        if self.department and is_code(self.department) and not (found or is_beyond(self.department)):
            raise at("department", "is no department's code and no postal code: check it, or write the name")
        for field in ("region", "department"):
            given = getattr(self, field)
            if given and not (found or regions) and (name := misspelt(given)):
                raise at(field, f"is no place that is known, and looks like {name}: check its spelling")
        return self


class SalaryRecord(_Strict):
    """Gross euros a year."""

    min: Euros | None = None
    max: Euros | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise at("max", "is below min: swap them or leave one out")
        return self


class OccupationRecord(_Strict):
    """Codes of reference taxonomies; kept, and not compared."""

    rome: Line | None = None
    esco: Line | None = None


class ExperienceRecord(_Strict):
    """A job that a candidate has held."""

    title: Title
    organisation: Line = ""
    start: Day | None = None
    end: Day | None = None
    summary: Prose = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start is not None and self.end is not None and self.start > self.end:
            raise at("end", "is before start: correct one of the dates")
        return self


class EducationRecord(_Strict):
    """A degree or a course."""

    title: Title
    level: Level | None = None
    end: Day | None = None


class PostingRecord(_Strict):
    """A posting as an outside program writes it. Only `id` and `title` are required."""

    id: Id
    title: Title
    organisation: OrganisationRecord | None = None
    description: Prose = ""
    qualifications: Prose = ""
    skills: Items = ()
    languages: Items = ()
    locations: Annotated[tuple[LocationRecord, ...], Field(max_length=MAX_ITEMS)] = ()
    remote: Remote | None = None
    contracts: Annotated[tuple[Contract, ...], Field(max_length=len(Contract))] = ()
    experience_years_min: Years | None = None
    education_level_min: Level | None = None
    salary_eur_year: SalaryRecord | None = None
    openings: Annotated[int, Field(ge=0, le=100_000), COUNTED] | None = None
    occupation: OccupationRecord | None = None
    valid_from: Day | None = None
    valid_through: Day | None = None
    status: PostingStatus = PostingStatus.OPEN
    url: Annotated[str, StringConstraints(max_length=2000), AfterValidator(printable)] | None = None
    source: Line | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_from and self.valid_through and self.valid_from > self.valid_through:
            raise at("valid_through", "is before valid_from: correct one of the dates")
        return self

    @classmethod
    def of(cls, posting: Posting) -> Self:
        """Return the native record of a stored posting."""
        return cls.model_validate_json(serialise(posting), context=STORED)

    def to_domain(self) -> Posting:
        """Return the frozen value that the engine works with."""
        organisation = self.organisation
        return Posting(
            id=PostingId(self.id),
            title=self.title,
            organisation=Organisation(OrganisationId(organisation.id), organisation.name) if organisation else None,
            description=self.description,
            qualifications=self.qualifications,
            skills=self.skills,
            languages=self.languages,
            locations=tuple(Location(**dict(place)) for place in self.locations),
            remote=self.remote,
            contracts=self.contracts,
            experience_years_min=self.experience_years_min,
            education_level_min=self.education_level_min,
            salary_eur_year=SalaryRange(**dict(self.salary_eur_year)) if self.salary_eur_year else None,
            openings=self.openings,
            occupation=Occupation(**dict(self.occupation)) if self.occupation else None,
            valid_from=self.valid_from,
            valid_through=self.valid_through,
            status=self.status,
            url=self.url,
            source=self.source,
        )


class ProfileRecord(_Strict):
    """A profile as an outside program writes it. Only `id` and `headline` are required."""

    id: Id
    headline: Title
    summary: Prose = ""
    skills: Items = ()
    experiences: Annotated[tuple[ExperienceRecord, ...], Field(max_length=MAX_ITEMS)] = ()
    education: Annotated[tuple[EducationRecord, ...], Field(max_length=MAX_ITEMS)] = ()
    languages: Items = ()
    locations: Annotated[tuple[LocationRecord, ...], Field(max_length=MAX_ITEMS)] = ()
    remote: Remote | None = None
    contracts: Annotated[tuple[Contract, ...], Field(max_length=len(Contract))] = ()
    experience_years: Years | None = None
    situation: Situation | None = None
    available_from: Day | None = None
    salary_eur_year_min: Euros | None = None
    visible_to_recruiters: StrictBool = False  # consent is not guessed from "yes" or 1
    hidden_from: Annotated[tuple[Id, ...], Field(max_length=MAX_ITEMS)] = ()
    consented_at: Day | None = None

    @field_validator("consented_at")
    @classmethod
    def _given(cls, day: date | None, how: ValidationInfo) -> date | None:
        """Refuse a day to come, for `matcher retention` counts from it. Somewhere it may be tomorrow already."""
        if day and how.context != STORED and day > datetime.now(UTC).date() + timedelta(days=1):
            raise PydanticCustomError("future", "lies in the future: write the day on which it was given")
        return day

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Return the native record of a stored profile."""
        return cls.model_validate_json(serialise(profile), context=STORED)

    def to_domain(self) -> Profile:
        """Return the frozen value that the engine works with."""
        return Profile(
            id=ProfileId(self.id),
            headline=self.headline,
            summary=self.summary,
            skills=self.skills,
            experiences=tuple(Experience(**dict(job)) for job in self.experiences),
            education=tuple(Education(**dict(degree)) for degree in self.education),
            languages=self.languages,
            locations=tuple(Location(**dict(place)) for place in self.locations),
            remote=self.remote,
            contracts=self.contracts,
            experience_years=self.experience_years,
            situation=self.situation,
            available_from=self.available_from,
            salary_eur_year_min=self.salary_eur_year_min,
            visible_to_recruiters=self.visible_to_recruiters,
            hidden_from=tuple(OrganisationId(service) for service in self.hidden_from),
            consented_at=self.consented_at,
        )


def parse_posting(data: bytes | str | Mapping[str, Any]) -> Posting:
    """Return the posting that JSON text or a mapping holds.

    Raises:
        InvalidRecord: with the first offending field's name; the message never repeats the content.
    """
    return parse(PostingRecord, data).to_domain()


def parse_profile(data: bytes | str | Mapping[str, Any]) -> Profile:
    """Return the profile that JSON text or a mapping holds.

    Raises:
        InvalidRecord: with the first offending field's name; the message never repeats the content.
    """
    return parse(ProfileRecord, data).to_domain()


def serialise(record: Record) -> bytes:
    """Return the record as compact JSON; equal records give equal bytes."""
    return _adapter(kind_of(record)).dump_json(record, exclude_defaults=True)


def restore(kind: Kind, document: bytes | str) -> Record:
    """Return the record that `serialise` wrote."""
    record: Record = _adapter(kind).validate_json(document)
    return record


@cache
def _adapter(kind: Kind) -> TypeAdapter[Any]:
    return TypeAdapter(Posting if kind is Kind.POSTING else Profile)


def parse(model: type[R], data: bytes | str | Mapping[str, Any]) -> R:
    """Return the record of that kind which JSON text or a mapping holds. Raises InvalidRecord."""
    try:
        if isinstance(data, bytes | str):
            text = data if isinstance(data, str) else data.decode()
            found = model.model_validate_json(text)
            _DECODER.decode(text)
            return found
        return model.model_validate(data)
    except UnicodeDecodeError:
        raise InvalidRecord(field="record", reason=NOT_UTF8, record_id=_id_of(data)) from None
    except Repeated as repeated:
        raise InvalidRecord(field=_printed(repeated.field), reason=REPEATED) from None
    except ValidationError as error:
        raise _invalid(error, record_id=_id_of(data)) from None


def leading_id(line: bytes) -> str | None:
    """Return the id of a line that cannot be parsed, if it stands at its beginning as a plain string."""
    found = _LEADING_ID.match(line)
    return found[1].decode() if found else None


def _invalid(error: ValidationError, *, record_id: str | None) -> InvalidRecord:
    """Return pydantic's complaints as ours: the field's path and the reason of each, without the input."""
    (field, said), *others = (
        (_path(complaint), reason(complaint))
        for complaint in error.errors(include_input=False, include_url=False)[:MAX_COMPLAINTS]
    )
    return InvalidRecord(field=field, reason=said, record_id=record_id, others=others)


def _path(complaint: Mapping[str, Any]) -> str:
    path = [*complaint["loc"], *([complaint["ctx"]["field"]] if complaint["type"] == _AT else [])]
    return ".".join(map(_printed, path)) or "record"


def _printed(part: str | int) -> str:
    """Return an id, or a part of a field's path, as something that can be written to any file or terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(part)[:MAX_NAME])


def _id_of(data: bytes | str | Mapping[str, Any]) -> str | None:
    """Return the id of a record that is refused; of JSON text only what an id may be."""
    if isinstance(data, Mapping):
        found = data.get("id")
        return _printed(found) if isinstance(found, str) else None
    try:
        return str(_ID.validate_python(json.loads(data)["id"]))
    except (ValueError, LookupError, TypeError, RecursionError):
        return leading_id(data if isinstance(data, bytes) else data.encode(errors="replace"))
