"""Several processes on one file: what one has committed is there for the others, all of it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from storage import LongTermStore

TELL = """
    import sys
    from datetime import UTC, datetime
    from storage import Decision, LongTermStore, NewTurn
    with LongTermStore(sys.argv[1]) as store:
        for line in sys.stdin:
            act, _, rest = line.strip().partition(" ")
            if act == "say":
                said_at = datetime(2026, 5, 3, tzinfo=UTC)
                store.append([NewTurn(rest, "theirs", "user", "user", rest, said_at)])
            elif act == "drop":
                store.consolidate([Decision(int(rest), "drop")])
            elif act == "forget":
                store.forget([int(rest)])
            elif act == "find":
                print([turn_id for turn_id, _ in store.search(rest)], end=" ")
                print(store.index("f").ids.tolist(), end=" ")
            print("done", flush=True)
"""

WRITE = """
    import sys
    from datetime import UTC, datetime
    from storage import LongTermStore, NewTurn
    path, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with LongTermStore(path) as store:
        for n in range(count):
            seen = store.count_turns()
            said_at = datetime(2026, 5, 3, tzinfo=UTC)
            new = NewTurn(f"{name}-{n}", "s", "user", "user", f"{name} after {seen}", said_at)
            [turn] = store.append([new])
            assert store.turn(turn.ref) == turn
            assert store.count_turns() > seen
            assert turn.id in store.index("f").ids
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_one_process_commits_the_other_finds_at_its_next_call(path, said):
    with start(TELL, path) as other, LongTermStore(path) as store:

        def ask(line: str) -> str:
            other.stdin.write(line + "\n")
            other.stdin.flush()
            return other.stdout.readline().strip()

        assert len(store.index("f")) == 0
        assert ask("say the zorp flew") == "done"
        assert store.index("f").ids.tolist() == [1]
        assert [hit for hit, _ in store.search("zorp")] == [1]
        store.append([said("a second zorp flew")])
        assert ask("find zorp") == "[1, 2] [1, 2] done"
        ask("drop 1")
        assert [hit for hit, _ in store.search("zorp")] == [2]
        assert store.index("f").recallable.tolist() == [False, True]
        ask("forget 1")
        assert store.index("f").ids.tolist() == [2]
        store.forget([2])
        assert ask("find zorp") == "[] [] done"
        _, errors = other.communicate(timeout=30)
        assert errors == ""


@pytest.mark.parametrize("existing", [False, True])
def test_four_processes_write_at_once_and_nothing_is_lost(path: Path, existing: bool):
    if existing:
        LongTermStore(path).close()
    writers = [start(WRITE, path, name, 25) for name in "abcd"]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert errors == ""
        assert writer.returncode == 0
    with LongTermStore(path) as store:
        refs = {turn.ref for turn in store.iterate_turns()}
        assert refs == {f"{name}-{n}" for name in "abcd" for n in range(25)}
        assert store.check() == []
