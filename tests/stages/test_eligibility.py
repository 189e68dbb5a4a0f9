"""The hard constraints against an oracle that reads the records themselves, one pair at a time, in plain words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import compiled
from matcher.core.domain import (
    Contract,
    Location,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Record,
    Remote,
)
from matcher.core.places import DEPARTMENTS, departments_within, find_department, find_region
from matcher.core.traits import TraitTable
from matcher.stages.eligibility import eligible_postings, eligible_profiles, lying_within, wishing_only

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


# The oracle.

TOUCHING = {
    frozenset(pair.split(" - "))
    for pair in (
        "Bretagne - Normandie",
        "Occitanie - Nouvelle-Aquitaine",
        "Occitanie - Auvergne-Rhône-Alpes",
        "Nouvelle-Aquitaine - Auvergne-Rhône-Alpes",
    )
}
"""Of the regions that these tests name, those that touch."""


def regions_of(record: Record) -> set[str]:
    names = set()
    for place in record.locations:
        department = find_department(place.department) if place.department else None
        region = find_region(place.region) if place.region else None
        if department:
            names.add(department.region.name)
        elif region:
            names.add(region.name)
        elif place.city == "Rennes" and not place.region and not place.department:
            names.add("Bretagne")
    return names


def is_elsewhere(record: Record) -> bool:
    """Whether one of its places is not understood."""
    return any(is_given(place) and not regions_of(replace(record, locations=(place,))) for place in record.locations)


def is_given(place: Location) -> bool:
    return any((place.region, place.department, place.city, place.latitude))


def is_on(posting: Posting) -> bool:
    if posting.valid_from is not None and posting.valid_from > TODAY:
        return False
    return posting.status is PostingStatus.OPEN and (posting.valid_through is None or posting.valid_through >= TODAY)


def are_near(posting: Posting, profile: Profile) -> bool:
    here, there = regions_of(posting), regions_of(profile)
    if posting.remote is Remote.FULL or not here or not there or here & there:
        return True
    if is_elsewhere(posting) or is_elsewhere(profile):
        return True
    return posting.remote is Remote.PARTIAL and any(frozenset((a, b)) in TOUCHING for a in here for b in there)


def may_meet(posting: Posting, profile: Profile) -> bool:
    """What both directions ask."""
    if posting.organisation is not None and posting.organisation.id in profile.hidden_from:
        return False
    if posting.contracts and profile.contracts and not set(posting.contracts) & set(profile.contracts):
        return False
    return is_on(posting) and are_near(posting, profile)


def may_be_offered(posting: Posting, profile: Profile) -> bool:
    return profile.visible_to_recruiters and may_meet(posting, profile)


# What is asked.


def offered(posting: Posting, profiles: Sequence[Profile]) -> list[int]:
    table, one = TraitTable(capacity=1), TraitTable(capacity=1)
    for row, profile in enumerate(profiles):
        table.put(row, profile)
    one.put(0, posting)
    organisation = one.organisation_of(0)
    rows = eligible_profiles(one.many(slice(0, 1)), table, rows=len(profiles), organisation=organisation, today=TODAY)
    assert rows.dtype == np.int64
    return [int(row) for row in rows]


def suggested(profile: Profile, postings: Sequence[Posting]) -> list[int]:
    table, one = TraitTable(capacity=1), TraitTable(capacity=1)
    for row, posting in enumerate(postings):
        table.put(row, posting)
    one.put(0, profile)
    rows = eligible_postings(one.many(slice(0, 1)), table, rows=len(postings), hidden_from=one.hides(0), today=TODAY)
    assert rows.dtype == np.int64
    return [int(row) for row in rows]


def posting(**changed: object) -> Posting:
    return Posting(PostingId("p"), "Juriste", **changed)  # type: ignore[arg-type]


def profile(**changed: object) -> Profile:
    return Profile(ProfileId("c"), "Juriste", **{"visible_to_recruiters": True} | changed)  # type: ignore[arg-type]


def meet(posting: Posting, profile: Profile) -> bool:
    """Whether a visible profile and a posting meet, from both sides alike."""
    found = offered(posting, [profile]) == [0]
    assert (suggested(profile, [posting]) == [0]) is found
    return found


places = st.builds(
    Location,
    region=st.sampled_from([None, None, "Bretagne", "Occitanie", "Midi-Pyrénées", "Corse", "Normandie", "Atlantide"]),
    department=st.sampled_from([None, None, "35", "Finistère", "31", "69", "33", "974", "99", "Moselle-sur-Mer"]),
    city=st.sampled_from([None, None, "Rennes", "Dardilly"]),
    latitude=st.sampled_from([None, None, None, 45.76]),
    longitude=st.sampled_from([4.84]),
)
days = st.none() | st.integers(-2, 2).map(lambda days: TODAY + days * DAY)
several_places = st.lists(places, max_size=3).map(tuple)
contracts = st.lists(st.sampled_from(Contract), max_size=2).map(tuple)
remotes = st.none() | st.sampled_from(Remote)
organisations = st.sampled_from("abc").map(OrganisationId)
postings = st.builds(
    Posting,
    id=st.just(PostingId("p")),
    title=st.just("Juriste"),
    organisation=st.none() | st.builds(Organisation, id=organisations),
    locations=several_places,
    remote=remotes,
    contracts=contracts,
    valid_from=days,
    valid_through=days,
    status=st.sampled_from([PostingStatus.OPEN, PostingStatus.OPEN, *PostingStatus]),
)
profiles = st.builds(
    Profile,
    id=st.just(ProfileId("c")),
    headline=st.just("Juriste"),
    locations=several_places,
    remote=remotes,
    contracts=contracts,
    visible_to_recruiters=st.sampled_from([True, True, False]),
    hidden_from=st.lists(organisations, max_size=2).map(tuple),
)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=100, deadline=None)
@given(st.lists(postings, min_size=10, max_size=10), st.lists(profiles, min_size=10, max_size=10))
def test_ten_thousand_pairs_meet_exactly_where_the_rules_allow(asked: list[Posting], wished: list[Profile]) -> None:
    for one in asked:
        assert offered(one, wished) == [row for row, other in enumerate(wished) if may_be_offered(one, other)]
    for other in wished:
        assert suggested(other, asked) == [row for row, one in enumerate(asked) if may_meet(one, other)]


LYON = (Location(region="Auvergne-Rhône-Alpes", department="69", city="Lyon"),)


def test_what_neither_side_says_excludes_nobody() -> None:
    assert meet(posting(), profile())


@pytest.mark.parametrize(
    ("asked", "wished"),
    [
        ({"locations": (Location(region="Bretagne"),)}, {}),
        ({}, {"locations": (Location(region="Bretagne"),)}),
        ({"locations": (Location(region="Bretagne"),)}, {"locations": (Location(region="Atlantide"),)}),
        ({"locations": (Location(city="Trifouillis"),)}, {"locations": (Location(department="31"),)}),
        ({"locations": (Location(city="Rennes"),)}, {"locations": (Location(department="35"),)}),
        ({"locations": LYON}, {"locations": (Location(city="Dardilly"), Location(city="Rennes"))}),
        ({"locations": (Location(city="Dardilly"), Location(city="Rennes"))}, {"locations": LYON}),
        ({"locations": LYON}, {"locations": (Location(latitude=45.76, longitude=4.84), Location(region="Bretagne"))}),
        ({"contracts": (Contract.FREELANCE,)}, {}),
        ({}, {"contracts": (Contract.FREELANCE,)}),
    ],
)
def test_what_one_side_leaves_open_excludes_nobody(asked: dict[str, object], wished: dict[str, object]) -> None:
    assert meet(posting(**asked), profile(**wished))


def test_regions_must_agree_where_both_are_known() -> None:
    brittany, occitania = (Location(department="35"),), (Location(region="Occitanie"), Location(department="974"))
    assert not meet(posting(locations=brittany), profile(locations=occitania))
    assert meet(posting(locations=brittany), profile(locations=(*occitania, Location(region="Bretagne"))))
    assert meet(posting(locations=brittany), profile(locations=(Location(department="29"),)))


def test_work_that_is_fully_remote_is_done_from_anywhere() -> None:
    brittany, occitania = (Location(region="Bretagne"),), (Location(region="Occitanie"),)
    assert meet(posting(locations=brittany, remote=Remote.FULL), profile(locations=occitania))
    assert not meet(posting(locations=brittany, remote=Remote.PARTIAL), profile(locations=occitania))
    assert not meet(posting(locations=brittany), profile(locations=occitania, remote=Remote.FULL))


def test_work_that_is_partly_remote_reaches_the_regions_that_touch() -> None:
    brittany, normandy, paris = ((Location(region=name),) for name in ("Bretagne", "Normandie", "Île-de-France"))
    for asked, wished in ((brittany, normandy), (normandy, brittany)):
        assert meet(posting(locations=asked, remote=Remote.PARTIAL), profile(locations=wished))
        assert not meet(posting(locations=asked, remote=Remote.NONE), profile(locations=wished))
        assert not meet(posting(locations=asked), profile(locations=wished))
    assert not meet(posting(locations=brittany, remote=Remote.PARTIAL), profile(locations=paris))
    assert not meet(posting(locations=brittany), profile(locations=normandy, remote=Remote.PARTIAL))


def test_remote_work_does_not_lift_the_contract() -> None:
    asked = posting(contracts=(Contract.CIVIL_SERVANT,), remote=Remote.FULL)
    assert not meet(asked, profile(contracts=(Contract.FREELANCE,)))
    assert meet(asked, profile(contracts=(Contract.FREELANCE, Contract.CIVIL_SERVANT)))


@pytest.mark.parametrize(
    ("first", "last", "valid"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY, None, True),
        (None, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
        (TODAY - DAY, TODAY + DAY, True),
        (TODAY + DAY, TODAY - DAY, False),
        (date.min, date.max, True),
    ],
)
def test_a_posting_counts_on_its_first_and_on_its_last_day(first: date | None, last: date | None, valid: bool) -> None:
    assert meet(posting(valid_from=first, valid_through=last), profile()) is valid


@pytest.mark.parametrize("status", PostingStatus)
def test_only_an_open_posting_is_matched(status: PostingStatus) -> None:
    assert meet(posting(status=status), profile()) is (status is PostingStatus.OPEN)


def test_a_profile_that_is_not_visible_is_offered_to_nobody_but_gets_its_own_suggestions() -> None:
    unseen = profile(visible_to_recruiters=False)
    assert offered(posting(), [unseen, profile()]) == [1]
    assert suggested(unseen, [posting()]) == [0]


def test_a_profile_never_meets_an_organisation_that_it_hides_from() -> None:
    shy = profile(hidden_from=(OrganisationId("a"), OrganisationId("b")))
    for name in ("a", "b"):
        assert not meet(posting(organisation=Organisation(OrganisationId(name))), shy)
    assert meet(posting(organisation=Organisation(OrganisationId("c"))), shy)
    assert meet(posting(), shy), "a posting that names no organisation is hidden from by nobody"


def test_only_rows_in_use_are_answered() -> None:
    table, one = TraitTable(capacity=64), TraitTable(capacity=1)
    for row in range(4):
        table.put(row, profile())
    table.remove(1)
    one.put(0, posting())
    assert eligible_profiles(one.many(slice(0, 1)), table, rows=4, organisation="a", today=TODAY).tolist() == [0, 2, 3]
    assert eligible_profiles(one.many(slice(0, 1)), table, rows=0, organisation=None, today=TODAY).tolist() == []
    one.put(0, profile())
    table.put(0, posting())
    assert eligible_postings(
        one.many(slice(0, 1)), table, rows=1, hidden_from=frozenset({"a"}), today=TODAY
    ).tolist() == [0]
    table.remove(0)
    assert eligible_postings(one.many(slice(0, 1)), table, rows=1, hidden_from=frozenset(), today=TODAY).tolist() == []


# What a search refuses.


def table_of(records: Sequence[Record]) -> TraitTable:
    table = TraitTable(capacity=len(records) + 1)
    for row, record in enumerate(records):
        table.put(row, record)
    return table


def lying(records: Sequence[Record], departments: Sequence[str]) -> list[bool]:
    table, rows = table_of(records), np.arange(len(records))
    return [*map(bool, lying_within(table.many(slice(0, len(records))), table.vague, rows, departments))]


def lies_within(record: Record, departments: Sequence[str]) -> bool:
    """The oracle: places are named, all are understood, and none of them may lie elsewhere."""
    every = [departments_within(one.region, one.department, one.city) for one in record.locations if is_given(one)]
    return bool(every) and all(codes and codes <= {*departments} for codes in every)


some_departments = st.lists(st.sampled_from([one.code for one in DEPARTMENTS] + ["35", "31", "69", "2A", "2B"])) | (
    st.sampled_from(["Bretagne", "Corse", "Occitanie"]).map(lambda name: sorted(departments_within(name, None, None)))
)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=300, deadline=None)
@given(st.lists(profiles, max_size=8), some_departments)
def test_whose_places_all_lie_in_some_departments_is_what_the_records_say(
    found: list[Profile], departments: list[str]
) -> None:
    assert lying(found, departments) == [lies_within(one, departments) for one in found]


PARIS, ESSONNE = Location(region="Île-de-France", department="75"), Location(department="91")
ALL_OF_IT = Location(region="Île-de-France")


@pytest.mark.parametrize(
    ("places", "departments", "is_within"),
    [
        ((PARIS,), ["75"], True),
        ((Location(department="Paris"),), ["75"], True),
        ((Location(city="Paris"),), ["75"], True),
        ((PARIS, ESSONNE), ["75"], False),
        ((PARIS, ESSONNE), ["75", "91"], True),
        ((ALL_OF_IT,), ["75"], False),
        ((ALL_OF_IT, PARIS), ["75"], False),
        ((ALL_OF_IT, PARIS), [*"75 77 78 91 92 93 94 95".split()], True),
        ((Location(region="Corse"),), ["2A", "2B"], True),
        ((Location(department="974"),), ["974"], True),
        ((Location(city="Trifouillis"), PARIS), ["75"], False),
        ((Location(latitude=45.76, longitude=4.84), PARIS), ["75"], False),
        ((Location(), PARIS), ["75"], True),
        ((Location(city="Trifouillis"),), ["75"], False),
        ((Location(region="France entière"),), ["75"], False),
        ((), ["75"], False),
        ((PARIS,), [], False),
    ],
)
def test_who_may_be_elsewhere_or_says_no_place_does_not_lie_within(
    places: tuple[Location, ...], departments: list[str], is_within: bool
) -> None:
    for record in (posting(locations=places), profile(locations=places)):
        assert lying([record], departments) == [is_within]


def test_many_are_looked_through_in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "LONG", 2)
    assert lying([profile(locations=(place,)) for place in (PARIS, ESSONNE, PARIS, ALL_OF_IT)], ["75"]) == [
        *(True, False, True, False),
    ]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=100, deadline=None)
@given(st.lists(profiles, max_size=8), st.sets(st.sampled_from(Contract)))
def test_who_names_no_contract_but_some_is_what_the_records_say(found: list[Profile], some: set[Contract]) -> None:
    told = wishing_only(table_of(found).many(slice(0, len(found))), np.arange(len(found)), some)
    assert told.tolist() == [bool(one.contracts) and some.issuperset(one.contracts) for one in found]
