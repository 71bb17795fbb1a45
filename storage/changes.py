"""The journal: changes to what is remembered, each with the rows as they were, for undoing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, text, update

from storage import models
from storage.codec import chunked, decoding, instant, utc, utc_if
from storage.errors import StoreCorrupt
from storage.records import ChangeRecord
from storage.sealing import reseal, seal_row
from storage.transcript import next_revision, restamp

_change = models.change.c

# Of a turn only where it belongs is ever changed; row hashes are worked out again. No column with
# words: forgetting could not tell any more whose they are once memories have been merged.
_COLUMNS: dict[str, tuple[str, ...]] = {
    table.name: tuple(c.name for c in table.c if c.name not in ("row_hash", "subject"))
    for table in (models.memory, models.memory_version, models.memory_use, models.inbox)
} | {
    "turn": ("id", "memory_id"),
    "memory_statement": ("turn_id", "position", "memory_id", "superseded_by", "superseded_at"),
}
_NAMING_A_MEMORY = ("memory_id", "superseded_by", "earlier", "later")
FORGET = "forget"

Entry = tuple[str, dict[str, Any], dict[str, Any] | None]


class Journal:
    """Gathers what one change is about to alter, and writes it down.

    Args:
        connection: In a writing transaction.
        owner: Whose rows.
    """

    def __init__(self, connection: Connection, owner: str) -> None:
        self._connection = connection
        self._owner = owner
        self._entries: list[Entry] = []

    def keep(self, table: Table, condition: ColumnElement[bool]) -> None:
        """Remember the rows that a condition names as they are now."""
        columns = [table.c[name] for name in _COLUMNS[table.name]]
        statement = select(*columns).where(table.c.owner == self._owner, condition)
        for row in self._connection.execute(statement).mappings():
            self._entries.append((table.name, _key(table, row), dict(row)))

    def made(self, table: Table, row: Mapping[Any, Any]) -> None:
        """Remember that a row was not there."""
        self._entries.append((table.name, _key(table, row), None))

    def turns(self) -> list[int]:
        """The turns that the change moves from one memory to another, or to none."""
        return [key["id"] for table, key, _ in self._entries if table == "turn"]

    def write(self, kind: str, at: int) -> None:
        """Write the change down, if it changed anything or is a forgetting."""
        if not self._entries and kind != FORGET:
            return
        row = {
            "owner": self._owner,
            "at": at,
            "kind": kind,
            "before": json.dumps(self._entries, separators=(",", ":"), ensure_ascii=False),
            "undone_at": None,
        }
        last = text("SELECT seq FROM sqlite_sequence WHERE name = 'change'")
        row["id"] = int(self._connection.execute(last).scalar() or 0) + 1
        self._connection.execute(
            models.change.insert(), row | {"row_hash": seal_row("change", row)}
        )


def _key(table: Table, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {column.name: row[column.name] for column in table.primary_key}


def undo(connection: Connection, owner: str, at: datetime) -> ChangeRecord | None:
    """Take back the last change that stands; one of kind "forget" only is passed over."""
    statement = select(models.change).where(_change.owner == owner, _change.undone_at.is_(None))
    last = connection.execute(statement.order_by(_change.id.desc()).limit(1)).mappings().first()
    if last is None:
        return None
    _require_intact(last)
    undone_at, _ = instant(at)
    connection.execute(
        update(models.change).where(_change.id == last["id"]).values(undone_at=undone_at)
    )
    reseal(connection, "change", [last["id"]])
    entries = _entries(last["before"])
    if entries:
        # Rows that refer to each other come back in any order.
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        touched = _memories(entries)
        for table, key, before in reversed(entries):
            if table == "turn" and before is not None:
                _keep_as_version(connection, owner, before, undone_at)
            _put_back(connection, models.metadata.tables[table], key, before)
        reseal(connection, "memory", touched)
        reseal(connection, "inbox", [key["id"] for table, key, _ in entries if table == "inbox"])
        revision = next_revision(connection, owner)
        turns = [key["id"] for table, key, _ in entries if table == "turn"]
        restamp(connection, owner, touched, revision, turns=turns)
    [record] = _records(connection, _change.id == last["id"], 1)
    return record


def _put_back(
    connection: Connection, table: Table, key: dict[str, Any], before: dict[str, Any] | None
) -> None:
    here = [table.c[name] == value for name, value in key.items()]
    if before is None:
        connection.execute(delete(table).where(*here))
    elif not connection.execute(update(table).where(*here).values(before)).rowcount:
        connection.execute(table.insert(), before)
        if table is models.inbox:
            _name_subject(connection, key["id"])


def _name_subject(connection: Connection, question: int) -> None:
    """A question that was deleted is about what its later memory is about."""
    inbox, memory, reading = models.inbox.c, models.memory.c, models.reading.c
    subject = (
        select(reading.subject)
        .join_from(models.reading, models.memory, memory.turn_id == reading.turn_id)
        .where(memory.id == inbox.later)
        .scalar_subquery()
    )
    named = update(models.inbox).where(inbox.id == question)
    connection.execute(named.values(subject=subject))


def _keep_as_version(
    connection: Connection, owner: str, before: dict[str, Any], undone_at: int
) -> None:
    """The words of an edit that is undone go on belonging to the memory, for forgetting to find."""
    turn, version = models.turn.c, models.memory_version.c
    memory = connection.execute(select(turn.memory_id).where(turn.id == before["id"])).scalar()
    if before["memory_id"] is not None or memory is None:
        return
    since = select(func.max(version.until)).where(version.memory_id == memory)
    row = {
        "turn_id": before["id"],
        "memory_id": memory,
        "owner": owner,
        "since": connection.execute(since).scalar() or undone_at,
        "until": undone_at,
    }
    connection.execute(models.memory_version.insert(), row)


def changes(connection: Connection, owner: str, limit: int | None) -> list[ChangeRecord]:
    """The changes of an owner, the last one first."""
    return list(_records(connection, _change.owner == owner, limit))


def _records(
    connection: Connection, condition: ColumnElement[bool], limit: int | None
) -> Iterator[ChangeRecord]:
    statement = select(models.change).where(condition)
    for row in connection.execute(statement.order_by(_change.id.desc()).limit(limit)).mappings():
        _require_intact(row)
        memories = tuple(_memories(_entries(row["before"])))
        yield ChangeRecord(
            row["id"], utc(row["at"]), row["kind"], memories, utc_if(row["undone_at"])
        )


def _require_intact(row: Mapping[Any, Any]) -> None:
    if row["row_hash"] != seal_row("change", row):
        raise StoreCorrupt(
            f"the store is damaged: change {row['id']} is not what was written; restore a backup"
        )


def erase_mentions(
    connection: Connection, owner: str, turns: Iterable[int], memories: Iterable[int]
) -> None:
    """Delete the changes that tell of turns or memories about to go; they cannot be undone.

    Neither can what was done before to the same rows as a change that is deleted: undoing goes
    back step by step, and a step is missing.
    """
    gone, lost = set(turns), set(memories)
    statement = select(_change.id, _change.before, _change.undone_at).where(_change.owner == owner)
    doomed = []
    for change in connection.execute(statement.order_by(_change.id.desc())).all():
        entries = _entries(change.before)
        told_turns = {turn for entry in entries for turn in _turns_in(entry)}
        told_memories = {memory for entry in entries for memory in _memories_in(entry)}
        if gone.isdisjoint(told_turns) and lost.isdisjoint(told_memories):
            continue
        doomed.append(change.id)
        if change.undone_at is None:
            gone |= told_turns
            lost |= told_memories
    for some in chunked(doomed):
        connection.execute(delete(models.change).where(_change.id.in_(some)))


def _entries(before: str) -> list[Entry]:
    with decoding("a change"):
        return [(table, key, row) for table, key, row in json.loads(before)]


def _memories(entries: Iterable[Entry]) -> list[int]:
    """The memories that a change altered, in order, each once."""
    found = [
        values["id"] if table == "memory" else values.get("memory_id")
        for table, key, row in entries
        for values in [key | (row or {})]
        if table in ("memory", "memory_statement", "memory_use")
    ]
    return [memory for memory in dict.fromkeys(found) if memory is not None]


def _memories_in(entry: Entry) -> set[int]:
    table, key, row = entry
    values = key | (row or {})
    found = {values.get(name) for name in _NAMING_A_MEMORY}
    if table == "memory":
        found.add(values["id"])
    return {memory for memory in found if memory is not None}


def _turns_in(entry: Entry) -> set[int]:
    table, key, row = entry
    values = key | (row or {})
    found = {values.get("turn_id"), values["id"] if table == "turn" else None}
    return {turn for turn in found if turn is not None}
