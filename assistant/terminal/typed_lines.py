"""The file of the lines typed, read and rewritten without the prompt's library.

The format is prompt-toolkit's: a comment with the time, then each line of an entry after a plus.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from assistant.terminal.private import make_private

_LARGEST = 16 * 2**20  # bytes; of a huge file only the end is read


def read_typed(path: Path) -> list[str]:
    """The entries of a file, oldest first; none when it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LARGEST))
            data = file.read(_LARGEST)
    except OSError:
        return []
    entries: list[str] = []
    parts: list[str] = []
    for line in [*data.split(b"\n"), b""]:
        if line.startswith(b"+"):
            parts.append(line[1:].decode("utf-8", "replace"))
        elif parts:
            entries.append("\n".join(parts))
            parts = []
    return entries


def holds(entry: str, words: Sequence[str]) -> bool:
    """Whether an entry has any of some words in it, whatever the case.

    >>> holds("/remember My PIN is 1234.", ["my pin"])
    True
    """
    folded = entry.casefold()
    return any(one and one.casefold() in folded for one in words)


def forget_typed(path: Path, words: Iterable[str]) -> bool:
    """Take every entry with any of these words out of a file; whether there is such a file.

    Raises:
        OSError: It cannot be rewritten.
    """
    wanted = [one.strip() for one in words if one.strip()]
    if not path.exists():
        return False
    entries = read_typed(path)
    kept = [entry for entry in entries if not holds(entry, wanted)]
    if len(kept) < len(entries):
        beside = path.with_name(path.name + ".new")
        beside.unlink(missing_ok=True)
        make_private(beside)
        with beside.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            for entry in kept:
                lines = "".join(f"+{line}\n" for line in entry.split("\n"))
                file.write(f"\n# {datetime.now().astimezone()}\n{lines}")
        beside.replace(path)
    return True
