"""One question and the rows of the other side: what each scores, and which are left out before they are compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt

from matcher.compiled import in_halves
from matcher.core.domain import Kind, Weights
from matcher.core.traits import Mask, Rows, Traits, TraitTable
from matcher.stages.index import FacetIndex, Query
from matcher.stages.rank import (
    SLACK,
    UNASKED,
    Agreements,
    Scores,
    agreements,
    contenders,
    highest,
    most,
    reaching,
    top,
    total,
    totals,
)
from matcher.stages.skills import Offered, Shares, SkillSets, Wanted

MANY = 4096
"""From so many eligible documents on, those that cannot be among the best are left out before they are compared."""
FEW = 512
"""Of fewer, all are compared at once."""
SEEDS = 256
"""Documents whose scores tell what the others have to reach."""
LOOK = 8
"""How many times more are looked at closely to choose them."""
SPARE = 3
"""So many times the seeds and those that are shown are eligible at least where any are left out."""

Look = Callable[[Rows], npt.NDArray[np.float32]]
"""How far some rows fall short in one thing of the most that a row can get for it."""


@dataclass(slots=True)
class Side:
    """One kind of document; a document has the same row in all three."""

    index: FacetIndex
    traits: TraitTable = field(default_factory=TraitTable)
    skills: SkillSets = field(default_factory=SkillSets)


@dataclass(frozen=True, slots=True)
class Question:
    """A document that asks for the best of the other side, stored or not."""

    kind: Kind
    id: str
    query: Query
    traits: Traits
    """One row, as columns."""
    organisation: str | None
    """A posting's."""
    hides: frozenset[str]
    """The organisations that a profile hides from."""
    skills: Wanted | Offered | None
    """Those that a posting asks for, or that a profile has; None where a posting asks for none."""
    has_skills: bool
    """Whether it names any."""


@dataclass(frozen=True, slots=True)
class Best:
    """The best rows of one question, best first, before they are matches."""

    rows: Rows
    scores: Scores
    cosines: npt.NDArray[np.float32]
    """Shape (rows, facets)."""
    compared: Mask
    """Same shape: whether both sides have the facet."""
    agreed: Agreements

    def take(self, places: npt.NDArray[np.int64]) -> "Best":
        """Return some of them, in the order of their places."""
        return Best(
            self.rows[places],
            self.scores[places],
            self.cosines[places],
            self.compared[places],
            self.agreed.take(places),
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a question makes of the other side, on one day and by one weighing."""

    question: Question
    there: Side
    weights: Weights
    today: date

    def ranked(self, eligible: Rows, facet_scores: npt.NDArray[np.float32] | None, *, k: int) -> Best:
        """Return the k best rows; where their weighted sums of cosines are not given, of as few rows as need be."""
        if facet_scores is None:
            rows, skills, rough = self._hopeful(eligible, k=k)
        else:
            rows = eligible
            skills, rough = self.rough(rows, facet_scores)
        found = self.scored(rows, contenders(rough, k), skills)
        ids = self.there.index.ids
        return found.take(top(found.scores, found.rows, ids, k, asker=self.question.id))

    def rough(self, rows: Rows, facet_scores: npt.NDArray[np.float32]) -> tuple[Shares | float, Scores]:
        """Return how well some rows agree in skills, and what they score, but for rounding."""
        skills = self.skills(rows)
        return skills, self.totals(rows, facet_scores, skills)

    def _hopeful(self, eligible: Rows, *, k: int) -> tuple[Rows, Shares | float, Scores]:
        """Return the rows that may be among the k best, all of them or far fewer, with what `rough` says of them.

        A row is left out only where all that it could get beside what is known of it would leave it behind k others.

        Source: as Fagin, Lotem and Naor's threshold algorithm (PODS 2001), and Broder et al.'s WAND (CIKM 2003).
        """
        index = self.there.index
        if not (k > 0 and index.has_ceilings and len(eligible) >= max(MANY, SPARE * (SEEDS + k))):
            facet_scores = index.scores(self.question.query, eligible)
            return eligible, *self.rough(eligible, facet_scores)
        looks = self.looks()
        heads, seeds, left = {}, {}, {}

        def look_at_heads(some: slice) -> None:
            rows = eligible[some]
            reach = index.ceilings(self.question.query, rows)
            # Whoever is shown has more than a title that is alike: seeds that do, too, set a higher bar.
            near = highest(reach, (SEEDS * LOOK + k) * len(rows) // len(eligible) + 1)
            heads[some.start] = rows, reach
            seeds[some.start] = rows[near], reach[near] - sum(short(rows[near]) for short in looks)

        in_halves(look_at_heads, len(eligible))
        nearest, closer = map(np.concatenate, zip(*(seeds[start] for start in sorted(seeds)), strict=True))
        beside = most(
            self.question.traits,
            is_posting=self.question.kind is Kind.POSTING,
            has_skills=self.question.has_skills,
            weights=self.weights,
        )
        bar = self._bar(nearest[highest(closer, SEEDS + k)], k=k)

        def look_closer(some: slice) -> None:
            rows, reach = reaching(*heads[some.start], bar - beside)
            for short in looks:
                if len(rows) >= FEW:
                    lower = short(rows)
                    rows, reach = reaching(rows, np.subtract(reach, lower, out=lower), bar - beside)
            left[some.start] = rows

        in_halves(look_closer, len(eligible))
        rows = np.concatenate([left[start] for start in sorted(left)])
        return rows, *self.rough(rows, index.scores(self.question.query, rows))

    def looks(self) -> Sequence[Look]:
        """Return what is looked at of a row after its title's head: what tells most in the least time comes first."""
        index = self.there.index
        skills = self.weights.skills * (1.0 if self.question.has_skills else UNASKED)
        asked = {"is_posting": self.question.kind is Kind.POSTING, "has_skills": self.question.has_skills}
        traits = most(self.question.traits, **asked, weights=self.weights) - skills
        covered = self.there.skills
        marks = self.question.skills.marks() if isinstance(self.question.skills, Wanted) else None

        def skills_short(rows: Rows) -> npt.NDArray[np.float32]:
            met = covered.coverage_at_most(marks, rows) if marks else self.skills(rows)
            short: npt.NDArray[np.float32] = np.empty(len(rows), dtype=np.float32)
            short[:] = skills - self.weights.skills * met
            return short

        def traits_short(rows: Rows) -> npt.NDArray[np.float32]:
            nothing = np.zeros(len(rows), dtype=np.float32)
            met = self.totals(rows, nothing, 0.0)
            return (traits - met).astype(np.float32)

        return (
            skills_short,
            partial(index.terms_short, self.question.query),
            traits_short,
            partial(index.middles_short, self.question.query),
        )

    def _bar(self, seeds: Rows, *, k: int) -> float:
        """Return what a document's score must reach at least: what k of these do, without what may be rounding."""
        _, reached = self.rough(seeds, self.there.index.scores(self.question.query, seeds))
        return float(np.partition(reached, len(reached) - k)[len(reached) - k]) - 2 * SLACK

    def scored(self, rows: Rows, places: npt.NDArray[np.int64], skills: Shares | float) -> Best:
        """Return all that some of the rows are compared by, and their scores, each pair computed alone."""
        some, index = rows[places], self.there.index
        cosines, compared = index.similarities(self.question.query, some)
        met = skills[places] if isinstance(skills, np.ndarray) else skills
        named = self._named(some)
        agreed = agreements(*self._pair(), skills=(met, named), today=self.today, rows=some)
        shares = np.array([self.weights.facets()[facet] for facet in index.facets])
        scores = total((cosines * shares).sum(axis=1), agreed, self.weights)
        return Best(some, scores, cosines, compared, agreed)

    def totals(self, rows: Rows, facet_scores: npt.NDArray[np.float32], skills: Shares | float) -> Scores:
        """Return what some rows score, but for rounding, from their weighted sums of cosines and their skills."""
        return totals(facet_scores, *self._pair(), skills=skills, weights=self.weights, today=self.today, rows=rows)

    def _pair(self) -> tuple[Traits, Traits]:
        there = self.there
        here, others = self.question.traits, there.traits.many(slice(0, there.index.rows))
        return (here, others) if self.question.kind is Kind.POSTING else (others, here)

    def _named(self, others: Rows) -> Mask:
        """Tell of each pair whether both sides name skills."""
        return (self.there.skills.counts(others) > 0) & self.question.has_skills

    def skills(self, others: Rows) -> Shares | float:
        """Return how well each pair agrees in skills; one number where it is the same for all."""
        sets = self.there.skills
        if isinstance(self.question.skills, Wanted):
            return sets.coverage(self.question.skills, others)
        if self.question.skills is None:
            return UNASKED
        return sets.covered_by(self.question.skills, others, unasked=UNASKED)
