"""A store put under a key, taken from under it, or given another one."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

from storage.backup import back_up_regularly, managed_files, require_alone, verify_backup
from storage.database import connect, explaining
from storage.encryption import Cipher, looks_encrypted
from storage.errors import StoreCorrupt, StoreLocked, StoreSealed

_ENDS = ("", "-wal", "-shm", "-journal")


def change_key(path: Path, old: Cipher | None, new: Cipher | None, at: datetime) -> Path | None:
    """Write a store anew under another key, and its backups with it.

    None for a key is none: to encrypt, ``old`` is None, to decrypt, ``new``. All backups beside
    the store are deleted, for they are under the old key; if there were any, one is made under
    the new one. Copies elsewhere, and what an SSD or a file system keeps of deleted files, are
    out of reach.

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
    if not path.is_file():
        raise StoreLocked(f"{path} does not exist; name a store")
    if (old is not None) != looks_encrypted(path):
        state = "not encrypted, but its key was" if old else "encrypted, but its key was not"
        raise StoreSealed(f"{path} is {state} given; nothing was changed")
    with explaining(str(path)):
        with closing(connect(path, cipher=old)) as connection:  # a wrong key is told here
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        require_alone(path, old)
        copy = path.with_name(f"{path.name}.backup-other-key.partial")
        try:
            _write(path, copy, old, new, cipher)
            wrong = verify_backup(copy, new)
            if wrong or _words(path, old) != _words(copy, new):
                why = wrong[0] if wrong else "the copy differs"
                raise StoreCorrupt(f"{path} is damaged ({why}); nothing was changed")
            descriptor = os.open(copy, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
            copy.replace(path)
        finally:
            for end in _ENDS:
                copy.with_name(copy.name + end).unlink(missing_ok=True)
        for end in _ENDS[1:]:
            path.with_name(path.name + end).unlink(missing_ok=True)
        old_backups = managed_files(path)
        for file in old_backups:
            file.unlink(missing_ok=True)
    return back_up_regularly(path, at, cipher=new) if old_backups else None


def _write(path: Path, copy: Path, old: Cipher | None, new: Cipher | None, any_: Cipher) -> None:
    """Copy every table into a new file; the connection is SQLCipher's also without a key."""
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = any_.module.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        if old is not None:
            old.unlock(connection, path)
        connection.execute("PRAGMA temp_store = MEMORY")
        key = "" if new is None else new.spec(copy)
        connection.execute("ATTACH DATABASE ? AS other KEY ?", (str(copy), key))
        connection.execute("SELECT sqlcipher_export('other')")
        connection.execute("DETACH DATABASE other")
    finally:
        connection.close()


def _words(path: Path, cipher: Cipher | None) -> list[tuple[object, ...]]:
    with closing(connect(path, read_only=True, cipher=cipher)) as connection:
        tables = ("turn", "memory", "turn_text", "sqlite_sequence")
        return [
            row
            for table in tables
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608
        ]
