"""What processes are killed at: each scene of the life of a store."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import StaticPool, create_engine

from assistant import Assistant
from assistant.fusion import FusionRanker
from assistant.testing import HashEncoder, LengthNetwork
from assistant.transfer import import_lines
from faults.killing import Scene, Tell
from storage import LongTermStore, NewTurn, backups_of, restore_backup, upgrade
from storage.sealing import seal_turn

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
RELEASED = Path(__file__).parents[1] / "storage" / "released"

WORDS = "river stone 记忆 lamp 狗 harbour violet 雨 engine 'quoted' \"double\" 100% --"


def words(dice: random.Random) -> str:
    """Something to say that is told from anything else."""
    some = " ".join(dice.choice(WORDS.split()) for _ in range(dice.randint(2, 30)))
    return f"My number {dice.randrange(10**9)} is {some} 完."


def opened(path: Path) -> Assistant:
    return Assistant(path, encoder=HashEncoder(), network=LengthNetwork(), ranker=FusionRanker())


def fill(path: Path, tell: Tell, count: int = 30, *, settled: bool = False) -> None:
    """A store with some turns."""
    dice = random.Random(1)
    with opened(path) as assistant:
        for _ in range(count):
            text = words(dice)
            assistant.observe(text)
            tell(text)
        if settled:
            assistant.new_session()


def missing(path: Path, told: list[str]) -> list[str]:
    """Words acknowledged that are not there, and words there that nobody can have said."""
    with LongTermStore(path) as store:
        there = [turn.text for turn in store.iterate_turns() if turn.role == "user"]
    lost = [f"lost: {text}" for text in told if text not in set(there)]
    cut = [f"half: {text!r}" for text in there if text[:9] != "My number" or text[-2:] != "完."]
    twice = [f"twice: {text}" for text in set(there) if there.count(text) > 1]
    return lost + cut + twice


# -- a turn of chat --------------------------------------------------------------------------------


def chat(path: Path, tell: Tell, dice: random.Random) -> None:
    with opened(path) as assistant:
        for _ in range(dice.randint(3, 20)):
            text = words(dice)
            assistant.reply(text)
            tell(text)


# -- consolidation ---------------------------------------------------------------------------------


def consolidate(path: Path, tell: Tell, dice: random.Random) -> None:
    assistant = opened(path)
    for _ in range(dice.randint(1, 4)):
        for _ in range(dice.randint(1, 14)):
            text = words(dice)
            assistant.observe(text)
            tell(text)
        assistant.new_session()
    assistant.close()


def sleep(path: Path, tell: Tell, dice: random.Random) -> None:
    with opened(path) as assistant:
        for _ in range(3):
            for _ in range(dice.randint(1, 14)):
                text = words(dice)
                assistant.observe(text)
                tell(text)
            assistant.sleep()


# -- an upgrade ------------------------------------------------------------------------------------


def old_file(path: Path, tell: Tell) -> None:
    """A file as the first release left it, with many rows more."""
    from alembic import command

    engine = create_engine(f"sqlite:///{path}", poolclass=StaticPool)
    config = upgrade.alembic_config()
    config.attributes["connection"] = engine
    command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((RELEASED / "0001.sql").read_text("utf-8"))
        dice = random.Random(1)
        for n in range(1000, 1500):
            text = words(dice)
            connection.execute(
                "INSERT INTO turn (id, owner, session_id, consolidated, revision, said_at, "
                "offset_s, role, speaker, ref, text) "
                "VALUES (?, 'default', 1, 1, 1, ?, 0, 'user', 'user', ?, ?)",
                (n, n, f"many-{n}", text),
            )
            connection.execute("INSERT INTO turn_text (rowid, terms) VALUES (?, 'x')", (n,))
            tell(text)
        connection.commit()


def upgrade_file(path: Path, tell: Tell, dice: random.Random) -> None:
    LongTermStore(path).close()


def missing_after_upgrade(path: Path, told: list[str]) -> list[str]:
    with LongTermStore(path) as store:
        there = {turn.text for turn in store.iterate_turns()}
        memories = store.count_memories()
    found = [f"lost: {text}" for text in told if text not in there]
    return found + ([] if memories == 7 else [f"{memories} memories"])


# -- a new encoder ---------------------------------------------------------------------------------


def with_vectors(path: Path, tell: Tell) -> None:
    fill(path, tell, 200, settled=True)


def reindex(path: Path, tell: Tell, dice: random.Random) -> None:
    with LongTermStore(path) as store:
        for _ in range(4):
            fingerprint, size = f"encoder-{dice.randrange(10**6)}", dice.choice([8, 64])
            while stale := store.stale(fingerprint, 16):
                store.set_vectors(
                    [(turn.id, np.full(size, turn.id, np.float32)) for turn in stale], fingerprint
                )


def missing_vectors(path: Path, told: list[str]) -> list[str]:
    with LongTermStore(path) as store:
        ids = [turn.id for turn in store.iterate_turns()]
        found = [f"no vector: {turn}" for turn in set(ids) - set(store.vectors_of(ids))]
    return found + missing(path, told)


# -- an import -------------------------------------------------------------------------------------


def take_in(path: Path, tell: Tell, dice: random.Random) -> None:
    def lines() -> Iterator[bytes]:
        for n in range(dice.randint(2, 6)):
            texts = [words(dice) for _ in range(dice.randint(1, 25))]
            turns = [
                {
                    "id": f"{dice.randrange(10**12)}",
                    "session": 1,
                    "speaker": "user",
                    "time": (NOON + timedelta(minutes=n)).isoformat(),
                    "text": text,
                }
                for text in texts
            ]
            line = {"id": f"c{dice.randrange(10**12)}", "turns": turns, "questions": []}
            yield json.dumps(line).encode() + b"\n"
            for text in texts:  # asked for the next line, it has written this one
                tell(text)

    with opened(path) as assistant:
        import_lines(assistant, lines(), "file")


# -- backups ---------------------------------------------------------------------------------------


def copy(path: Path, tell: Tell, dice: random.Random) -> None:
    with LongTermStore(path) as store:
        for _ in range(6):
            text = words(dice)
            ref = str(dice.randrange(10**12))
            store.append([NewTurn(ref, "s", "user", "user", text, NOON)])
            tell(text)
            store.backup(keep=3)


def put_back(path: Path, tell: Tell, dice: random.Random) -> None:
    backups = backups_of(path)
    restore_backup(path, dice.choice(backups).path, datetime.now(UTC))


def with_backups(path: Path, tell: Tell) -> None:
    fill(path, tell, 40)
    with LongTermStore(path) as store:
        store.backup()
        for n in range(5):
            store.append([NewTurn(f"x{n}", "s", "user", "user", "My number more 完.", NOON)])
        store.backup()


def missing_after_restore(path: Path, told: list[str]) -> list[str]:
    with LongTermStore(path) as store:
        there = {turn.text for turn in store.iterate_turns()}
    return [f"lost: {text}" for text in told if text not in there]


# -- forgetting ------------------------------------------------------------------------------------


def forget(path: Path, tell: Tell, dice: random.Random) -> None:
    with LongTermStore(path) as store:
        for _ in range(4):
            kept, secret = words(dice), f"My number secret {dice.randrange(10**12)} 完."
            refs = [str(dice.randrange(10**12)) for _ in range(2)]
            told = [
                NewTurn(ref, "s", "user", "user", text, NOON)
                for ref, text in zip(refs, (kept, secret), strict=True)
            ]
            turns = store.append(told)
            tell(kept)
            if dice.random() < 0.3:
                store.backup(keep=2)
            store.forget([turns[1].id])
            tell(f"-{secret}")


def not_forgotten(path: Path, told: list[str]) -> list[str]:
    """Words that are gone from the tables, but not from the files."""
    gone = [line[1:] for line in told if line.startswith("-")]
    content = b"\0".join(file.read_bytes() for file in path.parent.iterdir() if file.is_file())
    with LongTermStore(path) as store:
        there = {turn.text for turn in store.iterate_turns()}
    found = [f"still there: {text}" for text in gone if text.encode() in content or text in there]
    return found + missing(path, [line for line in told if not line.startswith("-")])


# -- what must be caught ---------------------------------------------------------------------------


def careless(path: Path, tell: Tell, dice: random.Random) -> None:
    """Writes a turn and its full text each on its own, and tells of them too early."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        session = raw.execute("SELECT key FROM session WHERE id = 1").fetchone()[0]
        turn = raw.execute("SELECT max(id) FROM turn").fetchone()[0]
        for _ in range(100):
            turn += 1
            said = {"said_at": 1, "offset_s": 0, "role": "user", "speaker": "user"}
            row = {"id": turn, "owner": "default", "ref": str(turn), "text": words(dice), **said}
            tell(row["text"])
            raw.execute(
                "INSERT INTO turn (id, owner, session_id, consolidated, revision, said_at, "
                "offset_s, role, speaker, ref, text, row_hash) VALUES (:id, :owner, 1, 1, 1, "
                ":said_at, :offset_s, :role, :speaker, :ref, :text, :hash)",
                row | {"hash": seal_turn(row, session)},
            )
            raw.execute("INSERT INTO turn_text (rowid, terms) VALUES (?, 'x')", (turn,))


SCENES = {
    "chat": Scene(fill, chat, missing),
    "consolidation": Scene(fill, consolidate, missing),
    "migration": Scene(old_file, upgrade_file, missing_after_upgrade, fresh=True),
    "reindex": Scene(with_vectors, reindex, missing_vectors),
    "import": Scene(fill, take_in, missing),
    "backup": Scene(fill, copy, missing),
    "restore": Scene(with_backups, put_back, missing_after_restore, fresh=True),
    "forgetting": Scene(fill, forget, not_forgotten),
    "careless": Scene(fill, careless, missing),
}
if hasattr(Assistant, "sleep"):
    SCENES["sleep"] = Scene(fill, sleep, missing)
