"""Copies of a store that lie beside it: made while it is in use, verified, rotated, put back."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import BinaryIO

from storage.alone import alone
from storage.checks import problems
from storage.database import Database, connect, explaining, followed
from storage.encryption import Cipher
from storage.errors import StorageError, StoreCorrupt

KEPT = 7
_MARK = ".backup-"
_PARTIAL = ".partial"
_GIVEN_UP_S = 86_400
_REPLACED = "before-restore-"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_ROTATED = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of a store that lies beside it.

    Args:
        path: The file.
        at: When it was made.
        size: In bytes.
        occasion: Why, such as "before-upgrade-from-0001"; "" for one of the regular ones.
    """

    path: Path
    at: datetime
    size: int
    occasion: str


def back_up(path: Path, occasion: str, cipher: Cipher | None = None) -> Path:
    """Copy a store, its log included, into a file of its own, there whole or not at all.

    Others may go on writing meanwhile: the copy is of one moment.

    Raises:
        StoreCorrupt: The store is damaged, and so would be its copy.
        StoreLocked: The copy cannot be written.
    """
    return copy_to(path, path.with_name(f"{path.name}{_MARK}{occasion}"), cipher)


def copy_to(path: Path, copy: Path, cipher: Cipher | None = None) -> Path:
    """As ``back_up``, to any file; one that is there is replaced."""
    partial = _part(copy)
    with explaining(str(copy)):
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            _copy(path, partial, cipher)
            wrong = verify_backup(partial, cipher)
            if wrong:
                raise StoreCorrupt(f"{path} is damaged ({wrong[0]}); restore a backup")
            sync(partial)
            partial.replace(copy)
            sync(copy.parent)
        except BaseException:
            for end in ("", *_LOGS):
                partial.with_name(partial.name + end).unlink(missing_ok=True)
            raise
    return copy


def _copy(path: Path, copy: Path, cipher: Cipher | None) -> None:
    with (
        closing(connect(path, read_only=True, cipher=cipher)) as source,
        closing(connect(copy, cipher=cipher)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode = DELETE")


def back_up_regularly(
    path: Path, at: datetime, keep: int = KEPT, cipher: Cipher | None = None
) -> Path:
    """Copy a store and delete the oldest of its regular backups beyond so many.

    What was left of copies cut short, a day or longer ago, is deleted as well.

    Raises:
        ValueError: ``keep`` is below 1.
        StoreCorrupt: The store is damaged; no backup was deleted.
        StoreLocked: The copy cannot be written; no backup was deleted.
    """
    if keep < 1:
        raise ValueError(f"keep is {keep}; expected at least 1")
    made = back_up(path, at.astimezone(UTC).strftime(_STAMP), cipher)
    regular = [one for one in backups_of(path) if not one.occasion and one.path != made]
    for old in regular[keep - 1 :]:
        old.path.unlink(missing_ok=True)
    for part in managed_files(path):
        # Who was making it is dead; it is as large as a store, and tells as much.
        if _PARTIAL in part.name and part.stat().st_mtime < at.timestamp() - _GIVEN_UP_S:
            part.unlink(missing_ok=True)
    return made


def backups_of(path: Path) -> list[Backup]:
    """The backups that lie beside a store, the newest first."""
    found, path = [], followed(path)
    for file in managed_files(path):
        occasion = file.name.removeprefix(path.name + _MARK)
        if file.name.endswith((_PARTIAL, *_LOGS)):
            continue
        status = file.stat()
        at = datetime.fromtimestamp(status.st_mtime, UTC)
        if _ROTATED.fullmatch(occasion):
            at, occasion = datetime.strptime(occasion, _STAMP).replace(tzinfo=UTC), ""
        found.append(Backup(file, at, status.st_size, occasion))
    return sorted(found, key=lambda one: (one.at, one.path.name), reverse=True)


def managed_files(path: Path) -> list[Path]:
    """Every file beside a store that holds a copy of it or a part of one."""
    path = followed(path)
    return sorted(path.parent.glob(f"{escape(path.name)}{_MARK}*"))


def verify_backup(path: Path, cipher: Cipher | None = None) -> list[str]:
    """What is wrong with a backup, a line each; empty when nothing is."""
    try:
        database = Database(path, read_only=True, cipher=cipher)
        try:
            with database.reading() as connection:
                tables = connection.exec_driver_sql("PRAGMA table_info(turn)").fetchall()
                if not tables:
                    return [f"{path.name} is no store"]
                if not any(column[1] == "row_hash" for column in tables):  # of an old release
                    verdict = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
                    return [] if verdict == "ok" else [f"{path.name}: {verdict}"]
            return problems(database)
        finally:
            database.close()
    except (StorageError, OSError) as error:
        return [str(error)]


def newest_good(path: Path, cipher: Cipher | None = None) -> Backup | None:
    """The newest backup of a store with which nothing is wrong."""
    return next((one for one in backups_of(path) if not verify_backup(one.path, cipher)), None)


def restore_backup(
    path: Path, backup: Path, at: datetime, cipher: Cipher | None = None
) -> Path | None:
    """Put a backup in the place of a store, which becomes a backup itself.

    Args:
        path: The store; it need not be there, or be readable.
        backup: A copy of it; it stays where it is.
        at: Now; names what was replaced.
        cipher: The key, if they are encrypted.

    Returns:
        Where the store that was there is now, if there was one.

    Raises:
        ValueError: The backup is the store itself.
        StoreCorrupt: The backup is damaged, or no store; nothing was changed.
        StoreLocked: Another process has the store open, or a file cannot be written.
    """
    path = followed(path)
    if path.exists() and backup.exists() and path.samefile(backup):
        raise ValueError(f"{backup} is the store itself; name a backup of it")
    with explaining(str(path)):
        wrong = verify_backup(backup, cipher) if backup.is_file() else [f"{backup} is not there"]
        if wrong:
            raise StoreCorrupt(
                f"{backup} cannot be restored: {wrong[0]}; nothing was changed, name another backup"
            )
        aside = _put_in_place(path, backup, at, cipher)
        replaced = [one for one in backups_of(path) if one.occasion.startswith(_REPLACED)]
        for old in replaced[KEPT:]:
            if old.path != backup:
                old.path.unlink(missing_ok=True)
                old.path.with_name(old.path.name + "-wal").unlink(missing_ok=True)
    return aside


def _put_in_place(path: Path, backup: Path, at: datetime, cipher: Cipher | None) -> Path | None:
    """What ``restore_backup`` does once the backup is known to be good."""
    missing = _lay_empty(path)  # so that there is something to keep others out of
    aside = None
    # Closed last: closing it gives up the lock.
    with path.open("rb") as store, alone(path, cipher):
        partial = path.with_name(f"{path.name}{_MARK}restoring{_PARTIAL}")
        try:
            copy_to(backup, partial, cipher)
            if not missing:
                stamp = at.astimezone(UTC).strftime(_STAMP)
                aside = path.with_name(f"{path.name}{_MARK}{_REPLACED}{stamp}")
                _set_aside(path, store, aside)
            # A log left beside another file would be played back onto it.
            for end in _LOGS:
                path.with_name(path.name + end).unlink(missing_ok=True)
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            if missing:
                path.unlink(missing_ok=True)
            raise
        sync(path.parent)
    return aside


def _lay_empty(path: Path) -> bool:
    """Make an empty file where there is none; says whether there was none."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return False
    return True


def _set_aside(path: Path, store: BinaryIO, aside: Path) -> None:
    """Copy a store that is open by hand, and the log that could not be folded into it.

    Each has its name only when it is whole, the store last: without it there is no backup.
    """
    log = path.with_name(path.name + "-wal")
    partial, log_aside = _part(aside), aside.with_name(aside.name + "-wal")
    try:
        _copy_bytes(store, partial)
        if log.exists():
            with log.open("rb") as source:
                _copy_bytes(source, _part(log_aside))
            _part(log_aside).replace(log_aside)
        partial.replace(aside)
    except BaseException:
        for part in (partial, _part(log_aside), log_aside):
            part.unlink(missing_ok=True)
        raise


def _part(copy: Path) -> Path:
    """Where a copy is written until it is whole."""
    return copy.with_name(copy.name + _PARTIAL)


def _copy_bytes(source: BinaryIO, copy: Path) -> None:
    descriptor = os.open(copy, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        shutil.copyfileobj(source, target)
    sync(copy)


def sync(path: Path) -> None:
    """Have a file, or the entries of a folder, reach the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
