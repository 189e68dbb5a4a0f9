"""What a model gives on the validation tasks, by sentence-transformers' own evaluator."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
from sentence_transformers.util import cos_sim

from matcher.core.ports import Vectors
from models.train.validation import Task

Encode = Callable[[Sequence[str]], Vectors]
"""Texts in, unit rows out, float32."""
COSINE = "cosine"


def measure(encode: Encode, tasks: Sequence[Task], *, depth: int) -> dict[str, float]:
    """Return the mean reciprocal rank of each task that asks anything, and their mean under `mean`.

    Texts that are as near as each other rank in the order of the corpus.

    Args:
        encode: the model.
        tasks: queries and what is right.
        depth: texts that are looked at for a query; a right one beyond counts 0.
    """
    found = {task.name: _Evaluator(task, encode, depth).mean_reciprocal_rank() for task in tasks if task.queries}
    return {**found, "mean": float(np.mean(list(found.values())))}


class _Evaluator(InformationRetrievalEvaluator):
    """Takes any function that encodes, and never finds a query by itself."""

    def __init__(self, task: Task, encode: Encode, depth: int) -> None:
        self._encode, self._own, self._depth = encode, task.own, depth
        # Of equal scores the lowest id goes first: ids are as long as each other.
        ids = [f"{place:09}" for place in range(len(task.corpus))]
        super().__init__(
            queries=dict(zip(map(str, range(len(task.queries))), task.queries, strict=True)),
            corpus=dict(zip(ids, task.corpus, strict=True)),
            relevant_docs={str(query): {ids[place] for place in right} for query, right in enumerate(task.right)},
            corpus_chunk_size=max(len(ids), 1),
            mrr_at_k=[depth],
            ndcg_at_k=[1],
            accuracy_at_k=[1],
            precision_recall_at_k=[1],
            map_at_k=[1],
            score_functions={COSINE: self._cosines},
        )

    def mean_reciprocal_rank(self) -> float:
        """Return the figure."""
        found: dict[str, Any] = self.compute_all_metrics(self._encode)
        return float(found[COSINE]["mrr@k"][self._depth])

    def embed_inputs(self, model: Encode, sentences: Sequence[str], **_others: Any) -> torch.Tensor:
        """Encode queries or corpus."""
        return torch.from_numpy(model(sentences))

    def _cosines(self, queries: torch.Tensor, corpus: torch.Tensor) -> torch.Tensor:
        found = cos_sim(queries, corpus)
        if self._own:
            found[torch.arange(len(found)), torch.tensor(self._own)] = -torch.inf
        return found
