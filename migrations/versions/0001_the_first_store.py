"""The first store: transcript, memories, vectors, full text.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("unscrubbed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_owner"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("owner", "key", name="uq_session_owner_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "memory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Float(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memory"),
        sa.ForeignKeyConstraint(["superseded_by"], ["memory.id"], name="fk_memory_superseded_by"),
        sa.UniqueConstraint("turn_id", name="uq_memory_turn_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_memory_owner", "memory", ["owner"])
    op.create_index("ix_memory_superseded_by", "memory", ["superseded_by"])
    op.create_table(
        "turn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("consolidated", sa.Boolean(), nullable=False),
        sa.Column("memory_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("offset_s", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_turn_session_id"),
        sa.ForeignKeyConstraint(["memory_id"], ["memory.id"], name="fk_turn_memory_id"),
        sa.UniqueConstraint("owner", "ref", name="uq_turn_owner_ref"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turn_owner", "turn", ["owner"])
    op.create_index("ix_turn_owner_revision", "turn", ["owner", "revision"])
    op.create_index("ix_turn_session_id_owner", "turn", ["session_id", "owner"])
    op.create_index("ix_turn_memory_id_owner", "turn", ["memory_id", "owner"])
    op.create_index("ix_turn_owner_consolidated", "turn", ["owner", "consolidated"])
    op.create_table(
        "turn_vector",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_turn_vector"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_turn_vector_turn_id"),
    )
    op.create_index("ix_turn_vector_owner_fingerprint", "turn_vector", ["owner", "fingerprint"])
    op.create_table(
        "reading",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("salience", sa.Float(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("turn_id", name="pk_reading"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_reading_turn_id"),
    )
    op.create_index("ix_reading_owner_subject", "reading", ["owner", "subject"])
    op.create_table(
        "reading_date",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("phrase", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "position", name="pk_reading_date"),
        sa.ForeignKeyConstraint(["turn_id"], ["reading.turn_id"], name="fk_reading_date_turn_id"),
    )
    op.execute("CREATE VIRTUAL TABLE turn_text USING fts5(terms, tokenize = 'ascii')")


def downgrade() -> None:
    op.execute("DROP TABLE turn_text")
    for table in ("reading_date", "reading", "turn_vector", "turn", "memory", "session", "owner"):
        op.drop_table(table)
