"""Feedback: what became of matches that were shown."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_id = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table of events."""
    op.create_table(
        "feedback",
        sa.Column("number", _number, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks", sa.Text, nullable=False),
        sa.Column("posting_id", _id, nullable=False),
        sa.Column("profile_id", _id, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=True),
        sa.Column("request_id", sa.Text, nullable=False),
        sa.Column("weights", sa.Text, nullable=False),
        sa.UniqueConstraint("profile_id", "posting_id", "asks", "event", "request_id", name="feedback_once"),
    )
    op.create_index("feedback_posting", "feedback", ["posting_id"])
