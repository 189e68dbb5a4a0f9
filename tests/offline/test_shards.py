"""A batch in shards gives the rows of one machine, wherever a record lies."""

import csv
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as examples

from matcher.cli import main
from matcher.core.domain import Kind, OrganisationId, Outcome, Profile, ProfileId, Record
from matcher.core.errors import UnreadableFile
from matcher.offline import batch, shards
from matcher.offline.intake import REJECT_COLUMNS, ingest_files
from matcher.records import serialise
from matcher.settings import Settings
from matcher.stages import index as stage
from matcher.stages.ingest import Limits
from tests import forums
from tests.engines import ANA, BOB, DATA, LAW, RECORDS, in_memory
from tests.offline.sharding import lines_of, matched, one_machine

TWINS = [Profile(ProfileId(f"twin{number:02}"), "Data scientist", visible_to_recruiters=True) for number in range(12)]
HIDDEN = [
    Profile(ProfileId("shy"), "Data scientist", hidden_from=(OrganisationId("insee"),), visible_to_recruiters=True),
    Profile(ProfileId("unseen"), "Data scientist"),
]
EVERYBODY: list[Record] = [*RECORDS[:5], *RECORDS[-10:], DATA, LAW, ANA, BOB, *TWINS, *HIDDEN]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("carried", Kind)
@pytest.mark.parametrize("count", [1, 4])
def test_shards_give_the_rows_of_one_machine(tmp_path: Path, kind: Kind, carried: Kind, count: int) -> None:
    """Twins score the same in every shard: that some of them are left out, and who, goes by lot."""
    one = [row for rows in batch.rows(one_machine(tmp_path, EVERYBODY), kind, k=5) for row in rows]
    found, outcomes = matched(EVERYBODY, kind, k=5, count=count, carried=carried)
    assert found == one
    assert outcomes == {Outcome.ACCEPTED: len(EVERYBODY)}
    assert any(row["profile_id"] in {twin.id for twin in TWINS} for row in one)


@given(forum=forums.forums(4, 9))
@examples(max_examples=6)
def test_any_forum_in_shards_gives_the_rows_of_one_machine(
    tmp_path_factory: pytest.TempPathFactory, forum: tuple[list[Record], list[Record]]
) -> None:
    records = [*forum[0], *forum[1]]
    matcher = one_machine(tmp_path_factory.mktemp("forum"), records)
    for kind in Kind:
        one = [row for rows in batch.rows(matcher, kind, k=3) for row in rows]
        assert matched(records, kind, k=3, count=3, carried=Kind.POSTING)[0] == one


def test_a_shard_keeps_floats_however_many_records_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    floats, _ = matched(EVERYBODY, Kind.POSTING, k=5, count=2, carried=Kind.POSTING)
    monkeypatch.setattr(stage, "COMPACT_FROM", 8)
    assert matched(EVERYBODY, Kind.POSTING, k=5, count=2, carried=Kind.POSTING)[0] == floats


def test_a_side_without_records_gives_no_row() -> None:
    assert matched([DATA, LAW], Kind.POSTING, k=5, count=2, carried=Kind.PROFILE) == ([], {Outcome.ACCEPTED: 2})
    assert shards.whole([]) == ({}, None)


def test_what_is_unknown_counts_as_it_does_on_one_machine_not_as_in_the_shard(tmp_path: Path) -> None:
    """A profile without a body gets the mean of all bodies, though its own shard has others."""
    others = [
        Profile(ProfileId(f"other{n}"), "Juriste", summary="Du droit.", visible_to_recruiters=True) for n in "abc"
    ]
    silent = Profile(ProfileId("silent"), "Data scientist", visible_to_recruiters=True)
    one = [row for rows in batch.rows(one_machine(tmp_path, [LAW, silent, *others]), Kind.POSTING, k=9) for row in rows]
    found, _ = matched([LAW, silent, *others], Kind.POSTING, k=9, count=5, carried=Kind.POSTING)
    (body,) = [row["body"] for row in one if row["profile_id"] == "silent"]
    assert [row["body"] for row in found if row["profile_id"] == "silent"] == [body]
    alone, _ = matched([LAW, silent], Kind.POSTING, k=9, count=1, carried=Kind.POSTING)
    assert [row["body"] for row in alone] != [body]


GOOD = serialise(ANA)
BAD = [
    b'{"id": "cut", "headline": "D',
    b'{"id": "\xff", "headline": "x"}',
    b'{"id": "nan", "headline": "x", "experience_years": NaN}',
    b'{"id": "old", "headline": "x", "unheard": 1}',
    b'{"id": "=1+1", "headline": ""}',
    b"[]",
]
TOO_LONG = b"x" * (Limits().line_bytes + 1)


def test_lines_are_rejected_as_matcher_ingest_rejects_them(tmp_path: Path) -> None:
    content = [GOOD + b"\r", b"", *BAD, TOO_LONG, b"  ", serialise(BOB)]
    path, rejects = tmp_path / "a b.jsonl", tmp_path / "rejects.csv"
    path.write_bytes(b"\n".join(content))
    report = ingest_files(in_memory(folder=tmp_path / "snapshots"), [path], rejects=rejects)
    found = [*shards.parse([("file:/x/a%20b.jsonl", 0, line) for line in content], kind=Kind.PROFILE)]
    assert [each.id for each in found if each.id] == ["ana", "bob"]
    rejected = [dict(zip(REJECT_COLUMNS, each.rejected, strict=True)) for each in found if each.rejected]
    assert len(rejected) == len(BAD) + 1 == report.outcomes[Outcome.REJECTED]
    with rejects.open(encoding="utf-8", newline="") as file:
        assert rejected == [*csv.DictReader(file)]


def test_a_record_of_the_other_kind_is_rejected_by_name() -> None:
    (found,) = shards.parse(lines_of([DATA]), kind=Kind.PROFILE)
    assert found.rejected == ("records.jsonl", "line 1", "data", "", "is a posting, in a file of profiles", "")


def test_lines_are_numbered_by_the_piece_of_a_file_that_one_task_reads() -> None:
    lines = [("file:/a", 0, GOOD), ("file:/a", 0, b"{"), ("file:/a", 900, b"{"), ("file:/b", 900, b"\xff")]
    found = [*shards.parse(lines, kind=Kind.PROFILE)]
    assert [each[:3] for each in found] == [
        ("file:/a", 0, 1),
        ("file:/a", 0, 2),
        ("file:/a", 900, 1),
        ("file:/b", 900, 1),
    ]
    assert [each.rejected[:2] for each in found if each.rejected] == [
        ("a", "line 2"),
        ("a", "line 1 after byte 900"),
        ("b", "line 1 after byte 900"),
    ]


def test_of_several_records_of_one_id_the_last_stands_and_all_are_counted() -> None:
    other = Profile(ANA.id, "Juriste", visible_to_recruiters=True)
    found, outcomes = matched([LAW, ANA, ANA, BOB, other, other], Kind.POSTING, k=5, count=2, carried=Kind.POSTING)
    assert outcomes == {Outcome.ACCEPTED: 3, Outcome.UPDATED: 1, Outcome.DUPLICATE: 2}
    assert {row["profile_id"]: row["title"] for row in found}["ana"] == max(row["title"] for row in found)


def test_tasks_are_sent_the_models_and_no_secret() -> None:
    own = Settings(database_url="postgresql://name:secret@host/db", title_model="words", pseudonym_key="x" * 32)
    sent = own.models_alone
    assert (sent.title_model, sent.database_url, sent.pseudonym_key) == ("words", None, None)
    assert sent.fingerprint == own.fingerprint
    assert hash(sent) == hash(own.models_alone)


def test_without_pyspark_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    paths = ["--postings", "a.jsonl", "--profiles", "b.jsonl", "--output", "c.parquet"]
    result = CliRunner().invoke(main, ["spark", "--for", "postings", *paths])
    assert result.exit_code == 1
    assert "pip install 'forum-matcher[spark]'" in result.output


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (["file:/in"], ["file:/in"]),
        (["file:/in/part/profiles.jsonl"], ["file:/in/part"]),
        (["file:/in/"], ["file:/in/out.parquet"]),
        (["file:/in/*.jsonl"], ["file:/in"]),
        (["file:/in/*"], ["file:/in/out.csv"]),
        (["file:/in"], ["file:/out.csv", "file:/out.csv"]),
        (["file:/in"], ["file:/out.csv", "file:/out.csv/rejects"]),
    ],
)
def test_what_would_be_replaced_while_it_is_read_is_refused(read: list[str], written: list[str]) -> None:
    with pytest.raises(UnreadableFile, match="name another"):
        shards.refuse_overlaps(read, written)


def test_neighbours_are_no_overlap() -> None:
    shards.refuse_overlaps(["file:/in", "file:/in/*.jsonl"], ["file:/in.csv", "file:/in2/rejects", "hdfs:/in"])
