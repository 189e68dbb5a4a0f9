"""The tables that a timetable is made of and written to: slots, absences, who is to meet whom."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

from matcher.core.errors import UnreadableFile
from matcher.offline.timetable import Absence, Interview, Slot
from matcher.stages.ingest.limits import Limits
from matcher.stages.ingest.source import opened
from matcher.stages.ingest.table import HEAD_BYTES, form_of, rows

COLUMNS = ("start", "end", "organisation", "place", "posting_id", "profile_id", "score")
MOST_SEATS = 10_000
_TIMES = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
"""As a spreadsheet in French writes them."""
T = TypeVar("T")


def read_slots(path: Path) -> list[Slot]:
    """Return the slots of a table: columns `organisation`, `start`, `end`, and where they are known `seats`, `place`.

    Raises:
        UnreadableFile: the file is no such table; the row and the column are named.
    """
    return _read(path, _slot, needs=("organisation", "start", "end"), knows=("seats", "place"))


def read_absences(path: Path) -> list[Absence]:
    """Return the absences of a table: columns `profile_id`, `start`, `end`. Raises UnreadableFile."""
    return _read(path, lambda row: Absence(row["profile_id"], *_span(row)), needs=("profile_id", "start", "end"))


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return the pairs of a table with the columns `posting_id` and `profile_id`, each once; others may stand beside.

    Raises UnreadableFile.
    """
    found = _read(
        path, lambda row: (row["posting_id"], row["profile_id"]), needs=("posting_id", "profile_id"), strict=False
    )
    return list(dict.fromkeys(found))


def refuse_mixed_times(slots: Sequence[Slot], absences: Sequence[Absence]) -> None:
    """Raise UnreadableFile where some times have an offset from UTC and others have none."""
    times = [*(slot.start for slot in slots), *(absence.start for absence in absences)]
    if len({time.tzinfo is None for time in times}) > 1:
        raise UnreadableFile("some times have an offset from UTC and others have none: write all in one way")


def write_csv(interviews: Sequence[Interview], file: IO[bytes]) -> None:
    """Write interviews as CSV, a header first."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in interviews:
        slot, meeting = one.slot, one.meeting
        writer.writerow(
            (
                slot.start.isoformat(),
                slot.end.isoformat(),
                slot.organisation,
                slot.place,
                meeting.posting_id,
                meeting.profile_id,
                round(meeting.score, 6),
            )
        )
    text.detach()


def _read(
    path: Path,
    made: Callable[[Mapping[str, str]], T],
    *,
    needs: Sequence[str],
    knows: Sequence[str] = (),
    strict: bool = True,
) -> list[T]:
    try:
        return [*_rows(path, made, needs=needs, knows=knows, strict=strict)]
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}: {error}") from None


def _rows(
    path: Path, made: Callable[[Mapping[str, str]], T], *, needs: Sequence[str], knows: Sequence[str], strict: bool
) -> Iterator[T]:
    limits = Limits()
    with opened(path, limits) as stream:
        head = stream.read(HEAD_BYTES)
    encoding, delimiter, header_line = form_of(head)
    if not header_line:
        raise UnreadableFile(f"is empty: the first line names the columns, {', '.join(needs)}")
    with opened(path, limits) as stream:
        table = rows(stream, delimiter=delimiter, encoding=encoding, limit=limits.line_bytes)
        header = [cell.strip() for cell in next(table).cells]
        if twice := [name for name in needs if header.count(name) > 1]:
            raise UnreadableFile(f"the column {twice[0]} is there twice: keep one of them")
        if missing := [name for name in needs if name not in header]:
            raise UnreadableFile(f"has no column {missing[0]}: the first line names the columns, {', '.join(needs)}")
        others = [place for place, name in enumerate(header, start=1) if name and name not in {*needs, *knows}]
        if strict and others:
            raise UnreadableFile(f"column {others[0]}: only {', '.join((*needs, *knows))} are known")
        for row in table:
            if row.problem:
                raise UnreadableFile(f"{row.position} {row.problem}")
            cells = dict(zip(header, map(str.strip, row.cells), strict=True))
            if empty := [name for name in needs if not cells[name]]:
                raise UnreadableFile(f"{row.position}: {empty[0]} is empty")
            try:
                yield made(cells)
            except UnreadableFile as error:
                raise UnreadableFile(f"{row.position}: {error}") from None


def _slot(row: Mapping[str, str]) -> Slot:
    start, end = _span(row)
    seats = row.get("seats") or "1"
    # Python refuses to read a number of thousands of digits.
    is_whole = seats.isascii() and seats.isdigit() and len(seats.lstrip("0")) <= len(str(MOST_SEATS))
    if not (is_whole and 1 <= int(seats) <= MOST_SEATS):
        raise UnreadableFile(f"seats: is no whole number from 1 to {MOST_SEATS}")
    return Slot(row["organisation"], start, end, int(seats), row.get("place", ""))


def _span(row: Mapping[str, str]) -> tuple[datetime, datetime]:
    start, end = _time(row, "start"), _time(row, "end")
    if (start.tzinfo is None) != (end.tzinfo is None):
        raise UnreadableFile("end: has an offset from UTC and start has none, or the other way round")
    if start >= end:
        raise UnreadableFile("end: is not after start")
    return start, end


def _time(row: Mapping[str, str], name: str) -> datetime:
    text = row[name]
    for form in (None, *_TIMES):
        with suppress(ValueError):
            # The clock on the wall where the forum is: no zone is meant.
            return datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
    raise UnreadableFile(f"{name}: is no time: write it as 2026-12-01T09:00 or 01/12/2026 09:00")
