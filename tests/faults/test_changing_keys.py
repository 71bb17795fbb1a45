"""A change of key that is killed leaves a store that opens, under one key or the other."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import (
    Cipher,
    LongTermStore,
    NewTurn,
    StorageError,
    change_key,
    key_fits,
    sealed_files,
)

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
WORD = b"xylophagous"

CHANGE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from storage import Cipher, change_key
old, new = (Cipher(name) if name else None for name in sys.argv[2:4])
print("begun", flush=True)
change_key(Path(sys.argv[1]), old, new, datetime.now(UTC))
print("done", flush=True)
"""

WRITE = """
import sys
from datetime import UTC, datetime
from storage import LongTermStore, NewTurn, StorageError
try:
    with LongTermStore(sys.argv[1]) as store:
        store.append([NewTurn("late", "s", "user", "user", "written late", datetime.now(UTC))])
    print("told")
except StorageError as error:
    print("refused:", error)
"""


@pytest.fixture(autouse=True)
def _sqlcipher() -> None:
    pytest.importorskip("sqlcipher3")


def fill(path: Path) -> None:
    with LongTermStore(path) as store:
        store.append(
            [
                NewTurn(str(n), "s", "user", "user", f"xylophagous {n} " + "w" * 900, NOON)
                for n in range(400)
            ]
        )
        store.backup(at=NOON)


@pytest.mark.parametrize("counts", [(3, 3), pytest.param((25, 150), marks=pytest.mark.faults)])
def test_a_change_of_key_killed_at_any_moment_leaves_one_whole_store(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    dice = random.Random(counts[0])
    fill(path)
    keys = ["", "a", "b"]
    key, changed = "", 0
    undisturbed = change(path, key, "a")
    begun = time.monotonic()
    undisturbed.communicate()
    key, span = "a", 1.2 * (time.monotonic() - begun)
    for _ in range(rounds(*counts)):
        wanted = dice.choice([one for one in keys if one != key])
        process = change(path, key, wanted)
        time.sleep(dice.uniform(0, span))
        process.kill()
        process.communicate()
        fits = [one for one in (key, wanted) if opens(path, one)]
        assert len(fits) == 1, f"under {fits}"
        changed += fits[0] != key
        key = fits[0]
        with LongTermStore(path, key=key or None) as store:
            assert store.check() == []
            assert store.count_turns() == 400
    # Done at last, nothing of what was killed is left to be read.
    final = Cipher("z")
    change_key(path, Cipher(key) if key else None, final, NOON)
    assert [f.name for f in path.parent.iterdir() if WORD in f.read_bytes()] == []
    assert key_fits(path, final)
    print(f"{rounds(*counts)} changes of key killed, {changed} had come through: 0 lost")


def change(path: Path, old: str, new: str) -> subprocess.Popen[str]:
    """A process that changes the key; it has begun to."""
    command = [sys.executable, "-c", CHANGE, str(path), old, new]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def opens(path: Path, key: str) -> bool:
    try:
        LongTermStore(path, key=key or None).close()
    except StorageError:
        return False
    return True


def test_who_comes_to_a_store_while_its_key_is_changed_is_refused_and_not_deceived(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)
    replace = sealed_files._replace
    writers: list[subprocess.Popen[str]] = []

    def replace_late(store: Path, copy: Path) -> None:
        command = [sys.executable, "-c", WRITE, str(store)]
        writers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        time.sleep(2)  # it waits for the file, or has written to it
        replace(store, copy)

    monkeypatch.setattr(sealed_files, "_replace", replace_late)
    change_key(path, None, Cipher("b"), NOON)
    said = writers[0].communicate()[0]
    with LongTermStore(path, key="b") as store:
        kept = store.turn("late") is not None
        assert store.check() == []
        assert store.count_turns() == 400 + kept
    assert kept or said.startswith("refused:"), said
