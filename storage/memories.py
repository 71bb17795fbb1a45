"""Memories read back: as they are now, or as they were believed at some time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, or_, select

from storage import models, uses
from storage.codec import chunked, clean, decoding, instant, moment, read_day, utc_if
from storage.prepared import Prepared
from storage.records import DateSpan, MemoryRecord
from storage.sealing import words_hash

_turn, _memory, _reading, _date, _version = (
    models.turn.c,
    models.memory.c,
    models.reading.c,
    models.reading_date.c,
    models.memory_version.c,
)


_BELONGS = Prepared(
    select(_turn.id, _turn.memory_id).where(
        _turn.owner == bindparam("owner"),
        _turn.id.in_(bindparam("ids", expanding=True)),
        _turn.memory_id.is_not(None),
    )
)
# Not ordered by SQLite: it would walk all turns in order, to spare itself the sorting of a few.
_REFS = Prepared(
    select(_turn.id, _turn.memory_id, _turn.ref).where(
        _turn.owner == bindparam("owner"), _turn.memory_id.in_(bindparam("ids", expanding=True))
    )
)
_OLD_REFS = Prepared(
    select(_version.turn_id, _version.memory_id, _turn.ref)
    .join_from(models.memory_version, models.turn, _version.turn_id == _turn.id)
    .where(
        _version.owner == bindparam("owner"),
        _version.memory_id.in_(bindparam("ids", expanding=True)),
    )
)
_OLD_WORDS = (
    select(
        _version.memory_id,
        _turn.id,
        _turn.text,
        _turn.ref,
        _reading.salience,
        _reading.subject,
        _reading.value,
    )
    .join_from(models.memory_version, models.turn, _version.turn_id == _turn.id)
    .join(models.reading, _reading.turn_id == _turn.id)
    .where(
        _version.owner == bindparam("owner"),
        _version.memory_id.in_(bindparam("ids", expanding=True)),
        _version.since <= bindparam("at"),
        _version.until > bindparam("at"),
    )
    .order_by(_turn.id.desc())  # of several, the one told first is the one that was quoted
)
_SAME_WORDS = Prepared(
    select(_reading.words_hash, _turn.memory_id)
    .join_from(models.reading, models.turn, _turn.id == _reading.turn_id)
    .where(
        _reading.owner == bindparam("owner"),
        _reading.words_hash.in_(bindparam("ids", expanding=True)),
        _turn.memory_id.is_not(None),
    )
)
_DATES = Prepared(
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
        _reading.subject,
        _reading.value,
        _memory.superseded_by,
        _memory.superseded_at,
        _memory.pinned,
        _memory.archived_at,
        _memory.valid_from,
        _memory.valid_to,
    )
    .join_from(models.memory, models.turn, _memory.turn_id == _turn.id)
    .join(models.reading, _reading.turn_id == _turn.id)
)
_THESE = Prepared(
    _QUOTED.where(
        _memory.owner == bindparam("owner"), _memory.id.in_(bindparam("ids", expanding=True))
    ).order_by(_memory.id)
)


def these(
    connection: Connection, owner: str, ids: Iterable[int], at: int | None = None
) -> list[MemoryRecord]:
    """Memories by id, ascending, unknown ids left out; ``at`` an instant, as they were then."""
    rows = [
        row
        for some in chunked(sorted(set(ids)))
        for row in _THESE.rows(connection, ids=some, owner=owner)
        if at is None or row.said_at <= at
    ]
    return _records(connection, owner, rows, at)


def listing(
    connection: Connection,
    owner: str,
    *,
    ids: Iterable[int] | None = None,
    subject: str | None = None,
    include_superseded: bool = True,
    include_archived: bool = True,
    as_of: datetime | None = None,
    words: ColumnElement[bool] | None = None,
    limit: int | None = None,
    offset: int = 0,
    newest_first: bool = True,
) -> list[MemoryRecord]:
    """Memories in the order they were written, or its reverse."""
    at = None if as_of is None else instant(as_of)[0]
    everything = include_superseded and include_archived and subject is None and words is None
    if ids is not None and everything:
        found = these(connection, owner, ids, at)[:: -1 if newest_first else 1]
        return found[offset : None if limit is None else offset + limit]
    if subject is None:
        quoted = _QUOTED.where(_memory.owner == owner)
    else:
        # A reading has its memory's owner; named twice, SQLite would go through all memories.
        quoted = _QUOTED.where(_reading.owner == owner, _reading.subject == clean(subject))
    quoted = _narrowed(quoted, at, superseded=include_superseded, archived=include_archived)
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
    return _records(connection, owner, rows, at)


def _narrowed(quoted: Any, at: int | None, *, superseded: bool, archived: bool) -> Any:
    if at is not None:
        quoted = quoted.where(_turn.said_at <= at)
    for wanted, since, standing in (
        (superseded, _memory.superseded_at, _memory.superseded_by),
        (archived, _memory.archived_at, _memory.archived_at),
    ):
        if not wanted:
            stands = standing.is_(None)
            quoted = quoted.where(stands if at is None else or_(stands, since > at))
    return quoted


def _records(
    connection: Connection,
    owner: str,
    rows: Sequence[Any],
    at: int | None,
) -> list[MemoryRecord]:
    """Memories from their rows; ``at`` an instant, as they were then."""
    ids = [row[0] for row in rows]
    restatements = _restatements(connection, owner, ids)
    used = uses.counts(connection, owner, ids, at)
    old = {} if at is None else _old_words(connection, owner, ids, at)
    dates = _dates(connection, owner, [old[row.id].id if row.id in old else row[1] for row in rows])
    found = []
    for row in rows:
        words = old.get(row.id, row)  # what an edit has replaced since
        turn = words.id if row.id in old else row.turn_id
        superseded = row.superseded_by is not None and (at is None or row.superseded_at <= at)
        archived = row.archived_at is not None and (at is None or row.archived_at <= at)
        found.append(
            MemoryRecord(
                id=row.id,
                turn=turn,
                text=words.text,
                speaker=row.speaker,
                role=row.role,
                said_at=moment(row.said_at, row.offset_s),
                refs=(words.ref, *(ref for ref in restatements[row.id] if ref != words.ref)),
                salience=words.salience,
                strength=1.0 + used[row.id],
                subject=words.subject,
                value=words.value,
                dates=tuple(dates[turn]),
                superseded_by=row.superseded_by if superseded else None,
                pinned=bool(row.pinned),
                archived_at=utc_if(row.archived_at) if archived else None,
                superseded_at=utc_if(row.superseded_at) if superseded else None,
                valid_from=read_day(row.valid_from),
                valid_to=read_day(row.valid_to),
                uses=used[row.id],
            )
        )
    return found


def _old_words(
    connection: Connection, owner: str, memories: Sequence[int], at: int
) -> dict[int, Any]:
    """For memories whose words were others then, those words."""
    found: dict[int, Any] = {}
    for some in chunked(memories):
        given = {"owner": owner, "ids": list(some), "at": at}
        found.update((row.memory_id, row) for row in connection.execute(_OLD_WORDS, given))
    return found


def same_words(
    connection: Connection, owner: str, speaker: str, keys: Iterable[str]
) -> dict[str, list[MemoryRecord]]:
    """The memories that a speaker told in these words, by their key; none is left out."""
    hashes = {words_hash(clean(speaker), clean(key)): key for key in keys}
    told: dict[str, list[int]] = defaultdict(list)
    for some in chunked(list(hashes)):
        for found, memory in _SAME_WORDS.rows(connection, ids=some, owner=owner):
            told[hashes[found]].append(memory)
    wanted = {memory for memories in told.values() for memory in memories}
    records = {one.id: one for one in these(connection, owner, wanted)}
    return {
        key: [records[one] for one in sorted(set(told.get(key, ())))] for key in hashes.values()
    }


def _restatements(
    connection: Connection, owner: str, memories: Sequence[int]
) -> dict[int, list[str]]:
    refs: dict[int, list[str]] = defaultdict(list)
    for some in chunked(memories):
        for statement in (_REFS, _OLD_REFS):
            for _, memory, ref in sorted(statement.rows(connection, ids=some, owner=owner)):
                refs[memory].append(ref)
    return refs


def _dates(connection: Connection, owner: str, turns: Sequence[int]) -> dict[int, list[DateSpan]]:
    spans: dict[int, list[DateSpan]] = defaultdict(list)
    for some in chunked(turns):
        with decoding("a date"):
            rows = _DATES.rows(connection, ids=some, owner=owner)
        for turn_id, phrase, first, last in rows:
            spans[turn_id].append(DateSpan(phrase, first, last))
    return spans


def of_turns(connection: Connection, owner: str, turns: Iterable[int]) -> dict[int, MemoryRecord]:
    """The memory that each turn became or restated, keyed by the turn."""
    belongs: dict[int, int] = {}
    for some in chunked(sorted(set(turns))):
        belongs.update(_BELONGS.rows(connection, ids=some, owner=owner))
    found = {one.id: one for one in these(connection, owner, belongs.values())}
    return {turn: found[memory] for turn, memory in belongs.items()}
