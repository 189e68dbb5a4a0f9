"""Feedback goes that names what is not stored: recorded beside an erasure, it had outlived the person."""

import sqlalchemy as sa
from alembic import op

from matcher.stores import remains

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_document = sa.table("document", sa.column("kind"), sa.column("id"))
_feedback = sa.table("feedback", sa.column("posting_id"), sa.column("profile_id"))


def upgrade() -> None:
    """Delete it, and have PostgreSQL's files scrubbed of it."""
    connection = op.get_bind()
    found = 0
    for kind, named in (("posting", _feedback.c.posting_id), ("profile", _feedback.c.profile_id)):
        is_there = sa.exists().where(_document.c.kind == kind, _document.c.id == named)
        found += connection.execute(sa.delete(_feedback).where(~is_there)).rowcount
    if found and connection.dialect.name == "postgresql":
        remains.note(connection)
