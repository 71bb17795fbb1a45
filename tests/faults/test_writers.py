"""Many writers on one file, and many owners in one store: nothing is lost, nothing is mixed up."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from storage import Decision, LongTermStore, NewTurn

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
OWNERS = 8
THREADS = 8

# Each turn reads before it writes, and what it writes depends on what it read.
WRITER = """
    import json, sys, time
    from datetime import UTC, datetime
    from storage import Decision, LongTermStore, NewTurn
    path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    waits = []
    with LongTermStore(path) as store:
        for n in range(count):
            seen = store.count_turns()
            begun = time.monotonic()
            new = NewTurn(f"{name}-{n}", name, "user", "user", f"{name} after {seen}",
                          datetime.now(UTC))
            keep = Decision(new.ref, "keep", subject=f"{name}-{n}", words_key=new.text)
            [turn], [memory] = store.commit([new], [keep])
            waits.append(time.monotonic() - begun)
            assert store.turn(new.ref).memory == memory.id
            assert store.count_turns() > seen
    print(json.dumps(waits))
"""


@pytest.mark.parametrize(
    "counts", [(15, 15), pytest.param((500, 2000), marks=pytest.mark.faults)], ids=str
)
def test_four_processes_write_and_nothing_is_lost_or_waits_long(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    turns = rounds(*counts)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(WRITER), str(path), name, str(turns)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    waits: list[float] = []
    for writer in writers:
        out, errors = writer.communicate(timeout=3600)
        assert errors == ""  # "database is locked" would be one
        waits += json.loads(out)
    with LongTermStore(path) as store:
        refs = [turn.ref for turn in store.iterate_turns()]
        assert sorted(refs) == sorted(f"{name}-{n}" for name in "abcd" for n in range(turns))
        assert store.count_memories() == 4 * turns
        with store._database.reading() as connection:
            [written] = connection.exec_driver_sql("SELECT revision FROM owner").fetchone()
        # Each commit counts twice: for the turn and for the memory. None overwrote another's.
        assert written == 2 * 4 * turns
        assert store.check() == []
    longest = float(np.quantile(waits, 0.99))
    print(f"{4 * turns} turns of 4 processes: 0 lost, p99 {longest:.3f} s, max {max(waits):.3f} s")
    if turns >= 400:
        assert longest <= 1.0


@pytest.mark.parametrize(
    "counts", [(2, 2), pytest.param((20, 150), marks=pytest.mark.faults)], ids=str
)
def test_eight_owners_with_eight_threads_each_see_only_their_own(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    times = rounds(*counts)
    crossed: list[str] = []
    stores = {f"owner {n}": LongTermStore(path, owner=f"owner {n}") for n in range(OWNERS)}

    def live(owner: str, thread: int) -> None:
        store = stores[owner]
        mine = f"secret of {owner}"
        for n in range(times):
            # The same ref, session, subject and words key for all owners: only the owner tells.
            new = NewTurn(
                f"{thread}-{n}", "s", "user", "user", mine, NOON, np.ones(4, np.float32), "f"
            )
            keep = Decision(new.ref, "keep", subject="secret", value=owner, words_key="secret")
            [turn], [memory] = store.commit([new], [keep])
            store.pin([memory.id])
            hits = {found for found, _ in store.search("secret owner", k=50)}
            seen = [
                *(one.text for one in store.turns(limit=20, newest_first=True)),
                *(one.text for one in store.memories(subject="secret", limit=20)),
                *(one.text for one in store.memories(search="secret", limit=20)),
                *(one.text for one in store.same_words("user", ["secret"])["secret"]),
                *(one.text for one in store.neighbours([turn.id], 5, 5)[turn.id]),
                store.turn(new.ref).text,
            ]
            crossed.extend(f"{owner} saw {text}" for text in seen if text != mine)
            index = store.index("f")
            own = store.turns_by_id(index.ids.tolist())
            crossed.extend(f"{owner} indexed {gone}" for gone in set(index.ids) - set(own))
            crossed.extend(f"{owner} found {one}" for one in hits - set(own))
            # Ids are shared by all owners: another's can be guessed, and must lead nowhere.
            others = [one for one in range(1, turn.id) if one not in own]
            crossed.extend(f"{owner} read {one}" for one in store.turns_by_id(others))
            crossed.extend(f"{owner} got vector {one}" for one in store.vectors_of(others))
            crossed.extend(f"{owner} undid" for _ in range(n == 0) if not store.changes())

    threads = [
        threading.Thread(target=live, args=(owner, thread))
        for owner in stores
        for thread in range(THREADS)
    ]
    problems: list[BaseException] = []
    hook, threading.excepthook = (
        threading.excepthook,
        lambda given: problems.append(given.exc_value),
    )
    try:
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    finally:
        threading.excepthook = hook
    assert problems == []
    assert crossed == []
    for owner, store in stores.items():
        assert store.count_turns() == THREADS * times
        assert {turn.text for turn in store.iterate_turns()} == {f"secret of {owner}"}
        store.close()
    with LongTermStore(path) as store:
        assert store.check() == []
    reads = OWNERS * THREADS * times
    print(f"{OWNERS} owners x {THREADS} threads, {reads} rounds: 0 cross-reads")
