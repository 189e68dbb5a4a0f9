"""Sets of skills, compared one by one: which share of what a posting asks for does each profile cover?

Every distinct skill of both sides has a number in one `Vocabulary`, with its vector. Which numbers stand in for which
is worked out once a skill and kept; a question then costs a look at each entry of the sets, and no arithmetic for the
nine in ten that have nothing to do with it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from matcher.compiled import AHEAD, compiled, fetch, in_halves
from matcher.core.ports import Vectors
from matcher.core.skills import NEAR, SLACK, Near, Skill, cosines, graded
from matcher.core.traits import Rows

Numbers = npt.NDArray[np.int32]
Shares = npt.NDArray[np.float32]

NOTHING = 0
"""The number of no skill: what freed entries hold."""
STEPS = 128
"""A share is kept in so many steps: what counts whole and what counts half are kept exactly."""
SPARE = 1.5
"""How much longer than its entries a pool may be before the freed ones are squeezed out."""


Reach = tuple[Numbers, Shares]
"""The skills that stand in for one skill, or those for which it stands in; and how far."""
NO_REACH: Reach = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))


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
        self._starts = np.zeros(0, dtype=np.int64)
        self._counts = np.zeros(0, dtype=np.int32)
        self._freed = 0

    def put(self, row: int, numbers: Sequence[int], shares: Sequence[float]) -> list[int]:
        """Write a document's skills and what each counts where it is asked for; return those that it had before."""
        before = self.remove(row)
        self._reserve(row, len(numbers))
        end = self._length + len(numbers)
        self._entries[self._length : end] = numbers
        self._shares[self._length : end] = [round(share * STEPS) for share in shares]
        self._starts[row], self._counts[row] = self._length, len(numbers)
        self._length = end
        return before

    def remove(self, row: int) -> list[int]:
        """Take a document's skills out; return them."""
        if row >= len(self._counts) or not self._counts[row]:
            return []
        span = slice(int(self._starts[row]), int(self._starts[row]) + int(self._counts[row]))
        before: list[int] = self._entries[span].tolist()
        self._entries[span], self._shares[span] = NOTHING, 0
        self._freed += len(before)
        self._counts[row] = 0
        return before

    def of(self, row: int) -> tuple[Numbers, Shares]:
        """Return a document's skills, and what each counts where it is asked for."""
        if row >= len(self._counts):
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        span = slice(int(self._starts[row]), int(self._starts[row]) + int(self._counts[row]))
        return self._entries[span].copy(), _read_shares(self._shares[span])

    def rows(self) -> Rows:
        """Return the rows of the documents that have skills, ascending."""
        return np.flatnonzero(self._counts)

    def counts(self, rows: Rows) -> npt.NDArray[np.int32]:
        """Return how many skills each of some rows has."""
        found = np.zeros(len(rows), dtype=np.int32)
        in_halves(lambda some: _count(self._counts, rows[some], found[some]), len(rows))
        return found

    def coverage(self, asked: Sequence[Reach], shares: Shares, *, numbers: int, rows: Rows) -> Shares:
        """Return which share of the skills asked for each of some of this side's documents covers, 0 to 1.

        Each skill counts by its best counterpart, so one more skill on a profile never lowers it.

        Args:
            asked: what stands in for each skill that is asked for.
            shares: what each counts.
            numbers: the length of the vocabulary.
            rows: those of the documents.
        """
        if not asked:
            return np.zeros(len(rows), dtype=np.float32)
        useful = np.unique(np.concatenate([others for others, _ in asked]))
        place = np.zeros(numbers, dtype=np.int32)
        place[useful] = np.arange(1, len(useful) + 1)
        table = np.zeros((len(useful) + 1, len(asked)), dtype=np.float32)
        for skill, (others, values) in enumerate(asked):
            table[place[others], skill] = values
        found = np.zeros(len(rows), dtype=np.float32)
        kept = self._entries, self._starts, self._counts
        in_halves(lambda some: _covered(*kept, rows[some], place, table, shares, found[some]), len(rows))
        return found

    def covered_by(self, offered: Sequence[Reach], *, numbers: int, rows: Rows) -> Shares:
        """Return which share of what each of some of this side's documents asks for some skills cover, 0 to 1.

        Args:
            offered: for what each skill that is offered stands in.
            numbers: the length of the vocabulary.
            rows: those of the documents.
        """
        best = np.zeros(numbers, dtype=np.float32)
        for others, values in offered:
            best[others] = np.maximum(best[others], values)
        found = np.zeros(len(rows), dtype=np.float32)
        kept = self._entries, self._shares, self._starts, self._counts
        in_halves(lambda some: _covering(*kept, rows[some], best, found[some]), len(rows))
        return found

    def save(self, path: Path) -> None:
        """Write the sets; `load` brings them back. Nothing is moved: somebody may be reading."""
        rows, order = self._in_order()
        named = np.repeat(rows.astype(np.int32), self._counts[rows])
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
        sets._counts = np.bincount(rows).astype(np.int32)
        sets._starts = np.cumsum(sets._counts) - sets._counts
        return sets

    def _reserve(self, row: int, more: int) -> None:
        if row >= len(self._counts):
            room = max(row + 1, 2 * len(self._counts))
            self._starts, self._counts = _longer(self._starts, room), _longer(self._counts, room)
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
        self._starts[:] = np.cumsum(self._counts) - self._counts

    def _in_order(self) -> tuple[Rows, Rows]:
        """Return the rows that have skills, ascending, and the places of their entries, row by row."""
        rows = self.rows()
        counts = self._counts[rows].astype(np.int64)
        ends = np.cumsum(counts)
        length = int(ends[-1]) if len(ends) else 0
        return rows, np.arange(length) + np.repeat(self._starts[rows] - (ends - counts), counts)


def _longer(pool: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """Return a pool with room at its end, which takes no memory until it is written to."""
    longer = np.zeros(length, dtype=pool.dtype)
    longer[: len(pool)] = pool
    return longer


def _read_shares(kept: npt.NDArray[np.uint8]) -> Shares:
    shares: Shares = (kept / STEPS).astype(np.float32)
    return shares


@compiled
def _count(counts: Numbers, rows: Rows, found: Numbers) -> None:
    for pair in range(len(rows)):
        if rows[pair] < len(counts):
            found[pair] = counts[rows[pair]]


@compiled
def _covered(
    entries: Numbers,
    starts: Rows,
    counts: Numbers,
    rows: Rows,
    place: Numbers,
    table: npt.NDArray[np.float32],
    shares: Shares,
    found: Shares,
) -> None:
    """Fill in `coverage`: `place` is where in `table` a skill's values stand, 0 for one that stands in for nothing."""
    asked = table.shape[1]
    best = np.empty(asked, dtype=np.float32)
    whole = 0.0
    for skill in range(asked):
        whole += shares[skill]
    for pair in range(len(rows)):
        row = rows[pair]
        if row >= len(counts):
            continue
        soon = min(rows[min(pair + AHEAD, len(rows) - 1)], len(counts) - 1)
        fetch(entries, np.uintp(starts[soon]))
        is_any = False
        for entry in range(starts[row], starts[row] + counts[row]):
            at = place[entries[entry]]
            if at:
                if not is_any:
                    best[:] = 0.0
                    is_any = True
                for skill in range(asked):
                    best[skill] = max(best[skill], table[at, skill])
        if not is_any:
            continue
        met = 0.0
        for skill in range(asked):
            met += shares[skill] * best[skill]
        found[pair] = met / whole


@compiled
def _covering(
    entries: Numbers,
    all_shares: npt.NDArray[np.uint8],
    starts: Rows,
    counts: Numbers,
    rows: Rows,
    best: npt.NDArray[np.float32],
    found: Shares,
) -> None:
    for pair in range(len(rows)):
        row = rows[pair]
        if row >= len(counts) or not counts[row]:
            continue
        met = asked = 0.0
        for entry in range(starts[row], starts[row] + counts[row]):
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
