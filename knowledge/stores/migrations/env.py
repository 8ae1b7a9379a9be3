"""Runs the store's migrations over the connection that `knowledge.stores.sql_store` opened."""

from __future__ import annotations

from alembic import context

from knowledge.stores.schema import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
with context.begin_transaction():
    context.run_migrations()
