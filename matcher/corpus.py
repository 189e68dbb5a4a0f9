"""Both sides in memory: vectors and traits of every posting and profile, row by row, and who ranks for whom.

No database and no text here: the engine puts documents in and takes them out as the change log says. Not thread-safe:
the engine holds its lock.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np

from matcher.comparison import Best, Comparison, Question, Side
from matcher.core.domain import Facet, Kind, Match, PostingId, ProfileId, Record, Variety, Weights, kind_of
from matcher.core.errors import NotFound, SnapshotRefused
from matcher.core.matched import Matched
from matcher.core.pages import NOTHING, Seen, lot
from matcher.core.ports import Vectors
from matcher.core.skills import Near, Skill
from matcher.core.terms import Terms
from matcher.core.traits import Rows, TraitTable
from matcher.stages.counts import Filters, counted, filtered, values
from matcher.stages.eligibility import eligible_postings, eligible_profiles, failed, in_dates
from matcher.stages.index import FacetIndex
from matcher.stages.rank import (
    SLACK,
    contenders,
    in_order,
    matches,
)
from matcher.stages.skills import Offered, Reach, Shares, SkillSets, Vocabulary, Wanted
from matcher.stages.vary import ORGANISATION_UNKNOWN, SAME_BODY, Shown, same_postings, shown

FEW_TWINS = 4
"""How many documents more than are shown are ranked where only those that say the same are shown as one."""
BLOCK = 64
"""Queries per matrix product in `match_all`."""
SPARE = 3
"""How many times more documents than are shown are ranked where some may not be shown."""


VECTORS = (Facet.TITLE, Facet.BODY)
"""The facets that are compared as one vector each; skills are compared one by one."""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the corpus takes of a document beside the record itself."""

    vectors: Mapping[Facet, Vectors]
    """Unit vectors by facet, of VECTORS; a facet that the document lacks is absent."""
    skills: Sequence[Skill] = ()
    skill_vectors: Sequence[Vectors] = ()
    """A unit vector a skill."""
    terms: Terms | None = None
    """Of its body; None where it has none, or none are compared."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best matches of one document."""

    matches: Matched
    eligible: int
    """How many documents passed the hard constraints, ranked here or not."""
    has_more: bool = False
    """Whether a page may come after this one: it is empty only where what is left must not be shown so often."""


@dataclass(frozen=True, slots=True)
class _Left:
    """What may be shown of a ranking after the pages before."""

    found: Best
    """Best first; then, worked out with them, what was shown before."""
    before: int = 0
    """How many of the last ones that is."""
    met: int = 0
    """How many of those that the pages before have shown were ranked again."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One posting and one profile."""

    match: Match | None
    """With its rank among all candidates of the posting; None where it is excluded."""
    excluded_by: Sequence[str]
    """The hard constraints that the two fail: of `failed`, and `hidden`."""
    eligible: int
    """How many profiles pass them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is, and of whom."""

    open_postings: int
    """Those that are open and in their dates."""
    visible_profiles: int
    """Those that their owners let recruiters see."""
    organisations: Mapping[str, tuple[int, int]]
    """How many postings each has, and how many of them are open; one that no posting names is absent."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the database says of a query's words."""

    scores: Mapping[str, float] = field(default_factory=dict)
    """By id, how well a document's words answer, 0 to 1."""
    required: frozenset[str] | None = None
    """The documents that hold every phrase; None where none is asked for."""
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a search found."""

    matches: list[Match]
    total: int
    """How many there are on all pages."""
    counts: Mapping[str, Mapping[str, int]]
    """By facet and value, under the filters of the other facets."""
    seen: Seen | None
    """All that was shown up to here; None where nothing comes after."""


class Corpus:
    """All documents that can be matched now."""

    def __init__(self, dimensions: Mapping[Facet, int], *, near: Near, terms_share: float = 0.0) -> None:
        """Make an empty one.

        Args:
            dimensions: of each facet's vectors.
            near: the thesaurus: which skills stand in for one.
            terms_share: what the cosine of terms counts in a body's; 0 means that no terms are kept.
        """
        self._dimensions = dimensions
        self._near = near
        self._terms_share = terms_share
        self.sides = {kind: Side(FacetIndex(_compared_whole(dimensions), terms_share=terms_share)) for kind in Kind}
        self.vocabulary = Vocabulary(dimensions[Facet.SKILLS], near)
        self._introduce()

    def count(self, kind: Kind) -> int:
        """Return how many documents of a kind there are."""
        return len(self.sides[kind].index)

    def ids(self, kind: Kind) -> list[str]:
        """Return the ids of a kind, ascending."""
        return sorted(name for name in self.sides[kind].index.ids if name is not None)

    def organisation_of(self, posting_id: str) -> str | None:
        """Return a posting's organisation, None when it names none.

        Raises:
            NotFound: there is no such posting.
        """
        side = self.sides[Kind.POSTING]
        row = side.index.row(posting_id)
        if row is None:
            raise NotFound(Kind.POSTING)
        return side.traits.organisation_of(row)

    def figures(self, *, today: date) -> Figures:
        """Return how much there is, without any document's own traits."""
        postings, profiles = self.sides[Kind.POSTING].traits, self.sides[Kind.PROFILE].traits
        span = postings.many(slice(None))
        is_open = postings.alive & span.listed & in_dates(span, today=today)
        every, still = postings.count_by_organisation(postings.alive), postings.count_by_organisation(is_open)
        return Figures(
            open_postings=int(is_open.sum()),
            visible_profiles=int((profiles.alive & profiles.many(slice(None)).listed).sum()),
            organisations={name: (count, still.get(name, 0)) for name, count in sorted(every.items())},
        )

    def put(self, record: Record, derived: Derived) -> None:
        """Add or replace a document.

        Raises:
            InvalidVectors: a vector is not a finite unit vector of its facet's dimension, or terms are missing.
        """
        side = self.sides[kind_of(record)]
        row = side.index.put(record.id, derived.vectors, derived.terms)
        side.traits.put(row, record)
        numbers = [*map(self.vocabulary.take, derived.skills, derived.skill_vectors)]
        self.vocabulary.release(side.skills.put(row, numbers, [skill.share for skill in derived.skills]))

    def remove(self, kind: Kind, document_id: str) -> None:
        """Take a document out of every answer; nothing happens if it is not there."""
        side = self.sides[kind]
        row = side.index.remove(document_id)
        if row is not None:
            side.traits.remove(row)
            self.vocabulary.release(side.skills.remove(row))

    def question(self, kind: Kind, document_id: str, *, weights: Weights) -> Question:
        """Return a document's question to the other side.

        Raises:
            NotFound: there is no such document.
        """
        here, there = self.sides[kind], self.sides[kind.other]
        row = here.index.row(document_id)
        if row is None:
            raise NotFound(kind)
        numbers, shares = here.skills.of(row)
        reaches = self.vocabulary.asked(numbers) if kind is Kind.POSTING else self.vocabulary.offered(numbers)
        facets, known = here.index.side_by_side(row)
        return Question(
            kind=kind,
            id=document_id,
            query=there.index.query_of(
                facets,
                known,
                here.index.terms(row),
                weights=weights.facets(),
                unknown=here.index.mean_similarity(there.index),
            ),
            traits=here.traits.many(np.array([row])),
            organisation=here.traits.organisation_of(row) if kind is Kind.POSTING else None,
            hides=here.traits.hides(row),
            skills=self._tables(kind, reaches, shares),
            has_skills=bool(reaches),
        )

    def question_of(self, record: Record, derived: Derived, *, weights: Weights) -> Question:
        """Return the question of a document that need not be stored; nothing of it is kept."""
        kind = kind_of(record)
        here, there = self.sides[kind], self.sides[kind.other]
        traits = TraitTable(capacity=1)
        traits.put(0, record)
        reach = self.vocabulary.asked_now if kind is Kind.POSTING else self.vocabulary.offered_now
        reaches = [*map(reach, derived.skills, derived.skill_vectors)]
        shares = np.array([skill.share for skill in derived.skills], dtype=np.float32)
        return Question(
            kind=kind,
            id=record.id,
            query=there.index.query(
                derived.vectors,
                weights=weights.facets(),
                unknown=here.index.mean_similarity(there.index),
                terms=derived.terms,
            ),
            traits=traits.many(slice(0, 1)),
            organisation=traits.organisation_of(0) if kind is Kind.POSTING else None,
            hides=traits.hides(0),
            skills=self._tables(kind, reaches, shares),
            has_skills=bool(reaches),
        )

    def _tables(self, kind: Kind, reaches: Sequence[Reach], shares: Shares) -> Wanted | Offered | None:
        numbers = len(self.vocabulary)
        if kind is Kind.PROFILE:
            return Offered.of(reaches, numbers=numbers)
        return Wanted.of(reaches, shares, numbers=numbers) if reaches else None

    def best(self, question: Question, *, k: int, weights: Weights, today: date) -> Ranking:
        """Return the k best matches of one document."""
        eligible = self._eligible(question, today)
        found = self._asked_by(question, weights, today).ranked(eligible, None, k=k)
        return self._ranking(question, found, weights, eligible=len(eligible))

    def _ranking(self, question: Question, found: Best, weights: Weights, *, eligible: int) -> Ranking:
        matched = self._matches(question, found, weights)
        return Ranking(matched, eligible=eligible, has_more=0 < len(matched) < eligible)

    def varied(
        self,
        question: Question,
        *,
        k: int,
        weights: Weights,
        variety: Variety,
        today: date,
        seen: Seen = NOTHING,
    ) -> Ranking:
        """Return the k best matches of one document, without saying one thing again and again.

        Args:
            question: the document's.
            k: how many at most.
            weights: what each aspect counts.
            variety: how one thing is kept from being said again and again.
            today: the day of the request.
            seen: what the pages before have shown: it is not shown again, and its organisations and its likes count.
        """
        # Of a profile, nobody but its owner says that it is another's twin: only postings are shown as one.
        if question.kind is Kind.POSTING:
            variety = replace(variety, merged=False, per_organisation=None)
        if k <= 0 or (variety.asks_nothing and not seen):
            return self.best(question, k=k, weights=weights, today=today)
        eligible = self._eligible(question, today)
        depth = k if variety.asks_nothing else k + FEW_TWINS if variety.only_merges else SPARE * (k + 1)
        while True:
            ranked = self._asked_by(question, weights, today).ranked(eligible, None, k=depth + len(seen))
            left = self._unseen(question, ranked, seen, depth=depth, variety=variety) if seen else _Left(ranked)
            is_all = len(left.found.rows) - left.before < depth
            if variety.per_organisation and not variety.diversity and depth > SPARE * (k + 1):
                left = self._thinned(question, left, variety=variety)
            chosen = self._shown(question, left, k=k, variety=variety)
            if len(chosen) == k or is_all:
                break
            depth *= SPARE
        matched = self._chosen(question, left.found, chosen, weights)
        if seen:
            matched = matched.ranked_from(seen.first)
        used = left.met + sum(1 + len(one.variants) for one in chosen)
        return Ranking(matched, eligible=len(eligible), has_more=len(chosen) == k and len(eligible) > used)

    def _unseen(self, question: Question, ranked: Best, seen: Seen, *, depth: int, variety: Variety) -> _Left:
        """Return the `depth` best rows that no page before has shown, and those shown before that still count."""
        ids, known = self.sides[question.kind.other].index.ids, frozenset(seen)
        lots = [lot("", ids[row] or "") for row in ranked.rows.tolist()]
        met = [place for place, drawn in enumerate(lots) if drawn in known]
        fresh = [place for place, drawn in enumerate(lots) if drawn not in known][:depth]
        shown_before = frozenset(seen.shown if variety.per_organisation or variety.diversity else ())
        before = [place for place in met if lots[place] in shown_before]
        found = ranked.take(np.array([*fresh, *before], dtype=np.int64))
        return _Left(found, before=len(before), met=len(met))

    def _thinned(self, question: Question, left: _Left, *, variety: Variety) -> _Left:
        """Leave out the rows that cannot be shown, nor as a variant: others of their organisation take its places.

        Where a few organisations have thousands of postings, all that there are have to be looked at, and hardly any
        two of them compared. One that is no other's twin is passed over once as many such ones of its organisation
        stand before it as may be shown, whatever else is; with diversity, its place would not tell.
        """
        there, rows, fresh = self.sides[question.kind.other], left.found.rows, len(left.found.rows) - left.before
        may_be_twins = (
            there.index.may_have_twins(Facet.BODY, rows[:fresh], least=SAME_BODY)
            if variety.merged
            else np.zeros(fresh, dtype=np.bool_)
        )
        organisations = there.traits.many(rows).organisation.tolist()
        of_each = Counter(organisations[fresh:])
        kept = []
        for place, (organisation, may_be_twin) in enumerate(zip(organisations, may_be_twins.tolist(), strict=False)):
            if not may_be_twin and organisation != ORGANISATION_UNKNOWN:
                of_each[organisation] += 1
                if of_each[organisation] > (variety.per_organisation or fresh):
                    continue
            kept.append(place)
        return replace(left, found=left.found.take(np.array([*kept, *range(fresh, len(rows))], dtype=np.int64)))

    def _shown(self, question: Question, left: _Left, *, k: int, variety: Variety) -> list[Shown]:
        there, found = self.sides[question.kind.other], left.found
        # Nearly always no two bodies are alike, and nothing else need be looked at.
        if variety.asks_nothing or (
            variety.only_merges and not there.index.may_be_alike(Facet.BODY, found.rows, least=SAME_BODY)
        ):
            return [Shown(place) for place in range(min(k, len(found.rows)))]
        cosines, known = there.index.among(found.rows)
        traits = there.traits.many(found.rows)
        return shown(
            found.scores.tolist(),
            k,
            variety,
            same=same_postings(cosines, known, traits, there.index.facets)
            if variety.merged
            else np.zeros((len(found.rows), len(found.rows)), dtype=np.bool_),
            alike=cosines.mean(axis=0),
            organisations=traits.organisation.tolist(),
            before=left.before,
        )

    def _chosen(self, question: Question, found: Best, chosen: Sequence[Shown], weights: Weights) -> Matched:
        places = np.array([one.place for one in chosen], dtype=np.int64)
        ids = self.sides[question.kind.other].index.ids
        variants = [tuple(ids[found.rows[place]] or "" for place in one.variants) for one in chosen]
        return self._matches(question, found.take(places), weights).with_variants(variants)

    def searched(
        self,
        question: Question,
        *,
        bounds: Bounds,
        filters: Filters,
        weights: Weights,
        words_weight: float,
        k: int,
        seen: Seen,
        today: date,
    ) -> Page:
        """Return a page of the documents that a question finds under filters, and how many there are of what.

        Args:
            question: of a document that need not be stored.
            bounds: what full-text search says.
            filters: what documents must be.
            weights: what each aspect counts.
            words_weight: what full-text search counts; the others share the rest.
            k: how many at most.
            seen: what the pages before have shown: it is not shown again.
            today: the day of the request.
        """
        there = self.sides[question.kind.other]
        eligible = self._eligible(question, today)
        if bounds.required is not None:
            eligible = eligible[there.index.are(eligible, bounds.required)]
        eligible = eligible[~there.index.are(eligible, bounds.excluded)]
        found = values(there.traits.many(eligible))
        passed = filtered(found, filters)
        counts = counted(found, passed)
        rows = eligible[np.logical_and.reduce([*passed.values()])]
        comparison = self._asked_by(question, weights, today)
        skills = comparison.skills(rows)
        facet_scores = there.index.scores(question.query, rows)
        base = comparison.totals(rows, facet_scores, skills)
        words = np.zeros(len(rows))
        hits = there.index.are(rows, bounds.scores)
        words[hits] = [bounds.scores[there.index.ids[row] or ""] for row in rows[hits].tolist()]
        rough = (1 - words_weight) * base + words_weight * words
        near = contenders(rough, k + 1 + len(seen))
        best = comparison.scored(rows, near, skills)
        scores = (1 - words_weight) * best.scores + words_weight * words[near]
        order = in_order(scores, best.rows, there.index.ids, k=k, seen=frozenset(seen))
        page = order[:k]
        places = np.array([place for _, place in page], dtype=np.int64)
        matched = [*self._matches(question, best.take(places), weights).ranked_from(seen.first)]
        shown_by_now = seen.and_then([drawn for drawn, _ in page]) if len(order) > k > 0 else None
        return Page(matched, total=len(rows), counts=counts, seen=shown_by_now)

    def pair(self, posting_id: str, profile_id: str, *, weights: Weights, today: date) -> Pair:
        """Return one pair as the list of the posting's candidates has it.

        Raises:
            NotFound: there is no such posting or no such profile.
        """
        question = self.question(Kind.POSTING, posting_id, weights=weights)
        there = self.sides[Kind.PROFILE]
        row = there.index.row(profile_id)
        if row is None:
            raise NotFound(Kind.PROFILE)
        eligible = self._eligible(question, today)
        if row not in eligible:
            hidden = question.organisation in there.traits.hides(row)
            reasons = failed(question.traits, there.traits.many(np.array([row])), today=today)
            return Pair(None, [*reasons, *(["hidden"] if hidden else [])], eligible=len(eligible))
        facet_scores = there.index.scores(question.query, eligible)
        comparison = self._asked_by(question, weights, today)
        _, scores = comparison.rough(eligible, facet_scores)
        # No deeper than it stands: all before it, and those that rounding alone may have put behind it.
        depth = int((scores >= scores[np.searchsorted(eligible, row)] - 2 * SLACK).sum())
        found = comparison.ranked(eligible, facet_scores, k=depth)
        match = next(one for one in self._matches(question, found, weights) if one.profile_id == profile_id)
        return Pair(match, (), eligible=len(eligible))

    def best_of_block(
        self, kind: Kind, ids: Sequence[str], *, k: int, weights: Weights, today: date
    ) -> Iterator[Ranking]:
        """Yield what `best` returns of each of up to BLOCK documents, from one matrix product."""
        questions = [self.question(kind, name, weights=weights) for name in ids]
        scores = self.sides[kind.other].index.scores_of_all([question.query for question in questions])
        for question, every in zip(questions, scores, strict=True):
            eligible = self._eligible(question, today)
            found = self._asked_by(question, weights, today).ranked(eligible, every[eligible], k=k)
            yield self._ranking(question, found, weights, eligible=len(eligible))

    def derived(self, kind: Kind, row: int) -> tuple[dict[Facet, Vectors], Terms | None, list[tuple[str, float]]]:
        """Return what is held of a document: its vectors, terms, and its skills' names and shares, for `fsck`."""
        side = self.sides[kind]
        numbers, shares = side.skills.of(row)
        names = [self.vocabulary.name(number) for number in numbers.tolist()]
        return side.index.facet_vectors(row), side.index.terms(row), [*zip(names, shares.tolist(), strict=True)]

    def save(self, folder: Path) -> None:
        """Write everything into an empty folder; `load` brings it back."""
        self.vocabulary.save(folder / "vocabulary.npz")
        for kind, side in self.sides.items():
            (folder / kind).mkdir()
            side.index.save(folder / kind)
            side.traits.save(folder / kind / "traits.npz", rows=side.index.rows)
            side.skills.save(folder / kind / "skills.npz")

    @classmethod
    def load(cls, folder: Path, dimensions: Mapping[Facet, int], *, near: Near, terms_share: float = 0.0) -> Self:
        """Read what `save` wrote; the caller has checked the files' digests.

        Raises:
            SnapshotRefused: the files cannot be read or do not fit each other.
        """
        corpus = cls(dimensions, near=near, terms_share=terms_share)
        try:
            corpus.vocabulary = Vocabulary.load(
                folder / "vocabulary.npz", dimension=dimensions[Facet.SKILLS], near=near
            )
            for kind in Kind:
                corpus.sides[kind] = corpus._load_side(folder / kind)
            corpus._introduce()
        except (OSError, ValueError) as error:  # another process may have swept it away since it was checked
            raise SnapshotRefused(f"the snapshot cannot be read ({error}): rebuilding from the database") from error
        return corpus

    def _introduce(self) -> None:
        for kind, side in self.sides.items():
            side.index.asking = self.sides[kind.other].index

    def _load_side(self, folder: Path) -> Side:
        index = FacetIndex.load(folder, _compared_whole(self._dimensions), terms_share=self._terms_share)
        traits = TraitTable.load(folder / "traits.npz")
        skills = SkillSets.load(folder / "skills.npz", numbers=len(self.vocabulary))
        taken = [row for row, name in enumerate(index.ids) if name is not None]
        if len(traits.alive) < index.rows or np.flatnonzero(traits.alive).tolist() != taken:
            raise ValueError("its traits are of other rows")
        if not set(skills.rows().tolist()).issubset(taken):
            raise ValueError("its skills are of other rows")
        return Side(index, traits, skills)

    def _eligible(self, question: Question, today: date) -> Rows:
        there = self.sides[question.kind.other]
        one, rows = question.traits, there.index.rows
        if question.kind is Kind.PROFILE:
            return eligible_postings(one, there.traits, rows=rows, hidden_from=question.hides, today=today)
        return eligible_profiles(one, there.traits, rows=rows, organisation=question.organisation, today=today)

    def _asked_by(self, question: Question, weights: Weights, today: date) -> Comparison:
        return Comparison(question, self.sides[question.kind.other], weights, today)

    def _matches(self, question: Question, found: Best, weights: Weights) -> Matched:
        index = self.sides[question.kind.other].index
        return matches(
            [_ids(question, index.ids[row] or "") for row in found.rows.tolist()],
            facets=dict(zip(index.facets, zip(found.cosines.T, found.compared.T, strict=True), strict=True)),
            agreed=found.agreed,
            weights=weights,
        )


def _ids(question: Question, other: str) -> tuple[PostingId, ProfileId]:
    if question.kind is Kind.POSTING:
        return PostingId(question.id), ProfileId(other)
    return PostingId(other), ProfileId(question.id)


def _compared_whole(dimensions: Mapping[Facet, int]) -> dict[Facet, int]:
    return {facet: dimensions[facet] for facet in VECTORS}
