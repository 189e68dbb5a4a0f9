"""Sets of skills, compared one by one: which share of what a posting asks for does each profile cover?

Every distinct skill of both sides has a number in one `Vocabulary`, with its vector. Which numbers stand in for which
is worked out once a skill and kept; a question then costs a look at each entry of the sets, and no arithmetic for the
nine in ten that have nothing to do with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, LINE, compiled, fetch, valued
from matcher.core.ports import Vectors
from matcher.core.skills import NEAR, SLACK, Near, Skill, cosines, graded
from matcher.core.traits import Rows

Numbers = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float32]
Spans = npt.NDArray[np.int32]

NOTHING = 0
"""The number of no skill: what freed entries hold."""
STEPS = 128
"""A share is kept in so many steps: what counts whole and what counts half are kept exactly."""
SLOTS = 16
"""Skills that are asked for whose bits nobody shares."""
CLOSE = 0.75
"""From which share on one stands in closely."""
AT_ONCE = 16
"""Entries of a set that a processor looks up at once."""
BITS = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float64)
"""Of each byte, shape (256, 8)."""
ROUNDED_UP = 1.0 + 1e-6
"""What is to be a bound must not be rounded down."""
SPARE = 1.5
"""How much longer than its entries a pool may be before the freed ones are squeezed out."""


Reach = tuple[Numbers, Shares]
"""The skills that stand in for one skill, or those for which it stands in; and how far."""
NO_REACH: Reach = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Wanted:
    """The skills that a posting asks for, as tables by the number of a skill."""

    asked: Sequence[Reach]
    """What stands in for each."""
    shares: Shares
    """What each counts."""
    place: Numbers
    """Shape (numbers,): where in `values` a skill stands, 0 for one that stands in for nothing."""
    values: npt.NDArray[np.float32]
    """Shape (skills that stand in for something + 1, asked): how far each stands in for each."""

    @classmethod
    def of(cls, asked: Sequence[Reach], shares: Shares, *, numbers: int) -> "Wanted":
        """Return what a posting asks for.

        Args:
            asked: what stands in for each skill; one at least.
            shares: what each counts.
            numbers: the length of the vocabulary.
        """
        useful = np.unique(np.concatenate([others for others, _ in asked]))
        place = np.zeros(numbers, dtype=np.int32)
        place[useful] = np.arange(1, len(useful) + 1)
        values = np.zeros((len(useful) + 1, len(asked)), dtype=np.float32)
        for skill, (others, far) in enumerate(asked):
            values[place[others], skill] = far
        return cls(asked, shares, place, values)

    def marks(self) -> "Marks":
        """Return the same in bits."""
        marks = np.zeros(len(self.place), dtype=np.uint32)
        parts = np.zeros((2, SLOTS))
        for skill, ((others, far), share) in enumerate(zip(self.asked, self.shares.tolist(), strict=True)):
            slot, is_close = skill % SLOTS, far >= CLOSE
            near, most = far[~is_close].max(initial=0.0), far.max(initial=0.0)
            parts[:, slot] += share * near, share * (most - near)
            marks[others] |= np.uint32(1 << slot)
            marks[others[is_close]] |= np.uint32(1 << slot + SLOTS)
        parts *= ROUNDED_UP / self.shares.sum(dtype=np.float64)
        sums = np.einsum("bs,ps->pb", BITS, parts.reshape(-1, BITS.shape[1]))
        return Marks(marks, sums.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Marks:
    """For what a posting asks, each skill stands in at all, and for what closely: a bit each.

    Where it asks for more than SLOTS skills, some share their bits, and count together.
    """

    of_skills: npt.NDArray[np.uint32]
    """Shape (numbers,)."""
    sums: npt.NDArray[np.float32]
    """Shape (bytes of a mark, 256): the most that all skills that give a byte its bits cover together."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The skills that a profile has, as a table by the number of a skill."""

    best: npt.NDArray[np.float32]
    """Shape (numbers,): how far the profile has each skill that may be asked for."""

    @classmethod
    def of(cls, offered: Sequence[Reach], *, numbers: int) -> "Offered":
        """Return what a profile has.

        Args:
            offered: for what each of its skills stands in.
            numbers: the length of the vocabulary.
        """
        best = np.zeros(numbers, dtype=np.float32)
        for others, far in offered:
            best[others] = np.maximum(best[others], far)
        return cls(best)


class Vocabulary:
    """Every skill that some document has, by number. A number is never given twice. Not thread-safe."""

    def __init__(self, dimension: int, near: Near) -> None:
        self._near = near
        self._forms: list[str | None] = [None]
        self._names: list[str | None] = [None]
        self._uses = [0]
        self._vectors = np.zeros((1024, dimension), dtype=np.float32)
        self._number_of: dict[tuple[str, str], int] = {}
        """By name and form: one text may name two skills, by its case."""
        self._named: dict[str, list[int]] = {}
        self._helps: dict[str, dict[str, float]] = {}
        """By name, the skills that it stands in for: the thesaurus the other way round."""
        self._asked: dict[int, tuple[int, Reach]] = {}
        """How much of the vocabulary was looked through, and what stands in there."""
        self._offered: dict[int, tuple[int, Reach]] = {}

    def __len__(self) -> int:
        return len(self._forms)

    def take(self, skill: Skill, vector: Vectors) -> int:
        """Return a skill's number, and count one more use of it."""
        key = (skill.name, skill.form)
        number = self._number_of.get(key)
        if number is None:
            number = self._number_of[key] = len(self._forms)
            if number == len(self._vectors):
                self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._forms.append(skill.form)
            self._names.append(skill.name)
            self._uses.append(0)
            self._vectors[number] = vector
            self._add_name(skill.name, number)
        self._uses[number] += 1
        return number

    def release(self, numbers: Sequence[int]) -> None:
        """Count one use less of each; what nobody uses any more is wiped: it may have been a person's own words."""
        for number in numbers:
            self._uses[number] -= 1
            if not self._uses[number]:
                form, name = self._forms[number] or "", self._names[number] or ""
                del self._number_of[name, form]
                self._named[name].remove(number)
                if not self._named[name]:
                    del self._named[name]
                self._forms[number] = self._names[number] = None
                self._vectors[number] = 0.0
                self._asked.pop(number, None)
                self._offered.pop(number, None)

    def name(self, number: int) -> str:
        """Return the one name of a skill, empty where it is gone."""
        return self._names[number] or ""

    def asked(self, numbers: Numbers) -> list[Reach]:
        """Return, for each skill that is asked for, those that stand in for it: `core.skills.nearnesses`."""
        return [self._kept(self._asked, number, self._near) for number in numbers.tolist()]

    def offered(self, numbers: Numbers) -> list[Reach]:
        """Return, for each skill that is offered, those for which it stands in."""
        return [self._kept(self._offered, number, self._helped) for number in numbers.tolist()]

    def asked_now(self, skill: Skill, vector: Vectors) -> Reach:
        """Return the same as `asked` of a skill that no document has: nothing of it is kept."""
        return self._reach(skill.name, vector, self._near(skill.name), start=0)

    def offered_now(self, skill: Skill, vector: Vectors) -> Reach:
        """Return the same as `offered`, likewise."""
        return self._reach(skill.name, vector, self._helped(skill.name), start=0)

    def save(self, path: Path) -> None:
        """Write it; `load` brings it back."""
        texts = [np.array([text or "" for text in column], dtype=np.str_) for column in (self._forms, self._names)]
        uses = np.array(self._uses, dtype=np.int64)
        np.savez(path, forms=texts[0], names=texts[1], uses=uses, vectors=self._vectors[: len(self)])

    @classmethod
    def load(cls, path: Path, *, dimension: int, near: Near) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: the file cannot be read, or is not what `save` writes.
        """
        vocabulary = cls(dimension, near)
        saved = _read(path, ("forms", "names", "uses", "vectors"))
        forms, names, uses, vectors = (saved[key] for key in ("forms", "names", "uses", "vectors"))
        if not (len(forms) == len(names) == len(uses) == len(vectors)) or vectors.shape[1:] != (dimension,):
            raise ValueError("the vocabulary's columns differ in length")
        vocabulary._forms = [text or None for text in forms.tolist()]
        vocabulary._names = [text or None for text in names.tolist()]
        vocabulary._uses = uses.tolist()
        vocabulary._vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        for number, (form, name) in enumerate(zip(vocabulary._forms, vocabulary._names, strict=True)):
            if form is not None and name is not None:
                vocabulary._number_of[name, form] = number
                vocabulary._add_name(name, number)
        return vocabulary

    def _add_name(self, name: str, number: int) -> None:
        if name not in self._named:
            for other, value in self._near(name).items():
                self._helps.setdefault(other, {})[name] = value
        self._named.setdefault(name, []).append(number)

    def _helped(self, name: str) -> Mapping[str, float]:
        return self._helps.get(name, {})

    def _kept(self, kept: dict[int, tuple[int, Reach]], number: int, said: Near) -> Reach:
        upto, reach = kept.get(number, (0, NO_REACH))
        if upto < len(self):
            name = self._names[number] or ""
            numbers, values = self._reach(name, self._vectors[number], said(name), start=upto)
            reach = (np.append(reach[0], numbers), np.append(reach[1], values))
            kept[number] = (len(self), reach)
        return reach

    def _reach(self, name: str, vector: Vectors, said: Mapping[str, float], *, start: int) -> Reach:
        values = {number: value for other, value in said.items() for number in self._named.get(other, ())}
        values |= dict.fromkeys(self._named.get(name, ()), 1.0)
        values = {number: value for number, value in values.items() if number >= start}
        # The product finds whom to look at; what counts is computed pair by pair.
        alike = start + np.flatnonzero(self._vectors[start : len(self)] @ vector >= NEAR - SLACK)
        near = graded(cosines(self._vectors[alike], vector))
        for number, value in zip(alike.tolist(), near.tolist(), strict=True):
            values[number] = max(value, values.get(number, 0.0))
        return np.array([*values], dtype=np.int32), np.array([*values.values()], dtype=np.float32)


class SkillSets:
    """The skills of every document of one side, by row. Not thread-safe: the engine holds its lock."""

    def __init__(self) -> None:
        self._entries = np.zeros(1024, dtype=np.int32)
        self._shares = np.zeros(1024, dtype=np.uint8)
        self._length = 0
        self._spans: Spans = np.zeros((0, 2), dtype=np.int32)
        """By row, where its entries begin, and how many they are."""
        self._freed = 0

    def put(self, row: int, numbers: Sequence[int], shares: Sequence[float]) -> list[int]:
        """Write a document's skills and what each counts where it is asked for; return those that it had before."""
        before = self.remove(row)
        self._reserve(row, len(numbers))
        end = self._length + len(numbers)
        self._entries[self._length : end] = numbers
        self._shares[self._length : end] = [round(share * STEPS) for share in shares]
        self._spans[row] = self._length, len(numbers)
        self._length = end
        return before

    def remove(self, row: int) -> list[int]:
        """Take a document's skills out; return them."""
        span = self._span(row)
        if span.start == span.stop:
            return []
        before: list[int] = self._entries[span].tolist()
        self._entries[span], self._shares[span] = NOTHING, 0
        self._freed += len(before)
        self._spans[row] = 0
        return before

    def of(self, row: int) -> tuple[Numbers, Shares]:
        """Return a document's skills, and what each counts where it is asked for."""
        span = self._span(row)
        return self._entries[span].copy(), _read_shares(self._shares[span])

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
        found = np.zeros(len(rows), dtype=np.int32)
        within = rows < len(self._spans)
        found[within] = self._spans[rows[within], 1]
        return found

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

    def save(self, path: Path) -> None:
        """Write the sets; `load` brings them back. Nothing is moved: somebody may be reading."""
        rows, order = self._in_order()
        named = np.repeat(rows.astype(np.int32), self._spans[rows, 1])
        np.savez(path, entries=self._entries[order], shares=self._shares[order], rows=named)

    @classmethod
    def load(cls, path: Path, *, numbers: int) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: the file cannot be read, is not what `save` writes, or speaks of other skills.
        """
        saved = _read(path, ("entries", "shares", "rows"))
        entries, shares, rows = (saved[key] for key in ("entries", "shares", "rows"))
        if not len(entries) == len(shares) == len(rows) or (
            len(entries)
            and not (0 < entries.min() <= entries.max() < numbers and rows[0] >= 0 and np.all(np.diff(rows) >= 0))
        ):
            raise ValueError("the sets speak of skills that are not there")
        sets = cls()
        sets._entries = _longer(entries.astype(np.int32), len(entries) + 1024)
        sets._shares = _longer(shares.astype(np.uint8), len(entries) + 1024)
        sets._length = len(entries)
        counts = np.bincount(rows)
        sets._spans = np.stack([np.cumsum(counts) - counts, counts], axis=1).astype(np.int32)
        return sets

    def _reserve(self, row: int, more: int) -> None:
        if row >= len(self._spans):
            self._spans = _longer(self._spans, max(row + 1, 2 * len(self._spans)))
        more += AT_ONCE  # so many are read at once, the last row's too
        if self._length + more > len(self._entries):
            if self._freed > self._length / SPARE / 2:
                self._squeeze()
            if self._length + more > len(self._entries):
                room = 2 * max(len(self._entries), self._length + more)
                self._entries, self._shares = _longer(self._entries, room), _longer(self._shares, room)

    def _squeeze(self) -> None:
        """Put the entries in the order of their rows, without the freed ones."""
        _, order = self._in_order()
        length = len(order)
        for pool in (self._entries, self._shares):
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
    shares: Shares = (kept / STEPS).astype(np.float32)
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


def _read(path: Path, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            return {name: saved[name] for name in names}
    # numpy lets through what zipfile and its own parser raise, each after its fashion.
    except (OSError, EOFError, LookupError, TypeError, AttributeError, RuntimeError, BadZipFile) as error:
        raise ValueError(f"{path.name} does not hold skills") from error
