"""One memory or turn, whole: its words, what became of them, its strength over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, memory_data, turn_data
from assistant.terminal.display import local_date, said_by
from assistant.terminal.plots import can_show_blocks, columns

if TYPE_CHECKING:
    from storage import MemoryRecord

_WIDEST = 60
_NARROWEST = 10
_ROWS = 4


def show_memory(context: CommandContext, number: int) -> Data:
    """Show a memory and a plot of its strength.

    Raises:
        UsageError: There is none of that number.
    """
    assistant = context.assistant
    memory = next(iter(assistant.store.memories(ids=[number])), None)
    if memory is None:
        raise UsageError(f"there is no memory {number}; {context.sign}memories lists them")
    now = assistant.clock()
    uses = assistant.store.uses([number])[number]
    out = context.output
    out.line(f"{memory.id}. {memory.text}")
    for line in _told(memory, uses):
        out.line(f"   {line}", "note")
    points = strength_over_time(memory.said_at, uses, now, _room(context))
    _draw(context, points, memory.said_at, now)
    return {
        **memory_data(memory),
        "uses": [at.isoformat() for at in uses],
        "strength_over_time": [
            {"at": at.isoformat(), "strength": round(value, 4)} for at, value in points
        ],
    }


def show_turn(context: CommandContext, number: int) -> Data:
    """Show a turn, which is no memory or not yet one.

    Raises:
        UsageError: There is none of that number.
    """
    assistant = context.assistant
    turn = assistant.store.turns_by_id([number]).get(number)
    if turn is None:
        raise UsageError(f"there is no turn t{number}; {context.sign}history lists them")
    held = {held.turn.id: assistant.is_kept(held) for held in assistant.short_term.turns}
    if turn.memory is not None:
        became = f"became memory {turn.memory}"
    elif held.get(number):
        became = "still in short-term memory, kept when it leaves"
    elif number in held:
        became = "in short-term memory, not kept when it leaves"
    else:
        became = "in the transcript only"
    context.output.line(f"t{turn.id}. {turn.text}")
    for line in (
        f"{said_by(turn.speaker)}, {local_date(turn.said_at, time=True)}",
        became,
        f"ref {turn.ref}",
    ):
        context.output.line(f"   {line}", "note")
    return turn_data(turn)


def _told(memory: MemoryRecord, uses: Sequence[datetime]) -> list[str]:
    """What became of it, a line each."""
    lines = [f"{said_by(memory.speaker)}, {local_date(memory.said_at, time=True)}"]
    if memory.pinned:
        lines.append("pinned")
    if memory.superseded_by is not None:
        when = f" on {local_date(memory.superseded_at)}" if memory.superseded_at else ""
        lines.append(f"former: replaced by memory {memory.superseded_by}{when}")
    if memory.archived_at is not None:
        lines.append(f"archived on {local_date(memory.archived_at)}; use takes it out again")
    if memory.valid_from or memory.valid_to:
        lines.append(f"true from {memory.valid_from or '?'} to {memory.valid_to or 'now'}")
    for date in memory.dates:
        until = "" if date.end == date.start else f" to {date.end.isoformat()}"
        lines.append(f"{date.phrase}: {date.start.isoformat()}{until}")
    if uses:
        often = "once" if len(uses) == 1 else f"{len(uses)} times"
        lines.append(f"used or said again {often}, last on {local_date(max(uses))}")
    lines.append(f"refs {', '.join(memory.refs)}")
    return lines


def strength_over_time(
    said_at: datetime, uses: Sequence[datetime], now: datetime, count: int
) -> list[tuple[datetime, float]]:
    """The strength at so many moments from the saying until now, each with what had been by then.

    >>> from datetime import UTC, timedelta
    >>> said = datetime(2026, 5, 3, tzinfo=UTC)
    >>> points = strength_over_time(said, [], said + timedelta(seconds=100), 3)
    >>> [round(value, 2) for _, value in points]
    [0.0, -1.96, -2.3]
    """
    from assistant.strength import strength

    span = max(now - said_at, now - now)
    points = []
    for step in range(count):
        at = said_at + span * step / max(count - 1, 1)
        before = [one for one in (said_at, *uses) if one <= at] or [said_at]
        points.append((at, strength(before, at)))
    return points


def _draw(
    context: CommandContext,
    points: Sequence[tuple[datetime, float]],
    said_at: datetime,
    now: datetime,
) -> None:
    values = [value for _, value in points]
    low, high = min(values), max(values)
    out = context.output
    out.line()
    out.line("Strength over time", "heading")
    heights = [value - low + 0.05 * (high - low or 1.0) for value in values]
    for line in columns(heights, rows=_ROWS, blocks=can_show_blocks()):
        out.line(line.rstrip() or " ")
    near = now - said_at < timedelta(days=2)
    first, last = local_date(said_at, time=near), local_date(now, time=near)
    out.line(first + " " * max(len(points) - len(first) - len(last), 1) + last, "note")
    out.line(
        f"now {values[-1]:.1f}; 0 is said this moment, -8 three months ago and never again. Each "
        "use lifts it.",
        "note",
    )


def _room(context: CommandContext) -> int:
    return max(min(_WIDEST, (context.output.columns or _WIDEST) - 1), _NARROWEST)
