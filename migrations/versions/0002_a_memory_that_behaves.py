"""Row hashes, two clocks, uses, statements, an inbox, a journal of changes.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Callable
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_NEW_TABLES = ("change", "inbox", "memory_statement", "memory_use", "memory_version")


def upgrade() -> None:
    op.add_column("turn", sa.Column("row_hash", sa.LargeBinary(), nullable=True))
    op.add_column("turn", sa.Column("recited", sa.Boolean(), nullable=True))
    op.add_column("reading", sa.Column("words_hash", sa.LargeBinary(), nullable=True))
    op.add_column("reading", sa.Column("row_hash", sa.LargeBinary(), nullable=True))
    op.create_index("ix_reading_owner_words_hash", "reading", ["owner", "words_hash"])
    _create_tables()
    _uses_from_strengths()
    _keeping_ids("memory", _memory_without_strength)
    _superseded_since()
    _hash_turns()
    _hash_readings()
    _hash_memories()


def downgrade() -> None:
    _keeping_ids("memory", _memory_with_strength)
    for table in _NEW_TABLES:
        op.drop_table(table)
    op.drop_index("ix_reading_owner_words_hash", "reading")
    with op.batch_alter_table("reading", recreate="always") as table:
        table.drop_column("row_hash")
        table.drop_column("words_hash")
    _keeping_ids("turn", _turn_without_hash)


def _create_tables() -> None:
    op.create_table(
        "memory_version",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", name="pk_memory_version"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_memory_version_turn_id"),
        sa.ForeignKeyConstraint(["memory_id"], ["memory.id"], name="fk_memory_version_memory_id"),
    )
    op.create_index("ix_memory_version_memory_id_owner", "memory_version", ["memory_id", "owner"])
    op.create_table(
        "memory_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_memory_use"),
        sa.ForeignKeyConstraint(["memory_id"], ["memory.id"], name="fk_memory_use_memory_id"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_memory_use_turn_id"),
    )
    op.create_index("ix_memory_use_memory_id_owner", "memory_use", ["memory_id", "owner"])
    op.create_index("ix_memory_use_turn_id", "memory_use", ["turn_id"])
    op.create_table(
        "memory_statement",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("memory_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("exclusive", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("turn_id", "position", name="pk_memory_statement"),
        sa.ForeignKeyConstraint(
            ["turn_id"], ["reading.turn_id"], name="fk_memory_statement_turn_id"
        ),
        sa.ForeignKeyConstraint(["memory_id"], ["memory.id"], name="fk_memory_statement_memory_id"),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["memory.id"], name="fk_memory_statement_superseded_by"
        ),
    )
    op.create_index(
        "ix_memory_statement_memory_id_owner", "memory_statement", ["memory_id", "owner"]
    )
    op.create_index("ix_memory_statement_owner_subject", "memory_statement", ["owner", "subject"])
    op.create_index("ix_memory_statement_superseded_by", "memory_statement", ["superseded_by"])
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=False),
        sa.Column("later", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.ForeignKeyConstraint(["earlier"], ["memory.id"], name="fk_inbox_earlier"),
        sa.ForeignKeyConstraint(["later"], ["memory.id"], name="fk_inbox_later"),
        sa.UniqueConstraint("owner", "earlier", "later", name="uq_inbox_owner_earlier_later"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_inbox_earlier", "inbox", ["earlier"])
    op.create_index("ix_inbox_later", "inbox", ["later"])
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("row_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_owner", "change", ["owner"])


# -- the memory table, rebuilt ---------------------------------------------------------------------


def _keeping_ids(table: str, rebuild: Callable[[], None]) -> None:
    """Rebuild a table without giving out again the ids of rows that were deleted from it."""
    connection = op.get_bind()
    last = connection.execute(
        sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table}
    ).scalar()
    rebuild()
    if last is not None:
        for statement in (
            "DELETE FROM sqlite_sequence WHERE name = :name",
            "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)",
        ):
            given = {"name": table, "last": last} if ":last" in statement else {"name": table}
            connection.execute(sa.text(statement), given)


def _memory_without_strength() -> None:
    with op.batch_alter_table(
        "memory", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.add_column(sa.Column("superseded_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("archived_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("valid_from", sa.String(), nullable=True))
        table.add_column(sa.Column("valid_to", sa.String(), nullable=True))
        table.add_column(sa.Column("row_hash", sa.LargeBinary(), nullable=True))
        table.drop_column("strength")
        table.drop_column("used_at")


def _memory_with_strength() -> None:
    with op.batch_alter_table(
        "memory", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.add_column(
            sa.Column("strength", sa.Float(), nullable=False, server_default="1.0"),
            insert_after="turn_id",
        )
        table.add_column(
            sa.Column("used_at", sa.BigInteger(), nullable=True), insert_after="strength"
        )
        for name in ("superseded_at", "archived_at", "valid_from", "valid_to", "row_hash"):
            table.drop_column(name)
    op.execute(
        "UPDATE memory SET strength = 1.0 + "
        "(SELECT count(*) FROM memory_use WHERE memory_use.memory_id = memory.id), used_at = "
        "(SELECT max(at) FROM memory_use WHERE memory_use.memory_id = memory.id "
        "AND memory_use.turn_id IS NULL)"
    )
    with op.batch_alter_table(
        "memory", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.alter_column("strength", server_default=None)


def _turn_without_hash() -> None:
    with op.batch_alter_table(
        "turn", recreate="always", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.drop_column("row_hash")
        table.drop_column("recited")


# -- what old rows imply ---------------------------------------------------------------------------


def _uses_from_strengths() -> None:
    """A restatement was said when its turn was; of other uses only the last one's time is known."""
    op.execute(
        "INSERT INTO memory_use (memory_id, owner, at, turn_id) "
        "SELECT memory.id, memory.owner, turn.said_at, turn.id FROM turn "
        "JOIN memory ON memory.id = turn.memory_id WHERE turn.id <> memory.turn_id ORDER BY turn.id"
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT id, owner, used_at, strength, "
            "(SELECT count(*) FROM memory_use WHERE memory_id = memory.id) FROM memory "
            "WHERE used_at IS NOT NULL"
        )
    ).all()
    uses = [
        {"memory": memory, "owner": owner, "at": used_at}
        for memory, owner, used_at, strength, restated in rows
        for _ in range(max(round(strength) - 1 - restated, 1))
    ]
    if uses:
        connection.execute(
            sa.text("INSERT INTO memory_use (memory_id, owner, at) VALUES (:memory, :owner, :at)"),
            uses,
        )


def _superseded_since() -> None:
    op.execute(
        "UPDATE memory SET superseded_at = (SELECT max(old.said_at, new.said_at) "
        "FROM memory AS later JOIN turn AS new ON new.id = later.turn_id, turn AS old "
        "WHERE later.id = memory.superseded_by AND old.id = memory.turn_id) "
        "WHERE superseded_by IS NOT NULL"
    )


def _hash_turns() -> None:
    connection = op.get_bind()
    setting = sa.text("UPDATE turn SET row_hash = :hash WHERE id = :row")
    last = 0
    while True:
        rows = connection.execute(
            sa.text(
                "SELECT turn.id, session.key, turn.owner, said_at, offset_s, role, speaker, ref, "
                "text FROM turn JOIN session ON session.id = turn.session_id "
                "WHERE turn.id > :last ORDER BY turn.id LIMIT 1000"
            ),
            {"last": last},
        ).all()
        if not rows:
            return
        hashes = [{"row": row[0], "hash": _seal(row[1], row[0], *row[2:])} for row in rows]
        connection.execute(setting, hashes)
        last = rows[-1][0]


def _hash_readings() -> None:
    connection = op.get_bind()
    dates: dict[int, list[object]] = {}
    for turn, *date in connection.execute(
        sa.text(
            "SELECT turn_id, phrase, first_day, last_day FROM reading_date "
            "ORDER BY turn_id, position"
        )
    ):
        dates.setdefault(turn, []).extend(("date", *date))
    rows = connection.execute(
        sa.text(
            "SELECT reading.turn_id, reading.owner, salience, subject, value, speaker, text "
            "FROM reading JOIN turn ON turn.id = reading.turn_id"
        )
    ).all()
    hashes = []
    for turn, owner, salience, subject, value, speaker, words in rows:
        key = _seal(speaker, _same_words(words))
        sealed = _seal(turn, owner, salience, subject, value, key, *dates.get(turn, ()))
        hashes.append({"row": turn, "key": key, "hash": sealed})
    if hashes:
        connection.execute(
            sa.text("UPDATE reading SET words_hash = :key, row_hash = :hash WHERE turn_id = :row"),
            hashes,
        )


def _hash_memories() -> None:
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT id, owner, turn_id, superseded_by, superseded_at, pinned, archived_at, "
            "valid_from, valid_to FROM memory"
        )
    ).all()
    if rows:
        connection.execute(
            sa.text("UPDATE memory SET row_hash = :hash WHERE id = :row"),
            [{"row": row[0], "hash": _seal(*row)} for row in rows],
        )


# Copied, for what a migration writes must not change with the program.


def _seal(*values: object) -> bytes:
    digest = blake2b(digest_size=16)
    for value in values:
        if value is None:
            kind, data = b"n", b""
        elif isinstance(value, float):
            kind, data = b"f", struct.pack("<d", value)
        elif isinstance(value, int):
            kind, data = b"i", b"%d" % value
        elif isinstance(value, bytes):
            kind, data = b"b", value
        else:
            kind, data = b"s", str(value).encode("utf-8")
        digest.update(b"%s%d:" % (kind, len(data)) + data)
    return digest.digest()


def _same_words(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())
