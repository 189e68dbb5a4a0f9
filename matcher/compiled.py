"""Loops over rows, compiled to machine code by Numba.

A question to two thousand documents is some sixty small numpy calls, or one loop; a question to a million is sixty
passes over memory, or one. The functions stay plain Python that a reader can follow; the first call on a machine
compiles them, later processes read the result from a cache on disk.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])

LONG = 2_048
"""From so many rows on, two threads go through them: to wake the second takes as long as three hundred."""

_halves = ThreadPoolExecutor(max_workers=1, thread_name_prefix="half")


def in_halves(fill: Callable[[slice], object], rows: int, *, long: int | None = None) -> None:
    """Call what fills in a value a row for both halves of the rows at once; for all of them where they are few.

    Args:
        fill: takes the places of some rows; must not call this function.
        rows: how many there are.
        long: from how many on they are halved; LONG where it is not given.
    """
    middle = rows // 2 if rows >= (LONG if long is None else long) else 0
    first = _halves.submit(fill, slice(0, middle)) if middle else None
    fill(slice(middle, rows))
    if first:
        first.result()


def valued(loop: Callable[..., object], *asked: Any, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Return what a loop fills in, a value a row, in halves where there are many.

    Args:
        loop: takes what is asked, some rows, and where their values belong.
        asked: of it, but for the last two.
        rows: shape (rows,).
    """
    out = np.empty(len(rows), dtype=np.float32)
    in_halves(lambda some: loop(*asked, rows[some], out[some]), len(rows))
    return out


def compiled(function: Function) -> Function:
    """Compile a function for the types that it is called with; other threads run while it does."""
    return _compiled(function)


def compiled_sums(function: Function) -> Function:
    """Compile a function whose sums of products may be added up several at a time: the same way at each call."""
    return _compiled(function, fastmath={"reassoc", "contract"})


def _compiled(function: Function, **options: Any) -> Function:
    # As numpy counts: a division by zero is infinity, not an exception.
    options |= {"nogil": True, "error_model": "numpy"}
    try:
        return cast("Function", njit(cache=True, **options)(function))
    except RuntimeError:  # no folder to keep it in: it is compiled anew in each process
        return cast("Function", njit(**options)(function))
