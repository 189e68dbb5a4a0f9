"""A batch by shards, in this process: what Spark does with the functions of `matcher.offline.shards`, without it."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from matcher.core.domain import Kind, Outcome, Record, kind_of
from matcher.core.ports import Encoders, Prose
from matcher.core.scoring import Weights
from matcher.derive import Deriver
from matcher.engine import Matcher
from matcher.offline import shards
from matcher.offline.batch import Row
from matcher.offline.shards import LOT, TICK, Line, Under
from matcher.records import serialise
from tests.engines import KNOWN, TODAY, in_memory
from tests.fakes import FakeEncoder, FakeTerms

ENCODERS = Encoders(FakeEncoder(), FakeEncoder(name="skills"), FakeEncoder(name="body"), Prose(FakeTerms(), 0.5))


@cache
def deriver() -> Deriver:
    return Deriver(ENCODERS, thesaurus=KNOWN, store=None)


def one_machine(folder: Path, records: Sequence[Record], *, today: date = TODAY) -> Matcher:
    matcher = in_memory(folder=folder, encoders=ENCODERS, today=today)
    matcher.put(records)
    return matcher


def lines_of(records: Iterable[Record], *, path: str = "file:/forum/records.jsonl") -> list[Line]:
    return [(path, 0, serialise(record)) for record in records]


def made(lines: Iterable[Line], kind: Kind, *, count: int) -> tuple[list[list[bytes]], list[bytes]]:
    """Each shard's records, and what each tells."""
    ordered = sorted((each for each in shards.parse(lines, kind=kind) if each.id), key=lambda each: (each.id, each[:3]))
    sides: list[list[tuple[str, bytes]]] = [[] for _ in range(count)]
    for each in ordered:
        sides[zlib.crc32((each.id or "").encode()) % count].append((each.id or "", each.record or b""))
    every = [[*shards.make(side, kind=kind, deriver=deriver())] for side in sides]
    return (
        [[each.records for each in shard if each.records] for shard in every],
        [each.told for shard in every for each in shard if each.told],
    )


def matched(
    records: Sequence[Record], kind: Kind, *, k: int, count: int, carried: Kind
) -> tuple[list[Row], Mapping[Outcome, int]]:
    """The rows of the batch, its sides cut into so many shards, one side carried to all shards of the other."""
    sides, totals, outcomes = {}, {}, Counter[Outcome]()
    for each in Kind:
        sides[each], told = made(lines_of(r for r in records if kind_of(r) is each), each, count=count)
        counted, totals[each] = shards.whole(told)
        outcomes.update(counted)
    under = Under(kind, k, Weights(), TODAY)
    others = [piece for shard in sides[carried] for piece in shard]
    blocks = (
        shards.answers(shard, others=others, totals=totals, under=under, deriver=deriver())
        for shard in sides[carried.other]
    )
    return best((row for shard in blocks for block in shard for row in block), kind, k=k), outcomes


def best(rows: Iterable[Row], kind: Kind, *, k: int) -> list[Row]:
    """The k best of each document that asks, as the window of `matcher.offline.spark` picks them."""
    asker = itemgetter(f"{kind}_id")
    ordered = sorted(rows, key=lambda row: (asker(row), -int(row[TICK]), row[LOT]))
    return [
        {name: value for name, value in row.items() if name not in {TICK, LOT}} | {"rank": rank}
        for _, group in groupby(ordered, key=asker)
        for rank, row in enumerate([*group][:k], start=1)
    ]
