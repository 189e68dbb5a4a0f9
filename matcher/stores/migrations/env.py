"""Alembic's entry point: runs the steps on the connection that `matcher.stores.database` hands over.

That connection is inside a transaction already, so a step that fails leaves nothing behind. Logging is left alone.
"""

from alembic import context

from matcher.stores.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
