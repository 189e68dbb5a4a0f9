"""Matches with their reasons: as they are described, and as they are written."""

from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import Field

from api.schemas.base import Sent
from matcher.answers import Answer
from matcher.core.scoring import Evidence, Explanation, Standing


class ContributionAnswer(Sent):
    """One aspect's share of a score; the shares add up to it."""

    name: str = Field(examples=["title"])
    value: float = Field(
        description="what it adds to the score; a little less than nothing where `similarity` is below 0",
        examples=[0.412],
    )
    similarity: float = Field(
        description="how well the two sides agree in this aspect: 1 is best, 0 nothing in common. Of `title` "
        "and `body` it is a cosine, and may lie a little below 0 where two texts have less in common than most",
        examples=[0.824],
    )
    standing: Standing = Field(
        description="`unknown`: one side is silent; that counts as average or, of a profile's skills, as none"
    )
    weight: float = Field(description="the most that the aspect can add: value = weight × similarity", examples=[0.5])


class SkillAnswer(Sent):
    """One skill that the posting asks for; where postings are searched, one that the text names."""

    required: str = Field(examples=["PostgreSQL"])
    evidence: Evidence
    counterpart: str | None = Field(
        description="the other side's own words, verbatim; of a missing skill, those that name it and did not count",
        examples=["Postgres"],
    )
    similarity: float = Field(description="how far they stand in for what is asked; 1 is the same", examples=[1.0])
    share: float = Field(
        description="of the skills' similarity: share × similarity of all skills add up to it", examples=[0.25]
    )


class MatchAnswer(Sent):
    """A posting and a profile, with the score and its reasons."""

    posting_id: str
    profile_id: str
    rank: int = Field(description="from 1, on all pages")
    score: float = Field(description="the sum of the contributions", examples=[0.713])
    asks_score: float = Field(
        description="how well the profile meets what the posting asks, 0 to 1: the weighted mean of those similarities",
        examples=[0.742],
    )
    wishes_score: float = Field(
        description="how well the posting meets what the candidate wishes, 0 to 1, likewise; the score is the mean of "
        "the two, each weighted with what its aspects count together",
        examples=[0.6],
    )
    variants: list[str] = Field(
        description="the ids of other postings that say the same as this one: published twice, or by two services"
    )
    contributions: list[ContributionAnswer]
    skills: list[SkillAnswer]
    sentence: dict[str, str] = Field(
        description="the reasons for a person, in French and in English",
        examples=[
            {"fr": "Intitulé très proche\u202f; lieu compatible.", "en": "Very similar title; suitable location."}
        ],
    )


class MatchesAnswer(Sent):
    """The best matches of one document."""

    eligible: int = Field(description="how many documents pass the hard constraints, shown here or not")
    matches: list[MatchAnswer] = Field(description="best first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class PairAnswer(Sent):
    """One posting and one profile, and why they are a match or none."""

    eligible: int = Field(description="how many profiles pass the hard constraints of the posting")
    match: MatchAnswer | None = Field(description="with its rank among them; null where the two are no match")
    excluded_by: list[str] = Field(
        description="the hard constraints that they fail: `open`, `dates` (the posting's), `contract`, `place`; the "
        "platform is told `visible` and `hidden` too",
        examples=[["contract"]],
    )


def matches_json(answer: Answer) -> bytes:
    """Return an answer as the JSON of a MatchesAnswer.

    Built by hand because it is the service's hot path: through the model it takes six times as long, most of it to
    check values that the engine made itself. A test holds the two forms together.
    """
    matches = [_match(explanation) for explanation in answer.explanations]
    return orjson.dumps({"eligible": answer.eligible, "matches": matches, "cursor": answer.cursor})


def pair_json(explanation: Explanation | None, *, eligible: int, excluded_by: Sequence[str]) -> bytes:
    """Return a pair as the JSON of a PairAnswer."""
    match = _match(explanation) if explanation else None
    return orjson.dumps({"eligible": eligible, "match": match, "excluded_by": list(excluded_by)})


def _match(explanation: Explanation) -> dict[str, Any]:
    match = explanation.match
    return {
        "posting_id": match.posting_id,
        "profile_id": match.profile_id,
        "rank": match.rank,
        "score": match.score,
        "asks_score": match.asks_score,
        "wishes_score": match.wishes_score,
        "variants": list(match.variants),
        **reasons(explanation),
    }


def reasons(explanation: Explanation) -> dict[str, Any]:
    """Return the reasons of a match as they are written."""
    return {
        "contributions": [
            {
                "name": part.name,
                "value": part.value,
                "similarity": part.similarity,
                "standing": part.standing.value,
                "weight": part.weight,
            }
            for part in explanation.match.contributions
        ],
        "skills": [
            {
                "required": skill.required,
                "evidence": skill.evidence.value,
                "counterpart": skill.counterpart,
                "similarity": skill.similarity,
                "share": skill.share,
            }
            for skill in explanation.skills
        ],
        "sentence": explanation.sentence,
    }
