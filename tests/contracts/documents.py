"""Documents for the store's tests, with as little in them as a test needs to say."""

import hashlib

import numpy as np

from matcher.core.domain import Posting, PostingId, Profile, ProfileId, Record
from matcher.core.ports import Vectors
from matcher.core.storing import Document

MODEL = "model-1"


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def vector_of(text: str, *, dimension: int = 8) -> Vectors:
    row = np.random.default_rng(list(digest_of(text))).standard_normal(dimension).astype(np.float32)
    unit: Vectors = row / np.linalg.norm(row)
    return unit


def vectors_of(*texts: str) -> dict[bytes, Vectors]:
    return {digest_of(text): vector_of(text) for text in texts}


def document(record: Record, *texts: str, **words: str) -> Document:
    """A document whose facet texts are `texts` and whose full-text row is `words`."""
    return Document(record, tuple(map(digest_of, texts)), words or None)


def profile(id_: str, headline: str = "Data scientist", /, *texts: str, **words: str) -> Document:
    return document(Profile(ProfileId(id_), headline), *texts, **words)


def posting(id_: str, name: str = "Data scientist", /, *texts: str, **words: str) -> Document:
    return document(Posting(PostingId(id_), name), *texts, **words)
