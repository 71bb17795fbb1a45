"""Whether a text asks, tells, or keeps company; and what a question asks for."""

from __future__ import annotations

import pytest

from assistant.language import asked_in, is_question, is_small_talk, language_of, told_in
from assistant.language.asked import read_question
from assistant.language.requests import is_order
from assistant.language.small_talk import kinds_of
from assistant.language.text import sentences


@pytest.mark.parametrize(
    "text",
    [
        "What is my dog called?",
        "what is my dog called",
        "where do i live",
        "who lives in Porto",
        "how old am I",
        "Did Ana adopt a parrot",
        "is my dog called bruno",
        "tell me about my dog",
        "remind me what my dog is called",
        "I forgot where I live",
        "And Eva?",
        "what about Porto",
        "Hi! What is my dog called?",
        "Isn't Ana my sister",
        "我的狗叫什么",
        "我住在哪里",
        "谁住在上海",
        "我几岁",
        "我有几只猫",
        "你知道我的狗吗",
        "我的狗是不是叫旺财",
        "告诉我关于我的狗的事",
        "艾娃呢？",
        "给我讲个笑话",
        "说个故事吧",
        "hwo old am I",
        "wehre is the ladder",
        "how long til the regatta",
        "summarise what I told you about the mill",
        "旺财是哪只",
        "有啥要提醒我的",
        "我同桌是做什么的",
        "我同桌在哪上学",
    ],
)
def test_questions_are_known_with_or_without_a_mark(text: str) -> None:
    assert is_question(text)
    assert told_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "My dog is called Bruno.",
        "When I was a child I lived in Lisbon.",
        "What a lovely day!",
        "What I like is jazz",
        "Have fun at the party",
        "Remind me to call Ana",
        "Can't complain",
        "Where I live it rains",
        "我的狗叫旺财",
        "前几天我去了医院",
        "我有好几个朋友",
        "他什么都不吃",
        "我几乎忘了",
        "请记住我的狗叫旺财",
        "帮我记一下，梯子在车库",
        "买了钉子、胶水什么的",
        "在哪都一样",
        "its a parrot, we fetch it on Monday",
    ],
)
def test_what_only_looks_like_a_question_tells(text: str) -> None:
    assert not is_question(text)
    assert told_in(text) == (text,)


def test_a_text_can_tell_and_ask() -> None:
    text = "Hi! My dog is called Bruno. What is my cat called?"
    assert told_in(text) == ("My dog is called Bruno.",)
    assert asked_in(text) == ("What is my cat called?",)
    assert not is_question(text)
    assert not is_small_talk(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Hi!", ("greeting",)),
        ("Hello there, Biscuit", ("greeting",)),
        ("Thanks, bye", ("thanks", "farewell")),
        ("thank you for your help", ("thanks",)),
        ("Hey, how are you?", ("greeting", "wellbeing")),
        ("What time is it?", ("time",)),
        ("what's the date today", ("date",)),
        ("ok", ("assent",)),
        ("Who are you?", ("identity",)),
        ("你好！", ("greeting",)),
        ("谢谢你，再见", ("thanks", "farewell")),
        ("现在几点了？", ("time",)),
        ("今天星期几", ("date",)),
        ("好的呀", ("assent",)),
        ("You know what?", ("opening",)),
        ("你猜怎么着", ("opening",)),
        ("haha you're so funny", ("praise",)),
        ("哈哈你真厉害", ("praise",)),
        ("你记性真好啊", ("praise",)),
        ("lol nice one", ("assent",)),
        ("算了不说了", ("assent",)),
        ("谢谢你陪我聊天", ("thanks",)),
        ("thanks thats all", ("thanks", "assent")),
    ],
)
def test_small_talk_is_told_by_kind(text: str, kinds: tuple[str, ...]) -> None:
    assert is_small_talk(text)
    assert kinds_of(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Hi, I'm Sam",
        "You know what? I'm Sam",
        "you are funny and I'm Sam",
        "Thanks to Ana I live in Porto",
        "My dog is called Hello",
        "你好，我叫小明",
    ],
)
def test_small_talk_with_something_told_is_not_small_talk(text: str) -> None:
    assert not is_small_talk(text)


def test_language_is_that_of_most_of_the_text() -> None:
    for text in ("Hi", "My dog is 小白", "", "42"):
        assert language_of(text) == "en"
    for text in ("你好", "我喜欢 Python"):
        assert language_of(text) == "zh"


def test_abbreviations_and_numbers_do_not_end_a_sentence() -> None:
    assert sentences("Dr. Ana paid 3.50 at example.org. Then she left! 好的。走吧") == (
        "Dr. Ana paid 3.50 at example.org.",
        "Then she left!",
        "好的。",
        "走吧",
    )


@pytest.mark.parametrize(
    ("text", "entity", "relation"),
    [
        ("What is my dog called?", "user's dog", "called"),
        ("what's my dog's name", "user's dog", "called"),
        ("Do you remember what my dog is called?", "user's dog", "called"),
        ("tell me my dog's name", "user's dog", "called"),
        ("What's my name?", "user", "called"),
        ("Where do I live now?", "user", "live in"),
        ("where does ana live", "ana", "live in"),
        ("Which city does Ana live in?", "ana", "live in"),
        ("Where do I work?", "user", "work at"),
        ("What do I do for a living?", "user", "work as"),
        ("Where am I from?", "user", "from"),
        ("How old is my dog?", "user's dog", "age"),
        ("Who is my boss?", "user's boss", "called"),
        ("What is my plan?", "user's plan", "is"),
        ("What did Ana adopt?", "ana", "adopt"),
        ("What am I allergic to?", "user", "is allergic to"),
        ("我的狗叫什么名字？", "user的狗", "叫"),
        ("你还记得我的狗叫什么吗？", "user的狗", "叫"),
        ("我住在哪儿", "user", "住"),
        ("安娜住在哪里", "安娜", "住"),
        ("我多大了", "user", "岁"),
        ("备用钥匙在哪里？", "备用钥匙", "在"),
        ("我在哪里工作", "user", "在…工作"),
    ],
)
def test_a_question_asks_for_the_slot_of_a_statement(text: str, entity: str, relation: str) -> None:
    asked = read_question(text)
    assert (asked.wanted, asked.entity, asked.relation) == ("value", entity, relation)


@pytest.mark.parametrize(
    ("text", "topic", "teller"),
    [
        ("What do you know about my dog?", "my dog", ""),
        ("tell me about Porto", "Porto", ""),
        ("What do you remember about me?", "", ""),
        ("What did Ana say about Porto?", "Porto", "ana"),
        ("What have I told you?", "", "user"),
        ("What did you recommend?", "", "assistant"),
        ("你知道我的狗什么？", "我的狗", ""),
        ("关于我你记得什么", "", ""),
        ("我告诉过你什么", "", "user"),
    ],
)
def test_a_question_can_ask_for_all_there_is(text: str, topic: str, teller: str) -> None:
    asked = read_question(text)
    assert (asked.wanted, asked.topic, asked.teller) == ("list", topic, teller)


def test_yes_or_no_questions_name_the_value() -> None:
    for text, value in [("Is my dog called Bruno?", "Bruno"), ("我的狗叫旺财吗？", "旺财")]:
        asked = read_question(text)
        assert (asked.wanted, asked.value) == ("check", value)


def test_a_question_for_former_times_is_told_apart() -> None:
    assert read_question("Where did I live before?").former
    assert read_question("我以前住在哪里？").former
    assert not read_question("Where do I live?").former


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Plan dinner for Friday.", True),
        ("Please write a poem about Max", True),
        ("Give me three ideas", True),
        ("帮我安排周五的晚餐", True),
        ("推荐一本书", True),
        ("Book club on Tuesday", False),
        ("Train to Oslo on Friday.", False),
        ("Love my new bike!", False),
        ("Buy milk", False),
        ("Remind me to call Mum", False),
        ("Yesterday a dog bit me.", False),
        ("Order number is 556", False),
        ("I want you to plan dinner", False),
        ("给我买了花", False),
        ("记得提醒我买牛奶", False),
        ("", False),
        ("周末帮我们安排个短途旅行", True),
        ("下周五请帮我约个理发", True),
        ("明天帮我妈搬家。", False),
        ("昨天帮我们搬家的是小王", False),
        ("周末他帮我们搬家", False),
    ],
)
def test_an_order_is_told_from_a_note(text: str, order: bool) -> None:
    assert is_order(text) == order
    assert bool(told_in(text)) == (not order and bool(text))
