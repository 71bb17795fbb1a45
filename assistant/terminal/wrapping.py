"""Breaks lines between words, as text comes in pieces. Chinese breaks between characters."""

from __future__ import annotations

import re

from assistant.terminal.display import width
from assistant.terminal.markdown import without_marks

_WIDE = "\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"
# A closing mark stays with what it closes.
_UNIT = re.compile(rf"\n|[ \t]+|[{_WIDE}][、。，．：；？！）」』】》〉”’!?,.;:)]*|[^\s{_WIDE}]+|\s")


class WordWrap:
    """Inserts newlines so that no word is broken by the edge of the terminal.

    The last word of a piece may go on in the next: it is held back until then.

    >>> wrap = WordWrap(9)
    >>> wrap.feed("one two th") + wrap.feed("ree") + wrap.finish()
    'one two\\nthree'

    Args:
        columns: Cells of a line.
        indent: Put before every line that is broken off.
    """

    def __init__(self, columns: int, indent: str = "") -> None:
        self._columns = max(columns, 1)
        self._indent = indent if len(indent) * 2 < columns else ""
        self._column = 0
        self._blank = ""
        self._held = ""

    def feed(self, text: str) -> str:
        """What can be shown now."""
        units = _UNIT.findall(self._held + text)
        self._held = ""
        if units and not units[-1].isspace():
            self._held = units.pop()
        return "".join(self._place(unit) for unit in units)

    def finish(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return self._place(held) if held else ""

    def _place(self, unit: str) -> str:
        if unit == "\n":
            self._column, self._blank = 0, ""
            return "\n"
        if unit.isspace():
            self._blank += unit.expandtabs(4)
            return ""
        blank, self._blank = self._blank, ""
        size = width(without_marks(unit))
        if self._column and self._column + len(blank) + size > self._columns:
            self._column = len(self._indent) + size
            return f"\n{self._indent}{unit}"
        self._column = (self._column + len(blank) + size) % self._columns or self._columns
        return blank + unit


def fold(text: str, columns: int) -> str:
    """Lines broken between words; what is broken off is indented as its line was.

    >>> fold("  one two three", 9)
    '  one two\\n  three'
    """
    folded = []
    for line in text.split("\n"):
        wrap = WordWrap(columns, line[: len(line) - len(line.lstrip(" "))])
        folded.append(wrap.feed(line) + wrap.finish())
    return "\n".join(folded)
