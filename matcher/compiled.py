"""Loops over rows, compiled to machine code by Numba.

A question to two thousand documents is some sixty small numpy calls, or one loop; a question to a million is sixty
passes over memory, or one. The functions stay plain Python that a reader can follow; the first call on a machine
compiles them, later processes read the result from a cache on disk.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., object])


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
