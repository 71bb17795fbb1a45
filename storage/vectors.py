"""The vectors of turns, each with the fingerprint of the encoder that made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from storage import models
from storage.codec import chunked, pack, unpack
from storage.prepared import Command
from storage.records import Vector

_turn, _vector = models.turn.c, models.turn_vector.c
INSERT_VECTOR = Command(models.turn_vector.insert(), models.turn_vector.c.keys())
_LENGTH_OFF = 0.02  # of a vector of length 1, rounded to float16: a thousandth


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


def damaged_ids(connection: Connection, owner: str | None = None) -> list[int]:
    """Turns whose vector no encoder has made, of an owner or of all, in ascending order.

    Its numbers are not finite, its length is not 1, or it has another dimension than most of the
    same encoder. A changed bit that leaves all of that as it was is not seen: vectors have no hash.
    """
    of_owner = () if owner is None else (_vector.owner == owner,)
    size = func.length(_vector.vector)
    counted = select(_vector.fingerprint, size, func.count()).group_by(_vector.fingerprint, size)
    sizes: dict[str, Counter[int]] = {}
    for fingerprint, found, count in connection.execute(counted):
        sizes.setdefault(fingerprint, Counter())[found or 0] += count
    usual = {fingerprint: counts.most_common(1)[0][0] for fingerprint, counts in sizes.items()}
    statement = select(_vector.turn_id, _vector.fingerprint, _vector.vector).where(*of_owner)
    damaged: list[int] = []
    for rows in connection.execute(statement.order_by(_vector.turn_id)).partitions(4096):
        for length in {usual[row[1]] for row in rows}:
            same = [row for row in rows if usual[row[1]] == length]
            whole = [row for row in same if _is_blob(row[2], length)]
            damaged += {row[0] for row in same} - {row[0] for row in whole}
            if whole:
                damaged += _not_unit(whole)
    return sorted(damaged)


def _is_blob(found: object, length: int) -> bool:
    return isinstance(found, bytes) and len(found) == length and length > 0 and not length % 2


def _not_unit(rows: Sequence[Any]) -> list[int]:
    """Ids of rows, all of one dimension, that are neither zero nor of length 1."""
    numbers = np.frombuffer(b"".join(row[2] for row in rows), dtype="<f2").reshape(len(rows), -1)
    with np.errstate(over="ignore", invalid="ignore"):
        length = np.linalg.norm(numbers.astype(np.float32), axis=1)
    wrong = ~((length == 0) | (np.abs(length - 1) < _LENGTH_OFF))  # also what is not finite
    return [row[0] for row, is_wrong in zip(rows, wrong, strict=True) if is_wrong]


def drop(connection: Connection, owner: str, ids: Sequence[int], revision: int) -> None:
    """Take the vectors of turns away: they are stale then, and will be made anew."""
    for some in chunked(sorted(set(ids))):
        connection.execute(
            delete(models.turn_vector).where(_vector.owner == owner, _vector.turn_id.in_(some))
        )
        connection.execute(
            update(models.turn)
            .where(_turn.owner == owner, _turn.id.in_(some))
            .values(revision=revision)
        )
