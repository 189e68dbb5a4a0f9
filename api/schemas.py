"""What the service answers, and what it reads beside the native records (matcher.records)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from matcher.core.access import MAX_NOTE
from matcher.core.domain import (
    Contract,
    Evidence,
    Explanation,
    Kind,
    OrganisationId,
    Outcome,
    Remote,
    Standing,
    Weights,
)
from matcher.core.errors import InvalidRecord
from matcher.core.feedback import Event
from matcher.core.places import REGIONS
from matcher.engine import Answer
from matcher.records import Id, Line, ProfileRecord
from matcher.search import UNKNOWN, WORDS_WEIGHT, Filters, Found, Search

MAX_TOP = 100
MAX_QUERY = 2_000
MAX_CURSOR = 20_000
MAX_EVENTS = 200


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ContributionAnswer(_Answer):
    """One aspect's share of a score; the shares add up to it."""

    name: str = Field(examples=["title"])
    value: float = Field(description="what it adds to the score", examples=[0.412])
    similarity: float = Field(description="how well the two sides agree in this aspect; 1 is best", examples=[0.824])
    standing: Standing = Field(
        description="`unknown`: one side is silent; that counts as the middle or, of a profile's skills, as none"
    )
    weight: float = Field(description="the most that the aspect can add: value = weight × similarity", examples=[0.5])


class SkillAnswer(_Answer):
    """One skill that the posting asks for."""

    required: str = Field(examples=["PostgreSQL"])
    evidence: Evidence
    counterpart: str | None = Field(description="the profile's own words, verbatim", examples=["Postgres"])
    similarity: float = Field(description="how far they stand in for what is asked; 1 is the same", examples=[1.0])
    share: float = Field(
        description="of the skills' similarity: share × similarity of all skills add up to it", examples=[0.25]
    )


class MatchAnswer(_Answer):
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
        examples=[{"fr": "Intitulé très proche ; lieu souhaité.", "en": "Very close title; wished place."}],
    )


class MatchesAnswer(_Answer):
    """The best matches of one document."""

    eligible: int = Field(description="how many documents pass the hard constraints, shown here or not")
    matches: list[MatchAnswer] = Field(description="best first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class PairAnswer(_Answer):
    """One posting and one profile, and why they are a match or none."""

    eligible: int = Field(description="how many profiles pass the hard constraints of the posting")
    match: MatchAnswer | None = Field(description="with its rank among them; null where the two are no match")
    excluded_by: list[str] = Field(
        description="the hard constraints that they fail: `open`, `dates` (the posting's), `contract`, `place`; the "
        "platform is told `visible` and `hidden` too",
        examples=[["contract"]],
    )


def _region(code: str) -> str:
    if code not in _REGIONS:
        raise PydanticCustomError("region", "is no region's INSEE code, and not `unknown`")
    return code


_REGIONS = frozenset({region.code for region in REGIONS} | {UNKNOWN})

Region = Annotated[str, AfterValidator(_region)]
Unknown = Literal["unknown"]
Band = Literal["0-2", "3-5", "6-10", "11+"]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Aspect = Literal[
    "title",
    "skills",
    "body",
    "experience",
    "education",
    "languages",
    "place",
    "contract",
    "remote",
    "salary",
    "start",
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersAsked(_Asked):
    """What documents must be: by facet, one of the values. `unknown` is what a document does not say."""

    region: list[Region] = Field(default=[], max_length=30, description="INSEE codes", examples=[["84", "unknown"]])
    contract: list[Contract | Unknown] = Field(default=[], max_length=30)
    experience: list[Band | Unknown] = Field(default=[], max_length=30, description="years")
    remote: list[Remote | Unknown] = Field(default=[], max_length=30)

    def to_domain(self) -> Filters:
        """Return them as the engine takes them."""
        return Filters(**{name: frozenset(map(str, getattr(self, name))) for name in FiltersAsked.model_fields})


class SearchAsked(_Asked):
    """A free-text search: trades, skills, places, contracts, remote work, languages, "phrases", -exclusions."""

    text: str = Field(
        min_length=1,
        max_length=MAX_QUERY,
        description="quoted phrases must stand in a document; what follows `-`, `sauf`, `hors`, `sans`, `pas de`, "
        "`not` must not, nor `et X` and a short `, X` after it; places (`à Lyon`, `RSSI (69)`, `69003`), remote work, "
        "contracts, languages, years of experience (`3-5 ans`: at least 3; `junior` 0, `confirmé` 3, `senior` 5) and "
        "skills between commas are understood; a text that asks for nothing is refused",
        examples=['data scientist santé, Lyon, télétravail, Python, -PHP, "open data"'],
    )
    filters: FiltersAsked = FiltersAsked()
    words_weight: Share = Field(
        default=WORDS_WEIGHT, description="what exact words count in the score; the other aspects share the rest"
    )
    weights: dict[Aspect, Share] = Field(
        default={},
        description="what some of the other aspects count instead; all are scaled to add up to 1",
        examples=[{"title": 0.3, "skills": 0.5}],
    )
    top: Annotated[int, Field(ge=1, le=MAX_TOP)] = Field(default=10, description="how many at most on a page")
    cursor: str | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_CURSOR,
        description="where the page begins: what the page before gave",
    )

    def to_domain(self, kind: Kind, *, organisation: str | None, weights: Weights) -> Search:
        """Return it as the engine takes it.

        Args:
            kind: what is looked for.
            organisation: on whose behalf.
            weights: those in force.

        Raises:
            InvalidRecord: no aspect would count.
        """
        try:
            chosen = weights.changed({str(name): share for name, share in self.weights.items()})
        except ValueError as error:
            raise InvalidRecord(field="weights", reason="must not all be zero") from error
        return Search(
            kind,
            self.text,
            filters=self.filters.to_domain(),
            organisation=OrganisationId(organisation) if organisation else None,
            words_weight=self.words_weight,
            weights=chosen if self.weights else None,
            k=self.top,
            cursor=self.cursor,
        )


class UnderstoodAnswer(_Answer):
    """A search's text as it was understood."""

    words: str = Field(description="what is compared", examples=["data scientist santé Python"])
    phrases: list[str] = Field(description="what must stand in a document", examples=[["open data"]])
    excluded: list[str] = Field(
        description="what must not, in the singular or plural, whatever its case and accents", examples=[["PHP"]]
    )
    places: list[str] = Field(examples=[["Lyon"]])
    excluded_places: list[str] = Field(
        description="where it must not be: a document all of whose places lie there is not found", examples=[["Paris"]]
    )
    remote: Remote | None = Field(description="`none` where it is refused: a wish, it excludes nobody")
    contracts: list[Contract]
    languages: list[str] = Field(description="with their levels, as they were typed", examples=[["anglais courant"]])
    experience_years: float | None = Field(description="at least so many", examples=[5])


class FoundDocument(_Answer):
    """One document that was found."""

    id: str
    rank: int = Field(description="from 1, on all pages")
    score: float = Field(description="the sum of the contributions", examples=[0.713])
    contributions: list[ContributionAnswer]
    skills: list[SkillAnswer]
    sentence: dict[str, str] = Field(description="the reasons for a person, in French and in English")


class FoundAnswer(_Answer):
    """A page of what was found."""

    total: int = Field(description="how many there are on all pages")
    understood: UnderstoodAnswer
    counts: dict[str, dict[str, int]] = Field(
        description="by facet and value, how many there are under the filters of the other facets",
        examples=[{"region": {"84": 12, "unknown": 3}}],
    )
    matches: list[FoundDocument] = Field(description="best first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class ShownAnswer(_Answer):
    """One ranking that a person was shown in, or was shown, as the decision log has it."""

    at: str
    call: str = Field(description="what was asked", examples=["candidates"])
    role: str | None = Field(description="whose: `platform`, `recruiter`, `organiser`; null where nobody was asked")
    organisation: str | None = Field(description="the recruiter's")
    posting_id: str | None = Field(description="of the posting whose candidates were asked for")
    rank: int | None = Field(description="where the person stood; null where the answer was their own, or no match")


class EventAnswer(_Answer):
    """What somebody did with one match."""

    at: datetime
    posting_id: str
    event: Event
    position: int | None


class ExportAnswer(_Answer):
    """All that is held on a person."""

    profile: ProfileRecord = Field(description="as the platform wrote it")
    texts: int = Field(description="how many texts of it are compared; their SHA-256 stands beside their vectors")
    vectors: int = Field(description="how many vectors are stored of those texts")
    feedback: list[EventAnswer] = Field(description="what was recorded about matches with this person")
    shown: list[ShownAnswer] | None = Field(
        description="to whom, and in which own answers; null where this server keeps no decision log"
    )
    pseudonym: str = Field(description="what the decision log calls this person")


class ErasureAnswer(_Answer):
    """A receipt: that a person's record was erased."""

    pseudonym: str = Field(description="what the decision log calls this person; it holds nothing else of them")
    erased_at: datetime = Field(description="from then on, it is in no answer and not in the database")
    change: int = Field(description="the deletion is among the changes of the log up to this one")
    files_clear_by: datetime = Field(description="when the index's files hold nothing of it any more, at the latest")


class OrganisationAnswer(_Answer):
    """One recruiting service, in figures."""

    id: str = Field(examples=["dinum"])
    postings: int
    open_postings: int


class OrganisationsAnswer(_Answer):
    """A page of the organisations."""

    organisations: list[OrganisationAnswer] = Field(description="by id")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class StatisticsAnswer(_Answer):
    """The forum in figures. Nothing here is about one person."""

    organisations: int
    postings: int
    open_postings: int
    profiles: int
    visible_profiles: int = Field(description="those whose owners let recruiters see them")


class NewKey(BaseModel):
    """A recruiter's key that is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation: Id = Field(description="whose postings the key opens", examples=["dinum"])
    days: int = Field(default=365, ge=1, le=3650, description="for how long")
    note: Line = Field(default="", max_length=MAX_NOTE, description="whose key it is", examples=["bureau RH 2"])


class KeyAnswer(_Answer):
    """A recruiter's key, without its secret."""

    id: str = Field(examples=["5f2c9a01b3d4"])
    organisation: str = Field(examples=["dinum"])
    note: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class KeysAnswer(_Answer):
    """A page of the recruiters' keys."""

    keys: list[KeyAnswer] = Field(description="the oldest first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


class NewKeyAnswer(KeyAnswer):
    """A new key. Its text is shown this once."""

    key: str = Field(description="what the header `Authorization: Bearer` carries; stored nowhere")


class LineAnswer(_Answer):
    """What became of one line of a bulk request."""

    line: int = Field(description="from 1, as it stands in the body", examples=[1])
    outcome: Outcome
    id: str | None = Field(default=None, description="of the record that was stored")
    field: str | None = Field(default=None, description="what is wrong, of a rejected line", examples=["title"])
    reason: str | None = Field(default=None, examples=["Field required"])


class EventAsked(_Asked):
    """What somebody did with one match."""

    posting_id: Id
    profile_id: Id
    event: Event
    position: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="its rank in the answer, from 1 on all pages"
    )


class FeedbackAsked(_Asked):
    """What became of the matches of one answer."""

    asks: Kind = Field(description="whose answer it was: a `posting`'s candidates, or a `profile`'s suggestions")
    request_id: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,64}$",
        description="the answer's X-Request-Id: each page is an answer of its own",
        examples=["3f9c0a51e2d47b86"],
    )
    events: Annotated[list[EventAsked], Field(min_length=1, max_length=MAX_EVENTS)]


class FeedbackAnswer(_Answer):
    """What was recorded."""

    recorded: int = Field(description="how many events are new: the same one of the same answer is recorded once")


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


class NotReadyAnswer(ProblemAnswer):
    """Why the service cannot be used: where its index is behind, what it holds, and by how much it is."""

    model: str | None = None
    postings: int | None = None
    profiles: int | None = None
    lag: int | None = Field(default=None, description="changes in the database that this process has not applied yet")


def matches_json(answer: Answer) -> bytes:
    """Return an answer as the JSON of a MatchesAnswer.

    Built by hand because it is the service's hot path: through the model it takes six times as long, most of it to
    check values that the engine made itself. A test holds the two forms together.
    """
    matches = [_match(explanation) for explanation in answer.explanations]
    return orjson.dumps({"eligible": answer.eligible, "matches": matches, "cursor": answer.cursor})


def found_json(found: Found, kind: Kind) -> bytes:
    """Return a page of a search as the JSON of a FoundAnswer."""
    understood = found.understood
    return orjson.dumps(
        {
            "total": found.total,
            "understood": {name: getattr(understood, name) for name in UnderstoodAnswer.model_fields},
            "counts": found.counts,
            "matches": [_found(explanation, kind) for explanation in found.explanations],
            "cursor": found.cursor,
        }
    )


def pair_json(explanation: Explanation | None, *, eligible: int, excluded_by: Sequence[str]) -> bytes:
    """Return a pair as the JSON of a PairAnswer."""
    match = _match(explanation) if explanation else None
    return orjson.dumps({"eligible": eligible, "match": match, "excluded_by": list(excluded_by)})


def _found(explanation: Explanation, kind: Kind) -> dict[str, Any]:
    match = explanation.match
    return {
        "id": match.profile_id if kind is Kind.PROFILE else match.posting_id,
        "rank": match.rank,
        "score": match.score,
        **_reasons(explanation),
    }


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
        **_reasons(explanation),
    }


def _reasons(explanation: Explanation) -> dict[str, Any]:
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
