"""Whatever a posting or a profile says, the store gives it back."""

from datetime import date
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.domain import (
    Contract,
    Education,
    Experience,
    Location,
    Occupation,
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
    Situation,
    kind_of,
)
from matcher.core.storing import Document, Store

T = TypeVar("T")

texts = st.text(max_size=30)
ids = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=20)
numbers = st.floats(min_value=0, max_value=1e7)
levels = st.integers(1, 8)


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def several(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


locations = st.builds(
    Location,
    region=maybe(texts),
    department=maybe(texts),
    city=maybe(texts),
    latitude=maybe(st.floats(-90, 90)),
    longitude=maybe(st.floats(-180, 180)),
)

postings = st.builds(
    Posting,
    id=ids.map(PostingId),
    title=texts,
    organisation=maybe(st.builds(Organisation, id=ids.map(OrganisationId), name=texts)),
    description=texts,
    qualifications=texts,
    skills=several(texts),
    languages=several(texts),
    locations=several(locations),
    remote=maybe(st.sampled_from(Remote)),
    contracts=several(st.sampled_from(Contract)),
    experience_years_min=maybe(numbers),
    education_level_min=maybe(levels),
    salary_eur_year=maybe(st.builds(SalaryRange, min=maybe(numbers), max=maybe(numbers))),
    openings=maybe(st.integers(0, 1000)),
    occupation=maybe(st.builds(Occupation, rome=maybe(texts), esco=maybe(texts))),
    valid_from=maybe(st.dates()),
    valid_through=maybe(st.dates()),
    status=st.sampled_from(PostingStatus),
    url=maybe(texts),
    source=maybe(texts),
)

experiences = st.builds(
    Experience, title=texts, organisation=texts, start=maybe(st.dates()), end=maybe(st.dates()), summary=texts
)

profiles = st.builds(
    Profile,
    id=ids.map(ProfileId),
    headline=texts,
    summary=texts,
    skills=several(texts),
    experiences=several(experiences),
    education=several(st.builds(Education, title=texts, level=maybe(levels), end=maybe(st.dates()))),
    languages=several(texts),
    locations=several(locations),
    remote=maybe(st.sampled_from(Remote)),
    contracts=several(st.sampled_from(Contract)),
    experience_years=maybe(numbers),
    situation=maybe(st.sampled_from(Situation)),
    available_from=maybe(st.dates(min_value=date(1, 1, 1))),
    salary_eur_year_min=maybe(numbers),
    visible_to_recruiters=st.booleans(),
    hidden_from=several(ids.map(OrganisationId)),
    consented_at=maybe(st.dates()),
)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@given(
    records=st.lists(postings | profiles, min_size=1, max_size=5, unique_by=lambda record: (kind_of(record), record.id))
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_every_record_comes_back_as_it_was(store: Store, records: list[Record]) -> None:
    store.put([Document(record) for record in records])
    for record in records:
        assert store.get(kind_of(record), [record.id]) == {record.id: record}
        scanned = [found for batch in store.scan(kind_of(record), batch=2) for found in batch]
        assert record in scanned
        assert [found.id for found in scanned] == sorted((found.id for found in scanned), key=str.encode)
    for record in records:
        assert store.delete(kind_of(record), [record.id]) == [record.id]
