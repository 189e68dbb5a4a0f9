"""The values that everything else speaks in: postings, profiles, and what they are made of; scoring.py has the matches.

Frozen dataclasses with no behaviour beyond what is true of the value itself. Every optional field says "unknown"
with None or an empty tuple; an unknown field is never read as a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

PostingId = NewType("PostingId", str)
ProfileId = NewType("ProfileId", str)
OrganisationId = NewType("OrganisationId", str)


ID = r"[^\s/?#\\\x00-\x1f\x7f]+"
"""What an id is, as a regular expression: a part of a web address."""
MAX_ID = 200
"""Characters of the longest id."""


class Kind(StrEnum):
    """Which side of a match a document stands on."""

    POSTING = "posting"
    PROFILE = "profile"

    @property
    def other(self) -> "Kind":
        """The side that this one is matched with."""
        return Kind.PROFILE if self is Kind.POSTING else Kind.POSTING


class Facet(StrEnum):
    """One aspect that is compared on its own."""

    TITLE = "title"
    SKILLS = "skills"
    BODY = "body"


class Contract(StrEnum):
    """How a person is employed."""

    CIVIL_SERVANT = "civil_servant"
    CONTRACT_AGENT = "contract_agent"
    APPRENTICESHIP = "apprenticeship"
    INTERNSHIP = "internship"
    FREELANCE = "freelance"
    INTERNATIONAL_VOLUNTEER = "international_volunteer"


class Remote(StrEnum):
    """How much of the work is done away from the office."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class PostingStatus(StrEnum):
    """Whether an organisation still recruits for a posting."""

    OPEN = "open"
    FILLED = "filled"
    CLOSED = "closed"


class Situation(StrEnum):
    """Where a candidate comes from."""

    GRADUATE = "graduate"
    PRIVATE = "private"
    PUBLIC = "public"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A recruiting service."""

    id: OrganisationId
    name: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A place, as far as it is known. Coordinates in degrees (WGS 84)."""

    region: str | None = None
    department: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def spot(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, if both are given; 0, 0 is what a form sends that was not filled in."""
        if self.latitude is None or self.longitude is None or self.latitude == self.longitude == 0:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class SalaryRange:
    """Gross euros a year."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class Occupation:
    """Codes of reference taxonomies."""

    rome: str | None = None
    esco: str | None = None


@dataclass(frozen=True, slots=True)
class Experience:
    """A job that a candidate has held."""

    title: str
    organisation: str = ""
    start: date | None = None
    end: date | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Education:
    """A degree or a course. `level` is the European Qualifications Framework's, 1 to 8."""

    title: str
    level: int | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """An open job."""

    id: PostingId
    title: str
    organisation: Organisation | None = None
    description: str = ""
    qualifications: str = ""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    remote: Remote | None = None
    contracts: tuple[Contract, ...] = ()
    experience_years_min: float | None = None
    education_level_min: int | None = None
    salary_eur_year: SalaryRange | None = None
    openings: int | None = None
    occupation: Occupation | None = None
    valid_from: date | None = None
    valid_through: date | None = None
    status: PostingStatus = PostingStatus.OPEN
    url: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What a candidate says of themselves. Nobody sees it before its owner says so: visibility is opt-in."""

    id: ProfileId
    headline: str
    summary: str = ""
    skills: tuple[str, ...] = ()
    experiences: tuple[Experience, ...] = ()
    education: tuple[Education, ...] = ()
    languages: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    remote: Remote | None = None
    contracts: tuple[Contract, ...] = ()
    experience_years: float | None = None
    situation: Situation | None = None
    available_from: date | None = None
    salary_eur_year_min: float | None = None
    visible_to_recruiters: bool = False
    hidden_from: tuple[OrganisationId, ...] = ()
    consented_at: date | None = None


Record = Posting | Profile


def kind_of(record: Record) -> Kind:
    """Return the side that a record stands on."""
    return Kind.POSTING if isinstance(record, Posting) else Kind.PROFILE


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that could not be read, by name: where it stood, which field, why."""

    file: str
    position: str
    """Where in the file, for a person: `line 12`, `row 3`, `page`…; `file` or `header` where the rest was not read."""
    reason: str
    """What is wrong and how to correct it, without the field's content (it may be a person's)."""
    record_id: str | None = None
    field: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    """What else is wrong with the record: fields and reasons."""

    @property
    def is_of_file(self) -> bool:
        """Whether it is the file that could not be read, or not to its end, and no single record."""
        return self.position in {"file", "header"}


class Outcome(StrEnum):
    """What became of a record that was handed in."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FacetText:
    """A text that counts for a share of a facet. A facet's shares add up to 1."""

    text: str
    share: float


FacetTexts = Mapping[Facet, tuple[FacetText, ...]]
"""What is compared of one document; a facet that the document lacks is absent."""
