"""Vectors by the digest of their text and the model that made them. Each function works inside a transaction.

A vector is kept only while a document uses its text: what a candidate has taken back must not stay behind as numbers.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache

import numpy as np
from sqlalchemy import Connection, Insert, bindparam, delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from matcher.core.ports import Vectors
from matcher.stores.database import chunks
from matcher.stores.tables import facet_text, vector

_STORED = np.dtype("<f4")
"""The same bytes on every machine."""

_unused = ~exists().where(facet_text.c.digest == vector.c.digest)

# Made once, as in documents.py.
_DROP_UNUSED = delete(vector).where(vector.c.digest.in_(bindparam("digests", expanding=True)), _unused)
_LOAD = select(vector.c.digest, vector.c.coordinates).where(
    vector.c.model == bindparam("model"), vector.c.digest.in_(bindparam("digests", expanding=True))
)


def used(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Return the digests of texts that a document uses."""
    return {
        digest
        for chunk in chunks(digests)
        for digest in connection.scalars(select(facet_text.c.digest).where(facet_text.c.digest.in_(chunk)).distinct())
    }


def save(
    connection: Connection,
    vectors: Mapping[bytes, Vectors],
    digests: Iterable[bytes],
    *,
    model: str,
    replacing: bool = False,
) -> None:
    """Store the vectors of those digests, as far as there are any; one that is stored already is kept or replaced."""
    rows = [
        {"digest": digest, "model": model, "coordinates": np.asarray(vectors[digest], dtype=_STORED).tobytes()}
        for digest in sorted(digests)
        if digest in vectors
    ]
    if rows:
        connection.execute(_saving(connection.dialect.name, replacing=replacing), rows)


@cache
def _saving(dialect: str, *, replacing: bool) -> Insert:
    new = (sqlite if dialect == "sqlite" else postgresql).insert(vector)
    statement: Insert
    if replacing:
        key = [vector.c.digest, vector.c.model]
        statement = new.on_conflict_do_update(index_elements=key, set_={"coordinates": new.excluded.coordinates})
    else:
        statement = new.on_conflict_do_nothing()
    return statement


def load(connection: Connection, digests: Iterable[bytes], *, model: str) -> dict[bytes, Vectors]:
    """Return the vectors that are stored, float32 of shape (dimension,) each, and of what is damaged what is left."""
    return {
        # Copied: a view would be read-only and keep the driver's bytes alive.
        digest: np.frombuffer(coordinates, dtype=_STORED).astype(np.float32)
        for chunk in chunks(dict.fromkeys(digests))
        for digest, coordinates in connection.execute(_LOAD, {"model": model, "digests": chunk})
        if len(coordinates) % _STORED.itemsize == 0
    }


def drop_unused(connection: Connection, digests: Iterable[bytes]) -> None:
    """Delete the vectors, of any model, of those texts that no document uses any more."""
    for chunk in chunks(digests):
        connection.execute(_DROP_UNUSED, {"digests": chunk})


def drop_other(connection: Connection, *, keep_models: Collection[str]) -> int:
    """Delete the vectors of every other model, and those of texts that no document uses. Returns how many went."""
    return connection.execute(delete(vector).where(or_(vector.c.model.not_in(keep_models), _unused))).rowcount
