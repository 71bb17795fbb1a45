"""The toolbar fits, whatever the width and whatever was said."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assistant.terminal.display import one_line, width
from assistant.terminal.toolbar import Status


@given(st.text(max_size=80), st.integers(10, 200))
def test_the_toolbar_fits_the_terminal(words: str, columns: int) -> None:
    line = Status("memory", 12, 12, words, 1234, 5, "numpy cpu").line(columns)
    assert width(line) <= columns
    assert line == one_line(line)


def test_what_matters_least_is_left_out_first() -> None:
    status = Status("memory", 3, 12, "My dog is called Bruno.", 7, 2, "numpy cpu")
    assert status.line(110) == (
        "normal | memory | short-term 3/12 | next out: My dog is called Bruno. | "
        "7 memories (+2 soon) | numpy cpu"
    )
    assert status.line(40) == "short-term 3/12 | 7 memories (+2 soon)"


def test_a_mode_that_writes_nothing_is_never_left_out() -> None:
    status = Status("memory", 3, 12, "My dog.", 7, 2, "numpy cpu", "off-record")
    for columns in (10, 40, 80, 120):
        assert status.line(columns).startswith("off-record"[: columns - 1])


def test_the_status_is_that_of_the_assistant(open_assistant: Any) -> None:
    with open_assistant() as assistant:
        assistant.remember("My cat is called Tom.")
        assistant.observe("My dog is called Bruno and barks.")
        status = Status.of(assistant)
    assert (status.turns, status.capacity, status.memories, status.soon) == (2, 12, 1, 1)
    assert status.leaving == "My cat is called Tom."
