"""An array that grows in place: for a gigabyte of rows, neither a copy nor pages that nobody has written to.

The memory is mapped anonymously, with capacity for more rows than there are: the system gives a page when it is first
written to, and moves pages, not bytes, when the capacity grows. In pages of 2 MiB where the system has them: rows that
are read here and there otherwise spend half of their time on looking up pages.
"""

import mmap
from typing import Any

import numpy as np
import numpy.typing as npt

GROWTH = 1.5
"""How much more capacity than rows there is after the array has grown."""
LEAST_BYTES = 65_536


class GrowingArray:
    """Rows of one width and kind, zero until they are written to."""

    def __init__(self, width: int, dtype: npt.DTypeLike) -> None:
        self._width = width
        self._dtype = np.dtype(dtype)
        self._row_bytes = max(width * self._dtype.itemsize, 1)
        self._memory = _mapped(LEAST_BYTES)
        self.all: npt.NDArray[Any] = self._view()
        """Shape (capacity, width). No view of it may outlive a call: `reserve` moves it."""

    def reserve(self, rows: int) -> None:
        """Grow until there is capacity for so many rows at least.

        Raises:
            OSError: there is no memory for them; all is as it was.
        """
        if rows <= len(self.all):
            return
        size = int(rows * GROWTH) * self._row_bytes
        del self.all
        try:
            self._grow(size)
        finally:
            self.all = self._view()

    def _grow(self, size: int) -> None:
        try:
            self._memory.resize(size)
        except (BufferError, SystemError):  # somebody still looks at it, or the system cannot move pages
            longer = _mapped(size)
            with memoryview(self._memory) as rows:
                longer[: len(rows)] = rows
            self._memory = longer
        _in_large_pages(self._memory)

    def _view(self) -> npt.NDArray[Any]:
        rows = len(self._memory) // self._row_bytes
        flat = np.frombuffer(self._memory, dtype=self._dtype, count=rows * self._width)
        return flat.reshape(rows, self._width)


def _mapped(size: int) -> mmap.mmap:
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    _in_large_pages(memory)
    return memory


def _in_large_pages(memory: mmap.mmap) -> None:
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is not None:
        try:
            memory.madvise(advice)
        except OSError:  # a system without them
            return
