"""Pin, edit, undo, the inbox, as-of and forgetting: in the shell, in the chat, and at the keys."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.as_of import past_day, split_date
from assistant.terminal.history import PrivateHistory
from storage import LongTermStore


def texts(run_json: Any, *arguments: str) -> list[str]:
    return [memory["text"] for memory in run_json("memories", *arguments)["data"]]


def ask_about(store: Path, first: int, second: int) -> int:
    with LongTermStore(store) as opened:
        return opened.ask(first, second, "sleep", datetime(2026, 5, 3, tzinfo=UTC)).id


@pytest.fixture
def uncertain(run: Any, store: Path) -> int:
    """A question in the inbox."""
    run("remember", "I sleep until nine.")
    run("remember", "I get up at six.")
    return ask_about(store, 1, 2)


def test_pinning_several_says_which_were_pinned_already(run: Any, run_json: Any) -> None:
    run("remember", "I am allergic to peanuts.")
    run("remember", "I am vegetarian.")
    run("pin", "1")
    shown = run("pin", "1", "#2").stdout
    assert "Pinned already: 1. I am allergic" in shown
    assert "Pinned: 2. I am vegetarian." in shown
    assert run_json("unpin", "1,2")["data"]["changed"] == [1, 2]


@pytest.mark.parametrize("words", [["pin", "x"], ["pin", "9"], ["edit", "1"], ["edit", "9", "x"]])
def test_numbers_that_mean_nothing_are_one_line(run: Any, words: list[str]) -> None:
    run("remember", "My dog is called Bruno.")
    result = run(*words)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1


def test_a_memory_that_is_none_yet_is_told_apart(run: Any) -> None:
    assert "there is no memory 9; assistant memories lists them" in run("pin", "9").stderr
    assert "there is no memory 9; assistant memories" in run("edit", "9", "x").stderr
    said = run(input="My dog is called Bruno.\n/pin t1\n/new\n/pin 1\n")
    assert "t1 is a turn and no memory; what short-term memory holds" in said.stderr
    assert "Pinned: 1. My dog is called Bruno." in said.stdout


def test_an_edit_is_undone_and_what_was_undone_is_told(run: Any, run_json: Any) -> None:
    run("remember", "My dog is called Bruno.")
    run("edit", "1", "My", "dog", "is", "called", "Rex.")
    assert texts(run_json) == ["My dog is called Rex."]
    shown = run("undo").stdout
    assert "edited" in shown
    assert "1. My dog is called Bruno." in shown
    assert texts(run_json) == ["My dog is called Bruno."]
    assert "nothing to undo" in run("undo").stdout


def test_undo_says_that_a_forgetting_is_final(run: Any, run_json: Any) -> None:
    run("remember", "My dog is called Bruno.")
    run("remember", "My cat is called Tom.")
    run("pin", "2")
    run("forget", "--yes", "1")
    assert "was a forgetting, and that is final" in run("undo").stdout
    assert run_json("undo")["data"]["kind"] == "pin"
    assert texts(run_json) == ["My cat is called Tom."]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("now", ["I get up at six."]),
        ("then", ["I sleep until nine."]),
        ("both", ["I get up at six.", "I sleep until nine."]),
        ("w", ["I sleep until nine."]),
    ],
)
def test_an_answer_in_words_decides(
    run: Any, run_json: Any, store: Path, uncertain: int, answer: str, left: list[str]
) -> None:
    [question] = run_json("inbox")["data"]
    assert question["earlier"]["text"] == "I sleep until nine."
    assert run_json("inbox", str(uncertain), answer)["data"] == []
    with LongTermStore(store) as opened:
        assert [m.text for m in opened.memories(include_superseded=False)] == left
    assert "decided in the inbox" in run("undo").stdout
    assert len(run_json("inbox")["data"]) == 1


def test_both_that_hold_are_told_once_and_asked_about_again_when_undone(
    run: Any, uncertain: int
) -> None:
    told = run("inbox", str(uncertain), "both").stdout
    assert told == f"Question {uncertain}: both hold. assistant undo takes it back.\n"
    undone = run("undo").stdout
    assert undone.startswith("Undone, what was decided in the inbox on ")
    assert undone.endswith("; assistant inbox asks again.\n")


def test_a_new_session_tells_of_questions_that_wait(run: Any, uncertain: int) -> None:
    told = run("chat", input="/new\n").stdout
    assert told == "A new session. 2 memories; /inbox has a question about two of them.\n"
    run("inbox", str(uncertain), "both")
    assert run("chat", input="/new\n").stdout == "A new session. 2 memories.\n"


def test_no_such_answer_and_no_such_question_are_one_line(run: Any, uncertain: int) -> None:
    for words, told in (
        ("perhaps", "the answer is 'perhaps'; expected one of now, then, both, wrong"),
        ("", f"inbox {uncertain} needs an answer; usage: assistant inbox {uncertain} now|then"),
    ):
        result = run("inbox", str(uncertain), words)
        assert result.exit_code == 2
        assert told in result.stderr
    assert "no question has the number 99" in run("inbox", "99", "now").stderr


def test_the_inbox_takes_one_key_each_at_the_prompt(
    terminal: Callable[..., Any], run: Any, uncertain: int, store: Path
) -> None:
    run("remember", "I hate noise.")
    ask_about(store, 1, 3)
    chat = terminal()
    chat.wait("3 memories")
    chat.keys("/inbox\r")
    chat.wait("I get up at six(.|\n)*1 of 2: now, then, both, wrong\\?")
    chat.keys("xn")  # a key that is no answer is not heard
    chat.wait("1 of 2: now, then, both, wrong\\? n(.|\n)*2 of 2: now, then, both, wrong\\?")
    chat.keys("\r")
    chat.wait("2 of 2: now, then, both, wrong\\? -")
    chat.keys("/undo\r")
    chat.wait("Undone, what was decided in the inbox")
    chat.keys("\x04")
    assert chat.ends() == 0


def test_the_inbox_takes_one_key_each_in_the_shell(
    terminal: Callable[..., Any], uncertain: int, run_json: Any
) -> None:
    shell = terminal(arguments=["inbox"])
    shell.wait("1 of 1: now, then, both, wrong\\?")
    time.sleep(0.5)  # a key within the same moment as the question would still want Enter
    shell.keys("b")
    assert shell.ends() == 0
    assert run_json("inbox")["data"] == []


NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("3 May", "2026-05-03"),
        ("24 December", "2025-12-24"),
        ("2026-05-03", "2026-05-03"),
        ("yesterday", "2026-11-22"),
        ("Tuesday", "2026-11-17"),
        ("last week", "2026-11-22"),
        ("today", "2026-11-23"),
        ("5月3日", "2026-05-03"),
        ("昨天", "2026-11-22"),
        ("tomorrow", None),
        ("3 May 2028", None),
        ("dog", None),
        ("my dog yesterday", None),
    ],
)
def test_a_day_without_a_year_is_the_one_that_has_been(phrase: str, day: str | None) -> None:
    found = past_day(phrase, NOW)
    assert (found and found.isoformat()) == day


def test_a_date_ends_where_the_question_begins() -> None:
    moment, question = split_date("3 May where do I live?", NOW)
    assert (moment.date().isoformat(), question) == ("2026-05-03", "where do I live?")


def test_as_of_tells_what_was_believed_then(run: Any, run_json: Any, clock: Any) -> None:
    run("remember", "My dog is called Bruno.")
    clock.advance(days=10)
    run("remember", "My dog is called Rex.")
    clock.advance(days=10)
    then = run_json("as-of", "2026-05-05", "what is my dog called?")["data"]["memories"]
    now = run_json("as-of", "today", "what is my dog called?")["data"]["memories"]
    assert [one["text"] for one in then] == ["My dog is called Bruno."]
    assert [(one["text"], one["superseded_by"]) for one in now] == [
        ("My dog is called Rex.", None),
        ("My dog is called Bruno.", 2),
    ]
    assert "Bruno" in run("chat", input="/as-of 5 May what is my dog called?\n").stdout
    assert run_json("as-of", "2026-05-01")["data"]["memories"] == []
    assert "begins with no date" in run("as-of", "dog").stderr


def test_all_that_match_are_forgotten_when_somebody_says_all(run: Any, run_json: Any) -> None:
    for words in ("My dog is called Bruno.", "Bruno bites.", "My cat is called Tom."):
        run("remember", words)
    survey = run_json("forget", "--all", "--dry-run", "Bruno")["data"]
    assert (survey["memories"], survey["dry_run"]) == (2, True)
    assert len(texts(run_json)) == 3
    receipt = run_json("forget", "--all", "--yes", "Bruno")["data"]
    assert receipt["memories"] == 2
    assert {"turn", "memory", "me.db", "short-term memory"} <= set(receipt["scanned"])
    assert texts(run_json) == ["My cat is called Tom."]


def test_several_numbers_are_forgotten_at_once(run: Any, run_json: Any) -> None:
    for words in ("My dog is called Bruno.", "I like tea.", "My cat is called Tom."):
        run("remember", words)
    assert run_json("forget", "--yes", "1", "3")["data"]["memories"] == 2
    assert texts(run_json) == ["I like tea."]


def test_a_span_of_days_is_forgotten(run: Any, run_json: Any, clock: Any) -> None:
    for day, words in enumerate(["one two three", "four five six", "seven eight nine"]):
        run("remember", f"The day's words are {words}, number {day}.")
        clock.advance(days=1)
    shown = run("forget", "--since", "2026-05-04", "--until", "2026-05-04", "--yes")
    assert "Forgotten: 1 memory" in shown.stdout
    told = "Gone through: transcript, full text, vectors, what was read in the words, memories,"
    assert told in shown.stdout
    assert [text.split()[4] for text in texts(run_json)] == ["seven", "one"]
    assert (
        "nothing kept was said then"
        in run("forget", "--since", "yesterday", "--until", "2026-05-04", "--yes").stderr
    )
    assert "is no day that is past" in run("forget", "--since", "someday", "--yes").stderr


def test_the_lines_typed_are_cleaned_from_the_shell_too(run: Any, store: Path) -> None:
    history = PrivateHistory(store.with_name("me.db.history"))
    for line in ("/remember My PIN is 1234.", "what is my pin?", "/fo PIN", "hello"):
        history.append_string(line)
    run("remember", "My PIN is 1234.")
    shown = run("forget", "--yes", "PIN").stdout
    assert "me.db.history" in shown
    assert list(history.load_history_strings()) == ["hello"]
    left = [path.name for path in store.parent.iterdir() if b"1234" in path.read_bytes()]
    assert left == []


def test_every_answer_is_one_envelope_in_a_piped_chat(run: Any, uncertain: int) -> None:
    lines = f"/pin 1\n/undo\n/inbox\n/inbox {uncertain} both\n/as-of today sleep\n/forget 7\n"
    result = run("chat", "--json", input=lines)
    envelopes = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["ok"] for one in envelopes] == [True] * 5 + [False]
