"""Which postings are one that was published twice, or by two services.

Kept as postings come and go, so that an answer knows all variants of what it shows, however far down they rank, and no
ranking has to look for them. Two profiles that say the same are two people: nobody asks this of them.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.core.domain import Facet
from matcher.core.pages import Seen, lot
from matcher.core.traits import NOBODY, Mask, Rows, TraitTable
from matcher.stages.index import FacetIndex, Ids
from matcher.stages.skills import SkillSets
from matcher.stages.vary import SAME_BODY, Shown, same_postings

MOST_KNOWN = 4_096
"""Rows up to which all variants are known. Each row is compared with all others once: where there are more, that takes
too long, and variants are looked for among the best of a ranking alone."""
AT_ONCE = 256
"""Rows that are compared with all others at once, by their vectors alone."""
OTHERS = 256
"""So many of those that may have variants are compared with others at once in all that tells: what a processor keeps at
hand of their vectors."""
LEAST_ROOM = 256
"""Rows that the table has room for at least; it doubles."""
COMPARED = (Facet.TITLE, Facet.BODY)
"""What two postings are compared in."""


@dataclass(frozen=True, slots=True)
class Known:
    """Which rows are one posting: as long as nothing is written."""

    same: Mask
    """Shape (rows, rows), or more."""
    has: Mask
    """Shape (rows,), or more: which have any variant. Empty where none has."""

    def of(self, row: int) -> Rows:
        """Return the rows of a row's variants, ascending."""
        return np.flatnonzero(self.same[row])


NONE_KNOWN = Known(np.zeros((0, 0), dtype=np.bool_), np.zeros(0, dtype=np.bool_))
"""No posting has a variant, or none is to be shown."""


class Variants:
    """The variants of each posting of one side, by row. Not thread-safe: the engine holds its lock.

    A table of all rows and all rows: as large where one posting was published a thousand times as where none was twice.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self._same = NONE_KNOWN.same
        self._counts = np.zeros(0, dtype=np.int64)
        """By row, how many variants it has."""
        self._unlooked: set[int] = set()
        """Rows that were written or freed since anybody looked: nothing is the same as they."""
        self._known: Known | None = None
        """What is known while there are no such rows."""
        self._is_new = True
        """Whether no row has been looked at yet."""

    def changed(self, row: int) -> None:
        """Take note that a row was written or freed."""
        if self._is_new:
            return
        self._unlooked.add(row)
        self._known = None
        if row < len(self._counts) and self._counts[row]:
            self._counts[self._same[row]] -= 1
            self._counts[row] = 0
            self._same[row] = self._same[:, row] = False

    def known(self, index: FacetIndex, traits: TraitTable, skills: SkillSets) -> Known | None:
        """Return the variants of every row as it is now; None where there are more than MOST_KNOWN rows."""
        while self.look(index, traits, skills):
            pass
        return self._known

    def takes_long(self, index: FacetIndex) -> bool:
        """Tell whether `known` has to look at so many rows that others should not have to wait for it."""
        left = index.rows if self._is_new else len(self._unlooked)
        return left > AT_ONCE and index.rows <= MOST_KNOWN

    def look(self, index: FacetIndex, traits: TraitTable, skills: SkillSets) -> bool:
        """Find the variants of some of the rows that nobody has looked at yet; return whether there may be more."""
        if index.rows > MOST_KNOWN:
            if not self._is_new:  # should there be fewer again, all are looked at
                self._forget()
            return False
        if self._known is not None:
            return False
        if self._is_new:
            self._is_new, self._unlooked = False, {*range(index.rows)}
        self._make_room(index.rows)
        some = np.array(sorted(self._unlooked)[:AT_ONCE], dtype=np.int64)
        self._unlooked.difference_update(some.tolist())
        if len(some):
            try:
                self._look(index, traits, skills, some)
            except BaseException:  # as for want of memory: half of what was found must not stay
                self._forget()
                raise
        if not self._unlooked:
            self._known = Known(self._same, self._counts > 0) if self._counts.any() else NONE_KNOWN
        return bool(self._unlooked)

    def _make_room(self, rows: int) -> None:
        room = len(self._counts)
        if rows <= room:
            return
        larger = max(LEAST_ROOM, 1 << (rows - 1).bit_length())
        same, self._same = self._same, np.zeros((larger, larger), dtype=np.bool_)
        self._same[:room, :room] = same
        self._counts = np.concatenate([self._counts, np.zeros(larger - room, dtype=np.int64)])

    def _look(self, index: FacetIndex, traits: TraitTable, skills: SkillSets, rows: Rows) -> None:
        """Find the variants of some rows among themselves and all that have been looked at."""
        may_be = index.alike(Facet.BODY, rows, least=SAME_BODY)
        may_be[:, [*self._unlooked]] = False
        may_be[np.arange(len(rows)), rows] = False
        ones = rows[may_be.any(axis=1)]
        for others in _chunks(np.flatnonzero(may_be.any(axis=0)), OTHERS):
            same = _same_between(index, traits, skills, ones, others) & (ones[:, None] != others[None, :])
            self._same[np.ix_(ones, others)] = same
            self._same[np.ix_(others, ones)] = same.T
            self._counts[others] += np.count_nonzero(same, axis=0)
        self._counts[ones] = np.count_nonzero(self._same[ones], axis=1)


def _same_between(index: FacetIndex, traits: TraitTable, skills: SkillSets, rows: Rows, others: Rows) -> Mask:
    """Return which of some rows are one posting with which of others, from what they hold: shape (rows, others)."""
    same = same_postings(
        index.between(rows, others, COMPARED),
        index.known_facets(rows),
        traits.many(rows),
        COMPARED,
        others=(index.known_facets(others), traits.many(others)),
    )
    return same & ~_for_other_skills(skills, rows, others) if same.any() else same


def same_among(index: FacetIndex, traits: TraitTable, skills: SkillSets, rows: Rows) -> Mask:
    """Return which of some rows are one posting, from what they hold: shape (rows, rows)."""
    cosines, has = index.among(rows)
    same = same_postings(cosines, has, traits.many(rows), index.facets)
    return same & ~_for_other_skills(skills, rows, rows) if same.any() else same


def _for_other_skills(skills: SkillSets, rows: Rows, others: Rows) -> Mask:
    """Tell which of some rows and of others both list skills and share none of them: shape (rows, others)."""
    (here, numbers), (there, other_numbers) = skills.listed(rows), skills.listed(others)
    listing, listing_there = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(others), dtype=np.bool_)
    listing[here] = listing_there[there] = True
    apart = listing[:, None] & listing_there[None, :]
    for skill in np.intersect1d(numbers, other_numbers).tolist():
        apart[np.ix_(here[numbers == skill], there[other_numbers == skill])] = False
    return apart


def same_among_ranked(
    index: FacetIndex, traits: TraitTable, skills: SkillSets, rows: Rows, known: Known | None
) -> Mask | None:
    """Return which of the rows of a ranking are one posting, shape (rows, rows); None where no two of them are.

    Args:
        index: of the postings.
        traits: theirs.
        skills: theirs.
        rows: of the ranking.
        known: the variants of every row; where that is not known, the rows are compared.
    """
    if known is None:
        # Nearly always no two bodies are alike, and nothing else need be looked at.
        is_any = index.may_be_alike(Facet.BODY, rows, least=SAME_BODY)
        return same_among(index, traits, skills, rows) if is_any else None
    if not len(known.has):
        return None
    places = np.flatnonzero(known.has[rows])
    if len(places) < 2:
        return None
    among = known.same[np.ix_(rows[places], rows[places])]
    if not among.any():
        return None
    if len(places) == len(rows):
        return among
    same = np.zeros((len(rows), len(rows)), dtype=np.bool_)
    same[np.ix_(places, places)] = among
    return same


def ranked_below(
    rows: Sequence[int], known: Known | None, *, among: Rows, looked_at: Collection[int], ids: Ids, seen: Seen
) -> list[list[int]]:
    """Return the rows of each chosen one's variants that rank too far below it to have been looked at, by their ids.

    Not by their rows: those depend on what was written when, and answers do not.

    Args:
        rows: the chosen ones, best first: a variant of several belongs to the first.
        known: the variants of every row; where that is not known, none is found.
        among: the rows that may be shown at all, ascending.
        looked_at: rows of which it has been decided where they are shown.
        ids: the id at every row.
        seen: what the pages before have shown.
    """
    if known is None or not len(known.has):
        return [[] for _ in rows]
    taken, met = {*looked_at}, frozenset(seen)
    below: list[list[int]] = []
    for row in rows:
        found = []
        others = known.of(row) if known.has[row] else NOBODY
        places = np.minimum(np.searchsorted(among, others), len(among) - 1)
        for other in others[among[places] == others].tolist():
            if other not in taken and not (met and lot("", ids[other] or "") in met):
                taken.add(other)
                found.append(other)
        below.append(sorted(found, key=lambda other: ids[other] or ""))
    return below


def variants_of(
    chosen: Sequence[Shown], *, looked_at: Rows, known: Known | None, among: Rows, ids: Ids, seen: Seen
) -> list[tuple[str, ...]]:
    """Return the ids of each chosen one's variants: those that were looked at, best first, then those below, by id.

    Args:
        chosen: by their places in what was looked at, best first.
        looked_at: the rows of which it has been decided where they are shown, best first.
        known: the variants of every row; where that is not known, none is found below.
        among: the rows that may be shown at all, ascending.
        ids: the id at every row.
        seen: what the pages before have shown.
    """
    rows = looked_at.tolist()
    below = ranked_below([rows[one.place] for one in chosen], known, among=among, looked_at=rows, ids=ids, seen=seen)
    each = ((*(rows[at] for at in one.variants), *more) for one, more in zip(chosen, below, strict=True))
    return [tuple(ids[row] or "" for row in some) for some in each]


def _chunks(rows: Rows, size: int) -> Iterator[Rows]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
