"""Small talk about oneself, with the questions it answers: statements of one fact each.

People tell an assistant such things first, in a store that holds little else, and two people may
tell the same of themselves. Half the nouns and all the names are invented, so that only the form
can be learned.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

# What is said; what the speaker asks later; what is asked about the speaker by name.
FORMS = {
    "en": (
        ("My {n} is called {v}.", "What is my {n} called?", "What is {who}'s {n} called?"),
        ("my {n}'s name is {v}", "what's the name of my {n}", "What is the name of {who}'s {n}?"),
        ("I live in {v}.", "Where do I live?", "Where does {who} live?"),
        ("I moved to {v} last month.", "Where did I move to?", "Which town did {who} move to?"),
        ("I work at {v}.", "Where do I work?", "Where does {who} work?"),
        ("My {n} is {v}.", "What is my {n}?", "What is {who}'s {n}?"),
        ("I'm allergic to {v}.", "What am I allergic to?", "What is {who} allergic to?"),
        ("I adopted a {n} yesterday.", "When did I adopt the {n}?", "What did {who} adopt?"),
        ("I bought a {n} from {v} last week.", "What did I buy?", "Who sold {who} the {n}?"),
        ("My favourite {n} is {v}.", "What's my favourite {n}?", "Which {n} does {who} like best?"),
        ("{v} is training for a {n}.", "What is {v} training for?", "Who trains for a {n}?"),
        ("I'm reading {v} at the moment.", "What am I reading?", "Which book is {who} reading?"),
        ("Our {n} needs two cups of {v}.", "How much {v} does the {n} need?", "What needs {v}?"),
        ("I drive a blue {v}.", "What colour is my {v}?", "Which car does {who} drive?"),
        ("I can't stand {v}.", "What do I dislike?", "What does {who} dislike?"),
        ("We are moving our {n} to {v}.", "Where is our {n} moving?", "Where is {who} moving?"),
        ("My {n} is getting married.", "Who is getting married?", "Who marries in {who}'s family?"),
        ("I passed my {n} test.", "When did I pass my test?", "When did {who} pass the {n} test?"),
    ),
    "zh": (
        ("我的{n}叫{v}。", "我的{n}叫什么？", "{who}的{n}叫什么名字？"),
        ("我家{n}的名字是{v}", "我的{n}叫什么名字？", "{who}家的{n}叫什么？"),
        ("我养了一只{n}。", "我养了什么？", "{who}养了什么？"),
        ("我住在{v}。", "我住在哪里？", "{who}住在哪里？"),
        ("我现在住在{v}。", "我现在住哪儿？", "{who}现在住哪里？"),
        ("我周末要去{v}。", "我周末要去哪里？", "{who}周末要做什么？"),
        ("我的工作是{v}。", "我是做什么工作的？", "{who}做什么工作？"),
        ("我上周搬到{v}了。", "我搬到哪里了？", "{who}什么时候搬家的？"),
        ("我在{v}工作。", "我在哪里工作？", "{who}在哪儿上班？"),
        ("我对{v}过敏。", "我对什么过敏？", "{who}对什么过敏？"),
        ("我昨天买了一个{n}。", "我什么时候买的{n}？", "{who}买了什么？"),
        ("我最喜欢的{n}是{v}。", "我最喜欢的{n}是什么？", "{who}喜欢哪个{n}？"),
        ("我{n}下个月要结婚。", "谁要结婚？", "{who}的{n}什么时候结婚？"),
        ("{v}昨天考过了驾照。", "{v}什么时候考过驾照的？", "谁考过了驾照？"),
    ),
}
NOUNS = {
    "en": (
        "dog cat sister brother boss car boat bike garden band school team doctor teacher cousin "
        "neighbour horse recipe phone shop street hotel game song film club landlord parrot"
    ).split(),
    "zh": (
        "狗 猫 妹妹 哥哥 老板 车 船 花园 学校 医生 老师 邻居 马 手机 店 酒店 游戏 电影 室友"
    ).split(),
}
_STARTS, _ENDS = "b bl d dr f fl g gr k kl l m n p pl r s sk t tr v w z".split(), "aeiou"
_CHARACTERS = "咕噜泽嘟米卡洛布托奇娜维塔丽索博安莫菲琳达瓦鲁岚桐"


def invented(lang: str, rng: random.Random) -> str:
    """A word that means nothing."""
    if lang == "zh":
        return "".join(rng.sample(_CHARACTERS, rng.randint(2, 3)))
    parts = [rng.choice(_STARTS) + rng.choice(_ENDS) for _ in range(rng.randint(1, 2))]
    return "".join(parts) + rng.choice("bdgklmnprst")


def tell_facts(
    lang: str, tellers: Sequence[str], count: int, rng: random.Random
) -> tuple[list[tuple[str, str]], list[tuple[str, tuple[int, ...]]]]:
    """Facts told by several people, and questions about them.

    Returns:
        (speaker, text) lines, and questions with the numbers of the lines that answer them.
    """
    lines: list[tuple[str, str]] = []
    asked: list[tuple[str, tuple[int, ...]]] = []
    nouns: dict[tuple[str, str], int] = {}
    while len(lines) < count:
        said, mine, theirs = rng.choice(FORMS[lang])
        noun = rng.choice(NOUNS[lang]) if rng.random() < 0.5 else invented(lang, rng)
        for who in rng.sample(tellers, rng.randint(1, min(2, len(tellers)))):
            if (said, who) in nouns:  # the same said twice would answer each other's question
                continue
            value = invented(lang, rng)
            value = value.capitalize() if rng.random() < 0.7 else value
            nouns[said, who] = len(lines)
            question = mine if who == "user" else theirs
            filled = [
                text.replace("{n}", noun).replace("{v}", value).replace("{who}", who)
                for text in (said, question)
            ]
            asked.append((filled[1], (len(lines),)))
            lines.append((who, filled[0]))
        if len(nouns) >= len(FORMS[lang]) * len(tellers):
            break
    return lines, asked
