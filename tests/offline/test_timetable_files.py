"""The tables of a timetable are read as spreadsheets write them, and what is wrong is named by row and column."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.core.errors import UnreadableFile
from matcher.offline.timetable import Absence, Interview, Meeting, Slot
from matcher.offline.timetable_files import read_absences, read_pairs, read_slots, refuse_mixed_times, write_csv

NINE, TEN = datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10)  # noqa: DTZ001 - the clock on the wall


def _file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("organisation,start,end,seats,place\ninsee,2026-12-01T09:00,2026-12-01 10:00,2,Salle Éluard\n", "utf-8"),
        (
            "place;organisation;seats;end;start\r\nSalle Éluard; insee ;2;01/12/2026 10:00;01/12/2026 09:00:00\r\n",
            "cp1252",
        ),
        ('\ufefforganisation\tstart\tend\tseats\tplace\n"insee"\t20261201T09\t20261201T10\t2\tSalle Éluard', "utf-8"),
    ],
)
def test_slots_are_read_in_any_of_the_usual_forms(tmp_path: Path, text: str, encoding: str) -> None:
    assert read_slots(_file(tmp_path, text, encoding)) == [Slot("insee", NINE, TEN, 2, "Salle Éluard")]


def test_columns_without_a_name_that_a_spreadsheet_leaves_are_passed_over(tmp_path: Path) -> None:
    path = _file(tmp_path, "organisation;start;end;;\ninsee;2026-12-01T09:00;2026-12-01T10:00;;\n")
    assert read_slots(path) == [Slot("insee", NINE, TEN)]


def test_a_slot_has_one_seat_where_none_are_given(tmp_path: Path) -> None:
    path = _file(tmp_path, "organisation,start,end,seats\ninsee,2026-12-01T09:00,2026-12-01T10:00,\n")
    assert read_slots(path) == [Slot("insee", NINE, TEN)]


def test_zeros_before_a_number_of_seats_say_nothing(tmp_path: Path) -> None:
    path = _file(tmp_path, "organisation,start,end,seats\ninsee,2026-12-01T09:00,2026-12-01T10:00,0000000012\n")
    assert read_slots(path) == [Slot("insee", NINE, TEN, 12)]


def test_absences_and_pairs_are_read_and_a_file_of_matches_is_one_of_pairs(tmp_path: Path) -> None:
    path = _file(tmp_path, "profile_id,start,end\nana,2026-12-01T09:00,2026-12-01T10:00\n")
    assert read_absences(path) == [Absence("ana", NINE, TEN)]
    path = _file(tmp_path, "posting_id,profile_id,rank,score\ndata,ana,1,.5\nlaw,bob,1,.4\ndata,ana,2,.3\n")
    assert read_pairs(path) == [("data", "ana"), ("law", "bob")]


@pytest.mark.parametrize(
    ("read", "text", "complaint"),
    [
        (read_slots, "", "table.csv: is empty"),
        (read_slots, "\ufeff\r\n", "table.csv: is empty"),
        (read_slots, "\u00a0\n", "table.csv: is empty"),
        (read_slots, "organisation,start,end\rinsee,x,y\r", "table.csv: its lines end in CR alone"),
        (read_slots, "secret,organisation,start,end\n1,x,y,z\n", "column 1: only organisation"),
        (read_slots, "organisation,start,start,end\nx,y,y,z\n", "the column start is there twice"),
        (read_slots, "organisation,start\nx,y\n", "has no column end"),
        (read_slots, "organisation,start,end,secret\nx,y,z,1\n", "only organisation, start, end, seats, place"),
        (read_slots, "organisation,start,end\nx,soon,later\n", r"row 1 \(line 2\): start: is no time: write it as"),
        (read_slots, "organisation,start,end\n,y,z\n", r"row 1 \(line 2\): organisation is empty"),
        (read_slots, "organisation,start,end\nx,2026-12-01\n", "has 2 cells where the header has 3"),
        (
            read_slots,
            "organisation,start,end\n\nx,2026-12-01T10:00,2026-12-01T10:00\n",
            r"row 1 \(line 3\): end: is not after",
        ),
        (read_slots, "organisation,start,end\nx,2026-12-01T10:00Z,2026-12-01T11:00\n", "end: has an offset from UTC"),
        *[
            (
                read_slots,
                f"organisation,start,end,seats\nx,2026-12-01T10:00,2026-12-01T11:00,{seats}\n",
                "seats: is no whole number",
            )
            for seats in ("0", "-1", "1.5", "two", "²", "99999999999999999999", "0000000059999", "9" * 5_000)
        ],
        (read_absences, "profile_id,end\nana,2026-12-01\n", "has no column start"),
        (read_pairs, "posting_id\ndata\n", "has no column profile_id"),
        (read_pairs, 'posting_id,profile_id\n"data,ana\n', "a quote is open"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(
    tmp_path: Path, read: Callable[[Path], object], text: str, complaint: str
) -> None:
    with pytest.raises(UnreadableFile, match=complaint) as told:
        read(_file(tmp_path, text))
    assert not any(word in str(told.value) for word in ("soon", "two", "secret"))


def test_local_times_and_times_with_an_offset_do_not_go_together() -> None:
    slots = [Slot("a", NINE, TEN)]
    refuse_mixed_times(slots, [Absence("ana", NINE, TEN)])
    with pytest.raises(UnreadableFile, match="all in one way"):
        refuse_mixed_times(slots, [Absence("ana", NINE.replace(tzinfo=UTC), TEN.replace(tzinfo=UTC))])


def test_interviews_are_written_with_a_header(tmp_path: Path) -> None:
    file = io.BytesIO()
    slot = Slot("insee", NINE, TEN, place="Salle « Éluard », 2ᵉ")
    write_csv([Interview(slot, Meeting("p", "ana", "insee", 0.123456789))], file)
    assert file.getvalue().decode().splitlines() == [
        "start,end,organisation,place,posting_id,profile_id,score",
        '2026-12-01T09:00:00,2026-12-01T10:00:00,insee,"Salle « Éluard », 2ᵉ",p,ana,0.123457',
    ]
    path = tmp_path / "timetable.csv"
    path.write_bytes(file.getvalue())
    assert read_pairs(path) == [("p", "ana")]
