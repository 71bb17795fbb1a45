"""Where commands print: plain lines for a pipe, light styling for a terminal, nothing for JSON.

Every text passes the sanitiser here, so that no command can forget it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.terminal.display import clean, clip, one_line, pad, width
from assistant.terminal.markdown import Markdown, Styles
from assistant.terminal.themes import DEFAULT_THEME, THEMES, Theme, find_theme
from assistant.terminal.wrapping import WordWrap, fold

Style = Literal["", "note", "heading", "error"]


_CELL = 24  # cells of a column that is not the last
_STACK_BELOW = 24  # cells left for the last column; with fewer, it goes on lines of its own
_STACKED = 5  # lines of what would have been the last column there
_UNLIMITED = 1_000_000


class Stream(Protocol):
    """What can be printed to."""

    def write(self, text: str, /) -> object:
        """Take text."""
        ...

    def flush(self) -> object:
        """Let it out."""
        ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, and whether its cells stand to the right."""

    title: str
    right: bool = False


class Output:
    """Plain lines on a stream: what a pipe gets. No byte of it is an escape.

    Args:
        stream: Where to write; None looks standard output up at each call.
        errors: Where failures go; None is standard error.
        columns: Width to fit tables to; None does not clip them.
    """

    def __init__(
        self,
        stream: Stream | None = None,
        errors: Stream | None = None,
        columns: int | None = None,
    ) -> None:
        self._stream = stream
        self._errors = errors
        self._columns = columns

    @property
    def columns(self) -> int | None:
        """Width to fit to; None does not clip."""
        return self._columns

    def line(self, text: str = "", style: Style = "") -> None:
        """Print a line (or several: newlines in it stand)."""
        self._write(clean(text) + "\n", style)

    def piece(self, text: str, *, markdown: bool = False) -> None:
        """Print part of a line, at once; Markdown is only styled where there are styles."""
        self._write(clean(text), "")

    def echo(self, text: str) -> None:
        """Print what was typed, where nothing else has shown it yet."""
        self._write("> " + clean(text).replace("\n", "\n  ") + "\n", "")

    def redirect(self, stream: Stream) -> None:
        """Print to this stream from now on."""
        self._stream = stream

    def prompt(self, text: str) -> None:
        """Print what somebody is to type after, as it stands."""
        self._write(clean(text), "")

    def error(self, text: str) -> None:
        """Print one line about a failure."""
        stream = self._errors or sys.stderr
        stream.write(clean(text).replace("\n", " ") + "\n")
        stream.flush()

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, wrap: bool = False
    ) -> None:
        """Print rows under titles; the last column takes what width is left.

        Args:
            columns: Their titles; when all are empty, none is printed.
            rows: Their cells.
            wrap: Break what is too long for the last column, instead of clipping it.
        """
        cells = [[clip(cell, _CELL) for cell in row[:-1]] for row in rows]
        sizes = [
            max([width(column.title), *(width(row[i]) for row in cells)])
            for i, column in enumerate(columns[:-1])
        ]
        room = _UNLIMITED
        if self.columns is not None:
            room = self.columns - sum(sizes) - 2 * len(sizes)
        if room < _STACK_BELOW:
            self._stack(rows)
            return
        titles = [column.title for column in columns]
        begin = 0 if any(titles) else 1
        for number, row in enumerate([titles, *rows][begin:], begin):
            line = [
                _aligned(clip(cell, _CELL), size, column.right)
                for cell, size, column in zip(row, sizes, columns, strict=False)
            ]
            words = fold(one_line(row[-1]), room) if wrap else clip(row[-1], room)
            indent = "\n" + " " * (sum(sizes) + 2 * len(sizes))
            line.append(words.replace("\n", indent))
            self._write("  ".join(line).rstrip() + "\n", "" if number else "note")

    def _stack(self, rows: Sequence[Sequence[str]]) -> None:
        """A table for a narrow terminal: the short cells on a line, the words below them."""
        for row in rows:
            self.line("  ".join(one_line(cell) for cell in row[:-1]), "note")
            self.line("  " + clip(row[-1], _STACKED * (self.columns or _UNLIMITED)))

    def _write(self, text: str, style: Style) -> None:
        stream = self._stream or sys.stdout
        stream.write(text)
        stream.flush()


def _aligned(text: str, size: int, right: bool) -> str:
    return " " * (size - width(text)) + text if right else pad(text, size)


class QuietOutput(Output):
    """Prints nothing but failures: under ``--json`` the envelope says it all."""

    def _write(self, text: str, style: Style) -> None:
        return


class PlainTerminalOutput(Output):
    """Lines in a terminal without colours: fitted to its width, not one escape."""

    def __init__(self, stream: Stream | None = None, errors: Stream | None = None) -> None:
        super().__init__(stream, errors)
        self._wrap: WordWrap | None = None

    @property
    def columns(self) -> int:
        """The terminal's width now."""
        return shutil.get_terminal_size().columns

    def line(self, text: str = "", style: Style = "") -> None:
        """Print a line, broken between words; ends what pieces have begun."""
        if self._wrap is not None:
            self._write(self._wrap.finish(), "")
            self._wrap = None
        self._write(fold(clean(text), self.columns) + "\n", style)

    def piece(self, text: str, *, markdown: bool = False) -> None:
        """Print part of a line, at once but for a word that may go on."""
        if self._wrap is None:
            self._wrap = WordWrap(self.columns)
        self._write(self._wrap.feed(clean(text)), "")

    def error(self, text: str) -> None:
        """Print one line about a failure, where the conversation is."""
        self.line(text.replace("\n", " "), "error")


class TerminalOutput(PlainTerminalOutput):
    """The same, styled.

    Args:
        stream: Where to write; None looks standard output up at each call.
        errors: Where failures go; None is standard error.
        theme: Its colours; the first of the themes when None.
    """

    def __init__(
        self,
        stream: Stream | None = None,
        errors: Stream | None = None,
        theme: Theme | None = None,
    ) -> None:
        super().__init__(stream, errors)
        self.theme = theme or THEMES[0]
        self._markdown: Markdown | None = None
        self._styles = Styles(lambda name: self.theme.codes[name])

    def line(self, text: str = "", style: Style = "") -> None:
        """Print a line, broken between words; ends what pieces have begun."""
        if self._markdown is not None and self._wrap is not None:
            rest = self._wrap.feed(self._markdown.finish()) + self._wrap.finish()
            super()._write(self._styles.feed(rest), "")
            self._markdown = self._wrap = None
            self._styles = Styles(lambda name: self.theme.codes[name])
        super().line(text, style)

    def piece(self, text: str, *, markdown: bool = False) -> None:
        """Print part of a line, at once but for a word that may go on."""
        if not markdown:
            super().piece(text)
            return
        if self._wrap is None or self._markdown is None:
            self._wrap, self._markdown = WordWrap(self.columns), Markdown()
        shown = self._wrap.feed(self._markdown.feed(clean(text)))
        super()._write(self._styles.feed(shown), "")

    def echo(self, text: str) -> None:
        """Print what was typed."""
        self._write("> ", "heading")
        self._write(clean(text).replace("\n", "\n  ") + "\n", "")

    def _write(self, text: str, style: Style) -> None:
        if style:
            body = text.removesuffix("\n")
            text = f"\x1b[{self.theme.codes[style]}m{body}\x1b[0m{text[len(body) :]}"
        super()._write(text, style)


def is_plain_terminal() -> bool:
    """Whether the environment asks for no colours, or the terminal knows none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "") in ("", "dumb", "unknown")


def choose_output(*, json: bool = False, theme: str = DEFAULT_THEME) -> Output:
    """The output that fits the flags, the environment, and what standard output is."""
    if json:
        return QuietOutput()
    if not sys.stdout.isatty():
        return Output()
    if is_plain_terminal():
        return PlainTerminalOutput()
    return TerminalOutput(theme=find_theme(theme))
