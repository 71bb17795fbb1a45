"""What a reply does not wait for: done in a thread, by the next call, or at the next start."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assistant import Assistant, Request
from assistant.testing import HashEncoder
from storage import LongTermStore, StorageError, as_stored

Open = Callable[..., Assistant]


class SlowEncoder(HashEncoder):
    """Encodes what the assistant said only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = threading.Event()

    def encode(self, texts: Any, **options: Any) -> Any:
        if any(text.startswith("assistant: ") for text in texts):
            assert self.let.wait(20)
        return super().encode(texts, **options)


def test_a_reply_is_out_and_committed_before_its_words_are_encoded(open_assistant: Open) -> None:
    encoder = SlowEncoder()
    a = open_assistant(encoder=encoder)
    reply = a.reply("My dog is called Biscuit.")
    turns = a.store.turns()
    assert [turn.ref for turn in turns][1:] == [reply.ref]
    assert list(a.store.vectors_of([turn.id for turn in turns])) == [turns[0].id]
    encoder.let.set()
    assert [held.turn.text for held in a.short_term.turns] == [turn.text for turn in turns]
    assert len(a.store.vectors_of([turn.id for turn in turns])) == 2
    a.close()


def test_a_question_is_answered_before_it_is_encoded_as_a_turn(open_assistant: Open) -> None:
    encoder = SlowEncoder()
    encoder.let.set()
    with open_assistant(encoder=encoder) as a:
        a.observe("My dog is called Biscuit.")
        encoder.let.clear()
        reply = a.reply("What is my dog called?")
        told, asked, answered = a.store.turns()
        assert answered.ref == reply.ref
        assert "Biscuit" in reply.text
        assert list(a.store.vectors_of([told.id, asked.id, answered.id])) == [told.id]
        encoder.let.set()
        assert [held.turn.id for held in a.short_term.turns] == [told.id, asked.id, answered.id]
        assert len(a.store.vectors_of([asked.id, answered.id])) == 2


class ListingEncoder(HashEncoder):
    """Keeps what it was asked to encode, and as what."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[tuple[str, str]] = []

    def encode(self, texts: Any, *, kind: Any = "turn") -> Any:
        self.encoded += [(text, kind) for text in texts]
        return super().encode(texts, kind=kind)


def test_what_asks_nothing_is_encoded_once_and_finds_what_it_is_about(
    open_assistant: Open,
) -> None:
    encoder = ListingEncoder()
    with open_assistant(encoder=encoder) as a:
        a.observe("My dog is called Biscuit.")
        encoder.encoded.clear()
        reply = a.reply("Biscuit chewed my shoe.")
        of_user = [one for one in encoder.encoded if not one[0].startswith("assistant: ")]
        assert of_user == [("user: Biscuit chewed my shoe.", "turn")]
        assert reply.recollections[0].text == "My dog is called Biscuit."
        encoder.encoded.clear()
        a.reply("Biscuit is ill. What is my dog called?")
        assert ("Biscuit is ill. What is my dog called?", "query") in encoder.encoded


def test_a_question_after_a_silence_begins_a_session_at_once(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        a.reply("My dog is called Biscuit.")
        first = a.session
        clock.advance(hours=3)
        a.reply("What is my dog called?")
        assert a.session != first
        assert [held.turn.role for held in a.short_term.turns] == ["user", "assistant"]
        assert [memory.text for memory in a.memories()] == ["My dog is called Biscuit."]


def test_what_was_put_off_is_done_without_another_call(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.reply("My dog is called Biscuit.")
        ids = [turn.id for turn in a.store.turns()]
        until = time.monotonic() + 20
        while len(a.store.vectors_of(ids)) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(a.store.vectors_of(ids)) == 2


def without_thread(a: Assistant, monkeypatch: pytest.MonkeyPatch) -> Assistant:
    """An assistant that dies, or is asked again, before the thread has come to anything."""
    monkeypatch.setattr(a._afterwards, "begin", lambda: None)
    return a


def test_a_process_killed_after_an_answer_loses_neither_vector_nor_memory(
    open_assistant: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = without_thread(open_assistant(), monkeypatch)
    for n in range(8):  # sixteen turns: some had to leave, but nothing was decided about the last
        killed.reply(f"I really like the number {n} very much")
    bare = [turn.id for turn in killed.store.turns()]
    assert len(killed.store.vectors_of(bare)) == 15
    with open_assistant() as a:
        a.new_session()
        assert len(a.store.vectors_of(bare)) == 16
        assert len(a.memories()) == 8


def test_closing_finishes_what_was_put_off(
    open_assistant: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_thread(open_assistant(), monkeypatch) as a:
        a.reply("I really like the number 7 very much")
    with open_assistant() as a:
        assert len(a.store.vectors_of([turn.id for turn in a.store.turns()])) == 2
        assert len(a.memories()) == 1


def test_the_same_is_held_and_kept_whether_put_off_or_not(
    open_assistant: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    outcomes = []
    for name, patient in (("one", True), ("two", False)):
        with open_assistant(tmp_path / f"{name}.db") as a:
            if not patient:
                without_thread(a, monkeypatch)
            for n in range(20):
                a.reply(f"I really like the number {n} very much")
                if patient:
                    assert a.short_term.turns
            held = [(one.turn.text, one.salience) for one in a.short_term.turns]
            state = a.short_term.state
            outcomes.append((held, [m.text for m in a.memories()], state.h.tobytes()))
    assert outcomes[0] == outcomes[1]


class Refusing:
    """Stands before a store and refuses to write vectors until told otherwise."""

    def __init__(self, store: LongTermStore) -> None:
        self.write, self.refuses = store.set_vectors, True

    def __call__(self, *given: Any) -> None:
        if self.refuses:
            raise StorageError("the store is held by another process")
        self.write(*given)


def test_what_the_store_refuses_in_the_thread_is_told_to_the_next_call_and_done_later(
    open_assistant: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_assistant() as a:
        refusing = Refusing(a.store)
        monkeypatch.setattr(a.store, "set_vectors", refusing)
        a.reply("My dog is called Biscuit.")  # the thread meets the refusal and keeps quiet
        with pytest.raises(StorageError, match="another process"):
            a.reply("My cat is called Miso.")
        refusing.refuses = False
        assert len(a.short_term.turns) == 2
        assert a.store.count_turns() == 2


class ToldOfAModel:
    """Mentions the model in its second reply only."""

    name, recites = "told", True

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def respond(self, request: Request) -> Any:
        self.asked.append(request.mention_model)

        class Reply:
            mentioned_model = len(self.asked) == 2
            _pieces = iter(["I don't have that."])

            def __iter__(self) -> Any:
                return self._pieces

        return Reply()


def test_the_hint_about_a_model_is_used_up_by_the_reply_that_gave_it(open_assistant: Open) -> None:
    responder = ToldOfAModel()
    with open_assistant(responder=responder) as a:
        for _ in range(4):
            a.reply("What is my shoe size?")
    assert responder.asked == [True, True, False, False]


def test_an_answer_from_a_statement_does_not_use_up_the_hint(open_assistant: Open) -> None:
    from assistant import Config

    never_sure = Config(confidence_threshold=1.0)
    with open_assistant(config=never_sure) as a:
        a.reply("My dog is called Biscuit.")
        told = a.reply("What is my dog called?")
        assert not told.recollections.confident
        assert told.text.startswith("Biscuit.")
        assert "model" in a.reply("What is my shoe size?").text
        assert "model" not in a.reply("What is my blood type?").text


def test_a_turn_taken_in_as_stored_and_one_read_back_are_the_same(open_assistant: Open) -> None:
    with open_assistant() as a:
        a.observe("My dog is called Biscuit.")
        [held] = a.short_term.turns
        assert np.array_equal(held.vector, a.store.vectors_of([held.turn.id])[held.turn.id])
        assert np.array_equal(as_stored(held.vector), held.vector)
