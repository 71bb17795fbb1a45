"""Writing down what consolidation decided about turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    false,
    select,
    text,
    true,
    update,
)

from storage import models, statements
from storage.changes import Journal
from storage.codec import chunked, clean, write_day
from storage.curating import supersede
from storage.records import Decision
from storage.sealing import reseal, seal_reading, seal_row, words_hash
from storage.transcript import restamp
from storage.uses import restore_archived

_turn, _memory = models.turn.c, models.memory.c

_UNDECIDED = select(_turn.id, _turn.said_at, _turn.speaker).where(
    _turn.owner == bindparam("owner"),
    _turn.id.in_(bindparam("ids", expanding=True)),
    _turn.consolidated == false(),
)
_KNOWN = select(_memory.id).where(
    _memory.owner == bindparam("owner"), _memory.id.in_(bindparam("ids", expanding=True))
)
_PIN = update(models.memory).where(_memory.id == bindparam("target")).values(pinned=true())
_REF = select(_turn.ref, _turn.id).where(
    _turn.owner == bindparam("owner"), _turn.ref.in_(bindparam("refs", expanding=True))
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


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What has to be known of a turn that is decided about."""

    said_at: int
    speaker: str


def consolidate(
    connection: Connection, owner: str, decisions: Sequence[Decision], revision: int
) -> list[int]:
    """Carry out decisions; one about a turn already decided upon, or gone, is passed over.

    Returns the memories written or restated, in the order of the decisions.
    """
    applied, spoken = _applicable(connection, owner, decisions)
    targets = [one.target for _, one in applied if one.action == "restate" and one.target]
    known = _known(connection, owner, targets)
    # Ids given out by hand, under the write lock: one statement then inserts any number of rows.
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'memory'"))
    following = count(int(last.scalar() or 0) + 1)
    kept: list[dict[str, object]] = []
    restated: list[dict[str, object]] = []
    pinned: list[int] = []
    belongs: dict[int, int | None] = {}
    for turn, one in applied:
        if one.action == "drop":
            belongs[turn] = None
        elif one.action == "restate" and one.target in known:
            belongs[turn] = one.target
            use = {"memory_id": one.target, "owner": owner, "turn_id": turn}
            restated.append(use | {"at": spoken[turn].said_at})
            if one.pinned:
                pinned.append(one.target)
        else:
            belongs[turn] = new = next(following)
            kept.append(_memory_row(new, owner, turn, one))
    if kept:
        connection.execute(models.memory.insert(), kept)
    write_readings(
        connection,
        owner,
        [
            (turn, memory, one, spoken[turn].speaker)
            for turn, one in applied
            if (memory := belongs[turn]) is not None
        ],
    )
    decided = [
        {"decided": turn, "belongs": memory, "stamp": revision} for turn, memory in belongs.items()
    ]
    if decided:
        connection.execute(_DECIDE, decided)
    if restated:
        connection.execute(models.memory_use.insert(), restated)
        restore_archived(connection, owner, sorted(known))
    if pinned:
        connection.execute(_PIN, [{"target": memory} for memory in pinned])
        reseal(connection, "memory", pinned)
        restamp(connection, owner, pinned, revision)
    for turn, one in applied:
        memory = belongs[turn]
        if memory is not None:
            _supersede(connection, owner, memory, one, spoken[turn].said_at, revision)
    return [memory for memory in belongs.values() if memory is not None]


def _memory_row(new: int, owner: str, turn: int, decision: Decision) -> dict[str, object]:
    row: dict[str, object] = {
        "id": new,
        "owner": owner,
        "turn_id": turn,
        "superseded_by": None,
        "superseded_at": None,
        "pinned": bool(decision.pinned),
        "archived_at": None,
        "valid_from": write_day(decision.valid_from),
        "valid_to": write_day(decision.valid_to),
    }
    return row | {"row_hash": seal_row("memory", row)}


def _applicable(
    connection: Connection, owner: str, decisions: Sequence[Decision]
) -> tuple[list[tuple[int, Decision]], Mapping[int, _Spoken]]:
    """Decisions with the ids of their turns, those about turns decided upon before left out."""
    refs = [clean(one.turn) for one in decisions if isinstance(one.turn, str)]
    by_ref: dict[str, int] = {}
    for some in chunked(refs):
        rows = connection.execute(_REF, {"owner": owner, "refs": list(some)})
        by_ref.update((ref, turn) for ref, turn in rows)
    meant = [
        (by_ref.get(clean(one.turn), 0) if isinstance(one.turn, str) else one.turn, one)
        for one in decisions
    ]
    undecided: dict[int, _Spoken] = {}
    for part in chunked([turn for turn, _ in meant]):
        spoken = connection.execute(_UNDECIDED, {"owner": owner, "ids": list(part)})
        undecided.update((row.id, _Spoken(row.said_at, row.speaker)) for row in spoken)
    first: dict[int, Decision] = {}
    for turn, one in meant:
        if turn in undecided:
            first.setdefault(turn, one)
    return list(first.items()), undecided


def _known(connection: Connection, owner: str, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for some in chunked(ids):
        found.update(connection.execute(_KNOWN, {"owner": owner, "ids": list(some)}).scalars())
    return found


def write_readings(
    connection: Connection, owner: str, decided: Sequence[tuple[int, int, Decision, str]]
) -> None:
    """Write what was worked out about turns: (turn, memory, decision, speaker) of each."""
    readings: list[dict[str, object]] = []
    dates: list[dict[str, object]] = []
    stated: list[dict[str, object]] = []
    for turn, memory, one, speaker in decided:
        key = None if one.words_key is None else words_hash(speaker, clean(one.words_key))
        row: dict[str, object] = {
            "turn_id": turn,
            "owner": owner,
            "salience": float(one.salience),
            "subject": None if one.subject is None else clean(one.subject),
            "value": None if one.value is None else clean(one.value),
            "words_hash": key,
        }
        days = [(clean(span.phrase), span.start, span.end) for span in one.dates]
        rows = statements.rows_of(one, turn, memory, owner)
        told = [(row["subject"], row["value"], row["exclusive"], row["words"]) for row in rows]
        readings.append(row | {"row_hash": seal_reading(row, days, told)})
        dates += [
            {
                "turn_id": turn,
                "position": position,
                "owner": owner,
                "phrase": phrase,
                "first_day": start,
                "last_day": end,
            }
            for position, (phrase, start, end) in enumerate(days)
        ]
        stated += rows
    for table, values in (
        (models.reading, readings),
        (models.reading_date, dates),
        (models.memory_statement, stated),
    ):
        if values:
            connection.execute(table.insert(), values)


def _supersede(
    connection: Connection, owner: str, memory: int, decision: Decision, at: int, revision: int
) -> None:
    journal = Journal(connection, owner)
    changed: list[int] = []
    if decision.supersedes:
        changed += supersede(
            connection, owner, journal, decision.supersedes, memory, at, decision.valid_from
        )
    if decision.supersedes_statements:
        changed += statements.supersede(
            connection, owner, journal, decision.supersedes_statements, memory, at
        )
    if decision.superseded_by is not None:
        changed += supersede(connection, owner, journal, [memory], decision.superseded_by, at, None)
    if changed:
        journal.write("supersede", at)
        restamp(connection, owner, [memory, *changed], revision)
