"""Chance that can be repeated: the same seed draws the same, in any process and on any version of Python."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Dice:
    """Draws made from `Random.random` alone, the one method whose sequence Python promises never to change."""

    __slots__ = ("random",)

    def __init__(self, seed: int, stream: str) -> None:
        self.random = Random(f"{stream}:{seed}").random  # noqa: S311 - seeded on purpose: a demo, not a secret

    def chance(self, probability: float) -> bool:
        """Return True with that probability."""
        return self.random() < probability

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options, each as likely as the next."""
        return options[int(self.random() * len(options))]

    def between(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self.random() * (high - low + 1))

    def some(self, options: Sequence[T], count: int) -> list[T]:
        """Return that many different options in the order drawn; all of them, shuffled, when there are fewer."""
        pool = list(options)
        size = len(pool)
        for place in range(min(count, size)):
            other = place + int(self.random() * (size - place))
            pool[place], pool[other] = pool[other], pool[place]
        return pool[:count]


class Weighted(Generic[T]):
    """Options of which some are likelier than others."""

    __slots__ = ("_bounds", "_options", "_total")

    def __init__(self, *options: tuple[T, float]) -> None:
        self._options = [option for option, _ in options]
        self._bounds = list(accumulate(weight for _, weight in options))
        self._total = self._bounds[-1]

    def draw(self, dice: Dice) -> T:
        """Return one option, as often as its weight says."""
        return self._options[bisect_right(self._bounds, dice.random() * self._total)]


class Deck(Generic[T]):
    """Cards dealt without replacement and shuffled again when they run out: every card comes up, and in its share."""

    __slots__ = ("_cards", "_dealt", "_dice")

    def __init__(self, dice: Dice, cards: Sequence[T]) -> None:
        self._dice = dice
        self._cards = list(cards)
        self._dealt = len(self._cards)

    def deal(self) -> T:
        """Return the next card."""
        if self._dealt == len(self._cards):
            self._cards = self._dice.some(self._cards, len(self._cards))
            self._dealt = 0
        card = self._cards[self._dealt]
        self._dealt += 1
        return card
