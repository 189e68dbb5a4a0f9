"""The first tables: documents, the change log, vectors, full text."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_id = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make every table, and give the database its identity in the same transaction."""
    meta = op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.bulk_insert(meta, [{"key": "database_id", "value": str(uuid4())}])
    op.create_table(
        "document",
        sa.Column("number", _number, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", _id, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("kind", "id", name="document_kind_id"),
    )
    op.create_table(
        "change_log",
        sa.Column("sequence", _number, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("id", _id, nullable=False),
        sa.Column("operation", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.current_timestamp()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "facet_text",
        sa.Column("number", _number, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, primary_key=True),
    )
    op.create_index("facet_text_digest", "facet_text", ["digest"])
    op.create_table(
        "vector",
        sa.Column("digest", sa.LargeBinary, primary_key=True),
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("coordinates", sa.LargeBinary, nullable=False),
    )
    for name in ("full_text_posting", "full_text_profile"):
        _full_text(name)


def _full_text(name: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE {name} USING fts5(title, skills, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        return
    op.create_table(
        name,
        sa.Column("number", _number, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("skills", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("words", TSVECTOR, nullable=False),
    )
    op.create_index(f"{name}_words", name, ["words"], postgresql_using="gin")
