"""Train the bag of token vectors.

Source: Hugging Face, Train 400x faster Static Embedding Models with Sentence Transformers, January 2025.
"""

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

from models.train.fit import fit
from models.train.hyperparameters import StaticParameters
from models.train.pairs import Pair


def train(
    tokenizer: Tokenizer, pairs: list[Pair], parameters: StaticParameters, *, seed: int, work: Path
) -> SentenceTransformer:
    """Return a `StaticEmbedding` of shape (pieces, dimension), trained with in-batch negatives in both directions.

    Args:
        tokenizer: of the vocabulary that both models share.
        pairs: texts that mean the same, in the order in which batches are cut from them.
        parameters: of this model.
        seed: of the first vectors.
        work: a folder for the trainer's own files.
    """
    torch.manual_seed(seed)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=parameters.dimension)], device="cpu")
    fit(model, pairs, parameters, seed=seed, work=work)
    return model
