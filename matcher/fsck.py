"""Proves that what is derived agrees with the database: index, traits and full-text rows, document by document.

And that nothing was recorded about who is not there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from matcher.comparison import Side
from matcher.core.domain import FacetTexts, Kind, Record
from matcher.core.skills import Anchors
from matcher.core.storing import Store
from matcher.core.terms import Terms
from matcher.core.traits import Rows, TraitTable
from matcher.corpus import Corpus, Derived
from matcher.derive import Deriver
from matcher.stages.embed import digest, whole

NAMED = 5
"""How many ids a problem names before it counts the rest."""

NameOf = Callable[[Kind, str], str]
Found = dict[str, list[str]]
"""The ids of those that something is wrong with, by what that is."""


def compare(
    store: Store,
    corpus: Corpus,
    deriver: Deriver,
    *,
    named: NameOf = lambda _, id_: id_,
    processes: int = 1,
) -> list[str]:
    """Return a sentence for each way in which the derived state differs from the database.

    Args:
        store: the truth.
        corpus: what was derived from it; must have followed the log to its end.
        deriver: derives it again; adds nothing to the store.
        named: what a document is called in a sentence.
        processes: in how many the texts are made.
    """
    problems = []
    for kind in Kind:
        index, words = _Index(corpus, kind), _Words(store.full_text(kind))
        lost: list[str] = []
        for records, made in deriver.all_made(store.scan(kind), words=True, processes=processes):
            index.take(records, made.derived)
            words.take({record.id: reading.full_text for record, reading in zip(records, made.readings, strict=True)})
            lost += _lost(store, records, [reading.texts for reading in made.readings], deriver)
        found = index.found() | words.found() | {"with a vector that is missing or damaged in the database": lost}
        found["with feedback but no record"] = store.feedback.orphans(kind)
        problems += _problems(kind, found, named)
    return problems


class _Index:
    """What an index and its companions hold of a kind, beside what they should."""

    def __init__(self, corpus: Corpus, kind: Kind) -> None:
        self._corpus, self._kind, self._side = corpus, kind, corpus.sides[kind]
        self._seen = np.zeros(self._side.index.rows, dtype=np.bool_)
        self._missing: list[str] = []
        self._differ: dict[str, list[str]] = {"vectors": [], "terms": [], "skills": [], "traits": []}

    def take(self, records: Sequence[Record], derived: Sequence[Derived]) -> None:
        """Compare what is held of some records with what is derived of them."""
        rows = [self._side.index.row(record.id) for record in records]
        self._missing += [record.id for record, row in zip(records, rows, strict=True) if row is None]
        held = [(row, record, one) for row, record, one in zip(rows, records, derived, strict=True) if row is not None]
        if not held:
            return
        places = np.array([row for row, _, _ in held])
        self._seen[places] = True
        same = {
            "vectors": self._side.index.holds(places, [one.vectors for _, _, one in held]),
            "terms": [_same_terms(self._side.index.terms(row), one.terms) for row, _, one in held],
            "skills": [
                self._corpus.skills(self._kind, row) == [(skill.name, skill.share) for skill in one.skills]
                and _same_anchors(self._side.skills.anchors(row), one.anchors)
                for row, _, one in held
            ],
            "traits": _same_traits(self._side, places, [record for _, record, _ in held]),
        }
        for what, are in same.items():
            self._differ[what] += [record.id for (_, record, _), is_same in zip(held, are, strict=True) if not is_same]

    def found(self) -> Found:
        """Return what is wrong, when all records have been taken."""
        extra = [name for row, name in enumerate(self._side.index.ids) if name is not None and not self._seen[row]]
        return {
            "in the database but not in the index": self._missing,
            "in the index but not in the database": extra,
            **{f"with other {what} in the index": ids for what, ids in self._differ.items()},
        }


class _Words:
    """The full-text rows of a kind, beside what they should be.

    Rows and records come by ascending id, but not always together: one that lacks the other waits for it.
    """

    def __init__(self, batches: Iterator[list[tuple[str, Mapping[str, str]]]]) -> None:
        self._batches = batches
        self._rows: dict[str, Mapping[str, str]] = {}
        self._expected: dict[str, Mapping[str, str]] = {}
        self._missing: list[str] = []
        self._differ: list[str] = []

    def take(self, expected: Mapping[str, Mapping[str, str]]) -> None:
        """Compare the rows of some records, by id, with what is derived of them."""
        self._expected.update(expected)
        self._rows.update(next(self._batches, ()))
        for name in self._expected.keys() & self._rows.keys():
            self._compare(name, self._expected.pop(name), self._rows.pop(name))

    def found(self) -> Found:
        """Return what is wrong, when all records have been taken."""
        for batch in self._batches:
            self._rows.update(batch)
        for name, expected in self._expected.items():
            self._compare(name, expected, self._rows.pop(name, {}))
        return {
            "without a full-text row": self._missing,
            "with another full-text row than its record's": self._differ,
            "with a full-text row but no record": [*self._rows],
        }

    def _compare(self, name: str, expected: Mapping[str, str], row: Mapping[str, str]) -> None:
        words = {facet: text for facet, text in expected.items() if text}
        if words and not row:
            self._missing.append(name)
        elif words != row:
            self._differ.append(name)


def _lost(store: Store, records: Sequence[Record], texts: Sequence[FacetTexts], deriver: Deriver) -> list[str]:
    """Check the rows themselves: the index and this process's memory may hold what the database has lost."""
    lost: set[int] = set()
    for facet, model in deriver.models.items():
        wanted = [[digest(part.text) for part in parts.get(facet, ())] for parts in texts]
        stored = store.vectors([key for keys in wanted for key in keys], model=model)
        found = whole(stored, dimension=deriver.dimensions[facet]).keys()
        lost.update(place for place, keys in enumerate(wanted) if not found >= {*keys})
    return [records[place].id for place in sorted(lost)]


def _same_terms(one: Terms | None, other: Terms | None) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


def _same_anchors(one: Anchors | None, other: Anchors | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.digest == other.digest and np.array_equal(one.spans, other.spans)


def _same_traits(side: Side, rows: Rows, records: Sequence[Record]) -> list[bool]:
    fresh = TraitTable(capacity=len(records))
    for place, record in enumerate(records):
        fresh.put(place, record)
    one, other = side.traits.columns(rows), fresh.columns(np.arange(len(records)))
    # Each table numbers organisations in its own way: compare the names.
    del one["organisation"], other["organisation"]
    same = np.ones(len(records), dtype=np.bool_)
    for name, column in one.items():
        same &= (column == other[name]) | ((column != column) & (other[name] != other[name]))  # noqa: PLR0124 - not numbers
    return [
        bool(is_same)
        and side.traits.organisation_of(row) == fresh.organisation_of(place)
        and side.traits.hides(row) == fresh.hides(place)
        for place, (row, is_same) in enumerate(zip(rows.tolist(), same, strict=True))
    ]


def _problems(kind: Kind, found: Found, named: NameOf) -> list[str]:
    """Name the first only: a list of a million helps nobody."""
    sentences = []
    for what, ids in found.items():
        if ids:
            more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
            names = ", ".join(named(kind, id_) for id_ in sorted(ids)[:NAMED])
            sentences.append(f"{len(ids)} {kind}(s) {what}: {names}{more}")
    return sentences
