"""The native record refuses by name, never repeats content, and survives the store."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Kind, Location, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import InvalidRecord
from matcher.records import PostingRecord, ProfileRecord, parse_posting, parse_profile, restore, serialise

POSTING = {"id": "p1", "title": "Data scientist"}
PROFILE = {"id": "c1", "headline": "Data scientist"}
PRIVATE = "Zanzibar"


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"valid_from": "2026-02-01", "valid_through": "2026-01-01"}, "valid_through"),
        ({"salary_eur_year": {"min": 50_000, "max": 40_000}}, "salary_eur_year.max"),
        ({"titel": PRIVATE}, "titel"),
        ({"organisation": {"id": "a b"}}, "organisation.id"),
        ({"description": f"{PRIVATE}\x00"}, "description"),
        ({"description": f"{PRIVATE}\ud800"}, "description"),
        ({"openings": PRIVATE}, "openings"),
        ({"skills": [PRIVATE * 100]}, "skills.0"),
        ({"salary_eur_year": {"min": float("nan")}}, "salary_eur_year.min"),
        ({"contracts": [PRIVATE]}, "contracts.0"),
        ({"locations": [{"latitude": 91}]}, "locations.0.latitude"),
    ],
)
def test_a_posting_is_refused_by_its_field_and_the_content_is_not_repeated(extra: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse_posting(POSTING | extra)
    assert refused.value.field == field
    assert refused.value.record_id == "p1"
    assert PRIVATE not in str(refused.value)
    str(refused.value).encode()


@pytest.mark.parametrize(
    "parse", [lambda place: parse_posting(POSTING | place), lambda place: parse_profile(PROFILE | place)]
)
@pytest.mark.parametrize(
    ("place", "field", "reason"),
    [
        ({"region": "75"}, "region", "write the name"),
        ({"department": "96"}, "department", "no department's code"),
        ({"region": "Bretagne", "department": "00123"}, "department", "no postal code"),
        ({"region": "Ile de Frnace"}, "region", "Île-de-France"),
        ({"department": "Seine Saint Dennis"}, "department", "Seine-Saint-Denis"),
        ({"latitude": 91.0}, "latitude", "90"),
        ({"longitude": float("nan")}, "longitude", "finite"),
        ({"zip": PRIVATE}, "zip", "not a known field"),
    ],
)
def test_a_place_that_would_count_as_nothing_is_refused_by_its_field(
    parse: Callable[[dict[str, Any]], Posting | Profile], place: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidRecord, match=reason) as refused:
        parse({"locations": [{"region": "Corse"}, place]})
    assert refused.value.field == f"locations.1.{field}"


@pytest.mark.parametrize(
    "place",
    [
        {"region": "Île-de-France", "department": "75", "city": "Paris", "latitude": 48.85, "longitude": 2.35},
        {"region": "11", "department": "75"},
        {"region": "Paris"},
        {"department": "69123"},
        {"department": "Lyon"},
        {"region": "France entière"},
        {"region": "Bruxelles-Capitale", "city": "Bruxelles"},
        {"department": "98800"},
    ],
)
def test_a_profile_s_place_is_read_as_a_posting_s(place: dict[str, Any]) -> None:
    wished, offered = (
        parse({"id": "x", title: "x", "locations": [place]})
        for parse, title in ((parse_profile, "headline"), (parse_posting, "title"))
    )
    assert wished.locations == offered.locations == (Location(**place),)


def test_a_place_that_was_stored_before_such_places_were_refused_can_still_be_read() -> None:
    old = (Location(region="75"), Location(department="Seine Saint Dennis"))
    assert PostingRecord.of(Posting(PostingId("p"), "x", locations=old)).locations[0].region == "75"
    assert ProfileRecord.of(Profile(ProfileId("c"), "x", locations=old)).locations[1].department == "Seine Saint Dennis"


def test_an_experience_that_ends_before_it_starts_is_refused_by_its_end() -> None:
    job = {"title": "Analyst", "start": "2020-01-01", "end": "2019-01-01"}
    with pytest.raises(InvalidRecord) as refused:
        parse_profile(PROFILE | {"experiences": [job]})
    assert refused.value.field == "experiences.0.end"


def test_dates_and_salaries_in_order_are_accepted() -> None:
    posting = parse_posting(
        POSTING
        | {
            "valid_from": "2026-01-01",
            "valid_through": "2026-01-01",
            "salary_eur_year": {"min": 40_000, "max": 50_000},
            "organisation": {"id": "dinum"},
            "occupation": {"rome": "M1405"},
        }
    )
    profile = parse_profile(
        PROFILE | {"experiences": [{"title": "Analyst", "start": "2019-01-01", "end": "2020-01-01"}]}
    )
    assert posting.salary_eur_year is not None
    assert profile.experiences[0].title == "Analyst"


def test_a_field_name_or_id_that_cannot_be_printed_is_shown_with_question_marks() -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse_posting({"id": "a\ud800", "title": "x", "b\x1b": 1})
    assert refused.value.record_id == "a?"
    refused.value.field.encode()


def test_json_text_and_a_mapping_give_the_same_record() -> None:
    assert parse_posting(json.dumps(POSTING)) == parse_posting(POSTING) == parse_posting(json.dumps(POSTING).encode())


@pytest.mark.parametrize("consent", ["yes", "true", "t", "on", 1, 1.0, None])
def test_consent_is_true_or_false_and_nothing_like_it(consent: object) -> None:
    record = PROFILE | {"visible_to_recruiters": consent}
    for data in (record, json.dumps(record)):
        with pytest.raises(InvalidRecord) as refused:
            parse_profile(data)
        assert refused.value.field == "visible_to_recruiters"


@pytest.mark.parametrize(
    ("parse", "fields", "field"),
    [
        *((parse_profile, {"consented_at": day}, "consented_at") for day in (0, 1764547200, True, 1.0)),
        *((parse_profile, {"available_from": day}, "available_from") for day in ("0", "1764547200", "2026-12-1", "")),
        (parse_profile, {"consented_at": "0001-01-01T00:00:00Z"}, "consented_at"),
        (parse_profile, {"available_from": "2026-12-01T00:00:00+02:00"}, "available_from"),
        (parse_profile, {"available_from": "2026-12-01 00:00:00"}, "available_from"),
        (parse_profile, {"available_from": " 2026-12-01"}, "available_from"),
        (parse_profile, {"available_from": "2026-02-30"}, "available_from"),
        (parse_profile, {"experiences": [{"title": "x", "start": 0}]}, "experiences.0.start"),
        (parse_profile, {"education": [{"title": "x", "end": "0"}]}, "education.0.end"),
        (parse_profile, {"education": [{"title": "x", "level": "6"}]}, "education.0.level"),
        (parse_profile, {"education": [{"title": "x", "level": True}]}, "education.0.level"),
        *((parse_profile, {"experience_years": years}, "experience_years") for years in (True, "3", "1e1")),
        *(
            (parse_profile, {"salary_eur_year_min": euros}, "salary_eur_year_min")
            for euros in ("4_5000", "45000", True)
        ),
        (parse_posting, {"valid_through": 1764547200}, "valid_through"),
        (parse_posting, {"openings": "3"}, "openings"),
        (parse_posting, {"openings": True}, "openings"),
        (parse_posting, {"education_level_min": 6.5}, "education_level_min"),
        (parse_posting, {"experience_years_min": "3"}, "experience_years_min"),
        (parse_posting, {"salary_eur_year": {"min": "40000"}}, "salary_eur_year.min"),
        (parse_posting, {"locations": [{"latitude": "48.85"}]}, "locations.0.latitude"),
        (parse_posting, {"locations": [{"longitude": False}]}, "locations.0.longitude"),
    ],
)
def test_a_date_and_a_number_are_of_their_type_and_nothing_like_it(
    parse: Callable[[str | dict[str, Any]], Posting | Profile], fields: dict[str, Any], field: str
) -> None:
    record = {"id": "x1", "headline" if parse is parse_profile else "title": "Data"} | fields
    for data in (record, json.dumps(record)):
        with pytest.raises(InvalidRecord, match=r"is not a (whole )?(date|number)") as refused:
            parse(data)
        assert refused.value.field == field


@pytest.mark.parametrize("three", [3, 3.0])
def test_a_number_without_a_fraction_is_one_with_or_without_a_point(three: float) -> None:
    profile = parse_profile(PROFILE | {"experience_years": three, "education": [{"title": "x", "level": three}]})
    assert (profile.experience_years, profile.education[0].level) == (3.0, 3)
    assert parse_posting(json.dumps(POSTING | {"openings": three})).openings == 3


@pytest.mark.parametrize(("text", "id_"), [(b'{"id": "p1"', "p1"), (b'{"title": "x", "id": "p1"', None)])
def test_json_that_is_broken_is_refused_with_the_id_that_it_begins_with(text: bytes, id_: str | None) -> None:
    for data in (text, text.decode()):
        with pytest.raises(InvalidRecord) as refused:
            parse_posting(data)
        assert refused.value.field == "record"
        assert refused.value.record_id == id_


def test_a_record_whose_id_is_no_text_is_refused_without_an_id() -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse_posting({"id": 3, "title": "x"})
    assert (refused.value.field, refused.value.record_id) == ("id", None)


@given(
    st.builds(
        Posting,
        id=st.just("p"),
        title=st.text(min_size=1),
        description=st.text(),
        skills=st.lists(st.text()).map(tuple),
        valid_from=st.none() | st.dates(),
    )
    | st.builds(
        Profile, id=st.just("c"), headline=st.text(min_size=1), summary=st.text(), visible_to_recruiters=st.booleans()
    )
)
def test_what_the_store_writes_it_reads_back_the_same(record: Posting | Profile) -> None:
    kind = Kind.POSTING if isinstance(record, Posting) else Kind.PROFILE
    assert restore(kind, serialise(record)) == record
    assert serialise(record) == serialise(restore(kind, serialise(record)))


@pytest.mark.parametrize("identity", [".", "..", "a b", "a/b", "a?b", "a#b", "a\nb", ""])
def test_an_id_that_no_address_can_hold_is_refused(identity: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse_posting({"id": identity, "title": "Urbaniste SI"})
    assert refused.value.field == "id"


def test_a_consent_of_a_day_to_come_is_refused_and_one_that_is_stored_can_still_be_read() -> None:
    today = datetime.now(UTC).date()
    for days in (-800, 0, 1):  # it may be tomorrow where it was given
        day = today + timedelta(days=days)
        assert parse_profile(PROFILE | {"consented_at": day.isoformat()}).consented_at == day
    late = today + timedelta(days=3)
    with pytest.raises(
        InvalidRecord, match=r"c1: consented_at: lies in the future: write the day on which it was given"
    ):
        parse_profile(PROFILE | {"consented_at": late.isoformat()})
    assert ProfileRecord.of(replace(parse_profile(PROFILE), consented_at=late)).consented_at == late
