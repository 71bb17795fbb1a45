"""Forgetting leaves no row, no term and no byte behind."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import date

import numpy as np
import pytest

from storage import DateSpan, Decision, LongTermStore, StoreLocked, forgetting, verify_backup


def bytes_of(path):
    """The bytes of the store's files, log and shared index included."""
    files = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    return b"\x00\x00".join(file.read_bytes() for file in files if file.exists())


def terms_of(path):
    """Every term that the full text still holds."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, turn_text, row)")
        return {row[0] for row in connection.execute("SELECT term FROM temp.words")}


SECRETS = ("xylophagous", "zanzibarian", "qwertzuiop", "咕噜星球")


def test_no_byte_of_what_was_forgotten_is_left(path, said):
    dice = random.Random(3)
    vector = np.arange(1, 65, dtype=np.float32)
    with LongTermStore(path) as store:
        for n in range(300):
            filler = " ".join(dice.choice("abcdefgh") * dice.randint(3, 9) for _ in range(40))
            store.append([said(f"{filler} {n}")])
            if n % 10 == 0:
                words = f"My {dice.choice(SECRETS)} is {SECRETS[0]} {SECRETS[3]} {filler}"
                new = said(
                    words, ref=f"xref-{n}", speaker=SECRETS[1], vector=vector, fingerprint="f"
                )
                [turn] = store.append([new])
                span = DateSpan(SECRETS[2], date(2026, 5, 2), date(2026, 5, 2))
                store.consolidate(
                    [Decision(turn.id, "keep", subject=SECRETS[2], value=SECRETS[3], dates=(span,))]
                )
        before = bytes_of(path)
        secrets = [word.encode() for word in SECRETS] + [store.vectors_of([turn.id])[turn.id]]
        secrets[-1] = (vector / np.linalg.norm(vector)).astype("<f2").tobytes()
        assert all(secret in before for secret in (*secrets, b"xref-"))
        doomed = [turn.id for turn in store.iterate_turns() if turn.ref.startswith("xref-")]
        receipt = store.forget(doomed)
        after = bytes_of(path)
        assert [secret for secret in (*secrets, b"xref-") if secret in after] == []
        assert (receipt.turns, receipt.memories) == (30, 30)
        assert {"turn", "turn_text", "memory.db", "memory.db-wal"} <= set(receipt.scanned)
        assert store.check() == []
        assert store.count_turns() == 300
        assert terms_of(path).isdisjoint({*SECRETS[:3], "咕噜"})
    assert [secret for secret in (*secrets, b"xref-") if secret in bytes_of(path)] == []


def test_secure_delete_alone_would_not_be_enough(path, said, monkeypatch):
    """The reason for rewriting the file: without it, bytes of deleted rows stay behind."""
    monkeypatch.setattr("storage.database.Database.rewrite", lambda self: None)
    with LongTermStore(path) as store:
        store.append([said("my xylophagous secret", ref="x")])
        store.forget([1])
        assert b"xylophagous" in bytes_of(path)


def test_what_the_planner_has_counted_goes_too(filed, said):
    """A SQLite built with STAT4 keeps samples of the keys, words among them."""
    filed.append([said("xylophagous"), said("kept")])
    with filed._database.writing() as connection:
        connection.exec_driver_sql("ANALYZE")
    tables = "SELECT count(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'"
    with filed._database.reading() as connection:
        assert connection.exec_driver_sql(tables).scalar() == 1
    filed.forget([1])
    with filed._database.reading() as connection:
        assert connection.exec_driver_sql(tables).scalar() == 0
    filed.optimise()
    assert filed.check() == []


def test_everything_derived_goes_with_the_turn(store, said):
    store.append([said("My parrot is Zorp.", vector=np.ones(3), fingerprint="f"), said("Hello.")])
    store.consolidate([Decision(1, "keep", subject="parrot")])
    receipt = store.forget([1, 1, 99])
    assert (receipt.turns, receipt.memories) == (1, 1)
    assert [turn.id for turn in store.turns()] == [2]
    assert store.search("parrot zorp", scope="transcript") == []
    assert store.turns(search="zorp") == store.memories() == []
    assert store.fingerprints() == store.vectors_of([1]) == {}
    assert store.turn("r1") is None
    assert store.check() == []


def test_ids_are_never_given_again(store, said):
    store.append([said(), said()])
    store.consolidate([Decision(1, "keep"), Decision(2, "keep")])
    store.forget([2])
    [turn] = store.append([said()])
    [memory] = store.consolidate([Decision(turn.id, "keep")])
    assert (turn.id, memory.id) == (3, 3)
    store.forget([1, 3])
    [turn] = store.append([said()])
    assert turn.id == 4


def test_a_forgotten_ref_can_come_again(store, said):
    store.append([said("one", ref="a")])
    store.forget([1])
    assert store.append([said("another", ref="a")])[0].text == "another"


def test_a_memory_lives_on_in_its_restatement(store, said):
    store.append(
        [said("Yesterday I named my dog Bruno.", ref="a"), said("Bruno, my dog.", ref="b")]
    )
    store.append([said("The dog? Bruno.", ref="c")])
    day = date(2026, 5, 2)
    span = DateSpan("Yesterday", day, day)
    store.consolidate([Decision(1, "keep", subject="dog", value="Bruno", dates=(span,))])
    store.consolidate([Decision(2, "restate", target=1, subject="dog", value="bruno")])
    store.consolidate([Decision(3, "restate", target=1)])
    store.record_uses([1], said().said_at)
    receipt = store.forget([1])
    [memory] = store.memories()
    assert (receipt.turns, receipt.memories) == (1, 0)
    assert (memory.id, memory.turn, memory.text) == (1, 2, "Bruno, my dog.")
    assert (memory.refs, memory.subject, memory.value) == (("b", "c"), "dog", "bruno")
    assert (memory.dates, memory.strength) == ((), 3.0)
    store.forget([3])
    assert store.memories()[0].refs == ("b",)
    assert store.forget([2]).memories == 1
    assert store.memories() == []
    assert store.check() == []


def test_forgetting_a_correction_makes_what_it_replaced_current_again(store, said):
    store.append([said("Lisbon"), said("Porto"), said("Faro")])
    store.consolidate([Decision(1, "keep")])
    store.consolidate([Decision(2, "keep", supersedes=(1,))])
    store.consolidate([Decision(3, "keep", supersedes=(2,))])
    assert store.index("f").superseded.tolist() == [True, True, False]
    store.forget([2])
    assert store.memories(ids=[1])[0].superseded_by == 3
    store.forget([3])
    assert store.memories(ids=[1])[0].superseded_by is None
    assert store.index("f").superseded.tolist() == [False]


def test_forgetting_in_pieces_or_at_once_is_the_same(store, said):
    store.append([said() for _ in range(700)])
    store.consolidate([Decision(n, "keep") for n in range(1, 701)])
    assert store.forget(range(1, 650)).turns == 649
    assert store.count_turns() == store.count_memories() == 51
    assert store.check() == []


def test_a_reader_in_the_way_is_named_and_the_next_opening_finishes_the_work(
    path, said, monkeypatch
):
    monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 100)
    store = LongTermStore(path)
    store.append([said("my xylophagous secret")])
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM turn").fetchall()
    with pytest.raises(StoreLocked, match="another process is reading"):
        store.forget([1])
    assert store.turns() == []
    store.append([said("life goes on")])
    with LongTermStore(path) as opened:
        assert opened.count_turns() == 1
    assert b"xylophagous" in bytes_of(path)
    reader.close()
    with LongTermStore(path) as opened:
        assert b"xylophagous" not in bytes_of(path)
        assert opened.check() == []
    store.close()


def test_a_forgetting_that_was_cut_short_leaves_a_backup_if_there_was_one(path, said, monkeypatch):
    with LongTermStore(path) as store:
        store.append([said("xylophagous"), said("kept")])
        store.backup(at=said().said_at)
        with monkeypatch.context() as patch:
            patch.setattr(forgetting, "scrub", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                store.forget([1])
    with LongTermStore(path) as store:
        [made] = store.backups()
        assert verify_backup(made.path) == []
    assert not [f.name for f in path.parent.iterdir() if b"xylophagous" in f.read_bytes()]
