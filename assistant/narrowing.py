"""An index as if some of its turns had never been said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.matching import Rows, Vectors
from storage import TurnIndex

Mask = NDArray[np.bool_]

USER, ASSISTANT = 0, 1  # as ``TurnIndex.role`` has them


def echoes(index: TurnIndex, asked: Collection[int]) -> Mask:
    """Which turns only asked memory something, or were its answer to that, (n,).

    Recall takes them for unsaid: whoever asks the same again must not be told less because the
    question and what was recited for it stand in the transcript by now.
    """
    echo: Mask = np.zeros(len(index.ids), np.bool_)
    answer = (index.role == ASSISTANT) & index.recited & (index.memory == 0)
    question = (index.role == USER) & (~index.recallable | np.isin(index.ids, list(asked)))
    pair = question[:-1] & answer[1:] & (index.session[:-1] == index.session[1:])
    echo[:-1] |= pair
    echo[1:] |= pair
    return echo


def unsaid(
    index: TurnIndex,
    turns: Collection[int],
    memories: Collection[int],
    as_of: datetime | None,
) -> Mask:
    """Which turns are among these, tell one of these memories, or were said later, (n,)."""
    gone: Mask = np.isin(index.ids, list(turns))
    gone |= np.isin(index.memory, [one for one in memories if one])
    if as_of is not None:
        gone |= index.said_at > as_of.timestamp()
    return gone


def narrowed(index: TurnIndex, vectors: Vectors, rows: Rows) -> tuple[TurnIndex, Vectors]:
    """Some of the turns, and their vectors, which are not copied: the index then holds none."""
    return cut(replace(index, vectors=index.vectors[:, :0]), rows), vectors.of(rows)


def before_turn(index: TurnIndex, turn: int) -> TurnIndex:
    """The index as it was before a turn was committed."""
    return cut(index, slice(int(np.searchsorted(index.ids, turn))))


def without_turns(index: TurnIndex, ids: Iterable[int]) -> TurnIndex:
    """An index as if these turns had never been said."""
    return cut(index, ~np.isin(index.ids, list(ids)))


def cut(index: TurnIndex, kept: slice | Mask | Rows) -> TurnIndex:
    """A part of an index; shares its memory where it is a slice."""
    columns: dict[str, Any] = {c.name: getattr(index, c.name) for c in fields(index)}
    part: dict[str, Any] = {
        name: c[kept] if isinstance(c, np.ndarray) else c for name, c in columns.items()
    }
    return TurnIndex(**part)
