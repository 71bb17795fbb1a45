"""The lines typed, kept between sessions in a private file, except what was forgotten."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from assistant.secrets import mask_secrets
from assistant.terminal.private import make_private

_LONGEST = 10_000  # characters: a pasted document is no line to call back
_NEWEST = 5_000
_LARGEST = 16 * 2**20  # bytes


class PrivateHistory(FileHistory):
    """A history file that its owner alone can read, and that can forget.

    Args:
        path: Created with mode 0600 when missing.
    """

    def __init__(self, path: Path) -> None:
        make_private(path)
        super().__init__(str(path))

    def load_history_strings(self) -> Iterable[str]:
        """The newest lines, newest first; of a huge file only the end is read."""
        try:
            with Path(os.fsdecode(self.filename)).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _LARGEST))
                data = file.read(_LARGEST)
        except OSError:
            return []
        entries: list[str] = []
        parts: list[str] = []
        for line in [*data.split(b"\n"), b""]:
            if line.startswith(b"+"):  # as FileHistory writes them: a sign before each line
                parts.append(line[1:].decode("utf-8", "replace"))
            elif parts:
                entries.append("\n".join(parts))
                parts = []
        return [entry for entry in entries[: -_NEWEST - 1 : -1] if len(entry) <= _LONGEST]

    def store_string(self, string: str) -> None:
        """Append a line without its secrets, unless it asks to forget or is a document."""
        if string.lstrip().startswith("/forget") or len(string) > _LONGEST:
            return
        try:
            super().store_string(mask_secrets(string.encode("utf-8", "replace").decode()))
        except OSError:
            return  # a full disk costs the history, not the conversation

    def forget(self, words: str) -> None:
        """Remove every line with these words, from the file too."""
        wanted = words.casefold()
        if not wanted:
            return
        self._loaded_strings = [s for s in self._loaded_strings if wanted not in s.casefold()]
        kept = [s for s in self.load_history_strings() if wanted not in s.casefold()]
        path = Path(os.fsdecode(self.filename))
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        fresh = PrivateHistory(beside)
        for line in reversed(kept):
            fresh.store_string(line)
        beside.replace(path)


def open_history(path: Path | None) -> History:
    """The history kept at a path; one that lasts only as long as the chat when it cannot be."""
    if path is None:
        return InMemoryHistory()
    try:
        return PrivateHistory(path)
    except OSError:
        return InMemoryHistory()
