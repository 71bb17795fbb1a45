"""What recall shows: how surely a question is answered, and which words are in what."""

from __future__ import annotations

from typing import Any


def test_a_question_is_told_how_surely_each_memory_answers_it(run: Any) -> None:
    run("remember", "My sister Eva lives in Vienna.")
    title, row = run("recall", "where does my sister live?").stdout.splitlines()[-2:]
    assert title.split() == ["sure", "said", "who", "words"]
    assert row.split()[0].endswith("%")


def test_bare_words_ask_nothing_and_are_told_which_of_them_a_memory_has(run: Any) -> None:
    run("remember", "My sister Eva lives in Vienna.")
    run("remember", "The bins go out on Tuesday.")
    told = run("recall", "sisters Tuesday zebra").stdout
    title, *rows = told.splitlines()
    assert title.split() == ["has", "said", "who", "words"]
    assert "%" not in told
    assert "surely answers" not in told
    assert sorted(row.split("  ")[0] for row in rows[:2]) == ["Tuesday", "sisters"]
    assert rows[-1].startswith("has: which of the words are in it")


def test_chinese_words_ask_nothing_either(run: Any) -> None:
    run("remember", "我的猫叫小花，今年三岁。")
    run("remember", "垃圾星期二收。")
    rows = run("recall", "猫").stdout.splitlines()[1:3]
    told = {row.split()[-1]: row.split()[0] for row in rows}
    assert told == {"我的猫叫小花，今年三岁。": "猫", "垃圾星期二收。": "-"}


def test_nothing_to_recall_is_said_once_without_a_word_about_columns(run: Any) -> None:
    assert run("recall", "sister").stdout == "Nothing comes back.\n"
