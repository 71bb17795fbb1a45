"""Markdown that streams: the same whatever the pieces, nothing lost, no style left on."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.terminal.markdown import BOLD, CODE, HEADING, PLAIN, QUOTE, Markdown, without_marks
from assistant.terminal.output import PlainTerminalOutput, TerminalOutput


def read(text: str, size: int | None = None) -> str:
    markdown = Markdown()
    size = size or max(len(text), 1)
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    return "".join(map(markdown.feed, pieces)) + markdown.finish()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **b c** d", f"a {BOLD}b c{PLAIN} d"),
        ("小**泽**好", f"小{BOLD}泽{PLAIN}好"),
        ("run `ls *.py` now", f"run {CODE}ls *.py{PLAIN} now"),
        ("## Dogs\nx", f"{HEADING}Dogs{PLAIN}\nx"),
        ("> so be it\nx", f"{QUOTE}│ so be it{PLAIN}\nx"),
        ("- one\n  * two\n1. three", "• one\n  • two\n1. three"),
        ("```python\n**a**\n```\nb", f"{CODE}**a**{PLAIN}\nb"),
        ("**never closed\nnext", f"{BOLD}never closed{PLAIN}\nnext"),
        ("2 * 3 ** 4 and snake_case", "2 * 3 ** 4 and snake_case"),
        ("f(**options)", f"f({BOLD}options)"),
        ("a*b*c and ``", "a*b*c and ``"),
        ("#nothing -not >", "#nothing -not >"),
        ("-", "-"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, None])
def test_what_is_styled_and_what_is_not(text: str, shown: str, size: int | None) -> None:
    assert read(text, size) == shown


MARKED = st.text(st.sampled_from("ab *`#>-~\n小"), max_size=60)


@given(MARKED, st.integers(1, 7))
def test_pieces_make_no_difference(text: str, size: int) -> None:
    assert read(text, size) == read(text)


@given(MARKED)
def test_no_letter_is_lost_outside_of_fences(text: str) -> None:
    if "```" in text or "~~~" in text:
        return
    letters = re.compile("[ab小]")
    assert letters.findall(without_marks(read(text))) == letters.findall(text)


@given(st.one_of(MARKED, st.text(max_size=40)), st.integers(1, 5))
def test_every_line_printed_ends_without_a_style(text: str, size: int) -> None:
    printed = io.StringIO()
    output = TerminalOutput(printed)
    for start in range(0, len(text), size):
        output.piece(text[start : start + size], markdown=True)
    output.line()
    for line in printed.getvalue().split("\n"):
        codes = re.findall(r"\x1b\[([\d;]*)m", line)
        assert not codes or codes[-1] == "0"
        assert "\x1b" not in re.sub(r"\x1b\[[\d;]*m", "", line)
        assert without_marks(line) == line


def test_without_colours_markdown_stands_as_it_came() -> None:
    printed = io.StringIO()
    output = PlainTerminalOutput(printed)
    output.piece("**a** `b`", markdown=True)
    output.line()
    assert printed.getvalue() == "**a** `b`\n"
