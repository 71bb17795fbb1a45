"""The figures of all memories without their words: one statement, for a page of statistics."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from storage import models
from storage.codec import moment

_turn, _memory, _reading, _use = (
    models.turn.c,
    models.memory.c,
    models.reading.c,
    models.memory_use.c,
)
_FIGURES = (
    select(
        _turn.said_at,
        _turn.offset_s,
        _turn.speaker,
        _reading.salience,
        _memory.superseded_by.is_not(None),
        _memory.pinned,
        _memory.id,
    )
    .join_from(models.memory, models.turn, _memory.turn_id == _turn.id)
    .join(models.reading, _reading.turn_id == _turn.id)
    .where(_memory.owner == bindparam("owner"))
    .order_by(_memory.id)
)
_USES = (
    select(_use.memory_id, func.count())
    .where(_use.owner == bindparam("owner"))
    .group_by(_use.memory_id)
)


class MemoryFigures(NamedTuple):
    """What can be counted of one memory.

    >>> MemoryFigures(1_777_800_000_000_000, 3600, "user", 0.9, False, False, 2).said_at.isoformat()
    '2026-05-03T10:20:00+01:00'
    """

    said_at_us: int
    """Microseconds of UTC since 1970: to count by, a date for each takes longer than the rest."""
    offset_s: int
    speaker: str
    salience: float
    superseded: bool
    pinned: bool
    uses: int

    @property
    def said_at(self) -> datetime:
        """When it was said, in the offset it was said in."""
        return moment(self.said_at_us, self.offset_s)


def figures(connection: Connection, owner: str) -> list[MemoryFigures]:
    """Of every memory, superseded and archived ones too, oldest first."""
    given = {"owner": owner}
    uses = {row[0]: int(row[1]) for row in connection.execute(_USES, given)}
    return [
        MemoryFigures(at, offset, speaker, salience, bool(former), bool(pinned), uses.get(id_, 0))
        for at, offset, speaker, salience, former, pinned, id_ in connection.execute(
            _FIGURES, given
        )
    ]
