"""The skills of every document of one side, by row, and what they cover of what is asked for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, LINE, compiled, fetch, valued
from matcher.core import archive
from matcher.core.skills import Anchors
from matcher.core.traits import Rows
from matcher.stages.skills.asked import Marks, Numbers, Offered, Shares, Wanted

Spans = npt.NDArray[np.int32]

NOTHING = 0
"""The number of no skill: what freed entries hold."""
STEPS = 128
"""A share is kept in so many steps: what counts whole and what counts half are kept exactly."""
AT_ONCE = 16
"""Entries of a set that a processor looks up at once."""
SPARE = 1.5
"""How much longer than its entries a pool may be before the freed ones are squeezed out."""
KINDS = {
    "entries": (np.dtype(np.int32), 1),
    "shares": (np.dtype(np.uint8), 1),
    "anchors": (np.dtype(np.uint16), 2),
    "rows": (np.dtype(np.int32), 1),
    "digests": (np.dtype(np.uint64), 1),
}
"""The arrays of a file: of what type, and in how many dimensions."""


class SkillSets:
    """The skills of every document of one side, by row. Not thread-safe: the engine holds its lock."""

    def __init__(self) -> None:
        self._entries = np.zeros(1024, dtype=np.int32)
        self._shares = np.zeros(1024, dtype=np.uint8)
        self._anchors = np.zeros((1024, 4), dtype=np.uint16)
        self._length = 0
        self._spans: Spans = np.zeros((1, 2), dtype=np.int32)
        """By row, where its entries begin, and how many they are; the last stands for all rows behind: it has none."""
        self._digests = np.zeros(1, dtype=np.uint64)
        """By row, of the words in which its entries are anchored; 0 where they are not."""
        self._freed = 0
        self.one_of_name: Callable[[Rows], Rows] = np.asarray
        """Takes skills' numbers; returns one for all spellings of each: the vocabulary knows them."""

    def put(
        self, row: int, numbers: Sequence[int], shares: Sequence[float], anchors: Anchors | None = None
    ) -> list[int]:
        """Write a document's skills, what each counts where it is asked for, and where they stand.

        Returns those that it had before.
        """
        before = self.remove(row)
        self._reserve(row, len(numbers))
        end = self._length + len(numbers)
        self._entries[self._length : end] = numbers
        self._shares[self._length : end] = [round(share * STEPS) for share in shares]
        if anchors:
            self._anchors[self._length : end], self._digests[row] = anchors
        self._spans[row] = self._length, len(numbers)
        self._length = end
        return before

    def remove(self, row: int) -> list[int]:
        """Take a document's skills out; return them."""
        span = self._span(row)
        self._digests[row : row + 1] = 0
        if span.start == span.stop:
            return []
        before: list[int] = self._entries[span].tolist()
        self._entries[span], self._shares[span], self._anchors[span] = NOTHING, 0, 0
        self._freed += len(before)
        self._spans[row] = 0
        return before

    def of(self, row: int) -> tuple[Numbers, Shares]:
        """Return a document's skills, and what each counts where it is asked for."""
        span = self._span(row)
        return self._entries[span].copy(), _read_shares(self._shares[span])

    def anchors(self, row: int) -> Anchors | None:
        """Return where a document's skills stand in it, None where they are not anchored."""
        if row >= len(self._digests) or not self._digests[row]:
            return None
        return Anchors(self._anchors[self._span(row)].copy(), int(self._digests[row]))

    def _span(self, row: int) -> slice:
        if row >= len(self._spans):
            return slice(0, 0)
        start, count = self._spans[row].tolist()
        return slice(start, start + count)

    def rows(self) -> Rows:
        """Return the rows of the documents that have skills, ascending."""
        return np.flatnonzero(self._spans[:, 1])

    def counts(self, rows: Rows) -> npt.NDArray[np.int32]:
        """Return how many skills each of some rows has."""
        # Not `take` of a column: it would copy the whole of it first.
        found: npt.NDArray[np.int32] = self._spans[np.minimum(rows, len(self._spans) - 1), 1]
        return found

    def count(self, row: int) -> int:
        """Return how many skills the document of a row has."""
        return int(self._spans[row, 1]) if row < len(self._spans) else 0

    def listed(self, rows: Rows) -> tuple[Rows, Rows]:
        """Return what the documents of some rows list, one a skill: its document's place among the rows, its number.

        The number is one for all spellings of the skill.
        """
        starts, counts = self._spans[np.minimum(rows, len(self._spans) - 1)].astype(np.int64).T
        ends = np.cumsum(counts)
        length = int(ends[-1]) if len(ends) else 0
        entries = np.arange(length) + np.repeat(starts - (ends - counts), counts)
        is_listed = self._shares[entries] == STEPS
        numbers = self.one_of_name(self._entries[entries[is_listed]].astype(np.int64))
        return np.repeat(np.arange(len(rows)), counts)[is_listed], numbers

    def coverage(self, wanted: Wanted, rows: Rows) -> Shares:
        """Return which share of the skills asked for each of some of this side's documents covers, 0 to 1.

        Each skill counts by its best counterpart, so one more skill on a profile never lowers it.
        """
        kept = self._entries, self._spans
        return valued(_covered, *kept, wanted.place, wanted.values, wanted.shares, rows=rows)

    def coverage_at_most(self, marks: Marks, rows: Rows) -> Shares:
        """Return no less than what `coverage` does, and seldom much more, in a fifth of the time."""
        return valued(_covered_at_most, self._entries, self._spans, marks.of_skills, marks.sums, rows=rows)

    def covered_by(self, offered: Offered, rows: Rows, *, unasked: float) -> Shares:
        """Return which share of what each of some of this side's documents asks for some skills cover, 0 to 1.

        Args:
            offered: the skills.
            rows: those of the documents.
            unasked: what is returned of a document that asks for none.
        """
        kept = self._entries, self._shares, self._spans
        return valued(_covering, *kept, offered.best, np.float32(unasked), rows=rows)

    def renumber(self, table: Numbers) -> None:
        """Give each skill the number that a table has for it: `Vocabulary.compact`."""
        self._entries[: self._length] = table[self._entries[: self._length]]

    def save(self, path: Path, *, renumbered: Numbers) -> None:
        """Write the sets; `load` brings them back. Nothing is moved: somebody may be reading.

        Args:
            path: of the file.
            renumbered: by number, that of the same skill in the vocabulary's file.
        """
        rows, order = self._in_order()
        named = np.repeat(rows.astype(np.int32), self._spans[rows, 1])
        arrays: dict[str, npt.NDArray[Any]] = {
            "entries": renumbered[self._entries[order]],
            "shares": self._shares[order],
            "anchors": self._anchors[order],
            "rows": named,
            "digests": np.trim_zeros(self._digests, "b"),
        }
        archive.write(path, arrays)

    @classmethod
    def load(cls, path: Path, *, numbers: int) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: the file cannot be read, is not what `save` writes, or speaks of other skills.
        """
        saved = archive.read(path, KINDS).arrays
        if {name: (array.dtype, array.ndim) for name, array in saved.items()} != KINDS:
            raise ValueError("the sets' arrays are none")
        entries, shares, anchors, rows, digests = saved.values()
        length = len(entries)
        if not length == len(shares) == len(anchors) == len(rows) or (
            length
            and not (0 < entries.min() <= entries.max() < numbers and rows[0] >= 0 and np.all(np.diff(rows) >= 0))
        ):
            raise ValueError("the sets speak of skills that are not there")
        if anchors.shape[1:] != (4,):
            raise ValueError("the sets' anchors are none")
        sets = cls()
        sets._entries = _longer(entries, length + 1024)
        sets._shares = _longer(shares, length + 1024)
        sets._anchors = _longer(anchors, length + 1024)
        sets._length = length
        counts = np.append(np.bincount(rows, minlength=len(digests)), 0)
        sets._spans = np.stack([np.cumsum(counts) - counts, counts], axis=1).astype(np.int32)
        sets._digests = _longer(digests, len(counts))
        return sets

    def _reserve(self, row: int, more: int) -> None:
        if row >= len(self._spans) - 1:
            room = max(row + 2, 2 * len(self._spans))
            self._spans, self._digests = _longer(self._spans, room), _longer(self._digests, room)
        more += AT_ONCE  # so many are read at once, the last row's too
        if self._length + more > len(self._entries):
            if self._length > SPARE * (self._length - self._freed):
                self._squeeze()
            if self._length + more > len(self._entries):
                room = 2 * max(len(self._entries), self._length + more)
                self._entries, self._shares, self._anchors = (
                    _longer(pool, room) for pool in (self._entries, self._shares, self._anchors)
                )

    def _squeeze(self) -> None:
        """Put the entries in the order of their rows, without the freed ones."""
        _, order = self._in_order()
        length = len(order)
        for pool in (self._entries, self._shares, self._anchors):
            kept = pool[order]
            pool[: self._length] = NOTHING
            pool[:length] = kept
        self._length, self._freed = length, 0
        counts = self._spans[:, 1]
        self._spans[:, 0] = np.cumsum(counts) - counts

    def _in_order(self) -> tuple[Rows, Rows]:
        """Return the rows that have skills, ascending, and the places of their entries, row by row."""
        rows = self.rows()
        starts, counts = self._spans[rows].astype(np.int64).T
        ends = np.cumsum(counts)
        length = int(ends[-1]) if len(ends) else 0
        return rows, np.arange(length) + np.repeat(starts - (ends - counts), counts)


def _longer(pool: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """Return a pool with room at its end, which takes no memory until it is written to."""
    longer = np.zeros((length, *pool.shape[1:]), dtype=pool.dtype)
    longer[: len(pool)] = pool
    return longer


def _read_shares(kept: npt.NDArray[np.uint8]) -> Shares:
    shares: Shares = kept * np.float32(1 / STEPS)  # exact: a power of two
    return shares


@compiled
def _covered(
    entries: Numbers,
    spans: Spans,
    place: Numbers,
    values: npt.NDArray[np.float32],
    shares: Shares,
    rows: Rows,
    found: Shares,
) -> None:
    """Fill in `coverage`."""
    asked = values.shape[1]
    best = np.empty(asked, dtype=np.float32)
    whole = 0.0
    for skill in range(asked):
        whole += shares[skill]
    for pair in range(len(rows)):
        row = rows[pair]
        found[pair] = 0.0
        if row >= len(spans):
            continue
        later = min(rows[min(pair + 2 * AHEAD, len(rows) - 1)], len(spans) - 1)
        fetch(spans, np.uintp(later), np.uintp(0))
        soon = min(rows[min(pair + AHEAD, len(rows) - 1)], len(spans) - 1)
        fetch(entries, np.uintp(spans[soon, 0]), np.uintp(0))
        is_any = False
        for entry in range(spans[row, 0], spans[row, 0] + spans[row, 1]):
            at = place[entries[entry]]
            if at:
                if not is_any:
                    best[:] = 0.0
                    is_any = True
                for skill in range(asked):
                    best[skill] = max(best[skill], values[at, skill])
        if not is_any:
            continue
        met = 0.0
        for skill in range(asked):
            met += shares[skill] * best[skill]
        found[pair] = met / whole


@compiled
def _covered_at_most(
    entries: Numbers,
    spans: Spans,
    marks: npt.NDArray[np.uint32],
    sums: npt.NDArray[np.float32],
    rows: Rows,
    found: Shares,
) -> None:
    """Fill in `coverage_at_most`."""
    for pair in range(len(rows)):
        row = np.uintp(rows[pair])
        found[pair] = 0.0
        if row >= len(spans):
            continue
        later = min(rows[min(pair + 2 * AHEAD, len(rows) - 1)], len(spans) - 1)
        fetch(spans, np.uintp(later), np.uintp(0))
        soon = min(rows[min(pair + AHEAD, len(rows) - 1)], len(spans) - 1)
        fetch(entries, np.uintp(spans[soon, 0]), np.uintp(0))
        fetch(entries, np.uintp(spans[soon, 0]), np.uintp(LINE - 4))
        first, count = np.uintp(spans[row, 0]), np.uintp(spans[row, 1])
        met = np.uint32(0)
        # Many at once, and nothing to guess: most rows have no more. What is read behind a row's own does not count.
        for start in range(np.uintp(0), count, np.uintp(AT_ONCE)):
            begin, left = first + start, np.int32(count - start)
            for at in range(np.uintp(0), np.uintp(AT_ONCE)):
                mark = marks[np.uintp(entries[begin + at])]
                met |= mark if np.int32(at) < left else np.uint32(0)
        most = np.float32(0.0)
        for byte in range(np.uintp(0), np.uintp(4)):
            most += sums[byte, np.uintp((met >> np.uint32(8 * byte)) & np.uint32(255))]
        found[pair] = most


@compiled
def _covering(
    entries: Numbers,
    all_shares: npt.NDArray[np.uint8],
    spans: Spans,
    best: npt.NDArray[np.float32],
    unasked: float,
    rows: Rows,
    found: Shares,
) -> None:
    """Fill in `covered_by`."""
    for pair in range(len(rows)):
        row = rows[pair]
        found[pair] = unasked
        if row >= len(spans) or not spans[row, 1]:
            continue
        met = asked = 0.0
        for entry in range(spans[row, 0], spans[row, 0] + spans[row, 1]):
            met += all_shares[entry] * best[entries[entry]]
            asked += all_shares[entry]
        found[pair] = met / asked
