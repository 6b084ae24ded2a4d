"""Alembic's environment: runs migrations on the connection handed in by `platform_api.db`."""

from alembic import context
from sqlalchemy import Connection

from platform_api.schema import metadata

connection: Connection | None = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run when the api starts; they take no command line of their own")

context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
