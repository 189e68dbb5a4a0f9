"""Weights learned from judged pairs: which aspects set what people chose apart from what they passed over.

Mechanism: for each judged ranking, the differences between the similarities of a relevant match and of others that were
ranked for the same document; a non-negative linear function that makes those differences about equally large
(least-squares ranking, Pahikkala et al. 2007), drawn towards the weights in force by a ridge. How strongly is chosen by
cross-validation inside the training part. A judge sees what the ranking showed, so what is learned is told apart from
the weights in force only on rankings that it was not learned from, by organisation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GroupKFold

from matcher.core.domain import Kind
from matcher.core.errors import NoJudgements
from matcher.core.scoring import ASPECTS, Weights
from matcher.engine import Matcher
from matcher.offline.evaluate import DEPTH, PLAIN, Estimate, Judged, differences, estimate, measured

POOL = 1000
"""Matches of a document that are compared, the best ones under the weights in force."""
OTHERS = 30
"""Matches that are set against each relevant one."""
FOLDS = 5
FEWEST = 10
"""Judged rankings below which nothing is learned."""
STRENGTHS = (0.03, 0.3, 3.0, 30.0)
"""Of the ridge, per difference."""
CHOSEN_BY = f"AP@{DEPTH}"
"""The measure by which a strength is chosen: it looks at all of a ranking."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """One judged ranking, as numbers."""

    id: str
    group: str
    names: Sequence[str]
    similarities: Matrix
    """Shape (matches, aspects)."""
    relevance: npt.NDArray[np.int64]
    """Shape (matches,)."""


@dataclass(frozen=True, slots=True)
class Learned:
    """New weights, and what they are worth."""

    weights: Weights
    questions: int
    groups: int
    """Organisations, or single rankings where all are of one."""
    by_organisation: bool
    in_force: Mapping[str, Estimate]
    """By measure, on rankings that were left out of the learning: the weights that were in force."""
    learned: Mapping[str, Estimate]
    """Likewise, weights learned from the other rankings."""
    in_sample: Mapping[str, Estimate]
    """The new weights on what they were learned from."""
    gain: Mapping[str, Estimate]
    """The paired difference of the first two."""

    @property
    def is_better(self) -> bool:
        """Whether rankings that were left out are surely better, by the measure that the choice was made by."""
        return self.gain[CHOSEN_BY].low > 0


def learn(matcher: Matcher, judged: Judged, kind: Kind, *, seed: int = 0) -> Learned:
    """Learn weights from judgements.

    Args:
        matcher: open, with the weights in force.
        judged: of what is stored in it.
        kind: of who asks.
        seed: of the matches that are set against the relevant ones.

    Raises:
        NoJudgements: there are too few to learn from.
    """
    questions = [*_questions(matcher, judged, kind)]
    if len(questions) < FEWEST:
        raise NoJudgements(f"{len(questions)} rankings show something relevant: {FEWEST} are the least to learn from")
    organisations = {question.group for question in questions}
    by_organisation = len(organisations) > 1
    groups = [question.group if by_organisation else question.id for question in questions]
    prior = _vector(matcher.weights)
    random = np.random.default_rng(seed)
    pairs = [_differences(question, random) for question in questions]
    out_of_fold = np.empty((len(questions), len(ASPECTS)))
    for train, test in _folds(groups):
        out_of_fold[test] = _fitted([pairs[at] for at in train], [questions[at] for at in train], prior)
    final = _fitted(pairs, questions, prior)
    scores = {
        "in force": _scores(questions, np.tile(prior, (len(questions), 1))),
        "learned": _scores(questions, out_of_fold),
        "in sample": _scores(questions, np.tile(final, (len(questions), 1))),
    }
    estimates = {
        name: {measure: estimate(values) for measure, values in found.items()} for name, found in scores.items()
    }
    return Learned(
        weights=Weights(**dict(zip(ASPECTS, final.tolist(), strict=True))),
        questions=len(questions),
        groups=len(set(groups)),
        by_organisation=by_organisation,
        in_force=estimates["in force"],
        learned=estimates["learned"],
        in_sample=estimates["in sample"],
        gain=differences(scores["learned"], scores["in force"]),
    )


def reasons(learned: Learned, source: str) -> Iterator[str]:
    """Yield what is said of learned weights: in their file, and to whoever had them learned."""
    apart = (
        f"{learned.groups} organisations"
        if learned.by_organisation
        else "single rankings, not of several organisations"
    )
    yield f"Learned from {source}: {learned.questions} judged rankings, cross-validated by {apart}."
    yield "On rankings that were left out of the learning (mean, 95 % interval of the difference):"
    for measure, gain in learned.gain.items():
        yield (
            f"  {measure}: {learned.in_force[measure].mean:.4f} in force, {learned.learned[measure].mean:.4f} learned "
            f"({gain.low:+.4f} to {gain.high:+.4f}); {learned.in_sample[measure].mean:.4f} in sample"
        )


def _questions(matcher: Matcher, judged: Judged, kind: Kind) -> Iterator[Question]:
    for asks, row in judged.of.items():
        found = matcher.rank(kind, asks, k=POOL, variety=PLAIN).ranking.matches
        names = [match.id_of(kind.other) for match in found]
        relevance = np.array([row.get(name, 0) for name in names], dtype=np.int64)
        if relevance.any():
            similarities = np.array([[part.similarity for part in match.contributions] for match in found])
            group = matcher.organisation_of(asks) if kind is Kind.POSTING else None
            yield Question(asks, group or "", names, similarities, relevance)


def _differences(question: Question, random: np.random.Generator) -> Matrix:
    """Return by how much relevant matches agree more than less relevant ones; shape (pairs, aspects)."""
    rows = []
    for at in np.flatnonzero(question.relevance > 0):
        less = np.flatnonzero(question.relevance < question.relevance[at])
        drawn = random.choice(less, size=min(OTHERS, len(less)), replace=False)
        rows.append(question.similarities[at] - question.similarities[drawn])
    return np.concatenate(rows) if rows else np.empty((0, len(ASPECTS)))


def _folds(groups: Sequence[str]) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    count = min(FOLDS, len(set(groups)))
    yield from GroupKFold(n_splits=count, shuffle=True, random_state=0).split(np.zeros(len(groups)), groups=groups)


def _fitted(pairs: Sequence[Matrix], questions: Sequence[Question], prior: Matrix) -> Matrix:
    """Return weights fitted with the strength that does best on parts that are left out."""
    if len(questions) < 2:  # nothing can be left out: as near to what is in force as may be
        return _ridge(np.concatenate(pairs), prior, max(STRENGTHS))
    groups = [question.id for question in questions]
    found = {}
    for strength in STRENGTHS:
        weights = np.empty((len(questions), len(prior)))
        for train, test in _folds(groups):
            weights[test] = _ridge(np.concatenate([pairs[at] for at in train]), prior, strength)
        found[strength] = float(np.mean(_scores(questions, weights)[CHOSEN_BY]))
    # Of equally good ones the strongest: it stays nearest to what is in force.
    best = max(STRENGTHS, key=lambda strength: (found[strength], strength))
    return _ridge(np.concatenate(pairs), prior, best)


def _ridge(pairs: Matrix, prior: Matrix, strength: float) -> Matrix:
    """Return the weights that set all pairs about as far apart as the prior does on the average, drawn towards it.

    An aspect in which no pair differs keeps its share.
    """
    telling = pairs.any(axis=0)
    if not telling.any():
        return prior
    margin = max(float((pairs @ prior).mean()), 1e-3)
    pull = np.sqrt(strength * len(pairs)) * np.eye(len(prior))
    model: Any = LinearRegression(positive=True, fit_intercept=False)
    model.fit(np.concatenate([pairs, pull]), np.concatenate([np.full(len(pairs), margin), pull @ prior]))
    weights = np.where(telling, model.coef_, 0.0)
    share = prior[telling].sum()
    if not weights.sum() or not share:
        return prior
    return np.asarray(np.where(telling, weights * share / weights.sum(), prior), dtype=np.float64)


def _scores(questions: Sequence[Question], weights: Matrix) -> Mapping[str, Sequence[float]]:
    """Return the measures of rankings under weights, one row of them a question."""
    ranked = {}
    for question, row in zip(questions, weights, strict=True):
        # Equals stay in the order in force.
        order = np.argsort(-np.round(question.similarities @ row, 6), kind="stable")[:DEPTH]
        ranked[question.id] = [question.names[at] for at in order.tolist()]
    judgements = {
        question.id: {
            name: relevance
            for name, relevance in zip(question.names, question.relevance.tolist(), strict=True)
            if relevance
        }
        for question in questions
    }
    return measured(ranked, judgements)


def _vector(weights: Weights) -> Matrix:
    return np.array([getattr(weights, name) for name in ASPECTS])
