"""One thread for the trainings, and the real data where it is at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from models.train.data import complaint

SHARED = Path(__file__).parents[3].parent / "shared" / "data"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folders of public data. Skipped where they are not beside the repository."""
    if line := complaint(SHARED):
        pytest.skip(f"the public data is not at hand: {line}")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Keep threads from waiting for each other where several test processes share the cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
