"""Hard constraints, before any ranking: a pair that fails one never competes, so that a request for k gets k.

A constraint excludes only where both sides have said something: what is unknown is not held against anyone.
"""

from collections.abc import Collection
from datetime import date

import numpy as np

from matcher.core.traits import FULL_REMOTE, NO_DAY, PARTLY_REMOTE, Mask, Rows, Traits, TraitTable


def eligible_profiles(
    posting: Traits, profiles: TraitTable, *, rows: int, organisation: str | None, today: date
) -> Rows:
    """Return the rows of the profiles that a posting may be offered, ascending.

    The posting must be open and in its dates; a profile must be visible to recruiters, not hidden from the posting's
    organisation, and agree with it on contract and place.

    Args:
        posting: one row.
        profiles: the other side.
        rows: how many rows of `profiles` are in use.
        organisation: the posting's, None when it names none.
        today: the day on which the posting must be valid.
    """
    if not (posting.listed and in_dates(posting, today=today)):
        return np.empty(0, dtype=np.int64)
    span = profiles.many(slice(0, rows))
    mask: Mask = profiles.alive[:rows] & span.listed & compatible(posting, span)
    if organisation is not None:
        mask[profiles.hidden_from(organisation)] = False
    return np.flatnonzero(mask)


def eligible_postings(
    profile: Traits, postings: TraitTable, *, rows: int, hidden_from: Collection[str], today: date
) -> Rows:
    """Return the rows of the postings that a profile may be suggested, ascending.

    Whether recruiters may see the profile does not matter here: the answer is the candidate's own.

    Args:
        profile: one row.
        postings: the other side.
        rows: how many rows of `postings` are in use.
        hidden_from: organisations that the candidate does not want to meet.
        today: the day on which a posting must be valid.
    """
    span = postings.many(slice(0, rows))
    mask: Mask = postings.alive[:rows] & span.listed & in_dates(span, today=today) & compatible(span, profile)
    if hidden_from:
        mask &= ~np.isin(span.organisation, postings.numbers_of(hidden_from))
    return np.flatnonzero(mask)


def compatible(posting: Traits, profile: Traits) -> Mask:
    """Tell whether contract and place agree, as far as both sides say.

    Places agree when they share a region. Remote work lifts the constraint: everywhere where it is full, as far as the
    regions that touch where it is partial. Which département is nearer is a preference, not a constraint.
    """
    agrees: Mask = ~(_other_contract(posting, profile) | _out_of_reach(posting, profile))
    return agrees


def failed(posting: Traits, profile: Traits, *, today: date) -> list[str]:
    """Return the constraints that one pair fails, by name: `open`, `dates`, `visible`, `contract`, `place`.

    Whether the profile hides from the posting's organisation is not among them: traits do not say.
    """
    held = {
        "open": posting.listed,
        "dates": in_dates(posting, today=today),
        "visible": profile.listed,
        "contract": ~_other_contract(posting, profile),
        "place": ~_out_of_reach(posting, profile),
    }
    return [name for name, holds in held.items() if not np.all(holds)]


def in_dates(posting: Traits, *, today: date) -> Mask:
    """Tell whether a posting is valid on a day; a date that is not given sets no limit."""
    day = today.toordinal()
    valid: Mask = (posting.first_day <= day) & ((posting.last_day == NO_DAY) | (posting.last_day >= day))
    return valid


def _other_contract(posting: Traits, profile: Traits) -> Mask:
    return _disjoint(posting.contracts, profile.contracts)


def _out_of_reach(posting: Traits, profile: Traits) -> Mask:
    within_reach = np.where(posting.remote == PARTLY_REMOTE, posting.reach, posting.regions)
    apart: Mask = _disjoint(within_reach, profile.regions) & (posting.remote != FULL_REMOTE)
    return apart


def _disjoint(one: np.ndarray, other: np.ndarray) -> Mask:
    """Tell where both sets of bits are given and share none."""
    apart: Mask = (one != 0) & (other != 0) & ((one & other) == 0)
    return apart
