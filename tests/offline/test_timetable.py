"""The timetable keeps every rule, and is as good as the best that trying everything finds."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.offline import timetable
from matcher.offline.timetable import GAP, Absence, Interview, Limits, Meeting, NoTimetable, Slot, arrange

DAY = datetime(2026, 12, 1)  # noqa: DTZ001 - the clock on the wall


def _at(minutes: int) -> datetime:
    return DAY + timedelta(minutes=minutes)


def _slot(organisation: str, start: int, end: int, seats: int = 1) -> Slot:
    return Slot(organisation, _at(start), _at(end), seats)


JOBS = {"a2": "a2", "b2": "a2"}
"""Of postings that are one, published by two services."""
slots = st.lists(
    st.builds(
        lambda organisation, start, length, seats: _slot(organisation, start, start + length, seats),
        st.sampled_from("ab"),
        st.sampled_from([0, 10, 20]),
        st.sampled_from([10, 15]),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=4,
)
meetings = st.lists(
    st.builds(
        lambda posting, profile, score: Meeting(posting, profile, posting[0], score, job=JOBS.get(posting, "")),
        st.sampled_from(["a1", "a2", "b1", "b2"]),
        st.sampled_from(["ana", "bob", "eve"]),
        st.integers(1, 9).map(lambda tenths: tenths / 10),
    ),
    max_size=5,
    unique_by=lambda one: (one.posting_id, one.profile_id),
)
absences = st.lists(
    st.builds(
        lambda profile, start: Absence(profile, _at(start), _at(start + 5)),
        st.sampled_from(["ana", "bob"]),
        st.sampled_from([0, 12]),
    ),
    max_size=2,
)
limits = st.builds(
    Limits,
    per_profile=st.integers(1, 3),
    per_posting=st.integers(1, 2),
    pause=st.sampled_from([timedelta(0), timedelta(minutes=5)]),
)


def _keeps_all(chosen: Sequence[Interview], away: Sequence[Absence], within: Limits) -> bool:
    jobs = [JOBS.get(one.meeting.posting_id, one.meeting.posting_id) for one in chosen]
    pairs = Counter(zip(jobs, (one.meeting.profile_id for one in chosen), strict=True))
    seats = Counter(id(one.slot) for one in chosen)
    people = Counter(one.meeting.profile_id for one in chosen)
    return (
        max(pairs.values(), default=0) <= 1
        and max(people.values(), default=0) <= within.per_profile
        and max(Counter(jobs).values(), default=0) <= within.per_posting
        and all(one.slot.organisation == one.meeting.organisation for one in chosen)
        and all(seats[id(one.slot)] <= one.slot.seats for one in chosen)
        and not any(
            absence.profile_id == one.meeting.profile_id
            and absence.start < one.slot.end
            and one.slot.start < absence.end
            for absence in away
            for one in chosen
        )
        and not any(
            one.meeting.profile_id == other.meeting.profile_id
            and one.slot.start < other.slot.end + within.pause
            and other.slot.start < one.slot.end + within.pause
            for one, other in combinations(chosen, 2)
        )
    )


def _best(of: Sequence[Meeting], at: Sequence[Slot], away: Sequence[Absence], within: Limits) -> float:
    """Return the highest sum of scores, by trying every set of choices, a meeting at a time."""
    found: list[list[Interview]] = [[]]
    for meeting in of:
        found += [
            [*chosen, Interview(slot, meeting)]
            for chosen in found
            for slot in at
            if _keeps_all([*chosen, Interview(slot, meeting)], away, within)
        ]
    return max(sum(one.meeting.score for one in chosen) for chosen in found)


@given(meetings, slots, absences, limits)
@settings(max_examples=150, deadline=None)
def test_every_rule_is_kept_and_no_better_timetable_exists(
    of: list[Meeting], at: list[Slot], away: list[Absence], within: Limits
) -> None:
    best = _best(of, at, away, within)
    if not best:
        with pytest.raises(NoTimetable):
            arrange(of, at, away, limits=within)
        return
    found = arrange(of, at, away, limits=within)
    assert _keeps_all(found.interviews, away, within)
    assert found.score >= best * (1 - GAP) - 1e-9
    assert found.bound >= best - 1e-6
    assert arrange(of[::-1], at, away[::-1], limits=within) == found


def test_whoever_is_wanted_by_all_is_shared_out_by_scores() -> None:
    within = Limits(per_profile=1)
    of = [Meeting("a1", "ana", "a", 0.9), Meeting("b1", "ana", "b", 0.8), Meeting("a1", "bob", "a", 0.5)]
    found = arrange(of, [_slot("a", 0, 10), _slot("b", 0, 10)], limits=within)
    assert [(one.meeting.posting_id, one.meeting.profile_id) for one in found.interviews] == [
        ("a1", "bob"),
        ("b1", "ana"),
    ]
    assert found.score == pytest.approx(1.3)


def test_a_pause_keeps_two_interviews_of_a_candidate_apart() -> None:
    of = [Meeting("a1", "ana", "a", 0.9), Meeting("b1", "ana", "b", 0.8)]
    at = [_slot("a", 0, 10), _slot("b", 10, 20)]
    assert len(arrange(of, at, limits=Limits()).interviews) == 2
    assert len(arrange(of, at, limits=Limits(pause=timedelta(minutes=1))).interviews) == 1


def test_of_too_many_choices_the_best_of_each_posting_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "MOST_CHOICES", 4)
    of = [Meeting(posting, f"p{n}", "a", 0.5 + n / 10) for posting in ("a1", "a2") for n in range(3)]
    found = arrange(of, [_slot("a", 0, 10, 9)], limits=Limits())
    assert found.considered == 4
    assert {one.meeting.profile_id for one in found.interviews} == {"p1", "p2"}


def test_choices_that_are_too_many_at_once_are_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetable, "MOST_CHOICES", 1)
    of = [Meeting("a1", "ana", "a", 0.9), Meeting("a2", "ana", "a", 0.9)]
    with pytest.raises(NoTimetable, match="one day, or some organisations, at a time"):
        arrange(of, [_slot("a", 0, 10)], limits=Limits())


def test_meetings_without_a_slot_are_told_so() -> None:
    with pytest.raises(NoTimetable, match="by their ids"):
        arrange([Meeting("c1", "ana", "c", 0.9)], [_slot("a", 0, 10)], limits=Limits())


def test_where_time_runs_out_first_the_best_meetings_come_first_and_every_rule_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Nothing:
        x = None
        mip_dual_bound = None

    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: Nothing())
    of = [Meeting("a1", "ana", "a", 0.9), Meeting("b1", "ana", "b", 0.8), Meeting("a1", "bob", "a", 0.5)]
    found = arrange(of, [_slot("a", 0, 10), _slot("b", 0, 10), _slot("a", 10, 20)], limits=Limits())
    assert _keeps_all(found.interviews, [], Limits())
    assert [one.meeting.score for one in found.interviews] == [0.9, 0.5]
    assert found.bound == pytest.approx(2.2)


def test_a_slot_may_end_with_the_last_minute_that_there_is() -> None:
    end = datetime(9999, 12, 31, 23, 59)  # noqa: DTZ001 - the clock on the wall
    late = Slot("a", end - timedelta(minutes=10), end)
    within = Limits(pause=timedelta(minutes=5))
    assert len(arrange([Meeting("a1", "ana", "a", 0.9)], [late], limits=within).interviews) == 1
