"""From a ranking to what is shown: one of each posting, not all of one organisation, not ten of a kind if so wished.

Nothing here changes a score; only which documents are shown, and in which order where diversity is asked for.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Contract, Facet
from matcher.core.scoring import Variety
from matcher.core.traits import Mask, Traits, contract_bits

SAME_TITLE, SAME_BODY = 0.97, 0.97
"""The cosines from which two postings are one that was published twice: a word or a date apart."""
YEARS_APART = 3.0
"""Years of experience between the least that two postings ask for, from which they are for different people."""
ORGANISATION_UNKNOWN = -1
_POSTS = np.uint8(contract_bits({Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT}))
"""One post of the State may be published for either."""


class Shown(NamedTuple):
    """One document that is shown, by its place in the ranking, and those that say the same."""

    place: int
    variants: tuple[int, ...] = ()


@lru_cache(maxsize=128)
def as_ranked(count: int) -> Sequence[Shown]:
    """Return the first so many documents as they are ranked, each for itself."""
    return tuple(map(Shown, range(count)))


def same_postings(
    cosines: npt.NDArray[np.float32],
    known: Mask,
    traits: Traits,
    facets: Sequence[Facet],
    *,
    others: tuple[Mask, Traits] | None = None,
) -> Mask:
    """Return which postings are one that was published twice or by two services, shape (postings, postings).

    Their texts are nearly the same, and nothing says that they are for different places, contracts or levels of
    experience: an internship and a permanent post of one text are two.

    Args:
        cosines: of each facet, shape (facets, postings, postings).
        known: which facets each has, shape (postings, facets).
        traits: of each.
        facets: the order of the first axis.
        others: `known` and `traits` of other postings, to compare these with: the last axis of `cosines`, and of what
            is returned, are theirs. Without them, these are compared with one another, and none with itself.
    """
    title, body = facets.index(Facet.TITLE), facets.index(Facet.BODY)
    known_there, there = others or (known, traits)
    same: Mask = (cosines[body] >= SAME_BODY) & (known[:, body, None] & known_there[None, :, body])
    # Of two titles that say no trade neither is compared: two names of one project.
    same &= (cosines[title] >= SAME_TITLE) | ~(known[:, title, None] | known_there[None, :, title])
    if others is None:
        np.fill_diagonal(same, val=False)
    if same.any():
        same &= ~_apart((traits.regions, there.regions))
        same &= ~_apart((traits.departments, there.departments), (traits.departments_high, there.departments_high))
        same &= ~_apart((_posts(traits), _posts(there)))
        years = traits.experience[:, None] - there.experience[None, :]
        same &= ~(np.abs(years) > YEARS_APART)  # NaN, where one does not say: not apart
    return same


def _posts(traits: Traits) -> npt.NDArray[np.unsignedinteger]:
    posts: npt.NDArray[np.unsignedinteger] = np.where(
        traits.contracts & _POSTS, traits.contracts | _POSTS, traits.contracts
    )
    return posts


def shown(
    scores: Sequence[float],
    k: int,
    variety: Variety,
    *,
    same: Mask,
    alike: npt.NDArray[np.float32],
    organisations: Sequence[int],
    before: int = 0,
) -> Sequence[Shown]:
    """Return the k documents to show, in their order: fewer only where there are no more.

    Args:
        scores: of a ranking, best first; then of what the pages before have shown.
        k: how many at most.
        variety: what is asked for.
        same: which documents say the same, shape (documents, documents).
        alike: how alike two documents are, 0 to 1, same shape.
        organisations: a number for each, ORGANISATION_UNKNOWN where it names none.
        before: how many of the last ones have been shown before: they count, and are not shown again.

    Source: Carbonell and Goldstein, The use of MMR, SIGIR 1998.
    """
    fresh = len(scores) - before
    if not (variety.diversity or variety.per_organisation or same.any()):
        return as_ranked(min(k, fresh))
    variants = grouped(same[:fresh, :fresh])
    left = [*variants]
    taken = [*range(fresh, len(scores))]
    of_each = Counter(organisations[place] for place in taken)
    most = variety.per_organisation or len(scores)
    each, nearest = np.array(scores), alike[:, taken].max(axis=1, initial=-np.inf)
    while left and len(taken) < before + k:
        place = left[0]
        if variety.diversity and taken:
            place = left[int(np.argmax((1 - variety.diversity) * each[left] - variety.diversity * nearest[left]))]
        left.remove(place)
        organisation = organisations[place]
        if organisation != ORGANISATION_UNKNOWN and of_each[organisation] >= most:
            continue
        of_each[organisation] += 1
        taken.append(place)
        nearest = np.maximum(nearest, alike[:, place])
    return [Shown(place, tuple(variants[place])) for place in taken[before:]]


def grouped(same: Mask) -> dict[int, list[int]]:
    """Return the best of each group of documents that say the same, with the others: each document stands once."""
    variants: dict[int, list[int]] = {}
    has_twin: Mask = np.logical_or.reduce(same, axis=0)
    for place in range(len(same)):
        leader = next((one for one in variants if same[one, place]), None) if has_twin[place] else None
        if leader is None:
            variants[place] = []
        else:
            variants[leader].append(place)
    return variants


def _apart(*columns: tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.unsignedinteger]]) -> Mask:
    """Tell which two both name places and share none. The columns, here and there, are the bits of one long number."""
    common = [(here[:, None] & there[None, :]) != 0 for here, there in columns]
    named = np.any([here != 0 for here, _ in columns], axis=0)
    named_there = np.any([there != 0 for _, there in columns], axis=0)
    apart: Mask = named[:, None] & named_there[None, :] & ~np.any(common, axis=0)
    return apart
