"""Light Markdown as it streams in: bold, code, headings, lists, quotes, fenced code.

A mark that opens is believed at once, because a stream cannot be waited for; the end of the line
closes whatever is open. Styles travel inside the text as noncharacters (which no text may hold)
so that lines can be wrapped by width before the styles become escapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

PLAIN, BOLD, CODE, HEADING, QUOTE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3", "\ufdd4"
STYLE_NAMES = {BOLD: "bold", CODE: "code", HEADING: "heading", QUOTE: "quote"}
_MARKS = re.compile("[\ufdd0-\ufdef]")
_LIST = re.compile(r"( {0,6})[-*+] ")
_HEADING = re.compile(r" {0,3}#{1,6} +")
_QUOTE = re.compile(r" {0,3}> ?")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_UNDECIDED = re.compile(r" {0,6}(?:[-*+]|#{1,6} *|`{1,2}|~{1,2}|>)? ?\Z")


def without_marks(text: str) -> str:
    """The text without the characters that carry styles here."""
    return _MARKS.sub("", text)


class Markdown:
    """Reads Markdown piece by piece; gives text with style marks in it.

    >>> [hex(ord(c)) for c in Markdown().feed("**a**\\n")]
    ['0xfdd1', '0x61', '0xfdd0', '0xa']
    """

    def __init__(self) -> None:
        self._held = ""
        self._start = True
        self._fenced = False
        self._skipping = False
        self._line = PLAIN
        self._inline = ""
        self._last = " "

    def feed(self, text: str) -> str:
        """What can be shown of it now."""
        return self._read(self._held + without_marks(text), last=False)

    def finish(self) -> str:
        """What was held back."""
        return self._read(self._held, last=True)

    def _read(self, text: str, *, last: bool) -> str:
        out: list[str] = []
        self._held, place = "", 0
        while place < len(text):
            rest = text[place:]
            if self._skipping:
                end = rest.find("\n")
                if end < 0:
                    break
                place, self._skipping, self._start = place + end + 1, False, True
                continue
            if self._start:
                if not last and _UNDECIDED.match(rest):
                    self._held = rest
                    break
                place += self._begin(rest, out)
                continue
            character = text[place]
            if character == "\n":
                out.append(self._end_line())
                place += 1
                continue
            used = self._inline_mark(rest, out, last=last)
            if used is None:
                self._held = rest
                break
            if not used:
                out.append(character)
                self._last = character
            place += used or 1
        return "".join(out)

    def _begin(self, rest: str, out: list[str]) -> int:
        """Read what begins a line; how many characters that was."""
        self._start, self._last = False, " "
        if _FENCE.match(rest):
            self._fenced, self._skipping = not self._fenced, True
            return 0
        if self._fenced:
            self._line = CODE
            out.append(CODE)
            return 0
        self._line = PLAIN
        if found := _HEADING.match(rest):
            self._line = HEADING
            out.append(HEADING)
        elif found := _QUOTE.match(rest):
            self._line = QUOTE
            out.append(QUOTE + "│ ")
        elif found := _LIST.match(rest):
            out.append(found.group(1) + "• ")
        return found.end() if found else 0

    def _inline_mark(self, rest: str, out: list[str], *, last: bool) -> int | None:
        """Read a mark inside a line; its length, 0 when there is none, None to wait for more."""
        if self._fenced or rest[0] not in "*`":
            return 0
        mark, style = ("**", BOLD) if rest[0] == "*" else ("`", CODE)
        if self._inline == CODE and mark != "`":
            return 0
        if len(rest) <= len(mark) and not last:
            return None
        if not rest.startswith(mark):
            return 0
        after = rest[len(mark) : len(mark) + 1]
        if self._inline == style:
            if self._last.isspace():
                return 0
            self._inline = ""
            out.append(self._line)
            return len(mark)
        if (
            self._inline
            or not after.strip(" \t*`")
            or (self._last.isascii() and self._last.isalnum())
        ):
            return 0
        self._inline = style
        out.append(style)
        return len(mark)

    def _end_line(self) -> str:
        styled = self._line != PLAIN or self._inline
        self._start, self._inline, self._line = True, "", PLAIN
        return PLAIN + "\n" if styled else "\n"


class Styles:
    """Makes escapes of style marks; a style that goes on in the next line is begun there again.

    Args:
        code: SGR parameters of a style by name.
    """

    def __init__(self, code: Callable[[str], str]) -> None:
        self._code = code
        self._now = PLAIN

    def feed(self, text: str) -> str:
        """The text with escapes; no line of it leaves a style on."""
        out: list[str] = []
        shown = PLAIN
        for character in text:
            if character in STYLE_NAMES or character == PLAIN:
                self._now = character
                continue
            wanted = PLAIN if character == "\n" else self._now
            if wanted != shown:
                if shown != PLAIN:
                    out.append("\x1b[0m")
                if wanted != PLAIN:
                    out.append(f"\x1b[{self._code(STYLE_NAMES[wanted])}m")
                shown = wanted
            out.append(character)
        if shown != PLAIN:
            out.append("\x1b[0m")
        return "".join(out)
