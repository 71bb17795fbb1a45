"""Sleep: duplicates merged, what faded put away, vectors made good, the file checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant import sleeping as module
from storage import Decision, LongTermStore, NewTurn

Open = Callable[..., Assistant]


def put(store: LongTermStore, clock: Any, *texts: str) -> None:
    """Memories as an older version, or two processes at once, may have left them."""
    for text in texts:
        ref = f"r{store.count_turns()}"
        said = NewTurn(ref, "s", "user", "user", text, clock())
        store.commit([said], [Decision(ref, "keep", salience=0.9)])
        clock.advance(minutes=1)


def test_sleep_consolidates_what_is_held_and_keeps_it_at_hand(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("I really like long walks in the rain")
        assert a.sleep().consolidated == 1
        assert len(a.short_term.turns) == 1
        assert a.sleep().consolidated == 0


def test_memories_of_the_same_words_become_one_that_can_be_undone(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        put(a.store, clock, "My dog is Bruno.", "my dog is bruno!", "My cat is Miso.")
        assert a.sleep().merged == 1
        assert [(m.text, m.uses) for m in a.memories()] == [
            ("My cat is Miso.", 0),
            ("My dog is Bruno.", 1),
        ]
        assert a.sleep().merged == 0
        a.undo()
        assert len(a.memories()) == 3


def test_what_is_weak_and_long_unused_is_put_away_found_and_brought_back_by_use(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
        pinned = a.remember("I am allergic to peanuts.").id
        a.pin([pinned])
        clock.advance(days=364)
        assert a.sleep().archived == 0
        a.remember("My cat is called Miso.")
        clock.advance(days=2)
        assert a.sleep().archived == 1
        assert [m.text for m in a.memories()] == [
            "My cat is called Miso.",
            "I am allergic to peanuts.",
        ]
        assert a.recall("What is my dog called?")[0].text == "My dog is called Bruno."
        a.reply("What is my dog called?")
        assert a.short_term.turns
        assert len(a.memories()) == 3
        assert a.sleep().archived == 0


def test_turns_without_a_vector_are_given_one(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        put(a.store, clock, *(f"My thing {n} is Zorp." for n in range(300)))
        assert len(a.store.stale(a.encoder.fingerprint)) == 300
        assert a.sleep().encoded > 0
        assert a.store.stale(a.encoder.fingerprint) == []
        assert a.sleep().encoded == 0


def test_a_damaged_row_is_told(open_assistant: Open, tmp_path: Path) -> None:
    import sqlite3

    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
        assert a.sleep().problems == ()
    with sqlite3.connect(tmp_path / "me.db") as raw:
        raw.execute("UPDATE turn SET text = 'My dog is called Rex.'")
    raw.close()
    with open_assistant() as a:
        assert a.sleep().problems


@pytest.mark.parametrize(
    "step", ["encode_stale", "merge_duplicates", "archive_faded", "optimise", "check"]
)
def test_a_sleep_cut_short_is_finished_by_the_next(
    open_assistant: Open, clock: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def interrupt(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with open_assistant() as a:
        put(a.store, clock, "My dog is Bruno.", "my dog is bruno!")
        with monkeypatch.context() as patched:
            if hasattr(module, step):
                patched.setattr(f"assistant.keeping.{step}", interrupt)
            else:
                patched.setattr(a.store, step, interrupt)
            with pytest.raises(KeyboardInterrupt):
                a.sleep()
        assert a.sleep().problems == ()
        assert len(a.memories()) == 1
        assert a.store.stale(a.encoder.fingerprint) == []
