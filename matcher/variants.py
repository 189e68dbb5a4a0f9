"""Which postings are one that was published twice, or by two services.

Kept as postings come and go, so that an answer knows all variants of what it shows, however far down they rank, and no
ranking has to look for them. Two profiles that say the same are two people: nobody asks this of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

import numpy as np

from matcher.core.domain import Facet
from matcher.core.pages import Seen, lot
from matcher.core.traits import Mask, Rows, TraitTable
from matcher.stages.index import FacetIndex, Ids
from matcher.stages.vary import SAME_BODY, Shown, same_postings

MOST_KNOWN = 4_096
"""Rows up to which all variants are known. Each row is compared with all others once: where there are more, that takes
too long, and variants are looked for among the best of a ranking alone."""
AT_ONCE = 512
"""Rows whose bodies' vectors are compared with all others' at once."""
TOGETHER, OTHERS = 64, 192
"""Of those that may have variants, so many are compared with so many others at once in all that tells."""

Known = Mapping[int, AbstractSet[int]]
"""By row, the rows of its variants; a posting that has none is not there."""


class Variants:
    """The variants of each posting of one side, by row. Not thread-safe: the engine holds its lock."""

    def __init__(self) -> None:
        self._same: dict[int, set[int]] = {}
        self._changed: set[int] = set()
        """Rows that were written or freed since anybody asked."""
        self._is_new = True
        """Whether no row has been looked at yet."""

    def changed(self, row: int) -> None:
        """Take note that a row was written or freed."""
        if not self._is_new:
            self._changed.add(row)

    def known(self, index: FacetIndex, traits: TraitTable) -> Known | None:
        """Return the variants of every row as it is now; None where there are more than MOST_KNOWN rows."""
        if index.rows > MOST_KNOWN:
            # Should there be fewer again, all are looked at.
            self._same, self._changed, self._is_new = {}, set(), True
            return None
        if self._is_new or self._changed:
            rows = range(index.rows) if self._is_new else sorted(self._changed)
            for row in rows:
                for other in self._same.pop(row, ()):
                    self._parted(other, row)
            self._is_new, self._changed = False, set()
            self._look(index, traits, [row for row in rows if row < index.rows and index.ids[row] is not None])
        return self._same

    def _parted(self, row: int, other: int) -> None:
        left = self._same[row]
        left.discard(other)
        if not left:
            del self._same[row]

    def _look(self, index: FacetIndex, traits: TraitTable, rows: Sequence[int]) -> None:
        """Find the variants of some rows among all."""
        for some in _chunks(np.array(rows, dtype=np.int64), AT_ONCE):
            ones, others = index.alike(Facet.BODY, some, least=SAME_BODY)
            is_other = some[ones] != others
            found, others = np.unique(some[ones[is_other]]), np.unique(others[is_other])
            for one, other in product(_chunks(found, TOGETHER), _chunks(others, OTHERS)):
                both = np.union1d(one, other)
                for here, there in np.argwhere(same_among(index, traits, both)).tolist():
                    self._same.setdefault(int(both[here]), set()).add(int(both[there]))


def same_among(index: FacetIndex, traits: TraitTable, rows: Rows) -> Mask:
    """Return which of some rows are one posting, from what they hold: shape (rows, rows)."""
    cosines, has = index.among(rows)
    return same_postings(cosines, has, traits.many(rows), index.facets)


def same_among_ranked(index: FacetIndex, traits: TraitTable, rows: Rows, known: Known | None) -> Mask | None:
    """Return which of the rows of a ranking are one posting, shape (rows, rows); None where no two of them are.

    Args:
        index: of the postings.
        traits: theirs.
        rows: of the ranking.
        known: the variants of every row; where that is not known, the rows are compared.
    """
    if known is None:
        # Nearly always no two bodies are alike, and nothing else need be looked at.
        is_any = index.may_be_alike(Facet.BODY, rows, least=SAME_BODY)
        return same_among(index, traits, rows) if is_any else None
    places = {row: place for place, row in enumerate(rows.tolist()) if row in known} if known else {}
    pairs = [(place, places[other]) for row, place in places.items() for other in known[row] if other in places]
    if not pairs:
        return None
    same = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    same[tuple(zip(*pairs, strict=True))] = True
    return same


def ranked_below(
    rows: Sequence[int], known: Known | None, *, among: Rows, looked_at: Collection[int], ids: Ids, seen: Seen
) -> list[list[int]]:
    """Return the rows of each chosen one's variants that rank too far below it to have been looked at.

    Args:
        rows: the chosen ones, best first: a variant of several belongs to the first.
        known: the variants of every row; where that is not known, none is found.
        among: the rows that may be shown at all, ascending.
        looked_at: rows of which it has been decided where they are shown.
        ids: the id at every row.
        seen: what the pages before have shown.
    """
    taken, met = {*looked_at}, frozenset(seen)
    below: list[list[int]] = []
    for row in rows:
        found = []
        for other in sorted((known or {}).get(row, ())):
            place = int(np.searchsorted(among, other))
            may_be_shown = place < len(among) and among[place] == other
            if may_be_shown and other not in taken and not (met and lot("", ids[other] or "") in met):
                taken.add(other)
                found.append(other)
        below.append(found)
    return below


def named(ids: Ids, rows: Rows, chosen: Sequence[Shown], below: Sequence[Sequence[int]]) -> list[tuple[str, ...]]:
    """Return the ids of each chosen one's variants: those that were looked at, best first, then those below.

    Args:
        ids: the id at every row.
        rows: those that were looked at.
        chosen: of them.
        below: from `ranked_below`.
    """
    looked_at = rows.tolist()
    each = ((*(looked_at[at] for at in one.variants), *more) for one, more in zip(chosen, below, strict=True))
    return [tuple(ids[row] or "" for row in some) for some in each]


def _chunks(rows: Rows, size: int) -> Iterator[Rows]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
