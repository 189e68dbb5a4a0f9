"""Native JSON and CSV, and all the garbage that arrives instead."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.core.domain import Posting, Rejection, SalaryRange
from matcher.core.errors import UnreadableFile
from matcher.stages.ingest import Format, Limits, detect
from tests.stages.ingest.reading import (
    accepted,
    only_posting,
    only_profile,
    only_rejection,
    read_all,
    read_bytes,
    rejections,
)

GOOD = b'{"id": "p1", "title": "Data scientist"}'
LAST = b'{"id": "c1", "headline": "UX designer"}'
PRIVATE = "Zanzibar"


def test_postings_and_profiles_share_a_file_and_blank_lines_a_bom_and_crlf_do_not_matter(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b"\xef\xbb\xbf" + GOOD + b"\r\n\r\n  \n" + LAST)
    assert accepted(found) == ["p1", "c1"]


BROKEN_LINES = {
    "cut short": b'{"id": "x", "title": "Zanz',
    "not UTF-8": b'{"id": "x", "title": "Zanzibar\xe9"}',
    "NaN": b'{"id": "x", "title": "Zanzibar", "openings": NaN}',
    "NaN in a list": b'{"id": "x", "title": "Zanzibar", "skills": ["a", [NaN]], "status": {"a": 1}}',
    "NaN alone": b"NaN",
    "NaN in a list alone": b'[{"id": "x"}, [NaN], {"title": "Zanzibar"}]',
    "Infinity": b'{"id": "x", "title": "Zanzibar", "openings": -Infinity}',
    "lone surrogate": b'{"id": "x", "title": "Zanzibar\\ud800"}',
    "surrogate in a key": b'{"id": "x", "title": "Zanzibar", "\\ud800": 1}',
    "repeated key": b'{"id": "x", "title": "Zanzibar", "title": "b"}',
    "endless nesting": b"[" * 200_000,
    "endless digits": b'{"id": "x", "title": "Zanzibar", "openings": ' + b"9" * 5_000 + b"}",
    "neither kind": b'{"id": "x", "name": "Zanzibar"}',
    "both kinds": b'{"id": "x", "title": "Zanzibar", "headline": "b"}',
    "both kinds, id no text": b'{"id": 1, "title": "Zanzibar", "headline": "b"}',
    "no object": b'["Zanzibar"]',
    "unknown field": b'{"id": "x", "title": "Zanzibar", "salery": 3}',
    "wrong type": b'{"id": "x", "title": "a", "openings": "Zanzibar"}',
    "contradictory dates": b'{"id": "x", "title": "Z", "valid_from": "2026-02-01", "valid_through": "2026-01-01"}',
    "NUL": b'{"id": "x", "title": "Zanzibar\\u0000"}',
    "raw NUL": b'{"id": "x", "title": "Zanzibar\x00"}',
    "junk": bytes(range(128, 256)).replace(b"\n", b""),
    "not JSON": b"Zanzibar",
}


@pytest.mark.parametrize("line", BROKEN_LINES.values(), ids=BROKEN_LINES.keys())
def test_a_broken_line_is_rejected_by_name_and_its_neighbours_are_read(tmp_path: Path, line: bytes) -> None:
    found = read_bytes(tmp_path, b"\n".join([GOOD, line, LAST]))
    assert accepted(found) == ["p1", "c1"]
    (rejection,) = rejections(found)
    assert (rejection.file, rejection.position) == ("sample", "line 2")
    assert PRIVATE not in repr(rejection)
    repr(rejection).encode()


def test_the_rejection_names_the_field_and_the_record(tmp_path: Path) -> None:
    (rejection,) = rejections(read_bytes(tmp_path, GOOD + b"\n" + BROKEN_LINES["contradictory dates"]))
    assert (rejection.field, rejection.record_id) == ("valid_through", "x")


@pytest.mark.parametrize(
    ("kind", "field"),
    [("NaN", "openings"), ("NaN in a list", "skills"), ("repeated key", "title"), ("cut short", None)],
)
def test_a_line_that_is_no_json_still_names_its_record(tmp_path: Path, kind: str, field: str | None) -> None:
    (rejection,) = rejections(read_bytes(tmp_path, BROKEN_LINES[kind]))
    assert (rejection.field, rejection.record_id) == (field, "x")


WHOLE = (
    '{"id": "é", "title": "a\\u00e9", "openings": -1.5e3, "skills": ["x", null, true], "status": {"a": [{}]}}'.encode()
)


@pytest.mark.parametrize("end", range(1, len(WHOLE)))
def test_a_file_that_ends_in_the_middle_of_a_line_is_cut_off_wherever_that_is(tmp_path: Path, end: int) -> None:
    found = read_bytes(tmp_path, GOOD + b"\n" + WHOLE[:end])
    assert accepted(found) == ["p1"]
    (rejection,) = rejections(found)
    assert rejection.is_of_file
    assert "cut off in line 2" in rejection.reason
    (rejection,) = rejections(read_bytes(tmp_path, GOOD + b"\n" + WHOLE[:end] + b"\n"))
    assert (rejection.position, rejection.is_of_file) == ("line 2", False)


@pytest.mark.parametrize(
    "kind", [kind for kind in BROKEN_LINES if kind not in {"cut short", "endless nesting", "junk"}]
)
def test_a_last_line_that_is_wrong_and_whole_is_a_record_s_fault(tmp_path: Path, kind: str) -> None:
    (rejection,) = rejections(read_bytes(tmp_path, GOOD + b"\n" + BROKEN_LINES[kind]))
    assert rejection.position == "line 2"


def test_a_last_line_needs_no_end(tmp_path: Path) -> None:
    assert accepted(read_bytes(tmp_path, GOOD + b"\n" + LAST)) == ["p1", "c1"]


def test_a_line_of_fifty_megabytes_is_rejected_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "sample"
    with path.open("wb") as file:
        file.write(GOOD + b'\n{"id": "x", "title": "')
        for _ in range(50):
            file.write(b"Z" * 1_000_000)
        file.write(b'"}\n' + LAST)
    found = read_all(path)
    assert accepted(found) == ["p1", "c1"]
    assert rejections(found)[0].position == "line 2"


def test_a_last_line_without_end_over_the_limit_is_rejected(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, GOOD + b"\n" + b"x" * 200, limits=Limits(line_bytes=100))
    assert [type(record) for record in found] == [Posting, Rejection]


def test_an_array_is_read_record_by_record(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, b"[" + GOOD + b",\n3,\n" + LAST + b"]")
    assert accepted(found) == ["p1", "c1"]
    assert rejections(found)[0].position == "record 2"


def test_one_object_over_several_lines_is_read(tmp_path: Path) -> None:
    assert accepted(read_bytes(tmp_path, json.dumps(json.loads(GOOD), indent=2))) == ["p1"]


def test_a_document_over_the_limit_is_refused(tmp_path: Path) -> None:
    rejection = only_rejection(read_bytes(tmp_path, b"[" + GOOD + b"\n]", limits=Limits(json_bytes=10)))
    assert rejection.position == "file"
    assert "one record a line" in rejection.reason


def test_gzip_is_unpacked_and_progress_counts_the_packed_bytes(tmp_path: Path) -> None:
    path = tmp_path / "sample"
    path.write_bytes(gzip.compress(GOOD + b"\n" + LAST))
    steps: list[int] = []
    assert accepted(read_all(path, on_bytes=steps.append)) == ["p1", "c1"]
    assert sum(steps) == path.stat().st_size


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_gzip_that_unpacks_to_more_than_allowed_is_refused_after_what_was_read(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD + b"\n" + b"\n" * 3_000_000)
    found = read_bytes(tmp_path, packed, limits=Limits(unpacked_bytes=1_000_000))
    assert accepted(found) == ["p1"]
    assert "unpacks" in rejections(found)[0].reason


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_damaged_gzip_is_rejected_by_name(tmp_path: Path, damage: str) -> None:
    packed = bytearray(gzip.compress(GOOD + b"\n" + LAST))
    if damage == "cut":
        del packed[-12:]
    else:
        packed[-6] ^= 255
    rejection = rejections(read_bytes(tmp_path, bytes(packed)))[-1]
    assert "gzip" in rejection.reason


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_rejected_by_name(tmp_path: Path, content: bytes) -> None:
    assert only_rejection(read_bytes(tmp_path, content)).reason == "the file is empty"


def test_a_folder_and_a_missing_file_are_rejected_by_name_alone(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing", tmp_path / "nul\x00"):
        rejection = only_rejection(read_all(path))
        assert "regular file" in rejection.reason
        assert str(tmp_path) not in repr(rejection).replace(rejection.file, "")


def test_a_file_that_may_not_be_read_is_rejected_with_the_systems_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sample"
    path.write_bytes(GOOD)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert only_rejection(read_all(path)).reason == "the file cannot be read (Permission denied)"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0old word", "office"),
        (b"\xff\xfeh\x00i\x00", "UTF-16"),
        (b"PK\x03\x04 just an archive", "ZIP"),
        (b"PK\x03\x04 xl/workbook.xml", "save its sheet as CSV"),
        (b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "save its sheet as CSV"),
        (b"\x00\x01\x02\x03", "none of the known formats"),
        (b"Dear sir, here is my letter", "none of the known formats"),
        ("Référence;Intitulé\n1;Juriste\n".encode(), "header has their fields' names: id, title or headline"),
    ],
)
def test_an_unknown_file_is_refused_with_what_is_accepted(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "sample"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words):
        detect(path)


def test_the_format_comes_from_the_content_and_never_from_the_name(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    path.write_bytes(GOOD)
    assert detect(path) is Format.NATIVE_JSONL


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(
        [b"", b"{", b'{"id":"a","title":"b"}\n', b"id,title\n", b"[", b"<html>", b"\x1f\x8b", b'{"basics":{']
    ).flatmap(lambda start: st.binary(max_size=300).map(lambda rest: start + rest))
)
def test_no_bytes_make_reading_raise(tmp_path: Path, content: bytes) -> None:
    for record in read_bytes(tmp_path, content):
        repr(record)


def test_a_table_gives_postings_with_nested_and_listed_columns(tmp_path: Path) -> None:
    table = (
        "id,title,organisation.id,organisation.name,skills,salary_eur_year.min,locations.department,locations.region,"
        "locations.city,contracts,openings\n"
        'p1,"Data, scientist",dinum,DINUM,Python; SQL|R,40000,75;92,Île-de-France,Paris;,contract_agent,2\n'
    )
    posting = only_posting(read_bytes(tmp_path, table))
    assert posting.title == "Data, scientist"
    assert posting.skills == ("Python", "SQL", "R")
    assert [(place.department, place.region, place.city) for place in posting.locations] == [
        ("75", "Île-de-France", "Paris"),
        ("92", "Île-de-France", None),
    ]
    assert posting.salary_eur_year is not None
    assert posting.openings == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found_and_lists_use_another(tmp_path: Path, delimiter: str) -> None:
    mark = "|" if delimiter == ";" else ";"
    rows = ["id", "headline", "skills", "visible_to_recruiters"], ["c1", "UX", f"Figma{mark}Miro", "true"]
    profile = only_profile(read_bytes(tmp_path, "\ufeff" + "\r\n".join(map(delimiter.join, rows))))
    assert profile.skills == ("Figma", "Miro")
    assert profile.visible_to_recruiters


@pytest.mark.parametrize(
    ("cell", "visible"),
    [
        ("TRUE", True),
        ("yes", True),
        ("1", True),
        ("VRAI", True),
        ("Oui", True),
        ("Off", False),
        ("FAUX", False),
        ("non", False),
        ("", False),
    ],
)
def test_a_table_has_words_of_its_own_for_consent(tmp_path: Path, cell: str, visible: bool) -> None:
    table = f"id,headline,visible_to_recruiters\nc1,UX,{cell}\n"
    assert only_profile(read_bytes(tmp_path, table.encode())).visible_to_recruiters is visible


def test_a_table_of_a_french_spreadsheet_has_decimal_commas(tmp_path: Path) -> None:
    table = "id;title;experience_years_min;locations.city;locations.latitude;locations.longitude\n"
    posting = only_posting(read_bytes(tmp_path, table + "p1;UX;2,5;Paris;48,85;2,35\n"))
    (place,) = posting.locations
    assert (posting.experience_years_min, place.latitude, place.longitude) == (2.5, 48.85, 2.35)
    profile = only_profile(read_bytes(tmp_path, 'id,headline,experience_years\nc1,UX,"1,5"\n'))
    assert profile.experience_years == 1.5


def test_numbers_and_days_of_a_table_are_those_that_json_has(tmp_path: Path) -> None:
    columns = "id;title;openings;education_level_min;salary_eur_year.min;salary_eur_year.max;valid_from;valid_through\n"
    cells = "p1;UX;2;6.0;4e4;45000.50;2026-12-01 00:00:00;2026-12-31T00:00:00.000Z\n"
    posting = only_posting(read_bytes(tmp_path, columns + cells))
    assert (posting.openings, posting.education_level_min) == (2, 6)
    assert posting.salary_eur_year == SalaryRange(40_000, 45_000.5)
    assert (posting.valid_from, posting.valid_through) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    "midnight",
    [
        *("T00:00:00+00:00", " 00:00:00+00:00", "T00:00:00.000000000", " 00:00", "T00:00Z", "t00:00:00z"),
        *("T00:00:00+02:00", "T00:00:00-0500", "T00:00:00.000Z", "T00:00:00,000"),
    ],
)
def test_midnight_behind_a_day_of_a_table_says_nothing(tmp_path: Path, midnight: str) -> None:
    table = f'id;title;valid_from\np1;UX;"2026-01-01{midnight}"\n'
    assert only_posting(read_bytes(tmp_path, table)).valid_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("available_from", "2026-01-01T00:00:00.0000000001"),
        ("available_from", "2026-01-01T00:01:00+00:00"),
        ("available_from", "2026-01-01 00:00:00 Europe/Paris"),
        ("available_from", "46357"),  # a spreadsheet's number of a day
        ("available_from", "0"),
        ("available_from", "01/12/2026"),
        ("consented_at", "2026-11-01 10:30:00"),
        ("salary_eur_year_min", "4_5000"),
        ("experience_years", "nan"),
        ("experience_years", "trois"),
        ("locations.latitude", "N 48"),
    ],
)
def test_a_cell_that_is_no_number_or_no_day_is_rejected_by_its_column(tmp_path: Path, column: str, cell: str) -> None:
    rejection = only_rejection(read_bytes(tmp_path, f"id,headline,{column}\nc1,UX,{cell}\n"))
    assert (rejection.record_id, rejection.field) == ("c1", column.replace(".", ".0."))


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("salary_eur_year.max", "45 000", "number"),
        ("salary_eur_year.max", "45000,50", "number"),
        ("experience_years_min", "deux", "number"),
        ("openings", "1,0", "whole number"),
    ],
)
def test_a_cell_that_is_no_number_is_told_how_to_write_one(tmp_path: Path, column: str, cell: str, what: str) -> None:
    told = f"is not a {what}: write it in digits, without spaces, with a decimal point"
    assert only_rejection(read_bytes(tmp_path, f"id;title;{column}\np1;UX;{cell}\n")).reason == told


def test_blank_lines_before_the_header_of_a_table_are_skipped(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, "\ufeff\r\n \r\nid;title\r\np1;Juriste\r\np2\r\n")
    assert accepted(found) == ["p1"]
    assert rejections(found)[0].position == "row 2 (line 5)"


def test_a_word_for_consent_that_is_not_known_is_rejected(tmp_path: Path) -> None:
    (rejection,) = rejections(read_bytes(tmp_path, b"id,headline,visible_to_recruiters\nc1,UX,perhaps\n"))
    assert rejection.field == "visible_to_recruiters"


def test_a_table_in_windows_1252_is_read_and_a_damaged_row_of_utf_8_is_rejected(tmp_path: Path) -> None:
    table = "id;title\np1;Développeur\np2;Ingénieur système\n"
    assert accepted(read_bytes(tmp_path, table.encode("cp1252"))) == ["p1", "p2"]
    found = read_bytes(tmp_path, table.encode() + b"p3;D\xe9veloppeur\np4;Juriste")
    assert accepted(found) == ["p1", "p2", "p4"]
    assert rejections(found)[0].position == "row 3 (line 4)"


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("id,title,zodiac", "zodiac"),
        ("id,title,headline", "headline"),
        ("id,title,title", "title"),
        ("id,headline,experiences", "experiences"),
        ("id,headline,locations.zip", "locations.zip"),
        ("id,headline,", "column 3"),
    ],
)
def test_a_column_that_cannot_be_read_refuses_the_file_once_by_name(tmp_path: Path, header: str, field: str) -> None:
    row = "\n" + ",".join(["a"] * len(header.split(",")))
    rejection = only_rejection(read_bytes(tmp_path, header + row * 3))
    assert (rejection.position, rejection.field) == ("header", field)


def test_an_open_quote_costs_its_own_row_alone(tmp_path: Path) -> None:
    table = 'id,title,description\np1,A,"two\nlines"\np2,B,"Zanzibar\np3,C,fine\np4,D,"also\nfine"\np5,E,5" screen\n'
    found = read_bytes(tmp_path, table)
    assert accepted(found) == ["p1", "p3", "p4", "p5"]
    assert rejections(found)[0].position == "row 2 (line 4)"
    assert PRIVATE not in repr(found)


def test_a_quote_open_to_the_end_of_the_file_is_rejected(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, 'id,title\np1,"A\np2,B\np3,C')
    assert accepted(found) == ["p2", "p3"]
    assert "quote" in rejections(found)[0].reason


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (b"id,headline\rc1,UX\rc2,UI\r", "CR alone"),
        (b'"id","headline"\r"c1","UX"\r', "CR alone"),
        (b"Par_ref_offre|Par_URL_offre|Description\ra|http://x/offre-emploi/a-1|b\r", "CR alone"),
        (b'id,"headline\nc1,UX\nc2,UI\n', "the header, line 1: a quote is open"),
        (b'\nid,"headline"x\nc1,UX\nc2,UI\n', "the header, line 2: its quotes make no sense"),
        (b"id,headline,summary \xe9\xff\x81\nc1,UX,\nc2,UI,\n", "the header, line 1: is not UTF-8"),
    ],
)
def test_what_makes_every_row_unreadable_is_said_once_of_the_file(tmp_path: Path, table: bytes, words: str) -> None:
    rejection = only_rejection(read_bytes(tmp_path, table))
    assert rejection.is_of_file
    assert words in rejection.reason


def test_rows_with_other_cell_counts_or_bad_values_or_too_long_are_rejected(tmp_path: Path) -> None:
    table = 'id,title,openings\np1,A\np2,B,1,1\n\np3,C,many\np4,"D"x,1\np5,"D ""E""",1\np6,' + "x" * 500 + ",1\n"
    found = read_bytes(tmp_path, table + 'p7,"open\n' + "y" * 500 + "\np8,F,1", limits=Limits(line_bytes=200))
    assert accepted(found) == ["p5", "p8"]
    assert len(rejections(found)) == 7
    assert [rejection.field for rejection in rejections(found)][:3] == [None, None, "openings"]


def test_lists_of_places_of_different_lengths_are_rejected(tmp_path: Path) -> None:
    table = "id,title,locations.department,locations.city\np1,A,75;92;93,Paris;Nanterre\n"
    rejection = only_rejection(read_bytes(tmp_path, table))
    assert (rejection.field, rejection.record_id) == ("locations", "p1")
