"""Forgetting: rows, what was derived from them, and the bytes they leave behind in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, exists, func, select, text, update

from storage import models
from storage.backup import backups_of
from storage.codec import chunked
from storage.database import Database
from storage.memories import restamp
from storage.records import ForgetReceipt
from storage.transcript import next_revision

_turn, _memory = models.turn.c, models.memory.c
_TABLES = ("turn", "turn_text", "turn_vector", "reading", "reading_date", "memory", "session")
_UNINDEX = text("DELETE FROM turn_text WHERE rowid = :id")
_MERGE = text("INSERT INTO turn_text (turn_text) VALUES ('optimize')")


def forget(database: Database, owner: str, ids: Sequence[int]) -> ForgetReceipt:
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
            gone = _release_memories(connection, owner, doomed, revision)
            _delete_turns(connection, owner, doomed)
    scanned = [*_TABLES, *scrub(database, owner)]
    return ForgetReceipt(turns=len(doomed), memories=gone, scanned=tuple(scanned))


def _release_memories(
    connection: Connection, owner: str, doomed: Sequence[int], revision: int
) -> int:
    """Detach memories from turns about to go; returns how many went with them."""
    lost: Counter[int] = Counter()
    for some in chunked(doomed):
        statement = select(_turn.memory_id).where(_turn.id.in_(some), _turn.memory_id.is_not(None))
        lost.update(connection.execute(statement).scalars())
        detached = update(models.turn).where(_turn.id.in_(some)).values(memory_id=None)
        connection.execute(detached)
    gone = 0
    for memory, count in lost.items():
        remaining = select(_turn.id).where(_turn.owner == owner, _turn.memory_id == memory)
        turns = list(connection.execute(remaining.order_by(_turn.id)).scalars())
        if turns:
            quoted = select(_memory.turn_id).where(_memory.id == memory)
            if connection.execute(quoted).scalar_one() not in turns:
                moved = update(models.memory).where(_memory.id == memory)
                connection.execute(moved.values(turn_id=turns[0]))
            weakened = func.max(_memory.strength - count, 1.0)
            connection.execute(
                update(models.memory).where(_memory.id == memory).values(strength=weakened)
            )
        else:
            _delete_memory(connection, owner, memory, revision)
            gone += 1
    return gone


def _delete_memory(connection: Connection, owner: str, memory: int, revision: int) -> None:
    """What it had replaced gives way to what replaced it, or is current again."""
    later = connection.execute(
        select(_memory.superseded_by).where(_memory.id == memory)
    ).scalar_one()
    replaced = _memory.superseded_by == memory
    earlier = list(connection.execute(select(_memory.id).where(replaced)).scalars())
    for one in earlier:
        heir = None if later == one else later
        connection.execute(
            update(models.memory).where(_memory.id == one).values(superseded_by=heir)
        )
    connection.execute(delete(models.memory).where(_memory.id == memory))
    restamp(connection, owner, earlier, revision)


def _delete_turns(connection: Connection, owner: str, doomed: Sequence[int]) -> None:
    connection.execute(_UNINDEX, [{"id": turn_id} for turn_id in doomed])
    for some in chunked(doomed):
        for table in (models.reading_date, models.reading, models.turn_vector):
            connection.execute(delete(table).where(table.c.turn_id.in_(some)))
        connection.execute(delete(models.turn).where(_turn.id.in_(some)))
    emptied = ~exists().where(_turn.session_id == models.session.c.id)
    connection.execute(delete(models.session).where(models.session.c.owner == owner, emptied))


def scrub(database: Database, owner: str) -> list[str]:
    """Clear what deleted rows left behind; returns the names of the files gone through."""
    with database.writing() as connection:
        # Full text marks a row as deleted and drops its terms only when it merges its segments.
        connection.execute(_MERGE)
    database.rewrite()
    files = []
    if database.path is not None:
        for backup in backups_of(database.path):
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
