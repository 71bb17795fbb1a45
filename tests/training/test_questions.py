from __future__ import annotations

import random

import pytest

from assistant.training.questions import about_another, questions_about


def asked(text: str, name: str | None) -> set[str]:
    return {q for seed in range(60) for q in questions_about(text, random.Random(seed), name)}


def test_a_past_statement_is_asked_about_in_the_third_person() -> None:
    assert "When did Nora go to Oslo?" in asked("I went to Oslo.", "Nora")


def test_a_past_statement_is_asked_about_in_the_first_person() -> None:
    assert "When did I go to Oslo?" in asked("I went to Oslo.", None)


def test_what_is_mine_becomes_somebodys() -> None:
    assert "Who is Nora's sister?" in asked("My sister is Ida.", "Nora")


def test_chinese_statements_are_asked_about() -> None:
    questions = asked("我的狗叫小泽。", "小明")
    assert questions
    assert all(q.count("小明") for q in questions)
    assert any("叫什么" in q for q in questions)


@pytest.mark.parametrize("text", ["", "Hi!", "thanks", "好的", "?", "\ud800"])
def test_small_talk_gives_no_questions(text: str) -> None:
    assert asked(text, "Nora") == set()


def test_the_first_person_is_turned_into_the_third() -> None:
    assert about_another("I love my dog", "Nora") == "Nora love her dog"
