"""Vectors have no hash: what of their damage can be seen, and that it is mended."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from storage import Decision, LongTermStore, verify_backup


def fill(store: LongTermStore, said, count: int = 8) -> list[int]:
    dice = np.random.default_rng(1)
    return [
        store.append([said(vector=dice.normal(size=32), fingerprint="f")])[0].id
        for _ in range(count)
    ]


def spoil(path, turn: int, blob: bytes) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE turn_vector SET vector = ? WHERE turn_id = ?", (blob, turn))


def packed(*numbers: float) -> bytes:
    return np.array(numbers, "<f2").tobytes()


@pytest.mark.parametrize(
    "blob",
    [
        packed(*[np.nan] * 32),
        packed(np.inf, *[0.0] * 31),
        packed(*[0.5] * 32),
        packed(1.0),
        packed(1.0)[:1],
        b"",
        b"\x00" * 66,
    ],
    ids=["no number", "endless", "too long", "of another dimension", "half", "empty", "longer"],
)
def test_a_vector_that_no_encoder_makes_is_found_and_made_anew(path, said, blob):
    with LongTermStore(path) as store:
        ids = fill(store, said)
        store.append([said(vector=np.zeros(32), fingerprint="f")])  # of a turn without words
        assert store.check() == []
        assert store.damaged_vectors() == []
        spoil(path, ids[2], blob)
        assert store.damaged_vectors() == [ids[2]]
        [line] = store.check()
        assert f"turns {ids[2]})" in line
        assert "'assistant reindex' makes them anew" in line
        assert store.check(derived_too=False) == []
        assert verify_backup(store.backup()) == []  # no word of it is lost
        seen = store.index("f").vectors
        assert np.isfinite(seen).all()
        store.drop_vectors(store.damaged_vectors())
        assert [turn.id for turn in store.stale("f")] == [ids[2]]
        assert not store.index("f").vectors[2].any()
        assert store.check() == []


def test_the_vectors_of_others_are_checked_and_not_dropped(path, said):
    with LongTermStore(path, owner="a") as one, LongTermStore(path, owner="b") as other:
        fill(one, said)
        [last] = fill(other, said, 1)
        spoil(path, last, packed(1.0))
        assert one.damaged_vectors() == []
        assert len(one.check()) == 1
        one.drop_vectors([last])
        assert other.damaged_vectors() == [last]


def test_vectors_and_uses_of_another_owner_are_found(path, said):
    with LongTermStore(path) as store:
        ids = fill(store, said, 3)
        store.consolidate([Decision(ids[0], "keep")])
        store.record_uses([1], said().said_at)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE turn_vector SET owner = 'x' WHERE turn_id = ?", (ids[1],))
            connection.execute("UPDATE memory_use SET owner = 'x'")
        assert [line.split(": ")[1] for line in store.check()] == [
            "1 vectors of another owner than their turn",
            "1 uses of another owner than their memory",
        ]


def test_looking_at_vectors_costs_little(path, said):
    """A hundred thousand vectors of 256 numbers would take a second."""
    import time

    from storage.vectors import damaged_ids

    dice = np.random.default_rng(1)
    with LongTermStore(path) as store:
        turns = [said(vector=dice.normal(size=256), fingerprint="f") for _ in range(2000)]
        store.append(turns)
        begun = time.process_time()
        with store._database.reading() as connection:
            assert damaged_ids(connection) == []
        assert time.process_time() - begun < 0.5
