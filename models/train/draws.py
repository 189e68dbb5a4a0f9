"""Draws by digest: whether a thing is drawn hangs on its name and the seed, and on nothing that stands before it."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one seed. What comes or goes moves no other thing into another half."""

    seed: int

    def number(self, purpose: str, name: str) -> float:
        """Return a number from 0 to below 1: always the same one for a purpose and a name.

        Args:
            purpose: what is drawn, so that one draw says nothing of another.
            name: of the thing.
        """
        digest = hashlib.blake2b(f"{self.seed}\n{purpose}\n{name}".encode(), digest_size=8).digest()
        # As many bits as a float holds exactly: rounded up, the highest would be 1.
        return (int.from_bytes(digest) >> 11) / (1 << 53)

    def some(
        self, purpose: str, things: Iterable[Item], count: int, *, name: Callable[[Item], str] = str
    ) -> list[Item]:
        """Return so many of some things, those with the lowest numbers first; all where there are no more.

        Args:
            purpose: as `number` takes it.
            things: each of another name, or the order of those of one name tells.
            count: how many.
            name: of a thing.
        """
        return sorted(things, key=lambda thing: self.number(purpose, name(thing)))[:count]
