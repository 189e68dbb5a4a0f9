"""The batch on Apache Spark: `matcher match` for more than one machine holds, from files of native JSON Lines.

    lines → records → shards, by id → what is derived of each record, kept on the executors' disks
    the smaller side → a file that every executor is sent
    each shard of the larger side, with all of the smaller → its answers → the best of all shards

What a task does is in `shards.py`; tasks, their order and what becomes of those that fail are Spark's.
"""

import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark import SparkFiles, StorageLevel
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, Observation, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it

from matcher.core.domain import Kind, Outcome, Rejection
from matcher.core.errors import OutputExists, UnreadableFile
from matcher.derive import Deriver
from matcher.offline import shards
from matcher.offline.batch import COLUMNS
from matcher.offline.intake import KEPT_REJECTIONS, REJECT_COLUMNS, Report
from matcher.offline.shards import LOT, TICK, Under
from matcher.stages.index.totals import Totals

SHARD_RECORDS = 50_000
"""Of a shard, about, where nothing else is said: 350 MB of its process's memory."""
PARSED_AT_ONCE = 1_000
PARSED = {"path": "string", "block": "long", "number": "long", "id": "string", "record": "binary"} | dict.fromkeys(
    REJECT_COLUMNS, "string"
)
MADE = {"records": "binary", "told": "binary"}
ANSWERED = {
    **dict.fromkeys(COLUMNS, "double"),
    "posting_id": "string",
    "profile_id": "string",
    "rank": "int",
    TICK: "long",
    LOT: "binary",
}
_ARROW = {
    "string": pa.string(),
    "int": pa.int32(),
    "long": pa.int64(),
    "double": pa.float64(),
    "binary": pa.binary(),
}
FORMATS = ("parquet", "csv")
_CSV = {
    "header": "true",
    "escape": '"',
    "emptyValue": "",
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
}
"""As other programs read it."""

Batches = Iterable[Any]
"""Arrow's record batches."""
Load = Callable[[], Deriver]
"""Returns what derives, by the same models on every machine."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is read, and what is written."""

    read: Mapping[Kind, Sequence[str]]
    """Files, folders or patterns that Spark can read, of each kind one at least: native JSON Lines, plain or gzip."""
    output: str
    """A folder whose ending says the format: FORMATS."""
    rejects: str | None = None
    """A folder of CSV files for every rejection."""
    overwrite: bool = False

    @property
    def format(self) -> str:
        """That of the output. Raises UnreadableFile where it is none of FORMATS."""
        ending = Path(self.output).suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            raise UnreadableFile(f"{self.output}: the output's ending must be one of .{', .'.join(FORMATS)}")
        return ending


def match(
    spark: SparkSession, files: Files, under: Under, *, load: Load, shard_count: int | None = None
) -> tuple[Report, int]:
    """Write the best matches of every document of a kind; return what became of each record, and how many matches.

    Args:
        spark: the session.
        files: what is read and written.
        under: what is asked.
        load: called in the tasks.
        shard_count: how many each side is cut into; where it is not given as many as there are cores, or more.

    Raises:
        OutputExists: what is to be written is there.
        UnreadableFile: what is to be read is not, the output's ending is no format, or what is written would replace
            what is read.
    """
    form = files.format
    read = [_address(spark, path) for paths in files.read.values() for path in paths]
    shards.refuse_overlaps(read, [_address(spark, path) for path in (files.output, files.rejects) if path])
    for path in filter(None, (files.output, files.rejects)):
        if not files.overwrite and _exists(spark, path):
            raise OutputExists(path)
    sizes, parsed, made = {}, {}, {}
    for kind, paths in files.read.items():
        lines = _lines(spark, paths)
        sizes[kind] = lines.count()
        count = shard_count or max(spark.sparkContext.defaultParallelism, ceil(sizes[kind] / SHARD_RECORDS))
        parsed[kind] = lines.mapInArrow(partial(_parse, kind=kind), _ddl(PARSED))
        made[kind] = _made(parsed[kind], partial(_make, kind=kind, load=load), count)
    report = Report()
    _account(parsed[Kind.POSTING].unionAll(parsed[Kind.PROFILE]), report, files)
    smaller = min(Kind, key=lambda kind: sizes[kind])
    with tempfile.TemporaryDirectory(prefix="forum-matcher-") as folder:
        totals = {kind: _told(each, report) for kind, each in made.items()}
        others = _send(spark, made[smaller], Path(folder))
        ask = partial(_ask, others=others, totals=totals, under=under, load=load)
        found = made[smaller.other].mapInArrow(ask, _ddl(ANSWERED))
        if under.kind is smaller:  # each shard has answered every question
            best = Window.partitionBy(f"{under.kind}_id").orderBy(F.desc(TICK), LOT)
            found = found.withColumn("rank", F.row_number().over(best)).where(F.col("rank") <= under.k)
        written = _write(found.select(*COLUMNS), files.output, form, files)
    for each in made.values():
        each.unpersist()
    return report, written


def _exists(spark: SparkSession, path: str) -> bool:
    """Tell whether there is something: Python's own way to ask logs a stack trace where there is not."""
    system, asked = _in_hadoop(spark, path)
    return bool(system.exists(asked))


def _address(spark: SparkSession, path: str) -> str:
    """Return a path as a whole address: of one place there is one."""
    system, asked = _in_hadoop(spark, path)
    return str(system.makeQualified(asked).toString())


def _in_hadoop(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """Return the file system that a path is in, and the path as that takes it."""
    context = spark.sparkContext
    asked = context._jvm.org.apache.hadoop.fs.Path(path)  # noqa: SLF001 - PySpark has no other way
    return asked.getFileSystem(context._jsc.hadoopConfiguration()), asked  # noqa: SLF001


def _lines(spark: SparkSession, paths: Sequence[str]) -> DataFrame:
    """Return the lines of some files, each with where it stands. Raises UnreadableFile where there is none."""
    try:
        # As bytes: Spark would hand over what is no UTF-8 as text, and a task would end at it.
        value = F.col("value").cast("binary").alias("value")
        lines = spark.read.text([*paths], lineSep="\n")
        return lines.select(F.col("_metadata.file_path"), F.col("_metadata.file_block_start"), value)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            raise UnreadableFile(f"{', '.join(paths)}: there is nothing of that name: check the path") from error
        raise


def _made(parsed: DataFrame, make: Callable[[Batches], Iterator[Any]], count: int) -> DataFrame:
    """Return a side in shards: the same in whatever order and however often its lines are read."""
    records = parsed.where("record is not null").repartition(count, "id")
    ordered = records.sortWithinPartitions("id", "path", "block", "number").select("id", "record")
    return ordered.mapInArrow(make, _ddl(MADE)).persist(StorageLevel.DISK_ONLY)


def _account(parsed: DataFrame, report: Report, files: Files) -> None:
    """Write what was rejected, and put it into the report."""
    rejected = parsed.where("reason is not null").persist()
    report.outcomes[Outcome.REJECTED] = rejected.count()
    first = rejected.orderBy("path", "block", "number").limit(KEPT_REJECTIONS).select(*REJECT_COLUMNS).collect()
    for row in first:
        found = Rejection(row["file"], row["position"], row["reason"], row["record_id"] or None, row["field"] or None)
        report.rejections.append(found)
    if files.rejects:
        _write(rejected.select(*REJECT_COLUMNS), files.rejects, "csv", files)
    rejected.unpersist()


def _told(made: DataFrame, report: Report) -> Totals | None:
    """Put what became of a side's records into the report; return the side's totals, None where it has no record."""
    rows = made.where("told is not null").select("told").collect()
    outcomes, totals = shards.whole(row["told"] for row in rows)
    report.outcomes.update(outcomes)
    return totals


def _send(spark: SparkSession, made: DataFrame, folder: Path) -> str:
    """Have every executor sent a side's records; return the name of the file there."""
    path = folder / f"{folder.name}.records"
    with path.open("wb") as file:
        for row in made.where("records is not null").select("records").toLocalIterator():
            pickle.dump(bytes(row["records"]), file)
    spark.sparkContext.addFile(str(path))
    return path.name


def _write(rows: DataFrame, path: str, form: str, files: Files) -> int:
    told = Observation()
    told_rows = rows.observe(told, F.count(F.lit(1)).alias("rows"))
    mode = "overwrite" if files.overwrite else "errorifexists"
    told_rows.write.mode(mode).options(**(_CSV if form == "csv" else {})).format(form).save(path)
    return int(told.get["rows"])


# What runs in the tasks: Arrow's batches to the functions of `shards.py`, and back.


def _parse(batches: Batches, *, kind: Kind) -> Iterator[Any]:
    parsed = shards.parse(_rows(batches), kind=kind)
    while some := [*islice(parsed, PARSED_AT_ONCE)]:
        rows = ((*each[:5], *(each.rejected or [None] * len(REJECT_COLUMNS))) for each in some)
        yield _batch([dict(zip(PARSED, row, strict=True)) for row in rows], PARSED)


def _make(batches: Batches, *, kind: Kind, load: Load) -> Iterator[Any]:
    for each in shards.make(_rows(batches), kind=kind, deriver=load()):
        yield _batch([each._asdict()], MADE)


def _ask(batches: Batches, *, others: str, load: Load, **asked: Any) -> Iterator[Any]:
    shard = (records for records, _ in _rows(batches) if records is not None)
    for rows in shards.answers(shard, others=_sent(others), deriver=load(), **asked):
        yield _batch(rows, ANSWERED)


def _sent(name: str) -> Iterator[bytes]:
    with Path(SparkFiles.get(name)).open("rb") as file:
        try:
            while True:
                yield pickle.load(file)  # noqa: S301 - this run has written it
        except EOFError:
            pass


def _rows(batches: Batches) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _batch(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> Any:
    schema = pa.schema([(name, _ARROW[kind]) for name, kind in columns.items()])
    return pa.RecordBatch.from_pylist([*rows], schema=schema)


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
