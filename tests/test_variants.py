"""The variants of every posting, kept as postings come and go."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import variants
from matcher.core.domain import Kind, Location, Posting, PostingId
from matcher.core.pages import NOTHING, Seen, lot
from matcher.core.traits import Rows
from matcher.corpus import Corpus
from matcher.offline.demo import forum
from matcher.stages.index import Ids
from matcher.variants import ranked_below, same_among
from tests.test_corpus import DERIVE, TODAY, corpus_of, load

POSTINGS = forum(postings=12, profiles=0, today=TODAY).postings
PLACES = ((), (Location(department="35"),), (Location(department="29"),))


def _known(corpus: Corpus) -> dict[str, set[str]]:
    side = corpus.sides[Kind.POSTING]
    ids = side.index.ids
    return {
        ids[row] or "": {ids[other] or "" for other in others} for row, others in (side.known_variants() or {}).items()
    }


def _found(corpus: Corpus) -> dict[str, set[str]]:
    """What comparing all with all finds."""
    side = corpus.sides[Kind.POSTING]
    ids = side.index.ids
    rows: Rows = np.array([row for row in range(side.index.rows) if ids[row] is not None], dtype=np.int64)
    found: dict[str, set[str]] = {}
    for one, other in rows[np.argwhere(same_among(side.index, side.traits, rows))].tolist() if len(rows) else ():
        found.setdefault(ids[one] or "", set()).add(ids[other] or "")
    return found


edits = st.tuples(st.integers(0, 15), st.none() | st.tuples(st.integers(0, 3), st.sampled_from(PLACES)))
"""The number of a posting, and what is published under it; None takes it away."""


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(edits, max_size=9), max_size=4), st.sampled_from([2, 200]))
def test_what_is_known_is_what_comparing_all_would_find(
    writes: list[list[tuple[int, tuple[int, tuple[Location, ...]] | None]]], together: int
) -> None:
    corpus = corpus_of([])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variants, "TOGETHER", together)
        patch.setattr(variants, "OTHERS", together)
        for some in writes:
            for number, edit in some:
                if edit is None:
                    corpus.remove(Kind.POSTING, f"p{number}")
                else:
                    text, places = edit
                    posting = replace(POSTINGS[text], id=PostingId(f"p{number}"), locations=places)
                    corpus.put(posting, DERIVE(posting))
            assert _known(corpus) == _found(corpus)


def _twins() -> list[Posting]:
    return [replace(POSTINGS[0], id=PostingId(name)) for name in "ab"]


def test_a_snapshot_has_what_was_known(tmp_path: Path) -> None:
    corpus = corpus_of(_twins())
    corpus.save(tmp_path)
    assert _known(load(tmp_path)) == _known(corpus) == {"a": {"b"}, "b": {"a"}}


def test_where_there_are_too_many_nothing_is_known_until_there_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(_twins())
    assert _known(corpus)
    monkeypatch.setattr(variants, "MOST_KNOWN", 1)
    assert corpus.sides[Kind.POSTING].known_variants() is None
    monkeypatch.undo()
    assert _known(corpus) == {"a": {"b"}, "b": {"a"}}


def test_a_variant_of_two_belongs_to_the_first_and_none_has_a_place_already() -> None:
    known = {1: {2, 3, 9}, 2: {1, 4}, 3: {1, 4}, 4: {2, 3}, 9: {1}}
    ids: Ids = [f"p{row}" for row in range(10)]
    among = np.array([1, 2, 3, 4])
    below = ranked_below([1, 4], known, among=among, looked_at=[1, 4], ids=ids, seen=NOTHING)
    assert below == [[2, 3], []]
    seen = Seen((lot("", "p2"),))
    below = ranked_below([4, 1], known, among=among, looked_at=[4, 1], ids=ids, seen=seen)
    assert below == [[3], []]
