"""The values that everything else speaks in: postings, profiles, and the matches between them.

Frozen dataclasses with no behaviour beyond what is true of the value itself. Every optional field says "unknown"
with None or an empty tuple; an unknown field is never read as a refusal.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, NewType

PostingId = NewType("PostingId", str)
ProfileId = NewType("ProfileId", str)
OrganisationId = NewType("OrganisationId", str)


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


class Standing(StrEnum):
    """Why a contribution is what it is."""

    COMPARED = "compared"
    """Both sides say something, and it was compared."""
    UNKNOWN = "unknown"
    """One side says nothing: it counts as average; a profile that names no skill covers none."""


class Contribution(NamedTuple):
    """One facet's or preference's share of a score. The shares of a match add up to its score.

    A named tuple because an answer holds a hundred of them, and it is made three times as fast as a frozen dataclass.
    """

    name: str
    value: float
    """What it adds to the score: weight × similarity."""
    similarity: float
    """How well the two sides agree in this aspect; 1 is best.

    Of titles and bodies it is a cosine, which may lie a little below 0 where two texts have less in common than most;
    then `value` does too.
    """
    standing: Standing
    weight: float
    """What the aspect counts: the most that it can add."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each aspect counts in a score; they add up to 1.

    The first six are what the posting asks of the profile, the last five what the candidate wishes of the posting.
    """

    title: float = 0.49
    skills: float = 0.09
    body: float = 0.15
    experience: float = 0.04
    education: float = 0.015
    languages: float = 0.015
    place: float = 0.08
    contract: float = 0.04
    remote: float = 0.03
    salary: float = 0.03
    start: float = 0.02

    def __post_init__(self) -> None:
        values = [getattr(self, name) for name in ASPECTS]
        # Said so that NaN fails too.
        if not (min(values) >= 0 and abs(sum(values) - 1.0) <= 1e-6):
            raise ValueError("weights must not be negative and must add up to 1")

    def changed(self, given: Mapping[str, float]) -> "Weights":
        """Return these weights with some of them replaced, all scaled so that they add up to 1 again.

        Raises:
            ValueError: an aspect is unknown, a weight is negative or no number, or nothing counts any more.
        """
        if unknown := sorted(given.keys() - set(ASPECTS)):
            raise ValueError(f"{unknown[0]!r} is no aspect: choose of {', '.join(ASPECTS)}")
        values = {name: float(given.get(name, getattr(self, name))) for name in ASPECTS}
        every = sum(values.values())
        if not (min(values.values()) >= 0 and 0 < every < float("inf")):
            raise ValueError("weights must be finite, not negative, and not all zero")
        return Weights(**{name: value / every for name, value in values.items()})

    def in_order(self) -> list[float]:
        """Return them in the order of ASPECTS."""
        return [getattr(self, name) for name in ASPECTS]

    def facets(self) -> dict[Facet, float]:
        """Return the weights of the facets."""
        return {facet: getattr(self, facet) for facet in Facet}


ASKS = ("title", "skills", "body", "experience", "education", "languages")
"""What the posting asks of the profile."""
WISHES = ("place", "contract", "remote", "salary", "start")
"""What the candidate wishes of the posting."""
ASPECTS = ASKS + WISHES


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a ranking hangs on beside the question and the model: under the same, it comes out the same."""

    sequence: int
    """The last change of the log that the index held."""
    today: date
    weights: Weights


@dataclass(frozen=True, slots=True)
class Variety:
    """How an answer is kept from saying one thing again and again."""

    merged: bool = True
    """A posting that was published twice, or by two services, is shown once with its variants."""
    per_organisation: int | None = None
    """At most so many postings of one organisation; None sets no limit."""
    diversity: float = 0.0
    """From 0, the best first, to 1, each as unlike those before it as can be (maximal marginal relevance)."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.diversity <= 1.0:
            raise ValueError("diversity must lie between 0 and 1")
        if self.per_organisation is not None and self.per_organisation < 1:
            raise ValueError("per_organisation must be 1 or more")

    @property
    def asks_nothing(self) -> bool:
        """Whether the ranking is shown as it is."""
        return not (self.merged or self.per_organisation or self.diversity)

    @property
    def only_merges(self) -> bool:
        """Whether showing one thing once is all that is asked for."""
        return self.merged and not (self.per_organisation or self.diversity)


MERGED = Variety()
"""What is done where nothing is said."""


class Evidence(StrEnum):
    """How a skill that the posting asks for is met by the profile."""

    EVIDENCED = "evidenced"
    """The profile's prose names it: a verbatim span."""
    CLAIMED = "claimed"
    """The profile lists it."""
    NEAR = "near"
    """The profile lists one close to it."""
    MISSING = "missing"


class SkillMatch(NamedTuple):
    """One skill that the posting asks for, with its best counterpart in the profile."""

    required: str
    evidence: Evidence
    counterpart: str | None = None
    """The profile's own words, verbatim. Of a missing skill, its words that name it and do not count, or None."""
    similarity: float = 0.0
    """How far the counterpart stands in for what is asked; 1 is the same."""
    share: float = 0.0
    """Of the skills' similarity: those of a match add up to 1, and share × similarity to the similarity."""


@dataclass(frozen=True, slots=True)
class Match:
    """A posting and a profile with a score and its reasons."""

    posting_id: PostingId
    profile_id: ProfileId
    rank: int
    """From 1."""
    score: float
    """The sum of the contributions."""
    contributions: tuple[Contribution, ...]
    """One an aspect, in the order of ASPECTS."""
    variants: tuple[str, ...] = ()
    """The other postings that say the same as this one, where they are shown as one."""

    def id_of(self, kind: Kind) -> str:
        """Return the id of its posting or of its profile."""
        return self.posting_id if kind is Kind.POSTING else self.profile_id

    @property
    def asks_score(self) -> float:
        """How well the profile meets what the posting asks, 0 to 1: the weighted mean of that side's similarities.

        The score is the mean of the two sides' scores, each weighted with what its aspects count together.
        """
        return _mean(self.contributions, _ASKED)

    @property
    def wishes_score(self) -> float:
        """How well the posting meets what the candidate wishes, 0 to 1, likewise."""
        return _mean(self.contributions, _WISHED)


_ASKED, _WISHED = frozenset(ASKS), frozenset(WISHES)


def _mean(parts: Iterable[Contribution], names: AbstractSet[str]) -> float:
    # Spelt out: an answer takes twenty of these, and a generator takes twice as long.
    value = weight = 0.0
    for name, added, _, _, most in parts:
        if name in names:
            value += added
            weight += most
    return value / weight if weight else 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a match is proposed, for a person."""

    match: Match
    skills: tuple[SkillMatch, ...] = ()
    sentence: Mapping[str, str] = field(default_factory=dict)
    """One sentence a language: `fr`, `en`."""
