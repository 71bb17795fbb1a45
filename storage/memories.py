"""Memories: writing down what consolidation decided, and reading it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    false,
    or_,
    select,
    text,
    update,
)

from storage import models
from storage.codec import chunked, clean, instant, moment
from storage.records import DateSpan, Decision, MemoryRecord

_turn, _memory, _reading, _date = (
    models.turn.c,
    models.memory.c,
    models.reading.c,
    models.reading_date.c,
)


_UNDECIDED = select(_turn.id).where(
    _turn.owner == bindparam("owner"),
    _turn.id.in_(bindparam("ids", expanding=True)),
    _turn.consolidated == false(),
)
_KNOWN = select(_memory.id).where(
    _memory.owner == bindparam("owner"), _memory.id.in_(bindparam("ids", expanding=True))
)
_RESTATE = (
    update(models.memory)
    .where(_memory.id == bindparam("target"))
    .values(strength=_memory.strength + 1, pinned=or_(_memory.pinned, bindparam("pin")))
)
_DECIDE = (
    update(models.turn)
    .where(_turn.id == bindparam("decided"))
    .values(
        consolidated=True,
        memory_id=bindparam("belongs"),
        revision=bindparam("stamp", type_=Integer),
    )
)


def consolidate(
    connection: Connection, owner: str, decisions: Sequence[Decision], revision: int
) -> list[int]:
    """Carry out decisions; one about a turn already decided upon, or gone, is passed over.

    Returns the memories written or restated, in the order of the decisions.
    """
    applied = _applicable(connection, owner, decisions)
    targets = [one.target for one in applied if one.action == "restate" and one.target is not None]
    known = set(_ids(connection, _KNOWN, owner, targets))
    # Ids given out by hand, under the write lock: one statement then inserts any number of rows.
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'memory'"))
    following = count(int(last.scalar() or 0) + 1)
    kept: list[dict[str, object]] = []
    restated: list[dict[str, object]] = []
    belongs: dict[int, int | None] = {}
    for one in applied:
        if one.action == "drop":
            belongs[one.turn] = None
        elif one.action == "restate" and one.target in known:
            belongs[one.turn] = one.target
            restated.append({"target": one.target, "pin": one.pinned})
        else:
            belongs[one.turn] = new = next(following)
            kept.append(
                {
                    "id": new,
                    "owner": owner,
                    "turn_id": one.turn,
                    "strength": 1.0,
                    "pinned": one.pinned,
                }
            )
    _write_readings(connection, owner, [one for one in applied if one.action != "drop"])
    decided = [
        {"decided": turn, "belongs": memory, "stamp": revision} for turn, memory in belongs.items()
    ]
    for statement, rows in (
        (models.memory.insert(), kept),
        (_RESTATE, restated),
        (_DECIDE, decided),
    ):
        if rows:
            connection.execute(statement, rows)
    for one in applied:
        memory = belongs[one.turn]
        if memory is not None and (one.supersedes or one.superseded_by is not None):
            _supersede(connection, owner, memory, one, revision)
    return [memory for memory in belongs.values() if memory is not None]


def _applicable(
    connection: Connection, owner: str, decisions: Sequence[Decision]
) -> list[Decision]:
    undecided = set(_ids(connection, _UNDECIDED, owner, [one.turn for one in decisions]))
    applied = []
    for one in decisions:
        if one.turn in undecided:
            undecided.discard(one.turn)
            applied.append(one)
    return applied


def _ids(
    connection: Connection, statement: Select[Any], owner: str, ids: Sequence[int]
) -> Iterator[int]:
    for some in chunked(ids):
        yield from connection.execute(statement, {"owner": owner, "ids": list(some)}).scalars()


def _write_readings(connection: Connection, owner: str, decisions: Sequence[Decision]) -> None:
    readings = [
        {
            "turn_id": one.turn,
            "owner": owner,
            "salience": one.salience,
            "subject": None if one.subject is None else clean(one.subject),
            "value": None if one.value is None else clean(one.value),
        }
        for one in decisions
    ]
    dates = [
        {
            "turn_id": one.turn,
            "position": position,
            "owner": owner,
            "phrase": clean(span.phrase),
            "first_day": span.start,
            "last_day": span.end,
        }
        for one in decisions
        for position, span in enumerate(one.dates)
    ]
    if readings:
        connection.execute(models.reading.insert(), readings)
    if dates:
        connection.execute(models.reading_date.insert(), dates)


def _supersede(
    connection: Connection, owner: str, memory: int, decision: Decision, revision: int
) -> None:
    changed = [one for one in decision.supersedes if one != memory]
    replaced = update(models.memory).where(_memory.owner == owner)
    if changed:
        # What was said again is current again; left as it was, a ring of memories could form in
        # which each gave way to the next.
        connection.execute(replaced.where(_memory.id == memory).values(superseded_by=None))
        connection.execute(replaced.where(_memory.id.in_(changed)).values(superseded_by=memory))
    later = decision.superseded_by
    if later is not None and later != memory:
        known = select(_memory.id).where(_memory.owner == owner, _memory.id == later)
        if connection.execute(known).first():
            connection.execute(replaced.where(_memory.id == memory).values(superseded_by=later))
    restamp(connection, owner, [memory, *changed], revision)


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
_REFS = (
    select(_turn.memory_id, _turn.ref)
    .where(_turn.owner == bindparam("owner"), _turn.memory_id.in_(bindparam("ids", expanding=True)))
    .order_by(_turn.id)
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
        for memory, ref in connection.execute(_REFS, given):
            refs[memory].append(ref)
    return refs


def _dates(connection: Connection, owner: str, turns: Sequence[int]) -> dict[int, list[DateSpan]]:
    spans: dict[int, list[DateSpan]] = defaultdict(list)
    for some in chunked(turns):
        given = {"owner": owner, "ids": list(some)}
        for turn_id, phrase, first, last in connection.execute(_DATES, given):
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
