"""Numbers beside filters, against counting one by one."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import compiled
from matcher.core.domain import Location, Profile, ProfileId
from matcher.core.places import REGIONS, find_department, find_region
from matcher.core.traits import TraitTable
from matcher.stages.counts import BANDS, FACETS, UNKNOWN, VALUES, Filters, filtered
from tests.forums import numbered, profiles

ASKED = {
    "region": ["53", "28", "94", UNKNOWN, "99"],
    "contract": ["civil_servant", "contract_agent", UNKNOWN, "nonsense"],
    "experience": [*BANDS, UNKNOWN],
    "remote": ["none", "partial", "full", UNKNOWN],
}
filters = st.builds(
    Filters, **{facet: st.frozensets(st.sampled_from(found), max_size=2) for facet, found in ASKED.items()}
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


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=300, deadline=None)
@given(st.lists(profiles, max_size=8), filters)
def test_filters_and_counts_are_what_counting_one_by_one_gives(found: Sequence[Profile], wanted: Filters) -> None:
    table = TraitTable(capacity=8)
    for row, profile in enumerate(numbered(found, prefix="c")):
        table.put(row, profile)
    rows = np.arange(len(found))[::-1][: len(found) - 1] if len(found) > 4 else np.arange(len(found))
    shown, by_facet = filtered(table.many(slice(0, 8)), rows, wanted)
    said = [says(found[row]) for row in rows.tolist()]
    assert shown.tolist() == [passes(one, wanted) for one in said]
    for facet, counts in by_facet.items():
        among = [one for one in said if passes(one, wanted, but=facet)]
        expected = {value: sum(value in one[facet] for one in among) for one in among for value in one[facet]}
        assert counts == expected


def test_who_names_a_place_that_is_not_understood_beside_another_counts_as_both() -> None:
    table = TraitTable(capacity=1)
    table.put(0, Profile(ProfileId("c"), "x", locations=(Location(city="Dardilly"), Location(city="Rennes"))))
    for wanted in ("53", UNKNOWN):
        passed, counts = filtered(table.many(slice(0, 1)), np.arange(1), Filters(region=frozenset({wanted})))
        assert passed.all()
        assert counts["region"] == {"53": 1, UNKNOWN: 1}


@pytest.mark.parametrize("facet", FACETS)
def test_a_filter_that_nothing_can_meet_lets_nothing_pass(facet: str) -> None:
    table = TraitTable(capacity=1)
    table.put(0, Profile("x", "y"))  # type: ignore[arg-type] # an id
    passed, counts = filtered(table.many(slice(0, 1)), np.arange(1), Filters(**{facet: frozenset({"no such value"})}))
    assert not passed.any()
    assert {name for name, numbers in counts.items() if numbers} == {facet}


def test_every_region_can_be_asked_for() -> None:
    assert {*VALUES["region"]} == {one.code for one in REGIONS}


def test_many_are_counted_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """On two threads, each with counts of its own."""
    table = TraitTable(capacity=8)
    for row in range(8):
        table.put(row, Profile(f"c{row}", "x", experience_years=float(row)))  # type: ignore[arg-type] # an id
    columns, wanted = table.many(slice(0, 8)), Filters(experience=frozenset({"3-5"}))
    alone = filtered(columns, np.arange(8), wanted)
    monkeypatch.setattr(compiled, "LONG", 2)
    assert np.array_equal(filtered(columns, np.arange(8), wanted)[0], alone[0])
    assert filtered(columns, np.arange(8), wanted)[1] == alone[1]
    assert alone[1]["experience"] == {"0-2": 3, "3-5": 3, "6-10": 2}
