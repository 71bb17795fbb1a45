"""A clock that jumps, at the ends of the calendar too, reorders nothing and stops nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clocks import Clock

from assistant import Assistant, Turn

LISBON = ZoneInfo("Europe/Lisbon")
Open = Callable[..., Assistant]


def at(*parts: int, zone: Any = LISBON, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=zone, fold=fold)  # type: ignore[arg-type, misc]


def written(moment: datetime) -> tuple[datetime, timedelta | None]:
    """What stood on the clock; comparing zones at the ends of the calendar would overflow."""
    return moment.replace(tzinfo=None, fold=0), moment.utcoffset()


EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
WAYS: dict[str, list[datetime]] = {
    "back a day": [
        at(2026, 5, 3, 9), at(2026, 5, 3, 9, 1), at(2026, 5, 2, 9, 1), at(2026, 5, 2, 9, 2),
    ],
    "back ten years and forth": [at(2026, 5, 3, 9), at(2016, 5, 3, 9), at(2026, 5, 3, 9, 5)],
    "an hour that comes twice": [
        at(2026, 10, 25, 1, 30), at(2026, 10, 25, 1, 59), at(2026, 10, 25, 1, 0, fold=1),
        at(2026, 10, 25, 1, 30, fold=1), at(2026, 10, 25, 2, 0),
    ],
    "an hour that never comes": [
        at(2026, 3, 29, 0, 59), at(2026, 3, 29, 1, 30), at(2026, 3, 29, 2),
    ],
    "leap day": [
        at(2028, 2, 28, 23, 59), at(2028, 2, 29, 0, 1), at(2028, 2, 29, 23), at(2028, 3, 1),
    ],
    "across the date line": [at(2026, 5, 3, 9, zone=EAST), at(2026, 5, 3, 9, zone=WEST)],
    "year 9999": [at(9999, 12, 31, 23, 58, zone=UTC), at(9999, 12, 31, 23, 59, 59, zone=UTC)],
    "year 9999 in the west": [
        at(9999, 12, 31, 23, 59, zone=WEST), at(9999, 12, 31, 23, 59, zone=EAST),
    ],
    "year 1": [at(1, 1, 1, 0, 0, zone=UTC), at(1, 1, 1, 0, 1, zone=UTC), at(1, 1, 2, zone=UTC)],
    "year 1 in the east": [at(1, 1, 1, zone=EAST), at(1, 1, 1, 0, 1, zone=WEST)],
    "before the epoch": [at(1969, 12, 31, 23, 59, zone=UTC), at(1970, 1, 1, zone=UTC)],
    "from one end to the other": [
        at(9999, 12, 31, zone=UTC), at(1, 1, 1, zone=UTC), at(2026, 5, 3),
    ],
    "odd offsets": [
        at(2026, 5, 3, 9, zone=timezone(timedelta(hours=5, minutes=45))),
        at(2026, 5, 3, 9, zone=timezone(timedelta(hours=-3, minutes=-30, seconds=-52))),
    ],
}  # fmt: skip
ASKED = (
    "What is my dog called?",
    "What did I say yesterday?",
    "What happened last week?",
    "我昨天说了什么？",
    "What did I do in May?",
)


@pytest.mark.parametrize("way", WAYS)
def test_turns_stay_in_the_order_they_were_said(
    way: str, open_assistant: Open, clock: Clock
) -> None:
    said: list[str] = []
    with open_assistant() as assistant:
        for number, moment in enumerate(WAYS[way]):
            clock.now = moment
            text = f"My dog number {number} was called Rex{number} yesterday."
            assistant.reply(text)
            said.append(text)
            for question in ASKED:
                assert assistant.reply(question).text
                said.append(question)
        own = [turn.text for turn in assistant.store.turns() if turn.role == "user"]
        assert own == said
        held = [one.turn.text for one in assistant.short_term.turns if one.turn.role == "user"]
        assert held == said[-len(held) :]
        times = [turn.said_at for turn in assistant.store.turns() if turn.role == "user"]
        assert list(map(written, times[:: 1 + len(ASKED)])) == list(map(written, WAYS[way]))
    with open_assistant() as assistant:
        assert assistant.store.check() == []
        assert [turn.text for turn in assistant.store.turns() if turn.role == "user"] == said
        for question in ASKED:
            assert assistant.reply(question).text


@pytest.mark.parametrize("way", WAYS)
def test_what_was_said_last_is_what_holds(way: str, open_assistant: Open, clock: Clock) -> None:
    with open_assistant() as assistant:
        for number, moment in enumerate(WAYS[way]):
            clock.now = moment
            assistant.reply(f"My dog is called Rex{number}.")
        assistant.new_session()
        last = f"My dog is called Rex{len(WAYS[way]) - 1}."
        current = [m.text for m in assistant.memories() if m.superseded_by is None and m.subject]
        assert current == [last]
        assert assistant.recall("What is my dog called?")[0].text == last


def test_a_silence_before_the_clock_went_back_is_no_error(
    open_assistant: Open, clock: Clock
) -> None:
    with open_assistant() as assistant:
        assistant.reply("My dog is called Biscuit.")
        session = assistant.session
        clock.advance(days=-400)
        assistant.reply("My cat is called Tom.")
        assert assistant.session == session, "going back is no silence"
        clock.advance(days=800)
        assistant.reply("I live in Porto.")
        assert assistant.session != session


@pytest.mark.faults
def test_a_thousand_jumps_reorder_nothing(open_assistant: Open, clock: Clock) -> None:
    rng = random.Random(7)
    said = [f"My thing {number} is called Zorp{number}." for number in range(1000)]
    with open_assistant() as assistant:
        for start in range(0, len(said), 20):
            seconds = rng.randrange(-62135596800 + 10**6, 253402300799 - 10**6)
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
            clock.now = moment.astimezone(timezone(timedelta(minutes=rng.randrange(-720, 840))))
            assistant.observe_many([Turn(text) for text in said[start : start + 20]])
            assistant.recall("What was my thing called last month?")
        assert [turn.text for turn in assistant.store.turns()] == said
        assert assistant.store.check() == []
