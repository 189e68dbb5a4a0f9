"""Rates, impact ratios and verdicts: by hand, with a bias that was put in, and with none."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.choices import Choice
from matcher.offline.groups import UNSAID
from matcher.offline.ratios import Attribute, Compared, Measure, Verdict, compared
from matcher.offline.tally import OF, OTHERS, Tally, grouped

PLACES = 10


def _tally(
    groups: Sequence[str], rankings: Sequence[tuple[str, Sequence[int], Sequence[int]]], *, places: int
) -> Tally:
    """Rankings of so many people: an organisation, who is eligible, who is shown."""
    kinds = grouped("kind", groups, smallest=1)
    assert kinds
    tally = Tally([kinds], len(groups))
    for organisation, eligible, shown in rankings:
        ranks = np.arange(len(shown)) + 1
        choice = Choice("p", organisation, np.array(eligible, np.int64), np.array(shown, np.int64), ranks)
        tally.add(choice, unit=organisation, places=places)
    return tally


def _by_group(attribute: Attribute) -> dict[str, dict[Measure, Compared]]:
    return {group.name: {one.measure: one for one in group.compared} for group in attribute.groups}


def test_rates_are_what_a_hand_counts() -> None:
    tally = _tally("aabb", [("x", [0, 1, 2, 3], [0]), ("y", [0, 2, 3], [2]), ("z", [1], [1])], places=1)
    assert (tally.rankings, tally.contested, tally.units) == (3, 2, 3)
    (kinds,) = compared(tally)
    found = _by_group(kinds)
    a, b = found["a"], found["b"]
    # Of 2 people and 3 postings, 4 pairs of `a` pass and 4 of `b`; who is alone with a place competes with nobody.
    assert (a[Measure.ELIGIBILITY].rate, b[Measure.ELIGIBILITY].rate) == pytest.approx((4 / 6, 4 / 6))
    assert (a[Measure.SELECTION].rate, b[Measure.SELECTION].rate) == pytest.approx((1 / 3, 1 / 4))
    assert a[Measure.SELECTION].by_lot == pytest.approx((2 / 4 + 1 / 3) / 3)
    assert b[Measure.SELECTION].by_lot == pytest.approx((2 / 4 + 2 / 3) / 4)
    assert {one.verdict for some in found.values() for one in some.values()} == {Verdict.FEW}


def test_the_impact_ratio_is_what_a_hand_counts() -> None:
    """Of four places, the first three are always taken by the one group, in turn, and the last by the other."""
    people, postings = 20, 20
    rankings = [
        (f"o{number}", range(2 * people), [*((3 * number + at) % people for at in range(3)), people + number % people])
        for number in range(postings)
    ]
    (kinds,) = compared(_tally(["a"] * people + ["b"] * people, rankings, places=4))
    found = _by_group(kinds)
    assert found["a"][Measure.SELECTION].rate == pytest.approx(3 / 20)
    assert found["b"][Measure.SELECTION].rate == pytest.approx(1 / 20)
    assert found["b"][Measure.SELECTION].by_lot == pytest.approx(4 / 40)
    assert found["b"][Measure.SELECTION].ratio == pytest.approx(1 / 3)
    by_hand = (1 / math.log2(5)) / (1 + 1 / math.log2(3) + 1 / math.log2(4))
    assert found["b"][Measure.EXPOSURE].ratio == pytest.approx(by_hand)
    assert [one.verdict for one in found["a"].values()] == [Verdict.BEST, Verdict.BEST, Verdict.BEST]
    assert [one.verdict for one in found["b"].values()] == [Verdict.NONE, Verdict.BELOW, Verdict.BELOW]


def test_a_group_that_is_eligible_where_many_are_is_not_found_to_be_ranked_low() -> None:
    """All are ranked by lot; one group passes where 30 pass, the other where 300 do, and so is shown less often."""
    rng = np.random.default_rng(1)
    rankings = []
    for number in range(100):
        crowded = number % 2
        eligible = np.arange(30, 330) if crowded else np.arange(30)
        rankings.append((f"o{number % 12}", eligible.tolist(), rng.permutation(eligible)[:PLACES].tolist()))
    (kinds,) = compared(_tally(["few"] * 30 + ["many"] * 300, rankings, places=PLACES))
    found = _by_group(kinds)
    few, many = found["few"][Measure.SELECTION], found["many"][Measure.SELECTION]
    assert few.rate == pytest.approx(10 * many.rate)
    assert [few.ratio, many.ratio] == pytest.approx([1.0, 1.0])
    assert Verdict.BELOW not in {few.verdict, many.verdict}


def _drawn(
    groups: Sequence[str], *, lower: float, seed: int, postings: int = 120, organisations: int = 15
) -> Attribute:
    """Rankings by a person's own worth, the same everywhere, and chance; the group `x` is put so much lower."""
    rng = np.random.default_rng(seed)
    people = len(groups)
    worth = rng.normal(size=people) - lower * (np.array(groups) == "x")
    rankings = []
    for number in range(postings):
        eligible = np.flatnonzero(rng.random(people) < 0.5)
        order = np.argsort(-(worth + rng.normal(size=people))[eligible])
        rankings.append((f"o{number % organisations}", eligible.tolist(), eligible[order[:PLACES]].tolist()))
    return compared(_tally(groups, rankings, places=PLACES), seed=seed)[0]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_a_bias_that_was_put_in_is_found(share: float, seed: int) -> None:
    groups = ["x" if at < 500 * share else "y" for at in range(500)]
    found = _by_group(_drawn(groups, lower=1.5, seed=seed))
    assert found["x"][Measure.SELECTION].verdict is Verdict.BELOW
    assert found["x"][Measure.EXPOSURE].verdict is Verdict.BELOW
    assert found["x"][Measure.ELIGIBILITY].verdict in {Verdict.NONE, Verdict.BEST}
    assert found["y"][Measure.SELECTION].verdict is Verdict.BEST


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.9, 0.1), (0.6, 0.2, 0.1, 0.1), (0.125,) * 8])
def test_where_there_is_no_bias_none_is_found(shares: tuple[float, ...]) -> None:
    """Intervals that hold together with 95 % may be wrong about one forum of twenty; few people are shown here."""
    wrong = 0
    for seed in range(20):
        groups = np.random.default_rng(seed).choice(["x", *"abcdefg"][: len(shares)], size=400, p=shares)
        verdicts = {group.compared[1].verdict for group in _drawn([*groups], lower=0, seed=seed).groups}
        wrong += bool({Verdict.BELOW, Verdict.ABOVE} & verdicts)
    assert wrong <= 1


def test_of_few_organisations_nothing_is_found() -> None:
    groups = ["x" if at < 200 else "y" for at in range(500)]
    verdicts = {
        one.verdict for group in _drawn(groups, lower=2, seed=0, organisations=9).groups for one in group.compared
    }
    assert verdicts == {Verdict.FEW}


def test_of_few_people_a_rate_is_told_and_nothing_is_found() -> None:
    groups = ["x" if at < 10 else "y" for at in range(500)]
    few = _by_group(_drawn(groups, lower=2, seed=0))["x"][Measure.SELECTION]
    assert (few.verdict, few.ratio) == (Verdict.FEW, None)
    assert few.rate < few.by_lot


def test_a_group_that_is_never_shown_has_an_interval_all_the_same() -> None:
    groups = ["x" if at < 150 else "y" for at in range(500)]
    never = _by_group(_drawn(groups, lower=50, seed=0))["x"][Measure.SELECTION]
    assert (never.rate, never.ratio, never.low, never.verdict) == (0, 0, 0, Verdict.BELOW)
    assert never.high is not None
    assert 0 < never.high < 0.8


def test_nobody_is_compared_with_those_who_say_nothing() -> None:
    groups = ["x" if at < 250 else UNSAID for at in range(500)]
    found = _by_group(_drawn(groups, lower=1.5, seed=0))
    assert found["x"][Measure.SELECTION].verdict is Verdict.BEST
    assert found[UNSAID][Measure.SELECTION].verdict is Verdict.ABOVE


def test_the_same_tally_gives_the_same_figures() -> None:
    groups = ["x" if at < 250 else "y" for at in range(500)]
    assert _drawn(groups, lower=1, seed=3) == _drawn(groups, lower=1, seed=3)


def test_nobody_and_nothing_are_no_figures() -> None:
    assert compared(Tally([], 0)) == []
    (kinds,) = compared(_tally("ab", [], places=1))
    assert all((one.rate, one.verdict) == (0, Verdict.FEW) for group in kinds.groups for one in group.compared)


def test_who_is_shown_without_being_eligible_by_now_counts_nowhere() -> None:
    tally = _tally("aabb", [("o", [0, 1, 2], [3, 0])], places=2)
    assert tally.people[3].tolist() == [1, 0, 0, 0, 0, 0, 0]
    assert tally.people[0, OF.exposure] == pytest.approx(1 / math.log2(3)), "the rank is the one that was shown"


@given(groups=st.lists(st.sampled_from("abcdef"), max_size=60), smallest=st.integers(1, 12))
def test_no_group_is_smaller_than_the_smallest_not_by_subtraction_either(groups: list[str], smallest: int) -> None:
    found = grouped("kind", groups, smallest=smallest)
    assert (found is None) == (len(groups) < smallest)
    if found:
        sizes = np.bincount(found.of, minlength=len(found.names))
        assert sizes.min(initial=smallest) >= smallest
        assert sizes.sum() == len(groups)
        assert (OTHERS in found.names) == bool(found.pooled)
        for name, at in zip(groups, found.of.tolist(), strict=True):
            assert found.names[at] == (OTHERS if name in found.pooled else name)


def test_units_add_up_to_people() -> None:
    groups = ["x", "y", "y", "z"] * 10
    tally = _tally(groups, [("o", range(40), [3, 5]), ("p", range(20), [7, 1]), ("o", [1, 2], [1, 2])], places=2)
    sums = tally.by_unit(0).sum(axis=0)
    of = tally.attributes[0].of
    for group in range(3):
        assert sums[group] == pytest.approx(tally.people[of == group].sum(axis=0))
