"""The one sanitiser: everything shown in a terminal passes it.

What is shown was typed, imported or recalled, so it may hold anything: a sequence that moves the
cursor, retitles the window, writes the clipboard, or turns the reading direction round. Knows
nothing of colours or tables; knows characters.
"""

from __future__ import annotations

import re
from datetime import datetime

# One pass, and the last alternatives take any single control character: nothing that a removal
# brings together can become a sequence again, because no control character is ever left standing.
# No repetition runs past where another could begin, so that the time grows with the length only.
_UNSAFE = re.compile(
    r"""
      \r\n                                              # a line end, kept as \n
    | [\u2028\u2029]                                    # line and paragraph separators
    | (?:\x1b\[|\x9b) [0-?]* [ -/]* [@-~]               # CSI: cursor, colour, erase
    | (?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])           # OSC, DCS, SOS, PM, APC up to their end,
      [^\x07\x1b\x90\x98\x9c-\x9f\n]* (?:\x07|\x1b\\|\x9c)  # on the same line; a new start ends
    | \x1b [ -/]+ [0-~]                                 # escapes with intermediates: charsets
    | [\x00-\x08\x0b-\x1f\x7f]                          # C0 but tab and newline, DEL
    | [\x80-\x9f]                                       # C1
    | [\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]    # bidi marks, embeddings, isolates
    | [\ufeff\ufff9-\ufffb]                             # byte-order mark, annotations
    | [\ud800-\udfff]                                   # lone surrogates
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"\s+")


def _shown(match: re.Match[str]) -> str:
    """What stands in for something unsafe: nothing, or a visible sign of a control character."""
    found = match.group()
    if found == "\r\n" or found in "\u2028\u2029":
        return "\n"
    if len(found) > 1:
        return ""
    code = ord(found)
    if code < 0x20:
        return chr(0x2400 + code)  # Unicode's control pictures: BEL is ␇
    if code == 0x7F:
        return "␡"
    if 0x80 <= code <= 0x9F or 0xD800 <= code <= 0xDFFF:
        return "�"
    return ""


def clean(text: str) -> str:
    """The text, safe to show: no control character but tab and newline is left.

    Whole escape sequences go; a stray control character becomes visible. Bidi controls go; CJK and
    emoji joined by U+200D stay.

    >>> clean("a\\x1b[31mred\\x07")
    'ared␇'
    """
    return _UNSAFE.sub(_shown, text)


def one_line(text: str) -> str:
    """The text, safe to show, on one line: each run of blanks is a space.

    >>> one_line(" a\\n b ")
    'a b'
    """
    return _SPACE.sub(" ", clean(text)).strip()


def width(text: str) -> int:
    """How many cells of a terminal the text takes; wide characters take two.

    >>> width("小泽")
    4
    """
    from rich.cells import cell_len

    return cell_len(text)


def pad(text: str, columns: int) -> str:
    """The text, already on one line, filled up with spaces (or cut) to exactly ``columns`` cells.

    >>> pad("小", 4)
    '小  '
    """
    from rich.cells import set_cell_size

    return set_cell_size(text, columns)


def clip(text: str, columns: int) -> str:
    """The text on one line, at most ``columns`` cells wide; an ellipsis says it was cut.

    Looks only at the start of a huge text.

    >>> clip("remembrancer", 6)
    'remem…'
    """
    if columns < 1:
        return ""
    start = text[: 8 * columns + 64]
    line = one_line(start)
    if len(start) == len(text) and width(line) <= columns:
        return line
    return pad(line, columns - 1).rstrip() + "…"


def said_by(speaker: str) -> str:
    """How a speaker is named to the user."""
    return "you" if speaker == "user" else speaker


def several(count: int, noun: str) -> str:
    """So many of something, in words.

    >>> several(1, "turn"), several(2000, "turn")
    ('1 turn', '2,000 turns')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def local_date(moment: datetime, *, time: bool = False) -> str:
    """A moment in the local offset, as shown."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M" if time else "%Y-%m-%d")
