"""What can be wrong with a file that opens."""

from __future__ import annotations

from sqlalchemy import text

from storage.database import Database
from storage.errors import StorageError

# Each finds rows that should not be; the line says what they are.
_STRAY = {
    "turns without full text": "SELECT count(*) FROM turn WHERE id NOT IN "
    "(SELECT rowid FROM turn_text)",
    "full texts without a turn": "SELECT count(*) FROM turn_text WHERE rowid NOT IN "
    "(SELECT id FROM turn)",
    "memories whose turn is not theirs": "SELECT count(*) FROM memory WHERE id NOT IN "
    "(SELECT memory_id FROM turn WHERE turn.id = memory.turn_id AND memory_id IS NOT NULL)",
    "memories without a reading": "SELECT count(*) FROM memory WHERE turn_id NOT IN "
    "(SELECT turn_id FROM reading)",
    "turns of another owner than their session": "SELECT count(*) FROM turn JOIN session "
    "ON session.id = turn.session_id WHERE session.owner <> turn.owner",
    "turns of another owner than their memory": "SELECT count(*) FROM turn JOIN memory "
    "ON memory.id = turn.memory_id WHERE memory.owner <> turn.owner",
}


def problems(database: Database) -> list[str]:
    """A line for each thing that is wrong; empty when nothing is."""
    found: list[str] = []
    try:
        with database.reading() as connection:
            for (verdict,) in connection.execute(text("PRAGMA integrity_check(20)")):
                if verdict != "ok":
                    found.append(f"{database.name}: {verdict}")
            for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
                found.append(f"{database.name}: row {row} of {table} points to no {parent}")
            for what, statement in _STRAY.items():
                count = connection.execute(text(statement)).scalar_one()
                if count:
                    found.append(f"{database.name}: {count} {what}")
        if not database.read_only:
            with database.writing() as connection:
                # Written as an insertion, but only compares the full text with its own rows.
                connection.execute(
                    text("INSERT INTO turn_text (turn_text) VALUES ('integrity-check')")
                )
    except StorageError as error:
        found.append(str(error))
    return found
