"""Whose posting it was when feedback was recorded: of what there is, whose it is now.

What is the same event is told by the transaction that records it, no longer by the table: see `SqlFeedbacks.add`.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_id = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_document = sa.table("document", sa.column("kind"), sa.column("id"), sa.column("body"))
_feedback = sa.table("feedback", sa.column("posting_id"), sa.column("organisation"))


def upgrade() -> None:
    """Add the column, and fill it a posting at a time; have an index where there was a rule."""
    with op.batch_alter_table("feedback") as feedback:
        feedback.add_column(sa.Column("organisation", _id, nullable=True))
        feedback.drop_constraint("feedback_once", type_="unique")
    op.create_index("feedback_pair", "feedback", ["profile_id", "posting_id", "asks", "event", "request_id"])
    connection = op.get_bind()
    for posting_id in connection.scalars(sa.select(_feedback.c.posting_id).distinct()).all():
        is_it = (_document.c.kind == "posting", _document.c.id == posting_id)
        posting = json.loads(connection.scalar(sa.select(_document.c.body).where(*is_it)) or "{}")
        of_it = sa.update(_feedback).where(_feedback.c.posting_id == posting_id)
        if posting.get("organisation"):
            connection.execute(of_it.values(organisation=posting["organisation"]["id"]))
