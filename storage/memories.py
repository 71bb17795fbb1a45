"""Memories: writing down what consolidation decided, and reading it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    select,
    update,
)

from storage import models
from storage.codec import chunked, clean, decoding, instant, moment
from storage.records import DateSpan, MemoryRecord

_turn, _memory, _reading, _date = (
    models.turn.c,
    models.memory.c,
    models.reading.c,
    models.reading_date.c,
)


def restamp(connection: Connection, owner: str, memories: Sequence[int], revision: int) -> None:
    """Mark the turns of memories as changed, for indexes held in memory to see."""
    for some in chunked(memories):
        connection.execute(
            update(models.turn)
            .where(_turn.owner == owner, _turn.memory_id.in_(some))
            .values(revision=revision)
        )


def reinforce(connection: Connection, owner: str, ids: Iterable[int], at: datetime) -> None:
    """Count one more use of each memory."""
    used_at, _ = instant(at)
    for some in chunked(sorted(set(ids))):
        connection.execute(
            update(models.memory)
            .where(_memory.owner == owner, _memory.id.in_(some))
            .values(strength=_memory.strength + 1, used_at=used_at)
        )


_BELONGS = select(_turn.id, _turn.memory_id).where(
    _turn.owner == bindparam("owner"),
    _turn.id.in_(bindparam("ids", expanding=True)),
    _turn.memory_id.is_not(None),
)
# Not ordered by SQLite: it would walk all turns in order, to spare itself the sorting of a few.
_REFS = select(_turn.id, _turn.memory_id, _turn.ref).where(
    _turn.owner == bindparam("owner"), _turn.memory_id.in_(bindparam("ids", expanding=True))
)
_DATES = (
    select(_date.turn_id, _date.phrase, _date.first_day, _date.last_day)
    .where(_date.owner == bindparam("owner"), _date.turn_id.in_(bindparam("ids", expanding=True)))
    .order_by(_date.turn_id, _date.position)
)
_QUOTED = (
    select(
        _memory.id,
        _memory.turn_id,
        _turn.text,
        _turn.speaker,
        _turn.role,
        _turn.said_at,
        _turn.offset_s,
        _turn.ref,
        _reading.salience,
        _memory.strength,
        _reading.subject,
        _reading.value,
        _memory.superseded_by,
        _memory.pinned,
    )
    .join_from(models.memory, models.turn, _memory.turn_id == _turn.id)
    .join(models.reading, _reading.turn_id == _turn.id)
)


def listing(
    connection: Connection,
    owner: str,
    *,
    ids: Iterable[int] | None = None,
    subject: str | None = None,
    include_superseded: bool = True,
    words: ColumnElement[bool] | None = None,
    limit: int | None = None,
    offset: int = 0,
    newest_first: bool = True,
) -> list[MemoryRecord]:
    """Memories in the order they were written, or its reverse."""
    if subject is None:
        quoted = _QUOTED.where(_memory.owner == owner)
    else:
        # A reading has its memory's owner; named twice, SQLite would go through all memories.
        quoted = _QUOTED.where(_reading.owner == owner, _reading.subject == clean(subject))
    if not include_superseded:
        quoted = quoted.where(_memory.superseded_by.is_(None))
    if words is not None:
        quoted = quoted.where(words)
    quoted = quoted.order_by(_memory.id.desc() if newest_first else _memory.id)
    if ids is None:
        rows = list(connection.execute(quoted.limit(limit).offset(offset)))
    else:
        ordered = sorted(set(ids), reverse=newest_first)
        among = _memory.id.in_(bindparam("ids", expanding=True))
        rows = [
            row
            for some in chunked(ordered)
            for row in connection.execute(quoted.where(among), {"ids": list(some)})
        ]
        rows = rows[offset : None if limit is None else offset + limit]
    restatements = _restatements(connection, owner, [row[0] for row in rows])
    dates = _dates(connection, owner, [row[1] for row in rows])
    return [
        MemoryRecord(
            id=row.id,
            turn=row.turn_id,
            text=row.text,
            speaker=row.speaker,
            role=row.role,
            said_at=moment(row.said_at, row.offset_s),
            refs=(row.ref, *(ref for ref in restatements[row.id] if ref != row.ref)),
            salience=row.salience,
            strength=row.strength,
            subject=row.subject,
            value=row.value,
            dates=tuple(dates[row.turn_id]),
            superseded_by=row.superseded_by,
            pinned=bool(row.pinned),
        )
        for row in rows
    ]


def _restatements(
    connection: Connection, owner: str, memories: Sequence[int]
) -> dict[int, list[str]]:
    refs: dict[int, list[str]] = defaultdict(list)
    for some in chunked(memories):
        given = {"owner": owner, "ids": list(some)}
        for _, memory, ref in sorted(connection.execute(_REFS, given)):
            refs[memory].append(ref)
    return refs


def _dates(connection: Connection, owner: str, turns: Sequence[int]) -> dict[int, list[DateSpan]]:
    spans: dict[int, list[DateSpan]] = defaultdict(list)
    for some in chunked(turns):
        given = {"owner": owner, "ids": list(some)}
        with decoding("a date"):
            rows = list(connection.execute(_DATES, given))
        for turn_id, phrase, first, last in rows:
            spans[turn_id].append(DateSpan(phrase, first, last))
    return spans


def of_turns(connection: Connection, owner: str, turns: Iterable[int]) -> dict[int, MemoryRecord]:
    """The memory that each turn became or restated, keyed by the turn."""
    belongs: dict[int, int] = {}
    for some in chunked(sorted(set(turns))):
        rows = connection.execute(_BELONGS, {"owner": owner, "ids": list(some)})
        belongs.update((turn, memory) for turn, memory in rows)
    found = {one.id: one for one in listing(connection, owner, ids=belongs.values())}
    return {turn: found[memory] for turn, memory in belongs.items()}
