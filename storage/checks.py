"""What can be wrong with a file that opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from storage.database import Database
from storage.errors import StorageError
from storage.sealing import seal_reading, seal_row, seal_turn

_SHOWN = 20

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
    "turns of an unknown owner": "SELECT count(*) FROM turn WHERE owner NOT IN "
    "(SELECT name FROM owner)",
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
    except StorageError as error:
        found.append(str(error))
    for table, ids in changed_rows(database).items():
        shown = ", ".join(map(str, ids[:_SHOWN])) + (", …" if len(ids) > _SHOWN else "")
        what = f"{len(ids)} rows of {table} are" if len(ids) > 1 else f"1 row of {table} is"
        found.append(
            f"{database.name}: {what} not what was written ({shown}); restore a backup"
            if ids
            else f"{database.name}: the rows of {table} cannot all be read; restore a backup"
        )
    try:
        if not database.read_only:
            with database.writing() as connection:
                # Written as an insertion, but only compares the full text with its own rows.
                connection.execute(
                    text("INSERT INTO turn_text (turn_text) VALUES ('integrity-check')")
                )
    except StorageError as error:
        found.append(str(error))
    return found


def changed_rows(database: Database) -> dict[str, tuple[int, ...]]:
    """Ids of rows that are not what was written, by table, for each with any.

    They are told by their row hashes. A table that cannot be read to its end is there with what
    was found up to then, if only ().
    """
    found: dict[str, tuple[int, ...]] = {}
    for table, (statement, agrees) in _HASHED.items():
        changed: list[int] = []
        readable = True
        try:
            with database.reading() as connection, _leniently(connection) as raw:
                more = _followers(raw) if table == "reading" else {}
                cursor = raw.execute(statement)
                names = [column[0] for column in cursor.description]
                for values in cursor:
                    row = dict(zip(names, values, strict=True))
                    if not agrees(row, more):
                        changed.append(row["id"])
        except StorageError:
            readable = False
        if changed or not readable:
            found[table] = tuple(changed)
    return found


@contextmanager
def _leniently(connection: Connection) -> Iterator[Any]:
    """The bare connection, reading text that is not UTF-8 any more."""
    raw: Any = connection.connection.driver_connection
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield raw
    finally:
        raw.text_factory = str


def _followers(raw: Any) -> dict[int, tuple[list[Any], list[Any]]]:
    """The dates and the statements of each reading, by turn."""
    found: dict[int, tuple[list[Any], list[Any]]] = {}
    for place, statement in enumerate(
        (
            "SELECT turn_id, phrase, first_day, last_day FROM reading_date",
            "SELECT turn_id, subject, value, exclusive, words FROM memory_statement",
        )
    ):
        for turn, *values in raw.execute(f"{statement} ORDER BY turn_id, position"):
            found.setdefault(turn, ([], []))[place].append(values)
    return found


def _turn_agrees(row: dict[str, Any], _: object) -> bool:
    return bool(row["row_hash"] == seal_turn(row, row["session"]))


def _reading_agrees(row: dict[str, Any], more: dict[int, tuple[list[Any], list[Any]]]) -> bool:
    return bool(row["row_hash"] == seal_reading(row, *more.get(row["id"], ([], []))))


def _agrees(table: str) -> Callable[[dict[str, Any], Any], bool]:
    return lambda row, _: bool(row["row_hash"] == seal_row(table, row))


_HASHED: dict[str, tuple[str, Callable[[dict[str, Any], Any], bool]]] = {
    "turn": (
        "SELECT turn.*, session.key AS session FROM turn "
        "LEFT JOIN session ON session.id = turn.session_id",
        _turn_agrees,
    ),
    "reading": ("SELECT turn_id AS id, * FROM reading", _reading_agrees),
    "memory": ("SELECT * FROM memory", _agrees("memory")),
    "inbox": ("SELECT * FROM inbox", _agrees("inbox")),
    "change": ("SELECT * FROM change", _agrees("change")),
}
