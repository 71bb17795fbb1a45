"""The vectors of turns, each with the fingerprint of the encoder that made it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from storage import models
from storage.codec import chunked, pack, unpack
from storage.records import Vector

_turn, _vector = models.turn.c, models.turn_vector.c


def vector_row(
    turn_id: int, owner: str, vector: Vector, fingerprint: str | None
) -> dict[str, object]:
    """A row for ``turn_vector``.

    Raises:
        ValueError: No fingerprint, or not a row of finite numbers.
    """
    if not fingerprint:
        raise ValueError("a vector came without the fingerprint of its encoder; give both")
    blob = pack(vector)
    return {"turn_id": turn_id, "owner": owner, "fingerprint": fingerprint, "vector": blob}


def as_stored(vector: Vector) -> Vector:
    """A vector as the store will give it back, rounded to what it keeps, (dimension,) float32."""
    rounded: Vector = unpack([pack(vector)])[0]
    return rounded


def vectors_of(connection: Connection, owner: str, ids: Iterable[int]) -> dict[int, Vector]:
    """Unit vectors, (dimension,) each; a turn without one is left out."""
    found: dict[int, Vector] = {}
    for some in chunked(sorted(set(ids))):
        statement = select(_vector.turn_id, _vector.vector)
        statement = statement.where(_vector.owner == owner, _vector.turn_id.in_(some))
        found.update((row[0], unpack([row[1]])[0]) for row in connection.execute(statement))
    return found


def set_vectors(
    connection: Connection,
    owner: str,
    pairs: Sequence[tuple[int, Vector]],
    fingerprint: str,
    revision: int,
) -> None:
    """Replace the vectors of turns; those no longer there are passed over."""
    given = dict(pairs)
    present: list[int] = []
    for some in chunked(sorted(given)):
        statement = select(_turn.id).where(_turn.owner == owner, _turn.id.in_(some))
        present += connection.execute(statement).scalars()
        connection.execute(
            update(models.turn)
            .where(_turn.owner == owner, _turn.id.in_(some))
            .values(revision=revision)
        )
    if present:
        insertion = insert(models.turn_vector)
        replaced = {name: insertion.excluded[name] for name in ("fingerprint", "vector")}
        connection.execute(
            insertion.on_conflict_do_update(index_elements=["turn_id"], set_=replaced),
            [vector_row(turn_id, owner, given[turn_id], fingerprint) for turn_id in present],
        )


def stale_ids(connection: Connection, owner: str, fingerprint: str, limit: int | None) -> list[int]:
    """Turns without a vector of this encoder, in ascending order."""
    current = (_vector.turn_id == _turn.id) & (_vector.fingerprint == fingerprint)
    statement = select(_turn.id).outerjoin_from(models.turn, models.turn_vector, current)
    statement = statement.where(_turn.owner == owner, _vector.turn_id.is_(None))
    return list(connection.execute(statement.order_by(_turn.id).limit(limit)).scalars())


def fingerprints(connection: Connection, owner: str) -> dict[str, int]:
    """How many vectors each encoder has made."""
    statement = select(_vector.fingerprint, func.count()).where(_vector.owner == owner)
    rows = connection.execute(statement.group_by(_vector.fingerprint))
    return {row[0]: row[1] for row in rows}
