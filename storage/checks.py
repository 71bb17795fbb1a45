"""What can be wrong with a file that opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from storage.database import Database
from storage.encryption import driver_errors
from storage.errors import StorageError, StoreCorrupt
from storage.sealing import seal_reading, seal_row, seal_turn

_SHOWN = 20
_MOST_ONE_BY_ONE = 1_000_000  # a damaged number of the last row can be any

_Followers = tuple[list[Any], list[Any]]


@dataclass(frozen=True)
class _Hashed:
    """A table with row hashes: how its rows are read, told apart, and compared with their hash."""

    statement: str
    key: str
    agrees: Callable[[dict[str, Any], Mapping[int, _Followers]], bool]


# Each finds rows that should not be; the line says what they are.
_WITHOUT_FULL_TEXT = {
    "turns without full text": "SELECT count(*) FROM turn WHERE id NOT IN "
    "(SELECT rowid FROM turn_text)",
    "full texts without a turn": "SELECT count(*) FROM turn_text WHERE rowid NOT IN "
    "(SELECT id FROM turn)",
}
_STRAY = {
    "memories whose turn is not theirs": "SELECT count(*) FROM memory WHERE id NOT IN "
    "(SELECT memory_id FROM turn WHERE turn.id = memory.turn_id AND memory_id IS NOT NULL)",
    "memories without a reading": "SELECT count(*) FROM memory WHERE turn_id NOT IN "
    "(SELECT turn_id FROM reading)",
    "turns of an unknown owner": "SELECT count(*) FROM turn WHERE owner NOT IN "
    "(SELECT name FROM owner)",
    "turns of another owner than their session": "SELECT count(*) FROM turn JOIN session "
    "ON session.id = turn.session_id WHERE session.owner <> turn.owner",
    "vectors of another owner than their turn": "SELECT count(*) FROM turn_vector JOIN turn "
    "ON turn.id = turn_vector.turn_id WHERE turn.owner <> turn_vector.owner",
    "uses of another owner than their memory": "SELECT count(*) FROM memory_use JOIN memory "
    "ON memory.id = memory_use.memory_id WHERE memory.owner <> memory_use.owner",
    "turns of another owner than their memory": "SELECT count(*) FROM turn JOIN memory "
    "ON memory.id = turn.memory_id WHERE memory.owner <> turn.owner",
}


def problems(database: Database, *, full_text_too: bool = True) -> list[str]:
    """A line for each thing that is wrong; empty when nothing is.

    Args:
        database: The file.
        full_text_too: Also look at full text, which can be made anew out of the words.
    """
    found: list[str] = []
    stray = _WITHOUT_FULL_TEXT | _STRAY if full_text_too else _STRAY
    try:
        with database.reading() as connection:
            for (verdict,) in connection.execute(text("PRAGMA integrity_check(20)")):
                if verdict != "ok":
                    found.append(f"{database.name}: {verdict}")
            for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
                found.append(f"{database.name}: row {row} of {table} points to no {parent}")
            for what, statement in stray.items():
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
        if full_text_too and not database.read_only:
            with database.writing() as connection:
                # Written as an insertion, but only compares the full text with its own rows.
                connection.execute(
                    text("INSERT INTO turn_text (turn_text) VALUES ('integrity-check')")
                )
    except StoreCorrupt:
        found.append(f"{database.name}: full text is damaged; 'assistant reindex' makes it anew")
    except StorageError as error:
        found.append(str(error))
    return found


def changed_rows(database: Database) -> dict[str, tuple[int, ...]]:
    """Ids of rows that are not what was written, by table, for each with any.

    They are told by their row hashes. A table that cannot be read to its end is read row by row,
    and those that cannot be read are there too; a table that cannot be read at all is there as ().
    """
    found: dict[str, tuple[int, ...]] = {}
    for table, hashed in _HASHED.items():
        try:
            with database.reading() as connection, _leniently(connection) as raw:
                more = _followers(raw) if table == "reading" else {}
                changed = _disagreeing(raw, hashed, more)
        except StorageError:
            found[table] = _one_by_one(database, table, hashed)
        else:
            if changed:
                found[table] = tuple(changed)
    return found


def _disagreeing(
    raw: Any, hashed: _Hashed, more: Mapping[int, _Followers], one: int | None = None
) -> list[int]:
    """Ids of the rows whose hash is not that of their columns; of all of them, or of one."""
    where = "" if one is None else f" WHERE {hashed.key} = {one}"
    cursor = raw.execute(hashed.statement + where)
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, values, strict=True)) for values in cursor)
    return [row["id"] for row in rows if not hashed.agrees(row, more)]


def _one_by_one(database: Database, table: str, hashed: _Hashed) -> tuple[int, ...]:
    """As ``changed_rows`` of a table in which a scan meets what cannot be read."""
    changed: list[int] = []
    try:
        with database.reading() as connection, _leniently(connection) as raw:
            more = _followers(raw) if table == "reading" else {}
            [last] = raw.execute(f"SELECT max({hashed.key}) FROM {table}").fetchone()  # noqa: S608
            for one in range(1, min(last or 0, _MOST_ONE_BY_ONE) + 1):
                try:
                    changed += _disagreeing(raw, hashed, more, one)
                except driver_errors():
                    changed.append(one)
    except StorageError:
        pass  # with what was found up to then
    return tuple(changed)


@contextmanager
def _leniently(connection: Connection) -> Iterator[Any]:
    """The bare connection, reading text that is not UTF-8 any more."""
    raw: Any = connection.connection.driver_connection
    raw.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield raw
    finally:
        raw.text_factory = str


def _followers(raw: Any) -> dict[int, _Followers]:
    """The dates and the statements of each reading, by turn."""
    found: dict[int, _Followers] = {}
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


def _reading_agrees(row: dict[str, Any], more: Mapping[int, _Followers]) -> bool:
    return bool(row["row_hash"] == seal_reading(row, *more.get(row["id"], ([], []))))


def _agrees(table: str) -> Callable[[dict[str, Any], Any], bool]:
    return lambda row, _: bool(row["row_hash"] == seal_row(table, row))


_HASHED = {
    "turn": _Hashed(
        "SELECT turn.*, session.key AS session FROM turn "
        "LEFT JOIN session ON session.id = turn.session_id",
        "turn.id",
        _turn_agrees,
    ),
    "reading": _Hashed("SELECT turn_id AS id, * FROM reading", "turn_id", _reading_agrees),
    "memory": _Hashed("SELECT * FROM memory", "id", _agrees("memory")),
    "inbox": _Hashed("SELECT * FROM inbox", "id", _agrees("inbox")),
    "change": _Hashed("SELECT * FROM change", "id", _agrees("change")),
}
