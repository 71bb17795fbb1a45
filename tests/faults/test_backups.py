"""Backups taken while others write: every one is whole, private and of one moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import Decision, LongTermStore, NewTurn, restore_backup, verify_backup

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
KEEP = 5
PAIRS_A_ROUND = 8  # by each writer: a store that grows without end makes the last rounds slow


@pytest.mark.parametrize(
    "counts", [(6, 6), pytest.param((100, 500), marks=pytest.mark.faults)], ids=str
)
def test_backups_while_writing_are_all_good_and_restore(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    stop = threading.Event()
    problems: list[BaseException] = []
    sizes: list[int] = []

    def write(name: str) -> None:
        try:
            with LongTermStore(path) as store:
                n = 0
                while not stop.wait(0.002 if n >= PAIRS_A_ROUND * (len(sizes) + 1) else 0):
                    if n >= PAIRS_A_ROUND * (len(sizes) + 1):
                        continue
                    # In pairs: a copy with one and not the other is of no one moment.
                    pair = [
                        NewTurn(f"{name}-{n}-{half}", name, "user", "user", f"{n} {half}", NOON)
                        for half in "ab"
                    ]
                    store.commit(pair, [Decision(one.ref, "keep") for one in pair])
                    n += 1
        except BaseException as problem:
            problems.append(problem)

    LongTermStore(path).close()
    before = os.umask(0)
    writers = [threading.Thread(target=write, args=(name,)) for name in "xy"]
    try:
        for writer in writers:
            writer.start()
        for n in range(rounds(*counts)):
            with LongTermStore(path) as store:
                copy = store.backup(at=NOON + timedelta(seconds=n), keep=KEEP)
                files = [one.path for one in store.backups()]
            assert files[0] == copy
            assert len(files) == min(n + 1, KEEP)
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
            assert verify_backup(copy) == []
            restored = path.with_name("restored.db")
            restore_backup(restored, copy, NOON)
            with LongTermStore(restored) as store:
                refs = {turn.ref for turn in store.iterate_turns()}
                assert store.count_memories() == len(refs)
            assert {ref[:-1] + "a" for ref in refs} | {ref[:-1] + "b" for ref in refs} == refs
            sizes.append(len(refs))
    finally:
        stop.set()
        for writer in writers:
            writer.join()
        os.umask(before)
    assert problems == []
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]
    print(f"{len(sizes)} backups while two wrote: 0 bad, all 0600; {sizes[-1]} turns in the last")
