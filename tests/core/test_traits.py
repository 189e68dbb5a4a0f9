"""Rows of numbers that say of a document what its record says."""

import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import (
    Contract,
    Education,
    Kind,
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
    SalaryRange,
    kind_of,
)
from matcher.core.places import DEPARTMENTS, REGIONS
from matcher.core.traits import COLUMNS, ELSEWHERE, NO_DAY, NOWHERE, Traits, TraitTable
from tests.contracts.test_store_round_trip import postings, profiles

POSTING = Posting(
    PostingId("p"),
    "Juriste",
    organisation=Organisation(OrganisationId("dinum")),
    languages=("anglais",),
    locations=(Location(department="Paris", latitude=48.85, longitude=2.35),),
    remote=Remote.PARTIAL,
    contracts=(Contract.CIVIL_SERVANT, Contract.FREELANCE, Contract.FREELANCE),
    experience_years_min=2.5,
    education_level_min=6,
    salary_eur_year=SalaryRange(40_000, 50_000),
    valid_from=date(2026, 1, 1),
    valid_through=date(2026, 12, 31),
)
PROFILE = Profile(
    ProfileId("c"),
    "Juriste",
    education=(Education("Licence", 6), Education("Bac"), Education("Master", 7)),
    languages=("français", "English (C1)"),
    locations=(Location(region="Bretagne"),),
    remote=Remote.FULL,
    contracts=(Contract.APPRENTICESHIP,),
    experience_years=0.0,
    available_from=date(2026, 9, 1),
    salary_eur_year_min=35_000,
    visible_to_recruiters=True,
    hidden_from=(OrganisationId("dinum"), OrganisationId("anssi"), OrganisationId("dinum")),
)


def at(table: TraitTable, row: int) -> Traits:
    """A row's traits, as scalars."""
    return Traits(*[column[0] for column in table.one(row)])


def row_of(record: Record) -> Traits:
    table = TraitTable(capacity=1)
    table.put(0, record)
    return at(table, 0)


def places_of(*locations: Location) -> tuple[int, int]:
    """The regions' bits, and the départements' bits of both columns side by side."""
    row = row_of(Posting(PostingId("p"), "Juriste", locations=locations))
    return int(row.regions), int(row.departments) | int(row.departments_high) << 64


def same(one: Traits, other: Traits) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in one._fields)


def test_a_postings_row_says_what_the_posting_says() -> None:
    row = row_of(POSTING)
    assert bool(row.listed)
    assert row.remote == 1
    assert row.contracts == 1 | 16
    assert (row.experience, row.education) == (2.5, 6)
    assert (row.salary_min, row.salary_max) == (40_000, 50_000)
    assert (row.latitude, row.longitude) == (pytest.approx(48.85), pytest.approx(2.35))
    assert (row.first_day, row.last_day) == (date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal())
    assert row.languages == 2
    assert row.organisation == 0


def test_a_profiles_row_says_what_the_profile_says() -> None:
    row = row_of(PROFILE)
    assert bool(row.listed)
    assert row.remote == 2
    assert row.contracts == 4
    assert (row.experience, row.education) == (0.0, 7)
    assert row.salary_min == 35_000
    assert math.isnan(row.salary_max)
    assert math.isnan(row.latitude)
    assert (row.first_day, row.last_day) == (date(2026, 9, 1).toordinal(), NO_DAY)
    assert row.languages == 3
    assert row.organisation == NOWHERE


@pytest.mark.parametrize("record", [Posting(PostingId("p"), "Juriste"), Profile(ProfileId("c"), "Juriste")])
def test_what_is_not_said_is_unknown(record: Record) -> None:
    row = row_of(record)
    bits = (row.regions, row.departments, row.departments_high, row.contracts, row.languages, row.education)
    assert not any(bits)
    assert (row.remote, row.organisation, row.first_day, row.last_day) == (NOWHERE, NOWHERE, NO_DAY, NO_DAY)
    assert np.isnan([row.experience, row.salary_min, row.salary_max, row.latitude, row.longitude]).all()


@pytest.mark.parametrize(("status", "listed"), [("open", True), ("filled", False), ("closed", False)])
def test_a_posting_is_listed_while_it_is_open(status: str, listed: bool) -> None:
    assert bool(row_of(Posting(PostingId("p"), "Juriste", status=PostingStatus(status))).listed) is listed


def test_a_profile_is_listed_once_its_owner_says_so() -> None:
    assert not row_of(Profile(ProfileId("c"), "Juriste")).listed


def test_a_department_brings_its_region_and_only_that() -> None:
    for place, department in enumerate(DEPARTMENTS):
        region = 1 << REGIONS.index(department.region)
        assert places_of(Location(department=department.code)) == (region, 1 << place)
        assert places_of(Location(department=department.name)) == (region, 1 << place)
        # The département is the nearer word where the two disagree.
        assert places_of(Location(department=department.code, region="Mayotte")) == (region, 1 << place)


def test_a_region_reaches_itself_and_those_that_touch_it() -> None:
    bit = {region.name: 1 << place for place, region in enumerate(REGIONS)}

    def reach(*names: str) -> int:
        places = tuple(Location(region=name) for name in names)
        return int(row_of(Posting(PostingId("p"), "x", locations=places)).reach)

    assert reach() == reach("Atlantide") == 0
    assert reach("Bretagne") == bit["Bretagne"] | bit["Normandie"] | bit["Pays de la Loire"]
    assert reach("Corse") == bit["Corse"]
    assert reach("La Réunion", "Bretagne") == reach("Bretagne") | bit["La Réunion"]


def test_all_departments_are_distinct_and_fit_their_columns() -> None:
    rows = [row_of(Posting(PostingId("p"), "x", locations=(Location(department=d.code),))) for d in DEPARTMENTS]
    assert len({(int(row.departments), int(row.departments_high)) for row in rows}) == 101
    assert len({int(row.regions) for row in rows}) == 18
    everywhere = row_of(Posting(PostingId("p"), "x", locations=tuple(Location(department=d.code) for d in DEPARTMENTS)))
    assert int(everywhere.departments) | int(everywhere.departments_high) << 64 == (1 << 101) - 1
    assert int(everywhere.regions) == (1 << 18) - 1


def test_a_region_alone_has_no_department() -> None:
    assert places_of(Location(region="Normandie")) == (1 << [r.name for r in REGIONS].index("Normandie"), 0)


@pytest.mark.parametrize(
    "place", [Location(), Location(region="Atlantide"), Location(department="Moselle-sur-Mer", city="Paris")]
)
def test_an_unknown_name_has_no_bit(place: Location) -> None:
    assert places_of(place) == (0, 0)


@pytest.mark.parametrize(
    "place",
    [
        Location(city="Dardilly"),
        Location(department="99"),
        Location(city="東京"),
        Location(latitude=45.76, longitude=4.84),
    ],
)
def test_a_place_that_is_not_understood_has_a_bit_beside_those_that_are(place: Location) -> None:
    corsica = Location(region="Corse")
    assert places_of(place, place) == (0, 0)
    assert places_of(place, corsica)[0] == places_of(corsica)[0] | ELSEWHERE
    assert places_of(Location(), corsica) == places_of(Location(latitude=0.0, longitude=0.0), corsica)
    assert places_of(Location(), corsica) == places_of(corsica)


@pytest.mark.parametrize("name", ["Télétravail", "À distance", "n/a", "-", "Non précisé", "Full remote"])
def test_what_stands_for_no_place_lies_nowhere_else(name: str) -> None:
    corsica = Location(region="Corse")
    assert places_of(Location(city=name), corsica) == places_of(corsica)


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("Bruxelles", "Bruxelles (Belgique)", True),
        ("Bruxelles", "BRUXELLES, Belgique", True),
        ("Trifouilly", "Trifouilly Cedex 2", True),
        ("Bruxelles", "Genève", False),
        ("Télétravail", "Toute la France", True),
    ],
)
def test_a_town_that_is_not_understood_is_told_from_others(one: str, other: str, is_one: bool) -> None:
    table = TraitTable(capacity=2)
    for row, name in enumerate((one, other)):
        table.put(row, Posting(PostingId(str(row)), "x", locations=(Location(city=name),)))
    here, there = table.many(np.arange(2)).towns.tolist()
    assert (here == there or not (here and there)) == is_one


def test_a_town_stands_for_its_department_and_the_whole_country_for_every_region() -> None:
    lyon = places_of(Location(department="69"))
    assert places_of(Location(city="Lyon")) == places_of(Location(region="Lyon")) == lyon
    assert places_of(Location(department="69003")) == lyon
    assert places_of(Location(region="France entière")) == ((1 << 18) - 1, 0)


def test_an_unknown_department_leaves_the_region_that_is_named_with_it() -> None:
    assert places_of(Location(department="?", region="Corse"))[0] == 1 << [r.name for r in REGIONS].index("Corse")


def test_half_a_pair_of_coordinates_is_none() -> None:
    for half in (Location(latitude=48.0), Location(longitude=2.0)):
        row = row_of(Posting(PostingId("p"), "x", locations=(half,)))
        assert math.isnan(row.latitude)
        assert math.isnan(row.longitude)


def test_the_spot_of_one_place_does_not_speak_for_several() -> None:
    paris, lyon = Location(latitude=48.85, longitude=2.35), Location(latitude=45.76, longitude=4.83)
    row = row_of(Posting(PostingId("p"), "x", locations=(paris, lyon)))
    assert math.isnan(row.latitude)
    assert math.isnan(row.longitude)


def test_rows_far_beyond_the_capacity_make_the_table_grow_and_lose_nothing() -> None:
    table = TraitTable(capacity=1)
    table.put(0, POSTING)
    before = at(table, 0)
    table.put(1000, PROFILE)
    assert len(table.alive) >= 1001
    assert np.flatnonzero(table.alive).tolist() == [0, 1000]
    assert same(at(table, 0), before)
    assert same(at(table, 1000), row_of(PROFILE))


def test_a_replaced_row_keeps_nothing_of_what_was_there() -> None:
    table = TraitTable(capacity=4)
    table.put(2, PROFILE)
    table.put(2, Profile(ProfileId("c"), "Juriste"))
    assert same(at(table, 2), row_of(Profile(ProfileId("c"), "Juriste")))
    assert table.hides(2) == frozenset()
    assert table.hidden_from("dinum").tolist() == []


def test_a_removed_row_is_dead_hides_from_nobody_and_holds_nothing() -> None:
    table = TraitTable(capacity=4)
    table.put(1, PROFILE)
    table.remove(1)
    assert not table.alive.any()
    assert table.hidden_from("dinum").tolist() == table.hidden_from("anssi").tolist() == []
    assert not any(getattr(at(table, 1), name) for name in Traits._fields)
    assert not table.vague.any()


def test_hiding_is_known_from_both_ends() -> None:
    table = TraitTable(capacity=1)
    table.put(3, PROFILE)
    table.put(1, PROFILE)
    table.put(2, Profile(ProfileId("d"), "x", hidden_from=(OrganisationId("anssi"),)))
    assert table.hides(3) == {"dinum", "anssi"}
    assert table.hides(0) == frozenset()
    assert table.hidden_from("dinum").tolist() == [1, 3]
    assert table.hidden_from("anssi").tolist() == [1, 2, 3]
    assert table.hidden_from("nobody").tolist() == []
    assert table.hidden_from("nobody").dtype == np.int64
    table.put(0, PROFILE)
    table.remove(3)
    table.put(1, Profile(ProfileId("e"), "x"))
    assert table.hidden_from("dinum").tolist() == [0], "not what was found before"
    assert table.hidden_from("anssi").tolist() == [0, 2]


def test_organisations_are_numbered_once() -> None:
    table = TraitTable(capacity=1)
    for row, name in enumerate(["a", "b", "a"]):
        table.put(row, Posting(PostingId(str(row)), "x", organisation=Organisation(OrganisationId(name))))
    table.put(3, Posting(PostingId("3"), "x"))
    assert [table.organisation_of(row) for row in range(4)] == ["a", "b", "a", None]
    assert table.many(slice(0, 4)).organisation.tolist() == [0, 1, 0, NOWHERE]
    assert table.numbers_of(["b", "unknown", "a"]).tolist() == [1, 0]
    assert table.numbers_of([]).dtype == np.int32


def test_many_rows_come_in_the_order_asked() -> None:
    table = TraitTable(capacity=1)
    for row, years in enumerate([3.0, 1.0, 2.0]):
        table.put(row, Profile(ProfileId(str(row)), "x", experience_years=years))
    assert table.many(np.array([2, 0])).experience.tolist() == [2.0, 3.0]
    assert table.many(slice(1, 3)).experience.tolist() == [1.0, 2.0]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.none() | postings | profiles), max_size=12))
def test_after_any_puts_and_removes_what_is_loaded_is_what_was_saved(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, Record | None]]
) -> None:
    table, expected = TraitTable(capacity=1), dict[int, Record]()
    for row, record in steps:
        if record is not None:
            table.put(row, record)
            expected[row] = record
        elif row in expected:
            table.remove(row)
            del expected[row]
    rows = max(expected, default=-1) + 1
    path = tmp_path_factory.mktemp("traits") / "traits.npz"
    table.save(path, rows=rows)
    loaded = TraitTable.load(path)
    assert np.flatnonzero(loaded.alive).tolist() == np.flatnonzero(table.alive).tolist() == sorted(expected)
    for found in (table, loaded):
        for row, record in expected.items():
            fresh = TraitTable(capacity=1)
            fresh.put(0, record)
            hidden = frozenset(record.hidden_from) if isinstance(record, Profile) else frozenset()
            organisation = record.organisation.id if isinstance(record, Posting) and record.organisation else None
            assert found.hides(row) == hidden
            assert found.organisation_of(row) == organisation
            assert found.vague[row] == fresh.vague[0]
            for name in set(COLUMNS.names or ()) - {"alive", "organisation", "vague"}:
                assert np.array_equal(getattr(at(found, row), name), getattr(at(fresh, 0), name), equal_nan=True), name
            assert all(row in found.hidden_from(name) for name in hidden)
            assert bool(at(found, row).listed) or kind_of(record) in Kind


def test_an_empty_table_is_saved_and_loaded(tmp_path: Path) -> None:
    TraitTable().save(tmp_path / "traits.npz", rows=0)
    loaded = TraitTable.load(tmp_path / "traits.npz")
    assert not loaded.alive.any()
    loaded.put(0, POSTING)
    assert loaded.organisation_of(0) == "dinum"


def test_a_loaded_table_goes_on_numbering_where_it_stopped(tmp_path: Path) -> None:
    table = TraitTable()
    table.put(0, POSTING)
    table.put(1, PROFILE)
    table.save(tmp_path / "traits.npz", rows=2)
    loaded = TraitTable.load(tmp_path / "traits.npz")
    loaded.put(2, Posting(PostingId("q"), "x", organisation=Organisation(OrganisationId("anssi"))))
    assert [loaded.organisation_of(row) for row in (0, 2)] == ["dinum", "anssi"]
    loaded.remove(1)
    assert loaded.hidden_from("anssi").tolist() == []


def test_a_file_that_holds_no_traits_is_a_value_error(tmp_path: Path) -> None:
    path = tmp_path / "traits.npz"
    table = TraitTable()
    table.put(0, PROFILE)
    table.save(path, rows=1)
    whole = path.read_bytes()
    np.savez(tmp_path / "foreign.npz", column_alive=np.ones(3, dtype=bool))
    with np.load(path) as saved:
        arrays: dict[str, Any] = dict(saved) | {"column_remote": np.zeros(7, dtype=np.int8)}
    np.savez(tmp_path / "lengths.npz", **arrays)
    np.save(tmp_path / "array.npy", np.ones(3))
    contents = [b"", b"PK", b"not an archive", whole[: len(whole) // 2], whole[:-1]]
    contents += [(tmp_path / name).read_bytes() for name in ("foreign.npz", "lengths.npz", "array.npy")]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"."):
            TraitTable.load(path)
    with pytest.raises(ValueError, match="does not hold what it should"):
        TraitTable.load(tmp_path / "missing.npz")


@pytest.mark.parametrize(
    "changed",
    [
        {"column_remote": np.zeros(1, dtype=np.int64)},
        {"column_remote": np.zeros((1, 1), dtype=np.int8)},
        {"column_alive": np.array(True)},
        {"column_organisation": np.array([1], dtype=np.int32)},
        {"column_organisation": np.array([-2], dtype=np.int32)},
        {"hiding_rows": np.array([1])},
        {"hiding_rows": np.array([-1])},
        {"hiding_rows": np.array([0, 0])},
        {"hiding_rows": np.array([0.0])},
        {"hiding_names_ends": np.array([2])},
    ],
)
def test_columns_of_another_kind_or_that_speak_of_what_is_not_there_are_a_value_error(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    path, table = tmp_path / "traits.npz", TraitTable()
    table.put(0, replace(PROFILE, hidden_from=(OrganisationId("anssi"),)))
    table.save(path, rows=1)
    assert TraitTable.load(path).hides(0) == {"anssi"}
    with np.load(path) as saved:
        arrays: dict[str, Any] = dict(saved)
    np.savez(path, **(arrays | changed))
    with pytest.raises(ValueError, match=r"."):
        TraitTable.load(path)


def test_a_file_that_says_it_is_encrypted_is_a_value_error(tmp_path: Path) -> None:
    path, table = tmp_path / "traits.npz", TraitTable()
    table.save(path, rows=0)
    changed, at = bytearray(path.read_bytes()), -1
    while (at := changed.find(b"PK\x01\x02", at + 1)) >= 0:
        changed[at + 8] |= 1
    path.write_bytes(changed)
    with pytest.raises(ValueError, match="damaged"):
        TraitTable.load(path)


def test_one_long_name_takes_its_own_room_alone(tmp_path: Path) -> None:
    table = TraitTable()
    for row in range(1000):
        table.put(row, replace(PROFILE, hidden_from=(OrganisationId("x" * 3000 if row == 0 else "anssi"),)))
    table.save(tmp_path / "traits.npz", rows=1000)
    assert (tmp_path / "traits.npz").stat().st_size < 1000 * COLUMNS.itemsize + 40_000
