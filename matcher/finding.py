"""A page of a search: what the question finds under filters and words, and how many there are of what."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from matcher.comparison import SPARE, Best, Comparison, Side
from matcher.core.domain import Contract, Kind
from matcher.core.pages import MOST_SEEN, Seen, lot
from matcher.core.scoring import Match
from matcher.core.traits import Mask, Rows
from matcher.stages.counts import Filters, filtered
from matcher.stages.eligibility import Refused, lying_within, wishing_only
from matcher.stages.rank import SLACK, Scores, contenders, in_order
from matcher.stages.vary import Shown, as_ranked, grouped
from matcher.variants import NONE_KNOWN, Known, same_among_ranked, variants_of


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which documents a query leaves, and what the database says of its words."""

    scores: Mapping[str, float] = field(default_factory=dict)
    """By id, how well a document's words answer, above 0, of those that may not be shown as well."""
    wanted: float = 0.0
    """How well they do where all of the query's stand in a title, whether or not there is any such document."""
    required: frozenset[str] | None = None
    """The documents that hold every phrase; None where none is asked for."""
    excluded: frozenset[str] = frozenset()
    """The documents that hold a word that they must not."""
    refused: Refused = field(default_factory=Refused)
    """What they must not name alone."""
    told: frozenset[str] = frozenset()
    """The documents whose text says that a contract agent's contract is the refused one, CDI or CDD."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what a search found."""

    matches: list[Match]
    total: int
    """How many there are on all pages, each publication of a posting for itself."""
    counts: Mapping[str, Mapping[str, int]]
    """By facet and value, under the filters of the other facets."""
    seen: Seen | None
    """All that was shown up to here; None where nothing comes after."""
    words: Mapping[str, float] | None
    """By id, how well the words of each match answer, 0 to 1, as a part of what the best document's do that may be
    shown, or of all that is wanted, where that is more; None where no such document holds any of them."""


def page(comparison: Comparison, bounds: Bounds, filters: Filters, *, words_weight: float, k: int, seen: Seen) -> Page:
    """Return a page of the documents that a question finds under filters, and how many there are of what.

    Args:
        comparison: of a document that need not be stored, with the side that is searched.
        bounds: what a query leaves of them, and what full-text search says.
        filters: what documents must be.
        words_weight: what full-text search counts; the others share the rest.
        k: how many at most.
        seen: what the pages before have shown: it is not shown again.
    """
    there = comparison.there
    eligible = _left(there, comparison.eligible(), bounds)
    passed, counts = filtered(there.traits.many(slice(0, there.index.rows)), eligible, filters)
    holds, said = _said(there, eligible, bounds)
    found = _Asked(eligible[passed], holds[passed], said[passed[holds]], words_weight, seen)
    # Of a profile, nobody but its owner says that it is another's twin: only postings are shown as one.
    known = there.known_variants() if comparison.question.kind is Kind.PROFILE else NONE_KNOWN
    depth = k + 1
    while True:
        ranked = _ranked(comparison, found, depth=depth)
        chosen = _as_one(there, ranked.best.rows, known)
        # Where variants are not known, each is compared with each: of thousands that is not worth a fuller page.
        if len(chosen) > k or len(ranked.lots) < depth or (known is None and depth > MOST_SEEN):
            break
        depth *= SPARE
    shown = chosen[:k]
    variants = variants_of(
        shown, looked_at=ranked.best.rows, known=known, among=found.rows, ids=there.index.ids, seen=seen
    )
    places = np.array([one.place for one in shown], dtype=np.int64)
    matched = comparison.matches(ranked.best.take(places)).with_variants(variants).ranked_from(seen.first)
    lots = [lot("", name) for names in variants for name in names]
    ids = [there.index.ids[row] or "" for row in ranked.best.rows[places].tolist()]
    return Page(
        [*matched],
        total=len(found.rows),
        counts=counts,
        seen=seen.and_then([ranked.lots[at] for at in places], lots) if len(chosen) > k > 0 else None,
        words=dict(zip(ids, ranked.words[places].tolist(), strict=True)) if len(said) else None,
    )


class _Asked(NamedTuple):
    """What is ranked for a page."""

    rows: Rows
    """All that a query and its filters leave, ascending."""
    holds: Mask
    """Which of them hold words."""
    said: Scores
    """How well those words answer, of these alone."""
    words_weight: float
    seen: Seen


class _Ranked(NamedTuple):
    """The best of what no page before has shown, best first."""

    best: Best
    words: Scores
    """How well the words of each answer."""
    lots: Sequence[bytes]


def _ranked(comparison: Comparison, asked: _Asked, *, depth: int) -> _Ranked:
    """Return so many of the best, fewer only where there are no more."""
    weight, reach = asked.words_weight, depth + len(asked.seen)
    rows, words, base = _promising(comparison, asked.rows, asked.holds, asked.said, words_weight=weight, k=reach)
    near = contenders((1 - weight) * base + weight * words, reach)
    rows, words = rows[near], words[near]
    best = comparison.scored(rows, np.arange(len(rows)), comparison.skills(rows))
    scores = (1 - weight) * best.scores + weight * words
    ids, seen = comparison.there.index.ids, frozenset(asked.seen)
    order = in_order(scores, best.rows, ids, k=depth - 1, seen=seen)
    places = np.array([place for _, place in order], dtype=np.int64)
    return _Ranked(best.take(places), words[places], [drawn for drawn, _ in order])


def _as_one(there: Side, rows: Rows, known: Known | None) -> Sequence[Shown]:
    """Return the rows of a ranking as they are shown: each posting once, with those that say the same."""
    same = same_among_ranked(there.index, there.traits, there.skills, rows, known)
    if same is None:
        return as_ranked(len(rows))
    return [Shown(place, tuple(variants)) for place, variants in grouped(same).items()]


def _left(there: Side, rows: Rows, bounds: Bounds) -> Rows:
    """Return those of some rows that hold what they must, and nothing that they must not."""
    index, refused = there.index, bounds.refused
    traits, vague = there.traits.many(slice(0, index.rows)), there.traits.vague
    if bounds.required is not None:
        rows = rows[index.are(rows, bounds.required)]
    if bounds.excluded:
        rows = rows[~index.are(rows, bounds.excluded)]
    if refused.departments:
        rows = rows[~lying_within(traits, vague, rows, refused.departments)]
    if refused.contracts:
        rows = rows[~wishing_only(traits, rows, refused.contracts)]
    if bounds.told:
        only = wishing_only(traits, rows, refused.contracts | {Contract.CONTRACT_AGENT})
        rows = rows[~(only & index.are(rows, bounds.told))]
    return rows


def _said(there: Side, rows: Rows, bounds: Bounds) -> tuple[Mask, Scores]:
    """Return which of the eligible rows hold words, and how well those answer, as a part of what the best's do.

    The best of these, and not of all that the database found: who may not be shown must not be told by what others get.
    Where the best lack words that tell more than those that they hold, they have a part of the whole, too.
    """
    index, scores = there.index, bounds.scores
    holds = index.are(rows, scores)
    said = np.array([scores[index.ids[row] or ""] for row in rows[holds].tolist()], dtype=np.float64)
    return holds, said / max(said.max(), bounds.wanted) if len(said) else said


def _promising(
    comparison: Comparison, rows: Rows, holds: Mask, words: Scores, *, words_weight: float, k: int
) -> tuple[Rows, Scores, Scores]:
    """Return the rows that may be among the k best of a search, what their words score, and their other aspects.

    Those that hold words are few, and all compared: the others must reach what k of these do.
    """
    hits, others = rows[holds], rows[~holds]
    base = comparison.rough(hits)[1]
    share, least = 1 - words_weight, -math.inf
    if share > 0:
        if 0 < k <= len(hits):
            reached = share * base + words_weight * words
            least = (float(np.partition(reached, len(hits) - k)[len(hits) - k]) - 2 * SLACK) / share
        others, _, beside = comparison.hopeful(others, k=k, least=least)
    else:  # nothing but words counts: none of these has a score, and lots decide, unless others fill the page
        others = others[: 0 if 0 < k <= len(hits) and (words > 0).sum() >= k else None]
        beside = np.zeros(len(others))
    every = np.concatenate([hits, others])
    return every, np.concatenate([words, np.zeros(len(others))]), np.concatenate([base, beside])
