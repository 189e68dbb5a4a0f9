"""Train the matrix that turns both models' vectors together; the models stay as they are.

A text is its two vectors side by side, which are computed once: a table with a row a text stands in the place of the
models, and training takes a minute.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from matcher.core.ports import Vectors
from models.train.fit import fit
from models.train.hyperparameters import JointParameters
from models.train.pairs import Pair

Encode = Callable[[Sequence[str]], Vectors]
"""Texts in, both models' vectors side by side out."""


def train(encode: Encode, pairs: Sequence[Pair], parameters: JointParameters, *, seed: int, work: Path) -> Dense:
    """Return a matrix without bias, added to what it turns; trained with in-batch negatives in both directions.

    It starts at 0: the vectors as they are.

    Args:
        encode: gives the rows that are turned.
        pairs: texts that mean the same, in the order in which batches are cut from them.
        parameters: of this model.
        seed: of the trainer.
        work: a folder for the trainer's own files.
    """
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    rows = encode(texts)
    width = rows.shape[1]
    known = StaticEmbedding(_whole(texts), embedding_weights=rows)
    known.requires_grad_(False)
    dense = Dense(
        width,
        width,
        bias=False,
        activation_function=None,
        init_weight=torch.zeros(width, width),
        use_residual=True,
    )
    model = SentenceTransformer(modules=[known, dense], device="cpu")
    fit(model, pairs, parameters, seed=seed, work=work)
    return dense


def save(dense: Dense, folder: Path) -> None:
    """Write a matrix in the format of sentence-transformers, so that the folder is there whole or not at all."""
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    dense.save(str(partial))
    partial.rename(folder)


def _whole(texts: Sequence[str]) -> Tokenizer:
    """Return a tokenizer to which each of these texts is one piece, by its place."""
    return Tokenizer(WordLevel({text: place for place, text in enumerate(texts)}, unk_token=texts[0]))
