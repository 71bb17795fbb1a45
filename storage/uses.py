"""The uses of memories: what their strength is computed from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from storage import models
from storage.codec import chunked, decoding, instant, utc
from storage.prepared import Prepared
from storage.sealing import reseal
from storage.transcript import next_revision, restamp

_use, _memory = models.memory_use.c, models.memory.c

_KNOWN = select(_memory.id).where(
    _memory.owner == bindparam("owner"), _memory.id.in_(bindparam("ids", expanding=True))
)
_AT = Prepared(
    select(_use.memory_id, _use.at).where(
        _use.owner == bindparam("owner"), _use.memory_id.in_(bindparam("ids", expanding=True))
    )
)


def record_uses(connection: Connection, owner: str, ids: Iterable[int], at: datetime) -> None:
    """Note one more use of each memory, and take it out of the archive if it is there."""
    used_at, _ = instant(at)
    for some in chunked(sorted(set(ids))):
        given = {"owner": owner, "ids": list(some)}
        known = list(connection.execute(_KNOWN, given).scalars())
        if not known:
            continue
        connection.execute(
            models.memory_use.insert(),
            [{"memory_id": one, "owner": owner, "at": used_at} for one in known],
        )
        restore_archived(connection, owner, known)


def restore_archived(connection: Connection, owner: str, ids: Sequence[int]) -> None:
    """Make memories active that are in the archive: they are in use."""
    for some in chunked(ids):
        statement = select(_memory.id).where(_memory.id.in_(some), _memory.archived_at.is_not(None))
        archived = list(connection.execute(statement.where(_memory.owner == owner)).scalars())
        if archived:
            connection.execute(
                update(models.memory).where(_memory.id.in_(archived)).values(archived_at=None)
            )
            reseal(connection, "memory", archived)
            restamp(connection, owner, archived, next_revision(connection, owner))


def uses(connection: Connection, owner: str, ids: Iterable[int]) -> dict[int, tuple[datetime, ...]]:
    """When each memory was used or restated, earliest first."""
    found: dict[int, list[int]] = defaultdict(list)
    wanted = sorted(set(ids))
    for some in chunked(wanted):
        for memory, at in _AT.rows(connection, ids=some, owner=owner):
            found[memory].append(at)
    with decoding("a time"):
        return {memory: tuple(map(utc, sorted(found[memory]))) for memory in wanted}


def counts(
    connection: Connection, owner: str, ids: Sequence[int], until: int | None
) -> Counter[int]:
    """How often each memory was used, up to an instant if one is given."""
    found: Counter[int] = Counter()
    for some in chunked(ids):
        for memory, at in _AT.rows(connection, ids=some, owner=owner):
            found[memory] += until is None or at <= until
    return found
