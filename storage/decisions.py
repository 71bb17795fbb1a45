"""Writing down what consolidation decided about turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import (
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
from storage.codec import chunked, clean
from storage.memories import restamp
from storage.records import Decision

_turn, _memory = models.turn.c, models.memory.c

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
