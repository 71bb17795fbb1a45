"""Recall as of an earlier time: what had been said by then, as it was believed then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from assistant import Assistant

Open = Callable[..., Assistant]


def test_what_was_believed_then_is_recalled(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        a.remember("I live in Lisbon.")
        clock.advance(days=10)
        between = clock()
        clock.advance(days=10)
        a.remember("I moved to Porto.")
        clock.advance(days=10)
        now = a.recall("Where do I live?")
        assert [(hit.text, hit.superseded) for hit in now] == [
            ("I moved to Porto.", False),
            ("I live in Lisbon.", True),
        ]
        then = a.recall("Where do I live?", as_of=between)
        assert [(hit.text, hit.superseded) for hit in then] == [("I live in Lisbon.", False)]


def test_words_are_those_of_the_time(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        number = a.remember("My dog is called Bruno.").id
        clock.advance(days=10)
        between = clock()
        clock.advance(days=10)
        a.edit(number, "My dog is called Bruno the Second.")
        a.new_session()
        assert a.recall("dog")[0].text == "My dog is called Bruno the Second."
        assert [hit.text for hit in a.recall("dog", as_of=between)] == ["My dog is called Bruno."]


def test_before_anything_was_said_there_is_nothing(open_assistant: Open, clock: Any) -> None:
    before = clock()
    clock.advance(days=1)
    with open_assistant() as a:
        a.remember("My dog is called Bruno.")
        a.observe("I saw a heron by the river today")
        assert len(a.recall("dog heron")) == 2
        assert len(a.recall("dog heron", as_of=before)) == 0
        assert len(a.recall("dog heron", as_of=before, scope="transcript")) == 0


def test_a_time_without_an_offset_is_refused(open_assistant: Open) -> None:
    with open_assistant() as a, pytest.raises(ValueError, match="as_of is 2026-05-03"):
        a.recall("dog", as_of=datetime(2026, 5, 3))  # noqa: DTZ001
