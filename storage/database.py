"""The file: where it is, how a connection to it is set up, and what its errors mean.

Every write is one BEGIN IMMEDIATE transaction: SQLAlchemy's default for SQLite takes the write
lock only at the first write and loses updates between two that have read before.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from storage.encryption import Cipher, driver_errors
from storage.errors import StorageError, StoreCorrupt, StoreLocked, StoreSealed

BUSY_TIMEOUT_MS = 15_000
_MEMORY = ":memory:"

_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# The statements are the program's own: if one cannot be run, the file is not what it was.
_CONTRADICTORY = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_AUTH,
}
# A full disk is not always SQLITE_FULL: quotas, limits and the shared index give these.
_UNWRITTEN = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_DELETE,
    sqlite3.SQLITE_IOERR_SHMOPEN,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}


def locate(url_or_path: str | Path) -> Path | None:
    """The file that a path or a SQLite URL names, or None for a store in memory.

    >>> locate("sqlite:///me.db")
    PosixPath('me.db')

    Raises:
        TypeError: It is neither text nor a path.
        ValueError: It is a URL of another database, or names no file.
    """
    if not isinstance(url_or_path, (str, Path)):
        raise TypeError(
            f"the store is {url_or_path!r}; expected a path, ':memory:', or a SQLite URL"
        )
    given = str(url_or_path)
    named = given
    if isinstance(url_or_path, str) and "://" in given:
        scheme, _, rest = given.partition("://")
        if scheme not in ("sqlite", "sqlite+pysqlite") or "?" in rest:
            raise ValueError(
                f"the store is {given!r}; expected a path, ':memory:', or a URL such as "
                "'sqlite:///me.db', without options: other databases are not supported yet"
            )
        if rest and not rest.startswith("/"):
            raise ValueError(f"the store is {given!r}; expected three slashes: 'sqlite:///me.db'")
        named = rest[1:] or _MEMORY
    if named == _MEMORY:
        return None
    if not named or "\x00" in named or named.startswith("file:"):
        raise ValueError(f"the store is {given!r}; expected a path, ':memory:' or a SQLite URL")
    return followed(Path(named).expanduser())


def followed(path: Path) -> Path:
    """The file that a link leads to, beside which SQLite keeps its log; else the path itself."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def explain(error: BaseException, name: str) -> StorageError:
    """The error of this package that says what a SQLite or operating system error means."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_NOTADB and not isinstance(error, sqlite3.Error):
        return StoreSealed(
            f"{name} is encrypted with another key, or is not a store; give the key that it was "
            "encrypted with, or name another file"
        )
    # SQLite quotes damaged names in its messages, which then are no text.
    if primary in _CORRUPT or isinstance(error, UnicodeDecodeError):
        return StoreCorrupt(
            f"{name} is damaged, encrypted, or not a store ({error}); restore a backup, give its "
            "key, or name another file"
        )
    if primary in _BUSY:
        return StoreLocked(
            f"{name} is held by another process ({error}); try again when it has finished"
        )
    if primary in _UNWRITABLE or code in _UNWRITTEN or isinstance(error, OSError):
        reason = str(error)
        if isinstance(error, OSError) and error.strerror:
            reason = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        return StoreLocked(
            f"{name} cannot be opened or written ({reason}); check its permissions, its folder's, "
            "and the space left on the disk"
        )
    words = str(error).partition(" with text ")[0]  # which SQLite follows with the text itself
    if "no such module" in words:
        return StorageError(f"{name}: this Python's SQLite lacks full text ({words}); use another")
    if primary in _CONTRADICTORY or "decode to UTF-8" in words:
        return StoreCorrupt(f"{name} is damaged ({words}); restore a backup")
    if primary == sqlite3.SQLITE_IOERR:
        return StoreCorrupt(
            f"{name} cannot be read or written ({error}); check the disk, then restore a backup"
        )
    return StorageError(f"{name}: {words}")


@contextmanager
def explaining(name: str) -> Iterator[None]:
    """Turn the errors of SQLite and the operating system into this package's own."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (DBAPIError, OSError, UnicodeDecodeError, *driver_errors())):
            raise explain(error, name) from error
        raise


def connect(
    path: Path, *, read_only: bool = False, cipher: Cipher | None = None
) -> sqlite3.Connection:
    """A bare connection to an existing file, in autocommit: transactions are begun by hand."""
    target = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rw'}"
    try:
        return _open(target, path, cipher)
    except driver_errors() as error:
        # In a folder that cannot be written the log's shared index cannot be made.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        shut = code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)
        if not (read_only and shut) or _has_log(path):
            raise
    return peek(path, cipher)


def peek(path: Path, cipher: Cipher | None = None) -> sqlite3.Connection:
    """A connection that leaves no trace, not even an empty log, for a glance at a file."""
    if _has_log(path):
        return connect(path, read_only=True, cipher=cipher)
    # Without a log the file is the whole truth, and can be read as it lies.
    return _open(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", path, cipher)


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _open(
    target: str, path: Path | None = None, cipher: Cipher | None = None
) -> sqlite3.Connection:
    module: Any = sqlite3 if cipher is None else cipher.module
    connection: sqlite3.Connection = module.connect(
        target,
        uri=target != _MEMORY,
        check_same_thread=False,
        isolation_level=None,
        timeout=BUSY_TIMEOUT_MS / 1000,
    )
    try:
        if cipher is not None and path is not None:
            cipher.unlock(connection, path)
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            "secure_delete = ON",
            "temp_store = MEMORY",  # nothing remembered in temporary files
            "cache_size = -8000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()  # the first look at the file
    except BaseException:
        connection.close()
        raise
    return connection


class Database:
    """Connections to one file, shared by threads. The file must exist; see ``upgrade.prepare``.

    Args:
        path: The file, or None for a database in memory.
        read_only: Refuse every write.
        cipher: The key of an encrypted file.
    """

    def __init__(
        self, path: Path | None, *, read_only: bool = False, cipher: Cipher | None = None
    ) -> None:
        self.path = path
        self.cipher = None if path is None else cipher
        self.read_only = read_only
        self.name = _MEMORY if path is None else str(path)
        self._closed = False
        # Writers of one process queue here, in order, rather than in SQLite's busy loop. A
        # database in memory is a single connection: its readers queue as well.
        self._lock = threading.RLock()
        self._viewing = threading.local()
        self._engine = self._create_engine()
        self._writer = self._engine.execution_options(immediate=True)
        with explaining(self.name):
            self._watch = self._connect() if path else None

    def _connect(self) -> sqlite3.Connection:
        if self.path is None:
            return _open(_MEMORY)
        return connect(self.path, read_only=self.read_only, cipher=self.cipher)

    def _create_engine(self) -> Engine:
        module: Any = sqlite3 if self.cipher is None else self.cipher.module
        if self.path is None:
            engine = create_engine(
                "sqlite://", creator=self._connect, poolclass=StaticPool, hide_parameters=True
            )
        else:
            engine = create_engine(
                "sqlite://",
                creator=self._connect,
                module=module,
                poolclass=QueuePool,
                pool_size=4,
                max_overflow=-1,
                hide_parameters=True,  # what was said has no place in a traceback
            )
        event.listen(engine, "begin", _begin)
        return engine

    @contextmanager
    def viewing(self) -> Iterator[None]:
        """Have all that this thread reads meanwhile see one state of the store, that of the first
        look; opening a transaction for each costs more than most of what is read in it.

        What the thread writes meanwhile it does not see; in a store in memory it cannot write.
        """
        with self.reading() as connection:
            outer = getattr(self._viewing, "connection", None)
            self._viewing.connection = connection
            try:
                yield
            finally:
                self._viewing.connection = outer

    @contextmanager
    def reading(self, *, latest: bool = False) -> Iterator[Connection]:
        """A transaction that sees one state of the store.

        Args:
            latest: The state as of now, even within ``viewing`` that has had its first look.
        """
        shared: Connection | None = getattr(self._viewing, "connection", None)
        if shared is not None and not (latest and self.path and shared.in_transaction()):
            yield shared
            return
        self._require_open()
        with explaining(self.name):
            if self.path is None:
                with self._lock, self._engine.connect() as connection:
                    yield connection
            else:
                with self._engine.connect() as connection:
                    yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its beginning and is durable at its end."""
        self._require_open()
        if self.read_only:
            raise StoreLocked(
                f"{self.name} was opened to be read only; open it without read_only to write"
            )
        with explaining(self.name), self._lock, self._writer.begin() as connection:
            yield connection

    def token(self) -> object:
        """A value that changes whenever anything was committed to the file, by anyone."""
        self._require_open()
        with explaining(self.name), self._lock:
            if self._watch is not None:
                row = self._watch.execute("PRAGMA data_version").fetchone()
                return row[0]
            # data_version tells of other connections only, and there is but this one.
            with self._engine.connect() as connection:
                raw: Any = connection.connection.driver_connection
                return raw.total_changes

    def rewrite(self) -> None:
        """Write the whole file anew and empty its log, so that nothing deleted is left in either.

        secure_delete alone leaves copies: when SQLite balances a tree it moves rows to other
        pages and does not clear the space they came from.

        Raises:
            StoreLocked: Another process reads the store and keeps its log from being emptied.
        """
        self._require_open()
        with explaining(self.name), self._lock:
            if self.path is None:
                with self._engine.connect() as connection:
                    raw: Any = connection.connection.driver_connection
                    raw.execute("VACUUM")
                return
            bare = self._connect()
            try:
                bare.execute("VACUUM")
                busy = bare.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                bare.close()
        if busy:
            raise StoreLocked(
                f"{self.name}: what was forgotten is deleted, but another process is reading and "
                "the log still holds the words; forget again when it has finished"
            )

    def close(self) -> None:
        """Close every connection; the last one folds the log back into the file."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._watch is not None:
                self._watch.close()
            self._engine.dispose()

    def _require_open(self) -> None:
        if self._closed:
            raise StorageError(f"{self.name} is closed; open a new LongTermStore")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate", False):
        raw: Any = connection.connection.driver_connection
        _begin_writing(raw)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: sqlite3.Connection) -> None:
    """Take the write lock, whoever else wants it.

    SQLite's own waiting looks ever more seldom, up to ten times a second: with several writers
    who has waited longest is then the least likely to be next. Looking equally often is fair.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except driver_errors() as error:
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    raise
            time.sleep(random.uniform(0.5, 3) / 1000)  # noqa: S311 - no cryptography
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
