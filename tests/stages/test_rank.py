"""Scores: bounded, the same from both sides, and never an accident of order."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import (
    Contract,
    Education,
    Facet,
    Location,
    Posting,
    PostingId,
    Profile,
    ProfileId,
    Record,
    Remote,
    SalaryRange,
)
from matcher.core.matched import Matched
from matcher.core.pages import lot
from matcher.core.scoring import ASKS, ASPECTS, WISHES, Standing, Weights
from matcher.core.traits import ROW_BYTES, STARTS, Held, TraitTable
from matcher.stages.rank import SLACK, UNASKED, at_least, columns, contenders, paired, scores, top, totals
from matcher.stages.rank.order import TICK
from matcher.stages.rank.scores import BEYOND, EDUCATION_STEP, NAMES, NEXT_REGION, SAME_REGION, UNKNOWN, Compared
from tests.contracts.test_store_round_trip import postings, profiles

TODAY = date(2026, 11, 23)
VECTORS = (Facet.TITLE, Facet.BODY)
NO_SKILLS = (UNASKED, False)
PARIS = Location(department="75", latitude=48.8566, longitude=2.3522)
LYON = Location(department="69", latitude=45.7640, longitude=4.8357)


def table_of(records: Sequence[Record]) -> TraitTable:
    table = TraitTable(capacity=1)
    for row, record in enumerate(records):
        table.put(row, record)
    return table


def many(records: Sequence[Record]) -> Held:
    return table_of(records).held(0 if len(records) == 1 else None)


def posting(**changed: object) -> Posting:
    return Posting(PostingId("p"), "Juriste", **changed)  # type: ignore[arg-type]


def profile(**changed: object) -> Profile:
    return Profile(ProfileId("c"), "Juriste", **changed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Agreement:
    """One aspect of many pairs."""

    similarity: npt.NDArray[np.float64]
    compared: npt.NDArray[np.bool_]


def agreeing(
    asked: Sequence[Record], wished: Sequence[Record], *, skills: Compared = NO_SKILLS, years_max: float = math.nan
) -> dict[str, Agreement]:
    """What is no vector, of one document and all of the others."""
    sizes = len(asked), len(wished)
    rows = np.arange(min(sizes) and max(sizes))
    vectors = np.zeros((len(rows), len(VECTORS)), dtype=np.float32)
    _, similarity, compared = paired(
        many(asked),
        many(wished),
        vectors=(vectors, vectors > 0),
        skills=skills,
        weights=Weights(),
        today=TODAY,
        rows=rows,
        years_max=years_max,
    )
    places = {name: ASPECTS.index(name) for name in NAMES}
    return {name: Agreement(similarity[:, place], compared[:, place]) for name, place in places.items()}


def agreed(name: str, asked: Posting, wished: Profile) -> float | None:
    """How well two records agree in one aspect, None where they are not compared; from both sides alike."""
    ours = agreeing([asked], [wished] * 2)[name]
    theirs = agreeing([asked] * 2, [wished])[name]
    assert (ours.similarity.tolist(), ours.compared.tolist()) == (theirs.similarity.tolist(), theirs.compared.tolist())
    if ours.compared[0]:
        return float(ours.similarity[0])
    assert ours.similarity[0] == np.float32(UNASKED if name == Facet.SKILLS else UNKNOWN)
    return None


def test_loops_that_were_compiled_for_other_columns_are_compiled_anew() -> None:
    digest = crc32(repr((sorted(STARTS.items()), ROW_BYTES)).encode())
    assert (digest, digest) == (columns.LAID_OUT, scores.LAID_OUT), "write this digest in both files"


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=60, deadline=None)
@given(st.lists(postings, min_size=1, max_size=5), st.lists(profiles, min_size=1, max_size=5))
def test_one_posting_and_many_profiles_agree_as_many_postings_and_one_profile(
    asked: list[Posting], wished: list[Profile]
) -> None:
    rows = [agreeing([posting], wished) for posting in asked]
    columns = [agreeing(asked, [profile]) for profile in wished]
    for name in NAMES[1:]:
        by_posting = np.array([row[name].similarity for row in rows])
        by_profile = np.array([column[name].similarity for column in columns])
        assert by_posting.shape == (len(asked), len(wished))
        assert np.array_equal(by_posting, by_profile.T)
        compared = np.array([row[name].compared for row in rows])
        assert np.array_equal(compared, np.array([column[name].compared for column in columns]).T)
        assert np.all((by_posting >= 0) & (by_posting <= 1)), name
        assert np.all(by_posting[~compared] == UNKNOWN)


def test_all_aspects_but_those_with_vectors_are_compared_in_their_order() -> None:
    assert tuple(name for name in ASPECTS if name not in VECTORS) == NAMES


def test_how_well_skills_agree_is_taken_as_it_is_given() -> None:
    met, named = np.array([0.0, 0.25, 1.0], dtype=np.float32), np.array([True, False, True])
    found = agreeing([posting()], [profile()] * 3, skills=(met, named))[Facet.SKILLS]
    assert (found.similarity.tolist(), found.compared.tolist()) == (met.tolist(), named.tolist())


def test_nothing_said_is_nothing_compared() -> None:
    assert {name: agreed(name, posting(), profile()) for name in NAMES} == dict.fromkeys(NAMES)


def test_nobody_to_compare_with_gives_nothing() -> None:
    for found in (
        agreeing([posting()], []),
        agreeing([], [profile(available_from=TODAY)]),
    ):
        assert all(part.similarity.shape == part.compared.shape == (0,) for part in found.values())


CONTRADICTIONS = [
    ("experience", posting(experience_years_min=5), profile(experience_years=0)),
    ("education", posting(education_level_min=8), profile(education=(Education("Bac", 4),))),
    ("languages", posting(languages=("anglais",)), profile(languages=("français",))),
    ("place", posting(locations=(Location(region="Corse"),)), profile(locations=(Location(region="Bretagne"),))),
    ("place", posting(locations=(PARIS,)), profile(locations=(LYON,))),
    ("contract", posting(contracts=(Contract.FREELANCE,)), profile(contracts=(Contract.INTERNSHIP,))),
    ("remote", posting(remote=Remote.NONE), profile(remote=Remote.FULL)),
    ("salary", posting(salary_eur_year=SalaryRange(max=20_000)), profile(salary_eur_year_min=60_000)),
    ("start", posting(), profile(available_from=TODAY + timedelta(days=400))),
]


@pytest.mark.parametrize(("name", "asked", "wished"), CONTRADICTIONS)
def test_silence_never_ranks_below_a_contradiction(name: str, asked: Posting, wished: Profile) -> None:
    contradiction = agreed(name, asked, wished)
    assert contradiction is not None
    assert contradiction < 0.05 < UNKNOWN
    assert agreed(name, asked, profile()) is None


def test_experience_grows_on_one_up_to_what_is_asked() -> None:
    asked = posting(experience_years_min=4)
    found = [agreed("experience", asked, profile(experience_years=years)) for years in (0, 1, 2, 3, 4, 10)]
    assert found == pytest.approx([*(UNKNOWN * share for share in (0, 0.25, 0.5, 0.75)), 1, 1])
    assert agreed("experience", posting(experience_years_min=0), profile(experience_years=0)) == 1
    assert agreed("experience", posting(experience_years_min=0.5), profile(experience_years=0)) == 0.5 * UNKNOWN


def test_each_missing_level_of_education_costs_a_step() -> None:
    found = [
        agreed(
            "education", posting(education_level_min=7), profile(education=(Education("x", 1), Education("y", level)))
        )
        for level in (2, 4, 5, 6, 7, 8)
    ]
    assert found == pytest.approx(
        [0, 0, UNKNOWN * (1 - 2 * EDUCATION_STEP), UNKNOWN * (1 - EDUCATION_STEP), 1, 1], abs=1e-6
    )


def test_languages_count_by_how_many_are_met() -> None:
    asked = posting(languages=("anglais", "français", "allemand"))
    found = [agreed("languages", asked, profile(languages=spoken)) for spoken in (("es",), ("en",), ("en", "fr", "de"))]
    assert found == pytest.approx([0, UNKNOWN / 3, 1])


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (Location(department="75"), Location(department="75"), 1.0),
        (Location(department="75"), Location(department="92"), SAME_REGION),
        (Location(department="75"), Location(region="Île-de-France"), 1.0),
        (Location(region="Île-de-France"), Location(region="IDF"), 1.0),
        (Location(department="974"), Location(department="974"), 1.0),
        (Location(department="75"), Location(department="69"), 0.0),
        (Location(department="75"), Location(city="Paris"), 1.0),
        (Location(department="75"), Location(city="Trifouillis"), None),
        (PARIS, Location(department="92"), SAME_REGION),
        (PARIS, PARIS, 1.0),
    ],
)
def test_places_agree_by_department_then_by_region(here: Location, there: Location, expected: float | None) -> None:
    for asked, wished in ((here, there), (there, here)):
        found = agreed("place", posting(locations=(asked,)), profile(locations=(wished,)))
        assert found is None if expected is None else found == pytest.approx(expected)


def test_work_that_is_fully_remote_is_in_every_wished_place() -> None:
    anywhere = posting(locations=(PARIS,), remote=Remote.FULL)
    assert agreed("place", anywhere, profile(locations=(LYON,))) == 1
    assert agreed("place", anywhere, profile()) == 1


@pytest.mark.parametrize("more", [Location(department="69"), Location(department="77"), Location(region="Corse")])
@pytest.mark.parametrize("whole", [Location(region="Île-de-France"), Location(region="France entière")])
def test_one_more_place_takes_nothing_away_from_a_region_that_is_named_as_a_whole(
    whole: Location, more: Location
) -> None:
    paris = (Location(department="75"),)
    for places in ((whole,), (whole, more)):
        assert agreed("place", posting(locations=places), profile(locations=paris)) == 1
        assert agreed("place", posting(locations=paris), profile(locations=places)) == 1


@pytest.mark.parametrize("unknown", [Location(city="Dardilly"), Location(latitude=45.76, longitude=4.84)])
@pytest.mark.parametrize("remote", [None, Remote.PARTIAL])
def test_a_place_that_is_not_understood_beside_another_is_no_contradiction(
    unknown: Location, remote: Remote | None
) -> None:
    lyon, both = (Location(department="69"),), (unknown, Location(region="Occitanie"))
    assert agreed("place", posting(locations=lyon, remote=remote), profile(locations=both)) is None
    assert agreed("place", posting(locations=both, remote=remote), profile(locations=lyon)) is None
    assert agreed("place", posting(locations=both), profile(locations=both)) == 1
    nearby = Location(department="38")
    assert agreed("place", posting(locations=lyon), profile(locations=(unknown, nearby))) == pytest.approx(SAME_REGION)


def test_partly_remote_work_reaches_the_regions_that_touch() -> None:
    brittany, normandy, corsica = (
        (Location(department="35"),),
        (Location(region="Normandie"),),
        (Location(region="Corse"),),
    )
    found = [
        agreed("place", posting(locations=brittany, remote=remote), profile(locations=wished))
        for remote in (Remote.PARTIAL, Remote.NONE, None)
        for wished in (normandy, corsica)
    ]
    assert found == [pytest.approx(NEXT_REGION), 0, 0, 0, 0, 0]
    assert min(SAME_REGION, UNKNOWN) > NEXT_REGION


def test_who_wishes_one_of_a_postings_places_agrees_with_it_whichever_is_named_first() -> None:
    for order in ((PARIS, LYON), (LYON, PARIS)):
        assert agreed("place", posting(locations=order), profile(locations=(LYON,))) == 1
        assert agreed("place", posting(locations=(LYON,)), profile(locations=order)) == 1


def test_distance_is_measured_on_the_globe() -> None:
    found = agreed("place", posting(locations=(PARIS,)), profile(locations=(LYON,)))
    assert found is not None
    km = 60 * math.sqrt(1 / found - 1)
    assert km == pytest.approx(392, abs=1)


@given(st.floats(1, 90), st.floats(-180, 180), st.floats(-90, -1), st.floats(-180, 180))  # 0, 0 is no place
def test_distance_is_the_same_both_ways_and_none_from_a_place_to_itself(a: float, b: float, c: float, d: float) -> None:
    here, there = Location(latitude=a, longitude=b), Location(latitude=c, longitude=d)
    out = agreed("place", posting(locations=(here,)), profile(locations=(there,)))
    back = agreed("place", posting(locations=(there,)), profile(locations=(here,)))
    assert out == pytest.approx(back, abs=1e-6)
    assert agreed("place", posting(locations=(here,)), profile(locations=(here,))) == pytest.approx(1, abs=1e-4)


def test_half_of_remote_work_is_half_an_agreement() -> None:
    levels = [Remote.NONE, Remote.PARTIAL, Remote.FULL]
    found = [[agreed("remote", posting(remote=here), profile(remote=there)) for there in levels] for here in levels]
    assert found == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]


def test_one_contract_in_common_is_enough() -> None:
    both = posting(contracts=(Contract.CIVIL_SERVANT, Contract.CONTRACT_AGENT))
    assert agreed("contract", both, profile(contracts=(Contract.CONTRACT_AGENT, Contract.FREELANCE))) == 1


def test_salary_falls_from_the_wish_down_to_half_of_it() -> None:
    wish = profile(salary_eur_year_min=40_000)
    offers = [50_000, 40_000, 35_000, 30_000, 20_000, 0]
    found = [agreed("salary", posting(salary_eur_year=SalaryRange(max=offer)), wish) for offer in offers]
    assert found == pytest.approx([1, 1, 0.75 * UNKNOWN, 0.5 * UNKNOWN, 0, 0], abs=1e-6)


def test_the_best_offer_counts_and_one_bound_is_enough() -> None:
    wish = profile(salary_eur_year_min=40_000)
    assert agreed("salary", posting(salary_eur_year=SalaryRange(min=20_000, max=40_000)), wish) == 1
    assert agreed("salary", posting(salary_eur_year=SalaryRange(min=40_000)), wish) == 1
    assert agreed("salary", posting(salary_eur_year=SalaryRange()), wish) is None
    assert agreed("salary", posting(salary_eur_year=SalaryRange(min=0, max=0)), profile(salary_eur_year_min=0)) == 1


@pytest.mark.parametrize("least", [0, 20_000, 39_999])
def test_a_least_below_the_wish_says_nothing_where_no_most_is_named(least: float) -> None:
    """From 30,000 on may be 40,000, too: less known than up to 35,000, and no worse than silence."""
    wish = profile(salary_eur_year_min=40_000)
    assert agreed("salary", posting(salary_eur_year=SalaryRange(min=least)), wish) is None
    below = agreed("salary", posting(salary_eur_year=SalaryRange(min=least, max=39_999)), wish)
    assert below is not None
    assert below < UNKNOWN


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_higher_offer_never_agrees_less(wish: float, one_offer: float, other_offer: float) -> None:
    low, high = sorted((one_offer, other_offer))
    wished = profile(salary_eur_year_min=wish)
    less = agreed("salary", posting(salary_eur_year=SalaryRange(max=low)), wished)
    more = agreed("salary", posting(salary_eur_year=SalaryRange(max=high)), wished)
    assert less is not None
    assert more is not None
    assert less <= more


@given(st.floats(0, 80), st.floats(0, 80), st.floats(0, 80))
def test_more_experience_never_agrees_less(asked: float, one_has: float, other_has: float) -> None:
    low, high = sorted((one_has, other_has))
    less = agreed("experience", posting(experience_years_min=asked), profile(experience_years=low))
    more = agreed("experience", posting(experience_years_min=asked), profile(experience_years=high))
    assert less is not None
    assert more is not None
    assert less <= more


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-1000, 1), (0, 1), (90, 1), (90 + 55, 0.8 * UNKNOWN), (227.5, 0.5 * UNKNOWN), (365, 0), (4000, 0)],
)
def test_a_start_is_as_good_as_today_for_three_months_and_no_good_after_a_year(days: float, expected: float) -> None:
    wished = profile(available_from=TODAY + timedelta(days=math.floor(days)))
    assert agreed("start", posting(), wished) == pytest.approx(expected, abs=0.002)


# Best first.

IDS = [f"{number:03d}" for number in range(60)]
scored = st.lists(st.sampled_from([0.1, 0.2, 0.2 + TICK / 10, 0.5, -0.3]) | st.floats(-1, 1), max_size=40)


@given(scored, st.integers(-1, 45), st.randoms(use_true_random=False))
def test_the_top_is_the_head_of_a_full_sort_with_ties_by_lot(scores: list[float], k: int, chance) -> None:  # type: ignore[no-untyped-def]
    rows = np.array(chance.sample(range(60), len(scores)), dtype=np.int64)
    places = top(np.array(scores, dtype=np.float64), rows, IDS, k, asker="q")
    ranked = sorted(range(len(scores)), key=lambda place: (-round(scores[place] / TICK), lot("q", IDS[rows[place]])))
    assert places.tolist() == ranked[: max(k, 0)]
    assert places.dtype == np.int64


@given(scored, st.integers(-1, 45), st.integers(0, 2**32 - 1))
def test_however_scores_were_rounded_the_best_are_among_the_contenders(scores: list[float], k: int, seed: int) -> None:
    exact = np.array(scores, dtype=np.float64)
    rounded = exact + np.random.default_rng(seed).uniform(-SLACK / 3, SLACK / 3, len(exact))
    near, rows = contenders(rounded, k), np.arange(len(scores))
    assert set(top(exact, rows, IDS, k, asker="q").tolist()) <= set(near.tolist())
    assert near.tolist() == sorted(near.tolist())


@given(scored, st.integers(1, 45), st.randoms(use_true_random=False))
def test_the_order_in_which_documents_came_decides_nothing(scores: list[float], k: int, chance) -> None:  # type: ignore[no-untyped-def]
    rows = list(range(len(scores)))
    order = chance.sample(rows, len(rows))
    straight = top(np.array(scores), np.array(rows, dtype=np.int64), IDS, k, asker="q")
    # The same documents at other rows, with the ids gone along.
    ids: list[str | None] = [IDS[place] for place in order]
    mixed = top(np.array([scores[place] for place in order]), np.array(rows, dtype=np.int64), ids, k, asker="q")
    assert [IDS[place] for place in straight.tolist()] == [ids[place] for place in mixed.tolist()]


def test_no_id_comes_first_everywhere_among_equals() -> None:
    equal, rows = np.zeros(len(IDS)), np.arange(len(IDS))
    first = [IDS[top(equal, rows, IDS, 1, asker=f"posting {number}")[0]] for number in range(200)]
    assert len(set(first)) > len(IDS) / 2


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@settings(max_examples=60, deadline=None)
@given(
    postings,
    st.lists(profiles, min_size=1, max_size=4),
    st.lists(st.floats(0.01, 1), min_size=len(ASPECTS), max_size=len(ASPECTS)),
    st.integers(0, 2**32 - 1),
)
def test_contributions_are_what_ranked_and_add_up_to_the_score(
    asked: Posting, wished: list[Profile], shares: list[float], seed: int
) -> None:
    weights = Weights(*(share / sum(shares) for share in shares))
    chance = np.random.default_rng(seed)
    facets = chance.uniform(-1, 1, (len(wished), len(VECTORS))).astype(np.float32)
    compared = chance.random((len(wished), len(VECTORS))) < 0.5
    met = chance.random(len(wished)).astype(np.float32)
    named = chance.random(len(wished)) < 0.5
    pairs = [(asked.id, other.id) for other in wished]
    rows = np.arange(len(wished))
    scores, similarity, known = paired(
        many([asked]),
        many(wished),
        vectors=(facets, compared),
        skills=(met, named),
        weights=weights,
        today=TODAY,
        rows=rows,
    )
    found = agreeing([asked], wished, skills=(met, named))
    by_facet = facets @ np.array([weights.facets()[facet] for facet in VECTORS], dtype=np.float32)
    rough = totals(by_facet, many([asked]), many(wished), skills=met, weights=weights, today=TODAY, rows=rows)
    assert rough == pytest.approx(scores, abs=1e-6)
    ranked = Matched.of(pairs, similarity, known, weights)
    assert [(match.posting_id, match.profile_id) for match in ranked] == pairs
    assert [match.rank for match in ranked] == list(range(1, len(wished) + 1))
    for place, match in enumerate(ranked):
        assert tuple(part.name for part in match.contributions) == ASPECTS
        assert match.score == pytest.approx(float(scores[place]), abs=1e-6)
        assert match.score == pytest.approx(sum(part.value for part in match.contributions), abs=1e-12)
        sides = [(match.asks_score, ASKS), (match.wishes_score, WISHES)]
        both = sum(score * sum(getattr(weights, name) for name in side) for score, side in sides)
        assert match.score == pytest.approx(both, abs=1e-12)
        for part in match.contributions:
            assert part.weight == getattr(weights, part.name)
            assert part.value == pytest.approx(part.weight * part.similarity, abs=1e-12)
        for number, facet in enumerate(VECTORS):
            part = match.contributions[ASPECTS.index(facet)]
            assert part.similarity == facets[place, number]
            assert (part.standing is Standing.COMPARED) == compared[place, number]
        for name in NAMES:
            part = match.contributions[ASPECTS.index(name)]
            assert part.similarity == found[name].similarity[place]
            assert (part.standing is Standing.COMPARED) == found[name].compared[place]


@given(st.lists(st.floats(-1, 1, width=32), max_size=40), st.floats(-1, 1))
def test_what_reaches_a_value_is_kept_in_its_order(values: list[float], least: float) -> None:
    rows = np.arange(len(values)) * 3
    found, kept = at_least(rows, np.array(values, dtype=np.float32), least)
    assert [*zip(found.tolist(), kept.tolist(), strict=True)] == [
        (row, value) for row, value in zip(rows.tolist(), values, strict=True) if value >= least
    ]


@given(st.floats(0, 20), st.integers(0, 20), st.lists(st.none() | st.floats(0, 80), min_size=1, max_size=20))
def test_more_years_than_are_asked_for_at_most_lie_between_what_is_met_and_what_is_not_known(
    least: float, most: int, had: list[float | None]
) -> None:
    least = min(least, most)
    asked, others = [posting(experience_years_min=least)], [profile(experience_years=years) for years in had]
    with_most = agreeing(asked, others, years_max=float(most))
    without = agreeing(asked, others)
    alike, plain = with_most["experience"].similarity, without["experience"].similarity
    over = np.array([years is not None and years >= most + 1 for years in had])
    assert np.array_equal(alike[~over], plain[~over])
    assert np.all((alike[over] > UNKNOWN) & (alike[over] <= UNKNOWN + BEYOND))
    beyond = [(years, share) for years, share, is_over in zip(had, alike.tolist(), over, strict=True) if is_over]
    assert [share for _, share in sorted(beyond, key=lambda one: one[0] or 0)] == sorted(
        (share for _, share in beyond), reverse=True
    )
    whole = sum(getattr(Weights(), name) * with_most[name].similarity for name in NAMES)
    rows, none = np.arange(len(had)), np.zeros(len(had), dtype=np.float32)
    sides = many(asked), many(others)
    more = totals(none, *sides, skills=UNASKED, weights=Weights(), today=TODAY, rows=rows, years_max=float(most))
    assert more == pytest.approx(whole, abs=1e-6)
