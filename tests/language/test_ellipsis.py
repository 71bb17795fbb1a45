"""Questions that lean on the one before."""

from __future__ import annotations

import random

import pytest

from assistant.language import complete_question, is_incomplete
from language.nonsense import chinese_word, english_word


@pytest.mark.parametrize(
    ("text", "earlier", "expected"),
    [
        ("And Eva?", "Where does Ana live?", "Where does Eva live?"),
        ("and her sister?", "Where does Ana live?", "Where does Ana's sister live?"),
        ("And Eva?", "Where do I live?", "Where does Eva live?"),
        ("And me?", "Where does Ana live?", "Where do I live?"),
        ("And my cat?", "What is my dog called?", "What is my cat called?"),
        ("And Eva?", "What is my dog called?", "What is Eva's dog called?"),
        ("Eva's?", "What is my dog called?", "What is Eva's dog called?"),
        ("what about Porto?", "When did I visit Lisbon?", "When did I visit Porto?"),
        ("What about my wallet?", "Where did I put my keys?", "Where did I put my wallet?"),
        ("And in May?", "What did I do in April?", "What did I do in May?"),
        ("And yesterday?", "What did I do on Monday?", "What did I do yesterday?"),
        ("And her sister?", "How old is my mother?", "How old is my mother's sister?"),
        ("And Ana?", "What do you know about me?", "What do you know about Ana?"),
        ("What about Eva?", "What is Ben's film?", "What is Eva's film?"),
        ("And Eva?", "What is my favourite film?", "What is Eva's favourite film?"),
        ("艾娃呢？", "安娜的狗叫什么？", "艾娃的狗叫什么？"),
        ("Eva?", "Who likes Ana?", "Who likes Eva?"),
        ("And Eva?", "Where does Ana live? Thanks!", "Where does Eva live?"),
        ("那艾娃呢？", "安娜住在哪里？", "艾娃住在哪里？"),
        ("她妹妹呢？", "安娜住在哪里？", "安娜的妹妹住在哪里？"),
        ("那我的猫呢？", "我的狗叫什么？", "我的猫叫什么？"),
        ("艾娃呢？", "我的狗叫什么名字？", "艾娃的狗叫什么名字？"),
        ("艾娃呢？", "安娜什么时候领养了鹦鹉？", "艾娃什么时候领养了鹦鹉？"),
    ],
)
def test_an_ellipsis_is_completed_from_the_question_before(
    text: str, earlier: str, expected: str
) -> None:
    assert complete_question(text, [earlier]) == expected


@pytest.mark.parametrize(
    "text",
    [
        "And you?",
        "你呢？",
        "And then?",
        "And what is that?",
        "My sister lives in Porto.",
        "and my cat is called Tom",
        "Hello!",
        "Where does Eva live?",
        "好的呢",
        "?",
        "",
    ],
)
def test_whatever_is_not_elliptical_stays_as_it_is(text: str) -> None:
    assert complete_question(text, ["Where does Ana live?", "安娜住在哪里？"]) == text


def test_without_an_earlier_question_nothing_is_completed() -> None:
    assert complete_question("And Eva?", []) == "And Eva?"
    assert complete_question("And Eva?", ["My dog is called Bruno."]) == "And Eva?"


def test_the_newest_question_that_fits_is_taken() -> None:
    earlier = ["How old is Ana?", "Where does Ana live?", "安娜几岁？"]
    assert complete_question("And Eva?", earlier) == "Where does Eva live?"
    assert complete_question("艾娃呢？", earlier) == "艾娃几岁？"


@pytest.mark.parametrize("seed", range(10))
def test_invented_things_are_replaced_by_form(seed: int) -> None:
    rng = random.Random(seed)
    one, other = english_word(rng), english_word(rng)
    assert complete_question(f"and my {other}?", [f"What is my {one} called?"]) == (
        f"What is my {other} called?"
    )
    one, other = chinese_word(rng), chinese_word(rng)
    assert complete_question(f"那我的{other}呢？", [f"我的{one}叫什么？"]) == f"我的{other}叫什么？"


@pytest.mark.parametrize(
    "text",
    [
        "and her sister?",
        "And Eva?",
        "What about my cat?",
        "what is she called?",
        "那她妹妹呢？",
        "她叫什么？",
    ],
)
def test_a_question_that_leans_on_what_was_said_is_incomplete(text: str) -> None:
    assert is_incomplete(text)


@pytest.mark.parametrize(
    "text",
    [
        "Where does Ana live?",
        "I gave it to her.",
        "Thanks!",
        "",
        "我的狗叫什么？",
        "Did Nora tell Emil that it was raining in Porto when they came back from the long hike?",
    ],
)
def test_a_question_that_stands_alone_is_not(text: str) -> None:
    assert not is_incomplete(text)
