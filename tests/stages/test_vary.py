"""One of each posting, not all of one organisation, not ten of a kind."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.domain import Contract, Facet, Location, Posting, PostingId, Remote, SalaryRange
from matcher.core.scoring import Variety
from matcher.core.traits import TraitTable
from matcher.stages.vary import ORGANISATION_UNKNOWN, SAME_BODY, SAME_TITLE, Shown, same_postings, shown

SCORES = [0.9, 0.8, 0.7, 0.6]
APART = np.zeros((4, 4), dtype=np.bool_)
UNLIKE = np.eye(4, dtype=np.float32)
NOBODY = [ORGANISATION_UNKNOWN] * 4
FACETS = (Facet.TITLE, Facet.BODY)


def _pairs(*pairs: tuple[int, int]) -> np.ndarray:
    same = APART.copy()
    for one, other in pairs:
        same[one, other] = same[other, one] = True
    return same


def test_without_a_wish_the_best_are_shown_in_their_order() -> None:
    found = shown(SCORES, 3, Variety(), same=APART, alike=UNLIKE, organisations=NOBODY)
    assert [*found] == [Shown(0), Shown(1), Shown(2)]


def test_what_was_published_twice_is_shown_once_at_its_best_place_with_its_variants() -> None:
    found = shown(SCORES, 4, Variety(), same=_pairs((1, 3), (0, 2)), alike=UNLIKE, organisations=NOBODY)
    assert found == [Shown(0, (2,)), Shown(1, (3,))]


def test_no_organisation_is_shown_more_often_than_asked_and_one_that_is_not_named_is_not_counted() -> None:
    organisations = [7, 7, ORGANISATION_UNKNOWN, 7]
    found = shown(SCORES, 4, Variety(per_organisation=1), same=APART, alike=UNLIKE, organisations=organisations)
    assert [one.place for one in found] == [0, 2]


@pytest.mark.parametrize("diversity", [0.0, 0.5])
def test_where_an_organisation_is_full_another_s_publication_stands_for_its_own(diversity: float) -> None:
    of_one = Variety(per_organisation=1, diversity=diversity)
    same = _pairs((1, 2))
    found = shown(SCORES, 4, of_one, same=same, alike=UNLIKE, organisations=[7, 7, 8, ORGANISATION_UNKNOWN])
    assert found == [Shown(0), Shown(2, (1,)), Shown(3)]
    again = shown(
        [0.8, 0.7, 0.6, 0.9], 3, of_one, same=_pairs((0, 1)), alike=UNLIKE, organisations=[7, 8, -1, 7], before=1
    )
    assert again == [Shown(1, (0,)), Shown(2)], "behind a page that has filled it"


@given(
    st.integers(1, 12),
    st.integers(1, 4),
    st.sampled_from([0, 0.4]),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_pages_are_one_long_list_and_nothing_is_lost_but_what_a_full_organisation_has_alone(
    count: int, k: int, diversity: float, most: int, random: object
) -> None:
    draw = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined] # Random's own
    scores, organisations = np.sort(draw.random(count))[::-1], draw.integers(-1, 3, count)
    same = np.triu(draw.random((count, count)) < draw.choice([0.1, 0.4]), 1)
    same |= same.T
    alike = draw.random((count, count)).astype(np.float32)
    variety = Variety(per_organisation=most, diversity=diversity)

    def look(fresh: list[int], before: list[int], k: int) -> list[tuple[int, list[int]]]:
        rows = np.array([*fresh, *before])
        found = shown(
            scores[rows].tolist(),
            k,
            variety,
            same=same[np.ix_(rows, rows)],
            alike=alike[np.ix_(rows, rows)],
            organisations=organisations[rows].tolist(),
            before=len(before),
        )
        return [(int(rows[one.place]), rows[[*one.variants]].tolist() if one.variants else []) for one in found]

    whole, fresh = look([*range(count)], [], count), [*range(count)]
    paged: list[tuple[int, list[int]]] = []
    while fresh and (page := look(fresh, [place for place, _ in paged], k)):
        paged += page
        met = {place for one, variants in page for place in (one, *variants)}
        fresh = [place for place in fresh if place not in met]
    assert paged == whole
    often = Counter(organisations[place] for place, _ in whole)
    assert all(organisations[place] != -1 and often[organisations[place]] == most for place in fresh)


def test_with_diversity_what_is_like_the_first_comes_later() -> None:
    alike = UNLIKE.copy()
    alike[0, 1] = alike[1, 0] = 1.0
    plain = shown(SCORES, 4, Variety(), same=APART, alike=alike, organisations=NOBODY)
    diverse = shown(SCORES, 4, Variety(diversity=0.5), same=APART, alike=alike, organisations=NOBODY)
    assert [one.place for one in plain] == [0, 1, 2, 3]
    assert [one.place for one in diverse] == [0, 2, 3, 1]


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
    st.integers(1, 9),
    st.floats(0, 1),
    st.integers(1, 3),
    st.randoms(use_true_random=False),
)
def test_nobody_is_shown_twice_and_the_limits_hold(
    scores: list[float], k: int, diversity: float, most: int, random: object
) -> None:
    ordered, count = sorted(scores, reverse=True), len(scores)
    draw = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined] # Random's own
    same = np.triu(draw.random((count, count)) < 0.2, 1)
    organisations = draw.integers(-1, 3, count).tolist()
    found = shown(
        ordered,
        k,
        Variety(per_organisation=most, diversity=diversity),
        same=same | same.T,
        alike=draw.random((count, count)).astype(np.float32),
        organisations=organisations,
    )
    names = [place for one in found for place in (one.place, *one.variants)]
    assert len(names) == len(set(names))
    assert len(found) <= k
    for organisation in {*organisations} - {ORGANISATION_UNKNOWN}:
        assert sum(organisations[one.place] == organisation for one in found) <= most


@pytest.mark.parametrize(
    ("titles", "bodies", "expected"),
    [
        ((False, False), (True, True), True),
        ((True, False), (True, True), False),
        ((False, False), (True, False), False),
        ((True, True), (False, False), False),
    ],
)
def test_two_projects_that_no_title_tells_apart_are_one_by_their_texts(
    titles: tuple[bool, bool], bodies: tuple[bool, bool], expected: bool
) -> None:
    table = TraitTable(capacity=2)
    for row in range(2):
        table.put(row, Posting(PostingId(str(row)), "x"))
    known = np.array([titles, bodies]).T
    cosines = np.einsum("rf,of->fro", known, known).astype(np.float32)
    same = same_postings(cosines, known, table.many(np.arange(2)), FACETS)
    assert same.tolist() == [[False, expected], [expected, False]]


@pytest.mark.parametrize(
    ("title", "body", "places", "known", "expected"),
    [
        (SAME_TITLE + 0.01, SAME_BODY + 0.01, ("35", "35"), (True, True), True),
        (SAME_TITLE + 0.01, SAME_BODY + 0.01, ("35", None), (True, True), True),
        (SAME_TITLE + 0.01, SAME_BODY + 0.01, ("35", "29"), (True, True), False),
        (SAME_TITLE + 0.01, SAME_BODY + 0.01, ("35", "75"), (True, True), False),
        (SAME_TITLE - 0.01, SAME_BODY + 0.01, ("35", "35"), (True, True), False),
        (SAME_TITLE + 0.01, SAME_BODY - 0.01, ("35", "35"), (True, True), False),
        (SAME_TITLE + 0.01, SAME_BODY + 0.01, ("35", "35"), (True, False), False),
    ],
)
def test_two_postings_are_one_where_their_texts_are_and_their_places_may_be(
    title: float, body: float, places: tuple[str | None, str | None], known: tuple[bool, bool], expected: bool
) -> None:
    table = TraitTable(capacity=2)
    for row, place in enumerate(places):
        where = (Location(department=place),) if place else ()
        table.put(row, Posting(PostingId(str(row)), "x", locations=where))
    cosines = np.ones((2, 2, 2), dtype=np.float32)
    cosines[0, 0, 1] = cosines[0, 1, 0] = title
    cosines[1, 0, 1] = cosines[1, 1, 0] = body
    same = same_postings(cosines, np.array([known, (True, True)]), table.many(np.arange(2)), FACETS)
    assert same.tolist() == [[False, expected], [expected, False]]


CITY, LYON, NICE = "Bruxelles", Location(latitude=45.76, longitude=4.84), Location(latitude=43.7, longitude=7.27)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"remote": Remote.NONE}, {"remote": Remote.FULL}, False),
        ({"remote": Remote.NONE}, {"remote": Remote.PARTIAL}, True),
        ({"remote": Remote.PARTIAL}, {}, True),
        ({"remote": Remote.FULL}, {}, True),
        ({"salary_eur_year": SalaryRange(30_000, 35_000)}, {"salary_eur_year": SalaryRange(70_000, 90_000)}, False),
        ({"salary_eur_year": SalaryRange(max=35_000)}, {"salary_eur_year": SalaryRange(min=70_000)}, False),
        ({"salary_eur_year": SalaryRange(30_000, 35_000)}, {"salary_eur_year": SalaryRange(34_000, 40_000)}, True),
        ({"salary_eur_year": SalaryRange(35_000, 35_000)}, {"salary_eur_year": SalaryRange(36_000, 36_000)}, True),
        ({"salary_eur_year": SalaryRange(min=30_000)}, {"salary_eur_year": SalaryRange(min=70_000)}, True),
        ({"salary_eur_year": SalaryRange(30_000, 35_000)}, {}, True),
        ({"locations": (LYON,)}, {"locations": (NICE,)}, False),
        ({"locations": (LYON,)}, {"locations": (replace(LYON, latitude=45.7),)}, True),
        ({"locations": (LYON,)}, {}, True),
        ({"locations": (Location(city=CITY),)}, {"locations": (Location(city="Genève"),)}, False),
        ({"locations": (Location(city=CITY),)}, {"locations": (Location(city="1000 BRUXELLES"),)}, True),
        ({"locations": (Location(city=CITY),)}, {"locations": (Location(city="Rennes"),)}, True),
        ({"locations": (Location(city=CITY),)}, {"locations": (LYON,)}, True),
        ({"locations": (replace(LYON, city="Dardilly"),)}, {"locations": (replace(LYON, city="Lyon Nord"),)}, True),
        ({"title": "Développeur junior"}, {"title": "Développeur sénior"}, False),
        ({"title": "Développeuse débutante"}, {"title": "Développeur confirmé·e"}, False),
        ({"title": "Développeur junior ou confirmé"}, {"title": "Développeur senior"}, True),
        ({"title": "Développeur junior"}, {}, True),
    ],
)
def test_two_postings_are_two_where_what_both_say_differs(
    one: dict[str, Any], other: dict[str, Any], *, expected: bool
) -> None:
    for pair in ((one, other), (other, one)):
        table = TraitTable(capacity=2)
        for row, said in enumerate(pair):
            table.put(row, Posting(PostingId(str(row)), **{"title": "Développeur"} | said))
        alike = np.ones((2, 2, 2), dtype=np.float32)
        same = same_postings(alike, np.ones((2, 2), dtype=np.bool_), table.many(np.arange(2)), FACETS)
        assert same.tolist() == [[False, expected], [expected, False]]


def test_what_was_shown_before_counts_and_is_not_shown_again() -> None:
    alike = UNLIKE.copy()
    alike[0, 3] = alike[3, 0] = 1.0
    diverse = shown(SCORES, 3, Variety(diversity=0.5), same=APART, alike=alike, organisations=NOBODY, before=1)
    assert [one.place for one in diverse] == [1, 2, 0]
    of_one = Variety(per_organisation=1)
    capped = shown(SCORES, 3, of_one, same=APART, alike=UNLIKE, organisations=[7, 8, 9, 7], before=1)
    assert [one.place for one in capped] == [1, 2]
    twins = shown(SCORES, 3, of_one, same=_pairs((0, 3), (1, 2)), alike=UNLIKE, organisations=NOBODY, before=1)
    assert twins == [Shown(0), Shown(1, (2,))], "nothing is a variant of what a page before has shown"


@pytest.mark.parametrize(
    ("contracts", "years", "expected"),
    [
        ((Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT), (None, None), True),
        ((Contract.CONTRACT_AGENT, None), (2, None), True),
        ((Contract.CONTRACT_AGENT, Contract.INTERNSHIP), (None, None), False),
        ((None, None), (2, 4), True),
        ((None, None), (0, 8), False),
    ],
)
def test_an_internship_or_a_post_for_other_experience_is_another_posting(
    contracts: tuple[Contract | None, Contract | None], years: tuple[float | None, float | None], expected: bool
) -> None:
    table = TraitTable(capacity=2)
    for row, (contract, least) in enumerate(zip(contracts, years, strict=True)):
        wanted = (contract,) if contract else ()
        table.put(row, Posting(PostingId(str(row)), "x", contracts=wanted, experience_years_min=least))
    alike = np.ones((2, 2, 2), dtype=np.float32)
    same = same_postings(alike, np.ones((2, 2), dtype=np.bool_), table.many(np.arange(2)), FACETS)
    assert same.tolist() == [[False, expected], [expected, False]]
