"""No pattern names a topic: whatever is invented can be told and asked back."""

from __future__ import annotations

import random

import pytest
from language.nonsense import chinese_word, english_word

from responders.conversation import reply, said

# (what is told, what is asked); {thing} and {value} are invented, so is {verb}.
ENGLISH = [
    ("My {thing} is called {Value}", "What is my {thing} called?"),
    ("my {thing}'s name is {value}.", "what's my {thing}'s name"),
    ("Actually my {thing} is named {Value} now!", "Do you remember what my {thing} is called?"),
    ("I live in {Value}.", "Where do I live?"),
    ("I work at {Value} these days.", "where do I work"),
    ("My favourite {thing} is {value}.", "What is my favourite {thing}?"),
    ("Zora's {thing} is called {Value}.", "What is Zora's {thing} called?"),
    ("I {verb}ed {Value} yesterday.", "What did I {verb}?"),
    ("I am allergic to {value}.", "What am I allergic to?"),
    ("My {thing} comes from {Value}.", "Where does my {thing} come from?"),
]
CHINESE = [
    ("我的{thing}叫{value}", "我的{thing}叫什么？"),
    ("我家的{thing}名字叫{value}。", "我的{thing}叫什么名字"),
    ("我最喜欢的{thing}是{value}", "我最喜欢的{thing}是什么？"),
    ("我住在{value}", "我住在哪里？"),
    ("我在{value}工作", "我在哪儿工作？"),
    ("佐拉的{thing}叫{value}", "佐拉的{thing}叫什么？"),
    ("我喜欢{value}", "我喜欢什么？"),
]


def fill(form: str, thing: str, value: str, verb: str) -> str:
    return form.format(thing=thing, value=value, Value=value.capitalize(), verb=verb)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("told", "asked"), ENGLISH)
def test_an_invented_english_thing_is_answered(told: str, asked: str, seed: int) -> None:
    rng = random.Random(f"{told}{seed}")
    words = [english_word(rng) for _ in range(3)]
    other = said(fill("My {thing} is called {Value}.", english_word(rng), english_word(rng), ""))
    answer = reply(fill(asked, *words), [other, said(fill(told, *words), confidence=0.4)])
    assert answer.lower().startswith(f"{words[1]}. you told me")
    assert "called " + other.text.split()[-1] not in answer


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("told", "asked"), CHINESE)
def test_an_invented_chinese_thing_is_answered(told: str, asked: str, seed: int) -> None:
    rng = random.Random(f"{told}{seed}")
    words = [chinese_word(rng) for _ in range(2)]
    other = said(fill("我的{thing}叫{value}", "甲乙", "丙丁", ""))
    answer = reply(fill(asked, *words, ""), [other, said(fill(told, *words, ""), confidence=0.4)])
    assert answer.startswith(f"{words[1]}。你在2026年5月3日告诉我")
    assert "丙丁" not in answer


@pytest.mark.parametrize("seed", range(10))
def test_an_invented_thing_that_was_never_told_is_not_answered(seed: int) -> None:
    rng = random.Random(seed)
    told = said(f"My {english_word(rng)} is called {english_word(rng).capitalize()}.")
    assert reply(f"What is my {english_word(rng)} called?", [told]) == "I don't have that."


@pytest.mark.parametrize("seed", range(10))
def test_an_invented_thing_that_changes_is_answered_with_both(seed: int) -> None:
    rng = random.Random(seed)
    thing, first, second = (english_word(rng) for _ in range(3))
    before = said(f"My {thing} is called {first}.", superseded=True)
    after = said(f"No, my {thing} is called {second} now.")
    answer = reply(f"What is my {thing} called?", [before, after])
    assert answer.startswith(f"{second}. ")
    assert f"called {first}." in answer
