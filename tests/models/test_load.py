"""The one door to the models."""

import subprocess
import sys

import pytest

from models import DEFAULT_WORDS_SHARE, load
from models.blend import Blend
from models.sentence import SentenceEncoder
from models.words import WordsEncoder

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn", "scipy", "faiss", "huggingface_hub")


def test_the_default_is_meaning_beside_exact_words() -> None:
    encoder = load()
    assert isinstance(encoder, Blend)
    assert encoder.name == "all-MiniLM-L6-v2 + words"
    assert encoder.dimension == 384 + 256
    assert encoder.fingerprint.endswith(f"*{DEFAULT_WORDS_SHARE:.4f}")


def test_a_share_of_nothing_or_of_everything_is_one_encoder_alone() -> None:
    assert isinstance(load(words_share=0), SentenceEncoder)
    assert isinstance(load("whatever", words_share=1), WordsEncoder)


def test_another_share_is_another_fingerprint() -> None:
    assert load(words_share=0.5).fingerprint != load(words_share=0.4).fingerprint


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_share_out_of_bounds_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        load(words_share=share)


def test_loading_costs_nothing_before_the_first_text() -> None:
    program = "import sys, models; models.load().encode([]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not set(HEAVY) & set(done.stdout.split())
