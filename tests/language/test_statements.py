"""What a text states, read from its form alone."""

from __future__ import annotations

import random

import pytest

from assistant.language import read_statements, same_value
from language.nonsense import chinese_word, english_word


def read(text: str, speaker: str = "user") -> list[tuple[str, str, bool]]:
    return [(s.subject, s.value, s.exclusive) for s in read_statements(text, speaker)]


@pytest.mark.parametrize(
    ("text", "subject", "value"),
    [
        ("My dog is called Bruno.", "user|my dog|called", "Bruno"),
        ("My dog's called Bruno", "user|my dog|called", "Bruno"),
        ("My dog’s name is Bruno", "user|my dog|called", "Bruno"),
        ("my dog is named bruno now", "user|my dog|called", "bruno"),
        ("No, my dog is called Rex", "user|my dog|called", "Rex"),
        ("Actually my dog is called Rex", "user|my dog|called", "Rex"),
        ("Remember that my dog is called Rex!", "user|my dog|called", "Rex"),
        ("My name is Sam", "user|i|called", "Sam"),
        ("Call me Sam", "user|i|called", "Sam"),
        ("Ana's dog is called Rex", "user|ana's dog|called", "Rex"),
        ("I live in Lisbon with my sister", "user|i|live in", "Lisbon"),
        ("I live in Lisbon, near the river", "user|i|live in", "Lisbon"),
        ("I'm living in Lisbon these days", "user|i|live in", "Lisbon"),
        ("I've moved to Porto", "user|i|live in", "Porto"),
        ("I moved from Lisbon to Porto last week", "user|i|live in", "Porto"),
        ("Ana lives in Porto and works at Acme", "user|ana|live in", "Porto"),
        ("I work at Acme as a welder", "user|i|work at", "Acme"),
        ("I work as a nurse", "user|i|work as", "a nurse"),
        ("I'm from Porto", "user|i|from", "Porto"),
        ("I am 34 years old", "user|i|age", "34"),
        ("My son is 3 years old", "user|my son|age", "3"),
        ("My favorite colour is blue", "user|my favourite colour|is", "blue"),
        ("My boss is Kim", "user|my boss|is name", "Kim"),
        ("My meeting is on Friday", "user|my meeting|is on time", "Friday"),
        ('My favourite book is "Dune"', "user|my favourite book|is", "Dune"),
        ("我的狗叫旺财。", "user|我的狗|叫", "旺财"),
        ("我家的狗名字叫旺财", "user|我的狗|叫", "旺财"),
        ("我妈妈叫李华", "user|我的妈妈|叫", "李华"),
        ("不对，我的狗叫小黑", "user|我的狗|叫", "小黑"),
        ("我叫小明", "user|我|叫", "小明"),
        ("安娜的狗叫Rex", "user|安娜的狗|叫", "Rex"),
        ("我现在住在北京了", "user|我|住", "北京"),
        ("我搬到了广州", "user|我|住", "广州"),
        ("我在腾讯工作", "user|我|在…工作", "腾讯"),
        ("我今年三十岁了", "user|我|岁", "三十"),
        ("我最喜欢的颜色是蓝色", "user|我的最喜欢的颜色|是", "蓝色"),
        ("我的生日是5月3日", "user|我的生日|是", "5月3日"),
    ],
)  # fmt: skip
def test_single_valued_forms_are_exclusive(text: str, subject: str, value: str) -> None:
    assert read(text)[0] == (subject, value, True)


@pytest.mark.parametrize(
    ("text", "subject", "value"),
    [
        ("I like jazz, blues and soul", "user|i|like", "jazz, blues and soul"),
        ("I visited Porto", "user|i|visit", "Porto"),
        ("I have a dog called Bruno", "user|i|have", "a dog called Bruno"),
        ("My dog is brown", "user|my dog|is", "brown"),
        ("My boss is Portuguese", "user|my boss|is", "Portuguese"),
        ("I'm a nurse", "user|i|is a", "a nurse"),
        ("I live in a small flat", "user|i|live in", "a small flat"),
        ("I work at night", "user|i|work at", "night"),
        ("I moved to the kitchen", "user|i|move to", "the kitchen"),
        ("I moved to Lisbon in 2010", "user|i|move to", "Lisbon in 2010"),
        ("I lived in Lisbon", "user|i|lived in", "Lisbon"),
        ("My dog was called Bruno", "user|my dog|was called", "Bruno"),
        ("The restaurant is called Mirador", "user|the restaurant|called", "Mirador"),
        ("My sister wants to live in Porto", "user|my sister|want", "to live in Porto"),
        ("我喜欢爵士乐", "user|我|喜欢", "爵士乐"),
        ("我的狗是黑色的", "user|我的狗|是…的", "黑色"),
        ("My flight to Oslo leaves from gate 14", "user|my flight to oslo|leave from", "gate 14"),
        ("备用钥匙在蓝色花盆下面", "user|备用钥匙|在", "蓝色花盆下面"),
        ("我是老师", "user|我|是", "老师"),
        ("我养了一只叫旺财的狗", "user|我|养", "一只叫旺财的狗"),
    ],
)  # fmt: skip
def test_forms_that_hold_many_values_exclude_nothing(text: str, subject: str, value: str) -> None:
    assert read(text)[0] == (subject, value, False)


@pytest.mark.parametrize(
    "text",
    [
        "My dog is not called Bruno",
        "My dog isn't called Bruno",
        "My dog is no longer called Bruno",
        "I don't live in Lisbon any more",
        "I never lived in Lisbon",
        "I used to live in Lisbon",
        "Is my dog called Bruno?",
        "what is my dog called",
        "If my dog is called Bruno, so is yours",
        "My dog would be called Bruno",
        "I wish my dog were called Bruno",
        "Maybe my dog is called Bruno",
        "I think my dog is called Bruno",
        "Ana says my dog is called Bruno",
        'He shouted "my dog is called Bruno"',
        "His very words: “my dog is called Bruno”",
        "I'm going to live in Lisbon",
        "I might move to Lisbon",
        "My meeting is called off",
        "He is called Bruno",
        "我的狗不叫旺财",
        "我没住在上海",
        "我不住在上海了",
        "我的狗叫什么",
        "我的狗叫旺财吗？",
        "如果我的狗叫旺财",
        "我的狗可能叫旺财",
        "小明说我的狗叫旺财",
        "他喊“我的狗叫旺财”",
        "我希望住在上海",
        "它叫旺财",
        "我会记住你的话",
        "我想去酒店住宿",
        "推荐您去北京饭店住宿",
        "周边有家餐馆叫喜蜗牛",
        "推荐你去的那家特别好的餐馆叫喜蜗牛",
        "There are 32 hotels",
        "I like it",
        "I feel like a hero",
        "I'm sorry",
        "",
        "?!",
    ],
)
def test_what_is_not_plainly_stated_is_no_statement(text: str) -> None:
    assert read(text) == []


def test_the_same_form_with_another_value_has_the_same_subject() -> None:
    pairs = [
        ("My dog is called Bruno.", "Actually my dog's name is Rex."),
        ("I live in Lisbon.", "I've just moved to Porto!"),
        ("I'm 34.", "I turned 35"),
        ("我的狗叫旺财", "我家的狗现在叫小黑了。"),
        ("我住在上海", "我上周搬到了北京。"),
    ]
    for before, after in pairs:
        (old,), (new,) = read_statements(before, "user"), read_statements(after, "user")
        assert old.subject == new.subject
        assert not same_value(old.value, new.value)


def test_different_things_never_share_a_subject() -> None:
    texts = (
        "My dog is called Bruno; My other dog is called Rex; My cat is called Tom; My boss is Kim; "
        "Ana's dog is called Max; My boss is 50; My friend Eva lives in Faro; I live in Porto; "
        "My friend Tom lives in Braga; I work at Acme; 我的狗叫旺财; 我的猫叫咪咪"
    ).split("; ")
    subjects = [subject for text in texts for subject, _, _ in read(text)]
    assert len(set(subjects)) == len(subjects) == len(texts)


def test_two_statements_in_one_sentence_are_both_read() -> None:
    assert [value for _, value, _ in read("My dog's name is Bruno and my cat is called Tom")] == [
        "Bruno",
        "Tom",
    ]


def test_a_statement_beside_a_question_is_read() -> None:
    assert [value for _, value, _ in read("My dog is called Bruno. What is yours called?")] == [
        "Bruno"
    ]


def test_the_same_thing_is_meant_whoever_says_it() -> None:
    (mine,) = read_statements("My dog is called Rex", "Ana")
    (hers,) = read_statements("Ana's dog is called Rex", "user")
    assert mine.entity == hers.entity == "ana's dog"
    assert mine.subject != hers.subject


def test_a_value_that_only_adds_to_another_is_the_same() -> None:
    assert same_value("Lisbon", "Lisbon, Portugal")
    assert same_value("the Netherlands", "netherlands")
    assert not same_value("Bruno", "Rex")
    assert not same_value("", "Rex")


ENGLISH_FORMS = [
    "My {thing} is called {value}.",
    "my {thing}'s name is {value}",
    "Actually, my {thing} is named {value} now!",
    "By the way, my {thing} is called {value} because it {other}s",
    "Zora's {thing} is called {value}, and it is old",
]
CHINESE_FORMS = [
    "我的{thing}叫{value}",
    "我家的{thing}名字叫{value}。",
    "其实我的{thing}现在叫{value}了",
]


@pytest.mark.parametrize("seed", range(30))
def test_invented_english_things_are_read(seed: int) -> None:
    rng = random.Random(seed)
    thing, value, other = english_word(rng), english_word(rng).capitalize(), english_word(rng)
    text = rng.choice(ENGLISH_FORMS).format(thing=thing, value=value, other=other)
    owner = "zora's" if "Zora" in text else "my"
    assert read(text)[0] == (f"user|{owner} {thing}|called", value, True)


@pytest.mark.parametrize("seed", range(30))
def test_invented_chinese_things_are_read(seed: int) -> None:
    rng = random.Random(seed)
    thing, value = chinese_word(rng), chinese_word(rng)
    text = rng.choice(CHINESE_FORMS).format(thing=thing, value=value)
    assert read(text)[0] == (f"user|我的{thing}|叫", value, True)
