"""A question and the other side's documents: who is eligible, what each scores, and who cannot be among the best.

Where many are eligible, a document is looked at one aspect after the other, and left out once all that it could still
get would leave it behind others. Answers are those of comparing every document with every aspect.

Source: as Fagin, Lotem and Naor's threshold algorithm (PODS 2001), and Broder et al.'s WAND (CIKM 2003).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from matcher.compiled import in_halves
from matcher.core.domain import Kind, PostingId, ProfileId
from matcher.core.matched import Matched
from matcher.core.scoring import Weights
from matcher.core.traits import Held, Mask, Rows, Traits, TraitTable
from matcher.stages.eligibility import eligible_postings, eligible_profiles, failed
from matcher.stages.index import FacetIndex
from matcher.stages.index.query import Query
from matcher.stages.rank import (
    SLACK,
    UNASKED,
    Scores,
    at_least,
    contenders,
    highest,
    most,
    paired,
    top,
    totals,
)
from matcher.stages.skills import NO_SKILLS, Offered, Shares, SkillSets, Wanted
from matcher.variants import Known, Variants

MANY, MANY_FLAT = 4096, 1024
"""From so many eligible documents on, those that cannot be among the best are left out before they are compared; from
fewer where vectors are plain floats, as to compare one takes longer."""
FEW = 512
"""Fewer documents than this are all compared at once."""
FEW_FLAT = 256
"""Fewer documents than this whose vectors are plain floats are all compared in all aspects."""
SEEDS, SEEDS_FLAT = 256, 64
"""Documents that are scored first: their scores say what the others have to reach; fewer of plain floats."""
TRIED_PER_SEED = 4
"""How many times more documents are bounded closely to choose the seeds."""
SPARE = 3
"""How many times more documents than are looked for there must be for any to be left out."""

Shortfall = Callable[[Rows], npt.NDArray[np.float32]]
"""By how much each of some rows falls short of the most that a row can get for one aspect or part of a vector.

Shape (rows,), not negative but for rounding: an upper bound of a score less a shortfall is a lower, closer upper bound.
"""
Skills = Shares | float
"""How well each of some rows agrees in skills; one number where it is the same for all."""


@dataclass(slots=True)
class Side:
    """One kind of document; a document has the same row in all four."""

    index: FacetIndex
    traits: TraitTable = field(default_factory=TraitTable)
    skills: SkillSets = field(default_factory=SkillSets)
    variants: Variants = field(default_factory=Variants)

    def look_for_variants(self) -> bool:
        """Look for variants of some documents, so that `known_variants` need not; return whether there may be more."""
        return self.variants.look(self.index, self.traits, self.skills)

    def known_variants(self) -> Known | None:
        """Return which documents say the same, by row; None where there are too many to know that of all."""
        return self.variants.known(self.index, self.traits, self.skills)


class Question(NamedTuple):
    """A document that asks for the best of the other side, stored or not."""

    kind: Kind
    id: str
    query: Query
    traits: Traits
    """One row, as columns."""
    held: Held
    """The row of `traits`, as compiled loops take it."""
    organisation: str | None
    """A posting's."""
    hides: frozenset[str]
    """The organisations that a profile hides from."""
    skills: Wanted | Offered | None
    """The skills that are asked for, or that a profile has; None where it names none."""
    asks: bool
    """Whether its skills are asked of the other side: a posting's are, and those that a search names."""
    years_max: float = math.nan
    """The most experience that a search for profiles asks for, in whole years; NaN where more is as good."""


class Best(NamedTuple):
    """The best rows of one question, best first, before they are matches."""

    rows: Rows
    scores: Scores
    similarity: npt.NDArray[np.float64]
    """Shape (rows, aspects), in the order of ASPECTS."""
    compared: Mask
    """Same shape: whether both sides say something."""

    def take(self, places: npt.NDArray[np.int64] | slice) -> "Best":
        """Return some of them, in the order of their places."""
        return Best(self.rows[places], self.scores[places], self.similarity[places], self.compared[places])


class Ranking(NamedTuple):
    """The best matches of one document."""

    matches: Matched
    eligible: int
    """How many documents passed the hard constraints, ranked here or not."""
    has_more: bool = False
    """Whether a page may come after this one: it is empty only where what is left must not be shown so often."""


class Comparison:
    """One question to the other side, under some weights, on some day."""

    def __init__(self, question: Question, there: Side, *, numbers: int, weights: Weights, today: date) -> None:
        """Take the parts.

        Args:
            question: who asks.
            there: the other side.
            numbers: how many skills there are.
            weights: what each aspect counts.
            today: the day of the request.
        """
        self.question = question
        self.there = there
        self._numbers = numbers
        self._weights = weights
        self._today = today
        self._is_posting = question.kind is Kind.POSTING

    def eligible(self) -> Rows:
        """Return the rows that pass every hard constraint, ascending."""
        asks, there = self.question, self.there
        one, rows = asks.traits, there.index.rows
        if self._is_posting:
            return eligible_profiles(one, there.traits, rows=rows, organisation=asks.organisation, today=self._today)
        return eligible_postings(one, there.traits, rows=rows, hidden_from=asks.hides, today=self._today)

    def excluded_by(self, row: int) -> list[str]:
        """Return the hard constraints that the posting which asks and the profile in a row fail, by name.

        None for a row that is eligible.
        """
        profiles = self.there.traits
        reasons = failed(self.question.traits, profiles.one(row), today=self._today)
        return [*reasons, "hidden"] if self.question.organisation in profiles.hides(row) else reasons

    def best(self, *, k: int) -> Ranking:
        """Return the k best of all that are eligible."""
        eligible = self.eligible()
        return self.ranking(self.ranked(eligible, k=k), eligible=len(eligible))

    def ranked(self, rows: Rows, *, k: int, facet_scores: npt.NDArray[np.float32] | None = None) -> Best:
        """Return the k best of some rows.

        Args:
            rows: ascending.
            k: how many at most.
            facet_scores: their weighted sums of cosines, if they are known; otherwise as few are worked out as need be.
        """
        if facet_scores is None and len(rows) < self._many and self.there.index.is_flat:
            return self._top(self._scored_few(rows, k=k), k=k)
        if facet_scores is None:
            rows, skills, rough = self.hopeful(rows, k=k)
        else:
            skills, rough = self.rough(rows, facet_scores)
        return self.best_of(rows, skills, rough, k=k)

    def best_of(self, rows: Rows, skills: Skills, rough: Scores, *, k: int) -> Best:
        """Return the k best of some rows, of which it is known what `rough` says."""
        return self._top(self.scored(rows, contenders(rough, k), skills), k=k)

    def _scored_few(self, rows: Rows, *, k: int) -> Best:
        """Return all of some rows, or those that may be among the k best, as `scored` does.

        Where vectors are plain floats, to choose among a few takes longer than to compare them all in all aspects.
        """
        skills = self.skills(rows)
        coarse = self.there.index.coarse_scores(self.question.query, rows) if len(rows) >= FEW_FLAT else None
        if coarse is None:
            return self._scored(rows, skills)
        facet_scores, off = coarse
        rough = self._totals(rows, facet_scores, skills)
        return self.scored(rows, contenders(rough, k, slack=2 * off + SLACK), skills)

    def _top(self, found: Best, *, k: int) -> Best:
        return found.take(top(found.scores, found.rows, self.there.index.ids, k, asker=self.question.id))

    def rough(self, rows: Rows, facet_scores: npt.NDArray[np.float32] | None = None) -> tuple[Skills, Scores]:
        """Return how well some rows agree in skills, and what they score, but for rounding."""
        if facet_scores is None:
            facet_scores = self.there.index.scores(self.question.query, rows)
        skills = self.skills(rows)
        return skills, self._totals(rows, facet_scores, skills)

    def hopeful(self, rows: Rows, *, k: int, least: float = -math.inf) -> tuple[Rows, Skills, Scores]:
        """Return those of some rows that may be among the k best, all or far fewer, with what `rough` says of them.

        A row is left out only where all that it could get beside what is known of it would leave it behind k others, or
        below `least`.
        """
        index, query = self.there.index, self.question.query
        wanted = k + (SEEDS_FLAT if index.is_flat else SEEDS)
        if not (k > 0 and index.has_upper_bounds and len(rows) >= max(self._many, SPARE * wanted)):
            return rows, *self.rough(rows)
        shortfalls = self.shortfalls
        heads, seeds = {}, {}

        def bound_by_heads(some: slice) -> None:
            half = rows[some]
            bounds = index.upper_bounds(query, half)
            # Whoever is shown has more than a title that is alike: seeds that do, too, set a higher bar.
            near = highest(bounds, wanted * TRIED_PER_SEED * len(half) // len(rows) + 1)
            heads[some.start] = bounds
            seeds[some.start] = half[near], bounds[near] - sum(shortfall(half[near]) for shortfall in shortfalls)

        in_halves(bound_by_heads, len(rows))
        nearest, closer = map(np.concatenate, zip(*(seeds[start] for start in sorted(seeds)), strict=True))
        reached = self.rough(nearest[highest(closer, wanted)])[1]
        bar = float(np.partition(reached, len(reached) - k)[len(reached) - k]) - 2 * SLACK
        rows = self._left(rows, max(least, bar), shortfalls, heads=heads)
        return rows, *self.rough(rows)

    @property
    def _many(self) -> int:
        """From how many rows on some are left out; of floats without heads, all are compared in few looks."""
        index = self.there.index
        return MANY_FLAT if index.is_flat and index.has_upper_bounds else MANY

    def reaching(self, rows: Rows, least: float) -> Rows:
        """Return those of some rows whose scores may reach so much; all, where only comparing them would tell.

        Args:
            rows: ascending.
            least: without what may be rounding.
        """
        return self._left(rows, least, self.shortfalls) if self.there.index.has_upper_bounds else rows

    def _left(
        self,
        rows: Rows,
        least: float,
        shortfalls: Sequence[Shortfall],
        *,
        heads: Mapping[int, npt.NDArray[np.float32]] | None = None,
    ) -> Rows:
        """Return the rows whose upper bounds, less all shortfalls, are no less than `least`.

        Args:
            rows: ascending.
            least: what a score has to reach.
            shortfalls: one after the other, until few rows are left.
            heads: the upper bounds of each half of the rows, by the half's start, if they are known.
        """
        # The bounds are of vectors alone: all other aspects together may add so much.
        least -= self._most()
        left = {}

        def prune(some: slice) -> None:
            bounds = (
                self.there.index.upper_bounds(self.question.query, rows[some]) if heads is None else heads[some.start]
            )
            kept, bounds = at_least(rows[some], bounds, least)
            for shortfall in shortfalls:
                if len(kept) >= FEW:
                    lower = shortfall(kept)
                    kept, bounds = at_least(kept, np.subtract(bounds, lower, out=lower), least)
            left[some.start] = kept

        in_halves(prune, len(rows))
        return np.concatenate([left[start] for start in sorted(left)])

    def _most(self) -> float:
        """Return what all aspects that are no vectors add to a score at most."""
        return most(
            self.question.traits,
            is_posting=self._is_posting,
            has_skills=self.question.skills is not None,
            weights=self._weights,
        )

    @cached_property
    def shortfalls(self) -> Sequence[Shortfall]:
        """What lowers the bounds from the heads, in turn: what tells most in the least time comes first."""
        index, asked, weight = self.there.index, self.question.skills, self._weights.skills
        skills = weight * (1.0 if asked is not None else UNASKED)
        traits = self._most() - skills
        marks = asked.marks() if isinstance(asked, Wanted) else None

        def skills_shortfall(rows: Rows) -> npt.NDArray[np.float32]:
            met = self.there.skills.coverage_at_most(marks, rows) if marks else self.skills(rows)
            shortfall: npt.NDArray[np.float32] = np.empty(len(rows), dtype=np.float32)
            shortfall[:] = skills - weight * met
            return shortfall

        def traits_shortfall(rows: Rows) -> npt.NDArray[np.float32]:
            met = self._totals(rows, np.zeros(len(rows), dtype=np.float32), 0.0)
            return (traits - met).astype(np.float32)

        return (
            skills_shortfall,
            partial(index.terms_shortfall, self.question.query),
            traits_shortfall,
            partial(index.middles_shortfall, self.question.query),
            partial(index.others_shortfall, self.question.query),
        )

    def scored(self, rows: Rows, places: npt.NDArray[np.int64], skills: Skills) -> Best:
        """Return all that some of the rows are compared by, and their scores, each pair computed alone."""
        met = skills[places] if isinstance(skills, np.ndarray) else skills
        return self._scored(rows[places], met)

    def _scored(self, rows: Rows, skills: Skills) -> Best:
        asked = self.question
        named = self.there.skills.counts(rows) > 0 if asked.skills is not None else False
        return Best(
            rows,
            *paired(
                *self._pair(),
                vectors=self.there.index.similarities(asked.query, rows),
                skills=(skills, named),
                weights=self._weights,
                today=self._today,
                rows=rows,
                years_max=asked.years_max,
            ),
        )

    def skills(self, rows: Rows) -> Skills:
        """Return how well each pair agrees in skills; one number where it is the same for all."""
        sets, asked = self.there.skills, self.question.skills
        if isinstance(asked, Wanted):
            return sets.coverage(asked, rows)
        if self.question.asks:
            return UNASKED
        return sets.covered_by(asked or Offered.of(NO_SKILLS, numbers=self._numbers), rows, unasked=UNASKED)

    def matches(self, found: Best) -> Matched:
        """Return rows as matches."""
        ids, asks = self.there.index.ids, self.question.id
        others = [ids[row] or "" for row in found.rows.tolist()]
        pairs = [(asks, other) for other in others] if self._is_posting else [(other, asks) for other in others]
        found_pairs = cast("list[tuple[PostingId, ProfileId]]", pairs)
        return Matched.of(found_pairs, found.similarity, found.compared, self._weights)

    def ranking(self, found: Best, *, eligible: int) -> Ranking:
        """Return the best of so many as a ranking."""
        matched = self.matches(found)
        return Ranking(matched, eligible=eligible, has_more=0 < len(matched) < eligible)

    def _totals(self, rows: Rows, facet_scores: npt.NDArray[np.float32], skills: Skills) -> Scores:
        return totals(
            facet_scores,
            *self._pair(),
            skills=skills,
            weights=self._weights,
            today=self._today,
            rows=rows,
            years_max=self.question.years_max,
        )

    def _pair(self) -> tuple[Held, Held]:
        here, others = self.question.held, self.there.traits.held()
        return (here, others) if self._is_posting else (others, here)
