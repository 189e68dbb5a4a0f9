"""A file of matches appears whole or not at all."""

import csv
import errno
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.core.domain import Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import MissingExtra, OutputInUse, UnreadableFile
from matcher.core.ports import Encoders
from matcher.engine import Matcher
from matcher.offline import batch
from matcher.offline.batch import COLUMNS, Row
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeThesaurus

ENDINGS = (".csv", ".jsonl", ".parquet")


def _row(number: int) -> Row:
    texts: Row = {"posting_id": f"p{number}", "profile_id": 'é,"\n🐍', "rank": number, "score": 0.5}
    return texts | dict.fromkeys(COLUMNS[4:], 0.045455)


def _blocks() -> Iterator[list[Row]]:
    yield [_row(1), _row(2)]
    yield []
    yield [_row(3)]


def _breaking() -> Iterator[list[Row]]:
    yield [_row(1)]
    raise RuntimeError("half-way")


def _read(path: Path) -> list[Row]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            assert rows.fieldnames == list(COLUMNS)
            return [
                {name: text if name.endswith("_id") else json.loads(text) for name, text in row.items()} for row in rows
            ]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    assert table.column_names == list(COLUMNS)
    found: list[Row] = table.to_pylist()
    return found


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("rows_at_once", [2, 50_000])
def test_what_is_written_is_what_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, rows_at_once: int
) -> None:
    monkeypatch.setattr(batch, "PARQUET_ROWS", rows_at_once)
    path = tmp_path / f"matches{ending.upper() if rows_at_once == 2 else ending}"
    assert batch.write(_blocks(), path) == 3
    assert _read(path.rename(tmp_path / f"read{ending}")) == [_row(1), _row(2), _row(3)]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_match_gives_a_file_without_rows(tmp_path: Path, ending: str) -> None:
    assert batch.write(iter([]), tmp_path / f"matches{ending}") == 0
    assert _read(tmp_path / f"matches{ending}") == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failure_half_way_leaves_no_file(tmp_path: Path, ending: str) -> None:
    with pytest.raises(RuntimeError, match="half-way"):
        batch.write(_breaking(), tmp_path / f"matches{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_failure_half_way_leaves_the_old_file_as_it_was(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"matches{ending}"
    batch.write(_blocks(), path)
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="half-way"):
        batch.write(_breaking(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_second_run_into_the_same_file_is_refused_and_the_first_goes_on(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"matches{ending}"

    def meanwhile() -> Iterator[list[Row]]:
        yield [_row(1)]
        with pytest.raises(OutputInUse, match="another run is writing this file"):
            batch.write(_blocks(), path)
        yield [_row(2)]

    assert batch.write(meanwhile(), path) == 2
    assert _read(path) == [_row(1), _row(2)]
    assert list(tmp_path.iterdir()) == [path]


def test_a_share_that_knows_no_locks_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    assert batch.write(_blocks(), tmp_path / "matches.csv") == 3
    assert _read(tmp_path / "matches.csv") == [_row(1), _row(2), _row(3)]


def test_a_file_that_another_run_has_just_named_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "matches.csv"
    unfinished = tmp_path / ".matches.csv.unfinished"
    unfinished.write_bytes(b"theirs")
    monkeypatch.setattr("fcntl.flock", lambda *_: unfinished.rename(path))
    with pytest.raises(OutputInUse):
        batch.write(_blocks(), path)
    assert path.read_bytes() == b"theirs"


def test_a_file_that_was_closed_to_others_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "matches.csv"
    path.touch(0o600)
    batch.write(_blocks(), path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_a_link_leads_to_is_written(tmp_path: Path) -> None:
    path, link = tmp_path / "kept" / "matches.csv", tmp_path / "matches.csv"
    path.parent.mkdir()
    link.symlink_to(path)
    batch.write(_blocks(), link)
    assert link.is_symlink()
    assert not path.is_symlink()
    assert path.read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_killed_run_has_left_is_written_over(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"matches{ending}"
    (tmp_path / f".{path.name}.unfinished").write_bytes(b"x" * 100_000)
    assert batch.write(_blocks(), path) == 3
    assert _read(path) == [_row(1), _row(2), _row(3)]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "nowhere" / f"matches{ending}"
    with pytest.raises(FileNotFoundError) as told:
        batch.write(_breaking(), path)
    assert told.value.filename == str(path), "and not the unfinished one beside it"

    def on_a_full_disk() -> Iterator[list[Row]]:
        yield [_row(1)]
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left") as full:
        batch.write(on_a_full_disk(), tmp_path / path.name)
    assert full.value.filename == str(tmp_path / path.name)


@pytest.mark.parametrize("name", ["matches", "matches.txt", "matches.csv.gz", ".csv"])
def test_another_ending_is_refused_before_anything_is_computed(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=r"must be one of \.csv, \.jsonl, \.parquet"):
        batch.write(_breaking(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_parquet_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"forum-matcher\[parquet\]"):
        batch.write(_blocks(), tmp_path / "matches.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_stream_stays_open(tmp_path: Path) -> None:
    stream = io.BytesIO()
    assert batch.write_stream(_blocks(), stream) == 3
    assert not stream.closed
    batch.write(_blocks(), tmp_path / "matches.csv")
    assert stream.getvalue() == (tmp_path / "matches.csv").read_bytes()


@pytest.mark.parametrize("kind", list(Kind))
def test_the_rows_are_the_single_answers(tmp_path: Path, kind: Kind) -> None:
    matcher = Matcher(
        store=open_store(None, home=tmp_path),
        encoders=Encoders.alike(FakeEncoder()),
        thesaurus=FakeThesaurus(),
        snapshots=Snapshots(tmp_path / "snapshots"),
    )
    matcher.open()
    titles = ["data scientist", "data analyst", "juriste", "architecte", "scientist"]
    matcher.put([Posting(PostingId(f"p{place}"), title) for place, title in enumerate(titles)])
    matcher.put(
        [Profile(ProfileId(f"c{place}"), title, visible_to_recruiters=True) for place, title in enumerate(titles)]
    )
    single = matcher.candidates if kind is Kind.POSTING else matcher.suggestions
    for name, rows in zip(matcher.ids(kind), batch.rows(matcher, kind, k=3), strict=True):
        matches = [explanation.match for explanation in single(name, k=3).explanations]
        assert [(row["posting_id"], row["profile_id"], row["rank"]) for row in rows] == [
            (match.posting_id, match.profile_id, match.rank) for match in matches
        ]
        assert [row["score"] for row in rows] == pytest.approx([match.score for match in matches], abs=1e-5)
        for row in rows:
            assert tuple(row) == COLUMNS
            assert sum(float(row[name]) for name in COLUMNS[4:]) == pytest.approx(row["score"], abs=1e-5)
    matcher.close()
