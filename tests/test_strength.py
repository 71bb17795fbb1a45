"""Strength: the equation to the last digit, uses recorded, and a clock that is set back."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.strength import strength, strengths

Open = Callable[..., Assistant]
NOW = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)
ages = st.lists(st.floats(min_value=1.0, max_value=3e9), min_size=1, max_size=40)


@given(ages)
def test_strength_is_the_base_level_activation_of_act_r(seconds: list[float]) -> None:
    uses = [NOW - timedelta(seconds=s) for s in seconds]
    exact = [(NOW - at).total_seconds() for at in uses]  # a datetime holds microseconds
    equation = math.log(sum(t**-0.5 for t in exact))
    assert strength(uses, NOW) == pytest.approx(equation, abs=1e-9)


def test_known_values() -> None:
    assert strength([NOW - timedelta(seconds=100)], NOW) == pytest.approx(-0.5 * math.log(100))
    four = [NOW - timedelta(seconds=s) for s in (1, 4, 16, 64)]
    assert strength(four, NOW) == pytest.approx(math.log(1 + 1 / 2 + 1 / 4 + 1 / 8), abs=1e-12)


def test_uses_far_apart_last_longer_than_uses_close_together() -> None:
    spaced = [NOW - timedelta(days=d) for d in (60, 30, 1)]
    massed = [NOW - timedelta(days=60), NOW - timedelta(days=60), NOW - timedelta(days=60)]
    assert strength(spaced, NOW) > strength(massed, NOW)


def test_no_use_and_uses_of_this_very_moment() -> None:
    with pytest.raises(ValueError, match="no use"):
        strength([], NOW)
    assert strength([NOW, NOW + timedelta(days=1)], NOW) == pytest.approx(math.log(2))


def told(a: Assistant, clock: Any, *texts: str) -> None:
    for text in texts:
        a.observe(text)
        a.new_session()
        clock.advance(days=1)


def test_what_a_reply_quotes_is_noted_as_used_and_nothing_else(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, "My dog is called Bruno.", "My cat is called Miso.")
        a.reply("What is my dog called?")
        asked = clock()
        assert a.short_term.turns  # what was put off is done
        uses = {m.text: a.store.uses([m.id])[m.id] for m in a.memories()}
        assert uses == {"My dog is called Bruno.": (asked,), "My cat is called Miso.": ()}


def test_recalling_without_replying_is_no_use(open_assistant: Open, clock: Any) -> None:
    with open_assistant() as a:
        told(a, clock, "My dog is called Bruno.")
        a.recall("What is my dog called?")
        assert a.memories()[0].uses == 0


def test_use_makes_stronger_and_a_clock_set_back_reorders_nothing(
    open_assistant: Open, clock: Any
) -> None:
    with open_assistant() as a:
        told(a, clock, *(f"My thing number {n} is called Zorp {n}." for n in range(6)))
        for n in (0, 2, 0):
            a.reply(f"What is my thing number {n} called?")
            clock.advance(hours=7)
        assert a.short_term.turns

        def order() -> list[int]:
            found = strengths(a.store, a.memories(), clock())
            return sorted(found, key=lambda number: -found[number])

        before = order()
        assert before[0] == min(m.id for m in a.memories())  # used twice, though told first
        clock.advance(days=-1)
        assert order() == before
