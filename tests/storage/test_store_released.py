"""Files that earlier releases wrote: upgraded with everything in them, and back without a trace."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event

from storage import Decision, LongTermStore, upgrade

RELEASED = Path(__file__).parent / "released"


def migrate(path: Path, revision: str, *, down: bool = False) -> None:
    """Run migrations as they are, without the store's care."""
    from alembic import command

    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys = OFF"))
    config = upgrade.alembic_config()
    config.attributes["connection"] = engine
    (command.downgrade if down else command.upgrade)(config, revision)
    engine.dispose()


def contents(path: Path) -> dict[str, object]:
    """The schema, and every row of every table that is no shadow of another."""
    with closing(sqlite3.connect(path)) as connection:
        schema = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        found: dict[str, object] = {}
        for name, sql in schema:
            words = " ".join((sql or "").replace('"', "").replace(",", " , ").split())
            found[f"schema of {name}"] = sorted(words.split(" "))
            if (sql or "").startswith("CREATE TABLE") and not name.startswith("turn_text"):
                found[name] = sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
        found["terms"] = connection.execute("SELECT rowid, terms FROM turn_text").fetchall()
        return found


@pytest.fixture(params=sorted(RELEASED.glob("*.sql")), ids=lambda file: file.stem)
def released(request: pytest.FixtureRequest, path: Path) -> Path:
    """A file as the release of that revision left it."""
    migrate(path, request.param.stem)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(request.param.read_text("utf-8"))
    return path


def test_an_upgrade_keeps_what_was_said_and_hashes_it(released):
    before = contents(released)["turn"]
    with LongTermStore(released) as store:
        assert store.schema_revision() == upgrade.HEAD
        assert store.check() == []
        texts = [turn.text for turn in store.iterate_turns()]
        assert store.search("Lisbon")[0][0] == 1
    assert len(texts) == 11
    assert all(repr(text)[1:-1] in "\n".join(before) for text in texts)
    [backup] = released.parent.glob("*.backup-before-upgrade-*")
    assert contents(backup)["turn"] == before


def test_an_upgrade_works_out_uses_replacements_and_words(released):
    with LongTermStore(released) as store:
        lisbon, porto, bruno = (store.memories(ids=[memory])[0] for memory in (1, 5, 2))
        assert (lisbon.superseded_by, lisbon.superseded_at) == (5, porto.said_at)
        assert [m.id for m in store.memories(as_of=lisbon.said_at)] == [1]
        assert (bruno.uses, bruno.strength, bruno.refs) == (3, 4.0, ("r3", "r4"))
        used = datetime(2025, 5, 6, 10, tzinfo=UTC)
        restated = store.turn("r4").said_at
        assert store.uses([2, 4, 5]) == {
            2: (restated, used, used),
            4: (used.replace(day=5),),
            5: (),
        }
        assert [
            m.id
            for m in store.same_words("user", ["my dog is called bruno"])["my dog is called bruno"]
        ] == [2]
        assert [m.id for m in store.memories() if m.pinned] == [6]


def test_an_upgraded_file_works_on_without_giving_out_an_id_again(released, said):
    with LongTermStore(released) as store:
        [turn] = store.append([said("new", ref="new")])
        [memory] = store.consolidate([Decision(turn.id, "keep")])
        assert (turn.id, memory.id) == (15, 11)
        assert store.check() == []


def test_a_downgrade_leaves_no_trace(released):
    before = contents(released)
    migrate(released, "head")
    assert contents(released) != before
    with LongTermStore(released) as store:
        store.pin([1])
        store.record_uses([1], datetime(2026, 1, 1, tzinfo=UTC))
    migrate(released, "0001", down=True)
    after = contents(released)
    expected = dict(before)
    for name in ("memory", "turn", "owner"):  # what was done in between shows
        del after[name], expected[name]
    assert after == expected
    migrate(released, "head")
    with LongTermStore(released) as store:
        assert store.check() == []
        assert store.memories(ids=[1])[0].pinned
