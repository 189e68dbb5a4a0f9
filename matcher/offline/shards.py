"""What each of many machines does of a batch: lines into records, records into what is compared, a shard's answers.

A side is cut into shards by the ids of its records. One side's shards stay where they are, each in a process with all
of the other side, and what is unknown counts as it does over all shards: an answer says the same wherever its two
documents lie. All is a function of what comes in, so that a task that is run again gives the same. `spark.py` moves it.
"""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from itertools import chain, groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from matcher.core.domain import Kind, Outcome, Record, Rejection, kind_of
from matcher.core.errors import UnreadableFile
from matcher.core.pages import lot
from matcher.core.scoring import Weights
from matcher.corpus import BLOCK, Corpus, Derived
from matcher.derive import Deriver
from matcher.offline.batch import Row, row_of
from matcher.offline.intake import cells
from matcher.records import restore, serialise
from matcher.stages import text
from matcher.stages.index.totals import Totals
from matcher.stages.ingest import Limits
from matcher.stages.ingest.native import read_line
from matcher.stages.ingest.source import Reader
from matcher.stages.rank import ticks

PACKED = 256
"""Records in one piece: what skills they share is written once, and no piece is too large for a column."""
TICK, LOT = "tick", "lot"
"""What orders the answers of one document: the higher tick, then the lower lot."""

Line = tuple[str, int, bytes]
"""The address of its file, the first byte of the piece of it that one task reads, and the line without its end."""


class Parsed(NamedTuple):
    """A record, or why there is none."""

    path: str
    block: int
    number: int
    """From 1, in the piece. The last of several records with one id, by path, piece and number, stands."""
    id: str | None = None
    record: bytes | None = None
    rejected: tuple[str, ...] | None = None
    """As `matcher ingest --rejects` has it: REJECT_COLUMNS."""


@dataclass(frozen=True, slots=True)
class Under:
    """What is asked, the same of every shard."""

    kind: Kind
    """Of the documents that ask."""
    k: int
    weights: Weights
    today: date


class Made(NamedTuple):
    """What a shard holds: its records in pieces, then once what there is to tell of it."""

    records: bytes | None
    told: bytes | None
    """How many records met which end, and the shard's totals: what `whole` reads."""


def parse(lines: Iterable[Line], *, kind: Kind) -> Iterator[Parsed]:
    """Yield what native JSON Lines hold: records of a kind, and a rejection for whatever is none.

    Args:
        lines: the pieces of some files, each piece's lines in their order.
        kind: what they should be.
    """
    limits = Limits()
    for (path, block), piece in groupby(lines, key=itemgetter(0, 1)):
        reader = Reader(Path(unquote(path)), text.clean, text.clean_title, limits)
        for number, (*_, line) in enumerate(piece, start=1):
            at = f"line {number}" + (f" after byte {block}" if block else "")
            found = read_line(reader, at, line.rstrip(b"\r") if len(line) <= limits.line_bytes else None)
            if found is None:
                continue
            if not isinstance(found, Rejection) and kind_of(found) is not kind:
                found = reader.reject(at, f"is a {kind.other}, in a file of {kind}s", record_id=found.id)
            if isinstance(found, Rejection):
                yield Parsed(path, block, number, rejected=cells(found))
            else:
                yield Parsed(path, block, number, found.id, serialise(found))


def make(rows: Iterable[tuple[str, bytes]], *, kind: Kind, deriver: Deriver) -> Iterator[Made]:
    """Yield a shard: its records with what is derived of them.

    Args:
        rows: ids and records, ascending by id; of one id, in the order in which they were written.
        kind: theirs.
        deriver: by the models of all shards.
    """
    outcomes: Counter[Outcome] = Counter()
    totals = deriver.corpus(exact=True).totals(kind)
    last = _last_of_each(rows, outcomes)
    while some := [restore(kind, each) for each in islice(last, PACKED)]:
        pairs = [*zip(some, deriver.derived(some), strict=True)]
        totals += _filled(deriver.corpus(exact=True), pairs).totals(kind)
        yield Made(pickle.dumps(pairs, pickle.HIGHEST_PROTOCOL), None)
    yield Made(None, pickle.dumps((outcomes, totals)))


def _last_of_each(rows: Iterable[tuple[str, bytes]], outcomes: Counter[Outcome]) -> Iterator[bytes]:
    """Yield the last record of each id, and count as `matcher ingest` does what became of all."""
    for _, versions in groupby(rows, key=itemgetter(0)):
        last: bytes | None = None
        for _, record in versions:
            became = Outcome.ACCEPTED if last is None else Outcome.DUPLICATE if record == last else Outcome.UPDATED
            outcomes[became] += 1
            last = record
        if last is not None:
            yield last


def whole(told: Iterable[bytes]) -> tuple[Counter[Outcome], Totals | None]:
    """Return what the shards of a side tell: how many records met which end, and its totals, if it has any."""
    outcomes: Counter[Outcome] = Counter()
    totals: Totals | None = None
    for counted, of_shard in map(_unpacked, told):
        outcomes.update(counted)
        totals = of_shard if totals is None else totals + of_shard
    return outcomes, totals


def answers(
    shard: Iterable[bytes],
    *,
    others: Iterable[bytes],
    totals: Mapping[Kind, Totals | None],
    under: Under,
    deriver: Deriver,
) -> Iterator[list[Row]]:
    """Yield the best matches of documents that ask, among those of the other side that are here.

    Each row has what orders it among all of the same document: TICK and LOT. Its rank is the one here.

    Args:
        shard: of one side, the records of `make`.
        others: of the other side, the records of all shards.
        totals: of both sides, whole.
        under: what is asked.
        deriver: by the models of all shards.
    """
    corpus = deriver.corpus(exact=True)
    for records in chain(others, shard):
        _filled(corpus, _unpacked(records))
    for kind, total in totals.items():
        if total is not None:
            corpus.count_as_part_of(kind, total)
    ids, k, weights, today = corpus.ids(under.kind), under.k, under.weights, under.today
    for start in range(0, len(ids), BLOCK):
        rows: list[Row] = []
        some = ids[start : start + BLOCK]
        for comparison, found, _ in corpus.found_by_block(under.kind, some, k=k, weights=weights, today=today):
            asker = comparison.question.id
            for match, tick in zip(comparison.matches(found), ticks(found.scores).tolist(), strict=True):
                rows.append(row_of(match) | {TICK: tick, LOT: lot(asker, match.id_of(under.kind.other))})
        yield rows


def _filled(corpus: Corpus, pairs: Iterable[tuple[Record, Derived]]) -> Corpus:
    for record, derived in pairs:
        corpus.put(record, derived)
    return corpus


def _unpacked(pickled: bytes) -> Any:
    return pickle.loads(pickled)  # noqa: S301 - this run's own tasks have written it


def refuse_overlaps(read: Iterable[str], written: Sequence[str]) -> None:
    """Raise UnreadableFile where what is read or written would be replaced by what is written.

    Args:
        read: whole addresses of files, folders or patterns.
        written: whole addresses of folders.
    """
    for place, path in enumerate(written):
        others = [*read, *written[:place]]
        if any(_lies_in(one, path) or _lies_in(path, one) or fnmatchcase(path, one) for one in others):
            raise UnreadableFile(f"{path}: lies in a folder of the same run, or holds one: name another")


def _lies_in(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
