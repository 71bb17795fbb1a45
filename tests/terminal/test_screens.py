"""What screens say to who reads them for the first time."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from assistant.terminal.output import Column, PlainTerminalOutput


def test_short_term_memory_says_what_is_kept_and_what_salience_is(run: Any, run_json: Any) -> None:
    told = run("chat", input="My dog is called Bruno.\nHello!\n/stm\n").stdout
    rows = {line.split()[-1]: line.split()[2] for line in told.splitlines() if " you " in line}
    assert rows == {"Bruno.": "yes", "Hello!": "no"}
    assert "Salience: how likely a turn is to be needed again, 0 to 1. Kept:" in told


def test_a_turn_told_to_be_remembered_is_kept_already(run: Any) -> None:
    told = run("chat", input="My dog is called Bruno.\n/sleep\n/stm\n").stdout
    assert "1 memory made or said again." in told
    [row] = [line for line in told.splitlines() if line.endswith(" My dog is called Bruno.")]
    assert row.split()[2] == "yes"


def test_a_turn_can_be_looked_at_by_the_name_it_is_listed_under(run: Any) -> None:
    told = run("chat", input="My dog is called Bruno.\n/memories t1\n/new\n/memories T1\n").stdout
    assert "t1. My dog is called Bruno." in told
    assert "still in short-term memory, kept when it leaves" in told
    assert "became memory 1" in told
    assert (
        "there is no turn t99; /history lists them" in run("chat", input="/memories t99\n").stderr
    )


def test_the_strength_of_a_new_memory_is_drawn_over_hours_and_its_figure_explained(
    run: Any,
) -> None:
    run("remember", "My dog is called Bruno.")
    told = run("memories", "1").stdout
    assert re.search(r"\d\d:\d\d +\d{4}-\d\d-\d\d \d\d:\d\d\n", told)
    assert "0 is said this moment, -8 three months ago and never again." in told


def test_a_day_asked_about_tells_how_surely_each_memory_answers(run: Any) -> None:
    run("remember", "I live in Lisbon.")
    title = run("as-of", "today", "where do I live?").stdout.splitlines()[1]
    assert title.split() == ["sure", "no.", "said", "who", "words"]
    title = run("as-of", "today").stdout.splitlines()[1]
    assert title.split() == ["no.", "said", "who", "words"]


def test_a_day_asked_about_in_vain_says_so(run: Any) -> None:
    run("remember", "I live in Lisbon.")
    options = {"REMEMBRANCER_CONFIDENCE_THRESHOLD": "0.999999"}
    told = run("as-of", "today", "where do I live?", env=options).stdout
    assert "; nothing surely answers that, the nearest:" in told.splitlines()[0]


def test_words_that_no_turn_has_are_named(run: Any) -> None:
    run("remember", "I live in Lisbon.")
    assert run("history", "zebra").stdout == "No turn has the words 'zebra'.\n"


def test_what_was_said_before_is_had_by_asking_for_more(run: Any) -> None:
    for place in ("Lisbon", "Porto", "Faro"):
        run("remember", f"I was in {place}.")
    told = run("history", "--limit", "1").stdout.splitlines()
    assert told[0] == "There is more before these: assistant history --limit 2, or words"


def test_modes_are_told_once_each_and_what_is_dropped_with_them(run: Any) -> None:
    told = run("chat", input="/mode\n/mode off-record\n/mode normal\n/mode normal\n").stdout
    assert "  read-only: What is remembered is recalled, and nothing new is written to it." in told
    assert "  off-record: Nothing is written, not even the lines typed." in told
    assert told.count("What was said meanwhile is dropped.") == 1


def test_a_store_of_a_few_turns_has_a_size(run: Any) -> None:
    run("remember", "I live in Lisbon.")
    told = run("stats").stdout
    assert re.search(r"1 turn, 1 memory, \d+ KB", told), told.splitlines()[1]
    assert re.search(r"^once +\S+ +1$", told, re.MULTILINE)


@pytest.mark.parametrize("flag", ["--read-only", "--off-record"])
@pytest.mark.parametrize(
    "words", ["remember tea", "pin 1", "unpin 1", "edit 1 I like tea.", "undo", "inbox 1 now"]
)
def test_what_cannot_be_written_says_what_to_leave_away(run: Any, flag: str, words: str) -> None:
    run("remember", "My dog is called Bruno.")
    done = run(flag, *words.split(" ", 2))
    assert done.exit_code == 2
    assert done.stderr == (
        f"assistant: nothing is written in {flag[2:]} mode; leave the flag away\n"
    )


@pytest.mark.parametrize("given", ["x", "0", "-1", "1.5"])
def test_a_number_is_asked_for_in_the_same_words_in_the_shell_and_in_the_chat(
    run: Any, given: str
) -> None:
    told = f"assistant: --limit is '{given}'; expected a number, 1 or more\n"
    done = run("recall", "--limit", given, "dog")
    assert (done.exit_code, done.stderr) == (2, told)
    assert run("chat", input=f"/recall --limit {given} dog\n").stderr == told
    assert "-n, --limit N" in run("recall", "--help").stdout


def test_who_asks_for_help_as_for_a_command_is_told_where_it_is(run: Any) -> None:
    assert "help is had by --help" in run("help", "recall").stderr


def test_a_page_in_a_narrow_table_is_shown_by_its_beginning(monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    printed = io.StringIO()
    columns = [Column("no."), Column("said"), Column("words")]
    PlainTerminalOutput(printed).table(columns, [["1", "2026-05-03", "word " * 1000]])
    lines = printed.getvalue().splitlines()
    assert len(lines) < 8
    assert lines[-1].endswith("…")
