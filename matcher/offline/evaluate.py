"""How good rankings are, by what people judged: the field's measures, each with an interval.

Järvelin and Kekäläinen's nDCG, the reciprocal rank, recall and average precision, as trec_eval computes them
(ir-measures). The interval is a percentile bootstrap over those who ask (Efron 1979; Sakai 2006 for retrieval): it says
how far the figure hangs on which postings happened to be judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import AP, RR, P, R, nDCG
from scipy.stats import bootstrap

from matcher.core.domain import Kind
from matcher.core.errors import NoJudgements, NotFound
from matcher.core.scoring import Variety, Weights
from matcher.engine import Matcher
from matcher.offline.judgements import Judgements

DEPTH = 100
MEASURES = (nDCG @ 10, RR, R @ DEPTH, AP @ DEPTH, P @ 10)
RESAMPLES = 2000
CONFIDENCE = 0.95
FEW = 10
"""Of fewer rankings the bootstrap says too little: of one, nothing."""
PLAIN = Variety(merged=False)
"""Judgements name postings: none may stand behind its twin."""

Ranked = Mapping[str, Sequence[str]]
"""Ids, best first, by the id of who asks."""
Scores = Mapping[str, Sequence[float]]
"""By measure, one figure of each who asks, in the same order everywhere."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and where it may lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgements that say something of what is stored."""

    of: Judgements
    """Of stored documents, by the id of who asks; each of those has something relevant."""
    unknown: int
    """How many other judgements name a document that is not stored."""
    irrelevant: int
    """How many who ask have nothing relevant, and so say nothing of a ranking."""
    closed: int = 0
    """How many other judgements are of a posting that is not open today: no ranking has it, however good it is."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What judgements say of rankings."""

    judged: Judged
    estimates: Mapping[str, Estimate]
    """By measure."""
    scores: Scores


def evaluate(matcher: Matcher, judged: Judged, kind: Kind, *, weights: Weights | None = None) -> Evaluation:
    """Rank for those whose matches were judged, and measure it.

    Args:
        matcher: open.
        judged: of what is stored in it.
        kind: of who asks.
        weights: what each aspect counts; the matcher's own where they are not given.
    """
    ranked = {asks: ranking(matcher, kind, asks, weights=weights) for asks in judged.of}
    scores = measured(ranked, judged.of)
    return Evaluation(judged, {name: estimate(values) for name, values in scores.items()}, scores)


def stored(matcher: Matcher, judgements: Judgements, kind: Kind) -> Judged:
    """Return the judgements of what is stored.

    Raises:
        NoJudgements: none of them calls anything relevant.
    """
    asking, others = set(matcher.ids(kind)), set(matcher.ids(kind.other))
    known = {
        asks: {name: relevance for name, relevance in row.items() if name in others}
        for asks, row in judgements.items()
        if asks in asking
    }
    still = {*matcher.open_postings()}
    ranked = {
        asks: {name: relevance for name, relevance in row.items() if (asks if kind is Kind.POSTING else name) in still}
        for asks, row in known.items()
    }
    telling = {asks: row for asks, row in ranked.items() if any(row.values())}
    if not telling and any(any(row.values()) for row in known.values()):
        raise NoJudgements("no judgement that calls a match relevant is of a posting that is open today")
    if not telling:
        raise NoJudgements(
            f"no judgement calls a stored match of a stored {kind} relevant: ingest that forum first; each line begins "
            f"with the {kind}'s id, and `--for {kind.other}s` is for those that begin with a {kind.other}'s"
        )
    every, found, left = (sum(map(len, some.values())) for some in (judgements, known, ranked))
    irrelevant = sum(not any(row.values()) for row in known.values())
    return Judged(telling, unknown=every - found, irrelevant=irrelevant, closed=found - left)


def ranking(matcher: Matcher, kind: Kind, asks: str, *, weights: Weights | None) -> list[str]:
    """Return the ids of a document's best matches, best first."""
    try:
        found = matcher.rank(kind, asks, k=DEPTH, variety=PLAIN, weights=weights).ranking.matches
    except NotFound:
        return []  # deleted meanwhile
    return [match.id_of(kind.other) for match in found]


def measured(ranked: Ranked, judgements: Judgements) -> Scores:
    """Return each measure of each ranking, in the order of the judgements; what is not found counts as not relevant."""
    qrels = [
        ir_measures.Qrel(asks, judged, relevance)
        for asks, row in judgements.items()
        for judged, relevance in row.items()
    ]
    # Their order is given, not their scores: trec_eval would break ties by id.
    run = [
        ir_measures.ScoredDoc(asks, name, float(-place))
        for asks, names in ranked.items()
        for place, name in enumerate(names)
    ]
    found = {str(measure): dict.fromkeys(judgements, 0.0) for measure in MEASURES}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        found[str(metric.measure)][metric.query_id] = float(metric.value)
    return {name: [*values.values()] for name, values in found.items()}


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean of some figures with its 95 % interval; always the same for the same figures."""
    mean = float(np.mean(values))
    if len(set(values)) == 1:
        return Estimate(mean, mean, mean)
    interval = bootstrap(
        (np.asarray(values),),
        np.mean,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high))


def differences(ours: Scores, theirs: Scores) -> dict[str, Estimate]:
    """Return by how much the first is better, by measure, with the interval of the paired difference."""
    return {name: estimate([one - other for one, other in zip(ours[name], theirs[name], strict=True)]) for name in ours}


def lines(evaluation: Evaluation) -> Iterator[str]:
    """Yield what there is to say of an evaluation, fields between tabs."""
    judged = evaluation.judged
    yield f"measure\tmean\tlow\thigh\t({len(judged.of)} rankings, {CONFIDENCE:.0%} intervals)"
    for name, one in evaluation.estimates.items():
        yield f"{name}\t{one.mean:.4f}\t{one.low:.4f}\t{one.high:.4f}"
    if len(judged.of) < FEW:
        yield f"fewer than {FEW} rankings: intervals of so few are too narrow"
    yield from left_out(judged)


def left_out(judged: Judged) -> Iterator[str]:
    """Yield how many judgements were left out, and why."""
    if judged.unknown:
        yield f"left out: {judged.unknown} judgement(s) of documents that are not stored"
    if judged.closed:
        yield f"left out: {judged.closed} judgement(s) of postings that are not open today"
    if judged.irrelevant:
        yield f"left out: {judged.irrelevant} ranking(s) with nothing relevant"
