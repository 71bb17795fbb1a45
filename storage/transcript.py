"""The transcript: writing turns and reading them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    column,
    false,
    select,
    table,
    text,
    update,
)

from storage import models
from storage.codec import chunked, clean, instant, moment
from storage.errors import RefConflict
from storage.prepared import Command, Prepared
from storage.records import NewTurn, TurnRecord
from storage.sealing import seal_turn
from storage.search import Lexicon
from storage.vectors import INSERT_VECTOR, vector_row

_turn, _session, _owner = models.turn.c, models.session.c, models.owner.c

RECORD = select(
    _turn.id,
    _turn.ref,
    _session.key,
    _turn.role,
    _turn.speaker,
    _turn.text,
    _turn.said_at,
    _turn.offset_s,
    _turn.consolidated,
    _turn.memory_id,
).join_from(models.turn, models.session, _turn.session_id == _session.id)


# Statements are built once: building one takes longer than running it.
_BY_REF = Prepared(
    RECORD.where(_turn.owner == bindparam("owner"), _turn.ref.in_(bindparam("ids", expanding=True)))
)
_BY_ID = Prepared(
    RECORD.where(
        _turn.owner == bindparam("owner"), _turn.id.in_(bindparam("ids", expanding=True))
    ).order_by(_turn.id)
)
_SESSIONS = Prepared(
    select(_session.key, _session.id).where(
        _session.owner == bindparam("owner"), _session.key.in_(bindparam("ids", expanding=True))
    )
)
_SEQUENCE = table("sqlite_sequence", column("name"), column("seq"))
_LAST_TURN = Prepared(select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == "turn"))
_INSERT_TURN = Command(models.turn.insert(), models.turn.c.keys())
_INDEX_TERMS = Command(text("INSERT INTO turn_text (rowid, terms) VALUES (:id, :terms)"))
_NEXT_REVISION = Command(
    text("""
INSERT INTO owner (name, revision, epoch, unscrubbed) VALUES (:name, 1, :step, :forgetting)
ON CONFLICT (name) DO UPDATE SET
    revision = revision + 1, epoch = epoch + :step, unscrubbed = unscrubbed OR :forgetting
""")
)
_REVISION = Prepared(select(_owner.revision).where(_owner.name == bindparam("name")))


def record(row: Sequence[Any]) -> TurnRecord:
    """A turn from the columns of ``RECORD``."""
    turn_id, ref, session, role, speaker, words, said_at, offset_s, consolidated, memory = row
    at = moment(said_at, offset_s)
    return TurnRecord(turn_id, ref, session, role, speaker, words, at, bool(consolidated), memory)


def next_revision(connection: Connection, owner: str, *, forgetting: bool = False) -> int:
    """Count one more change of the owner's rows; the number stamps the turns that changed."""
    # In two statements: RETURNING is younger than some of the SQLites that are in use.
    given = {"name": owner, "step": int(forgetting), "forgetting": forgetting}
    _NEXT_REVISION.run(connection, given)
    [[revision]] = _REVISION.rows(connection, name=owner)
    return int(revision)


def restamp(
    connection: Connection,
    owner: str,
    memories: Sequence[int],
    revision: int,
    turns: Sequence[int] = (),
) -> None:
    """Mark turns, and those of memories, as changed, for indexes held in memory to see."""
    for key, ids in ((_turn.memory_id, memories), (_turn.id, turns)):
        for some in chunked(ids):
            connection.execute(
                update(models.turn)
                .where(_turn.owner == owner, key.in_(some))
                .values(revision=revision)
            )


def append(
    connection: Connection, owner: str, turns: Sequence[NewTurn], lexicon: Lexicon
) -> list[TurnRecord]:
    """Write turns; one whose ref is known with the same words is returned as it was.

    Raises:
        RefConflict: A ref is known with other words.
    """
    refs = [clean(turn.ref) for turn in turns]
    known = {found.ref: found for found in _by_ref(connection, owner, refs)}
    spoken = {ref: found.text for ref, found in known.items()}
    new: list[NewTurn] = []
    for ref, turn in zip(refs, turns, strict=True):
        words = clean(turn.text)
        if ref not in spoken:
            spoken[ref] = words
            new.append(replace(turn, ref=ref, text=words))
        elif spoken[ref] != words:
            raise RefConflict(
                f"the ref {ref!r} is known with the words {_short(spoken[ref])} but came with "
                f"{_short(words)}; give another turn another ref"
            )
    if new:
        known |= {found.ref: found for found in _insert(connection, owner, new, lexicon)}
    return [known[ref] for ref in refs]


def _short(words: str) -> str:
    return repr(words if len(words) <= 40 else words[:39] + "…")


def _by_ref(connection: Connection, owner: str, refs: Sequence[str]) -> Iterator[TurnRecord]:
    for some in chunked(refs):
        yield from map(record, _BY_REF.rows(connection, ids=some, owner=owner))


def _insert(
    connection: Connection, owner: str, turns: Sequence[NewTurn], lexicon: Lexicon
) -> list[TurnRecord]:
    revision = next_revision(connection, owner)
    sessions = _session_ids(connection, owner, [clean(turn.session) for turn in turns])
    # Ids given out by hand, under the write lock: one statement then inserts any number of turns.
    last = next((row[0] for row in _LAST_TURN.rows(connection)), None)
    rows, records, vectors = [], [], []
    for turn_id, turn in enumerate(turns, start=int(last or 0) + 1):
        said_at, offset_s = instant(turn.said_at)
        session, role, speaker = clean(turn.session), clean(turn.role), clean(turn.speaker)
        row = {
            "id": turn_id,
            "owner": owner,
            "session_id": sessions[session],
            "consolidated": turn.transcript_only,
            "recited": turn.transcript_only,
            "memory_id": None,
            "revision": revision,
            "said_at": said_at,
            "offset_s": offset_s,
            "role": role,
            "speaker": speaker,
            "ref": turn.ref,
            "text": turn.text,
        }
        rows.append(row | {"row_hash": seal_turn(row, session)})
        at, decided = moment(said_at, offset_s), turn.transcript_only
        records.append(
            TurnRecord(turn_id, turn.ref, session, role, speaker, turn.text, at, decided, None)
        )
        if turn.vector is not None:
            vectors.append(vector_row(turn_id, owner, turn.vector, turn.fingerprint))
    _INSERT_TURN.run(connection, *rows)
    _INDEX_TERMS.run(
        connection,
        *({"id": one.id, "terms": " ".join(lexicon.terms(one.text))} for one in records),
    )
    if vectors:
        INSERT_VECTOR.run(connection, *vectors)
    return records


def _session_ids(connection: Connection, owner: str, keys: Sequence[str]) -> dict[str, int]:
    wanted = list(dict.fromkeys(keys))
    found: dict[str, int] = {}
    for some in chunked(wanted):
        found.update(_SESSIONS.rows(connection, ids=some, owner=owner))
    for key in wanted:
        if key not in found:
            connection.execute(models.session.insert(), {"owner": owner, "key": key})
            found.update(_SESSIONS.rows(connection, ids=[key], owner=owner))
    return found


def by_ref(connection: Connection, owner: str, ref: str) -> TurnRecord | None:
    """The turn with this ref, if there is one."""
    return next(_by_ref(connection, owner, [clean(ref)]), None)


def free_ref(connection: Connection, owner: str, ref: str) -> str:
    """A ref for another version of a turn's words: its own with a number behind it."""
    stem, number = ref.rpartition("~")[0] or ref, 2
    while by_ref(connection, owner, f"{stem}~{number}") is not None:
        number += 1
    return f"{stem}~{number}"


def by_id(connection: Connection, owner: str, ids: Iterable[int]) -> dict[int, TurnRecord]:
    """The turns with these ids, in ascending order; unknown ids are left out."""
    found: dict[int, TurnRecord] = {}
    for some in chunked(sorted(set(ids))):
        found.update(
            (row.id, record(row)) for row in _BY_ID.rows(connection, ids=some, owner=owner)
        )
    return found


def listing(
    connection: Connection,
    owner: str,
    *,
    session: str | None = None,
    after: int = 0,
    limit: int | None = None,
    newest_first: bool = False,
    words: ColumnElement[bool] | None = None,
) -> list[TurnRecord]:
    """Turns with an id above ``after``, in the order of insertion or its reverse."""
    statement = RECORD.where(_turn.owner == owner, _turn.id > after)
    if session is not None:
        statement = statement.where(_turn.session_id == _session_id(owner, session))
    if words is not None:
        statement = statement.where(words)
    statement = statement.order_by(_turn.id.desc() if newest_first else _turn.id).limit(limit)
    return list(map(record, connection.execute(statement)))


def _session_id(owner: str, key: str) -> ScalarSelect[int]:
    statement = select(_session.id).where(_session.owner == owner, _session.key == clean(key))
    return statement.scalar_subquery()


def pending(
    connection: Connection, owner: str, session: str | None, other_than: str | None
) -> list[TurnRecord]:
    """Turns about which consolidation has not decided."""
    statement = RECORD.where(_turn.owner == owner, _turn.consolidated == false())
    if session is not None:
        statement = statement.where(_turn.session_id == _session_id(owner, session))
    if other_than is not None:
        statement = statement.where(_session.key != clean(other_than))
    return list(map(record, connection.execute(statement.order_by(_turn.id))))


_NEIGHBOURS = text("""
SELECT turn.id, near.id
FROM turn JOIN turn AS near ON near.id IN (
    SELECT id FROM (
        SELECT id FROM turn AS earlier
        WHERE earlier.session_id = turn.session_id AND earlier.owner = turn.owner
            AND earlier.id < turn.id
        ORDER BY earlier.id DESC LIMIT :before)
    UNION ALL SELECT id FROM (
        SELECT id FROM turn AS later
        WHERE later.session_id = turn.session_id AND later.owner = turn.owner
            AND later.id > turn.id
        ORDER BY later.id LIMIT :after))
WHERE turn.owner = :owner AND turn.id IN :ids
ORDER BY turn.id, near.id
""").bindparams(bindparam("ids", expanding=True))


def neighbours(
    connection: Connection, owner: str, ids: Sequence[int], before: int, after: int
) -> dict[int, list[TurnRecord]]:
    """For each turn, those around it in its session, itself left out, oldest first."""
    pairs: list[tuple[int, int]] = []
    for some in chunked(sorted(set(ids))):
        given = {"owner": owner, "ids": list(some), "before": before, "after": after}
        pairs += [(turn, near) for turn, near in connection.execute(_NEIGHBOURS, given)]
    turns = by_id(connection, owner, {*ids, *(near for _, near in pairs)})
    around: dict[int, list[TurnRecord]] = {turn: [] for turn in ids if turn in turns}
    for turn, near in pairs:
        if turn in around and near in turns:  # a damaged index names turns that are not there
            around[turn].append(turns[near])
    return around
