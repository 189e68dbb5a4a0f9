"""The changes of one document are looked up: a person may ask when anything of theirs was written."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("change_log_document", "change_log", ["kind", "id"])
