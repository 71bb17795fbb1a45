"""A key for a store at rest: SQLCipher in SQLite's place, for a store that is given a key.

Everything that SQLite writes is then encrypted: the file, its log, and what a crash leaves. The
package sqlcipher3 is imported only when a key is given.

TensorFlow carries a SQLite of its own and shows its functions to every library loaded after it.
SQLCipher would then call those, and they take a key and write plain text without a word. So the
library is loaded to prefer its own functions, and each connection is asked whether it can encrypt.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from storage.errors import EncryptionUnavailable

HEADER = b"SQLite format 3\x00"
_SALT_BYTES = 16
_ROUNDS = 256_000  # what SQLCipher 4 does with a passphrase
_MODULE = "sqlcipher3.dbapi2"


class Cipher:
    """A passphrase, and the keys worked out from it.

    SQLCipher works out a key for each connection, a tenth of a second each time; here it is done
    once a file. A file can still be opened by any program with SQLCipher and the passphrase.

    Args:
        passphrase: Of at least one character.

    Raises:
        ValueError: The passphrase is empty.
        EncryptionUnavailable: sqlcipher3 is not installed.
    """

    def __init__(self, passphrase: str) -> None:
        if not passphrase:
            raise ValueError("the key is empty; expected a passphrase")
        self._passphrase = passphrase.encode("utf-8", "surrogatepass")
        self._specs: dict[bytes, str] = {}
        self._fresh = os.urandom(_SALT_BYTES)
        self.module = _import()

    def unlock(self, connection: Any, path: Path) -> None:
        """Give a fresh connection the key of its file, or of a new file."""
        _set_key(connection, self.spec(path))

    def spec(self, path: Path) -> str:
        """Key and salt of a file as SQLCipher takes them; a file without a salt gets a new one."""
        # The new one is the same for every connection until the file has it.
        salt = self._first_bytes(path) or self._fresh
        known = self._specs.get(salt)
        if known is None:
            key = hashlib.pbkdf2_hmac("sha512", self._passphrase, salt, _ROUNDS, 32)
            known = self._specs[salt] = f"x'{key.hex()}{salt.hex()}'"
        return known

    def finds_plain(self, path: Path) -> bool:
        """Whether a file is a database that is not encrypted."""
        return self._first_bytes(path) == HEADER

    def _first_bytes(self, path: Path) -> bytes:
        """What stands where SQLCipher has its salt and SQLite its header; empty in a new file.

        Read through the library. By hand would take all locks from the file: POSIX has a process
        lose them when it closes any of its descriptors, and the next process to close the store
        would then delete the log that this one still writes to.
        """
        if not path.exists() or path.stat().st_size < _SALT_BYTES:
            return b""
        target = f"file:{quote(str(path.absolute()))}?mode=ro"
        connection = self.module.connect(target, uri=True, check_same_thread=False)
        try:
            _set_key(connection, f"x'{'00' * 32}'")
            return bytes.fromhex(connection.execute("PRAGMA cipher_salt").fetchone()[0])
        finally:
            connection.close()

    def __repr__(self) -> str:
        return "Cipher(…)"  # what it holds has no place in a traceback


def _set_key(connection: Any, spec: str) -> None:
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to standard error
    connection.execute(f'PRAGMA key = "{spec}"')
    if connection.execute("PRAGMA cipher_version").fetchone() is None:
        raise EncryptionUnavailable(
            "a key was given, but another library has put its SQLite in SQLCipher's place, and "
            "that one does not encrypt; nothing was written; open the store before "
            "importing TensorFlow or sqlcipher3"
        )


def _import() -> Any:
    try:
        with _own_symbols():
            from sqlcipher3 import dbapi2
    except ImportError:
        raise EncryptionUnavailable(
            "the store is encrypted or is to be, but sqlcipher3 is not installed; run: "
            "pip install 'remembrancer[encryption]'"
        ) from None
    return dbapi2


@contextmanager
def _own_symbols() -> Iterator[None]:
    """Load libraries so that each calls its own functions before those of others."""
    if not hasattr(os, "RTLD_DEEPBIND"):  # macOS binds that way of itself
        yield
        return
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_NOW | os.RTLD_DEEPBIND)
    try:
        yield
    finally:
        sys.setdlopenflags(flags)


def driver_errors() -> tuple[type[Exception], ...]:
    """The errors that connections raise, of either library."""
    other = sys.modules.get(_MODULE)
    return (sqlite3.Error,) if other is None else (sqlite3.Error, other.Error)
