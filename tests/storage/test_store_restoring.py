"""Putting a backup in a store's place while others come: nobody writes into what is replaced."""

from __future__ import annotations

import select
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from storage import (
    Cipher,
    LongTermStore,
    StorageError,
    StoreLocked,
    backup,
    backups_of,
    restore_backup,
    upgrade,
)

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)

COME = """
    import sys
    from datetime import UTC, datetime
    from storage import LongTermStore, NewTurn
    with LongTermStore(sys.argv[1], key=sys.argv[2] or None) as store:
        new = NewTurn("late", "s", "user", "user", "came late", datetime.now(UTC))
        store.append([new])
        print("told", flush=True)
        sys.stdin.readline()
"""


def come(path: Path, key: str = "") -> subprocess.Popen[str]:
    """Another process that opens the store, writes, says that it has, and stays."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(COME), str(path), key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def has_told(process: subprocess.Popen[str], wait_s: float) -> bool:
    """Whether it has written; it is waited for so long."""
    if not select.select([process.stdout], [], [], wait_s)[0]:
        return False
    return process.stdout.readline() == "told\n"


def turned(path: Path) -> list[str]:
    with LongTermStore(path) as store:
        assert store.check() == []
        return [turn.text for turn in store.turns()]


@pytest.fixture
def copy(path: Path, said: Callable[..., object]) -> Path:
    """A backup with one turn, of a store that has got another since."""
    with LongTermStore(path) as store:
        store.append([said("kept")])
        made = store.backup(at=NOON)
        store.append([said("later")])
    return made


@pytest.mark.parametrize("there", [True, False], ids=["a store", "no store"])
def test_who_comes_while_a_backup_is_put_back_writes_into_what_was_put_back(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    came: list[subprocess.Popen[str]] = []
    told: list[bool] = []
    finish = backup.sync
    last = (
        "120000.000000Z.partial" if there else ".partial"
    )  # the last file finished before it happens

    def finish_late(file: Path) -> None:
        finish(file)
        if not came and file.name.endswith(last):
            came.append(come(path))
            told.append(has_told(came[0], 3))

    if not there:
        path.unlink()
    monkeypatch.setattr(backup, "sync", finish_late)
    aside = restore_backup(path, copy, NOON)
    assert told == [False]
    assert has_told(came[0], 30)
    came[0].communicate("\n")
    assert came[0].returncode == 0
    assert turned(path) == ["kept", "came late"]
    assert (aside is not None) == there
    if aside:
        assert turned(aside) == ["kept", "later"]


def test_a_store_that_is_replaced_while_it_is_opened_is_opened_again(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, said: Callable[..., object]
) -> None:
    """As when who replaces it is killed before he could tell those who waited for him."""
    bring = upgrade.bring_to_head

    def bring_late(database: object) -> None:
        monkeypatch.setattr(upgrade, "bring_to_head", bring)
        other = path.with_name("other.db")
        other.write_bytes(copy.read_bytes())
        other.replace(path)
        bring(database)

    monkeypatch.setattr(upgrade, "bring_to_head", bring_late)
    with LongTermStore(path) as store:
        store.append([said("new")])
    assert turned(path) == ["kept", "new"]


def test_a_store_that_is_never_the_same_twice_is_not_opened(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter(range(100))
    monkeypatch.setattr("storage.store.identity", lambda path: (1, next(numbers)))
    with pytest.raises(StoreLocked, match="replaced again and again"):
        LongTermStore(path)


@pytest.mark.parametrize("state", ["encrypted", "damaged"])
def test_a_store_that_cannot_be_read_is_not_replaced_under_its_users(
    path: Path, copy: Path, state: str
) -> None:
    if state == "encrypted":  # with another key than the one given
        pytest.importorskip("sqlcipher3")
        path.unlink()
        other = come(path, "their key")
    else:
        other = come(path)
    assert has_told(other, 30)
    before = path.read_bytes()
    if state == "damaged":
        with path.open("r+b") as file:
            file.write(b"no header of a store")
    try:
        with pytest.raises(StoreLocked, match="open in another process"):
            restore_backup(path, copy, NOON)
    finally:
        with path.open("r+b") as file:
            file.write(before[:20])
        other.communicate("\n")
    with LongTermStore(path, key="their key" if state == "encrypted" else None) as store:
        assert "came late" in [turn.text for turn in store.turns()]


def test_two_who_put_a_backup_back_do_not_share_their_copies(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = backup.sync
    seen: list[str] = []

    def finish_late(file: Path) -> None:
        finish(file)
        if not seen:
            seen.append("second")
            with pytest.raises(StoreLocked, match="open in another process"):
                restore_backup(path, copy, NOON + timedelta(1))

    monkeypatch.setattr(backup, "sync", finish_late)
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 200)
    restore_backup(path, copy, NOON)
    assert seen == ["second"]
    assert turned(path) == ["kept"]


def test_a_store_is_not_put_back_from_itself(path: Path, copy: Path) -> None:
    for same in (path, path.parent / "." / path.name):
        with pytest.raises(ValueError, match="is the store itself"):
            restore_backup(path, same, NOON)
    assert turned(path) == ["kept", "later"]


def test_what_could_not_be_put_back_leaves_no_empty_store(path: Path, copy: Path) -> None:
    path.unlink()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "sync", lambda file: (_ for _ in ()).throw(OSError("no space")))
        with pytest.raises(StoreLocked, match="no space"):
            restore_backup(path, copy, NOON)
    assert [file.name for file in path.parent.iterdir()] == [copy.name]


def test_changing_the_key_leaves_the_log_of_who_came_meanwhile(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes right after the new file is there has a log beside it, which must stay."""
    pytest.importorskip("sqlcipher3")
    from storage import change_key, sealed_files

    came: list[subprocess.Popen[str]] = []
    replace = sealed_files._replace

    def replace_and_be_late(store: Path, written: Path) -> None:
        replace(store, written)
        came.append(come(path, "new"))
        assert has_told(came[0], 30)

    monkeypatch.setattr(sealed_files, "_replace", replace_and_be_late)
    change_key(path, None, Cipher("new"), NOON)
    came[0].kill()
    came[0].communicate()
    with LongTermStore(path, key="new") as store:
        assert store.check() == []
        assert [turn.text for turn in store.turns()] == ["kept", "later", "came late"]


def test_a_store_behind_a_link_is_the_file_that_it_leads_to(
    path: Path, said: Callable[..., object]
) -> None:
    """SQLite keeps the log beside that file: whoever looks beside the link finds none."""
    folder = path.with_name("elsewhere")
    folder.mkdir()
    path.symlink_to(folder / "real.db")
    with LongTermStore(path) as store:
        store.append([said("kept")])
        made = store.backup(at=NOON)
        store.append([said("later")])
    assert made.parent == folder
    assert [one.path for one in backups_of(path)] == [made]
    aside = restore_backup(path, made, NOON)
    assert path.is_symlink()
    assert turned(path) == turned(folder / "real.db") == ["kept"]
    assert aside is not None
    assert turned(aside) == ["kept", "later"]


def test_a_key_is_given_to_the_file_that_a_link_leads_to(
    path: Path, said: Callable[..., object]
) -> None:
    pytest.importorskip("sqlcipher3")
    from storage import change_key

    path.symlink_to(path.with_name("real.db"))
    with LongTermStore(path) as store:
        store.append([said("xylophagous")])
        store.backup(at=NOON)
    change_key(path, None, Cipher("key"), NOON)
    assert path.is_symlink()
    assert not [file for file in path.parent.iterdir() if b"xylophagous" in file.read_bytes()]
    with LongTermStore(path, key="key") as store:
        assert [turn.text for turn in store.turns()] == ["xylophagous"]


def test_what_was_replaced_is_no_backup_before_it_is_whole(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def slowly(source: BinaryIO, target: BinaryIO) -> None:
        words = source.read()
        target.write(words[: len(words) // 2])
        target.flush()  # here a kill would leave half of it
        seen.append([line for one in backups_of(path) for line in backup.verify_backup(one.path)])
        target.write(words[len(words) // 2 :])

    monkeypatch.setattr(backup.shutil, "copyfileobj", slowly)
    aside = restore_backup(path, copy, NOON)
    assert seen
    assert not any(seen), seen
    assert aside is not None
    assert backup.verify_backup(aside) == []
    assert turned(path) == ["kept"]


def test_what_was_replaced_leaves_nothing_behind_when_it_cannot_be_copied(
    path: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(source: BinaryIO, target: BinaryIO) -> None:
        target.write(source.read(100))
        raise OSError("No space left on device")

    before = sorted(path.parent.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(backup.shutil, "copyfileobj", fails)
        with pytest.raises(StorageError):
            restore_backup(path, copy, NOON)
    assert sorted(path.parent.iterdir()) == before
    assert turned(path) == ["kept", "later"]
