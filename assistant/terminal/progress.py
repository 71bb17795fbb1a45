"""Progress of long work: a bar on standard error in a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.terminal.display import clip, width
from assistant.terminal.output import is_plain_terminal

_EVERY_S = 0.1


class Progress:
    """A bar that work moves by calling it with how much is done and how much there is.

    Args:
        label: What is being done.
        shown: Whether to draw at all.
    """

    def __init__(self, label: str, *, shown: bool) -> None:
        self._label = label
        self._shown = shown
        self._drawn = 0
        self._last = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say how far the work is; ``total`` None when that is not known."""
        now = time.monotonic()
        if not self._shown or (now - self._last < _EVERY_S and done != total):
            return
        self._last = now
        share = f"{done:,} of {total:,}" if total else f"{done:,}"
        line = f"{self._label} {share}"
        if total:
            filled = round(20 * min(done / total, 1))
            line = f"{self._label} [{'#' * filled}{'.' * (20 - filled)}] {share}"
        self._draw(clip(line, 78))

    def say(self, words: str) -> None:
        """Show words instead of a bar, where how much there is to do is not known."""
        if self._shown:
            self._draw(clip(f"{self._label} {words}", 78))

    def clear(self) -> None:
        """Take the bar away."""
        if self._drawn:
            self._draw("")
            sys.stderr.write("\r")
            sys.stderr.flush()

    def _draw(self, line: str) -> None:
        size = width(line)
        sys.stderr.write("\r" + line + " " * max(self._drawn - size, 0))
        sys.stderr.flush()
        self._drawn = size


@contextmanager
def progress_bar(label: str, *, shown: bool = True) -> Iterator[Progress]:
    """A bar for the time of a block, drawn only where somebody can see it.

    Args:
        label: What is being done.
        shown: False where a prompt has the terminal, which a bar would run into.
    """
    bar = Progress(label, shown=shown and sys.stderr.isatty() and not is_plain_terminal())
    try:
        yield bar
    finally:
        bar.clear()
