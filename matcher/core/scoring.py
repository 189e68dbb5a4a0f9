"""What a score is made of: weights, contributions, skills, and the match that a person is shown."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from matcher.core.domain import Facet, Kind, PostingId, ProfileId


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
        try:
            values = {name: float(given.get(name, getattr(self, name))) for name in ASPECTS}
        except OverflowError:  # a whole number of hundreds of digits
            values = dict.fromkeys(ASPECTS, float("inf"))
        every = sum(values.values())
        if not (min(values.values()) >= 0 and 0 < every < float("inf")):
            raise ValueError("weights must be finite, not negative, and not all zero")
        return Weights(**{name: value / every for name, value in values.items()})

    def in_order(self) -> list[float]:
        """Return them in the order of ASPECTS."""
        return [getattr(self, name) for name in ASPECTS]

    def facets(self) -> Mapping[Facet, float]:
        """Return the weights of the facets."""
        return _facets(self)


@lru_cache(maxsize=64)
def _facets(weights: Weights) -> Mapping[Facet, float]:
    return MappingProxyType({facet: getattr(weights, facet) for facet in Facet})


ASKS = ("title", "skills", "body", "experience", "education", "languages")
"""What the posting asks of the profile."""

WISHES = ("place", "contract", "remote", "salary", "start")
"""What the candidate wishes of the posting."""

ASPECTS = ASKS + WISHES


class Circumstances(NamedTuple):
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
