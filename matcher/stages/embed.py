"""Facet texts in, facet vectors out: batched, and cached by content so that no text is ever encoded twice."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Protocol

import numpy as np

from matcher.core.domain import Facet, FacetText, FacetTexts
from matcher.core.errors import InvalidVectors
from matcher.core.ports import Encoder, Encoders, ModelVectors, Vectors
from matcher.core.terms import Terms

DIGEST_BYTES = 16
BATCH_TEXTS = 1024
MADE_WITHIN = 1e-3
"""How far the square of a vector's length may lie from 1 when it is made."""
STORED_WITHIN = 1.1 * MADE_WITHIN
"""And when it comes back from the store: another order of adding up must call none damaged that was taken."""

Lookup = Callable[[Sequence[bytes]], Mapping[bytes, Vectors]]
"""Digests in, the stored vectors of those that have one out."""


class ModelLookup(Protocol):
    """A `Lookup` for several models."""

    def __call__(self, digests: Sequence[bytes], *, model: str) -> Mapping[bytes, Vectors]:
        """Return the stored vectors of those digests that have one by the model of that fingerprint."""
        ...


def digest(text: str) -> bytes:
    """Return a text's content digest (BLAKE2b, 16 bytes): the key of its vector."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def digests(texts: FacetTexts) -> tuple[bytes, ...]:
    """Return the digests of all of a document's facet texts, each once, in order."""
    return tuple(dict.fromkeys(digest(part.text) for parts in texts.values() for part in parts))


class Embedder:
    """An encoder behind two caches: a bounded one in memory, and the store's. Thread-safe."""

    def __init__(self, encoder: Encoder, *, stored: Lookup, memory_texts: int = 16_384) -> None:
        self.encoder = encoder
        self._stored = stored
        self._memory: OrderedDict[bytes, Vectors] = OrderedDict()
        self._memory_texts = memory_texts
        self._lock = threading.Lock()

    def vectors(self, texts: Iterable[str]) -> tuple[dict[bytes, Vectors], dict[bytes, Vectors]]:
        """Return the vectors of texts by digest, and among them those that were encoded just now.

        The second mapping is what the caller has to store, also where a damaged vector is stored already.

        Raises:
            InvalidVectors: the encoder broke its contract.
        """
        wanted = {digest(text): text for text in texts}
        found = self._remembered(wanted)
        if missing := [key for key in wanted if key not in found]:
            found.update(whole(self._stored(missing), dimension=self.encoder.dimension))
        fresh = self._encode({key: wanted[key] for key in wanted if key not in found})
        found.update(fresh)
        self._remember(found)
        return found, fresh

    def clear(self) -> None:
        """Drop every vector from memory."""
        with self._lock:
            self._memory.clear()

    def _remembered(self, keys: Iterable[bytes]) -> dict[bytes, Vectors]:
        found = {}
        with self._lock:
            for key in keys:
                vector = self._memory.get(key)
                if vector is not None:
                    self._memory.move_to_end(key)
                    found[key] = vector
        return found

    def _remember(self, vectors: Mapping[bytes, Vectors]) -> None:
        with self._lock:
            self._memory.update(vectors)
            while len(self._memory) > self._memory_texts:
                self._memory.popitem(last=False)

    def _encode(self, texts: Mapping[bytes, str]) -> dict[bytes, Vectors]:
        keys = list(texts)
        fresh: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), BATCH_TEXTS):
            batch = keys[start : start + BATCH_TEXTS]
            rows = self.encoder.encode([texts[key] for key in batch])
            _check(rows, texts=len(batch), dimension=self.encoder.dimension)
            # Copied: one remembered row must not keep its whole batch in memory.
            fresh.update(zip(batch, map(np.copy, rows), strict=True))
        return fresh


class Embedders:
    """The embedder of each facet. Facets of one encoder share its embedder, and so encode no text twice."""

    def __init__(self, encoders: Encoders, *, stored: ModelLookup) -> None:
        self.models: Mapping[Facet, str] = encoders.fingerprints
        """The fingerprint of each facet's encoder."""
        self.prose = encoders.prose
        self._by_model = {
            model: Embedder(encoders[facet], stored=partial(stored, model=model))
            for facet, model in self.models.items()
        }

    def __getitem__(self, facet: Facet) -> Embedder:
        return self._by_model[self.models[facet]]

    def vectors(self, documents: Sequence[FacetTexts]) -> tuple[ModelVectors, ModelVectors]:
        """Return the vectors of documents' texts, each by its facet's model; and those that were encoded just now.

        Raises:
            InvalidVectors: an encoder broke its contract.
        """
        found: dict[str, Mapping[bytes, Vectors]] = {}
        fresh: dict[str, Mapping[bytes, Vectors]] = {}
        for model, embedder in self._by_model.items():
            facets = [facet for facet in Facet if self.models[facet] == model]
            found[model], fresh[model] = embedder.vectors(
                part.text for texts in documents for facet in facets for part in texts.get(facet, ())
            )
        return found, fresh

    def terms(self, texts: FacetTexts) -> Terms | None:
        """Return the terms of a document's body; None where it has none, or none are compared.

        They are counted anew each time, and stored nowhere but in the index: it takes a tenth of a millisecond. Of the
        whole body at once: what is said in several passages counts less and less, as within one.
        """
        parts = texts.get(Facet.BODY)
        if self.prose is None or not parts:
            return None
        return self.prose.counter.terms("\n".join(part.text for part in parts))

    def telling(self, word: str) -> float:
        """Return how telling a word is by the tables that terms come from; 1 of all where no terms are compared."""
        return 1.0 if self.prose is None else self.prose.counter.telling(word)

    def clear(self) -> None:
        """Drop every vector from memory."""
        for embedder in self._by_model.values():
            embedder.clear()


def whole(stored: Mapping[bytes, Vectors], *, dimension: int) -> dict[bytes, Vectors]:
    """Return those of some stored vectors that are of length 1 and this dimension: the others are damaged."""
    shaped = {key: vector for key, vector in stored.items() if vector.shape == (dimension,)}
    if not shaped:
        return {}
    vectors = np.stack([*shaped.values()])
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.einsum("ij,ij->i", vectors, vectors)
    is_whole = np.abs(lengths - 1.0) < STORED_WITHIN
    return {key: vector for (key, vector), one in zip(shaped.items(), is_whole.tolist(), strict=True) if one}


def pool(texts: FacetTexts, vectors: ModelVectors, *, models: Mapping[Facet, str]) -> dict[Facet, Vectors]:
    """Return a document's facet vectors: the sum of each facet's texts by their shares, scaled to length 1.

    Args:
        texts: the document's facet texts.
        vectors: must hold every text's, by its facet's model.
        models: the fingerprint of each facet's encoder.
    """
    pooled = {}
    for facet, parts in texts.items():
        vector = _sum(parts, vectors[models[facet]])
        length = float(np.linalg.norm(vector))
        # Opposite vectors could cancel out; such a facet says nothing.
        if length > 1e-6:
            pooled[facet] = (vector / length).astype(np.float32)
    return pooled


def _sum(parts: Sequence[FacetText], vectors: Mapping[bytes, Vectors]) -> Vectors:
    rows = np.stack([vectors[digest(part.text)] for part in parts])
    shares = np.array([part.share for part in parts], dtype=np.float32)
    summed: Vectors = shares @ rows
    return summed


def _check(rows: Vectors, *, texts: int, dimension: int) -> None:
    if rows.shape != (texts, dimension) or rows.dtype != np.float32:
        raise InvalidVectors(
            f"the encoder gave {rows.dtype} of shape {rows.shape} for {texts} texts: "
            f"float32 of shape ({texts}, {dimension}) is asked for"
        )
    lengths = np.einsum("ij,ij->i", rows, rows)
    if not np.all(np.abs(lengths - 1.0) < MADE_WITHIN):
        raise InvalidVectors("the encoder gave a row that is not finite or not of length 1: normalise its output")
