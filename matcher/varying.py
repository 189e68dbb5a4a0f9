"""The best of one question without saying one thing again and again, a page at a time."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matcher.comparison import SPARE, Best, Comparison, Ranking, Side
from matcher.core.domain import Facet, Kind
from matcher.core.matched import Matched
from matcher.core.pages import MOST_SEEN, NOTHING, Seen, lot
from matcher.core.scoring import Variety
from matcher.core.traits import Rows
from matcher.stages.vary import ORGANISATION_UNKNOWN, SAME_BODY, Shown, as_ranked, grouped, shown
from matcher.variants import NONE_KNOWN, Known, same_among, same_among_ranked, variants_of

FEW_TWINS = 4
"""How many documents more than are shown are ranked where only those that say the same are shown as one."""


@dataclass(frozen=True, slots=True)
class _Left:
    """What may be shown of a ranking after the pages before."""

    found: Best
    """Best first; then, worked out with them, what was shown before."""
    before: int = 0
    """How many of the last ones that is."""
    met: int = 0
    """How many of those that the pages before have shown were ranked again."""


def varied(comparison: Comparison, *, k: int, variety: Variety, seen: Seen = NOTHING) -> Ranking:
    """Return the k best matches of one document, without saying one thing again and again.

    Args:
        comparison: the document's, with the other side.
        k: how many at most.
        variety: how one thing is kept from being said again and again.
        seen: what the pages before have shown: it is not shown again, and its organisations and its likes count.
    """
    # Of a profile, nobody but its owner says that it is another's twin: only postings are shown as one.
    if comparison.question.kind is Kind.POSTING:
        variety = Variety(merged=False, diversity=variety.diversity)
    if k <= 0 or (variety.asks_nothing and not seen):
        return comparison.best(k=k)
    eligible, known = comparison.eligible(), comparison.there.known_variants() if variety.merged else NONE_KNOWN
    depth = k if variety.asks_nothing else k + FEW_TWINS if variety.only_merges else SPARE * (k + 1)
    while True:
        ranked = comparison.ranked(eligible, k=depth + len(seen))
        left = _unseen(comparison, ranked, seen, depth=depth, variety=variety) if seen else _Left(ranked)
        if seen and variety.diversity and variety.per_organisation and left.met < len(seen):
            # With diversity a page may have shown what stands far below, and its organisation still counts.
            whole = comparison.ranked(eligible, k=len(eligible))
            left = _unseen(comparison, whole, seen, depth=depth, variety=variety)
        is_all = len(left.found.rows) - left.before < depth
        if variety.per_organisation and not variety.diversity and depth > SPARE * (k + 1):
            left = _thinned(comparison, left, variety=variety, known=known)
        chosen = _shown(comparison, left, k=k, variety=variety, known=known)
        # Each is compared with each: of thousands that may all say the same, that is not worth a fuller page.
        is_deep = depth > MOST_SEEN and bool(variety.diversity or (known is None and variety.only_merges))
        if len(chosen) == k or is_all or is_deep:
            break
        depth *= SPARE
    variants = variants_of(
        chosen, looked_at=left.found.rows, known=known, among=eligible, ids=comparison.there.index.ids, seen=seen
    )
    matched = _chosen(comparison, left.found, chosen)
    if any(variants):
        matched = matched.with_variants(variants)
    if seen:
        matched = matched.ranked_from(seen.first)
    used = left.met + len(chosen) + sum(map(len, variants))
    has_more = len(chosen) == k and len(eligible) > used
    if has_more and len(eligible) - used <= len(seen) - left.met:
        # What is left may all have been shown with what ranks far above it.
        has_more = len(eligible) > used + _met(comparison, eligible, seen) - left.met
    return Ranking(matched, eligible=len(eligible), has_more=has_more)


def leaders(postings: Side, ids: Collection[str]) -> dict[str, str]:
    """Return of each of some postings the one that stands for it where they are shown as one: nearly always itself.

    Args:
        postings: the side that has them.
        ids: in any order; what is not there is left out.
    """
    index, places = postings.index, {name: row for name in sorted(ids) if (row := postings.index.row(name)) is not None}
    found = {name: name for name in places}
    names, rows = np.array([*places], dtype=object), np.array([*places.values()], dtype=np.int64)
    may_be = index.may_have_twins(Facet.BODY, rows, least=SAME_BODY)
    if may_be.any():
        names, rows = names[may_be], rows[may_be]
        for leader, variants in grouped(same_among(index, postings.traits, postings.skills, rows)).items():
            found |= dict.fromkeys(names[variants], names[leader])
    return found


def _unseen(comparison: Comparison, ranked: Best, seen: Seen, *, depth: int, variety: Variety) -> _Left:
    """Return the `depth` best rows that no page before has shown, and those shown before that still count."""
    ids, known = comparison.there.index.ids, frozenset(seen)
    lots = [lot("", ids[row] or "") for row in ranked.rows.tolist()]
    met = [place for place, drawn in enumerate(lots) if drawn in known]
    fresh = [place for place, drawn in enumerate(lots) if drawn not in known][:depth]
    shown_before = frozenset(seen.shown if variety.per_organisation or variety.diversity else ())
    before = [place for place in met if lots[place] in shown_before]
    found = ranked.take(np.array([*fresh, *before], dtype=np.int64))
    return _Left(found, before=len(before), met=len(met))


def _met(comparison: Comparison, rows: Rows, seen: Seen) -> int:
    """Return how many of some rows the pages before have shown."""
    ids, known = comparison.there.index.ids, frozenset(seen)
    return sum(lot("", ids[row] or "") in known for row in rows.tolist())


def _thinned(comparison: Comparison, left: _Left, *, variety: Variety, known: Known | None) -> _Left:
    """Leave out the rows that cannot be shown, nor as a variant: others of their organisation take its places.

    Where a few organisations have thousands of postings, all that there are have to be looked at, and hardly any
    two of them compared. One that is no other's twin is passed over once as many such ones of its organisation
    stand before it as may be shown, whatever else is; with diversity, its place would not tell.
    """
    there, rows, fresh = comparison.there, left.found.rows, len(left.found.rows) - left.before
    if known is None:
        may_be_twins = there.index.may_have_twins(Facet.BODY, rows[:fresh], least=SAME_BODY)
    elif len(known.has):
        may_be_twins = known.has[rows[:fresh]]
    else:
        may_be_twins = np.zeros(fresh, dtype=np.bool_)
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


def _shown(comparison: Comparison, left: _Left, *, k: int, variety: Variety, known: Known | None) -> Sequence[Shown]:
    there, rows = comparison.there, left.found.rows
    same = same_among_ranked(there.index, there.traits, there.skills, rows, known)
    if same is None and (variety.asks_nothing or variety.only_merges):
        return as_ranked(min(k, len(rows)))
    apart = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    return shown(
        left.found.scores.tolist(),
        k,
        variety,
        same=apart if same is None else same,
        alike=there.index.among(rows)[0].mean(axis=0) if variety.diversity else apart.astype(np.float32),
        organisations=there.traits.many(rows).organisation.tolist(),
        before=left.before,
    )


def _chosen(comparison: Comparison, found: Best, chosen: Sequence[Shown]) -> Matched:
    return comparison.matches(found.take(np.array([one.place for one in chosen], dtype=np.int64)))
