"""What the machine itself allows: how fast it reads memory."""

import time

import numpy as np
import numpy.typing as npt

BYTES = 512 * 2**20


def read_gb_per_s() -> float:
    """Return how many gigabytes a second one thread reads, the best of five runs over half a gigabyte."""
    values = np.ones(BYTES // 8)
    best = min(_seconds(values) for _ in range(5))
    return round(BYTES / best / 1e9, 1)


def _seconds(values: npt.NDArray[np.float64]) -> float:
    started = time.perf_counter()
    values.sum()
    return time.perf_counter() - started
