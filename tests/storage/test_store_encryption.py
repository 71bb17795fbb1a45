"""A store under a key: nothing readable on the disk, one clear line without the key."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from storage import (
    Cipher,
    Decision,
    EncryptionUnavailable,
    LongTermStore,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreSealed,
    backups_of,
    change_key,
    key_fits,
    readable_copies,
    restore_backup,
    verify_backup,
)

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
KEY = "correct horse 电池 'staple\""
SECRET = b"xylophagous"


@pytest.fixture(autouse=True)
def _sqlcipher() -> None:
    pytest.importorskip("sqlcipher3")


def readable(folder: Path) -> list[str]:
    """Files in which the secret can be read."""
    return [file.name for file in folder.iterdir() if SECRET in file.read_bytes()]


def fill(store: LongTermStore, said, count: int = 30) -> None:
    for n in range(count):
        new = said(f"my xylophagous parrot {n} " + "w" * 300, vector=np.ones(8), fingerprint="f")
        store.commit([new], [Decision(new.ref, "keep", subject=f"xylophagous {n}")])


def test_nothing_readable_is_on_the_disk_while_it_is_used_or_after(path, said):
    with LongTermStore(path, key=KEY) as store:
        fill(store, said)
        assert (path.with_name(path.name + "-wal")).stat().st_size > 0
        assert readable(path.parent) == []
        assert len(store.search("parrots")) == 30
        assert len(store.index("f")) == 30
        store.pin([1])
        store.undo()
        copy = store.backup(at=NOON)
        assert readable(path.parent) == []
        assert store.forget([1]).backups == 1
        assert store.check() == []
    assert readable(path.parent) == []
    assert not copy.read_bytes().startswith(b"SQLite") if copy.exists() else True
    with LongTermStore(path, key=KEY) as store:
        assert store.count_turns() == 29
        assert store.check() == []


def test_a_wrong_key_or_none_is_one_clear_line_and_changes_nothing(path, said):
    with LongTermStore(path, key=KEY) as store:
        fill(store, said, 3)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreSealed, match="encrypted with another key"):
            LongTermStore(path, key="wrong", read_only=read_only)
        with pytest.raises(StoreCorrupt, match=r"encrypted, or not a store.*give its key"):
            LongTermStore(path, read_only=read_only)
    with pytest.raises(ValueError, match="key is empty"):
        LongTermStore(path, key="")
    assert path.read_bytes() == before
    plain = path.with_name("plain.db")
    LongTermStore(plain).close()
    with pytest.raises(StoreSealed, match="not encrypted, but a key was given"):
        LongTermStore(plain, key=KEY)
    script = "import sys; from storage import *\ntry: LongTermStore(sys.argv[1], key='no')\n"
    script += "except StoreSealed: print('sealed')"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("sealed\n", "")  # SQLCipher logs on its own


def test_a_store_is_encrypted_given_another_key_and_decrypted_again(path, said):
    with LongTermStore(path) as store:
        fill(store, said)
        store.backup(at=NOON)
        path.with_name(path.name + ".backup-before-upgrade-from-0001").write_bytes(SECRET)
        expected = store.turns(), store.memories(), store.search("parrots")
    assert len(readable(path.parent)) == 3
    first, second = Cipher(KEY), Cipher("another")
    for old, new, key in ((None, first, KEY), (first, second, "another")):
        made = change_key(path, old, new, NOON + timedelta(1))
        assert readable(path.parent) == []
        assert sorted(file.name for file in path.parent.iterdir()) == [path.name, made.name]
        assert made.stat().st_mode & 0o777 == path.stat().st_mode & 0o777 == 0o600
        assert verify_backup(made, new) == []
        with LongTermStore(path, key=key) as store:
            assert (store.turns(), store.memories(), store.search("parrots")) == expected
            assert store.check() == []
            [turn] = store.append([said(ref=f"after {key}")])
            store.forget([turn.id])
    with pytest.raises(StoreSealed):
        LongTermStore(path, key=KEY)
    change_key(path, second, None, NOON)
    with LongTermStore(path) as store:
        assert store.turns() == expected[0]
        assert store.append([said(ref="z")])[0].id > turn.id  # ids are not given out again


def test_the_blocks_that_a_plain_file_leaves_are_overwritten(path, said):
    with LongTermStore(path) as store:
        fill(store, said)
    with path.open("rb") as before:
        assert SECRET in before.read()
        change_key(path, None, Cipher(KEY), NOON)
        before.seek(0)
        left = before.read()
        assert left == bytes(len(left))


def test_a_key_is_tried_without_opening_the_store(path, said):
    with LongTermStore(path, key=KEY) as store:
        fill(store, said, 3)
        assert store.encrypted
        assert key_fits(path, Cipher(KEY))
        assert not key_fits(path, Cipher("wrong"))
    path.write_bytes(b"no database " * 1000)
    assert not key_fits(path, Cipher(KEY))


def test_copies_that_anybody_can_read_are_found(path, said):
    with LongTermStore(path) as store:
        copy = store.backup(at=NOON)
    assert readable_copies(path) == [copy]
    change_key(path, None, Cipher(KEY), NOON)
    assert len(backups_of(path)) == 1
    assert readable_copies(path) == []


def test_changing_a_key_refuses_what_it_cannot_do_and_changes_nothing(path, said):
    with LongTermStore(path, key=KEY) as store:
        fill(store, said, 3)
        with pytest.raises(StoreLocked, match="open in another process"):
            change_key(path, Cipher(KEY), Cipher("new"), NOON)
    before = path.read_bytes()
    for old, new, error in (
        (None, Cipher("new"), StoreSealed),
        (Cipher("wrong"), Cipher("new"), StoreSealed),
        (None, None, ValueError),
    ):
        with pytest.raises(error):
            change_key(path, old, new, NOON)
    with pytest.raises(StoreLocked, match="does not exist"):
        change_key(path.with_name("none.db"), None, Cipher("new"), NOON)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_backups_of_an_encrypted_store_are_encrypted_and_restored(path, said):
    with LongTermStore(path, key=KEY) as store:
        fill(store, said, 3)
        copy = store.backup(at=NOON)
        store.append([said()])
    assert verify_backup(copy, Cipher(KEY)) == []
    assert verify_backup(copy) != []
    with pytest.raises(StoreCorrupt, match="cannot be restored"):
        restore_backup(path, copy, NOON)
    restore_backup(path, copy, NOON, Cipher(KEY))
    with LongTermStore(path, key=KEY) as store:
        assert store.count_turns() == 3
    assert readable(path.parent) == []
    assert len(backups_of(path)) == 2
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    assert "newest good backup" in complaint(path)


def complaint(path: Path) -> str:
    """What a damaged store says of itself, at the door or when it is checked."""
    try:
        with LongTermStore(path, key=KEY) as store:
            return store.check()[-1]
    except StorageError as error:
        return str(error)


def test_a_process_killed_with_an_encrypted_store_leaves_nothing_readable(path):
    script = """
import os, sys
from datetime import UTC, datetime
from storage import LongTermStore, NewTurn
store = LongTermStore(sys.argv[1], key="k")
for n in range(20):
    store.append([NewTurn(str(n), "s", "user", "user", "xylophagous", datetime.now(UTC))])
os._exit(9)
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    assert readable(path.parent) == []
    with LongTermStore(path, key="k") as store:
        assert store.count_turns() == 20
        assert store.check() == []


def test_without_the_package_a_key_is_refused_with_the_command_that_helps(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    with pytest.raises(EncryptionUnavailable, match=r"pip install 'remembrancer\[encryption\]'"):
        LongTermStore(path, key=KEY)
    assert not path.exists()


AFTER_TENSORFLOW = """
import sys
import tensorflow
{before}
from storage import LongTermStore, StorageError
try:
    with LongTermStore(sys.argv[1], key="a key") as store:
        store.backup()
except StorageError as error:
    print("refused:", error)
"""


@pytest.mark.parametrize("before", ["", "import sqlcipher3.dbapi2"])
def test_a_store_is_never_plain_because_tensorflow_came_first(path, before):
    pytest.importorskip("tensorflow")
    done = subprocess.run(
        [sys.executable, "-c", AFTER_TENSORFLOW.format(before=before), str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    if before:  # nothing can be done for a library that is already bound: refused, not plain
        assert done.stdout.startswith("refused: a key was given")
    else:
        assert done.stdout == ""
        assert path.stat().st_size > 0
    assert not [f for f in path.parent.iterdir() if b"SQLite format 3" in f.read_bytes()]
