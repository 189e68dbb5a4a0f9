"""Everything with everything: a file of matches."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from matcher.core.domain import Kind
from matcher.core.errors import MissingExtra
from matcher.core.scoring import ASPECTS, Match
from matcher.engine import Matcher
from matcher.offline.whole import ending_of, whole_file

COLUMNS = ("posting_id", "profile_id", "rank", "score", *ASPECTS)
DIGITS = 6
PARQUET_ROWS = 50_000

Row = dict[str, str | int | float]


def rows(matcher: Matcher, kind: Kind, *, k: int) -> Iterator[list[Row]]:
    """Yield the k best matches of every document of a kind, one list a document, by ascending id."""
    for matches in matcher.match_all(kind, k=k):
        yield [row_of(match) for match in matches]


def write(found: Iterable[list[Row]], path: Path) -> int:
    """Write matches to a file whose ending says the format (.csv, .jsonl, .parquet); return how many.

    The file appears whole or not at all (`whole_file`).

    Raises:
        UnreadableFile: the ending is another one.
        MissingExtra: Parquet is asked for and pyarrow is not installed.
        OutputInUse: another run is writing the same file.
        OSError: the file cannot be written; it is named.
    """
    writer = WRITERS[ending_of(path, WRITERS)]
    with whole_file(path) as file:
        return writer(found, file)


def write_stream(found: Iterable[list[Row]], stream: IO[bytes]) -> int:
    """Write matches as CSV to an open stream; return how many."""
    return _write_csv(found, stream)


def row_of(match: Match) -> Row:
    """Return a match as a row of the file."""
    row: Row = {
        "posting_id": match.posting_id,
        "profile_id": match.profile_id,
        "rank": match.rank,
        "score": round(match.score, DIGITS),
    }
    return row | {part.name: round(part.value, DIGITS) for part in match.contributions}


def _write_csv(found: Iterable[list[Row]], file: IO[bytes]) -> int:

    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    written = 0
    for block in found:
        writer.writerows(block)
        written += len(block)
    text.detach()
    return written


def _write_jsonl(found: Iterable[list[Row]], file: IO[bytes]) -> int:
    written = 0
    for block in found:
        file.writelines(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in block)
        written += len(block)
    return written


def _write_parquet(found: Iterable[list[Row]], file: IO[bytes]) -> int:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtra(extra="parquet", purpose="writing Parquet") from error
    kinds: dict[str, Any] = {"posting_id": pa.string(), "profile_id": pa.string(), "rank": pa.int32()}
    schema = pa.schema([(name, kinds.get(name, pa.float64())) for name in COLUMNS])
    written = 0
    waiting: list[Row] = []
    with pq.ParquetWriter(file, schema) as writer:
        for block in found:
            waiting += block
            written += len(block)
            if len(waiting) >= PARQUET_ROWS:
                writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
                waiting = []
        writer.write_table(pa.Table.from_pylist(waiting, schema=schema))
    return written


WRITERS: dict[str, Callable[[Iterable[list[Row]], IO[bytes]], int]] = {
    ".csv": _write_csv,
    ".jsonl": _write_jsonl,
    ".parquet": _write_parquet,
}
