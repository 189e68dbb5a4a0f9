"""A few steps of each training do what they are for."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from matcher.core.ports import Vectors
from models.train import contextual, joint, static, vocabulary
from models.train.hyperparameters import ContextualParameters, JointParameters, StaticParameters
from models.train.pairs import Pair
from models.train.vocabulary import SPECIAL

WORDS = "boucher butcher boulanger baker infirmier nurse jardinier gardener avocat lawyer plombier plumber".split()
READS = 128
TRANSLATIONS: list[Pair] = list(zip(WORDS[::2], WORDS[1::2], strict=True))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return vocabulary.tokenizer({piece: at for at, piece in enumerate((*SPECIAL, *WORDS))}, longest_word=60)


def test_static_training_puts_a_word_beside_its_translation(tokenizer: Tokenizer, tmp_path: Path) -> None:
    parameters = StaticParameters(dimension=16, batch=len(TRANSLATIONS), learning_rate=0.1, warmup=0.0)
    model = static.train(tokenizer, TRANSLATIONS * 40, parameters, seed=1, work=tmp_path)
    french, english = (
        model.encode([pair[side] for pair in TRANSLATIONS], normalize_embeddings=True) for side in (0, 1)
    )
    cosines = french @ english.T
    assert np.array_equal(cosines.argmax(axis=1), np.arange(len(TRANSLATIONS)))
    assert cosines.diagonal().min() > 0.3 > cosines[~np.eye(len(cosines), dtype=bool)].mean()


def test_joint_training_finds_the_coordinates_that_tell(tmp_path: Path) -> None:
    """A word and its translation share four coordinates, and differ by chance in twelve others."""
    random = np.random.default_rng(0)
    shared = np.repeat(random.normal(size=(len(TRANSLATIONS), 4)), 2, axis=0)
    rows = np.hstack([shared, random.normal(size=(len(WORDS), 12))]).astype(np.float32)

    def cosines(turned: Vectors) -> Vectors:
        unit = turned / np.linalg.norm(turned, axis=1, keepdims=True)
        found: Vectors = unit[::2] @ unit[1::2].T
        return found

    def encode(texts: Sequence[str]) -> Vectors:
        return rows[[WORDS.index(text) for text in texts]]

    parameters = JointParameters(batch=len(TRANSLATIONS), learning_rate=0.05)
    dense = joint.train(encode, TRANSLATIONS * 60, parameters, seed=1, work=tmp_path)
    joint.save(dense, tmp_path / "joint")
    weights = load_file(tmp_path / "joint" / "model.safetensors")["linear.weight"]
    assert (cosines(rows).argmax(axis=1) != np.arange(len(TRANSLATIONS))).any()
    assert (cosines(rows + rows @ weights.T).argmax(axis=1) == np.arange(len(TRANSLATIONS))).all()


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_static_training_is_the_same_for_one_seed(tokenizer: Tokenizer, tmp_path: Path) -> None:
    parameters = StaticParameters(dimension=8, batch=3)
    one, again, other = (
        static.train(tokenizer, TRANSLATIONS * 3, parameters, seed=seed, work=tmp_path).encode(WORDS)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.allclose(one, other)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_contextual_training_goes_on_from_its_last_checkpoint(tokenizer: Tokenizer, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel

    from models.train.transplant import assemble

    folder = str(tmp_path / "bert")
    BertModel(
        BertConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            max_position_embeddings=READS,
        )
    ).save_pretrained(folder)
    start, work = str(tmp_path / "start"), tmp_path / "work"
    assemble(folder, tokenizer, reads=READS).save(start)

    def trained() -> SentenceTransformer:
        parameters = ContextualParameters(batch=6, longest=8, checkpoint_steps=1)
        model = SentenceTransformer(start, device="cpu")
        return contextual.train(model, TRANSLATIONS * 3, TRANSLATIONS, parameters, seed=1, work=work)

    whole = trained()
    assert whole.max_seq_length == READS
    cut_off = sorted(work.glob("checkpoint-*"))
    assert [path.name for path in cut_off] == [f"checkpoint-{step}" for step in (1, 2, 3, 4)]
    # As kill -9 leaves them: one before its weights, one in the middle of the trainer's state, which is written last.
    (cut_off[3] / "trainer_state.json").unlink()
    (cut_off[3] / "model.safetensors").unlink()
    os.truncate(cut_off[2] / "trainer_state.json", 100)
    os.truncate(cut_off[2] / "optimizer.pt", 100)
    assert np.array_equal(trained().encode(WORDS), whole.encode(WORDS))
    assert not np.allclose(whole.encode(WORDS), SentenceTransformer(start, device="cpu").encode(WORDS), atol=1e-4)
