"""Brings a file to the present schema before it is used: a new one, an old one, a newer one.

Alembic takes 0.3 s to import: it is loaded only when the file's revision is not the present one.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, StaticPool, create_engine, event, insert

from storage import models
from storage.backup import back_up, sync
from storage.database import Database, connect, explaining, peek
from storage.encryption import Cipher, driver_errors
from storage.errors import StorageError, StoreCorrupt, StoreLocked, StoreSealed, StoreTooNew

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"

# What no upgrade may change. Tables that a revision lacks are passed over.
_PRESERVED = {
    "turn": "SELECT id, owner, ref, role, speaker, text, said_at, offset_s FROM turn ORDER BY id",
    "memory": "SELECT id, owner, turn_id FROM memory ORDER BY id",
}


def migrations_folder() -> Path:
    """Where the migrations are: inside an installed package, or beside it in a checkout."""
    inside = Path(__file__).parent / "migrations"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "migrations"


def alembic_config(folder: Path | None = None) -> Config:
    """Alembic's settings, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder or migrations_folder()).replace("%", "%%"))
    return config


def prepare(path: Path | None, *, read_only: bool = False, cipher: Cipher | None = None) -> None:
    """Make sure that a file is there, is a store, and is private to its user.

    Reads only, unless it has to create the file: one from the future keeps its every byte.

    Raises:
        StoreCorrupt: It is a folder, a device or a pipe, no SQLite file, or another program's.
        StoreLocked: It cannot be opened or created.
        StoreTooNew: Its revision is not one that this version knows.
        StoreSealed: It is encrypted with another key, or a key was given and it is not.
    """
    if path is None:
        return
    with explaining(str(path)):
        if path.is_dir():
            raise StoreCorrupt(f"{path} is a folder; expected a file, such as {path / 'memory.db'}")
        if path.exists() and not path.is_file():  # /dev/null would be closed to all others
            raise StoreCorrupt(
                f"{path} is a device or a pipe; expected a file, or ':memory:' to keep nothing"
            )
        if not path.exists():
            if read_only:
                raise StoreLocked(f"{path} does not exist; open it without read_only to create it")
            _create(path)
        elif not read_only:
            if not os.access(path, os.R_OK | os.W_OK):
                raise StoreLocked(
                    f"{path} cannot be written; change its permissions, or open it read-only"
                )
            _make_private(path)
        if path.stat().st_size:
            if cipher is not None and cipher.finds_plain(path):
                raise StoreSealed(
                    f"{path} is not encrypted, but a key was given; encrypt it first, or open it "
                    "without a key"
                )
            with closing(peek(path, cipher)) as connection:
                revision = revision_of(connection, str(path))
            if revision not in (None, HEAD):
                _require_known(str(revision), str(path), HEAD, None)


def _create(path: Path) -> None:
    for folder in reversed([path.parent, *path.parent.parents]):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            with suppress(OSError):  # a folder that may be written but not read
                sync(folder.parent)
    # SQLite gives the log and the shared index the mode of the file itself.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        # Somebody was quicker: to open and close his file would take his locks, in one process.
        if not path.exists():  # a link to what is not there yet
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _make_private(path: Path) -> None:
    for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
        try:
            status = file.stat()
        except FileNotFoundError:
            continue
        if status.st_mode & 0o077 and status.st_uid == os.geteuid():
            file.chmod(0o600)


def revision_of(connection: sqlite3.Connection, name: str) -> str | None:
    """The revision a file is at, or None for one without tables.

    Raises:
        StoreCorrupt: It has tables, but not those of a store.
    """
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not tables:
        return None
    row = None
    if "alembic_version" in tables:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        raise StoreCorrupt(f"{name} is a SQLite file of another program; name another file")
    return str(row[0])


def bring_to_head(
    database: Database, *, head: str = HEAD, folder: Path | None = None
) -> Path | None:
    """Create the tables, or upgrade them; returns the backup made first, if any.

    Raises:
        StoreTooNew: The revision is not one this version knows; the file is left as it is.
        StoreLocked: An upgrade is needed but the store is read-only.
        StoreCorrupt: The upgrade would have changed what was said; it was undone.
    """
    if database.path is not None and not database.read_only:
        with explaining(database.name):
            _use_log(database.path, database.cipher)
    with database.reading() as connection:
        revision = _revision(connection, database.name)
    if revision == head:
        return None
    if revision is None:
        create_tables(database, head)
        return None
    return _upgrade(database, revision, head, folder)


def create_tables(database: Database, head: str = HEAD) -> None:
    """Lay out an empty file, the way all migrations together would."""
    with database.writing() as connection:
        if _revision(connection, database.name) is None:  # another process may have been quicker
            models.metadata.create_all(connection)
            models.alembic_version.create(connection)
            connection.execute(insert(models.alembic_version).values(version_num=head))


def _use_log(path: Path, cipher: Cipher | None) -> None:
    """Switch to write-ahead logging, which lasts; a restored backup comes without.

    SQLite does not wait for others here by itself.
    """
    with closing(connect(path, cipher=cipher)) as connection:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        for attempt in range(100):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except driver_errors():
                if attempt == 99:
                    raise
                time.sleep(0.05)


def _revision(connection: Connection, name: str) -> str | None:
    bare: Any = connection.connection.driver_connection
    return revision_of(bare, name)


def _upgrade(database: Database, revision: str, head: str, folder: Path | None) -> Path | None:
    config = _require_known(revision, database.name, head, folder)
    path = database.path
    if path is None or database.read_only:
        raise StoreLocked(
            f"{database.name} has schema {revision} and must be upgraded to {head}; open it once "
            "without read_only"
        )
    cipher = database.cipher
    engine = create_engine(
        "sqlite://",
        creator=lambda: _unconstrained(path, cipher),
        module=sqlite3 if cipher is None else cipher.module,
        poolclass=StaticPool,
    )
    event.listen(engine, "begin", lambda begun: begun.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with explaining(database.name), engine.begin() as connection:
            if _revision(connection, database.name) == head:  # another process was quicker
                return None
            backup = back_up(path, f"before-upgrade-from-{revision}", cipher)
            config.attributes["connection"] = connection
            _migrate(connection, config, head, f"{database.name}, schema {revision} to {head}")
    finally:
        engine.dispose()
    return backup


def _require_known(revision: str, name: str, head: str, folder: Path | None) -> Config:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = alembic_config(folder)
    try:
        known = ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError:
        known = None
    if known is None:
        raise StoreTooNew(
            f"{name} has schema {revision}, this version knows up to {head}; install a newer "
            "version (nothing in the file was changed)"
        )
    return config


def _migrate(connection: Connection, config: Config, head: str, what: str) -> None:
    from alembic import command

    before = _digest(connection)
    try:
        command.upgrade(config, head)
    except Exception as error:
        raise StorageError(f"{what}: the upgrade failed and was undone: {error}") from error
    if _digest(connection) != before:
        raise StoreCorrupt(
            f"{what}: the upgrade would have changed what was said and was undone; report this bug"
        )
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise StoreCorrupt(
            f"{what}: the upgrade would have broken {len(broken)} references and was undone; "
            "report this bug"
        )


def _unconstrained(path: Path, cipher: Cipher | None) -> sqlite3.Connection:
    """A connection on which rebuilding a table does not delete the rows that refer to it."""
    connection = connect(path, cipher=cipher)
    connection.execute("PRAGMA foreign_keys = OFF")
    return connection


def _digest(connection: Connection) -> str:
    tables = {row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master")}
    digest = hashlib.sha256()
    for table, statement in _PRESERVED.items():
        if table in tables:
            for row in connection.exec_driver_sql(statement):
                digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()
