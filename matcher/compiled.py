"""Loops over rows, compiled to machine code by Numba.

A question to two thousand documents is some sixty small numpy calls, or one loop; a question to a million is sixty
passes over memory, or one. The functions stay plain Python that a reader can follow; the first call on a machine
compiles them, later processes read the result from a cache on disk.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

Function = TypeVar("Function", bound=Callable[..., object])

LONG = 2_048
"""From so many rows on, two threads go through them: to wake the second takes as long as three hundred."""

AHEAD = 16
"""How many rows before it is read a row is fetched: the time of one look at memory."""
LINE = 64
"""Bytes that memory brings at once."""

_halves = ThreadPoolExecutor(max_workers=1, thread_name_prefix="half")
_here = threading.local()


def in_halves(fill: Callable[[slice], object], rows: int, *, long: int | None = None) -> None:
    """Call what fills in a value a row for both halves of the rows at once; for all of them where they are few.

    Args:
        fill: takes the places of some rows; where it calls this function, its half is not halved again.
        rows: how many there are.
        long: from how many on they are halved; LONG where it is not given.
    """
    middle = rows // 2 if rows >= (LONG if long is None else long) and not hasattr(_here, "is_half") else 0
    if not middle:
        fill(slice(0, rows))
        return
    first = _halves.submit(_fill_half, fill, slice(0, middle))
    try:
        _fill_half(fill, slice(middle, rows))
    finally:
        wait([first])  # it reads what is the caller's only until then
    first.result()


def _fill_half(fill: Callable[[slice], object], some: slice) -> None:
    _here.is_half = True
    try:
        fill(some)
    finally:
        del _here.is_half


def valued(
    loop: Callable[..., object], *asked: Any, rows: npt.NDArray[np.int64], long: int | None = None
) -> npt.NDArray[np.float32]:
    """Return what a loop fills in, a value a row, in halves where there are many.

    Args:
        loop: takes what is asked, some rows, and where their values belong.
        asked: of it, but for the last two.
        rows: shape (rows,).
        long: as `in_halves` takes it.
    """
    out = np.empty(len(rows), dtype=np.float32)
    if len(rows) < (LONG if long is None else long):
        loop(*asked, rows, out)
    else:
        in_halves(lambda some: loop(*asked, rows[some], out[some]), len(rows), long=long)
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


def _fetch(typing: Any, rows: Any, row: Any, byte: Any) -> Any:  # noqa: ARG001 - as Numba calls it

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.mul(arguments[1], builder.extract_value(array.strides, 0))
        start = builder.add(start, arguments[2])
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        place = builder.gep(builder.bitcast(array.data, byte), [start])
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        name = "llvm.prefetch.p0"
        ask = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
        # To be read, to be kept in every cache, as data.
        builder.call(ask, [place, whole(0), whole(3), whole(1)])
        return context.get_dummy_value()

    return types.void(rows, row, byte), generate


fetch = cast("Callable[[Any, Any, Any], None]", intrinsic(_fetch))
"""Takes rows, the number of one that will be read soon, and a byte of it, in compiled code: memory brings the line
meanwhile. Both numbers are unsigned.

A processor sees by itself what is next where rows follow each other, not where they lie here and there.
"""


@compiled
def fetch_all(rows: Any, row: Any) -> None:
    """Fetch all lines of a row, in compiled code; its number is unsigned."""
    for byte in range(np.uintp(0), np.uintp(rows.strides[0]), np.uintp(LINE)):
        fetch(rows, row, byte)
