"""The page of figures: right numbers, plots that fit, ASCII where blocks cannot be shown."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.terminal.commands import all_commands
from assistant.terminal.context import CommandContext
from assistant.terminal.display import width
from assistant.terminal.engine import Engine
from assistant.terminal.output import PlainTerminalOutput
from assistant.terminal.plots import bars, bins, columns
from assistant.terminal.settings import Settings

NUMBERS = st.lists(st.floats(0, 1e6), max_size=40)


@given(NUMBERS, st.integers(1, 6), st.booleans())
def test_columns_are_as_wide_as_the_values_and_as_high_as_the_rows(
    values: list[float], rows: int, blocks: bool
) -> None:
    lines = columns(values, rows=rows, blocks=blocks)
    assert len(lines) == rows
    assert all(len(line) == len(values) for line in lines)
    assert blocks or "".join(lines).isascii()


@given(st.lists(st.tuples(st.text("ab小", max_size=6), st.integers(0, 10**6)), max_size=8))
def test_bars_never_leave_their_room_and_show_what_is_more_than_nothing(
    pairs: list[tuple[str, int]],
) -> None:
    labels, values = [label for label, _ in pairs], [value for _, value in pairs]
    label = max(map(width, labels), default=0)
    for line, value in zip(bars(labels, values, room=20), values, strict=True):
        assert width(line) <= label + 1 + 20 + 1 + len(f"{value:,}")
        assert (value > 0) == any(sign in line for sign in "▏▎▍▌▋▊▉█")


@given(st.lists(st.floats(0, 1)), st.integers(1, 20))
def test_bins_lose_nothing(values: list[float], count: int) -> None:
    assert sum(bins(values, 0, 1, count)) == len(values)


def test_the_figures_are_those_of_the_memory(run: Any, run_json: Any) -> None:
    empty = run_json("stats")["data"]
    assert (empty["turns"], empty["memories"], empty["first"]) == (0, 0, None)
    for words in ("My dog is called Bruno.", "My cat is called Tom.", "My cat is called Tim."):
        run("remember", words)
    data = run_json("stats")["data"]
    assert (data["turns"], data["memories"], data["superseded"]) == (3, 3, 1)
    assert sum(data["salience"]) == sum(data["strength"].values()) == 3
    assert len(data["recall_ms"]) == 3
    assert run_json("stats")["data"]["turns"] == 3


def test_the_figures_are_those_of_the_memories_read_one_by_one(open_assistant: Any) -> None:
    assistant = open_assistant(":memory:")
    for words in ("My dog is called Bruno.", "My dog is called Rex.", "I like chess.", "A car."):
        assistant.remember(words)
    assistant.observe("I live in Porto.", speaker="Ana")
    assistant.remember("I like chess.")
    assistant.pin([1])
    assistant.new_session()
    memories = assistant.store.memories(newest_first=False)
    figures = assistant.store.figures()
    assert [(one.said_at, *one[2:]) for one in figures] == [
        (m.said_at, m.speaker, m.salience, m.superseded_by is not None, m.pinned, m.strength - 1)
        for m in memories
    ]
    assert [one.said_at.utcoffset() for one in figures] == [m.said_at.utcoffset() for m in memories]
    assert {one.superseded for one in figures} == {one.pinned for one in figures} == {True, False}
    assert {one.uses for one in figures} == {0, 1}


def test_stats_can_be_stopped(open_assistant: Any) -> None:
    settings, registry = Settings(store=":memory:"), all_commands()
    engine = Engine(settings, lambda given: open_assistant(":memory:"))
    context = CommandContext(settings, engine, PlainTerminalOutput(io.StringIO()), registry)
    context.assistant.remember("My dog is called Bruno.")
    command, call = registry.parse("stats")
    context.stop.set()
    with pytest.raises(KeyboardInterrupt):
        command.handler(context, call)
    engine.close()


@pytest.mark.parametrize("columns_", [40, 80])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_the_page_fits_and_a_dumb_terminal_gets_ascii(
    open_assistant: Any, monkeypatch: pytest.MonkeyPatch, columns_: int, term: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns_))
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), "utf-8"))
    printed = io.StringIO()
    settings, registry = Settings(store=":memory:"), all_commands()
    engine = Engine(settings, lambda given: open_assistant(":memory:"))
    context = CommandContext(settings, engine, PlainTerminalOutput(printed), registry)
    for number in range(30):
        context.assistant.remember(f"My friend {number} likes the number {number}.")
    command, call = registry.parse("stats")
    command.handler(context, call)
    engine.close()
    shown = printed.getvalue()
    assert max(map(width, shown.splitlines())) <= columns_
    assert "Memories over time" in shown
    assert shown.isascii() == (term == "dumb")
