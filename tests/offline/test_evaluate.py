"""Measures, intervals, and weights that are learned, on forums whose truth is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matcher.core.domain import (
    Contract,
    Kind,
    Organisation,
    OrganisationId,
    Posting,
    PostingId,
    PostingStatus,
    Profile,
    ProfileId,
    Remote,
)
from matcher.core.errors import NoJudgements
from matcher.core.ports import Encoders
from matcher.core.scoring import ASPECTS, Weights
from matcher.engine import Matcher
from matcher.offline.evaluate import Estimate, differences, estimate, evaluate, lines, measured, stored
from matcher.offline.learn import CHOSEN_BY, FEWEST, learn, reasons
from matcher.stores.snapshots import Snapshots
from matcher.weights import written
from tests.fakes import FakeEncoder, FakeStore, FakeThesaurus

TODAY = date(2026, 11, 23)


def _open(home: Path) -> Matcher:
    found = Matcher(
        store=FakeStore(),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(home / "snapshots"),
        today=lambda: TODAY,
    )
    found.open()
    return found


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matcher]:
    """Postings of three organisations that hired by remote work and nothing else, and profiles that all look alike."""
    found = _open(tmp_path_factory.mktemp("home"))
    modes = [*Remote]
    found.put(
        [
            Posting(
                PostingId(f"p{number:02}"),
                "Data scientist",
                organisation=Organisation(OrganisationId(f"o{number % 3}")),
                remote=modes[number % 3],
                contracts=(Contract.CONTRACT_AGENT,),
            )
            for number in range(24)
        ]
    )
    found.put(
        [
            Profile(
                ProfileId(f"c{number:02}"),
                ("Data scientist", "Data analyst", "Data engineer")[number % 5 % 3],
                remote=modes[number % 3],
                visible_to_recruiters=True,
            )
            for number in range(45)
        ]
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, int]]:
    return {
        f"p{posting:02}": {f"c{number:02}": int(number % 3 == posting % 3) for number in range(45)}
        for posting in range(24)
    }


def test_the_measures_are_those_of_the_textbook() -> None:
    scores = measured({"q": ["a", "b", "c"], "r": []}, {"q": {"b": 1, "z": 1}, "r": {"a": 1}})
    assert scores["RR"] == [0.5, 0.0]
    assert scores["R@100"] == [0.5, 0.0]
    assert scores["AP@100"] == [0.25, 0.0]
    assert scores["P@10"] == [0.1, 0.0]
    best = 1 + 1 / np.log2(3)
    assert scores["nDCG@10"] == [pytest.approx(1 / np.log2(3) / best), 0.0]


def test_equals_count_in_the_order_in_which_they_are_shown() -> None:
    assert measured({"q": ["z", "a"]}, {"q": {"z": 1}})["RR"] == [1.0]


def test_an_interval_holds_its_mean_and_is_the_same_every_time() -> None:
    values = [0.0, 1.0, 0.5, 0.25, 0.0, 1.0]
    found = estimate(values)
    assert found.mean == pytest.approx(float(np.mean(values)))
    assert found.low < found.mean < found.high
    assert found == estimate(values)
    assert estimate([0.5, 0.5]) == Estimate(0.5, 0.5, 0.5)
    assert estimate([1.0]) == Estimate(1.0, 1.0, 1.0)


def test_a_difference_is_paired() -> None:
    ours, theirs = {"RR": [0.2, 0.4, 0.9]}, {"RR": [0.1, 0.3, 0.8]}
    gain = differences(ours, theirs)["RR"]
    assert [gain.low, gain.high] == pytest.approx([0.1, 0.1])


def test_what_is_not_stored_is_left_out_and_counted(matcher: Matcher) -> None:
    judged = stored(matcher, {"p00": {"c00": 1, "nobody": 1}, "nothing": {"c00": 1}, "p01": {"c00": 0}}, Kind.POSTING)
    assert (judged.of, judged.unknown, judged.irrelevant) == ({"p00": {"c00": 1}}, 2, 1)
    said = [*lines(evaluate(matcher, judged, Kind.POSTING))]
    assert said[0].startswith("measure\t")
    assert "left out: 2 judgement(s) of documents that are not stored" in said
    assert "left out: 1 ranking(s) with nothing relevant" in said


def test_postings_that_are_not_open_any_more_are_left_out_and_counted(matcher: Matcher) -> None:
    closed = replace(matcher.get_posting("p00"), status=PostingStatus.FILLED)
    before = matcher.get_posting("p00")
    matcher.put([closed])
    try:
        judged = stored(matcher, {"p00": {"c00": 1}, "p01": {"c01": 1}}, Kind.POSTING)
        assert (judged.of, judged.closed) == ({"p01": {"c01": 1}}, 1)
        assert "left out: 1 judgement(s) of postings that are not open today" in lines(
            evaluate(matcher, judged, Kind.POSTING)
        )
        assert stored(matcher, {"c01": {"p00": 1, "p01": 1}}, Kind.PROFILE).of == {"c01": {"p01": 1}}
        with pytest.raises(NoJudgements, match="is of a posting that is open today"):
            stored(matcher, {"p00": {"c00": 1}}, Kind.POSTING)
    finally:
        matcher.put([before])


def test_nothing_relevant_is_said(matcher: Matcher) -> None:
    for judgements in ({}, {"nothing": {"c00": 1}}, {"p00": {"c00": 0}}):
        with pytest.raises(NoJudgements, match="ingest that forum first"):
            stored(matcher, judgements, Kind.POSTING)


def test_suggestions_are_judged_too(matcher: Matcher) -> None:
    judged = stored(matcher, {"c00": {"p00": 1}}, Kind.PROFILE)
    found = evaluate(matcher, judged, Kind.PROFILE)
    rank = [match.posting_id for match in matcher.rank(Kind.PROFILE, "c00", k=100).ranking.matches].index(
        PostingId("p00")
    )
    assert rank >= 0
    assert found.estimates["R@100"].mean == 1.0


def test_where_one_organisation_has_all_rankings_but_one_that_one_is_learned_from(
    matcher: Matcher, truth: dict[str, dict[str, int]], tmp_path: Path
) -> None:
    other = _open(tmp_path)
    for number, name in enumerate(truth):
        organisation = Organisation(OrganisationId("few" if number == 0 else "many"))
        other.put([replace(matcher.get_posting(name), organisation=organisation)])
    other.put([*matcher.profiles()])
    assert learn(other, stored(other, truth, Kind.POSTING), Kind.POSTING).groups == 2
    other.close()


def test_what_people_chose_by_is_learned_and_shown_to_be_better(
    matcher: Matcher, truth: dict[str, dict[str, int]]
) -> None:
    judged = stored(matcher, truth, Kind.POSTING)
    learned = learn(matcher, judged, Kind.POSTING)
    assert (learned.questions, learned.groups, learned.by_organisation) == (24, 3, True)
    assert learned.weights.remote > matcher.weights.remote
    assert learned.is_better
    assert learned.gain[CHOSEN_BY].low > 0
    now, then = (
        evaluate(matcher, judged, Kind.POSTING, weights=weights).estimates[CHOSEN_BY].mean
        for weights in (matcher.weights, learned.weights)
    )
    assert then > now
    assert learned == learn(matcher, judged, Kind.POSTING), "the same judgements give the same weights"


def test_an_aspect_of_which_nothing_is_known_keeps_its_weight(
    matcher: Matcher, truth: dict[str, dict[str, int]]
) -> None:
    learned = learn(matcher, stored(matcher, truth, Kind.POSTING), Kind.POSTING)
    for name in ("skills", "salary", "education", "languages", "place", "experience"):
        assert getattr(learned.weights, name) == pytest.approx(getattr(matcher.weights, name))
    assert sum(getattr(learned.weights, name) for name in ASPECTS) == pytest.approx(1.0)


def test_judgements_that_follow_nothing_change_nothing_surely(matcher: Matcher) -> None:
    draw = np.random.default_rng(7)
    noise = {f"p{posting:02}": {f"c{draw.integers(45):02}": 1 for _ in range(3)} for posting in range(24)}
    learned = learn(matcher, stored(matcher, noise, Kind.POSTING), Kind.POSTING)
    assert not learned.is_better
    assert all(getattr(learned.weights, name) >= 0 for name in ASPECTS)


def test_too_few_judgements_are_not_learned_from(matcher: Matcher, truth: dict[str, dict[str, int]]) -> None:
    few = dict(list(truth.items())[: FEWEST - 1])
    with pytest.raises(NoJudgements, match="9 rankings"):
        learn(matcher, stored(matcher, few, Kind.POSTING), Kind.POSTING)


def test_of_one_organisation_single_rankings_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    alone = _open(tmp_path)
    alone.put([Posting(PostingId(f"p{number}"), "Juriste") for number in range(12)])
    alone.put([Profile(ProfileId(f"c{number}"), "Juriste", visible_to_recruiters=True) for number in range(4)])
    judged = stored(alone, {f"p{number}": {"c1": 1} for number in range(12)}, Kind.POSTING)
    learned = learn(alone, judged, Kind.POSTING)
    alone.close()
    assert (learned.groups, learned.by_organisation) == (12, False)
    assert learned.weights == alone.weights
    said = [*reasons(learned, "a file")]
    assert "single rankings" in said[0]
    assert written(learned.weights, said).startswith("# Learned from a file: 12 judged rankings")


def test_weights_of_a_request_are_scaled_and_what_makes_no_sense_is_refused() -> None:
    changed = Weights().changed({"title": 0.0})
    assert changed.title == 0
    assert sum(getattr(changed, name) for name in ASPECTS) == pytest.approx(1.0)
    for given in ({"zorglub": 1.0}, {"title": -0.1}, {"title": float("nan")}, dict.fromkeys(ASPECTS, 0.0)):
        with pytest.raises(ValueError, match=r"aspect|weights"):
            Weights().changed(given)
