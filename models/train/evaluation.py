"""What a model gives on the validation tasks, by sentence-transformers' own evaluator."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from sentence_transformers.sentence_transformer.evaluation import InformationRetrievalEvaluator
from sentence_transformers.util import cos_sim

from matcher.core.ports import Vectors
from models.train.hyperparameters import ValidationParameters
from models.train.validation import Task

Encode = Callable[[Sequence[str]], Vectors]
"""Texts in, unit rows out, float32."""
COSINE = "cosine"


def measure(encode: Encode, tasks: Sequence[Task], parameters: ValidationParameters) -> dict[str, float]:
    """Return the mean reciprocal rank of each task that asks anything, and their mean under `mean`.

    A name that several concepts have stands in the corpus several times: what is as near as the right one is not before
    it.

    Args:
        encode: the model.
        tasks: queries and what is right.
        parameters: how many texts are looked at for a query, and which cosines are the same.
    """
    depth, same = parameters.depth, parameters.same
    found = {
        task.name: _Evaluator(task, encode, depth=depth, same=same).mean_reciprocal_rank()
        for task in tasks
        if task.queries
    }
    return {**found, "mean": float(np.mean(list(found.values())))}


class _Evaluator(InformationRetrievalEvaluator):
    """Takes any function that encodes, and never finds a query by itself."""

    def __init__(self, task: Task, encode: Encode, *, depth: int, same: float) -> None:
        self._encode, self._own, self._depth, self._same = encode, task.own, depth, same
        self._right = task.right
        ids = list(map(str, range(len(task.corpus))))
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
        model: Any = self._encode  # which no other method of the evaluator looks at
        found: dict[str, Any] = self.compute_all_metrics(model)
        return float(found[COSINE]["mrr@k"][self._depth])

    def embed_inputs(
        self,
        model: Any,
        sentences: Any,
        encode_fn_name: str | None = None,
        prompt_name: str | None = None,
        prompt: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Encode queries or corpus."""
        del encode_fn_name, prompt_name, prompt, kwargs
        return torch.from_numpy(model(sentences))

    def _cosines(self, queries: torch.Tensor, corpus: torch.Tensor) -> torch.Tensor:
        """Return cosines, a hair more for what is right; its own place is no query's answer."""
        found = cos_sim(queries, corpus).double()
        for row, right in zip(found, self._right, strict=True):
            row[list(right)] += self._same
        if self._own:
            found[torch.arange(len(found)), torch.tensor(self._own)] = -torch.inf
        return found
