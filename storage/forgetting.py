"""Forgetting: rows, what was derived from them, and the bytes they leave behind in the file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, or_, select, text, update

from storage import models
from storage.backup import back_up_regularly, managed_files
from storage.changes import FORGET, Journal, erase_mentions
from storage.codec import chunked, instant
from storage.database import Database
from storage.errors import StorageError
from storage.records import ForgetReceipt
from storage.sealing import reseal
from storage.transcript import next_revision, restamp

_turn, _memory, _use, _version, _statement, _inbox = (
    models.turn.c,
    models.memory.c,
    models.memory_use.c,
    models.memory_version.c,
    models.memory_statement.c,
    models.inbox.c,
)
_TABLES = (
    "turn",
    "turn_text",
    "turn_vector",
    "reading",
    "reading_date",
    "memory",
    "memory_statement",
    "memory_use",
    "memory_version",
    "inbox",
    "change",
    "session",
)
_UNINDEX = text("DELETE FROM turn_text WHERE rowid = :id")
_STATISTICS = text("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat_'")
MERGE = text("INSERT INTO turn_text (turn_text) VALUES ('optimize')")


def forget(database: Database, owner: str, ids: Sequence[int], at: datetime) -> ForgetReceipt:
    """Remove turns and everything derived from them, and clear the space they took.

    A memory whose quoted turn goes but that was restated lives on in the words of the first
    restatement left, with what was read out of those.

    Raises:
        StoreLocked: The rows are gone, but another process keeps the log from being emptied;
            forgetting again, or opening the store again, finishes the work.
    """
    with database.writing() as connection:
        doomed: list[int] = []
        for some in chunked(sorted(set(ids))):
            statement = select(_turn.id).where(_turn.owner == owner, _turn.id.in_(some))
            doomed += connection.execute(statement).scalars()
        gone = 0
        if doomed:
            revision = next_revision(connection, owner, forgetting=True)
            lost = _release_memories(connection, owner, doomed, revision)
            erase_mentions(connection, owner, doomed, lost)
            _delete_turns(connection, owner, doomed)
            Journal(connection, owner).write(FORGET, instant(at)[0])
            gone = len(lost)
    held = [] if database.path is None else managed_files(database.path)
    scanned, backup = finish(database, owner, at)
    return ForgetReceipt(len(doomed), gone, (*_TABLES, *scanned), len(held), backup)


def finish(database: Database, owner: str, at: datetime) -> tuple[list[str], str | None]:
    """Clear the files of what was deleted; if there were backups, one is made without it.

    Returns:
        The names of the files gone through, and that of the backup made.

    Raises:
        StoreLocked: Another process reads the store and keeps its log from being emptied.
    """
    held = database.path is not None and bool(managed_files(database.path))
    scanned = scrub(database, owner)
    if not held or database.path is None:
        return scanned, None
    # What the backups were for is worth having still, without what was forgotten.
    try:
        return scanned, back_up_regularly(database.path, at, cipher=database.cipher).name
    except StorageError:
        return scanned, None


def _release_memories(
    connection: Connection, owner: str, doomed: Sequence[int], revision: int
) -> list[int]:
    """Detach memories from turns about to go; returns those that go with them."""
    touched: set[int] = set()
    for some in chunked(doomed):
        statement = select(_turn.memory_id).where(_turn.id.in_(some), _turn.memory_id.is_not(None))
        touched.update(connection.execute(statement).scalars())
        detached = update(models.turn).where(_turn.id.in_(some)).values(memory_id=None)
        connection.execute(detached)
        for table in (models.memory_use, models.memory_version):
            connection.execute(delete(table).where(table.c.turn_id.in_(some)))
    gone = []
    for memory in sorted(touched):
        remaining = select(_turn.id).where(_turn.owner == owner, _turn.memory_id == memory)
        turns = list(connection.execute(remaining.order_by(_turn.id)).scalars())
        if not turns:
            _delete_memory(connection, owner, memory, revision)
            gone.append(memory)
            continue
        quoted = select(_memory.turn_id).where(_memory.id == memory)
        if connection.execute(quoted).scalar_one() not in turns:
            _quote(connection, memory, turns[0])
    return gone


def _quote(connection: Connection, memory: int, turn: int) -> None:
    """Have a memory quote a restatement, which from now on is its telling."""
    stated = select(_statement.subject, _statement.value, _statement.superseded_by)
    stated = stated.add_columns(_statement.superseded_at).where(
        _statement.memory_id == memory, _statement.superseded_by.is_not(None)
    )
    for row in connection.execute(stated).all():
        same = (
            _statement.turn_id == turn,
            _statement.subject == row.subject,
            func.lower(func.coalesce(_statement.value, "")) == func.lower(row.value or ""),
        )
        replaced = {"superseded_by": row.superseded_by, "superseded_at": row.superseded_at}
        connection.execute(update(models.memory_statement).where(*same).values(replaced))
    connection.execute(update(models.memory).where(_memory.id == memory).values(turn_id=turn))
    connection.execute(delete(models.memory_use).where(_use.turn_id == turn))
    reseal(connection, "memory", [memory])


def _delete_memory(connection: Connection, owner: str, memory: int, revision: int) -> None:
    """What it had replaced gives way to what replaced it, or is current again."""
    later, since = connection.execute(
        select(_memory.superseded_by, _memory.superseded_at).where(_memory.id == memory)
    ).one()
    earlier = list(
        connection.execute(select(_memory.id).where(_memory.superseded_by == memory)).scalars()
    )
    for one in earlier:
        heir = None if later == one else later
        replaced = {"superseded_by": heir, "superseded_at": None if heir is None else since}
        connection.execute(update(models.memory).where(_memory.id == one).values(replaced))
    reseal(connection, "memory", earlier)
    heir = {"superseded_by": later, "superseded_at": since}
    by_it = update(models.memory_statement).where(_statement.superseded_by == memory)
    connection.execute(by_it.values(heir))
    # Earlier versions of its words stay in the transcript; what was read out of them goes.
    versions = select(_version.turn_id).where(_version.memory_id == memory)
    read = list(connection.execute(versions).scalars())
    connection.execute(delete(models.memory_statement).where(_statement.memory_id == memory))
    for some in chunked(read):
        for table in (models.reading_date, models.reading):
            connection.execute(delete(table).where(table.c.turn_id.in_(some)))
    for table, here in (
        (models.memory_use, _use.memory_id == memory),
        (models.memory_version, _version.memory_id == memory),
        (models.inbox, or_(_inbox.earlier == memory, _inbox.later == memory)),
        (models.memory, _memory.id == memory),
    ):
        connection.execute(delete(table).where(here))
    restamp(connection, owner, earlier, revision)


def _delete_turns(connection: Connection, owner: str, doomed: Sequence[int]) -> None:
    connection.execute(_UNINDEX, [{"id": turn_id} for turn_id in doomed])
    for some in chunked(doomed):
        for table in (
            models.memory_statement,
            models.reading_date,
            models.reading,
            models.turn_vector,
        ):
            connection.execute(delete(table).where(table.c.turn_id.in_(some)))
        connection.execute(delete(models.turn).where(_turn.id.in_(some)))
    emptied = ~exists().where(_turn.session_id == models.session.c.id)
    connection.execute(delete(models.session).where(models.session.c.owner == owner, emptied))


def scrub(database: Database, owner: str) -> list[str]:
    """Clear what deleted rows left behind; returns the names of the files gone through."""
    with database.writing() as connection:
        # Full text marks a row as deleted and drops its terms only when it merges its segments.
        connection.execute(MERGE)
        # What the planner has counted can hold samples of keys, where SQLite was built for it.
        for name in connection.execute(_STATISTICS).scalars().all():
            connection.execute(text(f"DROP TABLE {name}"))
    database.rewrite()
    files = []
    if database.path is not None:
        for backup in managed_files(database.path):
            backup.unlink(missing_ok=True)
            files.append(backup.name)
        files += [database.path.name + end for end in ("", "-wal", "-shm")]
    with database.writing() as connection:
        cleared = update(models.owner).where(models.owner.c.name == owner)
        connection.execute(cleared.values(unscrubbed=False))
    return files


def needs_scrubbing(database: Database, owner: str) -> bool:
    """Whether a forgetting was cut short after its rows had gone."""
    with database.reading() as connection:
        statement = select(models.owner.c.unscrubbed).where(models.owner.c.name == owner)
        return bool(connection.execute(statement).scalar())
