"""The interview timetable of a forum."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.commands.opening import opened
from matcher.commands.options import refuse_to_overwrite, refuse_unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matcher.offline.meetings import Meetings
    from matcher.offline.timetable import Absence, Slot, Timetable

_READ = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--slots", "slots_file", type=_READ, required=True, help="CSV: organisation, start, end, seats, place.")
@click.option("--absences", "absences_file", type=_READ, help="CSV: profile_id, start, end: when a candidate is away.")
@click.option("--wanted", type=_READ, help="CSV: posting_id, profile_id: only these pairs, such as applications.")
@click.option("--top", type=click.IntRange(1, 1000), default=20, show_default=True, help="Candidates of each posting.")
@click.option("--per-profile", type=click.IntRange(1, 100), default=3, show_default=True, help="Most of one candidate.")
@click.option("--per-posting", type=click.IntRange(1, 100), default=5, show_default=True, help="Most for one posting.")
@click.option(
    "--pause", type=click.IntRange(0, 240), default=5, show_default=True, help="Minutes between two of one candidate."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The CSV file, or standard output.")
def timetable(
    slots_file: Path,
    absences_file: Path | None,
    wanted: Path | None,
    top: int,
    per_profile: int,
    per_posting: int,
    pause: int,
    output: Path | None,
) -> None:
    """Arrange interviews: which candidates meet which organisation's recruiters, when, and for which posting.

    Of all that is possible, the timetable with the highest sum of scores (or within a hundredth of it). Nobody is
    at two places at once, and no pair meets that could not be matched today. Times are local ones, or all have an
    offset from UTC.
    """
    from datetime import timedelta

    from matcher.offline import meetings, timetable_files
    from matcher.offline.timetable import Limits, arrange
    from matcher.offline.whole import whole_file

    refuse_to_overwrite(output, filter(None, (slots_file, absences_file, wanted)), option="--output")
    if output:
        refuse_unwritable(output, option="--output")
    slots = timetable_files.read_slots(slots_file)
    absences = timetable_files.read_absences(absences_file) if absences_file else []
    timetable_files.refuse_mixed_times(slots, absences)
    pairs = timetable_files.read_pairs(wanted) if wanted else None
    organisations = frozenset(slot.organisation for slot in slots)
    with opened() as matcher:
        found = meetings.best(matcher, organisations, top=top) if pairs is None else meetings.wanted(matcher, pairs)
    limits = Limits(per_profile=per_profile, per_posting=per_posting, pause=timedelta(minutes=pause))
    _say_left_out(found, slots, absences)
    with _interruptible():
        arranged = arrange(found.possible, slots, absences, limits=limits)
    if output:
        with whole_file(output) as file:
            timetable_files.write_csv(arranged.interviews, file)
    else:
        timetable_files.write_csv(arranged.interviews, sys.stdout.buffer)
    _say(arranged, found, slots)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end the process at once, for the solver comes back to Python only when it is done; nothing is open."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _say_left_out(found: Meetings, slots: Sequence[Slot], absences: Sequence[Absence]) -> None:
    for reason, count in sorted(found.left_out.items()):
        click.echo(f"{count} pair(s) left out: {reason}", err=True)
    organisations = {meeting.organisation for meeting in found.possible}
    for name in sorted({slot.organisation for slot in slots} - organisations):
        click.echo(
            f"no possible meeting for the slots of {name}: check the id, and that it has open postings", err=True
        )
    if strangers := {absence.profile_id for absence in absences} - {meeting.profile_id for meeting in found.possible}:
        click.echo(f"{len(strangers)} candidate(s) with absences are in no possible meeting: check the ids", err=True)


def _say(arranged: Timetable, found: Meetings, slots: Sequence[Slot]) -> None:
    interviews = arranged.interviews
    people = len({one.meeting.profile_id for one in interviews})
    postings = len({one.meeting.for_job for one in interviews})
    free = sum(slot.seats for slot in slots) - len(interviews)
    click.echo(
        f"{len(interviews)} interviews of {people} candidates for {postings} postings; {free} seats stay free; "
        f"{arranged.considered} of {len(found.possible)} possible meetings considered; "
        f"sum of scores {arranged.score:.1f}, {arranged.bound:.1f} at most",
        err=True,
    )
