"""Old files are upgraded in place, whole or not at all, after a backup."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from pytest_alembic.tests import (  # noqa: F401 - collected here
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import StaticPool, create_engine

from storage import (
    Decision,
    LongTermStore,
    StorageError,
    StoreCorrupt,
    StoreLocked,
    StoreTooNew,
    upgrade,
)
from storage.database import Database


@pytest.fixture
def alembic_config():
    return {"script_location": str(upgrade.migrations_folder())}


@pytest.fixture
def alembic_engine():
    engine = create_engine("sqlite://", poolclass=StaticPool)
    yield engine
    engine.dispose()


def schema_of(path: Path) -> dict[str, str]:
    """What SQLite itself says a file's tables and indexes are, by name."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
    return {name: re.sub(r"\s+", " ", sql or "") for name, sql in rows}


def migrated(path: Path) -> Path:
    """A file laid out by running every migration."""
    from alembic import command

    engine = create_engine(f"sqlite:///{path}")
    config = upgrade.alembic_config()
    config.attributes["connection"] = engine
    command.upgrade(config, "head")
    engine.dispose()
    return path


def columns(path: Path, table: str) -> set[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[1:] for row in connection.execute(f"PRAGMA table_xinfo({table})")}


def constraints(sql: str) -> list[str]:
    """The constraints of a table, in any order, and whether it gives ids out again."""
    found = re.findall(r"CONSTRAINT \w+ [^()]+\([^()]*\)(?: REFERENCES \w+ \([^()]*\))?", sql)
    return sorted([*found, *re.findall("AUTOINCREMENT", sql)])


def test_the_revision_in_the_code_is_the_last_migration():
    script = ScriptDirectory.from_config(upgrade.alembic_config())
    assert script.get_current_head() == upgrade.HEAD


def test_a_new_file_is_what_the_migrations_make(tmp_path):
    LongTermStore(tmp_path / "new.db").close()
    new, old = tmp_path / "new.db", migrated(tmp_path / "migrated.db")
    one, other = schema_of(new), schema_of(old)
    assert one.keys() == other.keys()
    for name in one:
        if name.startswith(("ix_", "sqlite_autoindex", "turn_text")):
            assert one[name] == other[name]
        elif name != "alembic_version":
            assert columns(new, name) == columns(old, name)
            assert constraints(one[name]) == constraints(other[name])


def test_a_migrated_file_works_like_a_new_one(tmp_path, said):
    with LongTermStore(migrated(tmp_path / "me.db")) as store:
        store.append([said("My parrot is Zorp.")])
        store.consolidate([Decision(1, "keep")])
        assert store.search("parrots")[0][0] == 1
        assert store.check() == []


# -- upgrades from the present revision to an invented next one ---------------------------------


@pytest.fixture
def next_version(tmp_path):
    """Writes a folder of migrations with one more, doing what it is told."""

    def write(*statements: str) -> Path:
        folder = tmp_path / "migrations"
        shutil.copytree(upgrade.migrations_folder(), folder, dirs_exist_ok=True)
        lines = [f"    {line}" for line in statements]
        (folder / "versions" / "0003_next.py").write_text(
            "\n".join(
                [
                    '"""Next."""',
                    "import sqlalchemy as sa",
                    "from alembic import op",
                    'revision, down_revision = "0003", "0002"',
                    "branch_labels = depends_on = None",
                    "def upgrade():",
                    *lines,
                    "def downgrade():",
                    "    raise NotImplementedError",
                ]
            )
        )
        return folder

    return write


@pytest.fixture
def filled(path, said):
    with LongTermStore(path) as store:
        store.append([said(f"turn {n}") for n in range(5)])
        store.consolidate([Decision(n, "keep") for n in (1, 2, 3)])
    return path


def bring(path: Path, folder: Path) -> Path | None:
    database = Database(path)
    try:
        return upgrade.bring_to_head(database, head="0003", folder=folder)
    finally:
        database.close()


REBUILD = (
    'with op.batch_alter_table("turn", recreate="always") as table:',
    '    table.add_column(sa.Column("mood", sa.String()))',
)


def test_an_old_file_is_upgraded_after_a_backup(filled, next_version):
    before = filled.read_bytes()
    backup = bring(filled, next_version(*REBUILD))
    assert backup is not None
    assert backup.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(filled)) as connection:
        rows = connection.execute("SELECT text, memory_id, mood FROM turn ORDER BY id").fetchall()
        assert rows == [(f"turn {n}", n + 1 if n < 3 else None, None) for n in range(5)]
        # Rebuilding a table must not take along the rows that refer to it.
        assert connection.execute("SELECT count(*) FROM reading").fetchone() == (3,)
        assert connection.execute("SELECT count(*) FROM memory").fetchone() == (3,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    shutil.copy(backup, filled)
    with LongTermStore(filled) as store:
        assert store.count_turns() == 5
        assert store.check() == []
        assert filled.with_name(filled.name + "-wal").exists()
    assert len(before) == backup.stat().st_size


def test_upgrading_twice_is_a_noop(filled, next_version):
    folder = next_version(*REBUILD)
    assert bring(filled, folder) is not None
    after = filled.read_bytes()
    assert bring(filled, folder) is None
    assert filled.read_bytes() == after


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        (('op.execute("CREATE TABLE half (x)")', 'op.execute("nonsense")'), StorageError),
        (("op.execute(\"UPDATE turn SET text = 'changed' WHERE id = 3\")",), StoreCorrupt),
        (
            ('op.execute("DELETE FROM turn_vector")', 'op.execute("DELETE FROM memory")'),
            StoreCorrupt,
        ),
        (('op.execute("DELETE FROM session")',), StoreCorrupt),
    ],
)
def test_an_upgrade_that_fails_or_harms_leaves_no_trace(filled, next_version, statements, error):
    before = filled.read_bytes()
    with pytest.raises(error, match="was undone"):
        bring(filled, next_version(*statements))
    assert "half" not in schema_of(filled)
    assert filled.read_bytes() == before
    with LongTermStore(filled) as store:
        assert store.count_turns() == 5
        assert store.count_memories() == 3


def test_an_older_program_refuses_the_upgraded_file(filled, next_version):
    bring(filled, next_version(*REBUILD))
    before = filled.read_bytes()
    with pytest.raises(StoreTooNew, match="schema 0003"):
        LongTermStore(filled)
    assert filled.read_bytes() == before


def test_a_file_opened_to_be_read_is_not_upgraded(filled, next_version):
    folder = next_version(*REBUILD)
    database = Database(filled, read_only=True)
    with pytest.raises(StoreLocked, match="must be upgraded"):
        upgrade.bring_to_head(database, head="0003", folder=folder)
    database.close()


def test_forgetting_reaches_into_the_backups(filled, next_version):
    backup = bring(filled, next_version(*REBUILD))
    shutil.copy(backup, filled)
    with LongTermStore(filled) as store:
        assert backup.name in store.forget([1]).scanned
    assert not backup.exists()
