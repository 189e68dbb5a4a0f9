"""Proves that what is derived agrees with the database: index, traits and full-text rows, document by document."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matcher.core.domain import Facet, Kind, Record
from matcher.core.ports import Store, Vectors
from matcher.core.traits import TraitTable
from matcher.corpus import Corpus, Side
from matcher.stages import text
from matcher.stages.embed import digest

TOLERANCE = 1e-4
"""Of a vector's coordinate: a text encoded in another batch may differ in the last bits."""
NAMED = 5
"""How many ids a problem names before it counts the rest."""

VectorsOf = Callable[[Sequence[Record]], list[dict[Facet, Vectors]]]


def compare(store: Store, corpus: Corpus, *, vectors_of: VectorsOf, models: Mapping[Facet, str]) -> list[str]:
    """Return a sentence for each way in which the derived state differs from the database.

    Args:
        store: the truth.
        corpus: what was derived from it; must have followed the log to its end.
        vectors_of: the facet vectors of stored records.
        models: the fingerprint of each facet's encoder.
    """
    problems = []
    for kind in Kind:
        problems += _index(store, corpus.sides[kind], kind, vectors_of)
        problems += _full_text(store, kind)
        problems += _stored_vectors(store, kind, models)
    return problems


def _index(store: Store, side: Side, kind: Kind, vectors_of: VectorsOf) -> list[str]:
    seen: set[str] = set()
    missing: list[str] = []
    vectors_differ: list[str] = []
    traits_differ: list[str] = []
    for records in store.scan(kind):
        for record, vectors in zip(records, vectors_of(records), strict=True):
            seen.add(record.id)
            row = side.index.row(record.id)
            if row is None:
                missing.append(record.id)
                continue
            if not _same_vectors(side.index.facet_vectors(row), vectors):
                vectors_differ.append(record.id)
            if not _same_traits(side, row, record):
                traits_differ.append(record.id)
    extra = [name for name in side.index.ids if name is not None and name not in seen]
    return _problems(
        kind,
        {
            "in the database but not in the index": missing,
            "in the index but not in the database": extra,
            "with other vectors in the index": vectors_differ,
            "with other traits in the index": traits_differ,
        },
    )


def _full_text(store: Store, kind: Kind) -> list[str]:
    rows = {name: words for batch in store.full_text(kind) for name, words in batch}
    missing: list[str] = []
    differ: list[str] = []
    for records in store.scan(kind):
        for record in records:
            found = dict(rows.pop(record.id, {}))
            expected = {facet: words for facet, words in text.full_text(record).items() if words}
            if expected and not found:
                missing.append(record.id)
            elif found != expected:
                differ.append(record.id)
    return _problems(
        kind,
        {
            "without a full-text row": missing,
            "with another full-text row than its record's": differ,
            "with a full-text row but no record": list(rows),
        },
    )


def _stored_vectors(store: Store, kind: Kind, models: Mapping[Facet, str]) -> list[str]:
    """Check the rows themselves: the index and this process's memory may hold what the database has lost."""
    lost: set[str] = set()
    for records in store.scan(kind):
        texts = {record.id: text.facet_texts(record) for record in records}
        for facet, model in models.items():
            wanted = {name: [digest(part.text) for part in parts.get(facet, ())] for name, parts in texts.items()}
            stored = store.vectors([key for keys in wanted.values() for key in keys], model=model)
            whole = {key for key, vector in stored.items() if abs(float(vector @ vector) - 1.0) < TOLERANCE}
            lost.update(name for name, keys in wanted.items() if not whole.issuperset(keys))
    return _problems(kind, {"with a vector that is missing or damaged in the database": [*lost]})


def _same_vectors(one: dict[Facet, Vectors], other: dict[Facet, Vectors]) -> bool:
    return one.keys() == other.keys() and all(np.allclose(one[facet], other[facet], atol=TOLERANCE) for facet in one)


def _same_traits(side: Side, row: int, record: Record) -> bool:
    fresh = TraitTable(capacity=1)
    fresh.put(0, record)
    one, other = dataclasses.asdict(side.traits.one(row)), dataclasses.asdict(fresh.one(0))
    # Each table numbers organisations in its own way: compare the names.
    del one["organisation"], other["organisation"]
    same = all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)
    return (
        same
        and bool(side.traits.alive[row])
        and side.traits.organisation_of(row) == fresh.organisation_of(0)
        and side.traits.hides(row) == fresh.hides(0)
    )


def _problems(kind: Kind, found: dict[str, list[str]]) -> list[str]:
    """Name the first ids only: a list of a million helps nobody. Ids are the operator's own keys, not content."""
    sentences = []
    for what, ids in found.items():
        if ids:
            more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
            sentences.append(f"{len(ids)} {kind}(s) {what}: {', '.join(sorted(ids)[:NAMED])}{more}")
    return sentences
