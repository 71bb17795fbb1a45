"""Short-term memory: its three bounds, what leaves, and the state that is carried."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from assistant import ShortTermMemory
from assistant.testing import HashEncoder, LengthNetwork
from storage import TurnRecord

ENCODER = HashEncoder()
START = datetime(2026, 5, 3, 9, tzinfo=UTC)


def turn(number: int, text: str = "", at: datetime = START) -> TurnRecord:
    text = text or f"turn number {number}"
    return TurnRecord(number, f"r{number}", "s", "user", "user", text, at, False, None)


def take(memory: ShortTermMemory, record: TurnRecord, tokens: int = 3) -> list[int]:
    vector = ENCODER.encode([record.text])[0]
    return [held.turn.id for held in memory.observe(record, vector, tokens)]


@pytest.fixture
def memory() -> ShortTermMemory:
    return ShortTermMemory(LengthNetwork(), capacity=3, token_capacity=20)


def test_the_oldest_turn_leaves_when_there_is_one_too_many(memory: ShortTermMemory) -> None:
    assert [take(memory, turn(n)) for n in range(1, 6)] == [[], [], [], [1], [2]]
    assert memory.leaves_next is not None
    assert memory.leaves_next.turn.id == 3


def test_turns_leave_when_there_are_too_many_tokens(memory: ShortTermMemory) -> None:
    take(memory, turn(1), tokens=8)
    take(memory, turn(2), tokens=8)
    assert take(memory, turn(3), tokens=13) == [1, 2]
    assert memory.tokens == 13


def test_a_turn_longer_than_the_memory_is_held_alone(memory: ShortTermMemory) -> None:
    take(memory, turn(1))
    assert take(memory, turn(2), tokens=5000) == [1]
    assert [held.turn.id for held in memory.turns] == [2]


@pytest.mark.parametrize(("minutes", "ended"), [(30, False), (30.01, True), (-600, False)])
def test_silence_is_measured_on_turn_times(
    memory: ShortTermMemory, minutes: float, ended: bool
) -> None:
    take(memory, turn(1))
    assert memory.ended_by_silence(START + timedelta(minutes=minutes)) is ended


def test_an_empty_memory_is_never_silent(memory: ShortTermMemory) -> None:
    assert not memory.ended_by_silence(START)


def test_the_state_is_carried_and_zeroed_by_clearing(memory: ShortTermMemory) -> None:
    assert not memory.state.h.any()
    take(memory, turn(1))
    first = memory.state.h.copy()
    take(memory, turn(2))
    assert not np.array_equal(memory.state.h, first)
    assert [held.turn.id for held in memory.clear()] == [1, 2]
    assert not memory.state.h.any()
    assert memory.turns == ()
    assert memory.context is None


def test_forgetting_leaves_no_trace_of_a_turn_in_the_state(memory: ShortTermMemory) -> None:
    for number in (1, 2, 3):
        take(memory, turn(number))
    memory.forget({2})
    other = ShortTermMemory(LengthNetwork(), capacity=3, token_capacity=20)
    for number in (1, 3):
        take(other, turn(number))
    assert [held.turn.id for held in memory.turns] == [1, 3]
    np.testing.assert_array_equal(memory.state.h, other.state.h)
