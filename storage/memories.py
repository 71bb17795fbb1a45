"""Memories: writing down what consolidation decided, and reading it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from storage import models
from storage.codec import chunked, clean, instant, moment
from storage.records import DateSpan, Decision, MemoryRecord

_turn, _memory, _reading, _date = (
    models.turn.c,
    models.memory.c,
    models.reading.c,
    models.reading_date.c,
)


def consolidate(
    connection: Connection, owner: str, decisions: Sequence[Decision], revision: int
) -> list[int]:
    """Carry out decisions; one about a turn already decided upon, or gone, is passed over.

    Returns the memories written or restated, in the order of the decisions.
    """
    undecided: set[int] = set()
    for some in chunked([decision.turn for decision in decisions]):
        statement = select(_turn.id).where(
            _turn.owner == owner, _turn.id.in_(some), ~_turn.consolidated
        )
        undecided.update(connection.execute(statement).scalars())
    touched: list[int] = []
    for decision in decisions:
        if decision.turn not in undecided:
            continue
        undecided.discard(decision.turn)
        memory = None
        if decision.action != "drop":
            _read(connection, owner, decision)
            memory = _restate(connection, owner, decision) or _keep(connection, owner, decision)
            _supersede(connection, owner, memory, decision, revision)
            touched.append(memory)
        connection.execute(
            update(models.turn)
            .where(_turn.id == decision.turn)
            .values(consolidated=True, memory_id=memory, revision=revision)
        )
    return touched


def _read(connection: Connection, owner: str, decision: Decision) -> None:
    subject, value = decision.subject, decision.value
    connection.execute(
        models.reading.insert().values(
            turn_id=decision.turn,
            owner=owner,
            salience=decision.salience,
            subject=None if subject is None else clean(subject),
            value=None if value is None else clean(value),
        )
    )
    if decision.dates:
        rows = [
            {
                "turn_id": decision.turn,
                "position": position,
                "owner": owner,
                "phrase": clean(span.phrase),
                "first_day": span.start,
                "last_day": span.end,
            }
            for position, span in enumerate(decision.dates)
        ]
        connection.execute(models.reading_date.insert(), rows)


def _restate(connection: Connection, owner: str, decision: Decision) -> int | None:
    """Strengthen the target; None when there is none, or it has been forgotten meanwhile."""
    if decision.action != "restate" or decision.target is None:
        return None
    changed = connection.execute(
        update(models.memory)
        .where(_memory.owner == owner, _memory.id == decision.target)
        .values(strength=_memory.strength + 1, pinned=_memory.pinned | decision.pinned)
    )
    return decision.target if changed.rowcount else None


def _keep(connection: Connection, owner: str, decision: Decision) -> int:
    statement = models.memory.insert().values(
        owner=owner, turn_id=decision.turn, strength=1.0, pinned=decision.pinned
    )
    return int(connection.execute(statement.returning(_memory.id)).scalar_one())


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
    quoted = select(
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
    ).join_from(models.memory, models.turn, _memory.turn_id == _turn.id)
    quoted = quoted.join(models.reading, _reading.turn_id == _turn.id)
    quoted = quoted.where(_memory.owner == owner)
    if subject is not None:
        quoted = quoted.where(_reading.owner == owner, _reading.subject == clean(subject))
    if not include_superseded:
        quoted = quoted.where(_memory.superseded_by.is_(None))
    if words is not None:
        quoted = quoted.where(words)
    quoted = quoted.order_by(_memory.id.desc() if newest_first else _memory.id)
    if ids is None:
        rows = list(connection.execute(quoted.limit(limit).offset(offset)))
    else:
        ordered = sorted(set(ids), reverse=newest_first)
        rows = [
            row
            for some in chunked(ordered)
            for row in connection.execute(quoted.where(_memory.id.in_(some)))
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
        statement = select(_turn.memory_id, _turn.ref)
        statement = statement.where(_turn.owner == owner, _turn.memory_id.in_(some))
        for memory, ref in connection.execute(statement.order_by(_turn.id)):
            refs[memory].append(ref)
    return refs


def _dates(connection: Connection, owner: str, turns: Sequence[int]) -> dict[int, list[DateSpan]]:
    spans: dict[int, list[DateSpan]] = defaultdict(list)
    for some in chunked(turns):
        statement = select(_date.turn_id, _date.phrase, _date.first_day, _date.last_day)
        statement = statement.where(_date.owner == owner, _date.turn_id.in_(some))
        for turn_id, phrase, first, last in connection.execute(statement.order_by(_date.position)):
            spans[turn_id].append(DateSpan(phrase, first, last))
    return spans


def of_turns(connection: Connection, owner: str, turns: Iterable[int]) -> dict[int, MemoryRecord]:
    """The memory that each turn became or restated, keyed by the turn."""
    belongs: dict[int, int] = {}
    for some in chunked(sorted(set(turns))):
        statement = select(_turn.id, _turn.memory_id)
        statement = statement.where(
            _turn.owner == owner, _turn.id.in_(some), _turn.memory_id.is_not(None)
        )
        belongs.update((turn, memory) for turn, memory in connection.execute(statement))
    found = {one.id: one for one in listing(connection, owner, ids=belongs.values())}
    return {turn: found[memory] for turn, memory in belongs.items()}
