"""Free-text search, and "more like this": a question that nobody stored, put to one side.

A query is turned into the document that it asks for: to look for people, a posting with these words as its title, the
tools among them as its skills, the places and contracts that it names. It is ranked and explained as any posting is;
to its score comes what the database's full-text search finds, so that the name of a tool counts as it is written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from matcher.core.domain import (
    ASPECTS,
    Circumstances,
    Contribution,
    Explanation,
    Kind,
    Match,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    Standing,
    Weights,
)
from matcher.core.errors import InvalidRecord
from matcher.core.pages import NOTHING, Seen, seen_by, signature
from matcher.core.ports import Store, Thesaurus
from matcher.derive import Deriver
from matcher.finding import Bounds
from matcher.following import Follower
from matcher.reasons import Reasons
from matcher.stages import text
from matcher.stages.counts import BANDS, UNKNOWN, Filters
from matcher.stages.text import SearchQuery

__all__ = ["BANDS", "UNKNOWN", "Filters", "Found", "Search", "SearchQuery"]

WORDS = "words"
"""The aspect that full-text search adds to a score."""
WORDS_WEIGHT = 0.3
"""What it counts where nothing is said; the others share the rest."""
MOST_HITS = 2_000
"""Documents whose words count; those past them hold the query's words least."""
NOBODY = ""
"""The id of a document that is not stored."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked."""

    kind: Kind
    """Of the documents that are looked for."""
    text: str
    filters: Filters = field(default_factory=Filters)
    organisation: OrganisationId | None = None
    """On whose behalf profiles are searched: who hides from it is not there. None is nobody's."""
    words_weight: float = WORDS_WEIGHT
    weights: Weights | None = None
    """What each other aspect counts; the matcher's own where they are not given."""
    k: int = 10
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found."""

    explanations: tuple[Explanation, ...]
    total: int
    """How many documents meet what is required, on all pages."""
    counts: Mapping[str, Mapping[str, int]]
    """By facet and value, how many there are under all filters but the facet's own."""
    understood: SearchQuery
    cursor: str | None
    """Where the next page begins; None after the last."""
    under: Circumstances
    before: Seen = NOTHING
    """What the pages before this one have shown."""


class Searcher:
    """Puts what nobody stored to the corpus. Thread-safe."""

    def __init__(
        self, store: Store, *, thesaurus: Thesaurus, deriver: Deriver, follower: Follower, reasons: Reasons
    ) -> None:
        self._store = store
        self._thesaurus = thesaurus
        self._deriver = deriver
        self._follower = follower
        self._reasons = reasons

    def search(self, asked: Search, *, today: date, weights: Weights, before: Seen | None) -> Found:
        """Return a page of what a free text finds, with reasons and facet counts.

        Args:
            asked: the search.
            today: the day to search for.
            weights: what each aspect but words counts, those of the search included.
            before: what the pages before have shown; None where the search's cursor names it.

        Raises:
            InvalidRecord: the text asks for nothing, or the cursor is not this search's.
        """
        query = understood(asked)
        record = sought(query, asked.kind, self._thesaurus, organisation=asked.organisation)
        within = bounds(self._store, asked.kind, query)
        return self._found(record, asked, query, within, today=today, weights=weights, before=before)

    def like(self, record: Record, asked: Search, *, today: date, weights: Weights, before: Seen | None) -> Found:
        """Return a page of the documents of the same kind that are most like a stored one, with reasons.

        Args:
            record: the stored one.
            asked: on whose behalf, how many, and which page; its text names the record.
            today: as `search` takes it.
            weights: likewise.
            before: likewise.

        Raises:
            InvalidRecord: the cursor is not of these pages.
        """
        question = likeness(record, organisation=asked.organisation)
        within = Bounds(excluded=frozenset({record.id}))
        return self._found(question, asked, SearchQuery(""), within, today=today, weights=weights, before=before)

    def _found(
        self,
        record: Record,
        asked: Search,
        query: SearchQuery,
        within: Bounds,
        *,
        today: date,
        weights: Weights,
        before: Seen | None,
    ) -> Found:
        seen = seen_before(asked) if before is None else before
        derived = self._deriver.made([record]).derived[0]
        with self._follower.reading() as corpus:
            under = Circumstances(self._follower.sequence, today, weights)
            page = corpus.searched(
                corpus.question_of(record, derived, weights=weights),
                bounds=within,
                filters=asked.filters,
                weights=weights,
                words_weight=asked.words_weight,
                k=asked.k,
                seen=seen,
                today=today,
            )
        matches = [with_words(match, within.scores, asked.kind, weight=asked.words_weight) for match in page.matches]
        return Found(
            explanations=tuple(self._reasons.explain_unsaved(record, matches)),
            total=page.total,
            counts=page.counts,
            understood=query,
            cursor=page.seen.cursor(signed(asked)) if page.seen else None,
            under=under,
            before=seen,
        )


def understood(search: Search) -> SearchQuery:
    """Return what a search asks for.

    Raises:
        InvalidRecord: it asks for nothing.
    """
    query = text.parse(search.text)
    if query.is_empty:
        raise InvalidRecord(field="text", reason="asks for nothing: name a trade, a skill, a phrase or a place")
    return query


def sought(query: SearchQuery, kind: Kind, thesaurus: Thesaurus, *, organisation: OrganisationId | None) -> Record:
    """Return the document that a query asks the other side's documents for."""
    words = " ".join(filter(None, (query.words, *(phrase for phrase in query.phrases if phrase not in query.words))))
    skills = tuple(dict.fromkeys(words[one.start : one.end] for one in thesaurus.mentions(words)))
    parts = tuple(part for part in map(str.strip, query.words.split(",")) if part)
    if kind is Kind.PROFILE:
        return Posting(
            PostingId(NOBODY),
            title=words,
            organisation=Organisation(organisation) if organisation else None,
            skills=skills or parts[1:],
            locations=query.locations,
            remote=query.remote,
            contracts=query.contracts,
            experience_years_min=query.experience_years,
        )
    return Profile(
        ProfileId(NOBODY),
        headline=words,
        skills=skills or parts[1:],
        locations=query.locations,
        remote=query.remote,
        contracts=query.contracts,
        experience_years=query.experience_years,
    )


def likeness(record: Record, *, organisation: OrganisationId | None) -> Record:
    """Return the document of the other side that asks for those like this one: its texts, without its conditions."""
    if isinstance(record, Profile):
        past = "\n".join(filter(None, (f"{job.title}\n{job.summary}" for job in record.experiences)))
        return Posting(
            PostingId(NOBODY),
            title=record.headline,
            organisation=Organisation(organisation) if organisation else None,
            description="\n".join(filter(None, (record.summary, past))),
            skills=record.skills,
        )
    return Profile(
        ProfileId(NOBODY),
        headline=record.title,
        summary="\n".join(filter(None, (record.description, record.qualifications))),
        skills=record.skills,
    )


def bounds(store: Store, kind: Kind, query: SearchQuery) -> Bounds:
    """Ask the database which documents hold the query's words, and which hold its phrases and exclusions."""
    hits = store.search_text(kind, text.words(query.words), limit=MOST_HITS) if query.words else []
    most = max((hit.score for hit in hits), default=0.0)
    phrases = [store.ids_with(kind, text.words(phrase)) for phrase in query.phrases]
    excluded = [store.ids_with(kind, text.words(phrase)) for phrase in query.excluded]
    return Bounds(
        scores={hit.id: hit.score / most for hit in hits} if most > 0 else {},
        required=frozenset.intersection(*map(frozenset, phrases)) if phrases else None,
        excluded=frozenset().union(*excluded),
    )


def with_words(match: Match, scores: Mapping[str, float], kind: Kind, *, weight: float) -> Match:
    """Return a match to whose score the full-text search's is added; its other contributions shrink accordingly."""
    similarity = scores.get(match.profile_id if kind is Kind.PROFILE else match.posting_id, 0.0)
    parts = [
        part._replace(value=part.value * (1 - weight), weight=part.weight * (1 - weight))
        for part in match.contributions
    ]
    parts.append(Contribution(WORDS, weight * similarity, similarity, Standing.COMPARED, weight))
    return replace(match, score=sum(part.value for part in parts), contributions=tuple(parts))


def seen_before(search: Search) -> Seen:
    """Return what the pages before have shown.

    Raises:
        InvalidRecord: the cursor is no cursor, or another search's.
    """
    return seen_by(search.cursor, signed(search))


def signed(search: Search) -> bytes:
    """Return what binds a cursor to a search."""
    filters = {name: sorted(getattr(search.filters, name)) for name in ("region", "contract", "experience", "remote")}
    weights = [getattr(search.weights, name) for name in ASPECTS] if search.weights else None
    told = [search.kind, search.text, filters, search.organisation, search.words_weight, weights]
    return signature(json.dumps(told))
