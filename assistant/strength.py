"""How strong a memory is: the base-level activation of ACT-R.

    B = ln(Σ_j t_j^-d),  t_j = seconds since the j-th time it was said or used,  d = 0.5

J. R. Anderson and L. J. Schooler, "Reflections of the environment in memory", Psychological Science
2 (1991) 396-408: need for a memory falls by a power law of time, and each use adds a term of its
own, so that uses far apart last longer than uses close together. Strength orders; it deletes
nothing. Knows nothing of how uses are stored, but that a store can tell them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol

from storage import LongTermStore

DECAY: Final = 0.5
"""d: the value that ACT-R uses for nearly everything."""

_MOMENT_S: Final = 1.0  # a use is never less than a second old: the sum would have no bound


def strength(uses: Iterable[datetime], now: datetime, *, decay: float = DECAY) -> float:
    """Base-level activation at a moment.

    >>> from datetime import UTC, timedelta
    >>> now = datetime(2026, 5, 3, tzinfo=UTC)
    >>> round(strength([now - timedelta(seconds=100), now - timedelta(seconds=25)], now), 4)
    -1.204

    Args:
        uses: When it was said, restated and used; timezone-aware, in any order.
        now: The moment; uses after it count as made just then.
        decay: d, how fast a use fades.

    Raises:
        ValueError: There is no use.
    """
    ages = [max((now - at).total_seconds(), _MOMENT_S) for at in uses]
    if not ages:
        raise ValueError("no use was given; expected at least the moment it was said")
    return math.log(math.fsum(age**-decay for age in ages))


class Remembered(Protocol):
    """A memory, as far as its strength is concerned."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def said_at(self) -> datetime:
        """When it was said."""
        ...

    @property
    def uses(self) -> int:
        """How often it was restated or used since."""
        ...


def strengths(
    store: LongTermStore, memories: Sequence[Remembered], now: datetime
) -> dict[int, float]:
    """The strength of each memory, by its number.

    Asks the store only for memories that were ever used. Time does not run backwards here: with a
    clock set back it is taken to be as late as the latest use, and the order stays what it was.
    """
    used = store.uses([one.id for one in memories if one.uses])
    moments = {one.id: (one.said_at, *used.get(one.id, ())) for one in memories}
    now = max([now, *(max(at) for at in moments.values())])
    return {memory: strength(at, now) for memory, at in moments.items()}
