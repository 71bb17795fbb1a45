"""A full disk, a file that cannot be written, a folder that is shut: said, and nothing lost."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from users import needs_somebody_else

from storage import Decision, LongTermStore, NewTurn, StorageError, StoreLocked, verify_backup

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file of this process can grow beyond a size: writing fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def turn(ref: str, text: str) -> NewTurn:
    return NewTurn(ref, "s", "user", "user", text, NOON)


def tell(store: LongTermStore, new: NewTurn, kept: list[str]) -> str:
    """Why a turn or what was decided about it was refused; "" when it was not."""
    try:
        [written] = store.append([new])
        kept.append(new.text)
        store.consolidate([Decision(written.id, "keep")])
    except StoreLocked as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "counts", [(2, 2), pytest.param((60, 300), marks=pytest.mark.faults)], ids=str
)
def test_what_was_written_before_the_disk_was_full_stays_and_the_rest_is_refused(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    """The limit falls anywhere: in the log, in a checkpoint, in the index."""
    dice = random.Random(counts[0])
    refused = 0
    for attempt in range(rounds(*counts)):
        store_path = path.with_name(f"{attempt}.db")
        with LongTermStore(store_path) as store:
            store.append([turn("before", "before")])
            kept = ["before"]
            # Files are closed and opened in between, or the log would hardly ever be folded in.
            with files_of_at_most(dice.randrange(200_000, 600_000)):
                for n in range(200):
                    text = f"{n} " + "word " * dice.randrange(900)
                    refusal = tell(store, turn(str(n), text), kept)
                    if refusal:
                        assert "space left" in refusal
                        assert "\n" not in refusal
                        refused += 1
                        break
                # Reading goes on as if nothing were.
                assert [one.text for one in store.turns()] == kept
                assert store.search("before", scope="transcript")
        with LongTermStore(store_path) as store:
            assert [one.text for one in store.turns()] == kept
            assert store.check() == []
            store.append([turn("after", "after")])
    assert refused == rounds(*counts)
    print(f"{refused} full disks: 0 turns lost, 0 half-written")


def test_a_backup_that_does_not_fit_leaves_the_ones_there_are(path: Path) -> None:
    with LongTermStore(path) as store:
        store.append([turn("r", "word " * 60_000)])
        good = store.backup(at=NOON, keep=1)
        with files_of_at_most(150_000), pytest.raises(StoreLocked, match="space left"):
            store.backup(at=NOON + timedelta(1), keep=1)
        assert [one.path for one in store.backups()] == [good]
        assert verify_backup(good) == []
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, good.name]


def test_forgetting_on_a_full_disk_is_finished_later(path: Path) -> None:
    """Rewriting the file takes as much room again."""
    with LongTermStore(path) as store:
        store.append([turn(str(n), f"xylophagous {n} " + "word " * 3000) for n in range(40)])
        store.append([turn("kept", "kept")])
        with files_of_at_most(path.stat().st_size + 20_000), pytest.raises(StorageError):
            store.forget(range(1, 41))
    with LongTermStore(path) as store:
        if store.count_turns() > 1:  # not even the rows could go
            store.forget(range(1, 41))
        assert [one.text for one in store.turns()] == ["kept"]
        assert store.check() == []
        for file in path.parent.iterdir():
            assert b"xylophagous" not in file.read_bytes()


def test_a_database_at_its_limit_of_pages_refuses_and_goes_on(path: Path) -> None:
    with LongTermStore(path) as store:
        store.append([turn("r", "kept")])
        with store._database.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreLocked, match="space left"):
            store.append([turn("s", "x" * 1_000_000)])
        assert [one.text for one in store.turns()] == ["kept"]
        assert store.check() == []


AS_NOBODY = """
    import os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from storage import LongTermStore, NewTurn, StorageError, restore_backup
    folder = Path(sys.argv[1])
    if os.geteuid() == 0:
        os.setuid(65534)
    new = NewTurn("new", "s", "user", "user", "new", datetime.now(UTC))
    def refused(act):
        try:
            act()
        except StorageError as error:
            assert "\\n" not in str(error), error
            return type(error).__name__
        return "done"
    def write(name):
        with LongTermStore(folder / name) as store:
            store.append([new])
    def read(name):
        with LongTermStore(folder / name, read_only=True) as store:
            assert [turn.text for turn in store.turns()] == ["kept"], store.turns()
            assert store.check() == []
            for act in (
                lambda: store.append([new]), lambda: store.pin([1]), lambda: store.undo(),
                lambda: store.forget([1]), lambda: store.record_uses([1], datetime.now(UTC)),
                lambda: store.backup(),
            ):
                assert refused(act) == "StoreLocked", refused(act)
    print(refused(lambda: write("me.db")), refused(lambda: read("me.db")),
          refused(lambda: write("none/me.db")),
          refused(lambda: restore_backup(folder / "me.db", folder / "copy.db", datetime.now(UTC))))
"""


@needs_somebody_else
def test_in_a_shut_folder_a_store_is_read_and_never_written(tmp_path: Path) -> None:
    import tempfile

    # Not in tmp_path: the folders above it are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with LongTermStore(folder / "me.db") as store:
            store.append([turn("r", "kept")])
            store.consolidate([Decision(1, "keep")])
            store.backup(folder / "copy.db")
        before = (folder / "me.db").read_bytes()
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        try:
            done = subprocess.run(
                [sys.executable, "-c", textwrap.dedent(AS_NOBODY), str(folder)],
                capture_output=True,
                text=True,
                check=False,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )
        finally:
            folder.chmod(0o755)
        assert done.stderr == ""
        assert done.stdout.split() == ["StoreLocked", "done", "StoreLocked", "StoreLocked"]
        assert {file.name for file in folder.iterdir()} == {"me.db", "copy.db"}
        assert (folder / "me.db").read_bytes() == before


ON_A_TINY_DISK = """
    import os, random, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from storage import Decision, LongTermStore, NewTurn, StorageError, StoreLocked
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    dice = random.Random(rounds)
    refused = 0
    for n in range(rounds):
        path, ballast = folder / "me.db", folder / "ballast"
        kept = []
        with LongTermStore(path) as store:
            for m in range(10_000):
                text = f"{m} " + "word " * dice.randrange(1, 900)
                try:
                    [turn] = store.append([NewTurn(str(m), "s", "user", "user", text,
                                                   datetime.now(UTC))])
                    kept.append(text)
                    if m == 3:  # from here on there is this much room left
                        ballast.write_bytes(b"x" * dice.randrange(500_000, 1_500_000))
                    store.consolidate([Decision(turn.id, "keep")])
                except StoreLocked as error:
                    assert "space left" in str(error), error
                    refused += 1
                    break
            assert [turn.text for turn in store.turns()] == kept
            if dice.random() < 0.5:
                try:
                    store.backup()
                except StoreLocked:
                    pass
        try:
            with LongTermStore(path) as store:  # with not a byte to spare
                assert [turn.text for turn in store.turns()] == kept
        except StoreLocked as error:
            assert "space left" in str(error), error
        ballast.unlink()  # room again, enough for a log and an index
        for copy in folder.glob("*.backup-*"):
            copy.unlink()
        with LongTermStore(path) as store:
            assert [turn.text for turn in store.turns()] == kept
            assert store.check() == []
            store.append([NewTurn("after", "s", "user", "user", "after", datetime.now(UTC))])
        for file in folder.iterdir():
            file.unlink()
    print(refused)
"""


@pytest.mark.parametrize(
    "counts", [(2, 2), pytest.param((60, 300), marks=pytest.mark.faults)], ids=str
)
def test_on_a_disk_of_three_megabytes(
    tmp_path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    times = rounds(*counts)
    out = on_a_tiny_disk(tmp_path / "disk", ON_A_TINY_DISK, str(times))
    assert int(out) == times
    print(f"{times} full disks of 3 MB: 0 turns lost, 0 half-written")


def on_a_tiny_disk(disk: Path, script: str, *arguments: str) -> str:
    """Run a script with a folder that is a disk of 3 MB, seen by nobody else; what it prints."""
    disk.mkdir()
    mounted = 'mount -t tmpfs -o size=3m tmpfs "$0" 2>/dev/null || exit 77; exec "$@"'
    apart = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, str(disk)]
    done = subprocess.run(
        [*apart, sys.executable, "-c", textwrap.dedent(script), str(disk), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    if done.returncode in (1, 77, 127) and "Traceback" not in done.stderr:
        pytest.skip("this machine lets nobody mount a disk of their own")
    assert done.stderr == ""
    return done.stdout


CHAT_ON_A_TINY_DISK = """
    import os, subprocess, sys
    from pathlib import Path
    folder, program = Path(sys.argv[1]), sys.argv[2]
    own = {"REMEMBRANCER_STORE": str(folder / "me.db"),
           "REMEMBRANCER_CONFIG": str(folder / "none.toml")}
    def chat(*lines):
        done = subprocess.run([sys.executable, program], input="\\n".join(lines) + "\\n",
                              capture_output=True, text=True, env=os.environ | own)
        assert "Traceback" not in done.stderr, done.stderr
        return done
    assert chat("My dog is called Bruno.").returncode == 0
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    (folder / "ballast").write_bytes(b"x" * (free - 230_000))
    long = [f"I like number {n}. " + "word " * 4000 for n in range(12)]
    full = chat(*long, "What is my dog called?")
    complaints = full.stderr.splitlines()
    assert full.returncode == 5, full
    assert len(complaints) > 6, full.stderr  # a line for each turn: the chat went on
    assert all("space left" in line for line in complaints), full.stderr
    (folder / "ballast").unlink()
    after = chat("What is my dog called?")
    assert after.returncode == 0, after
    assert "Bruno" in after.stdout
    from storage import LongTermStore
    with LongTermStore(folder / "me.db") as store:
        said = [turn.text for turn in store.turns() if turn.role == "user"]
        assert store.check() == []
    # Of 13 lines and the two of the other chats, those not complained about are there.
    assert len(said) >= 15 - len(complaints), (len(said), len(complaints))
    print(len(complaints))
"""


def test_a_chat_on_a_full_disk_goes_on_says_so_and_ends_with_5(tmp_path: Path) -> None:
    program = Path(__file__).parents[1] / "terminal" / "light_program.py"
    assert int(on_a_tiny_disk(tmp_path / "disk", CHAT_ON_A_TINY_DISK, str(program))) > 6
