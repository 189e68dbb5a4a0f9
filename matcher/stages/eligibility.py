"""Hard constraints, before any ranking: a pair that fails one never competes, so that a request for k gets k.

A constraint excludes only where both sides have said something: what is unknown is not held against anyone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from matcher.compiled import compiled, in_halves
from matcher.core.domain import Contract
from matcher.core.traits import (
    ELSEWHERE,
    FULL_REMOTE,
    NO_DAY,
    NOBODY,
    PARTLY_REMOTE,
    Mask,
    Rows,
    Traits,
    TraitTable,
    bits_within,
    contract_bits,
)

AT_ONCE = 4096
"""Rows whose marks are kept at one time."""
EIGHT = 8
"""Rows that are passed over at once where all fail."""
LONG = 131_072
"""From so many rows on, two threads look through them."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What a search does not want of places and contracts. Who names another one too, or none, is not meant."""

    departments: frozenset[str] = frozenset()
    """Départements, by their codes."""
    contracts: frozenset[Contract] = frozenset()


def eligible_profiles(
    posting: Traits, profiles: TraitTable, *, rows: int, organisation: str | None, today: date
) -> Rows:
    """Return the rows of the profiles that a posting may be offered, ascending.

    The posting must be open and in its dates; a profile must be visible to recruiters, not hidden from the posting's
    organisation, and agree with it on contract and place.

    Args:
        posting: one row, as columns.
        profiles: the other side.
        rows: how many rows of `profiles` are in use.
        organisation: the posting's, None when it names none.
        today: the day on which the posting must be valid.
    """
    if not (posting.listed and in_dates(posting, today=today)):
        return np.empty(0, dtype=np.int64)
    hidden = profiles.hidden_from(organisation) if organisation is not None else NOBODY
    span = profiles.many(slice(0, rows))
    asks = posting.contracts, posting.remote, posting.regions, posting.reach
    says = profiles.alive, span.listed, span.regions, span.contracts
    places: list[tuple[int, int]] = []
    # One array for both halves: in a new one for what they found, each page would be written to for the first time.
    found = np.empty(rows + 2 * EIGHT, dtype=np.int64)

    def look(some: slice) -> None:
        begin = some.start + EIGHT if some.start else 0
        places.append((begin, begin + _profiles_for(*asks, *says, hidden, some.start, some.stop, found[begin:])))

    in_halves(look, rows, long=LONG)
    (_, count), *others = sorted(places)
    for begin, end in others:
        found[count : count + end - begin] = found[begin:end]
        count += end - begin
    return found[:count]


def eligible_postings(
    profile: Traits, postings: TraitTable, *, rows: int, hidden_from: Collection[str], today: date
) -> Rows:
    """Return the rows of the postings that a profile may be suggested, ascending.

    Whether recruiters may see the profile does not matter here: the answer is the candidate's own.

    Args:
        profile: one row, as columns.
        postings: the other side.
        rows: how many rows of `postings` are in use.
        hidden_from: organisations that the candidate does not want to meet.
        today: the day on which a posting must be valid.
    """
    hidden = postings.numbers_of(hidden_from).astype(np.int64) if hidden_from else NOBODY
    span = postings.many(slice(0, rows))
    # Column by column: to hand over all of them takes as long as to look through a forum.
    says = span.listed, span.first_day, span.last_day, span.remote, span.regions, span.reach, span.contracts
    wishes = profile.regions, profile.contracts, hidden
    found = np.empty(rows, dtype=np.int64)
    return found[: _postings_for(postings.alive, *says, span.organisation, *wishes, today.toordinal(), found)]


def failed(posting: Traits, profile: Traits, *, today: date) -> list[str]:
    """Return the constraints that one pair fails, by name: `open`, `dates`, `visible`, `contract`, `place`.

    Each side is one row, as columns. Whether the profile hides from the posting's organisation is not among them:
    traits do not say.
    """
    within_reach = _within_reach(posting.remote[0], posting.regions[0], posting.reach[0])
    held = {
        "open": posting.listed[0],
        "dates": in_dates(posting, today=today)[0],
        "visible": profile.listed[0],
        "contract": not _disjoint(posting.contracts[0], profile.contracts[0]),
        "place": not _disjoint(within_reach, profile.regions[0]),
    }
    return [name for name, holds in held.items() if not holds]


def in_dates(posting: Traits, *, today: date) -> Mask:
    """Tell whether a posting is valid on a day; a date that is not given sets no limit."""
    day = today.toordinal()
    valid: Mask = (posting.first_day <= day) & ((posting.last_day == NO_DAY) | (posting.last_day >= day))
    return valid


def lying_within(traits: Traits, vague: npt.NDArray[np.uint32], rows: Rows, departments: Collection[str]) -> Mask:
    """Tell which documents name a place, and none that may lie outside some départements: as one not understood may.

    Args:
        traits: of all documents, as columns.
        vague: likewise, the regions in which a place is named without its département.
        rows: those that are asked about.
        departments: by their codes.
    """
    within: Mask = np.empty(len(rows), dtype=np.bool_)
    whole, low, high = bits_within(departments)
    outside = np.uint32(~whole & 0xFFFF_FFFF), np.uint64(~low & (1 << 64) - 1), np.uint64(~high & (1 << 64) - 1)
    named = traits.regions, vague, traits.departments, traits.departments_high
    in_halves(lambda some: _lie_within(*named, rows[some], *outside, within[some]), len(rows))
    return within


def wishing_only(traits: Traits, rows: Rows, contracts: Collection[Contract]) -> Mask:
    """Tell which documents name a kind of contract, and none but some.

    Args:
        traits: of all documents, as columns.
        rows: those that are asked about.
        contracts: those kinds.
    """
    named = traits.contracts[rows]
    others = np.uint8(contract_bits(set(Contract) - {*contracts}))
    only: Mask = (named != 0) & (named & others == 0)
    return only


@compiled
def _lie_within(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    regions: npt.NDArray[np.uint32],
    vague: npt.NDArray[np.uint32],
    departments: npt.NDArray[np.uint64],
    departments_high: npt.NDArray[np.uint64],
    rows: Rows,
    outside: np.uint32,
    outside_low: np.uint64,
    outside_high: np.uint64,
    within: Mask,
) -> None:
    """Fill in who names a place and none of those outside."""
    for place in range(len(rows)):
        row = np.uintp(rows[place])
        is_vague = ((vague[row] & outside) | (regions[row] & np.uint32(ELSEWHERE))) != 0
        is_other = (departments[row] & outside_low) != 0 or (departments_high[row] & outside_high) != 0
        within[place] = regions[row] != 0 and not is_vague and not is_other


@compiled
def _profiles_for(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    asked_contracts: npt.NDArray[np.uint8],
    remote: npt.NDArray[np.int8],
    asked_regions: npt.NDArray[np.uint32],
    reach: npt.NDArray[np.uint32],
    alive: Mask,
    all_listed: Mask,
    regions: npt.NDArray[np.uint32],
    all_contracts: npt.NDArray[np.uint8],
    hidden: Rows,
    first: int,
    end: int,
    found: Rows,
) -> int:
    """Fill in the rows from `first` up to `end` that a posting may be offered; return how many they are.

    Args, of those that are not columns:
        hidden: the rows of those who hide from it, ascending.
        found: with room for all of them, and EIGHT more.
    """
    contracts = asked_contracts[0]
    within_reach = _within_reach(remote[0], asked_regions[0], reach[0])
    any_place, any_contract = np.uint8(within_reach == 0), np.uint8(contracts == 0)
    count, next_ = 0, np.searchsorted(hidden, first)
    # Some rows at a time: their marks stay in the processor's cache, and eight that all fail are passed over at once.
    passed = np.zeros(AT_ONCE, dtype=np.uint8)
    eights = passed.view(np.uint64)
    for start in range(first, end, AT_ONCE):
        some = slice(start, min(start + AT_ONCE, end))
        reached, wished = regions[some], all_contracts[some]
        listed, here = all_listed[some], alive[some]
        passed[:] = 0
        for at in range(len(listed)):
            # No branch, so that the processor does many at once and guesses nothing.
            place = any_place | np.uint8(reached[at] == 0) | np.uint8((within_reach & reached[at]) != 0)
            contract = any_contract | np.uint8(wished[at] == 0) | np.uint8((contracts & wished[at]) != 0)
            passed[at] = np.uint8(here[at]) & np.uint8(listed[at]) & place & contract
        while next_ < len(hidden) and hidden[next_] < start + len(listed):
            passed[hidden[next_] - start] = 0
            next_ += 1
        for eight in range((len(listed) + EIGHT - 1) // EIGHT):
            if eights[eight]:
                for at in range(EIGHT * eight, EIGHT * eight + EIGHT):
                    found[count] = start + at
                    count += passed[at]
    return count


@compiled
def _postings_for(  # noqa: PLR0913, PLR0917 - columns, one by one: compiled code knows no keywords
    alive: Mask,
    listed: Mask,
    first_day: npt.NDArray[np.int32],
    last_day: npt.NDArray[np.int32],
    remote: npt.NDArray[np.int8],
    regions: npt.NDArray[np.uint32],
    reach: npt.NDArray[np.uint32],
    contracts: npt.NDArray[np.uint8],
    organisations: npt.NDArray[np.int32],
    wished_regions: npt.NDArray[np.uint32],
    wished_contracts: npt.NDArray[np.uint8],
    hidden: Rows,
    today: int,
    found: Rows,
) -> int:
    """Fill in the rows of the postings that a profile may be suggested; return how many they are."""
    count = 0
    for row in range(len(listed)):
        is_over = last_day[row] != NO_DAY and last_day[row] < today
        if not (alive[row] and listed[row]) or is_over or first_day[row] > today:
            continue
        is_barred = False
        for organisation in hidden:
            is_barred = is_barred or organisation == organisations[row]
        within_reach = _within_reach(remote[row], regions[row], reach[row])
        is_apart = _disjoint(within_reach, wished_regions[0]) or _disjoint(contracts[row], wished_contracts[0])
        if not (is_barred or is_apart):
            found[count] = row
            count += 1
    return count


@compiled
def _within_reach(remote: Any, regions: Any, reach: Any) -> Any:
    """Return the regions, as bits, one of which a profile must share with a posting; 0 where any will do.

    Remote work lifts the constraint: everywhere where it is full, as far as the regions that touch where it is partial.
    So does a place that is not understood: of a posting it may lie anywhere, and so may the profile that has ELSEWHERE.
    Which département is nearer is a preference, not a constraint.
    """
    if remote == FULL_REMOTE or regions == 0 or (regions & np.uint32(ELSEWHERE)) != 0:
        return np.uint32(0)
    return (reach if remote == PARTLY_REMOTE else regions) | np.uint32(ELSEWHERE)


@compiled
def _disjoint(one: int, other: int) -> bool:
    """Tell whether both sets of bits are given and share none."""
    return one != 0 and other != 0 and (one & other) == 0
