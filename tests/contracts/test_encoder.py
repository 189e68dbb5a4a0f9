"""The fake encoder keeps the promises that the real ones make."""

import numpy as np
import pytest

from matcher.core.ports import Encoder
from tests.fakes import FakeEncoder


@pytest.fixture
def encoder() -> Encoder:
    return FakeEncoder()


def test_every_row_is_a_unit_float32(encoder: Encoder) -> None:
    rows = encoder.encode(["data scientist", "", "!?", "\x00", "\ud800"])
    assert (rows.dtype.name, rows.shape) == ("float32", (5, encoder.dimension))
    assert rows.flags.c_contiguous
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_a_text_gets_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    alone = encoder.encode(["data scientist"])
    assert np.array_equal(encoder.encode(["juriste", "data scientist"])[1:], alone)


def test_words_in_common_bring_texts_closer() -> None:
    encoder = FakeEncoder(dimension=64)
    same, near, far = (
        encoder.encode(["Data Scientist", "data analyst", "juriste"]) @ encoder.encode(["data scientist"])[0]
    )
    assert same == pytest.approx(1)
    assert same > near > far


def test_the_fake_counts_what_it_has_encoded() -> None:
    encoder = FakeEncoder()
    encoder.encode(["un", "deux"])
    encoder.encode(["trois"])
    assert encoder.encoded == 3
    assert encoder.fingerprint != FakeEncoder(dimension=8).fingerprint
