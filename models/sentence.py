"""Any model in the sentence-transformers format: one that ships here, a folder, or a hub id."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from matcher.core.errors import ModelUnavailable
from matcher.core.files import sha256
from matcher.core.ports import Vectors
from models.catalogue import ENTRIES
from models.files import check_digests, fingerprint_of
from models.texts import listed

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

WEIGHT_SUFFIXES = (".safetensors", ".bin", ".onnx")
OTHER_SUFFIXES = (".json", ".txt", ".model")
"""Pooling, tokenizer and settings: they change vectors as weights do."""
BATCH_TEXTS = 64
MOST_HEADER = 100_000
"""Bytes of a weight file's table of contents that are read: a static model names one table."""


class SentenceEncoder:
    """Encodes with sentence-transformers, which is imported at the first text: it takes 4 to 6 s and 450 MB."""

    def __init__(self, *, name: str, folder: Path, dimension: int, sha256: Mapping[str, str]) -> None:
        self._name = name
        self._folder = folder
        self._dimension = dimension
        self._sha256 = dict(sha256)
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()

    @classmethod
    def find(cls, name: str) -> Self:
        """Return the encoder of a catalogue name, a folder or a hub id.

        Raises:
            ModelUnavailable: there is no such model here, and the hub does not answer or does not know it.
        """
        if entry := ENTRIES.get(name):
            return cls(name=name, folder=entry.path(), dimension=entry.dimension, sha256=entry.sha256)
        # Not Path.is_dir, which raises on a name that no file system takes.
        folder = Path(name) if os.path.isdir(name) else _from_hub(name)  # noqa: PTH112
        return cls(name=folder.name, folder=folder, dimension=_dimension(folder), sha256=_hash_weights(folder))

    @property
    def name(self) -> str:
        """The catalogue's name, or the folder's."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """The weights' digest: the same files give the same vectors."""
        return fingerprint_of(self._name, self._sha256)

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text longer than the model reads is cut by the model (all-MiniLM-L6-v2: at 256 word pieces). A text in which
        the model reads nothing gets the first axis: it has length 1 and resembles only its like.

        Raises:
            ModelUnavailable: the weights are not the known ones, or cannot be loaded.
            TypeError: it is no list of texts.
        """
        texts = listed(texts)
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        with self._lock:
            model = self._loaded()
            # The tokenizer refuses half of a character (a lone surrogate); to a model it says nothing anyway.
            whole = [text.encode("utf-8", "replace").decode() for text in texts]
            rows = model.encode(whole, batch_size=BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False)
        found: Vectors = np.ascontiguousarray(rows, dtype=np.float32)
        found[~found.any(axis=1), 0] = 1.0
        return found

    def _loaded(self) -> "SentenceTransformer":
        if self._model is None:
            check_digests(self._folder, self._sha256, model=self._name)
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - see the class
            from transformers.utils import logging  # noqa: PLC0415 - likewise

            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            try:
                self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
            except (OSError, ValueError, KeyError, RuntimeError) as error:
                raise ModelUnavailable(
                    f"{self._name} cannot be loaded ({type(error).__name__}): "
                    "the folder must hold a model in the sentence-transformers format"
                ) from error
        return self._model


def _from_hub(name: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - only where a hub id is named
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(name))
    except (HFValidationError, LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelUnavailable(
            f"there is no model {name!r}: name one of words, {', '.join(ENTRIES)}, a folder in the "
            "sentence-transformers format, or a hub id that can be reached from here"
        ) from error


def _dimension(folder: Path) -> int:
    """Read what the last dense or pooling module gives, without loading the model."""
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        configs = [folder / module["path"] / "config.json" for module in modules]
        found = 0
        for config in (json.loads(path.read_text(encoding="utf-8")) for path in configs if path.is_file()):
            found = (
                config.get("out_features")
                or config.get("embedding_dimension")
                or config.get("word_embedding_dimension")
                or config.get("hidden_size")
                or found
            )
        found = found or _static_dimension(folder / "model.safetensors")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelUnavailable(f"{folder.name} is not a model in the sentence-transformers format") from error
    if not found:
        raise ModelUnavailable(f"{folder.name} does not say how many dimensions its vectors have")
    return int(found)


def _static_dimension(weights: Path) -> int:
    """Return the columns of a static model's table, which has no settings beside it; 0 where there is none."""
    if not weights.is_file():
        return 0
    with weights.open("rb") as opened:
        size = int.from_bytes(opened.read(8), "little")
        try:
            header = json.loads(opened.read(min(size, MOST_HEADER)))
        except ValueError:
            return 0
    return int(header["embedding.weight"]["shape"][1]) if "embedding.weight" in header else 0


def _hash_weights(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in WEIGHT_SUFFIXES + OTHER_SUFFIXES)
    if not any(path.suffix in WEIGHT_SUFFIXES for path in files):
        raise ModelUnavailable(f"{folder.name} holds no weight file ({', '.join(WEIGHT_SUFFIXES)})")
    return {path.relative_to(folder).as_posix(): sha256(path) for path in files}
