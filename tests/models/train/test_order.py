"""Batches are cut off the data from the front."""

from datasets import Dataset

from models.train.order import InOrder


def test_batches_keep_the_order_of_the_data() -> None:
    data = Dataset.from_dict({"anchor": [str(at) for at in range(7)]})
    assert list(InOrder(data, batch_size=3, drop_last=False)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(InOrder(data, batch_size=3, drop_last=True)) == [[0, 1, 2], [3, 4, 5]]
