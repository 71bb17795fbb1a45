"""Which recollections a reply used, and how little is read again for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.language import read_statements
from assistant.responders import MemoryResponder, Request
from assistant.responders import readings as module
from assistant.responders.citing import cited
from assistant.turn import Recollection, Recollections
from responders.conversation import MAY_6, said

BRUNO = said("My dog is called Bruno.")
MISO = said("My cat is called Miso.")
BOAT = said("We took the ferry to Cacilhas and ate grilled sardines by the water.")


def answered(question: str, *hits: Recollection, sure: float = 0.5) -> Any:
    """The reply to a question, said to its end."""
    request = Request(
        text=question,
        speaker="user",
        question=question,
        recollections=Recollections(hits, query=question, threshold=sure),
        short_term=(),
        learned=(),
        now=MAY_6,
        mention_model=True,
    )
    pieces = MemoryResponder().respond(request)
    list(pieces)
    return pieces


def test_what_an_answer_quotes_was_used_and_nothing_else() -> None:
    assert answered("What is my dog called?", MISO, BRUNO).used == (BRUNO,)
    assert answered("What did we eat in Cacilhas?", BOAT, MISO).used[0] is BOAT


def test_a_mere_guess_is_no_use() -> None:
    unsure = replace(BOAT, confidence=0.3)
    pieces = answered("Where did I park the car?", unsure)
    assert pieces.used == ()


def test_a_reply_says_whether_it_mentioned_a_model() -> None:
    assert answered("What is my shoe size?").mentioned_model
    assert answered("Who are you?").mentioned_model
    assert not answered("What is my dog called?", BRUNO).mentioned_model


def test_what_was_read_with_the_memory_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(BRUNO, statements=read_statements(BRUNO.text, "user"), memory=1)

    def again(text: str, *_: Any) -> Any:
        raise AssertionError(f"read again: {text}")

    monkeypatch.setattr(module, "read_statements", again)
    monkeypatch.setattr(module, "told_in", again)
    assert answered("What is my dog called?", known).used == (known,)


def test_a_model_cites_the_memory_whose_value_or_words_its_reply_takes_up() -> None:
    shown = (BRUNO, MISO, BOAT)
    asked = "What is my dog called?"
    assert cited("Your dog is called Bruno, if I recall.", asked, shown) == (BRUNO,)
    assert cited("You had grilled sardines after the ferry to Cacilhas!", "?", shown) == (BOAT,)
    assert cited("I am not sure what your dog is called.", asked, shown) == ()
    assert cited("That sounds like a nice day by the water.", "?", shown) == ()
    assert cited(
        "它叫旺财。", "我的狗叫什么？", (said("我的狗叫旺财。"), said("我的猫叫咪咪。"))
    ) == (said("我的狗叫旺财。"),)
