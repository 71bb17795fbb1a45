"""Forgetting proven: after any history not one byte of what was forgotten is in any file."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from storage import DateSpan, Decision, LongTermStore, NewTurn, StatementRecord

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


class Life:
    """Tells things to a store; every text that a turn brings in bears the turn's mark."""

    def __init__(self, store: LongTermStore, seed: int) -> None:
        self.store = store
        self.dice = random.Random(seed)
        self.at = NOON
        self.count = 0
        self.marks: dict[int, list[bytes]] = {}

    def tell(self, **decided: object) -> int:
        """A turn with everything that can be worked out about it; returns its memory."""
        self.count += 1
        mark = f"q{self.count}x{self.dice.randrange(36**6):06d}z"
        vector = np.array([self.dice.gauss(0, 1) for _ in range(32)], np.float32)
        filler = " ".join("abcdefgh"[self.dice.randrange(8)] * 5 for _ in range(90))
        said = NewTurn(
            f"ref{mark}", f"s{mark}", "user", f"who{mark}", f"{mark} {filler} 记{mark}",
            self.at, vector, "f",
        )  # fmt: skip
        keep = Decision(
            said.ref,
            "keep",
            subject=f"subject{mark}",
            value=f"value{mark}",
            dates=(DateSpan(f"day{mark}", date(2026, 5, 2), date(2026, 5, 2)),),
            words_key=f"key{mark}",
            statements=(StatementRecord(f"s{mark}", f"v{mark}", True, f"w{mark}"),),
            **decided,
        )
        [turn], [memory] = self.store.commit([said], [keep])
        packed = (vector / np.linalg.norm(vector)).astype("<f2").tobytes()
        self.marks[memory.id] = [mark.encode(), packed[:24]]
        assert turn.memory is None
        return memory.id

    def live(self) -> None:
        """One thing that can happen."""
        self.at += timedelta(minutes=7)
        store, dice = self.store, self.dice
        known = list(self.marks)
        act = dice.choice("tell tell correct pin archive edit ask answer merge use undo".split())
        if act == "tell" or len(known) < 4:
            self.tell()
            return
        one, other = dice.sample(known, 2)
        if act == "correct":
            self.tell(supersedes=(one,), supersedes_statements=((other, 0),))
        elif act == "pin":
            store.pin([one], dice.random() < 0.7, self.at)
        elif act == "archive":
            store.archive([one], self.at)
        elif act == "edit":
            mark = f"e{dice.randrange(36**6):06d}y"
            reading = Decision(0, "keep", subject=f"edited{mark}", words_key=mark)
            if store.memories(ids=[one]):
                store.edit(one, f"{mark} edited", self.at, reading=reading)
                self.marks[one].append(mark.encode())
        elif act == "ask" and len(store.memories(ids=[one, other])) == 2:
            # A subject that tells of both, as a careless caller might give.
            subject = (self.marks[one][0] + self.marks[other][0]).decode()
            store.ask(one, other, subject, self.at)
        elif act == "answer" and store.inbox():
            store.answer(dice.choice(store.inbox()).id, dice.choice(["now", "then", "wrong"]))
        elif act == "merge" and store.merge(one, [other], self.at):
            self.marks[one] += self.marks.pop(other)
        elif act == "use":
            store.record_uses([one, other], self.at)
        elif act == "undo":
            undone = store.undo(self.at)
            if undone is not None and undone.kind == "merge":
                # Whose mark is whose again is found by what the memories now say.
                pool = [mark for marks in self.marks.values() for mark in marks]
                self.marks = {memory.id: [] for memory in store.memories(include_archived=True)}
                self.assign(pool)

    def assign(self, pool: list[bytes]) -> None:
        for memory in self.store.memories(include_archived=True):
            turns = [self.store.turn(ref) for ref in memory.refs]
            words = "".join(turn.text + turn.ref for turn in turns if turn).encode()
            vectors = self.store.vectors_of([turn.id for turn in turns if turn]).values()
            packed = [row.astype("<f2").tobytes()[:8] for row in vectors]
            self.marks[memory.id] = [
                mark for mark in pool if mark in words or any(mark[:8] == p for p in packed)
            ]


@pytest.mark.parametrize(
    "counts", [(1, 1), pytest.param((30, 200), marks=pytest.mark.faults)], ids=str
)
def test_after_any_history_no_byte_of_what_was_forgotten_is_left(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    forgotten = 0
    for seed in range(rounds(*counts)):
        place = path.parent / str(seed)
        place.mkdir()
        with LongTermStore(place / "me.db") as store:
            life = Life(store, seed)
            for step in range(90):
                life.live()
                if step % 40 == 20:
                    store.backup(at=life.at)
            victims = life.dice.sample(sorted(life.marks), len(life.marks) // 3)
            doomed, gone = set(), []
            for memory in store.memories(ids=victims):
                doomed |= {store.turn(ref).id for ref in memory.refs}
                gone += life.marks[memory.id]
            kept = [m for one in set(life.marks) - set(victims) for m in life.marks[one][:1]]
            before = b"\0".join(file.read_bytes() for file in place.iterdir())
            assert sum(mark in before for mark in gone) > len(gone) / 2
            receipt = store.forget(sorted(doomed), life.at)
            after = {file.name: file.read_bytes() for file in place.iterdir()}
            left = [(name, mark) for name, data in after.items() for mark in gone if mark in data]
            assert left == []
            assert sum(mark in after["me.db"] + after["me.db-wal"] for mark in kept) == len(kept)
            assert store.check() == []
            assert receipt.backup in after
            assert {"change", "inbox", "memory_statement", "memory_version", "me.db-wal"} <= set(
                receipt.scanned
            )
            forgotten += len(doomed)
            while store.undo(life.at) is not None:
                pass
            assert store.check() == []
            index = store.index("f")
            assert not doomed & set(index.ids.tolist())
        left = [m for f in place.iterdir() for m in gone if m in f.read_bytes()]
        assert left == []
    print(f"{rounds(*counts)} histories, {forgotten} turns forgotten: 0 bytes left in any file")
