"""The interview timetable: which matches meet, when, and with which of an organisation's recruiters' times.

A mixed-integer programme, solved by HiGHS (Huangfu and Hall, Mathematical Programming Computation 10, 2018) as SciPy
brings it: every choice of a meeting and a slot is a yes or a no, and the sum of the scores is to be as high as it gets.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from matcher.core.errors import MatcherError

MOST_CHOICES = 200_000
"""Meetings times the slots that each could have: some minutes of one processor."""
GAP = 0.01
"""Good enough: the sum of the scores is this near to the highest that there can be."""
TIME_LIMIT_S = 120.0


class NoTimetable(MatcherError):
    """There is nothing to arrange, or too much at once."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which an organisation's recruiters receive."""

    organisation: str
    start: datetime
    end: datetime
    seats: int = 1
    """How many people at once, each alone with a recruiter."""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """A time at which a candidate cannot come."""

    profile_id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """A posting and a profile whose people could meet."""

    posting_id: str
    profile_id: str
    organisation: str
    score: float
    job: str = ""
    """Equal for postings that are one, published twice; the posting itself where it is empty."""

    @property
    def for_job(self) -> str:
        """Return what the interview is for: of two postings that are one job, nobody has both."""
        return self.job or self.posting_id


@dataclass(frozen=True, slots=True)
class Interview:
    """A meeting that has its slot."""

    slot: Slot
    meeting: Meeting


@dataclass(frozen=True, slots=True)
class Limits:
    """What nobody may be asked for."""

    per_profile: int = 3
    """Most interviews of one candidate."""
    per_posting: int = 5
    """Most interviews for one posting, and its variants together."""
    pause: timedelta = timedelta(0)
    """Least time between two interviews of one candidate: the way from one room to the next."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Who meets whom, and how good that is."""

    interviews: tuple[Interview, ...]
    """By start, organisation, posting and profile."""
    score: float
    """The sum of their scores."""
    bound: float
    """No timetable within these limits, of the meetings that were considered, has a higher one."""
    considered: int
    """Meetings that had a slot which they could have, and were not left out as too many."""


def arrange(
    meetings: Sequence[Meeting],
    slots: Sequence[Slot],
    absences: Iterable[Absence] = (),
    *,
    limits: Limits,
    time_limit_s: float = TIME_LIMIT_S,
) -> Timetable:
    """Return the timetable with the highest sum of scores, or one within a hundredth of it.

    No pair meets twice, nor anybody for two variants of a posting; nobody is at two places at once, nor away; a slot
    has no more interviews than seats. The same input gives the same timetable, unless time runs out.

    Args:
        meetings: each pair once, scores above 0. Where they have more choices of slots than `MOST_CHOICES`, the best
            meetings of each posting are considered alone.
        slots: times all with an offset from UTC, or all without.
        absences: likewise.
        limits: what nobody may be asked for.
        time_limit_s: after that the best stands that was found by then, or what going from the best meeting down gives.

    Raises:
        NoTimetable: no meeting has a slot that it could have, or there are too many choices.
    """
    away: dict[str, list[Absence]] = defaultdict(list)
    for absence in absences:
        away[absence.profile_id].append(absence)
    of_organisation: dict[str, list[int]] = defaultdict(list)
    for place, slot in enumerate(slots):
        of_organisation[slot.organisation].append(place)
    open_to = {
        meeting: [
            place
            for place in of_organisation.get(meeting.organisation, ())
            if not any(_overlap(slots[place], absence) for absence in away.get(meeting.profile_id, ()))
        ]
        for meeting in _in_order(meetings)
    }
    considered = _considered({meeting: places for meeting, places in open_to.items() if places})
    if not considered:
        raise NoTimetable(
            "no meeting has a slot that it could have: check that the slots name the organisations of the postings "
            "that are matched, by their ids"
        )
    choices = [(meeting, place) for meeting, places in considered.items() for place in places]
    taken, bound = _solved(choices, slots, limits, time_limit_s)
    interviews = sorted(
        (Interview(slots[place], meeting) for meeting, place in taken),
        key=lambda one: (one.slot.start, one.meeting.organisation, one.meeting.posting_id, one.meeting.profile_id),
    )
    score = float(sum(one.meeting.score for one in interviews))
    return Timetable(tuple(interviews), score, max(bound, score), len(considered))


def _in_order(meetings: Sequence[Meeting]) -> list[Meeting]:
    """Return meetings best first, equals by their ids: the order in which they come must not matter."""
    return sorted(meetings, key=lambda one: (-one.score, one.posting_id, one.profile_id))


def _considered(open_to: dict[Meeting, list[int]]) -> dict[Meeting, list[int]]:
    """Return the best meetings of each posting, as many of each as there may be choices for."""
    rank: dict[str, int] = defaultdict(int)
    by_rank: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in open_to:
        rank[meeting.posting_id] += 1
        by_rank[rank[meeting.posting_id]].append(meeting)
    found: dict[Meeting, list[int]] = {}
    choices = 0
    for place in sorted(by_rank):
        choices += sum(len(open_to[meeting]) for meeting in by_rank[place])
        if choices > MOST_CHOICES:
            if not found:
                raise NoTimetable(
                    f"there are more than {MOST_CHOICES:,} choices of a slot for the best meeting of each posting: "
                    "arrange one day, or some organisations, at a time"
                )
            break
        found |= {meeting: open_to[meeting] for meeting in by_rank[place]}
    return found


def _solved(
    choices: Sequence[tuple[Meeting, int]], slots: Sequence[Slot], limits: Limits, time_limit_s: float
) -> tuple[list[tuple[Meeting, int]], float]:
    """Return the choices that are taken, and the highest sum of scores that there could be."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - a third of a second
    from scipy.sparse import csr_array  # noqa: PLC0415

    rows, most = _rules(choices, slots, limits)
    counts = [len(row) for row in rows]
    columns = np.concatenate([np.asarray(row, dtype=np.int64) for row in rows])
    matrix = csr_array(
        (np.ones(len(columns)), columns, np.concatenate([[0], np.cumsum(counts)])), shape=(len(rows), len(choices))
    )
    scores = np.array([meeting.score for meeting, _ in choices])
    found = milp(
        -scores,
        integrality=np.ones(len(choices)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, ub=np.array(most)),
        options={"time_limit": time_limit_s, "mip_rel_gap": GAP},
    )
    taken = _one_by_one(scores, rows, most) if found.x is None else np.flatnonzero(found.x > 0.5).tolist()
    bound = sum({meeting: meeting.score for meeting, _ in choices}.values())
    if found.mip_dual_bound is not None:
        bound = min(bound, -found.mip_dual_bound)
    return [choices[place] for place in taken], float(bound)


def _one_by_one(scores: npt.NDArray[np.float64], rows: Sequence[Sequence[int]], most: Sequence[int]) -> list[int]:
    """Return choices from the best down, each that no rule forbids by then: what there is where time ran out first."""
    left = [*most]
    rules: dict[int, list[int]] = defaultdict(list)
    for rule, row in enumerate(rows):
        for place in row:
            rules[place].append(rule)
    taken = []
    for place in np.argsort(-scores, kind="stable").tolist():
        if all(left[rule] for rule in rules[place]):
            taken.append(place)
            for rule in rules[place]:
                left[rule] -= 1
    return taken


def _rules(
    choices: Sequence[tuple[Meeting, int]], slots: Sequence[Slot], limits: Limits
) -> tuple[list[list[int]], list[int]]:
    """Return the rules: of which choices at most how many may be taken; those that bind nobody are left out."""
    moments = _moments(slots, limits.pause)
    under: dict[Hashable, list[int]] = defaultdict(list)
    most: dict[Hashable, int] = {}
    for place, (meeting, slot) in enumerate(choices):
        job, profile = meeting.for_job, meeting.profile_id
        rules: dict[Hashable, int] = {
            ("pair", job, profile): 1,
            ("slot", slot): slots[slot].seats,
            ("job", job): limits.per_posting,
            ("profile", profile): limits.per_profile,
        }
        if limits.per_profile > 1:
            rules |= {("at", profile, moment): 1 for moment in moments[slot]}
        for rule, at_most in rules.items():
            under[rule].append(place)
            most[rule] = at_most
    binding = [rule for rule, bound in under.items() if len(bound) > most[rule]]
    return [under[rule] for rule in binding] or [[0]], [most[rule] for rule in binding] or [1]


def _moments(slots: Sequence[Slot], pause: timedelta) -> list[list[datetime]]:
    """Return the moments that each slot takes of a candidate's time, among all at which a slot begins.

    Two slots are in each other's way if and only if they share one: then the later begins while the earlier, with the
    pause after it, is going on.
    """
    starts = sorted({slot.start for slot in slots})
    return [
        [moment for moment in starts if slot.start <= moment and (moment < slot.end or moment - slot.end < pause)]
        for slot in slots
    ]


def _overlap(slot: Slot, absence: Absence) -> bool:
    return slot.start < absence.end and absence.start < slot.end
