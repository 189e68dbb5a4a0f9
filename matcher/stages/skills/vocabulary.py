"""Every skill that some document has, by number, and which stand in for which."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matcher.core import archive
from matcher.core.ports import Named, Thesaurus, Vectors
from matcher.core.skills import NEAR, SLACK, Skill, cosines, graded
from matcher.stages.skills.asked import NO_REACH, NO_SKILLS, Numbers, Reach, Reached

TOGETHER = 8192
"""Documents whose skills' reach is kept in one piece."""
SPARE = 1024
"""So many numbers of skills that are gone are never worth numbering anew."""


class Vocabulary:
    """Every skill that some document has, by number. Not thread-safe.

    A number that is no skill's any more is not given again: who has looked through the numbers need look at new ones
    only. It costs a vector's memory, and time in each search for what is near, until `compact` numbers all anew.
    """

    def __init__(self, dimension: int, thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._forms: list[str | None] = [None]
        self._names: list[str | None] = [None]
        self._uses = [0]
        self._gone = 0
        """How many numbers are no skill's any more."""
        self._vectors = np.zeros((1024, dimension), dtype=np.float32)
        self._number_of: dict[tuple[str, str], int] = {}
        """By name and form: one text may name two skills, by its case."""
        self._named: dict[str, list[int]] = {}
        self._helps: dict[str, dict[str, float]] = {}
        """By name, the skills that it stands in for: the thesaurus the other way round."""
        self._asked: dict[int, tuple[int, Reach]] = {}
        """How much of the vocabulary was looked through, and what stands in there."""
        self._offered: dict[int, tuple[int, Reach]] = {}
        self._asked_together: dict[bytes, tuple[int, Reached]] = {}
        """The same of all skills of a document, by their numbers."""
        self._offered_together: dict[bytes, tuple[int, Reached]] = {}

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
        """Count one use less of each; what nobody uses any more is wiped: it may have been a person's own words.

        The numbers are those of one document, in its order.
        """
        for together in (self._asked_together, self._offered_together):
            together.pop(np.array(numbers, dtype=np.int32).tobytes(), None)
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
                self._gone += 1
                self._asked.pop(number, None)
                self._offered.pop(number, None)

    def one_of_name(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return for each skill the number of the first one of its name: another spelling is the same skill."""
        found = [self._named[self._names[number] or ""][0] for number in numbers.tolist()]
        return np.array(found, dtype=np.int64)

    @property
    def is_mostly_gone(self) -> bool:
        """Whether more numbers are no skill's any more than are: `compact` is worth its time."""
        return 2 * self._gone > len(self) + SPARE

    def renumbered(self) -> Numbers:
        """Return which number each would have if none were gone, in the same order, shape (numbers,); 0 where it is."""
        is_held = self._are_held()
        table: Numbers = np.where(is_held, np.cumsum(is_held) - 1, 0).astype(np.int32)
        return table

    def compact(self) -> Numbers:
        """Number all skills anew, so that no number is gone; return what `renumbered` did, for whoever holds numbers.

        What is known to stand in for what stays known.
        """
        table, is_held = self.renumbered(), self._are_held()
        held, ends = np.flatnonzero(is_held), np.cumsum(is_held)
        self._forms = [self._forms[number] for number in held.tolist()]
        self._names = [self._names[number] for number in held.tolist()]
        self._uses = [self._uses[number] for number in held.tolist()]
        vectors = np.zeros((len(held) + SPARE, self._vectors.shape[1]), dtype=np.float32)
        np.take(self._vectors, held, axis=0, out=vectors[: len(held)])
        self._vectors = vectors
        self._number_of = {named: int(table[number]) for named, number in self._number_of.items()}
        self._named = {name: table[numbers].tolist() for name, numbers in self._named.items()}
        for kept in (self._asked, self._offered):
            moved = [(table[number], ends[upto - 1], reach) for number, (upto, reach) in kept.items()]
            kept.clear()
            for number, upto, (others, far) in moved:
                still = is_held[others]
                kept[int(number)] = int(upto), (table[others[still]], far[still])
        self._asked_together.clear()
        self._offered_together.clear()
        self._gone = 0
        return table

    def _are_held(self) -> npt.NDArray[np.bool_]:
        """Tell of each number whether it is a skill's; 0, that of no skill, counts."""
        is_held = np.array(self._uses) > 0
        is_held[0] = True
        return is_held

    def name(self, number: int) -> str:
        """Return the one name of a skill, empty where it is gone."""
        return self._names[number] or ""

    def of(self, numbers: Numbers) -> tuple[list[Named], Vectors]:
        """Return the names and forms of some skills, and their vectors."""
        return [*map(self._named_by, numbers.tolist())], self._vectors[numbers]

    def asked(self, numbers: Numbers) -> Reached:
        """Return, for each skill that a document asks for, those that stand in for it: `core.skills.nearnesses`."""
        return self._all_kept(self._asked, self._asked_together, numbers, self._thesaurus.near)

    def offered(self, numbers: Numbers) -> Reached:
        """Return, for each skill that a document offers, those for which it stands in."""
        return self._all_kept(self._offered, self._offered_together, numbers, self._helped)

    def asked_now(self, skill: Skill, vector: Vectors) -> Reach:
        """Return the same as `asked` of a skill that no document need have; nothing is kept of one that none has."""
        return self._now(self._asked, skill, vector, self._thesaurus.near)

    def offered_now(self, skill: Skill, vector: Vectors) -> Reach:
        """Return the same as `offered`, likewise."""
        return self._now(self._offered, skill, vector, self._helped)

    def save(self, path: Path) -> None:
        """Write the skills that somebody has, numbered as `renumbered` says; `load` brings them back.

        Nothing is moved: somebody may be reading.
        """
        held = np.flatnonzero(self._are_held())
        uses = np.array(self._uses, dtype=np.int64)[held]
        forms = [self._forms[number] or "" for number in held.tolist()]
        names = [self._names[number] or "" for number in held.tolist()]
        # Copied only where it must be: that takes longer than all else.
        vectors = self._vectors[held] if self._gone else self._vectors[: len(self)]
        archive.write(path, {"uses": uses, "vectors": vectors}, texts={"forms": forms, "names": names})

    @classmethod
    def load(cls, path: Path, *, dimension: int, thesaurus: Thesaurus) -> Self:
        """Read what `save` wrote.

        Raises:
            ValueError: the file cannot be read, or is not what `save` writes.
        """
        vocabulary = cls(dimension, thesaurus)
        saved = archive.read(path, ("uses", "vectors"), texts=("forms", "names"))
        (uses, vectors), (forms, names) = saved.arrays.values(), saved.texts.values()
        if uses.dtype != np.int64 or vectors.dtype != np.float32 or vectors.shape != (len(forms), dimension):
            raise ValueError("the vocabulary's vectors are of another kind or length")
        if not len(forms) == len(names) == len(vectors) or uses.shape != (len(forms),):
            raise ValueError("the vocabulary's columns differ in length")
        if uses[:1].tolist() != [0] or np.any(uses[1:] <= 0):
            raise ValueError("the vocabulary counts skills in use that are not there")
        vocabulary._forms[1:], vocabulary._names[1:] = forms[1:], names[1:]
        vocabulary._uses, vocabulary._vectors = uses.tolist(), np.ascontiguousarray(vectors)
        for number, (form, name) in enumerate(zip(forms[1:], names[1:], strict=True), start=1):
            vocabulary._number_of[name, form] = number
            vocabulary._add_name(name, number)
        if len(vocabulary._number_of) < len(forms) - 1:
            raise ValueError("the vocabulary has a skill that is not there once")
        return vocabulary

    def _add_name(self, name: str, number: int) -> None:
        if name not in self._named:
            for other, value in self._thesaurus.near(name).items():
                self._helps.setdefault(other, {})[name] = value
        self._named.setdefault(name, []).append(number)

    def _named_by(self, number: int) -> Named:
        return self._names[number] or "", self._forms[number] or ""

    def _helped(self, name: str) -> Mapping[str, float]:
        return self._helps.get(name, {})

    def _now(
        self,
        kept: dict[int, tuple[int, Reach]],
        skill: Skill,
        vector: Vectors,
        said: Callable[[str], Mapping[str, float]],
    ) -> Reach:
        number = self._number_of.get(skill.named)
        if number is None:
            return self._reach(skill.named, vector, said(skill.name), start=0)
        return self._kept(kept, number, said)

    def _all_kept(
        self,
        kept: dict[int, tuple[int, Reach]],
        together: dict[bytes, tuple[int, Reached]],
        numbers: Numbers,
        said: Callable[[str], Mapping[str, float]],
    ) -> Reached:
        key = numbers.tobytes()
        upto, reached = together.get(key, (0, NO_SKILLS))
        if upto < len(self):
            reached = Reached.of([self._kept(kept, number, said) for number in numbers.tolist()])
            if len(together) >= TOGETHER:
                together.clear()
            together[key] = (len(self), reached)
        return reached

    def _kept(
        self, kept: dict[int, tuple[int, Reach]], number: int, said: Callable[[str], Mapping[str, float]]
    ) -> Reach:
        upto, reach = kept.get(number, (0, NO_REACH))
        if upto < len(self):
            named = self._named_by(number)
            numbers, values = self._reach(named, self._vectors[number], said(named[0]), start=upto)
            reach = (np.append(reach[0], numbers), np.append(reach[1], values))
            kept[number] = (len(self), reach)
        return reach

    def _reach(self, named: Named, vector: Vectors, said: Mapping[str, float], *, start: int) -> Reach:
        known = {number: value for other, value in said.items() for number in self._named.get(other, ())}
        known |= dict.fromkeys(self._named.get(named[0], ()), 1.0)
        # The product finds whom to look at; what counts is computed pair by pair.
        alike = start + np.flatnonzero(self._vectors[start : len(self)] @ vector >= NEAR - SLACK)
        near = graded(cosines(self._vectors[alike], vector))
        values = {
            number: value
            for number, value in zip(alike.tolist(), near.tolist(), strict=True)
            if not self._thesaurus.tells_apart(named, self._named_by(number))
        }
        values |= {number: value for number, value in known.items() if number >= start}
        return np.array([*values], dtype=np.int32), np.array([*values.values()], dtype=np.float32)
