"""A text's telling words as whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.terms import BUCKETS, HEAVIEST, STEMS, WEIGHT_BITS, terms_of

counted = st.dictionaries(st.integers(0, BUCKETS - 1), st.floats(1e-3, 1e3), min_size=1, max_size=2 * STEMS)


@given(counted)
def test_the_weightiest_are_kept_in_order_each_once(weights: dict[int, float]) -> None:
    terms = terms_of(weights)
    kept = terms[terms > 0]
    assert terms.shape == (STEMS,)
    assert terms.dtype == np.uint16
    assert len(kept) == min(len(weights), STEMS)
    assert np.array_equal(terms[: len(kept)], kept), "what is empty stands behind"
    buckets = (kept >> WEIGHT_BITS).tolist()
    assert buckets == sorted({*buckets}, reverse=True)
    left_out = [weight for bucket, weight in weights.items() if bucket not in buckets]
    assert max(left_out, default=0.0) <= min(weights[bucket] for bucket in buckets)


@given(counted, st.integers(-20, 20))
def test_only_what_weights_are_beside_each_other_counts(weights: dict[int, float], scale: int) -> None:
    scaled = {bucket: weight * 2.0**scale for bucket, weight in reversed(weights.items())}
    assert np.array_equal(terms_of(weights), terms_of(scaled))


def test_a_weight_is_in_steps_of_the_heaviest_and_never_nothing() -> None:
    found = terms_of({0: 7.0, 5: 3.6, 9: 0.01})
    assert found[found > 0].tolist() == [9 * 8 + 1, 5 * 8 + 4, HEAVIEST]


def test_a_text_without_a_stem_is_refused() -> None:
    with pytest.raises(ValueError, match="without a stem"):
        terms_of({})
