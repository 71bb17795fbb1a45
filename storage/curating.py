"""What is done to memories by hand or in sleep: pinned, archived, edited, replaced, merged.

Each is one change in the journal, and can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from storage import models
from storage.changes import Journal
from storage.codec import chunked, write_day
from storage.sealing import reseal

_turn, _memory, _use, _version, _inbox = (
    models.turn.c,
    models.memory.c,
    models.memory_use.c,
    models.memory_version.c,
    models.inbox.c,
)


def set_pinned(
    connection: Connection, owner: str, journal: Journal, ids: Sequence[int], *, on: bool
) -> list[int]:
    """Pin memories or let go of them; returns those that were not so yet."""
    return _set(connection, owner, journal, ids, _memory.pinned != on, {"pinned": on})


def set_archived(
    connection: Connection, owner: str, journal: Journal, ids: Sequence[int], at: int | None
) -> list[int]:
    """Put memories into the archive, or with None take them out; returns those that moved."""
    elsewhere = _memory.archived_at.is_not(None) if at is None else _memory.archived_at.is_(None)
    return _set(connection, owner, journal, ids, elsewhere, {"archived_at": at})


def _set(
    connection: Connection,
    owner: str,
    journal: Journal,
    ids: Sequence[int],
    differs: object,
    values: dict[str, object],
) -> list[int]:
    changed: list[int] = []
    for some in chunked(sorted(set(ids))):
        here = and_(_memory.id.in_(some), differs)  # type: ignore[arg-type]
        found = select(_memory.id).where(_memory.owner == owner, here)
        changed += connection.execute(found).scalars()
        journal.keep(models.memory, here)
    for some in chunked(changed):
        connection.execute(update(models.memory).where(_memory.id.in_(some)).values(values))
    reseal(connection, "memory", changed)
    return changed


def supersede(
    connection: Connection,
    owner: str,
    journal: Journal,
    replaced: Sequence[int],
    by: int,
    at: int,
    valid_to: date | None,
) -> list[int]:
    """Mark memories as replaced by another, which is then current; returns those changed.

    Args:
        connection: In a writing transaction.
        owner: Whose they are; memories of others, or that are gone, are passed over.
        journal: Where they are kept as they were.
        replaced: The memories replaced.
        by: The memory that replaces them.
        at: Since when, microseconds of UTC since 1970; nothing ends before it was said.
        valid_to: Until when they were true, where that is not known yet.
    """
    ended = write_day(valid_to)
    wanted = [by, *(one for one in dict.fromkeys(replaced) if one != by)]
    statement = (
        select(_memory.id, _memory.valid_to, _turn.said_at)
        .join_from(models.memory, models.turn, _turn.id == _memory.turn_id)
        .where(_memory.owner == owner, _memory.id.in_(wanted))
    )
    found = {row.id: row for row in connection.execute(statement)}
    changed = [one for one in wanted[1:] if one in found]
    if by not in found or not changed:
        return []
    journal.keep(models.memory, _memory.id.in_([by, *changed]))
    # What was said again is current again; left as it was, a ring of memories could form in
    # which each gave way to the next.
    if _ends_in(connection, by, changed):
        current = {"superseded_by": None, "superseded_at": None}
        connection.execute(update(models.memory).where(_memory.id == by).values(current))
    told = found[by].said_at  # of an old turn imported late, long after it was said itself
    for one in changed:
        row = found[one]
        since = max(at, row.said_at, told)
        values: dict[str, object] = {"superseded_by": by, "superseded_at": since}
        if row.valid_to is None:
            values["valid_to"] = ended
        connection.execute(update(models.memory).where(_memory.id == one).values(values))
    reseal(connection, "memory", [by, *changed])
    return [*changed, by]


def _ends_in(connection: Connection, memory: int, among: Sequence[int]) -> bool:
    """Whether a memory gave way, over any number of others, to one of these."""
    seen: set[int] = set()
    current: int | None = memory
    while current is not None and current not in seen:
        seen.add(current)
        following = select(_memory.superseded_by).where(_memory.id == current)
        current = connection.execute(following).scalar()
        if current in among:
            return True
    return False


def move_words(
    connection: Connection, owner: str, journal: Journal, memory: int, new_turn: int, at: int
) -> None:
    """Have a memory quote another turn; what it stood on becomes its earlier versions."""
    rows = connection.execute(
        select(_turn.id, _turn.said_at).where(_turn.owner == owner, _turn.memory_id == memory)
    ).all()
    last = connection.execute(
        select(func.max(_version.until)).where(_version.memory_id == memory)
    ).scalar()
    versions = [
        {
            "turn_id": row.id,
            "memory_id": memory,
            "owner": owner,
            "since": row.said_at if last is None else last,
            "until": max(at, row.said_at),
        }
        for row in rows
    ]
    journal.keep(models.memory, _memory.id == memory)
    journal.keep(models.turn, or_(_turn.memory_id == memory, _turn.id == new_turn))
    for version in versions:
        journal.made(models.memory_version, version)
    connection.execute(models.memory_version.insert(), versions)
    old = update(models.turn).where(_turn.owner == owner, _turn.memory_id == memory)
    connection.execute(old.values(memory_id=None))
    connection.execute(update(models.turn).where(_turn.id == new_turn).values(memory_id=memory))
    connection.execute(update(models.memory).where(_memory.id == memory).values(turn_id=new_turn))
    reseal(connection, "memory", [memory])


def merge(
    connection: Connection, owner: str, journal: Journal, into: int, duplicates: Sequence[int]
) -> list[int]:
    """Make duplicates restatements of one memory; returns those that were there."""
    wanted = [one for one in dict.fromkeys(duplicates) if one != into]
    rows = connection.execute(
        select(_memory.id, _memory.turn_id, _turn.said_at)
        .join_from(models.memory, models.turn, _turn.id == _memory.turn_id)
        .where(_memory.owner == owner, _memory.id.in_([into, *wanted]))
    ).all()
    gone = {row.id: row for row in rows if row.id != into}
    if len(gone) == len(rows) or not gone:
        return []
    ids = list(gone)
    # Undone from the last to the first: the memories have to be there for what points to them.
    points = [
        (models.turn, _turn.memory_id),
        (models.memory_use, _use.memory_id),
        (models.memory_version, _version.memory_id),
        (models.memory_statement, models.memory_statement.c.memory_id),
        (models.memory_statement, models.memory_statement.c.superseded_by),
        (models.memory, _memory.superseded_by),
    ]
    for table, column in points:
        journal.keep(table, column.in_(ids))
        connection.execute(
            update(table).where(table.c.owner == owner, column.in_(ids)).values({column.name: into})
        )
    own = and_(_memory.id == into, _memory.superseded_by == into)  # one of them had replaced it
    current = {"superseded_by": None, "superseded_at": None}
    connection.execute(update(models.memory).where(own).values(current))
    last = connection.execute(select(func.max(_use.id))).scalar() or 0
    for use, row in enumerate(gone.values(), start=last + 1):
        said = {"id": use, "memory_id": into, "owner": owner, "at": row.said_at}
        journal.made(models.memory_use, said)
        connection.execute(models.memory_use.insert(), said | {"turn_id": row.turn_id})
    asked = or_(_inbox.earlier.in_(ids), _inbox.later.in_(ids))
    journal.keep(models.inbox, asked)
    connection.execute(delete(models.inbox).where(_inbox.owner == owner, asked))
    journal.keep(models.memory, _memory.id.in_(ids))
    connection.execute(delete(models.memory).where(_memory.id.in_(ids)))
    changed = select(_memory.id).where(or_(_memory.id == into, _memory.superseded_by == into))
    reseal(connection, "memory", list(connection.execute(changed).scalars()))
    return ids
