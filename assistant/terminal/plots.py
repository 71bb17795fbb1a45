"""Plots out of block characters, or of ASCII where those cannot be shown. Knows no data of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from assistant.terminal.display import pad, width

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LEFT = " ▏▎▍▌▋▊▉█"


def can_show_blocks() -> bool:
    """Whether the terminal and its encoding know block characters."""
    if os.environ.get("TERM", "") in ("dumb", "unknown"):
        return False
    try:
        _EIGHTHS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def columns(values: Sequence[float], *, rows: int = 4, blocks: bool = True) -> list[str]:
    """Upright bars, one character wide, the tallest as high as there are rows.

    >>> columns([1, 2, 4], rows=1)
    ['▂▄█']
    >>> columns([1, 2, 4], rows=2, blocks=False)
    ['  #', '.##']
    """
    top = max(values, default=0)
    if top <= 0:
        return [" " * len(values)] * rows
    lines = []
    for row in reversed(range(rows)):
        line = ""
        for value in values:
            filled = min(max(value / top * rows - row, 0.0), 1.0)
            if not blocks:
                line += "#" if filled >= 0.75 else "." if filled > 0 else " "
                continue
            step = round(filled * 8)
            line += _EIGHTHS[max(step, 1) if value > 0 and row == 0 else step]
        lines.append(line)
    return lines


def bars(
    labels: Sequence[str], values: Sequence[float], *, room: int = 40, blocks: bool = True
) -> list[str]:
    """Bars lying under each other with their labels and counts.

    >>> bars(["a", "bb"], [2, 4], room=4)
    ['a  ██   2', 'bb ████ 4']
    """
    top = max(values, default=0) or 1
    size = max((width(label) for label in labels), default=0)
    lines = []
    for label, value in zip(labels, values, strict=True):
        length = value / top * room
        if blocks:
            whole, part = divmod(round(length * 8), 8)
            drawn = "█" * whole + (_LEFT[part] if part else "")
        else:
            drawn = "#" * round(length)
        if value > 0 and not drawn.strip():
            drawn = _LEFT[1] if blocks else "."
        lines.append(f"{pad(label, size)} {pad(drawn, room)} {value:,.0f}")
    return lines


def bins(values: Sequence[float], low: float, high: float, count: int) -> list[int]:
    """How many values fall into each of ``count`` equal parts of low to high; ends included.

    >>> bins([0, 0.5, 1], 0, 1, 2)
    [1, 2]
    """
    found = [0] * count
    span = (high - low) or 1.0
    for value in values:
        place = int((value - low) / span * count)
        found[min(max(place, 0), count - 1)] += 1
    return found
