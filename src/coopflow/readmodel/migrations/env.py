"""How Alembic runs: on the connection that it is given, within that connection's transaction."""

from __future__ import annotations

from alembic import context

from coopflow.readmodel.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite changes a table by making another one of it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
