"""Runs migrations on the connection or engine handed over in the configuration."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, Engine

from storage import models


def own_tables_only(name: str | None, kind: str, _: object) -> bool:
    """The full-text table and its shadows are no tables that Alembic can compare."""
    return kind != "table" or not (name or "").startswith("turn_text")


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=models.metadata,
        include_name=own_tables_only,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


bind = context.config.attributes.get("connection")
if isinstance(bind, Engine):
    with bind.connect() as opened:
        run(opened)
        opened.commit()
elif isinstance(bind, Connection):
    run(bind)
else:
    raise RuntimeError(
        "migrations run on a connection handed over: open the file with LongTermStore, "
        "or use storage.upgrade.alembic_config"
    )
