"""A store put under a key, taken from under it, or given another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from storage.alone import seize
from storage.backup import back_up_regularly, managed_files, sync, verify_backup
from storage.database import connect, explaining, followed
from storage.encryption import HEADER, Cipher
from storage.errors import StoreCorrupt, StoreLocked, StoreSealed

_ENDS = ("", "-wal", "-shm", "-journal")
_TABLES = ("turn", "memory", "turn_text", "sqlite_sequence")
_PIECE = 2**20


def change_key(path: Path, old: Cipher | None, new: Cipher | None, at: datetime) -> Path | None:
    """Write a store anew under another key, and its backups with it.

    None for a key is none: to encrypt, ``old`` is None, to decrypt, ``new``. All backups beside
    the store are deleted, for they are under the old key; if there were any, one is made under
    the new one. Copies elsewhere, and what an SSD or a file system keeps of deleted files, are
    out of reach.

    Killed at any moment it leaves the store whole under one of both keys; backups under the old
    one can then be left as well (``readable_copies`` finds those that anybody can read).

    Args:
        path: The store; nobody else may have it open.
        old: The key that it has.
        new: The key that it gets.
        at: Now; names the backup.

    Returns:
        The backup made, if there had been any.

    Raises:
        ValueError: Both are None.
        StoreSealed: The old key is not the store's key.
        StoreLocked: Another process has it open, or the copy cannot be written.
        StoreCorrupt: It is damaged, or not there; nothing was changed.
    """
    cipher = new or old
    if cipher is None:
        raise ValueError("neither an old nor a new key was given; expected at least one")
    path = followed(path)
    if not path.is_file():
        raise StoreLocked(f"{path} does not exist; name a store")
    with explaining(str(path)):
        if (old is None) != cipher.finds_plain(path):
            state = "not encrypted, but its key was" if old else "encrypted, but its key was not"
            raise StoreSealed(f"{path} is {state} given; nothing was changed")
        with closing(connect(path, cipher=old)) as connection:  # a wrong key is told here
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        copy = path.with_name(f"{path.name}.backup-other-key.partial")
        try:
            with _alone(path, old, cipher) as connection:
                _write(connection, copy, new)
                wrong = verify_backup(copy, new)
                if not wrong:
                    with closing(connect(copy, read_only=True, cipher=new)) as written:
                        wrong = [] if _words(connection) == _words(written) else ["copies differ"]
                if wrong:
                    raise StoreCorrupt(f"{path} is damaged ({wrong[0]}); nothing was changed")
                _replace(path, copy)
        finally:
            for end in _ENDS:
                copy.with_name(copy.name + end).unlink(missing_ok=True)
        old_backups = managed_files(path)
        for file in old_backups:
            erase(file)
    return back_up_regularly(path, at, cipher=new) if old_backups else None


def key_fits(path: Path, cipher: Cipher) -> bool:
    """Whether a store can be read with a key.

    Raises:
        StoreLocked, StoreCorrupt: It can be read with none.
    """
    try:
        with explaining(str(path)), closing(connect(path, read_only=True, cipher=cipher)):
            return True
    except StoreSealed:
        return False


def readable_copies(path: Path) -> list[Path]:
    """Backups beside a store, and parts of them, that anybody can read without a key."""
    return [file for file in managed_files(path) if _is_plain(file)]


def erase(path: Path) -> None:
    """Delete a file, its blocks overwritten first where the file system writes in place."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        _overwrite(descriptor)
    finally:
        os.close(descriptor)
    path.unlink()


def _overwrite(descriptor: int) -> None:
    size = os.fstat(descriptor).st_size
    for at in range(0, size, _PIECE):
        os.pwrite(descriptor, bytes(min(_PIECE, size - at)), at)
    os.fsync(descriptor)


def _is_plain(backup: Path) -> bool:
    # Nobody has a backup open; a store itself must not be read by hand, see ``Cipher``.
    with backup.open("rb") as file:
        return file.read(len(HEADER)) == HEADER


@contextmanager
def _alone(path: Path, old: Cipher | None, any_: Cipher) -> Iterator[Any]:
    """A connection beside which there is no other until its end; SQLCipher's also without a key."""
    connection = any_.module.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        if old is not None:
            old.unlock(connection, path)
        connection.execute("PRAGMA temp_store = MEMORY")
        seize(connection, path)
        yield connection
    finally:
        connection.close()


def _write(connection: Any, copy: Path, new: Cipher | None) -> None:
    """Copy every table into a new file."""
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    key = "" if new is None else new.spec(copy)
    connection.execute("ATTACH DATABASE ? AS other KEY ?", (str(copy), key))
    connection.execute("SELECT sqlcipher_export('other')")
    connection.execute("DETACH DATABASE other")


def _replace(path: Path, copy: Path) -> None:
    """Put the copy in the store's place, and overwrite what the old file leaves."""
    sync(copy)
    before = os.open(path, os.O_RDWR)
    try:
        copy.replace(path)
        # Or a loss of power could leave the name with the file that is overwritten.
        sync(path.parent)
        _overwrite(before)
    finally:
        os.close(before)


def _words(connection: Any) -> list[tuple[object, ...]]:
    return [
        row
        for table in _TABLES
        for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608
    ]
