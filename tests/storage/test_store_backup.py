"""Backups: made while the store is in use, verified, rotated, put back."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import (
    Decision,
    LongTermStore,
    StoreCorrupt,
    StoreLocked,
    backups_of,
    newest_good,
    restore_backup,
    verify_backup,
)

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def damage(path: Path, old: bytes = b"parrot", new: bytes = b"carrot") -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def test_a_backup_is_whole_private_and_of_one_moment(path, said):
    before = os.umask(0)
    try:
        with LongTermStore(path) as store:
            store.append([said("my parrot")])
            copy = store.backup(at=NOON)
            store.append([said("later")])
            assert [one.path for one in store.backups()] == [copy]
    finally:
        os.umask(before)
    assert copy.name == "memory.db.backup-20260503T120000.000000Z"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert verify_backup(copy) == []
    [backup] = backups_of(path)
    assert (backup.at, backup.occasion, backup.size) == (NOON, "", copy.stat().st_size)
    with LongTermStore(copy, read_only=True) as copied:
        assert [turn.text for turn in copied.turns()] == ["my parrot"]
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, copy.name]


def test_the_oldest_regular_backups_make_room_and_no_others(path, said):
    with LongTermStore(path) as store:
        store.append([said()])
        named = store.backup(path.with_name("mine.db"))
        special = path.with_name(path.name + ".backup-before-upgrade-from-0001")
        special.write_bytes(named.read_bytes())
        made = [store.backup(at=NOON + timedelta(hours=n), keep=3) for n in range(6)]
        regular = [one.path for one in store.backups() if not one.occasion]
    assert regular == made[:2:-1]
    assert named.exists()
    assert special.exists()
    with pytest.raises(ValueError, match="keep is 0"), LongTermStore(path) as store:
        store.backup(keep=0)


def test_a_backup_never_takes_the_place_of_a_file(path, said):
    with LongTermStore(path) as store:
        other = path.with_name("diary")
        other.write_text("dear")
        with pytest.raises(ValueError, match="there already"):
            store.backup(other)
        assert other.read_text() == "dear"
    with LongTermStore(":memory:") as store:
        with pytest.raises(ValueError, match="in memory"):
            store.backup()
        assert store.backups() == []


def test_a_damaged_store_is_not_backed_up_and_keeps_its_backups(path, said):
    with LongTermStore(path) as store:
        store.append([said("my parrot")])
        copy = store.backup(at=NOON, keep=1)
    damage(path)
    with LongTermStore(path) as store:
        with pytest.raises(StoreCorrupt, match="1 row of turn is not what was written"):
            store.backup(at=NOON + timedelta(1), keep=1)
        assert [one.path for one in store.backups()] == [copy]
    assert not list(path.parent.glob("*.partial*"))


def test_a_folder_that_cannot_be_written_is_said(path, said, tmp_path):
    with LongTermStore(path) as store:
        store.append([said()])
        with pytest.raises(StoreLocked, match="cannot be opened or written"):
            store.backup(Path("/proc/none/copy.db"))


def test_restoring_puts_back_what_was_there(path, said):
    with LongTermStore(path) as store:
        store.append([said("kept")])
        store.consolidate([Decision(1, "keep")])
        copy = store.backup(at=NOON)
        store.append([said("lost again")])
    aside = restore_backup(path, copy, NOON)
    assert path.stat().st_mode & 0o777 == aside.stat().st_mode & 0o777 == 0o600
    with LongTermStore(path) as store:
        assert [turn.text for turn in store.turns()] == ["kept"]
        assert store.check() == []
    with LongTermStore(aside, read_only=True) as store:
        assert [turn.text for turn in store.turns()] == ["kept", "lost again"]
    assert restore_backup(path, aside, NOON + timedelta(1)) is not None
    with LongTermStore(path) as store:
        assert store.count_turns() == 2


def test_restoring_needs_neither_a_store_nor_a_sound_one(path, said):
    with LongTermStore(path) as store:
        store.append([said("kept")])
        copy = store.backup(at=NOON)
    path.unlink()
    assert restore_backup(path, copy, NOON) is None
    for content in (b"", b"no database", path.read_bytes()[:3000], b"\x00" * 9000):
        path.write_bytes(content)
        path.with_name(path.name + "-wal").write_bytes(b"stale log")
        aside = restore_backup(path, copy, NOON)
        assert aside.read_bytes() == content
        with LongTermStore(path) as store:
            assert [turn.text for turn in store.turns()] == ["kept"]
            assert store.check() == []


def test_a_log_left_behind_is_not_played_onto_what_is_restored(path, said):
    with LongTermStore(path) as store:
        store.append([said("kept")])
        copy = store.backup(at=NOON)
        store.append([said("not wanted")])
        log = path.with_name(path.name + "-wal").read_bytes()
        whole = path.read_bytes()
    path.write_bytes(whole)
    path.with_name(path.name + "-wal").write_bytes(log)
    restore_backup(path, copy, NOON)
    with LongTermStore(path) as store:
        assert [turn.text for turn in store.turns()] == ["kept"]
        assert store.check() == []


def test_a_store_in_use_is_not_restored_under_its_users(path, said):
    with LongTermStore(path) as store:
        store.append([said("kept")])
        copy = store.backup(at=NOON)
        store.append([said("more")])
        with pytest.raises(StoreLocked, match="open in another process"):
            restore_backup(path, copy, NOON)
        store.append([said("and more")])
        assert store.count_turns() == 3
        assert store.check() == []


def test_a_damaged_backup_is_refused_and_nothing_is_changed(path, said):
    with LongTermStore(path) as store:
        store.append([said("my parrot")])
        copy = store.backup(at=NOON)
    damage(copy)
    other = path.with_name("other.db")
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmark (url)")
    before = path.read_bytes()
    for bad in (copy, other, path.with_name("absent")):
        with pytest.raises(StoreCorrupt, match="nothing was changed"):
            restore_backup(path, bad, NOON)
    assert path.read_bytes() == before
    assert newest_good(path) is None


def test_the_newest_good_backup_is_offered(path, said):
    with LongTermStore(path) as store:
        store.append([said("my parrot")])
        good = store.backup(at=NOON)
        bad = store.backup(at=NOON + timedelta(1))
    damage(bad)
    damage(path)
    assert newest_good(path).path == good
    with LongTermStore(path) as store:
        lines = store.check()
    assert "1 row of turn is not what was written (1)" in lines[0]
    assert good.name in lines[-1]
    path.write_bytes(b"no database at all")
    with pytest.raises(StoreCorrupt, match=rf"newest good backup is {good.name}: 'assistant"):
        LongTermStore(path)


def test_forgetting_reaches_into_backups_and_leaves_one_without_the_words(path, said):
    with LongTermStore(path) as store:
        store.append([said("my xylophagous parrot"), said("kept")])
        copies = [store.backup(at=NOON + timedelta(n)) for n in range(3)]
        path.with_name(path.name + ".backup-cut-short.partial").write_bytes(b"xylophagous")
        receipt = store.forget([1], NOON + timedelta(9))
        assert {copy.name for copy in copies} <= set(receipt.scanned)
        assert receipt.backups == 4
        [made] = store.backups()
        assert made.path.name == receipt.backup
    for file in path.parent.iterdir():
        assert b"xylophagous" not in file.read_bytes()
    with LongTermStore(made.path, read_only=True) as store:
        assert [turn.text for turn in store.turns()] == ["kept"]
    with LongTermStore(path) as store:
        for one in store.backups():
            one.path.unlink()
        assert store.forget([2]).backup is None


def test_parts_of_copies_that_were_cut_short_are_deleted_after_a_day(path, said):
    with LongTermStore(path) as store:
        store.append([said()])
        old, new = (path.with_name(f"{path.name}.backup-{n}.partial") for n in "ab")
        for part in (old, old.with_name(old.name + "-journal"), new):
            part.write_bytes(b"part of a copy")
        for part in (old, old.with_name(old.name + "-journal")):
            os.utime(part, (NOON.timestamp(), NOON.timestamp()))
        os.utime(new, (NOON.timestamp() + 90_000, NOON.timestamp() + 90_000))
        made = store.backup(at=NOON + timedelta(days=1, hours=2))
    assert {file.name for file in path.parent.iterdir()} == {path.name, made.name, new.name}
