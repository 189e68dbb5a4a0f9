"""Pairs of texts in two languages in, which words mean the same out.

Source: Brown, Della Pietra, Della Pietra and Mercer, The Mathematics of Statistical Machine Translation, Computational
Linguistics, 1993 (model 1).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_NOTHING = ""
"""The word that a word of the other text may come from where it comes from none."""

Texts = Sequence[Sequence[str]]


class Link(NamedTuple):
    """How sure it is that a word is another's translation."""

    chance: float
    """Of all that the word is translated by."""
    times: float
    """How often it is, as far as can be told."""


def aligned(sources: Texts, targets: Texts, *, rounds: int) -> dict[tuple[str, str], Link]:
    """Return the links from words of the first texts to words of the second, by expectation and maximisation.

    Args:
        sources: texts as words.
        targets: their translations, as many, in the same order.
        rounds: how often the chances are made anew.
    """
    of_source: dict[str, int] = {_NOTHING: 0}
    of_target: dict[str, int] = {}
    starts, ends, spots = list[int](), list[int](), list[int]()
    spot = 0
    for source, target in zip(sources, targets, strict=True):
        begins = [0, *(of_source.setdefault(word, len(of_source)) for word in source)]
        for word in target:
            starts += begins
            ends += [of_target.setdefault(word, len(of_target))] * len(begins)
            spots += [spot] * len(begins)
            spot += 1
    size = max(len(of_target), 1)
    keys, link_of = np.unique(np.array(starts, np.int64) * size + np.array(ends, np.int64), return_inverse=True)
    spot_of, source_of = np.array(spots, np.int64), keys // size
    chances = counts = np.ones(len(keys))
    for _ in range(rounds):
        shares = chances[link_of]
        shares /= _summed(spot_of, shares, spot)[spot_of]
        counts = _summed(link_of, shares, len(keys))
        chances = counts / _summed(source_of, counts, len(of_source))[source_of]
    first, second = list(of_source), list(of_target)
    return {
        (first[key // size], second[key % size]): Link(chance, times)
        for key, chance, times in zip(keys.tolist(), chances.tolist(), counts.tolist(), strict=True)
        if key >= size
    }


def _summed(places: npt.NDArray[np.int64], values: npt.NDArray[np.float64], size: int) -> npt.NDArray[np.float64]:
    """Return the sum of the values at each place."""
    return np.bincount(places, values, minlength=size).astype(np.float64)
