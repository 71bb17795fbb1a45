"""Damage is found, never hidden: whatever a flipped bit or a cut changes is reported."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from storage import (
    DateSpan,
    Decision,
    LongTermStore,
    NewTurn,
    StatementRecord,
    StorageError,
    StoreTooNew,
)
from storage.database import Database

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)
WORDS = "river stone 记忆 lamp 狗 harbour violet 雨 engine quay 我的".split()


def fill(path: Path) -> Path:
    """A store with rows in every table, and a backup beside it."""
    dice = random.Random(2)
    day = DateSpan("那天", date(2026, 5, 2), date(2026, 5, 2))
    with LongTermStore(path) as store:
        for n in range(80):
            text = " ".join(dice.choice(WORDS) for _ in range(dice.choice([3, 12, 40, 400])))
            vector = np.array([dice.random() for _ in range(16)], np.float32)
            [turn] = store.append(
                [NewTurn(f"r{n}", f"s{n // 9}", "user", "user", text, NOON, vector, "f")]
            )
            told = (StatementRecord(f"k{n}", f"v{n}", True, text[:20]),)
            keep = Decision(turn.id, "keep", subject=f"k{n}", value="v", dates=(day,))
            store.consolidate([Decision(**{**fields(keep), "statements": told})] if n % 3 else [])
        store.pin([1, 2, 3])
        store.supersede(4, by=5)
        store.ask(6, 7, "k6", NOON)
        store.edit(8, "edited words 记忆", NOON)
        store.record_uses([1, 2], NOON)
        store.backup(at=NOON)
    return path


def fields(decision: Decision) -> dict[str, object]:
    return {name: getattr(decision, name) for name in Decision.__dataclass_fields__}


def read(store: LongTermStore) -> Iterator[Callable[[], object]]:
    """Everything that can be asked of a store."""
    ids = range(1, 60)
    yield lambda: list(store.iterate_turns())
    yield lambda: store.memories(include_archived=True)
    yield lambda: store.memories(as_of=NOON)
    yield lambda: store.memories(search="river")
    yield lambda: store.statements(ids)
    yield lambda: store.inbox(open_only=False)
    yield lambda: store.changes()
    yield lambda: store.uses(ids)
    yield lambda: store.search("river 记忆")
    yield lambda: store.index("f")
    yield lambda: store.neighbours(list(ids))
    yield lambda: store.pending()
    yield lambda: store.vectors_of(ids)
    yield lambda: store.fingerprints()


def texts(path: Path) -> dict[int, str]:
    """The words of every turn that can be read, as bytes that may be no text any more."""
    database = Database(path, read_only=True)
    found = {}
    try:
        with database.reading() as connection:
            top = connection.exec_driver_sql("SELECT max(id) FROM turn").scalar() or 0
        for turn in range(1, min(top, 200) + 1):
            with database.reading() as connection:
                row = connection.exec_driver_sql(
                    "SELECT typeof(text), hex(CAST(text AS BLOB)) FROM turn WHERE id = ?", (turn,)
                ).first()
                if row is not None:
                    found[turn] = f"{row[0]} {row[1]}"
    finally:
        database.close()
    return found


def harm(content: bytes, dice: random.Random) -> bytes:
    """One bit flipped, in half of the cases within words; or the end cut off."""
    if dice.random() < 0.1:
        return content[: dice.randrange(len(content))]
    place = dice.randrange(len(content))
    if dice.random() < 0.5:
        while (place := content.find(dice.choice(WORDS).encode(), place)) < 0:
            place = dice.randrange(len(content))
        place += dice.randrange(3)
    damaged = bytearray(content)
    damaged[place] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def opened(path: Path) -> tuple[LongTermStore | None, str]:
    """The store, or why it was refused; one that seems to come from the future needs no backup."""
    try:
        return LongTermStore(path), ""
    except StoreTooNew:
        return None, "".join(file.name for file in path.parent.iterdir())
    except StorageError as error:
        return None, str(error)


@pytest.mark.parametrize(
    "counts", [(12, 12), pytest.param((1000, 4000), marks=pytest.mark.faults)], ids=str
)
def test_every_changed_text_is_reported_and_a_good_backup_offered(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    fill(path)
    whole, before = path.read_bytes(), texts(path)
    [backup] = path.parent.glob("*.backup-*")
    dice = random.Random(counts[0])
    tally = {"refused": 0, "reported": 0, "texts changed": 0, "without effect": 0}
    for _ in range(rounds(*counts)):
        path.write_bytes(harm(whole, dice))
        for log in ("-wal", "-shm"):
            path.with_name(path.name + log).unlink(missing_ok=True)
        store, refusal = opened(path)
        if store is None:
            assert backup.name in refusal
            tally["refused"] += 1
            continue
        with store:
            found, changed = store.check(), store.changed_rows()
            for ask in read(store):
                try:
                    ask()
                except StorageError:
                    assert found
        try:
            after = texts(path)
        except StorageError:
            assert found
            after = before
        different = {turn for turn in before if after.get(turn) != before[turn]}
        if different:
            tally["texts changed"] += 1
            gone = {turn for turn in different if turn not in after}
            assert found
            assert gone or different <= set(changed["turn"])
        if found:
            tally["reported"] += 1
            assert backup.name in found[-1]
        else:
            tally["without effect"] += 1
    print(tally)
    assert tally["texts changed"] >= rounds(*counts) // 20
