"""The statements read in a memory's words: one can be replaced while the others stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from storage import models
from storage.changes import Journal
from storage.codec import chunked, clean, utc_if
from storage.prepared import Prepared
from storage.records import Decision, StatementRecord

_statement, _memory = models.memory_statement.c, models.memory.c

_QUOTED = select(
    _statement.memory_id,
    _statement.position,
    _statement.subject,
    _statement.value,
    _statement.exclusive,
    _statement.words,
    _statement.superseded_by,
    _statement.superseded_at,
).join_from(
    models.memory_statement,
    models.memory,
    and_(_memory.id == _statement.memory_id, _memory.turn_id == _statement.turn_id),
)
_OF_MEMORIES = Prepared(
    _QUOTED.where(
        _memory.owner == bindparam("owner"), _memory.id.in_(bindparam("ids", expanding=True))
    ).order_by(_statement.memory_id, _statement.position)
)
_ABOUT = _QUOTED.where(
    _statement.owner == bindparam("owner"), _statement.subject == bindparam("subject")
).order_by(_statement.memory_id, _statement.position)


def rows_of(decision: Decision, turn: int, memory: int, owner: str) -> list[dict[str, object]]:
    """Rows for the statements of a decision."""
    return [
        {
            "turn_id": turn,
            "position": position,
            "memory_id": memory,
            "owner": owner,
            "subject": clean(one.subject),
            "value": None if one.value is None else clean(one.value),
            "exclusive": bool(one.exclusive),
            "words": clean(one.words),
            "superseded_by": None,
            "superseded_at": None,
        }
        for position, one in enumerate(decision.statements)
    ]


def of_memories(
    connection: Connection, owner: str, ids: Iterable[int]
) -> dict[int, tuple[StatementRecord, ...]]:
    """What each memory's words state, in order; a memory that states nothing has ()."""
    found: dict[int, tuple[StatementRecord, ...]] = {}
    for some in chunked(sorted(set(ids))):
        found.update((memory, ()) for memory in some)
        for one in _records(_OF_MEMORIES.rows(connection, ids=some, owner=owner)):
            found[one.memory] += (one,)
    return found


def about(
    connection: Connection, owner: str, subject: str, *, include_superseded: bool
) -> tuple[StatementRecord, ...]:
    """What memories state of a subject, the oldest memory first."""
    statement = _ABOUT
    if not include_superseded:
        statement = statement.where(
            _statement.superseded_by.is_(None), _memory.superseded_by.is_(None)
        )
    given = {"owner": owner, "subject": clean(subject)}
    return tuple(_records(connection.execute(statement, given)))


def _records(rows: Iterable[Any]) -> list[StatementRecord]:
    return [
        StatementRecord(
            subject=row.subject,
            value=row.value,
            exclusive=bool(row.exclusive),
            words=row.words,
            memory=row.memory_id,
            position=row.position,
            superseded_by=row.superseded_by,
            superseded_at=utc_if(row.superseded_at),
        )
        for row in rows
    ]


def supersede(
    connection: Connection,
    owner: str,
    journal: Journal,
    replaced: Sequence[tuple[int, int]],
    by: int,
    at: int,
) -> list[int]:
    """Mark single statements as replaced, in every telling of their memory; returns the memories.

    Args:
        connection: In a writing transaction.
        owner: Whose they are.
        journal: Where they are kept as they were.
        replaced: (memory, position) of each; unknown ones are passed over.
        by: The memory that replaces them.
        at: Since when, microseconds of UTC since 1970.
    """
    changed: list[int] = []
    for memory, position in replaced:
        here = of_memories(connection, owner, [memory])[memory]
        found = next((one for one in here if one.position == position), None)
        if found is None or memory == by:
            continue
        same = and_(
            _statement.memory_id == memory,
            _statement.subject == found.subject,
            # A restatement says the same in its own spelling.
            func.lower(func.coalesce(_statement.value, "")) == func.lower(found.value or ""),
        )
        journal.keep(models.memory_statement, same)
        connection.execute(
            update(models.memory_statement)
            .where(_statement.owner == owner, same)
            .values(superseded_by=by, superseded_at=at)
        )
        changed.append(memory)
    return changed
