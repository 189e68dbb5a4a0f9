"""Ranked matches as columns: an answer holds a hundred contributions, and most are written without being looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import overload

import numpy as np
import numpy.typing as npt

from matcher.core.domain import PostingId, ProfileId
from matcher.core.scoring import ASKS, ASPECTS, Contribution, Match, Standing, Weights


@lru_cache(maxsize=64)
def counted(weights: Weights) -> npt.NDArray[np.float64]:
    """Return what each aspect counts, in the order of ASPECTS; made once."""
    found = np.array(weights.in_order())
    found.flags.writeable = False
    return found


@dataclass(slots=True, eq=False)
class Matched(Sequence[Match]):
    """Matches of one ranking, best first; each is made where somebody looks at it.

    Not frozen: made for every answer, in a fifth of the time.
    """

    pairs: Sequence[tuple[PostingId, ProfileId]]
    similarity: npt.NDArray[np.float64]
    """Shape (matches, aspects), in the order of ASPECTS."""
    compared: npt.NDArray[np.bool_]
    """Same shape: whether both sides say something."""
    weights: Weights
    variants: Sequence[tuple[str, ...]]
    """Of each match."""
    first: int = 1
    """The rank of the first one: on a page that comes after others, more than 1."""

    @classmethod
    def of(
        cls,
        pairs: Sequence[tuple[PostingId, ProfileId]],
        similarity: npt.NDArray[np.float64],
        compared: npt.NDArray[np.bool_],
        weights: Weights,
    ) -> "Matched":
        """Return matches by how much they agree in each aspect, without variants."""
        return cls(pairs, similarity, compared, weights, [()] * len(pairs))

    @classmethod
    def nothing(cls, weights: Weights) -> "Matched":
        """Return none."""
        return cls.of((), np.empty((0, len(ASPECTS))), np.empty((0, len(ASPECTS)), dtype=np.bool_), weights)

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """What each aspect adds to each score: shape (matches, aspects), in the order of ASPECTS."""
        return self.similarity * counted(self.weights)

    def scores(self) -> npt.NDArray[np.float64]:
        """Return each score, what the posting asks, and what the candidate wishes: shape (matches, 3).

        The same as a match's `score`, `asks_score` and `wishes_score`, to the bit: added in the same order.
        """
        weights, values = self.weights.in_order(), self.values
        upto = np.add.accumulate(values, axis=1)
        found = np.empty((len(self), 3))
        found[:, 0], found[:, 1] = upto[:, -1], upto[:, len(ASKS) - 1]
        found[:, 2] = np.add.accumulate(values[:, len(ASKS) :], axis=1)[:, -1]
        found[:, 1] /= sum(weights[: len(ASKS)]) or np.inf
        found[:, 2] /= sum(weights[len(ASKS) :]) or np.inf
        return found

    def with_variants(self, variants: Sequence[tuple[str, ...]]) -> "Matched":
        """Return the same matches with what each of them stands for."""
        return replace(self, variants=variants)

    def ranked_from(self, first: int) -> "Matched":
        """Return the same matches on a page whose first one has this rank."""
        return replace(self, first=first)

    def __len__(self) -> int:
        return len(self.pairs)

    @overload
    def __getitem__(self, place: int) -> Match: ...
    @overload
    def __getitem__(self, place: slice) -> list[Match]: ...
    def __getitem__(self, place: int | slice) -> Match | list[Match]:
        every = range(len(self))
        return self._made(every[place]) if isinstance(place, slice) else self._made([every[place]])[0]

    def __iter__(self) -> Iterator[Match]:
        return iter(self._made(range(len(self))))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment] # as any sequence that can be compared with a list

    def __repr__(self) -> str:
        return repr([*self])

    def _made(self, places: Sequence[int]) -> list[Match]:
        weights = self.weights.in_order()
        columns = (each[[*places]].tolist() for each in (self.values, self.similarity, self.compared))
        made = []
        for place, values, alike, known in zip(places, *columns, strict=True):
            standings = [Standing.COMPARED if each else Standing.UNKNOWN for each in known]
            parts = tuple(map(Contribution, ASPECTS, values, alike, standings, weights))
            posting_id, profile_id = self.pairs[place]
            rank = self.first + place
            made.append(Match(posting_id, profile_id, rank, sum(values), parts, self.variants[place]))
        return made
