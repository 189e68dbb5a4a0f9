"""What encoders and the linker are given: lists of texts, whatever holds them, and never one text."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from matcher.core.ports import Encoder, Vectors
from matcher.stages.text import neutral
from models import load, load_titles
from models.blend import Blend
from models.catalogue import STATIC
from models.gender_neutral import GenderNeutral
from models.linker import Linker
from models.words import WordsEncoder
from tests.fakes import FakeEncoder
from tests.models.packaged import packaged

pytestmark = pytest.mark.xdist_group("packaged model")  # one process loads it, under `--dist loadgroup`

TEXTS = ["développeur web", "comptable", "développeur web", "(h/f)"]


@pytest.fixture(params=["static", "contextual", "joint", "words", "static*2+words*1", None, "titles", "packaged"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    """Every kind of encoder in turn."""
    others = {"titles": load_titles, "packaged": packaged}
    return others[request.param]() if request.param in others else load(request.param)


@pytest.mark.parametrize(
    "held",
    [tuple, np.array, dict.fromkeys, iter, lambda texts: np.array(texts, dtype=object)],
    ids=["tuple", "array", "keys", "iterator", "array of objects"],
)
def test_any_sequence_of_texts_gives_the_rows_of_a_list(encoder: Encoder, held: Any) -> None:
    different = list(dict.fromkeys(TEXTS))
    assert np.array_equal(encoder.encode(held(different)), encoder.encode(different))


@pytest.mark.parametrize("texts", ["développeur", "", b"web", None, 3, [None], ["web", 3], np.array([["a"], ["b"]])])
def test_what_is_no_list_of_texts_is_refused_by_what_it_is(encoder: Encoder, texts: Any) -> None:
    with pytest.raises(TypeError, match="a list of texts is asked for"):
        encoder.encode(texts)


def test_the_linker_takes_texts_as_encoders_do() -> None:
    linking = Linker([], encoder=FakeEncoder(), neutral=neutral, calibration=None)
    assert linking.link(("boulanger", "notaire")) == linking.link(np.array(["boulanger", "notaire"])) == [[], []]  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not one text"):
        linking.link("boulanger")


class _Seen(FakeEncoder):
    """Remembers what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return super().encode(texts)


def test_equal_texts_are_encoded_once_and_each_has_its_row() -> None:
    inner = _Seen()
    rows = GenderNeutral(Blend([(inner, 1.0)])).encode(["Boulanger", "Notaire", "Boulangère (H/F)", "Notaire"])
    assert len(inner.texts) == 2
    assert np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[1], rows[3])
    assert not np.array_equal(rows[0], rows[1])


@pytest.mark.parametrize("recipe", ["contextual", "joint", None])
def test_a_text_that_stands_there_several_times_has_the_row_that_it_has_alone(recipe: str | None) -> None:
    encoder = load(recipe)
    rows = encoder.encode(TEXTS)
    for text, row in zip(TEXTS, rows, strict=True):
        assert np.array_equal(encoder.encode([text])[0], row)


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\ufeff"])
@pytest.mark.parametrize("recipe", ["static", "contextual", "words", None])
def test_a_sign_of_no_width_in_a_word_does_not_count(recipe: str | None, sign: str) -> None:
    one, other = load(recipe).encode([f"dév{sign}eloppeur web", "développeur web"])
    assert np.allclose(one, other, atol=1e-6)


def test_a_text_in_which_a_model_reads_nothing_has_a_row_of_length_1() -> None:
    rows = load(str(STATIC.path())).encode(["", "(h/f)", "  ", "comptable"])
    assert np.abs(np.linalg.norm(rows, axis=1) - 1).max() < 1e-6
    assert np.array_equal(rows[0], rows[1])
    assert WordsEncoder().encode([""]).any()
