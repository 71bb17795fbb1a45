"""Opening: any file, any folder, any permission gives a store or one clear error."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from users import needs_somebody_else

from storage import (
    DateSpan,
    Decision,
    LongTermStore,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreTooNew,
    upgrade,
)
from storage.database import locate
from storage.upgrade import HEAD


def python(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("me.db", Path("me.db")),
        (Path("a/me.db"), Path("a/me.db")),
        ("~/me.db", Path.home() / "me.db"),
        (":memory:", None),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("sqlite:///me.db", Path("me.db")),
        ("sqlite:////tmp/me.db", Path("/tmp/me.db")),
        ("sqlite+pysqlite:///me.db", Path("me.db")),
    ],
)
def test_a_path_or_a_sqlite_url_names_a_file(given, expected):
    assert locate(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "postgresql://localhost/me",
        "mysql+pymysql://me@host/db",
        "https://example.org/me.db",
        "sqlite://host/me.db",
        "sqlite:///me.db?mode=ro",
        "file:me.db",
        "a\x00b",
        "",
    ],
)
def test_any_other_url_is_refused(given):
    with pytest.raises(ValueError, match="expected"):
        LongTermStore(given)


def test_an_empty_owner_is_refused(path):
    with pytest.raises(ValueError, match="owner is empty"):
        LongTermStore(path, owner=" ")
    assert not path.exists()


def test_a_url_opens_the_same_file_as_the_path(path, said):
    with LongTermStore(f"sqlite:///{path}") as store:
        store.append([said()])
        assert store.path == path
    with LongTermStore(str(path)) as store:
        assert store.count_turns() == 1
    with LongTermStore(":memory:") as store:
        assert store.path is None


@pytest.mark.parametrize("name", ["a b?x=1#y%41.db", "记忆.db", "'\";--.db"])
def test_any_file_name_will_do(tmp_path, said, name):
    for _ in range(2):
        with LongTermStore(tmp_path / name) as store:
            store.append([said(ref="one")])
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_files_are_private_whatever_the_umask(tmp_path, said):
    before = os.umask(0)
    try:
        path = tmp_path / "new" / "folder" / "me.db"
        with LongTermStore(path) as store:
            store.append([said()])
            files = sorted(path.parent.iterdir())
            assert [file.name for file in files] == ["me.db", "me.db-shm", "me.db-wal"]
            assert [mode(file) for file in files] == [0o600] * 3
        assert mode(path.parent) == mode(path.parent.parent) == 0o700
        path.chmod(0o644)
        with LongTermStore(path) as store:
            assert mode(path) == 0o600
    finally:
        os.umask(before)


def test_an_empty_file_becomes_a_store(path, said):
    path.touch()
    with LongTermStore(path) as store:
        store.append([said()])
        assert store.schema_revision() == HEAD


def test_a_file_that_is_no_database_is_refused_and_left_alone(path):
    for content in (b"Dear diary", b"\x00" * 5000, b"SQLite format 3\x00" + b"x" * 9000):
        path.write_bytes(content)
        with pytest.raises(StoreCorrupt, match=r"memory\.db"):
            LongTermStore(path)
        assert path.read_bytes() == content


def test_the_database_of_another_program_is_refused_and_left_alone(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmark (url)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(StoreCorrupt, match="another program"):
        LongTermStore(path)
    assert path.read_bytes() == before


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(StoreCorrupt, match="is a folder"):
        LongTermStore(tmp_path)
    (tmp_path / "plain").touch()
    with pytest.raises(StoreLocked, match="permissions"):
        LongTermStore(tmp_path / "plain" / "me.db")
    with pytest.raises(StoreLocked, match=r"me\.db"):
        LongTermStore(Path("/proc/none/me.db"))


def test_a_damaged_file_never_gives_a_raw_error(path, said):
    with LongTermStore(path) as store:
        store.append([said(f"turn {n} " + "words " * 50) for n in range(200)])
    whole = path.read_bytes()
    dice = random.Random(5)
    refused = 0
    for _ in range(40):
        damaged = bytearray(whole[: dice.choice([len(whole)] * 3 + [dice.randrange(len(whole))])])
        for _ in range(dice.choice([1, 2, 3, 300])):
            damaged[dice.randrange(100, len(damaged))] = dice.randrange(256)
        path.write_bytes(damaged)
        try:
            with LongTermStore(path) as store:
                assert isinstance(store.check(), list)
                list(store.iterate_turns())
                store.search("words")
                store.append([said()])
        except StorageError:
            refused += 1
    assert 10 < refused < 40


def test_damaged_words_are_reported_without_quoting_them(path, said):
    with LongTermStore(path) as store:
        store.append([said("my diary is private")])
    path.write_bytes(path.read_bytes().replace(b"my diary", b"my \xffiary"))
    with LongTermStore(path) as store, pytest.raises(StoreCorrupt, match="UTF-8") as caught:
        store.turns()
    assert "private" not in str(caught.value)


def test_damaged_dates_and_vectors_are_reported(path, said):
    with LongTermStore(path) as store:
        store.append([said(vector=[1, 2], fingerprint="f"), said()])
        span = DateSpan("then", date(2026, 5, 2), date(2026, 5, 2))
        store.consolidate([Decision(1, "keep", dates=(span,))])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE reading_date SET first_day = '2026-5x02'")
        connection.execute("UPDATE turn_vector SET vector = x'010203'")
        connection.execute("UPDATE turn SET said_at = 1 << 62 WHERE id = 2")
        connection.commit()
    with LongTermStore(path) as store:
        for act in (
            store.memories,
            lambda: store.vectors_of([1]),
            lambda: store.turns(after=1),
        ):
            with pytest.raises(StoreCorrupt, match="that is none"):
                act()


def test_a_file_from_the_future_is_refused_with_its_bytes_unchanged(path, said):
    with LongTermStore(path) as store:
        store.append([said()])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    for read_only in (False, True):
        with pytest.raises(StoreTooNew, match=r"schema 9999.*newer version"):
            LongTermStore(path, read_only=read_only)
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stamp
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_reading_only_reads(path, said):
    with pytest.raises(StoreLocked, match="does not exist"):
        LongTermStore(path, read_only=True)
    with LongTermStore(path) as store:
        store.append([said("parrot")])
    with LongTermStore(path, read_only=True) as store, LongTermStore(path) as writer:
        assert store.search("parrot")[0][0] == 1
        for write in (
            lambda: store.append([said()]),
            lambda: store.forget([1]),
            lambda: store.record_uses([1], said().said_at),
        ):
            with pytest.raises(StoreLocked, match="without read_only"):
                write()
        writer.append([said("parrot")])
        assert store.index("f").ids.tolist() == [1, 2]
        assert store.check() == []


UNPRIVILEGED = """
    import os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from storage import LongTermStore, NewTurn, StoreLocked
    folder = Path(sys.argv[1])
    if os.geteuid() == 0:
        os.setuid(65534)
    def outcome(name, **options):
        try:
            with LongTermStore(folder / name, **options) as store:
                return store.count_turns()
        except StoreLocked as error:
            return "refused" if "permission" in str(error).replace(str(folder), "") else str(error)
    print([outcome("me.db"), outcome("me.db", read_only=True)])
    print([outcome("shut.db"), outcome("shut.db", read_only=True), outcome("new.db")])
"""


@needs_somebody_else
def test_without_permission_a_file_can_at_most_be_read(said):
    # Not in tmp_path: the folders above it are closed to other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for name in ("me.db", "shut.db"):
            with LongTermStore(folder / name) as store:
                store.append([said()])
        (folder / "me.db").chmod(0o444)
        (folder / "shut.db").chmod(0)
        folder.chmod(0o555)
        try:
            done = python(UNPRIVILEGED, folder)
        finally:
            folder.chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.split("\n")[:2] == ["['refused', 1]", "['refused', 'refused', 'refused']"]


def test_a_full_disk_is_said_and_loses_nothing(filed, said):
    [kept] = filed.append([said("kept")])
    with filed._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    # The limit is the connection's: the pool hands the same one out again.
    with pytest.raises(StoreLocked, match="space left"):
        filed.append([said("x" * 1_000_000)])
    assert filed.turns() == [kept]
    assert filed.check() == []


def test_a_file_held_by_another_process_is_locked(path, said, monkeypatch):
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 100)
    with LongTermStore(path) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="another process"):
            store.append([said()])
        assert store.turns() == []


def test_what_a_killed_process_had_written_is_there(path):
    script = """
        import os, sys
        from datetime import UTC, datetime
        from storage import LongTermStore, NewTurn
        store = LongTermStore(sys.argv[1])
        for n in range(20):
            store.append([NewTurn(str(n), "s", "user", "user", "kept", datetime.now(UTC))])
        os._exit(9)
    """
    assert python(script, path).returncode == 9
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    with LongTermStore(path) as store:
        assert store.count_turns() == 20
        assert store.check() == []


def test_opening_is_quick_and_imports_neither_alembic_nor_the_mapper(path, said):
    with LongTermStore(path) as store:
        store.append([said("parrot") for _ in range(50)])
    script = """
        import sys, time
        from storage import LongTermStore
        start = time.perf_counter()
        with LongTermStore(sys.argv[1]) as store:
            opened = time.perf_counter() - start
            store.search("parrots")
            store.index("f")
        print(opened, *sorted({name.partition(".")[0] for name in sys.modules}))
        assert "sqlalchemy.orm" not in sys.modules
    """
    done = python(script, path)
    assert done.stderr == ""
    seconds, *modules = done.stdout.split()
    assert float(seconds) < 0.15
    assert {"alembic", "assistant", "tensorflow"}.isdisjoint(modules)


def test_a_turn_takes_milliseconds(filed, said):
    times = []
    for _ in range(30):
        start = time.perf_counter()
        filed.append([said()])
        times.append(time.perf_counter() - start)
    assert sorted(times)[15] < 0.1  # a few, on a disk that is not busy


def test_check_names_what_is_wrong(path, said):
    with LongTermStore(path) as store:
        store.append([said("one"), said("two")])
        store.consolidate([])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM turn_text WHERE rowid = 1")
        connection.execute("INSERT INTO turn_text (rowid, terms) VALUES (7, 'stray')")
        connection.execute("DELETE FROM session")
        connection.commit()
    with LongTermStore(path) as store:
        lines = "\n".join(store.check())
    assert "1 turns without full text" in lines
    assert "1 full texts without a turn" in lines
    assert "of turn points to no session" in lines


def test_who_comes_second_to_a_new_store_does_not_take_the_locks_of_the_first(path, said):
    """POSIX: closing any descriptor of a file takes all the locks that the process has on it."""
    with LongTermStore(path) as store:
        store.append([said()])
        upgrade._create(path)
        done = python(
            """
            import sqlite3, sys
            try:
                sqlite3.connect(sys.argv[1]).execute("PRAGMA journal_mode = DELETE")
                print("alone")
            except sqlite3.OperationalError as error:
                print(error)
            """,
            path,
        )
    assert done.stdout == "database is locked\n"


def test_a_link_to_a_file_that_is_not_there_yet_makes_the_file(path):
    path.symlink_to(path.with_name("elsewhere.db"))
    LongTermStore(path).close()
    assert path.with_name("elsewhere.db").stat().st_mode & 0o777 == 0o600
