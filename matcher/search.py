"""Free-text search, and "more like this": a question that nobody stored, put to one side.

A query is turned into the document that it asks for: to look for people, a posting with these words as its title, the
tools among them as its skills, the places and contracts that it names. It is ranked and explained as any posting is;
to its score comes what the database's full-text search finds, so that the name of a tool counts as it is written.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from matcher import naming
from matcher.core.domain import (
    Education,
    Kind,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    SalaryRange,
)
from matcher.core.errors import InvalidRecord
from matcher.core.pages import NOTHING, Seen, seen_by, signature
from matcher.core.places import departments_within
from matcher.core.ports import Thesaurus
from matcher.core.scoring import ASPECTS, Circumstances, Contribution, Explanation, Match, Standing, Weights
from matcher.core.storing import Store
from matcher.corpus import Derived
from matcher.derive import Deriver
from matcher.finding import Bounds
from matcher.following import Follower
from matcher.reasons import Reasons
from matcher.stages import text
from matcher.stages.counts import BANDS, UNKNOWN, Filters
from matcher.stages.eligibility import Refused
from matcher.stages.text import SearchQuery

__all__ = ["BANDS", "UNKNOWN", "Filters", "Found", "Search", "SearchQuery"]

READING = "10"
"""How a free text is read, and what its words count. Goes into the log with each search: another number whenever that
could come out otherwise."""
WORDS = "words"
"""The aspect that full-text search adds to a score."""
WORDS_WEIGHT = 0.3
"""What it counts where nothing is said; the others share the rest."""
NAMED_SHARE = 0.6
"""What skills count of what titles and skills count together, where all that a search names are tools."""
MOST_HITS = 2_000
"""Documents whose words count, of those that may be seen; those past them hold the query's words least."""
DEEPER = 4
"""How many times more hits are looked at where too few of them may be seen."""
NOBODY = ""
"""The id of a document that is not stored."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked."""

    kind: Kind
    """The kind of the documents that are looked for."""
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
    skills: tuple[str, ...] = ()
    """Those that a free text names, as they are written."""
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
        query = understood(asked, self._thesaurus)
        record = sought(query, asked.kind, self._thesaurus, organisation=asked.organisation)
        if asked.weights is None:
            weights = naming_tools(weights, naming.tools_share(record.skills, self._thesaurus))
        within = bounds(self._store, asked.kind, query, self._hits(asked, query, today=today))
        within = replace(within, wanted=sum(map(self._deriver.embedders.telling, text.typed_words(query.parts))))
        return self._found(record, asked, query, within, today=today, weights=weights, before=before, asks=True)

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

    def _hits(self, asked: Search, query: SearchQuery, *, today: date) -> dict[str, float]:
        """Return how well words answer, by id: of the best MOST_HITS documents that whoever asks may see.

        Where there are no more, of others as well.
        """
        wanted = text.search_words(query.parts)
        limit = MOST_HITS
        while wanted:
            hits = self._store.search_text(asked.kind, wanted, weigh=self._deriver.embedders.telling, limit=limit)
            if len(hits) < MOST_HITS:
                return {hit.id: hit.score for hit in hits}
            with self._follower.reading() as corpus:
                shown = corpus.shown(asked.kind, [hit.id for hit in hits], organisation=asked.organisation, today=today)
            if len(shown) >= MOST_HITS or len(hits) < limit:
                scores = {hit.id: hit.score for hit in hits}
                return {name: scores[name] for name in shown[:MOST_HITS]}
            # Those that may not be seen are not to take the places of others.
            limit *= DEEPER
        return {}

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
        asks: bool = False,
    ) -> Found:
        seen = seen_before(asked) if before is None else before
        derived = self._deriver.made([record]).derived[0]
        if asks and isinstance(record, Profile):
            # What a trade's name says of whoever has it, nobody asks of a posting.
            derived = only_listed(derived)
        with self._follower.reading() as corpus:
            under = Circumstances(self._follower.sequence, today, weights)
            page = corpus.searched(
                corpus.question_of(record, derived, weights=weights, years_max=query.experience_years_max, asks=asks),
                bounds=within,
                filters=asked.filters,
                weights=weights,
                words_weight=asked.words_weight,
                k=asked.k,
                seen=seen,
                today=today,
            )
        matches = [with_words(match, page.words, asked.kind, weight=asked.words_weight) for match in page.matches]
        return Found(
            explanations=tuple(
                self._reasons.explain_unsaved(record, derived, matches, asks=asks and asked.kind is Kind.POSTING)
            ),
            total=page.total,
            counts=page.counts,
            understood=query,
            cursor=page.seen.cursor(signed(asked)) if page.seen else None,
            under=under,
            skills=record.skills if query.words else (),
            before=seen,
        )


def only_listed(derived: Derived) -> Derived:
    """Return what was derived of a document without the skills that it does not list."""
    kept = [
        (skill, vector)
        for skill, vector in zip(derived.skills, derived.skill_vectors, strict=True)
        if skill.listed is not None
    ]
    return replace(derived, skills=[skill for skill, _ in kept], skill_vectors=[vector for _, vector in kept])


def naming_tools(weights: Weights, share: float) -> Weights:
    """Return what each aspect counts where a search names skills, of which a share are tools.

    Who types the name of a tool beside a trade means both: what titles, skills and bodies count together is shared by
    titles and skills, and a body, which no search has, counts nothing. A method, a field of work or what nobody knows
    counts what it usually does.
    """
    if not share:
        return weights
    said = weights.title + weights.skills + weights.body
    skills = share * NAMED_SHARE * said + (1 - share) * weights.skills
    return weights.changed({"title": said - skills, "skills": skills, "body": 0.0})


def understood(search: Search, thesaurus: Thesaurus) -> SearchQuery:
    """Return what a search asks for.

    Args:
        search: what was asked.
        thesaurus: which of its words are tools, and which are trades.

    Raises:
        InvalidRecord: it asks for nothing.
    """
    query = text.parse(
        search.text,
        is_tool=naming.tools_in(search.text, thesaurus),
        ends=partial(naming.is_asked, thesaurus=thesaurus),
        ends_else=partial(naming.is_no_tool, thesaurus=thesaurus),
    )
    if query.is_empty:
        raise InvalidRecord(field="text", reason="asks for nothing: name a trade, a skill, a phrase or a place")
    return query


def sought(query: SearchQuery, kind: Kind, thesaurus: Thesaurus, *, organisation: OrganisationId | None) -> Record:
    """Return the document that a query asks the other side's documents for."""
    skills = tuple(dict.fromkeys(naming.skills(query.parts, thesaurus)))
    # What stands between commas and is a skill's name is no part of the trade's.
    trades = (part for part in query.parts if not naming.is_skill(part, thesaurus))
    title = " ".join(naming.without_way(part, thesaurus) for part in trades) or query.words
    pays = query.salary_min is not None or query.salary_max is not None
    if kind is Kind.PROFILE:
        return Posting(
            PostingId(NOBODY),
            title=title,
            organisation=Organisation(organisation) if organisation else None,
            skills=skills,
            languages=query.languages,
            locations=query.locations,
            remote=query.remote,
            contracts=query.contracts,
            experience_years_min=query.experience_years,
            education_level_min=query.education_level,
            salary_eur_year=SalaryRange(query.salary_min, query.salary_max) if pays else None,
        )
    return Profile(
        ProfileId(NOBODY),
        headline=title,
        skills=skills,
        languages=query.languages,
        locations=query.locations,
        remote=query.remote,
        contracts=query.contracts,
        # Who has the most that is meant may have what any such posting asks for.
        experience_years=query.experience_years if query.experience_years_max is None else query.experience_years_max,
        education=(Education("", query.education_level),) if query.education_level else (),
        salary_eur_year_min=query.salary_min,
    )


def likeness(record: Record, *, organisation: OrganisationId | None) -> Record:
    """Return a document of the other side, of this one's texts without its conditions, to look for those like it."""
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


def bounds(store: Store, kind: Kind, query: SearchQuery, scores: Mapping[str, float]) -> Bounds:
    """Ask the database which documents hold the query's phrases and exclusions; its places are in memory."""
    phrases = [
        frozenset().union(*(store.ids_with(kind, one) for phrase in some for one in text.spellings(phrase)))
        for some in (*((phrase,) for phrase in query.phrases), *query.either)
    ]
    words = [phrase for phrase in query.excluded if phrase != query.apart]
    excluded = [store.ids_with(kind, one) for phrase in words for one in text.refused_spellings(phrase)]
    return Bounds(
        scores=scores,
        required=frozenset.intersection(*phrases) if phrases else None,
        excluded=frozenset().union(*excluded),
        refused=Refused(_departments(query.excluded_locations), frozenset(query.excluded_contracts)),
        told=_told(store, kind, query.apart) if query.apart else frozenset(),
    )


def _told(store: Store, kind: Kind, contract: str) -> frozenset[str]:
    """Return the documents whose words name a contract and none of those that their field does not tell from it."""
    one, others = (
        frozenset().union(*(store.ids_with(kind, phrase) for phrase in phrases))
        for phrases in text.one_and_others(contract)
    )
    return one - others


def _departments(places: Iterable[Location]) -> frozenset[str]:
    every = (departments_within(place.region, place.department, place.city) for place in places)
    return frozenset().union(*every)


def with_words(match: Match, words: Mapping[str, float] | None, kind: Kind, *, weight: float) -> Match:
    """Return a match to whose score the full-text search's is added; its other contributions shrink accordingly.

    Where no document that may be shown holds a word (None), there is no such aspect, unless it is all that counts.
    """
    if words is None and weight < 1:
        return match
    similarity = words[match.id_of(kind)] if words else 0.0
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
