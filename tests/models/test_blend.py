"""Encoders side by side."""

import numpy as np
import pytest

from matcher.core.ports import Encoder
from models.blend import Blend
from models.words import WordsEncoder
from tests.fakes import FakeEncoder

TEXTS = ["data scientist", "scientifique des données", "juriste", "", "data"]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_the_cosine_of_a_blend_is_the_weighted_sum_of_its_parts_cosines() -> None:
    parts: list[tuple[Encoder, float]] = [(FakeEncoder(), 0.6), (WordsEncoder(), 0.3), (FakeEncoder(dimension=8), 0.1)]
    rows = Blend(parts).encode(TEXTS)
    expected = sum(share * (encoded := encoder.encode(TEXTS)) @ encoded.T for encoder, share in parts)
    assert np.allclose(rows @ rows.T, expected, atol=1e-5)


def test_a_blend_says_what_it_is_made_of() -> None:
    blend = Blend([(FakeEncoder(), 0.75), (WordsEncoder(), 0.25)])
    assert blend.name == "fake + words"
    assert blend.dimension == 16 + 256
    assert blend.fingerprint == f"fake-16*0.7500+{WordsEncoder().fingerprint}*0.2500"


@pytest.mark.parametrize("shares", [(0.5, 0.4), (1.0, 0.0), (1.5, -0.5), (0.6, 0.6), ()])
def test_shares_that_are_not_positive_or_do_not_add_up_are_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="positive and add up to 1"):
        Blend([(FakeEncoder(), share) for share in shares])
