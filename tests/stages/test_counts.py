"""Numbers beside filters, against counting one by one."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import Profile
from matcher.core.places import REGIONS, find_department, find_region
from matcher.core.traits import TraitTable
from matcher.stages.counts import BANDS, FACETS, UNKNOWN, Filters, counted, filtered, values
from tests.forums import numbered, profiles

VALUES = {
    "region": ["53", "28", "94", UNKNOWN, "99"],
    "contract": ["civil_servant", "contract_agent", UNKNOWN, "nonsense"],
    "experience": [*BANDS, UNKNOWN],
    "remote": ["none", "partial", "full", UNKNOWN],
}
filters = st.builds(
    Filters, **{facet: st.frozensets(st.sampled_from(found), max_size=2) for facet, found in VALUES.items()}
)


def says(profile: Profile) -> dict[str, set[str]]:
    """By facet, what a profile says, by the definition."""
    regions = set()
    for place in profile.locations:
        if place.department and (department := find_department(place.department)):
            regions.add(department.region.code)
        elif place.region and (region := find_region(place.region)):
            regions.add(region.code)
    years = profile.experience_years
    return {
        "region": regions or {UNKNOWN},
        "contract": {contract.value for contract in profile.contracts} or {UNKNOWN},
        "experience": {UNKNOWN}
        if years is None
        else {name for name, (low, high) in BANDS.items() if low <= years < high},
        "remote": {profile.remote.value if profile.remote else UNKNOWN},
    }


def passes(said: dict[str, set[str]], wanted: Filters, *, but: str = "") -> bool:
    return all(not getattr(wanted, facet) or said[facet] & getattr(wanted, facet) for facet in FACETS if facet != but)


@settings(max_examples=300, deadline=None)
@given(st.lists(profiles, max_size=8), filters)
def test_filters_and_counts_are_what_counting_one_by_one_gives(found: Sequence[Profile], wanted: Filters) -> None:
    table = TraitTable(capacity=8)
    for row, profile in enumerate(numbered(found, prefix="c")):
        table.put(row, profile)
    masks = values(table.many(np.arange(len(found))))
    passed = filtered(masks, wanted)
    said = [says(profile) for profile in found]
    shown = np.logical_and.reduce([*passed.values()])
    assert shown.tolist() == [passes(one, wanted) for one in said]
    for facet, counts in counted(masks, passed).items():
        among = [one for one in said if passes(one, wanted, but=facet)]
        expected = {value: sum(value in one[facet] for one in among) for one in among for value in one[facet]}
        assert counts == expected


@pytest.mark.parametrize("facet", FACETS)
def test_a_filter_that_nothing_can_meet_lets_nothing_pass(facet: str) -> None:
    table = TraitTable(capacity=1)
    table.put(0, Profile("x", "y"))  # type: ignore[arg-type] # an id
    masks = values(table.many(np.arange(1)))
    assert not filtered(masks, Filters(**{facet: frozenset({"no such value"})}))[facet].any()


def test_every_region_can_be_asked_for() -> None:
    assert {*values(TraitTable(capacity=1).many(np.arange(0)))["region"]} == {*(one.code for one in REGIONS), UNKNOWN}
