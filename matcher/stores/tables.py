"""What the database holds, the same on SQLite and PostgreSQL but for the full-text tables.

migrations/ makes these tables; a test compares what it made with what stands here.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from matcher.core.domain import Facet, Kind

metadata = MetaData()

IdText = Text().with_variant(Text(collation="C"), "postgresql")
"""Ids compare bytewise on both databases: a page's edge must not depend on a locale."""

# SQLite counts by itself only in a column whose type is spelt INTEGER.
Number = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

document = Table(
    "document",
    metadata,
    # Small, so that links and full-text rows need not repeat the id.
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("id", IdText, nullable=False),
    Column("body", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    UniqueConstraint("kind", "id", name="document_kind_id"),
)

change_log = Table(
    "change_log",
    metadata,
    Column("sequence", Number, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("id", IdText, nullable=False),
    Column("operation", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.current_timestamp()),
    Index("change_log_document", "kind", "id"),
    # A number is never given twice, even after the newest rows have been removed.
    sqlite_autoincrement=True,
)

facet_text = Table(
    "facet_text",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, primary_key=True),
    Index("facet_text_digest", "digest"),
)

vector = Table(
    "vector",
    metadata,
    # The digest first: erasing looks a text's vectors up whatever model made them.
    Column("digest", LargeBinary, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("coordinates", LargeBinary, nullable=False),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", IdText, primary_key=True),
    # SHA-256 of the secret, which is nowhere else.
    Column("digest", LargeBinary, nullable=False),
    Column("role", Text, nullable=False),
    Column("organisation", IdText, nullable=True),
    Column("note", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True), nullable=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("asks", Text, nullable=False),
    Column("posting_id", IdText, nullable=False),
    Column("profile_id", IdText, nullable=False),
    Column("event", Text, nullable=False),
    Column("position", Integer, nullable=True),
    Column("request_id", Text, nullable=False),
    Column("weights", Text, nullable=False),
    # Whose posting it was then: a posting can be given to another.
    Column("organisation", IdText, nullable=True),
    # The profile first: erasing looks its events up.
    Index("feedback_pair", "profile_id", "posting_id", "asks", "event", "request_id"),
    Index("feedback_posting", "posting_id"),
)

FACETS = tuple(facet.value for facet in Facet)
"""The columns of a full-text row, in the order of their weight."""

FULL_TEXT_NAMES = {kind: f"full_text_{kind.value}" for kind in Kind}
"""One table a kind, so that how rare a word is among postings says nothing of profiles."""

postgres_metadata = MetaData()


def _postgres_full_text(name: str) -> Table:
    return Table(
        name,
        postgres_metadata,
        Column("number", Number, primary_key=True, autoincrement=False),
        *(Column(facet, Text, nullable=False) for facet in FACETS),
        Column("words", TSVECTOR, nullable=False),
        Index(f"{name}_words", "words", postgresql_using="gin"),
    )


def _sqlite_full_text(name: str) -> Table:
    # An FTS5 table cannot be described to SQLAlchemy: the migration makes it, this only names its columns.
    return Table(
        name,
        MetaData(),
        Column("rowid", Integer, key="number", primary_key=True),
        *(Column(facet, Text) for facet in FACETS),
    )


postgres_full_text = {kind: _postgres_full_text(name) for kind, name in FULL_TEXT_NAMES.items()}
sqlite_full_text = {kind: _sqlite_full_text(name) for kind, name in FULL_TEXT_NAMES.items()}
