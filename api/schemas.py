"""What the service answers, as outside programs see it. What it reads are the native records (matcher.records)."""

from typing import Any

import pydantic_core
from pydantic import BaseModel, ConfigDict, Field

from matcher.core.domain import Evidence, Explanation, Standing
from matcher.engine import Answer


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContributionAnswer(_Answer):
    """One aspect's share of a score; the shares add up to it."""

    name: str = Field(examples=["title"])
    value: float = Field(description="what it adds to the score", examples=[0.412])
    similarity: float = Field(description="how well the two sides agree in this aspect; 1 is best", examples=[0.824])
    standing: Standing = Field(description="`unknown`: one side is silent, and it counts as the average")


class SkillAnswer(_Answer):
    """One skill that the posting asks for."""

    required: str = Field(examples=["PostgreSQL"])
    evidence: Evidence
    counterpart: str | None = Field(description="the profile's own words, verbatim", examples=["Postgres"])
    similarity: float


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


class MatchesAnswer(_Answer):
    """The best matches of one document."""

    eligible: int = Field(description="how many documents pass the hard constraints, shown here or not")
    matches: list[MatchAnswer] = Field(description="best first")


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


def matches_json(answer: Answer) -> bytes:
    """Return an answer as the JSON of a MatchesAnswer.

    Built by hand because it is the service's hot path: through the model it takes six times as long, most of it to
    check values that the engine made itself. A test holds the two forms together.
    """
    matches = [_match(explanation) for explanation in answer.explanations]
    return pydantic_core.to_json({"eligible": answer.eligible, "matches": matches})


def _match(explanation: Explanation) -> dict[str, Any]:
    match = explanation.match
    return {
        "posting_id": match.posting_id,
        "profile_id": match.profile_id,
        "rank": match.rank,
        "score": match.score,
        "asks_score": match.asks_score,
        "wishes_score": match.wishes_score,
        "contributions": [
            {"name": part.name, "value": part.value, "similarity": part.similarity, "standing": part.standing.value}
            for part in match.contributions
        ],
        "skills": [
            {
                "required": skill.required,
                "evidence": skill.evidence.value,
                "counterpart": skill.counterpart,
                "similarity": skill.similarity,
            }
            for skill in explanation.skills
        ],
        "sentence": explanation.sentence,
    }
