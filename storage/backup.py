"""Copies of a store that lie beside it, made before anything risky is done to it."""

from __future__ import annotations

import os
from contextlib import closing
from glob import escape
from pathlib import Path

from storage.database import connect
from storage.errors import StoreCorrupt

_MARK = ".backup-"


def back_up(path: Path, occasion: str) -> Path:
    """Copy a store, its log included, into a file of its own, replaced whole when complete.

    Raises:
        StoreCorrupt: The store is damaged, and so would be its copy.
    """
    copy = path.with_name(f"{path.name}{_MARK}{occasion}")
    partial = copy.with_name(copy.name + ".partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(connect(path, read_only=True)) as source, closing(connect(partial)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")
        verdict = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        partial.unlink()
        raise StoreCorrupt(f"{path} is damaged ({verdict}); restore a backup")
    partial.replace(copy)
    return copy


def backups_of(path: Path) -> list[Path]:
    """The copies that lie beside a store, unfinished ones too."""
    return sorted(path.parent.glob(f"{escape(path.name)}{_MARK}*"))
