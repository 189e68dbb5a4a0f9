"""The batch on a real Spark, on two cores of this machine, gives the rows of `matcher match`.

Left out where pyspark or Java is missing, as in the set-up: `pip install 'forum-matcher[spark]'`, and Java 17 or later.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from matcher.core.domain import Kind, Outcome, kind_of
from matcher.core.errors import OutputExists, UnreadableFile
from matcher.core.scoring import Weights
from matcher.derive import Deriver
from matcher.offline import batch
from matcher.offline.intake import inert, ingest_files
from matcher.offline.shards import Under
from matcher.records import serialise
from tests.engines import TODAY, in_memory
from tests.offline.sharding import deriver, one_machine
from tests.offline.test_shards import BAD, EVERYBODY

pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'forum-matcher[spark]'")
pytestmark = [
    pytest.mark.skipif(
        not (os.environ.get("JAVA_HOME") or shutil.which("java")), reason="Spark needs Java 17 or later: there is none"
    ),
    pytest.mark.filterwarnings("ignore"),  # Spark's own, of pandas and of sockets that it leaves open
]

ROOT = Path(__file__).parents[2]
CUT_KB = 8
"""Of a file, what one task reads: few enough for every file to be cut."""


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Two tasks at a time, each run three times before the job fails."""
    from pyspark.sql import SparkSession

    paths = {"PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in paths.items():
            patch.setenv(name, value)
        builder = SparkSession.builder.master("local[2,3]").config("spark.ui.enabled", "false")
        cut = {"spark.sql.files.maxPartitionBytes": f"{CUT_KB}k", "spark.sql.files.openCostInBytes": "1"}
        spark = builder.config(map=cut | {"spark.sql.shuffle.partitions": 3}).getOrCreate()
        yield spark
        spark.stop()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Kind, list[str]]:
    """Everybody, twice the same and once otherwise before the one that stands, and what nobody can read."""
    folder = tmp_path_factory.mktemp("files")
    for kind in Kind:
        records = [each for each in EVERYBODY if kind_of(each) is kind]
        lines = [serialise(each) for each in records]
        before = serialise(replace(records[0], languages=("anglais",)))
        content = b"\n".join([before, *lines, lines[-1], *BAD])
        (folder / f"{kind}s.jsonl").write_bytes(content)
    return {kind: [str(folder / f"{kind}s.jsonl")] for kind in Kind}


def _rows(output: Path, kind: Kind) -> list[batch.Row]:
    rows: list[batch.Row] = pq.read_table(output).to_pylist()
    return sorted(rows, key=lambda row: (row[f"{kind}_id"], row["rank"]))


def _under(kind: Kind) -> Under:
    return Under(kind, 5, Weights(), TODAY)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("shards", [None, 5])
def test_the_rows_are_those_of_one_machine(
    session: Any, files: dict[Kind, list[str]], tmp_path: Path, kind: Kind, shards: int | None
) -> None:
    from matcher.offline.spark import Files, match

    matcher = in_memory(folder=tmp_path / "counted")
    told = ingest_files(matcher, [Path(path) for paths in files.values() for path in paths])
    output = tmp_path / "matches.parquet"
    report, written = match(session, Files(files, str(output)), _under(kind), load=deriver, shard_count=shards)
    one = [row for rows in batch.rows(one_machine(tmp_path, EVERYBODY), kind, k=5) for row in rows]
    assert _rows(output, kind) == one
    assert written == len(one)
    assert report.outcomes == told.outcomes
    assert report.outcomes[Outcome.REJECTED] == 2 * len(BAD)
    assert {(each.file, each.record_id, each.field, each.reason) for each in report.rejections} == {
        (each.file, each.record_id and inert(each.record_id), each.field, each.reason) for each in told.rejections
    }


def _dying(mark: Path) -> Deriver:
    """The first task that asks for it takes its whole process with it."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return deriver()
    os._exit(1)


def test_a_task_whose_process_dies_is_run_again_and_the_rows_are_the_same(
    session: Any, files: dict[Kind, list[str]], tmp_path: Path
) -> None:
    from matcher.offline.spark import Files, match

    output, mark = tmp_path / "matches.parquet", tmp_path / "has died"
    match(session, Files(files, str(output)), _under(Kind.POSTING), load=partial(_dying, mark), shard_count=3)
    one = [row for rows in batch.rows(one_machine(tmp_path, EVERYBODY), Kind.POSTING, k=5) for row in rows]
    assert mark.exists()
    assert _rows(output, Kind.POSTING) == one


def test_what_is_there_is_replaced_only_where_that_is_said(
    session: Any, files: dict[Kind, list[str]], tmp_path: Path
) -> None:
    from matcher.offline.spark import Files, match

    (tmp_path / "matches.csv").mkdir()
    output, rejects = str(tmp_path / "matches.csv"), str(tmp_path / "rejects")
    with pytest.raises(OutputExists, match=r"matches\.csv: is there already: name another, or say --overwrite"):
        match(session, Files(files, output, rejects), _under(Kind.POSTING), load=deriver)
    assert not Path(rejects).exists()
    match(session, Files(files, output, rejects, overwrite=True), _under(Kind.POSTING), load=deriver)
    rows = [
        row for path in Path(rejects).glob("*.csv") for row in csv.DictReader(path.open(encoding="utf-8", newline=""))
    ]
    assert len(rows) == 2 * len(BAD)
    assert {row["file"] for row in rows} == {"postings.jsonl", "profiles.jsonl"}
    written = [
        row for path in Path(output).glob("*.csv") for row in csv.reader(path.open(encoding="utf-8", newline=""))
    ]
    assert written.count([*batch.COLUMNS]) == len([*Path(output).glob("*.csv")])


def test_an_ending_or_a_file_that_is_not_there_is_refused_before_anything_is_read(
    session: Any, files: dict[Kind, list[str]], tmp_path: Path
) -> None:
    from matcher.offline.spark import Files, match

    with pytest.raises(UnreadableFile, match=r"must be one of \.parquet, \.csv"):
        match(session, Files(files, str(tmp_path / "matches.txt")), _under(Kind.POSTING), load=deriver)
    missing = {**files, Kind.PROFILE: [str(tmp_path / "nobody.jsonl")]}
    with pytest.raises(UnreadableFile, match="there is nothing of that name"):
        match(session, Files(missing, str(tmp_path / "matches.csv")), _under(Kind.POSTING), load=deriver)


@pytest.mark.parametrize("kind", Kind)
def test_a_side_without_a_record_gives_an_output_without_a_row(
    session: Any, files: dict[Kind, list[str]], tmp_path: Path, kind: Kind
) -> None:
    from matcher.offline.spark import Files, match

    (tmp_path / "bad.jsonl").write_bytes(b"\n".join(BAD))
    output, broken = tmp_path / "matches.parquet", {**files, Kind.PROFILE: [str(tmp_path / "bad.jsonl")]}
    report, written = match(session, Files(broken, str(output)), _under(kind), load=deriver)
    assert written == len(_rows(output, kind)) == 0
    assert report.outcomes[Outcome.REJECTED] == 2 * len(BAD)


@pytest.mark.parametrize("side", ["postings", "profiles"])
def test_the_command_writes_what_matcher_match_writes(tmp_path: Path, side: str) -> None:
    """With the shipped models, in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MATCHER_HOME": str(tmp_path), "SPARK_LOCAL_IP": "127.0.0.1"}
    files = [str(tmp_path / name) for name in ("postings.jsonl", "profiles.jsonl")]

    def run(*arguments: str) -> str:
        command = [sys.executable, "-m", "matcher.cli", *arguments]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    run("demo", "--generate-only", str(tmp_path), "--postings", "12", "--profiles", "60")
    told = run("ingest", *files)
    run("match", "--for", side, "--output", str(tmp_path / "one.parquet"))
    paths = ["--postings", files[0], "--profiles", files[1], "--output", str(tmp_path / "many.parquet")]
    assert run("spark", "--for", side, *paths, "--shards", "3") == told
    kind = Kind.POSTING if side == "postings" else Kind.PROFILE
    assert _rows(tmp_path / "many.parquet", kind) == _rows(tmp_path / "one.parquet", kind)
