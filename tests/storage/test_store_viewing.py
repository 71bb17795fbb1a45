"""Reading much at once: one state of the store, and an index that is never older than it says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import LongTermStore, NewTurn

AT = datetime(2026, 5, 3, tzinfo=UTC)


def said(ref: str) -> NewTurn:
    return NewTurn(ref, "s", "user", "user", f"This is {ref}.", AT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with LongTermStore(tmp_path / "me.db") as store:
        store.append([said("one")])
    return tmp_path / "me.db"


def test_all_that_is_read_in_a_view_is_of_one_state(path: Path) -> None:
    with LongTermStore(path) as store, LongTermStore(path) as other:
        with store.viewing():
            assert store.count_turns() == 1
            other.append([said("two")])
            assert store.count_turns() == 1
        assert store.count_turns() == 2


def test_another_thread_s_view_is_its_own(path: Path) -> None:
    from threading import Thread

    seen: list[int] = []
    with LongTermStore(path) as store, LongTermStore(path) as other, store.viewing():
        assert store.count_turns() == 1
        other.append([said("two")])
        thread = Thread(target=lambda: seen.append(store.count_turns()))
        thread.start()
        thread.join()
    assert seen == [2]


def test_an_index_taken_late_in_a_view_misses_nothing_afterwards(path: Path) -> None:
    with LongTermStore(path) as store, LongTermStore(path) as other:
        with store.viewing():
            assert store.count_turns() == 1  # the first look
            other.append([said("two")])
            assert len(store.index("an encoder")) == 2
        assert len(store.index("an encoder")) == 2


def test_views_within_views_and_errors_leave_nothing_open(path: Path) -> None:
    with LongTermStore(path) as store:

        def fail() -> None:
            with store.viewing(), store.viewing():
                assert store.count_turns() == 1
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            fail()
        store.append([said("two")])
        assert store.count_turns() == 2


def test_a_store_in_memory_can_be_viewed() -> None:
    with LongTermStore(":memory:") as store:
        store.append([said("one")])
        with store.viewing():
            assert store.count_turns() == 1
            assert len(store.index("an encoder")) == 1
        store.append([said("two")])
        assert store.count_turns() == 2
