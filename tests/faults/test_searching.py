"""Searching never errs and never does anything else, whatever is searched for."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import Decision, LongTermStore, NewTurn

NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)

PIECES = [
    *"\" ' ; -- /* */ * ^ ( ) { } [ ] : , . + - = < > | & % _ ? ! ~ ` @ # $ \\ /".split(" "),
    *"\n \t \r //".split(" "),
    *"AND OR NOT NEAR NEAR( NEAR/3 and or not MATCH LIKE GLOB NULL null terms rowid rank".split(),
    *"turn_text turn memory owner sqlite_master PRAGMA ATTACH DETACH".split(),
    "DROP TABLE turn",
    "'; DROP TABLE turn; --",
    '" OR 1=1 --',
    "') UNION SELECT text, 1 FROM turn --",
    "'); DELETE FROM turn_text WHERE ('1'='1",
    'terms : "parrot"',
    "{terms} : parrot",
    "- terms : x",
    "parrot*",
    '"parrot',
    "par\"rot'",
    ":match",
    "%s %(x)s {0} ${x}",
    "?1",
    "\x00",
    "\x1a",
    "\x1b[31m",
    "\u202e",
    "\ud800",
    "\udfff\ud800",
    "\ufeff",
    "\u0301\u0301",
    "ﬀ",
    "İ",
    "ß",
    "ǅ",
    "한국어",
    "ไทย",
    "鹦鹉",
    "我的",
    "。！？",
    "👩‍👩‍👧",
    "🦜",
    "1,024",
    "12.5e-7",
    "0x1f",
    "don't",
    "''''",
    "parrot",
    "a" * 5000,
    "字" * 3000,
    "\U0010ffff",
    "\x7f\x80\x9f",
]


def queries(dice: random.Random) -> Iterator[str]:
    """Anything: pieces that mean something to somebody, single characters, single planes."""
    while True:
        kind = dice.random()
        if kind < 0.6:
            glue = dice.choice(["", " ", " ", '"', "'", "\n"])
            yield glue.join(dice.choice(PIECES) for _ in range(dice.randint(0, 9)))
        elif kind < 0.8:
            yield "".join(chr(dice.randrange(0x250)) for _ in range(dice.randint(1, 40)))
        else:
            yield "".join(chr(dice.randrange(0x110000)) for _ in range(dice.randint(1, 12)))


def everything(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        names = [row[0].decode() for row in connection.execute("SELECT name FROM sqlite_master")]
        found: list[tuple[object, ...]] = [(len(names),)]
        for table in ("turn", "memory", "reading", "owner", "turn_text", "session"):
            found += connection.execute(f"SELECT * FROM {table}").fetchall()
        return found


@pytest.mark.parametrize(
    "counts", [(120, 120), pytest.param((10_000, 40_000), marks=pytest.mark.faults)], ids=str
)
def test_any_query_finds_or_finds_nothing_and_changes_nothing(
    path: Path, rounds: Callable[[int, int], int], counts: tuple[int, int]
) -> None:
    dice = random.Random(counts[0])
    asked = queries(dice)
    with LongTermStore(path, owner="another") as store:
        store.append([NewTurn("x", "s", "user", "user", "parrot of another", NOON)])
    with LongTermStore(path) as store:
        said = [*PIECES, *(next(asked) for _ in range(60))]
        turns = store.append(
            [NewTurn(str(n), "s", "user", "user", text, NOON) for n, text in enumerate(said)]
        )
        store.consolidate([Decision(turn.id, "keep") for turn in turns[::2]])
        before = everything(path)
        own = {turn.id for turn in turns}
        for _ in range(rounds(*counts)):
            query = next(asked)
            for scope in ("memories", "transcript"):
                found = store.search(query, scope=scope)
                assert {turn for turn, _ in found} <= own
            assert {turn.id for turn in store.turns(search=query)} <= own
            assert {memory.turn for memory in store.memories(search=query)} <= own
            assert len(store.memories(subject=query)) == len(store.statements_about(query)) == 0
            assert store.same_words(query, [query])[query] == []
            assert store.turn(query) is None or query in {str(n) for n in range(len(said))}
        assert everything(path) == before
        assert store.check() == []
    print(f"{rounds(*counts)} queries through 8 doors: 0 errors, 0 rows changed")


def test_what_was_said_is_found_by_its_own_words(path: Path) -> None:
    """Searching that quoted everything away would not err either."""
    dice = random.Random(9)
    asked = queries(dice)
    with LongTermStore(path) as store:
        texts = [f"parrot {next(asked)}" for _ in range(100)]
        turns = store.append(
            [NewTurn(str(n), "s", "user", "user", text, NOON) for n, text in enumerate(texts)]
        )
        for turn in turns:
            assert turn.id in {found for found, _ in store.search(turn.text)}
            assert turn.id in {found.id for found in store.turns(search=turn.text)}
