"""A new vocabulary changes nothing for a text that the teacher's pieces say."""

from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from models.catalogue import ALL_MINILM_L6_V2
from models.train import vocabulary
from models.train.hyperparameters import VocabularyParameters
from models.train.transplant import assemble, bert_of, transplant
from models.train.vocabulary import SPECIAL

WORDS = ("butcher", "baker", "nurse", "meat", "bread", "hospital", "doctor", "paris", "london", "worker")
PIECES = {piece: at for at, piece in enumerate((*SPECIAL, *"abcdefghijklmnopqrstuvwxyz", *WORDS, "boulanger", "##xq"))}
READS = 128
NEAREST = VocabularyParameters(neighbours=2, temperature=0.1)


@pytest.fixture(scope="module")
def teacher() -> SentenceTransformer:
    return SentenceTransformer(str(ALL_MINILM_L6_V2.path()), device="cpu")


@pytest.fixture(scope="module")
def static() -> "np.typing.NDArray[np.float32]":
    """A static model in which boulanger stands beside baker and bread, and all else apart."""
    rows = np.eye(len(PIECES), dtype=np.float32)
    rows[PIECES["boulanger"]] = 3 * rows[PIECES["baker"]] + rows[PIECES["bread"]]
    return rows


@pytest.fixture(scope="module")
def grown(static: "np.typing.NDArray[np.float32]", tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformer:
    folder = str(tmp_path_factory.mktemp("bert"))
    tokenizer = vocabulary.tokenizer(PIECES, longest_word=NEAREST.longest_word)
    changed = SentenceTransformer(str(ALL_MINILM_L6_V2.path()), device="cpu")
    bert_of(transplant(changed, tokenizer, static, NEAREST)).save_pretrained(folder)
    return assemble(folder, tokenizer, reads=READS)


def _table(model: SentenceTransformer) -> "np.typing.NDArray[np.float32]":
    rows: np.typing.NDArray[np.float32] = bert_of(model).embeddings.word_embeddings.weight.detach().numpy()
    return rows


def test_known_pieces_keep_their_vectors_exactly(teacher: SentenceTransformer, grown: SentenceTransformer) -> None:
    old = teacher.tokenizer.get_vocab()
    known = [piece for piece in PIECES if piece in old]
    assert set(WORDS) <= set(known)
    assert np.array_equal(
        _table(grown)[[PIECES[piece] for piece in known]], _table(teacher)[[old[piece] for piece in known]]
    )


def test_a_text_of_known_pieces_encodes_as_the_teacher_encodes_it(
    teacher: SentenceTransformer, grown: SentenceTransformer
) -> None:
    texts = ["butcher", "nurse hospital doctor", "Paris baker bread"]
    assert np.abs(grown.encode(texts) - teacher.encode(texts)).max() < 1e-6


def test_a_new_piece_starts_between_the_pieces_of_like_meaning(
    teacher: SentenceTransformer, grown: SentenceTransformer
) -> None:
    old, rows = teacher.tokenizer.get_vocab(), _table(teacher)
    cosines = np.array([3.0, 1.0]) / np.sqrt(10)
    weights = np.exp(cosines / NEAREST.temperature)
    expected = (weights / weights.sum()) @ rows[[old["baker"], old["bread"]]]
    assert np.abs(_table(grown)[PIECES["boulanger"]] - expected).max() < 1e-5


def test_the_normaliser_survives_saving_and_loading(grown: SentenceTransformer, tmp_path: Path) -> None:
    grown.save(str(tmp_path))
    again = SentenceTransformer(str(tmp_path), device="cpu")
    marked, plain = again.encode(["Baker (h/f/x)", "baker"])
    assert np.abs(marked - plain).max() < 1e-6
    assert again.max_seq_length == READS
