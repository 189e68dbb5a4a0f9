"""What both models learn from: pairs of texts that mean the same, each against the others of its batch."""

from datasets import Dataset
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

from models.train.pairs import Pair


def loss_of(model: SentenceTransformer, *, scale: float) -> MultipleNegativesRankingLoss:
    """Return the loss with in-batch negatives in both directions; cosines count `scale` times."""
    return MultipleNegativesRankingLoss(
        model, scale=scale, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"
    )


def dataset_of(pairs: list[Pair]) -> Dataset:
    """Return pairs as the trainer reads them, in their order."""
    return Dataset.from_dict({"anchor": [one for one, _ in pairs], "positive": [other for _, other in pairs]})
