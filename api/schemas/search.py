"""A free-text search: what is asked, and what is found."""

from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.schemas.base import MAX_CURSOR, MAX_TOP, Received, Sent
from api.schemas.matches import ContributionAnswer, SkillAnswer, reasons
from matcher.core.domain import Contract, Kind, OrganisationId, Remote
from matcher.core.errors import InvalidRecord
from matcher.core.places import REGIONS
from matcher.core.scoring import Explanation, Weights
from matcher.fields import COUNTED, Number
from matcher.search import UNKNOWN, WORDS_WEIGHT, Filters, Found, Search

MAX_QUERY = 2_000


def _region(code: str) -> str:
    if code not in _REGIONS:
        raise PydanticCustomError("region", "is no region's INSEE code, and not `unknown`")
    return code


_REGIONS = frozenset({region.code for region in REGIONS} | {UNKNOWN})

Region = Annotated[str, AfterValidator(_region)]
Unknown = Literal["unknown"]
Band = Literal["0-2", "3-5", "6-10", "11+"]
Share = Annotated[Number, Field(ge=0, le=1)]
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


class FiltersAsked(Received):
    """What documents must be: by facet, one of the values. `unknown` is what a document does not say."""

    region: list[Region] = Field(default=[], max_length=30, description="INSEE codes", examples=[["84", "unknown"]])
    contract: list[Contract | Unknown] = Field(default=[], max_length=30)
    experience: list[Band | Unknown] = Field(default=[], max_length=30, description="years")
    remote: list[Remote | Unknown] = Field(default=[], max_length=30)

    def to_domain(self) -> Filters:
        """Return them as the engine takes them."""
        return Filters(**{name: frozenset(map(str, getattr(self, name))) for name in FiltersAsked.model_fields})


class SearchAsked(Received):
    """A free-text search: trades, skills, places, contracts, remote work, languages, "phrases", -exclusions."""

    text: str = Field(
        min_length=1,
        max_length=MAX_QUERY,
        description="quoted phrases must stand in a document; what follows `-`, `sauf`, `hors`, `sans`, `pas de`, "
        "`not` must not, nor `et X` and a short `, X` after it (a place or a contract by the record's field); places "
        "(`à Lyon`, `RSSI (69)`, `69003`), remote work, contracts, languages, years of experience (`3-5 ans`: 3 to 5; "
        "`junior` 0 to 2, `confirmé` 3 or more, `senior` 5 or more), degrees (`bac+5`), yearly pay (`45 k€`), other "
        "terms (`catégorie A`, `disponible en mai`), qualities of a person (`motivé`) and skills between commas are "
        "understood; a text that asks for nothing is refused",
        examples=['data scientist santé, Lyon, télétravail, Python, -PHP, "open data"'],
    )
    filters: FiltersAsked = FiltersAsked()
    words_weight: Share = Field(
        default=WORDS_WEIGHT, description="what exact words count in the score; the other aspects share the rest"
    )
    weights: dict[Aspect, Share] = Field(
        default={},
        description="what some of the other aspects count instead; all are scaled to add up to 1. Where none is given, "
        "and the text names skills, those count three fifths of what titles, skills and bodies count together, titles "
        "the rest",
        examples=[{"title": 0.3, "skills": 0.5}],
    )
    top: Annotated[int, Field(ge=1, le=MAX_TOP), COUNTED] = Field(default=10, description="how many at most on a page")
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


class UnderstoodAnswer(Sent):
    """A search's text as it was understood."""

    words: str = Field(description="what is compared", examples=["data scientist santé Python"])
    phrases: list[str] = Field(description="what must stand in a document", examples=[["open data"]])
    either: list[list[str]] = Field(
        description='of each of these, one must stand in a document: `"open data" ou "big data"`', examples=[[]]
    )
    excluded: list[str] = Field(
        description="what must not, in the singular or plural, whatever its case and accents; CDI or CDD alone counts "
        "only where a document names no contract but a contract agent's, and not the other of the two",
        examples=[["PHP"]],
    )
    places: list[str] = Field(examples=[["Lyon"]])
    excluded_places: list[str] = Field(
        description="where it must not be: a document all of whose places lie there is not found", examples=[["Paris"]]
    )
    excluded_contracts: list[Contract] = Field(
        description="which it must not be alone: a document that names these contracts and no other is not found",
        examples=[["internship"]],
    )
    remote: Remote | None = Field(description="`none` where it is refused: a wish, it excludes nobody")
    contracts: list[Contract]
    languages: list[str] = Field(description="with their levels, as they were typed", examples=[["anglais courant"]])
    experience_years: float | None = Field(description="at least so many", examples=[0])
    experience_years_max: float | None = Field(
        description="at most so many whole years: who has more counts less in `experience`, and is found all the same",
        examples=[2],
    )
    education_level: int | None = Field(
        description="at least so high, of the European Qualifications Framework; who has less is found all the same",
        examples=[7],
    )
    salary_min: float | None = Field(description="gross euros a year", examples=[42000])
    salary_max: float | None = Field(description="gross euros a year", examples=[50000])
    terms: list[str] = Field(
        description="what the text says of pay, degree, category, hours, length, start and a person's qualities, as it "
        "was typed: a degree and a yearly pay are compared, the others are compared with nothing",
        examples=[["catégorie A", "bac+5"]],
    )


class FoundDocument(Sent):
    """One document that was found."""

    id: str
    rank: int = Field(description="from 1, on all pages")
    score: float = Field(description="the sum of the contributions", examples=[0.713])
    variants: list[str] = Field(
        description="the ids of other postings that say the same as this one: published twice, or by two services; "
        "none where profiles are found",
        examples=[[]],
    )
    contributions: list[ContributionAnswer]
    skills: list[SkillAnswer]
    sentence: dict[str, str] = Field(description="the reasons for a person, in French and in English")


class FoundAnswer(Sent):
    """A page of what was found."""

    total: int = Field(description="how many there are on all pages, variants included")
    understood: UnderstoodAnswer
    counts: dict[str, dict[str, int]] = Field(
        description="by facet and value, how many there are under the filters of the other facets",
        examples=[{"region": {"84": 12, "unknown": 3}}],
    )
    matches: list[FoundDocument] = Field(description="best first")
    cursor: str | None = Field(description="where the next page begins; null after the last")


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


def _found(explanation: Explanation, kind: Kind) -> dict[str, Any]:
    match = explanation.match
    return {
        "id": match.id_of(kind),
        "rank": match.rank,
        "score": match.score,
        "variants": list(match.variants),
        **reasons(explanation),
    }
