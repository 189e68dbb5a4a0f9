"""Batches in the order of the data, which was put in order on purpose."""

from typing import Any

from datasets import Dataset
from sentence_transformers.base.sampler import DefaultBatchSampler
from torch.utils.data import SequentialSampler


class InOrder(DefaultBatchSampler):
    """Cuts batches off the data from the front; nothing is shuffled."""

    def __init__(self, dataset: Dataset, batch_size: int, drop_last: bool, **others: Any) -> None:
        super().__init__(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last, **others)
