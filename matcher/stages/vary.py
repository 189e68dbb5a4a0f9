"""From a ranking to what is shown: one of each posting, not all of one organisation, not ten of a kind if so wished.

Nothing here changes a score; only which documents are shown, and in which order where diversity is asked for.
"""

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from matcher.core.domain import Contract, Facet
from matcher.core.places import EARTH_KM
from matcher.core.scoring import Variety
from matcher.core.traits import ELSEWHERE, Mask, Traits, contract_bits

SAME_TITLE, SAME_BODY = 0.97, 0.97
"""The cosines from which two postings are one that was published twice: a word or a date apart."""
YEARS_APART = 3.0
"""Years of experience between the least that two postings ask for, from which they are for different people."""
KM_APART = 60.0
"""Kilometres between two places by their coordinates, from which they are no two ways to find one town."""
PAY_APART = 1.1
"""How many times the most that one posting pays the least of another is, from which no rise in between explains it."""
ORGANISATION_UNKNOWN = -1
_REGIONS = np.uint32(ELSEWHERE - 1)
_POSTS = np.uint8(contract_bits({Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT}))
"""One post of the State may be published for either."""
_REMOTE = np.array([0b01, 0b11, 0b10, 0], dtype=np.uint8)
"""By kind of remote work, the last of no kind, as bits: some of it may be called none or all of it."""


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

    Their texts are nearly the same, and nothing says that they are for different places, contracts, levels of
    experience, pays or ways to work: an internship and a permanent post of one text are two. What one of them does not
    say tells nothing.

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
        same &= ~_apart((traits.regions & _REGIONS, there.regions & _REGIONS))
        same &= ~_apart((traits.departments, there.departments), (traits.departments_high, there.departments_high))
        same &= ~_apart((_posts(traits), _posts(there)))
        same &= ~_apart((_REMOTE[traits.remote], _REMOTE[there.remote]))
        same &= ~_apart((traits.levels, there.levels))
        # NaN, where one does not say: not apart
        years = traits.experience[:, None] - there.experience[None, :]
        same &= ~(np.abs(years) > YEARS_APART)
        same &= ~(traits.salary_min[:, None] > PAY_APART * there.salary_max[None, :])
        same &= ~(there.salary_min[None, :] > PAY_APART * traits.salary_max[:, None])
        same &= ~_far(traits, there)
    return same


def _far(traits: Traits, there: Traits) -> Mask:
    """Tell which places lie far from each other, or have two names of which neither is understood."""
    cosine = _on_a_ball(traits) @ _on_a_ball(there).T
    named, named_there = np.where(traits.regions, 0, traits.towns), np.where(there.regions, 0, there.towns)
    other = (named[:, None] != named_there[None, :]) & (named != 0)[:, None] & (named_there != 0)[None, :]
    far: Mask = (cosine < math.cos(KM_APART / EARTH_KM)) | (np.isnan(cosine) & other)
    return far


def _on_a_ball(traits: Traits) -> npt.NDArray[np.float64]:
    """Return where each lies on a ball of radius 1, shape (postings, 3); NaN where it is not known."""
    north, east = np.radians(traits.latitude.astype(np.float64)), np.radians(traits.longitude.astype(np.float64))
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=1)


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
    organisation, taken = np.array(organisations), [*range(fresh, len(scores))]
    of_each = Counter(organisations[place] for place in taken)
    most = variety.per_organisation or len(scores)
    full = [one for one, count in of_each.items() if count >= most]
    left: Mask = np.ones(fresh, dtype=np.bool_)
    groups = grouped(same[:fresh, :fresh], may_lead=_open(organisation[:fresh], full))
    each, nearest = np.array(scores), alike[:, taken].max(axis=1, initial=-np.inf)
    chosen: list[Shown] = []
    while groups and len(chosen) < k:
        place = next(iter(groups))
        if variety.diversity and taken:
            may_be = [*groups]
            value = (1 - variety.diversity) * each[may_be] - variety.diversity * nearest[may_be]
            place = may_be[int(np.argmax(value))]
        variants = groups.pop(place)
        chosen.append(Shown(place, tuple(variants)))
        taken.append(place)
        left[[place, *variants]] = False
        nearest = np.maximum(nearest, alike[:, place])
        of_each[organisations[place]] += 1
        if of_each[organisations[place]] == most and organisations[place] != ORGANISATION_UNKNOWN:
            full.append(organisations[place])
            groups = _without(groups, organisation, full, same=same[:fresh, :fresh], left=left)
    return chosen


def grouped(same: Mask, *, may_lead: Mask | None = None, left: Mask | None = None) -> dict[int, list[int]]:
    """Return the best of each group of documents that say the same, with the others: each document stands once.

    Args:
        same: which documents say the same, symmetric, shape (documents, documents), best first.
        may_lead: which may stand for a group, all without it; one that may not, and says the same as none that may,
            stands nowhere.
        left: which are grouped at all, all without it.
    """
    variants: dict[int, list[int]] = {}
    has_twin: Mask = np.logical_or.reduce(same, axis=0)
    left = np.ones(len(same), dtype=np.bool_) if left is None else left.copy()
    for place in range(len(same)) if may_lead is None else np.flatnonzero(may_lead).tolist():
        if not left[place]:
            continue
        left[place] = False
        variants[place] = np.flatnonzero(same[place] & left).tolist() if has_twin[place] else []
        left[variants[place]] = False
    return variants


def _open(organisation: npt.NDArray[np.int64], full: Sequence[int]) -> Mask:
    """Return which documents are of no organisation that is shown as often as it may be."""
    return ~np.isin(organisation, [one for one in full if one != ORGANISATION_UNKNOWN])


def _without(
    groups: dict[int, list[int]], organisation: npt.NDArray[np.int64], full: Sequence[int], *, same: Mask, left: Mask
) -> dict[int, list[int]]:
    """Return the groups once an organisation is shown as often as it may be: others stand for its documents."""
    closed = [place for place in groups if organisation[place] == full[-1]]
    if any(groups[place] for place in closed):
        return grouped(same, may_lead=_open(organisation[: len(left)], full), left=left)
    for place in closed:
        del groups[place]
    return groups


def _apart(*columns: tuple[npt.NDArray[np.unsignedinteger], npt.NDArray[np.unsignedinteger]]) -> Mask:
    """Tell which two both name places and share none. The columns, here and there, are the bits of one long number."""
    common = [(here[:, None] & there[None, :]) != 0 for here, there in columns]
    named = np.any([here != 0 for here, _ in columns], axis=0)
    named_there = np.any([there != 0 for _, there in columns], axis=0)
    apart: Mask = named[:, None] & named_there[None, :] & ~np.any(common, axis=0)
    return apart
