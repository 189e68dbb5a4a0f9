"""What the machine itself allows: how fast it reads memory, on one thread and on two.

    python -m benchmarks.floor

The best of three kernels and of several runs each: the inner product of floats with themselves (BLAS), the highest of
whole numbers (numpy), FAISS's comparison of all rows with a question. A sum is no such kernel: its additions wait for
each other, and it reads half of what the same core can. They run in a process of their own, as how many threads BLAS
takes is settled when it is loaded.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

THREADS = (1, 2)
BYTES = 512 * 2**20
"""Far more than any cache holds."""
RUNS = 7
WIDTH = 1024
"""Of a row that FAISS compares."""
ONE_EACH = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Floats = npt.NDArray[np.float32]


def read_gb_per_s() -> Mapping[int, float]:
    """Return how many gigabytes a second so many threads read together, by their number.

    Raises:
        SystemExit: the process that measures it ended.
    """
    tree = str(Path(__file__).parent.parent)
    path = os.pathsep.join([tree, *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-P", "-m", "benchmarks.floor"]
    done = subprocess.run(command, env={**os.environ, **ONE_EACH, "PYTHONPATH": path}, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"how fast memory is read could not be measured: {done.stderr.decode()}")
    return {int(threads): rate for threads, rate in json.loads(done.stdout).items()}


def kernels() -> Mapping[str, Callable[[Floats], object]]:
    """Return by name what reads all of an array once, on the thread that calls it, whatever BLAS would do beside."""
    faiss: Any = import_module("faiss")  # half a second, which the process that measures has
    query = np.ones(WIDTH, dtype=np.float32)

    def compared(values: Floats) -> object:
        rows = len(values) // WIDTH
        scores = np.empty(rows, dtype=np.float32)
        pointers = map(faiss.swig_ptr, (scores, query, values))
        faiss.fvec_inner_products_ny(*pointers, WIDTH, rows)
        return scores

    return {
        "inner product": lambda values: np.dot(values, values),
        "highest": lambda values: values.view(np.int64).max(),
        "FAISS, all rows": compared,
    }


def gb_per_s(kernel: Callable[[Floats], object], values: Floats, *, threads: int, runs: int = RUNS) -> float:
    """Return the best of several runs of a kernel.

    Args:
        kernel: reads an array once.
        values: what is read, shape (n,).
        threads: how many read a part each at the same time.
        runs: how many.
    """
    parts = np.split(values[: len(values) // threads * threads], threads)
    size = sum(part.nbytes for part in parts)
    with ThreadPoolExecutor(threads) as pool:
        return size / min(_seconds(pool, kernel, parts) for _ in range(runs)) / 1e9


def _seconds(pool: ThreadPoolExecutor, kernel: Callable[[Floats], object], parts: list[Floats]) -> float:
    started = time.perf_counter()
    list(pool.map(kernel, parts))
    return time.perf_counter() - started


def main() -> None:
    """Print the rates as JSON, by the number of threads."""
    values = np.ones(BYTES // 4, dtype=np.float32)
    every = kernels().values()
    rates = [max(gb_per_s(one, values, threads=threads) for one in every) for threads in THREADS]
    # Two read no less than one does, whatever else the machine was doing.
    best = {threads: round(max(rates[: at + 1]), 1) for at, threads in enumerate(THREADS)}
    print(json.dumps(best))


if __name__ == "__main__":
    main()
