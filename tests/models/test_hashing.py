"""Signed feature hashing: the same places and signs as scikit-learn's."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction import FeatureHasher

from models.hashing import hashed

WORDS = st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.floats(0.1, 9.0)), max_size=12)


@given(WORDS, st.sampled_from([1, 7, 256, 4096]))
def test_words_stand_where_scikit_learn_puts_them(counted: list[tuple[str, float]], buckets: int) -> None:
    expected = FeatureHasher(n_features=buckets, input_type="pair").transform([counted]).toarray()[0]
    found = hashed([word for word, _ in counted], [count for _, count in counted], buckets)
    assert np.allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("word", ["", "a", "ab", "abc", "abcd", "abcde", "développeur", "日本", "\x00"])
def test_a_word_of_any_length_stands_there_to_the_last_bit(word: str) -> None:
    expected = FeatureHasher(n_features=256, input_type="pair").transform([[(word, 1.5)]]).toarray()[0]
    assert np.array_equal(hashed([word], [1.5], 256), expected)


def test_half_of_a_character_is_no_harm() -> None:
    assert np.abs(hashed(["\ud800"], [1.0], 256)).sum() == 1.0


def test_no_words_are_no_counts() -> None:
    assert not hashed([], [], 8).any()


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same() -> None:
    """As of a user without a home, in a folder that cannot be written."""
    source = "import numba.core.caching as c; c.CacheImpl._locator_classes = []; from models import hashing"
    found = subprocess.run(
        [sys.executable, "-c", f"{source}; print(hashing.hashed(['a'], [1.0], 8).tolist())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == str(hashed(["a"], [1.0], 8).tolist())
