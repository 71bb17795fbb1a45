"""Files that hold what was said: readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path


def make_private(path: Path) -> None:
    """Create a file and its directories, 0600 and 0700, or tighten the file that is there."""
    for folder in reversed([path.parent, *path.parent.parents]):
        if not folder.exists():  # mkdir's own ``parents`` would leave them to the umask
            folder.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
    path.chmod(0o600)


def mode_of(path: Path) -> str:
    """The permission bits as they are usually written, such as 0600."""
    return f"{path.stat().st_mode & 0o7777:04o}"
