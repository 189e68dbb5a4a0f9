"""Rows a byte a coordinate: how far their inner products may lie from those of the rows themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.core.domain import Facet
from matcher.stages.index import FacetIndex, flat
from matcher.stages.index.coarse import Coarse

DIMENSIONS = (24, 8)
WIDTH = sum(DIMENSIONS) + len(DIMENSIONS)


def _rows(seed: int, count: int) -> np.ndarray:
    """Return rows as an index keeps them; some lack a facet."""
    draw = np.random.default_rng(seed)
    rows = draw.standard_normal((count, WIDTH)).astype(np.float32) ** 3
    for part, place in ((slice(0, 24), -2), (slice(24, 32), -1)):
        rows[:, part] /= np.linalg.norm(rows[:, part], axis=1, keepdims=True)
        rows[:, place] = draw.random(count) < 0.2
        rows[rows[:, place] == 1.0, part] = 0.0
    return rows


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_no_inner_product_lies_further_off_than_it_says(seed: int, count: int) -> None:
    rows, places = _rows(seed, count), np.arange(count)
    coarse = Coarse(DIMENSIONS)
    coarse.write(0, rows)
    coarse.write(count // 2, rows[:1])
    rows[count // 2] = rows[0]
    vector = (_rows(seed + 1, 1)[0] * 3).astype(np.float32)
    found, off = coarse.scores(vector, places)
    assert np.abs(found - rows.astype(np.float64) @ vector).max() <= off
    assert off < 0.1 * np.linalg.norm(vector), "a bound that tells nothing"


def test_it_goes_where_rows_are_many_enough_for_a_sieve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat, "HEADS_FROM", 8)
    index = FacetIndex({Facet.TITLE: 24, Facet.BODY: 8})
    unit = {Facet.TITLE: np.eye(24, dtype=np.float32)[3], Facet.BODY: np.eye(8, dtype=np.float32)[1]}
    query = index.query(unit, weights=dict.fromkeys(Facet, 0.5), unknown=np.zeros(2, dtype=np.float32))
    for count in range(8):
        assert index.coarse_scores(query, np.arange(count)) is not None
        index.put(f"p{count}", unit)
    assert index.coarse_scores(query, np.arange(8)) is None
