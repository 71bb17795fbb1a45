"""The lines typed, kept between sessions in a private file, except what was forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from assistant.terminal.private import make_private
from assistant.terminal.typed_lines import forget_typed, holds, read_typed

_LONGEST = 10_000  # characters: a pasted document is no line to call back
_NEWEST = 5_000


class PrivateHistory(FileHistory):
    """A history file that its owner alone can read, and that can forget.

    Args:
        path: Created with mode 0600 when missing.
        create: False creates it when there is a line to keep.
    """

    def __init__(self, path: Path, *, create: bool = True) -> None:
        if create:
            make_private(path)
        self.paused = False
        """Off the record: what is typed is not kept, here or in the file."""
        super().__init__(str(path))

    def append_string(self, string: str) -> None:
        """Take a line, unless off the record."""
        if not self.paused:
            super().append_string(string)

    def load_history_strings(self) -> Iterable[str]:
        """The newest lines, newest first."""
        entries = read_typed(Path(os.fsdecode(self.filename)))
        return [entry for entry in entries[: -_NEWEST - 1 : -1] if len(entry) <= _LONGEST]

    def store_string(self, string: str) -> None:
        """Append a line without its secrets, unless it asks to forget or is a document."""
        if asks_to_forget(string) or len(string) > _LONGEST:
            return
        from assistant.secrets import mask_secrets  # the prompt does not wait for this import

        try:
            make_private(Path(os.fsdecode(self.filename)))
            super().store_string(mask_secrets(string.encode("utf-8", "replace").decode()))
        except OSError:
            return  # a full disk costs the history, not the conversation

    def forget(self, words: str) -> None:
        """Remove every line with these words, from the file too."""
        wanted = [words.strip()]
        self._loaded_strings = [s for s in self._loaded_strings if not holds(s, wanted)]
        forget_typed(Path(os.fsdecode(self.filename)), wanted)


def asks_to_forget(line: str) -> bool:
    """Whether a line is the command that forgets, however short: its words are to go, too.

    >>> asks_to_forget("/fo PIN"), asks_to_forget("/help forget")
    (True, False)
    """
    name = line.strip().partition(" ")[0].lower()
    return len(name) > 2 and "/forget".startswith(name)


def open_history(path: Path | None, *, paused: bool = False) -> History:
    """The history kept at a path; one that lasts only as long as the chat when it cannot be.

    Args:
        path: The file; None for no file.
        paused: Begin off the record.
    """
    if path is None:
        return InMemoryHistory()
    try:
        history = PrivateHistory(path, create=not paused)
    except OSError:
        return InMemoryHistory()
    history.paused = paused
    return history
