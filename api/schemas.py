"""What the service answers, as outside programs see it. What it reads are the native records (matcher.records)."""

from pydantic import BaseModel, ConfigDict, Field

from matcher.core.domain import Contribution, Evidence, Explanation, SkillMatch, Standing
from matcher.engine import Answer


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContributionAnswer(_Answer):
    """One aspect's share of a score; the shares add up to it."""

    name: str = Field(examples=["title"])
    value: float = Field(description="what it adds to the score", examples=[0.412])
    similarity: float = Field(description="how well the two sides agree in this aspect; 1 is best", examples=[0.824])
    standing: Standing = Field(description="`unknown`: one side is silent, and it counts as the average")

    @classmethod
    def of(cls, part: Contribution) -> "ContributionAnswer":
        """Return the answer's form of a contribution."""
        return cls.model_construct(name=part.name, value=part.value, similarity=part.similarity, standing=part.standing)


class SkillAnswer(_Answer):
    """One skill that the posting asks for."""

    required: str = Field(examples=["PostgreSQL"])
    evidence: Evidence
    counterpart: str | None = Field(description="the profile's own words, verbatim", examples=["Postgres"])
    similarity: float

    @classmethod
    def of(cls, skill: SkillMatch) -> "SkillAnswer":
        """Return the answer's form of a skill."""
        return cls.model_construct(
            required=skill.required,
            evidence=skill.evidence,
            counterpart=skill.counterpart,
            similarity=skill.similarity,
        )


class MatchAnswer(_Answer):
    """A posting and a profile, with the score and its reasons."""

    posting_id: str
    profile_id: str
    rank: int = Field(description="from 1")
    score: float = Field(description="the sum of the contributions", examples=[0.713])
    asks_score: float = Field(description="the share of what the posting asks of the profile")
    wishes_score: float = Field(description="the share of what the candidate wishes of the posting")
    contributions: list[ContributionAnswer]
    skills: list[SkillAnswer]
    sentence: dict[str, str] = Field(
        description="the reasons for a person, in French and in English",
        examples=[{"fr": "Intitulé très proche ; lieu souhaité.", "en": "Very close title; wished place."}],
    )

    @classmethod
    def of(cls, explanation: Explanation) -> "MatchAnswer":
        """Return the answer's form of a match."""
        match = explanation.match
        return cls.model_construct(
            posting_id=match.posting_id,
            profile_id=match.profile_id,
            rank=match.rank,
            score=match.score,
            asks_score=match.asks_score,
            wishes_score=match.wishes_score,
            contributions=[ContributionAnswer.of(part) for part in match.contributions],
            skills=[SkillAnswer.of(skill) for skill in explanation.skills],
            sentence=dict(explanation.sentence),
        )


class MatchesAnswer(_Answer):
    """The best matches of one document."""

    eligible: int = Field(description="how many documents pass the hard constraints, shown here or not")
    matches: list[MatchAnswer] = Field(description="best first")

    @classmethod
    def of(cls, answer: Answer) -> "MatchesAnswer":
        """Return the answer's form of the engine's answer."""
        return cls.model_construct(
            eligible=answer.eligible,
            matches=[MatchAnswer.of(explanation) for explanation in answer.explanations],
        )


class HealthAnswer(_Answer):
    """Whether the service can be used, and what it holds."""

    status: str = Field(examples=["ok"])
    model: str = Field(examples=["all-MiniLM-L6-v2 + words"])
    postings: int
    profiles: int
    lag: int = Field(description="changes in the database that this process has not applied yet")


class ProblemAnswer(_Answer):
    """An error (RFC 9457). It never repeats the input."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such profile: check the id, or ingest the profile first"])
    invalid: list[dict[str, str]] | None = Field(
        default=None, examples=[[{"field": "valid_through", "reason": "is before valid_from: mend one of the dates"}]]
    )
