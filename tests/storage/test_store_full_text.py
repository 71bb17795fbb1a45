"""The full-text index is compared with the words, and made anew out of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage import LongTermStore, StoreCorrupt

TEXTS = [
    "My parrot is called Bruno.",
    "我的狗叫布鲁诺，住在柏林。",
    "A 🦜 said 'don't', ﬁne, 1,024 and İstanbul ß Ǆ 한국어 ไทย",
    "",
    '\x00 \ud800 \x1b[2J \u0301\u0301 AND OR "NEAR(',
    "a" * 5000 + " " + "字" * 3000,
]

HARM = {
    "a row is gone": "DELETE FROM turn_text WHERE rowid = 1",
    "a row is not a turn's": "INSERT INTO turn_text (rowid, terms) VALUES (999, 'parrot')",
    "a row has other terms": "UPDATE turn_text SET terms = 'my cat is call bruno' WHERE rowid = 1",
    "the terms beside it have changed": "UPDATE turn_text_content SET c0 = 'x' WHERE id = 1",
    "the index has changed": "UPDATE turn_text_data SET block = CAST(replace(CAST(block AS TEXT),"
    " 'parrot', 'carrot') AS BLOB) WHERE id > 10",
}


@pytest.fixture
def told(path: Path, said: Callable[..., object]) -> Path:
    with LongTermStore(path, owner="another") as store:
        store.append([said(text) for text in TEXTS])
    with LongTermStore(path) as store:
        store.append([said(text) for text in TEXTS])
        store.forget([8])
    return path


def found(path: Path, word: str) -> list[int]:
    with LongTermStore(path, owner="another") as store:
        return [turn for turn, _ in store.search(word)]


def test_an_index_of_any_text_holds_what_was_said(told: Path) -> None:
    for read_only in (False, True):
        with LongTermStore(told, read_only=read_only) as store:
            assert store.full_text_strays() == []
            assert store.full_text_strays() == []  # and leaves nothing behind


@pytest.mark.parametrize("harm", HARM)
def test_what_it_holds_wrongly_is_found_read_only_too_and_made_anew(told: Path, harm: str) -> None:
    with closing(sqlite3.connect(told)) as raw:
        raw.execute(HARM[harm])
        raw.commit()
    before = told.read_bytes()
    with LongTermStore(told, read_only=True) as store:
        strays = store.full_text_strays()
    assert 999 in strays if "not a turn's" in harm else 1 in strays
    assert len(strays) <= 2
    assert told.read_bytes() == before
    with LongTermStore(told) as store:
        assert store.rebuild_full_text() == 2 * len(TEXTS) - 1
        assert store.full_text_strays() == store.check() == []
    assert found(told, "parrot") == [1]
    assert found(told, "柏林") == [2]
    assert 999 not in found(told, "parrot")


def test_one_that_cannot_be_read_is_said_and_made_anew(told: Path) -> None:
    with closing(sqlite3.connect(told)) as raw:
        raw.execute("UPDATE turn_text_data SET block = zeroblob(length(block)) WHERE id > 10")
        raw.commit()
    with LongTermStore(told) as store:
        with pytest.raises(StoreCorrupt):
            store.full_text_strays()
        store.rebuild_full_text()
        assert store.full_text_strays() == store.check() == []
    assert found(told, "parrot") == [1]


def test_making_it_anew_is_undone_when_it_is_cut_short(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LongTermStore(told) as store:
        monkeypatch.setattr("storage.full_text._INDEX_TERMS", "no statement")
        with pytest.raises(Exception, match="no statement"):
            store.rebuild_full_text()
        monkeypatch.undo()
        assert store.full_text_strays() == store.check() == []
    assert found(told, "parrot") == [1]
