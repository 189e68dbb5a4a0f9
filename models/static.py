"""A bag of token vectors: the mean of the vectors of a text's word pieces. No torch, no network, microseconds a text.

Reads the same folder as sentence-transformers' `StaticEmbedding`, with tokenizers and numpy alone.
"""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from matcher.core.errors import ModelUnavailable
from matcher.core.ports import Vectors
from models.files import check_digests, fingerprint_of
from models.texts import listed

if TYPE_CHECKING:
    from tokenizers import Tokenizer

WINDOW_TEXTS = 1024
"""Tokenised and summed together: what is in memory beside the vectors."""
WEIGHTS = "embedding.weight"


class StaticEncoder:
    """Encodes with numpy; the weights are read at the first text. Any number of threads may share it."""

    def __init__(self, *, name: str, folder: Path, dimension: int, sha256: Mapping[str, str]) -> None:
        """Take a folder on trust until the first text.

        Args:
            name: what a person calls this model.
            folder: the model, as `StaticEmbedding` writes it.
            dimension: columns of what `encode` returns.
            sha256: digest of each file that counts, by its path inside the folder; checked at load.
        """
        self._name = name
        self._folder = folder
        self._dimension = dimension
        self._sha256 = dict(sha256)
        self._loaded: tuple[Tokenizer, Vectors] | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What a person calls this model."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """The files' digest: the same files give the same vectors."""
        return fingerprint_of(self._name, self._sha256, runtime="static")

    @property
    def dimension(self) -> int:
        """Columns of what `encode` returns."""
        return self._dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text, float32, in order; no text gives shape (0, dimension).

        A text without a single word piece gets the unknown piece's vector: it has length 1 and resembles its like.

        Raises:
            ModelUnavailable: the files are not the known ones, or no such model.
            TypeError: it is no list of texts.
        """
        texts = listed(texts)
        rows: Vectors = np.empty((len(texts), self._dimension), dtype=np.float32)
        if texts:
            tokenizer, table = self._load()
            for start in range(0, len(texts), WINDOW_TEXTS):
                window = slice(start, start + WINDOW_TEXTS)
                rows[window] = _means(table, _tokenise(tokenizer, texts[window]))
        return rows

    def _load(self) -> "tuple[Tokenizer, Vectors]":
        with self._lock:
            if self._loaded is None:
                check_digests(self._folder, self._sha256, model=self._name)
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> "tuple[Tokenizer, Vectors]":
        from safetensors.numpy import load_file  # noqa: PLC0415 - only who encodes needs it
        from tokenizers import Tokenizer  # noqa: PLC0415 - likewise

        try:
            table = load_file(self._folder / "model.safetensors")[WEIGHTS]
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises no narrower class, safetensors one of its own
            raise ModelUnavailable(
                f"{self._name} cannot be loaded ({type(error).__name__}): "
                "the folder must hold a StaticEmbedding in the sentence-transformers format"
            ) from error
        if table.shape != (tokenizer.get_vocab_size(), self._dimension):
            raise ModelUnavailable(
                f"the weights of {self._name} are of shape {table.shape}; its tokenizer and the catalogue ask for "
                f"({tokenizer.get_vocab_size()}, {self._dimension}): install it again"
            )
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer, np.ascontiguousarray(table, dtype=np.float32)


def _tokenise(tokenizer: "Tokenizer", texts: Sequence[str]) -> list[list[int]]:
    # Half of a character (a lone surrogate) is refused; to a model it says nothing anyway.
    whole = [text.encode("utf-8", "replace").decode() for text in texts]
    unknown = [tokenizer.token_to_id("[UNK]") or 0]
    return [encoding.ids or unknown for encoding in tokenizer.encode_batch_fast(whole, add_special_tokens=False)]


def _means(table: Vectors, tokens: Sequence[Sequence[int]]) -> Vectors:
    """Return unit rows of shape (texts, dimension); no text may be without a token.

    Texts of one length are summed together: three times as fast as `np.add.reduceat`, and in the same order.
    """
    lengths = np.array([len(ids) for ids in tokens])
    rows: Vectors = np.empty((len(tokens), table.shape[1]), dtype=np.float32)
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        rows[places] = table[np.array([tokens[place] for place in places.tolist()])].sum(axis=1)
    sizes = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    rows /= np.maximum(sizes, np.float32(1e-12))[:, None]
    return rows
