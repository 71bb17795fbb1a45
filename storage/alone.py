"""Being the only one who has a store's file open, while another file takes its place.

A process that opened the file before, or waits for it, would go on writing into what is no
longer there. So everybody is kept out of the file until it is replaced, and whoever waited finds
by ``identity`` that it was (``LongTermStore`` looks when it is open).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from storage.database import connect
from storage.encryption import Cipher, driver_errors
from storage.errors import StoreLocked

_WAIT_MS = 1000
# Where SQLite locks a file, whatever is in it: https://www.sqlite.org/src/file/src/os.h
_LOCKS_AT, _LOCKS = 0x40000000, 512
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from another of the same name; None where there is no file."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def alone(path: Path, cipher: Cipher | None = None) -> Iterator[None]:
    """Keep everybody else out of a file; its log is folded into it, if it can be read.

    Until the end no descriptor of the file may be closed that was opened by hand: POSIX has the
    process lose its locks by that.

    Raises:
        StoreLocked: Somebody has it open, or it cannot be written.
    """
    with ExitStack() as held:
        try:
            seize(held.enter_context(closing(connect(path, cipher=cipher))), path)
        except driver_errors() as error:
            if _is_busy(error):
                raise _in_use(path) from error
            # Damaged, or encrypted with another key: it can be in use all the same.
            held.close()
            held.enter_context(_by_hand(path))
        yield


def seize(connection: Any, path: Path) -> None:
    """Have a connection be the only one to its file until it is closed, and the file its whole.

    Raises:
        StoreLocked: Somebody else has the file open.
    """
    try:
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            # Refused while anybody else is connected; the log is then part of the file.
            connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.execute("ROLLBACK")  # the lock stays; a commit would write to an empty file
    except driver_errors() as error:
        if not _is_busy(error):
            raise
        raise _in_use(path) from error
    if mode != "delete":  # somebody came in between
        raise _in_use(path)


@contextmanager
def _by_hand(path: Path) -> Iterator[None]:
    import fcntl  # not on Windows

    descriptor = os.open(path, os.O_RDWR)
    try:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCKS, _LOCKS_AT)
        except (BlockingIOError, PermissionError) as error:  # POSIX allows either
            raise _in_use(path) from error
        yield
    finally:
        os.close(descriptor)


def _is_busy(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _in_use(path: Path) -> StoreLocked:
    return StoreLocked(
        f"{path} is open in another process; close it, then try again (nothing was changed)"
    )
