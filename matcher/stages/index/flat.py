"""Rows of 32-bit floats in a flat FAISS index: exact, and 4.6 kB a row with the shipped models.

From HEADS_FROM rows on the heads of all stand beside them, a fortieth of a row, and tell which need not be read.
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from matcher.core.ports import Vectors
from matcher.core.traits import Rows
from matcher.stages.index.coarse import Coarse
from matcher.stages.index.heads import LEARNED_FROM, Heads, spread

# How many threads OpenMP takes is settled for each thread that asks, so that the number is set where each first does.
_here = threading.local()

FILE = "vectors.faiss"
BLOCK = 65_536
HEADS_FROM = 8_192
"""Rows from which their heads are kept, too."""


class FlatRows:
    """Rows that can be added, overwritten and scored. A row's last coordinates tell which facets it lacks."""

    precision = 1e-4
    """How far a coordinate that is read may lie from the one that was written."""

    def __init__(self, dimensions: Sequence[int]) -> None:
        self._dimensions = tuple(dimensions)
        self.width = sum(dimensions) + len(dimensions)
        self._flat = faiss.IndexFlatIP(self.width)
        self._rows = self._view()
        self._heads: Heads | None = None
        self._coarse: Coarse | None = Coarse(dimensions)
        """Of few rows; where there are many, their heads tell more in less time."""

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    def sample(self, count: int) -> Vectors:
        """Return about so many rows."""
        return self.read(spread(len(self), count))

    def rotated(self, facets: Vectors) -> Vectors:
        """Return facet vectors side by side as those of the rows are kept: the same."""
        return facets

    def unrotated(self, facets: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Undo `rotated`: return the same."""
        return facets

    def extend(self, values: npt.NDArray[np.float32]) -> None:
        """Add rows, shape (rows, width)."""
        start = len(self)
        if self._heads:
            self._heads.reserve(start + len(values))  # before anything is written: there may be no memory for it
        elif self._coarse:
            self._coarse.reserve(start + len(values))
        self._flat.add(values)
        self._rows = self._view()
        if self._heads:
            self._heads.write(start, values)
        else:
            if self._coarse:
                self._coarse.write(start, values)
            self._keep_heads()

    def write(self, row: int, values: Vectors) -> None:
        """Overwrite a row."""
        self._rows[row] = values
        if self._heads:
            self._heads.write(row, values[None])
        if self._coarse:
            self._coarse.write(row, values[None])

    def _keep_heads(self) -> None:
        if len(self) < HEADS_FROM:
            return
        self._coarse = None
        try:
            heads = Heads.learned(self._dimensions, self.sample(LEARNED_FROM))
            heads.write(0, self._rows)
        except (MemoryError, OSError):  # no memory for it: rows are compared in full, and the next write tries again
            return
        self._heads = heads

    def read(self, rows: Rows | slice) -> npt.NDArray[np.float32]:
        """Return a copy of some rows, shape (rows, width): FAISS moves its storage when rows are added."""
        found: npt.NDArray[np.float32] = self._rows[rows]
        return found.copy() if isinstance(rows, slice) else found

    def as_floats(self, rows: Rows) -> tuple[npt.NDArray[np.float32], Rows]:
        """Return what holds some rows, and where in it each of them lies; valid until rows are added or written."""
        return self._rows, rows

    def scores(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return the inner products of some rows with a vector, in their order. Exact."""
        out = np.empty(len(rows), dtype=np.float32)
        if len(rows):
            _scan_alone()
            # Row by row, even where all are asked for: a row is so long that its neighbour makes no difference.
            ids = np.ascontiguousarray(rows, dtype=np.int64)
            faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined]  # SWIG adds it at import
                faiss.swig_ptr(out),
                faiss.swig_ptr(vector),
                self._flat.get_xb(),
                faiss.swig_ptr(ids),
                self.width,
                1,
                len(ids),
            )  # fmt: skip - the C signature, one line a side
        return out

    def coarse_scores(self, vector: Vectors, rows: Rows) -> tuple[npt.NDArray[np.float32], float] | None:
        """Return the same of few rows in less time, and how far off one is at most; None where there are many."""
        return self._coarse.scores(vector, rows) if self._coarse else None

    @property
    def has_upper_bounds(self) -> bool:
        """Whether there are heads, to be asked for `upper_bounds`."""
        return self._heads is not None

    def upper_bounds(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """Return what the inner products of some rows with a vector are at most, from the head of each row."""
        assert self._heads is not None  # noqa: S101 - for the type checker: who asks has seen `has_upper_bounds`
        return self._heads.upper_bounds(vector, rows)

    def middles_shortfall(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:  # noqa: ARG002 - as Codes
        """Return by how much `upper_bounds` are lower when the middles are read, too: there are none."""
        return np.zeros(len(rows), dtype=np.float32)

    others_shortfall = middles_shortfall
    """Likewise of the other facets: to read them takes as long as to read all of a row."""

    def scores_of_all(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the inner products of all rows with many vectors, shape (vectors, rows)."""
        product: npt.NDArray[np.float32] = vectors @ self._rows.T
        return product

    def blocks(self) -> Iterator[npt.NDArray[np.float32]]:
        """Yield all rows, some at a time."""
        for start in range(0, len(self), BLOCK):
            yield self._rows[start : start + BLOCK]

    def save(self, folder: Path) -> None:
        """Write the rows into a folder; `load` brings them back."""
        faiss.write_index(self._flat, str(folder / FILE))

    @classmethod
    def load(cls, folder: Path, dimensions: Sequence[int]) -> Self:
        """Read what `save` wrote. The caller has checked the file's digest: FAISS itself accepts damaged ones.

        Raises:
            OSError, RuntimeError, ValueError: it cannot be read, or has rows of another width.
        """
        found = cls(dimensions)
        flat = faiss.read_index(str(folder / FILE))
        if not isinstance(flat, faiss.IndexFlatIP) or flat.d != found.width:
            raise ValueError("the rows are of another kind or width")
        found._flat = flat
        found._rows = found._view()
        if found._coarse and len(found) < HEADS_FROM:
            found._coarse.write(0, found._rows)
        found._keep_heads()
        return found

    def _view(self) -> npt.NDArray[np.float32]:
        """Return FAISS's own storage as a writable array; valid until rows are added."""
        total = self._flat.ntotal
        if not total:
            return np.zeros((0, self.width), dtype=np.float32)
        flat: npt.NDArray[np.float32] = faiss.rev_swig_ptr(self._flat.get_xb(), total * self.width)
        return flat.reshape(total, self.width)


def _scan_alone() -> None:
    """Have FAISS scan on the calling thread alone.

    One question is one scan on one thread. FAISS would open a parallel region for it all the same: waking a team of
    threads that has gone to sleep costs up to 8 ms, and one that is awake turns round and round on another core.
    """
    if not hasattr(_here, "is_alone"):
        faiss.omp_set_num_threads(1)
        _here.is_alone = True
