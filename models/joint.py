"""`contextual` and `static` side by side, turned by one matrix that was trained on both: `joint`.

Each model knows half of what names of a trade have in common, and side by side their coordinates are added up as if all
of them told as much. The matrix learned from names of one trade, in both languages, which coordinates belong together
and how much each tells (docs/decisions/0041). The models themselves stay as they are.

Reads the folder of a `Dense` module of sentence-transformers with a residual connection, with numpy alone.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Encoder, Vectors
from models.blend import Blend
from models.files import check_digests, fingerprint_of
from models.texts import listed, once

WEIGHTS = "linear.weight"
FILE = "model.safetensors"


class JointEncoder:
    """Turns the vectors of other encoders; the matrix is read at the first text. Any number of threads may share it."""

    def __init__(
        self,
        *,
        name: str,
        folder: Path,
        dimension: int,
        sha256: Mapping[str, str],
        parts: Sequence[tuple[Encoder, float]],
    ) -> None:
        """Take a folder on trust until the first text.

        Args:
            name: what a person calls this model.
            folder: the matrix, as `Dense` writes it.
            dimension: columns of what `encode` returns, as many as the parts have together.
            sha256: digest of each file that counts, by its path inside the folder; checked at load.
            parts: what is turned, with the shares that it was trained with.
        """
        self._name = name
        self._folder = folder
        self._dimension = dimension
        self._sha256 = dict(sha256)
        self._blend = Blend(parts)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What a person calls this model."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """The file's digest and the parts' fingerprints: the same give the same vectors."""
        return fingerprint_of(self._name, self._sha256, runtime=f"joint-1 {self._blend.fingerprint}")

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        Raises:
            ModelUnavailable: the file is not the known one, or what the parts raise.
            TypeError: it is no list of texts.
        """
        return once(self._rows, listed(texts))

    def _rows(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.empty((0, self._dimension), dtype=np.float32)
        from models.turning import turned  # noqa: PLC0415 - only who encodes needs its compiler

        return turned(self._blend.encode(texts), self._turn)

    @property
    def _turn(self) -> Vectors:
        with self._lock:
            return self._read

    @cached_property
    def _read(self) -> Vectors:
        """The matrix by which a row is multiplied from the right, shape (dimension, dimension)."""
        from safetensors.numpy import load_file  # noqa: PLC0415 - only who encodes needs it

        check_digests(self._folder, self._sha256, model=self._name)
        try:
            found = load_file(self._folder / FILE)[WEIGHTS]
        except Exception as error:  # safetensors raises a class of its own
            raise ModelUnavailable(
                f"{self._name} cannot be loaded ({type(error).__name__}): the folder must hold a Dense module in the "
                "sentence-transformers format"
            ) from error
        asked = (self._dimension, self._blend.dimension)
        if found.shape != asked or asked[0] != asked[1]:
            raise ModelUnavailable(
                f"the matrix of {self._name} is of shape {found.shape}; its parts and the catalogue ask for {asked}: "
                "install it again"
            )
        return np.ascontiguousarray(found.T, dtype=np.float32) + np.eye(self._dimension, dtype=np.float32)
