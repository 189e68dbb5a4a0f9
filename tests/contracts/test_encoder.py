"""What every encoder promises: the fake in the tests, exact words, the packaged model, and their blend."""

import numpy as np
import pytest

from matcher.core.ports import Encoder
from models import load
from models.words import WordsEncoder
from tests.fakes import FakeEncoder
from tests.models.packaged import packaged

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads it, under `--dist loadgroup`

TEXTS = ["data scientist", "", "!?", "\x00", "\ud800", "Développeuse C++ 🐍", "de la", "mot " * 2000]


@pytest.fixture(params=[FakeEncoder, WordsEncoder, packaged, load], ids=["fake", "words", "packaged", "default"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Every implementation of the port in turn."""
    made: Encoder = request.param()
    return made


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_every_row_is_a_finite_unit_float32(encoder: Encoder) -> None:
    rows = encoder.encode(TEXTS)
    assert (rows.dtype.name, rows.shape) == ("float32", (len(TEXTS), encoder.dimension))
    assert rows.flags.c_contiguous
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_row(encoder: Encoder) -> None:
    rows = encoder.encode([])
    assert (rows.dtype.name, rows.shape) == ("float32", (0, encoder.dimension))


def test_a_text_gets_the_same_vector_alone_and_in_company(encoder: Encoder) -> None:
    alone = encoder.encode(["data scientist"])
    together = encoder.encode(["juriste", "data scientist", "architecte technique des systèmes d'information"])
    assert np.allclose(together[1:2], alone, atol=1e-5)


def test_rows_come_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["un", "deux mots", "trois mots ici"]
    assert np.allclose(encoder.encode(texts)[::-1], encoder.encode(texts[::-1]), atol=1e-5)


def test_words_in_common_bring_texts_closer(encoder: Encoder) -> None:
    texts = ["data scientist", "data scientist senior", "pâtissier"]
    itself, near, far = encoder.encode(texts) @ encoder.encode(texts[:1])[0]
    assert itself == pytest.approx(1, abs=1e-5)
    assert itself > near > far


def test_an_encoder_says_who_it_is(encoder: Encoder) -> None:
    assert encoder.name
    assert encoder.fingerprint
    assert encoder.dimension > 0


def test_encoders_that_differ_have_different_fingerprints() -> None:
    encoders: list[Encoder] = [FakeEncoder(), FakeEncoder(dimension=8), WordsEncoder(), packaged(), load()]
    assert len({encoder.fingerprint for encoder in encoders}) == len(encoders)


def test_the_fake_counts_what_it_has_encoded() -> None:
    encoder = FakeEncoder()
    encoder.encode(["un", "deux"])
    encoder.encode(["trois"])
    assert encoder.encoded == 3
