"""Outlines: about what titles agree by, quickly; the same however a row was written."""

from pathlib import Path

import numpy as np
import pytest

from matcher import compiled
from matcher.core.domain import Facet
from matcher.core.ports import Vectors
from matcher.stages import index as stage
from matcher.stages.index import FacetIndex, codes, outlines
from matcher.stages.index.query import Query
from tests.stages.test_index import Doc

WIDE = {Facet.TITLE: 96, Facet.BODY: 8}
LACKING = 0.3


@pytest.fixture(autouse=True)
def compact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes from the third row on, whose heads are half as long as a vector, and two threads."""
    monkeypatch.setattr(stage, "COMPACT_FROM", 2_000)
    monkeypatch.setattr(compiled, "LONG", 100)
    monkeypatch.setattr(codes, "HEAD", 48)
    monkeypatch.setattr(codes, "MIDDLE", 16)


def documents(count: int) -> list[Doc]:
    """Titles of which some directions tell much more than others; one in nine has none."""
    draw = np.random.default_rng(5)
    titles = draw.standard_normal((count, 96)) * 0.93 ** np.arange(96)
    titles = titles @ np.linalg.qr(draw.standard_normal((96, 96)))[0]
    body = np.eye(8, dtype=np.float32)[0]
    return [
        {Facet.BODY: body} | ({Facet.TITLE: (row / np.linalg.norm(row)).astype(np.float32)} if place % 9 else {})
        for place, row in enumerate(titles)
    ]


def filled(some: list[Doc]) -> FacetIndex:
    index = FacetIndex(WIDE)
    for place, vectors in enumerate(some):
        index.put(str(place), vectors)
    return index


def question(index: FacetIndex, document: Doc) -> Query:
    weights = {Facet.TITLE: 0.5, Facet.BODY: 0.1}
    return index.query(document, weights=weights, unknown=np.array([LACKING, 0.0], dtype=np.float32))


def titles_agree(index: FacetIndex, query: Query, rows: np.ndarray) -> Vectors:
    part = index.layout.part(Facet.TITLE)
    kept, known = index.layout.split(index.values(rows))
    agree: Vectors = np.where(known[:, 0], kept[:, part] @ query.scaled.vector[part], LACKING * 0.5).astype(np.float32)
    return agree


def test_an_outline_tells_about_how_much_titles_agree() -> None:
    some = documents(2_300)
    index = filled(some)
    rows = np.arange(3, 2_300, 2)
    query = question(index, some[1])
    found, exact = index.alike(query, rows), titles_agree(index, query, rows)
    assert np.corrcoef(found, exact)[0, 1] > 0.95, "the directions along which rows differ most are the ones it holds"
    lacking = rows % 9 == 0
    assert found[lacking] == pytest.approx(exact[lacking], abs=1e-6)
    assert np.array_equal(index.alike(query, rows[:50]), found[:50]), "in one piece as in halves"


def test_an_outline_with_all_of_the_head_s_directions_is_as_exact_as_its_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlines, "CODES", 48)
    monkeypatch.setattr(codes, "MIDDLE", 48)
    some = documents(2_100)
    index = filled(some)
    query, rows = question(index, some[7]), np.arange(2_100)
    head = slice(0, 48)
    kept, known = index.layout.split(index.values(rows))
    of_heads = np.where(known[:, 0], kept[:, head] @ query.scaled.vector[head], LACKING * 0.5)
    assert np.abs(index.alike(query, rows) - of_heads).max() < 0.02


def test_a_row_has_the_same_outline_whenever_it_was_written_or_loaded(tmp_path: Path) -> None:
    some = documents(2_200)
    index = filled(some)
    for place in (5, 2_150):
        index.put(str(place), some[place + 1])
        index.remove(str(place + 20))
    index.save(tmp_path)
    loaded = FacetIndex.load(tmp_path, WIDE)
    query, rows = question(index, some[2]), np.arange(2_200)
    assert np.array_equal(loaded.alike(query, rows), index.alike(query, rows))
    assert index.alike(query, np.array([25, 2_170])).tolist() == [0.0, 0.0], "nothing is left of who was removed"


def test_floats_have_no_outlines() -> None:
    index = filled(documents(10))
    assert not index.has_outlines
    assert not index.alike(question(index, documents(3)[1]), np.arange(10)).any()
