"""Everything at once on Apache Spark, for more than one machine holds."""

import os
import sys

import click

from matcher.commands.opening import read_settings
from matcher.commands.options import BATCH_TOP, SIDE, kind_of


@click.command()
@SIDE
@click.option("--postings", required=True, multiple=True, metavar="PATH", help="Native JSON Lines; may be repeated.")
@click.option("--profiles", required=True, multiple=True, metavar="PATH", help="Likewise.")
@BATCH_TOP
@click.option("--output", required=True, metavar="FOLDER", help="Where the matches go: a name in .parquet or .csv.")
@click.option("--rejects", metavar="FOLDER", help="Where every rejection is written, as CSV.")
@click.option("--overwrite", is_flag=True, help="Replace what is in these folders.")
@click.option(
    "--shards", type=click.IntRange(1, 100_000), help="How many each side is cut into; by itself one a core, or more."
)
def spark(
    side: str,
    postings: tuple[str, ...],
    profiles: tuple[str, ...],
    top: int,
    output: str,
    rejects: str | None,
    overwrite: bool,
    shards: int | None,
) -> None:
    """Match files of postings with files of profiles on Apache Spark.

    The rows are those that `matcher ingest` and `matcher match` give of the same records. A path is a file, a folder or
    a pattern that Spark can read. Which cluster, and what each of its processes gets, is said as Spark has it: by
    `spark-submit`, or in `spark-defaults.conf`; without either it is this machine.
    """
    from datetime import datetime
    from functools import partial

    from matcher.compose import load_deriver
    from matcher.core.domain import Kind
    from matcher.core.errors import MissingExtra
    from matcher.offline.shards import Under
    from matcher.show import console, print_report
    from matcher.weights import SHIPPED, read_weights

    try:
        from pyspark.sql import SparkSession

        from matcher.offline.spark import Files, match
    except ImportError as error:
        raise MissingExtra(extra="spark", purpose="matching on Apache Spark") from error
    settings = read_settings()
    weights, today = read_weights(settings.weights or SHIPPED), datetime.now().astimezone().date()
    files = Files({Kind.POSTING: postings, Kind.PROFILE: profiles}, output, rejects, overwrite)
    load = partial(load_deriver, settings.models_alone)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # of this installation, not the first on the path
    session = SparkSession.builder.appName("forum-matcher").getOrCreate()
    try:
        under = Under(kind_of(side), top, weights, today)
        report, written = match(session, files, under, load=load, shard_count=shards)
    finally:
        session.stop()
    print_report(console(), report)
    click.echo(f"{written} matches written to {output}", err=True)
