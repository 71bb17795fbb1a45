"""Where commands print: plain lines for a pipe, light styling for a terminal, nothing for JSON.

Every text passes the sanitiser here, so that no command can forget it.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, TextIO

from assistant.terminal.display import clean, clip, pad, width

Style = Literal["", "note", "heading", "error"]


_CELL = 24  # cells of a column that is not the last
_NARROWEST = 12
_UNLIMITED = 1_000_000


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
        stream: TextIO | None = None,
        errors: TextIO | None = None,
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

    def piece(self, text: str) -> None:
        """Print part of a line, at once."""
        self._write(clean(text), "")

    def error(self, text: str) -> None:
        """Print one line about a failure."""
        stream = self._errors or sys.stderr
        stream.write(clean(text).replace("\n", " ") + "\n")
        stream.flush()

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Print rows under titles, one line each; the last column takes what width is left."""
        cells = [[clip(cell, _CELL) for cell in row[:-1]] for row in rows]
        sizes = [
            max([width(column.title), *(width(row[i]) for row in cells)])
            for i, column in enumerate(columns[:-1])
        ]
        room = _UNLIMITED
        if self.columns is not None:
            room = max(self.columns - sum(sizes) - 2 * len(sizes), _NARROWEST)
        titles = [column.title for column in columns]
        for number, row in enumerate([titles, *rows]):
            line = [
                _aligned(clip(cell, _CELL), size, column.right)
                for cell, size, column in zip(row, sizes, columns, strict=False)
            ]
            line.append(clip(row[-1], room))
            self._write("  ".join(line).rstrip() + "\n", "" if number else "note")

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


class TerminalOutput(Output):
    """Lines in an interactive terminal, lightly styled and fitted to its width."""

    STYLES: ClassVar = {"note": "\x1b[2m", "heading": "\x1b[1m", "error": "\x1b[31m"}

    @property
    def columns(self) -> int:
        """The terminal's width now."""
        return shutil.get_terminal_size().columns

    def error(self, text: str) -> None:
        """Print one line about a failure, where the conversation is."""
        self.line(text.replace("\n", " "), "error")

    def _write(self, text: str, style: Style) -> None:
        if style:
            body = text.removesuffix("\n")
            text = f"{self.STYLES[style]}{body}\x1b[0m{text[len(body) :]}"
        super()._write(text, style)


def is_plain_terminal() -> bool:
    """Whether the environment asks for no colours, or the terminal knows none."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "") in ("", "dumb", "unknown")


def choose_output(*, json: bool = False) -> Output:
    """The output that fits the flags, the environment, and what standard output is."""
    if json:
        return QuietOutput()
    if not sys.stdout.isatty():
        return Output()
    if is_plain_terminal():
        return PlainTerminalOutput()
    return TerminalOutput()


class PlainTerminalOutput(Output):
    """Lines in a terminal without colours: fitted to its width, not one escape."""

    @property
    def columns(self) -> int:
        """The terminal's width now."""
        return shutil.get_terminal_size().columns
