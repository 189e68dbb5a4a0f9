"""Proves that what is derived agrees with the database: index, traits and full-text rows, document by document."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matcher.comparison import Side
from matcher.core.domain import Facet, FacetTexts, Kind, Record
from matcher.core.ports import Store, Vectors
from matcher.core.terms import Terms
from matcher.core.traits import TraitTable
from matcher.corpus import Corpus, Derived
from matcher.stages import text
from matcher.stages.embed import digest

TOLERANCE = 1e-4
"""Of a vector's coordinate: a text encoded in another batch may differ in the last bits."""
NAMED = 5
"""How many ids a problem names before it counts the rest."""

DerivedOf = Callable[[Sequence[Record]], list[Derived]]
TextsOf = Callable[[Record], FacetTexts]
NameOf = Callable[[Kind, str], str]
Found = dict[str, list[str]]
"""The ids of those that something is wrong with, by what that is."""


def compare(
    store: Store,
    corpus: Corpus,
    *,
    derived: DerivedOf,
    texts: TextsOf,
    models: Mapping[Facet, str],
    named: NameOf = lambda _, id_: id_,
) -> list[str]:
    """Return a sentence for each way in which the derived state differs from the database.

    Args:
        store: the truth.
        corpus: what was derived from it; must have followed the log to its end.
        derived: what the corpus takes of stored records.
        texts: the facet texts of one.
        models: the fingerprint of each facet's encoder.
        named: what a document is called in a sentence.
    """
    problems = []
    for kind in Kind:
        found = _index(store, corpus, kind, derived)
        found |= _full_text(store, kind)
        found |= _stored_vectors(store, kind, texts, models)
        problems += _problems(kind, found, named)
    return problems


def _index(store: Store, corpus: Corpus, kind: Kind, derived: DerivedOf) -> Found:
    side = corpus.sides[kind]
    seen: set[str] = set()
    missing: list[str] = []
    vectors_differ: list[str] = []
    terms_differ: list[str] = []
    skills_differ: list[str] = []
    traits_differ: list[str] = []
    for records in store.scan(kind):
        for record, expected in zip(records, derived(records), strict=True):
            seen.add(record.id)
            row = side.index.row(record.id)
            if row is None:
                missing.append(record.id)
                continue
            vectors, terms, skills = corpus.derived(kind, row)
            if not _same_vectors(vectors, expected.vectors, within=side.index.precision):
                vectors_differ.append(record.id)
            if not _same_terms(terms, expected.terms):
                terms_differ.append(record.id)
            if skills != [(skill.name, skill.share) for skill in expected.skills]:
                skills_differ.append(record.id)
            if not _same_traits(side, row, record):
                traits_differ.append(record.id)
    extra = [name for name in side.index.ids if name is not None and name not in seen]
    return {
        "in the database but not in the index": missing,
        "in the index but not in the database": extra,
        "with other vectors in the index": vectors_differ,
        "with other terms in the index": terms_differ,
        "with other skills in the index": skills_differ,
        "with other traits in the index": traits_differ,
    }


def _full_text(store: Store, kind: Kind) -> Found:
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
    return {
        "without a full-text row": missing,
        "with another full-text row than its record's": differ,
        "with a full-text row but no record": list(rows),
    }


def _stored_vectors(store: Store, kind: Kind, texts_of: TextsOf, models: Mapping[Facet, str]) -> Found:
    """Check the rows themselves: the index and this process's memory may hold what the database has lost."""
    lost: set[str] = set()
    for records in store.scan(kind):
        texts = {record.id: texts_of(record) for record in records}
        for facet, model in models.items():
            wanted = {name: [digest(part.text) for part in parts.get(facet, ())] for name, parts in texts.items()}
            stored = store.vectors([key for keys in wanted.values() for key in keys], model=model)
            whole = {key for key, vector in stored.items() if abs(float(vector @ vector) - 1.0) < TOLERANCE}
            lost.update(name for name, keys in wanted.items() if not whole.issuperset(keys))
    return {"with a vector that is missing or damaged in the database": [*lost]}


def _same_vectors(one: Mapping[Facet, Vectors], other: Mapping[Facet, Vectors], *, within: float) -> bool:
    return one.keys() == other.keys() and all(np.allclose(one[facet], other[facet], atol=within) for facet in one)


def _same_terms(one: Terms | None, other: Terms | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


def _same_traits(side: Side, row: int, record: Record) -> bool:
    fresh = TraitTable(capacity=1)
    fresh.put(0, record)
    one, other = side.traits.one(row)._asdict(), fresh.one(0)._asdict()
    # Each table numbers organisations in its own way: compare the names.
    del one["organisation"], other["organisation"]
    same = all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)
    return (
        same
        and bool(side.traits.alive[row])
        and side.traits.organisation_of(row) == fresh.organisation_of(0)
        and side.traits.hides(row) == fresh.hides(0)
    )


def _problems(kind: Kind, found: Found, named: NameOf) -> list[str]:
    """Name the first only: a list of a million helps nobody."""
    sentences = []
    for what, ids in found.items():
        if ids:
            more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
            names = ", ".join(named(kind, id_) for id_ in sorted(ids)[:NAMED])
            sentences.append(f"{len(ids)} {kind}(s) {what}: {names}{more}")
    return sentences
