"""Sessions with what the short-term network is to learn from them.

Salience: turns that the corpora's questions have as evidence are needed again, the other turns of
the same dialogues less so. Evidence is not everything worth keeping: statements about oneself
count half, small talk and bare questions count against. Context: the turn that follows, and the
complete form of an incomplete question. Knows nothing of networks.
"""

from __future__ import annotations

import random
import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.training.corpora import CorpusTurn, read_dialogues, read_questions
from assistant.training.examples import MAX_EVIDENCE, PERSONAL, is_held_out
from assistant.training.questions import questions_about

WINDOW: Final = 24
_ROLES: Final = {
    "user": "user", "usr": "user", "client": "user", "system": "assistant", "sys": "assistant",
    "assistant": "assistant", "agent": "assistant", "counselor": "assistant",
    "wizard": "assistant",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SessionTurn:
    """One turn of a session.

    Args:
        text: The words.
        speaker: A name, or "user" or "assistant".
        role: "user", "assistant" or "other".
        needed: 1 if it is needed again, 0 if not; between for a guess.
        weight: How sure that is; 0 leaves it out.
        complete: The complete form of an incomplete question, or "".
    """

    text: str
    speaker: str
    role: str
    needed: float
    weight: float
    complete: str = ""


Session = tuple[SessionTurn, ...]


def read_sessions(
    corpora: Path, *, count: int, seed: int = 0
) -> tuple[list[Session], list[Session]]:
    """Sessions for training, and those of held-out dialogues."""
    evidence: dict[str, dict[int, float]] = defaultdict(dict)
    complete: dict[str, dict[int, str]] = defaultdict(dict)
    for question in read_questions(corpora):
        if question.dialogue is None or question.kind in ("topic", "summary"):
            continue
        if len(question.evidence) > MAX_EVIDENCE:
            continue
        for number in question.evidence:
            evidence[question.dialogue][number] = 1.0
        if question.kind == "rewritten_question" and question.question_turn is not None:
            complete[question.dialogue][question.question_turn] = question.question
    rng = random.Random(seed)
    by_source: dict[str, list[list[CorpusTurn]]] = defaultdict(list)
    out: list[Session] = []
    for turns in read_dialogues(corpora):
        name, source = turns[0].dialogue, turns[0].source
        if name not in evidence and source not in PERSONAL:
            continue
        if is_held_out(name):
            if name in evidence and len(turns) > 3:
                out.append(_session(turns, evidence[name], complete[name], rng))
        else:
            by_source[f"{source} {name in evidence}"].append(turns)
    queues = [by_source[source] for source in sorted(by_source)]
    for queue in queues:
        rng.shuffle(queue)
    train: list[Session] = []
    while queues and len(train) < count:
        queues = [queue for queue in queues if queue]
        for queue in queues:
            turns = queue.pop()
            name = turns[0].dialogue
            train.append(_session(turns, evidence.get(name, {}), complete.get(name, {}), rng))
    return train[:count], out


def invented_sessions(count: int, seed: int = 0) -> list[Session]:
    """Chats with an assistant made of facts with invented words and of small talk."""
    rng = random.Random(seed)
    return [tuple(_invented(rng)) for _ in range(count)]


def _session(
    turns: Sequence[CorpusTurn], evidence: dict[int, float], complete: dict[int, str],
    rng: random.Random,
) -> Session:  # fmt: skip
    begin = rng.randrange(max(1, len(turns) - WINDOW + 1))
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    plain = rng.random() < 0.5
    asked = bool(evidence)
    session: list[SessionTurn] = []
    for turn in turns[begin : begin + WINDOW]:
        role = _ROLES.get(turn.speaker.strip().lower(), "other")
        if role == "other" and plain and len(speakers) == 2:
            # A chat between two people, read as one with an assistant.
            role = ("user", "assistant")[speakers.index(turn.speaker)]
        told = bool(questions_about(turn.text[:400], rng, None))
        short = len(turn.text) < (5 if turn.lang == "zh" else 12)
        asks = turn.text.rstrip().endswith(("?", "？"))
        if turn.turn in evidence:
            needed, weight = 1.0, 2.0
        elif short or (asks and not told):
            needed, weight = 0.0, 1.0
        elif told:
            needed, weight = 0.7, 0.5
        else:
            needed, weight = 0.0, 0.5 if asked else 0.15
        name = role if role != "other" else turn.speaker
        completed = complete.get(turn.turn, "")
        session.append(SessionTurn(turn.text, name, role, needed, weight, completed))
    return tuple(session)


def held_out_labels(session: Session) -> Iterator[tuple[int, bool]]:
    """Positions of a held-out session and whether a question has them as evidence."""
    for position, turn in enumerate(session):
        yield position, turn.weight == 2.0


_FACTS: Final = (
    "My {w} is called {n}.", "My {w} is called {n}", "I have a {w} called {n}.",
    "my {w}'s name is {n}", "The name of my {w} is {n}.", "I'm allergic to {w}.",
    "I moved to {n} last month", "I moved to {n} in {d}.", "I live in {n}.", "I work at {n}.",
    "My sister {n} lives in {m}.", "I started {w} lessons on {d}.", "My birthday is on {d}.",
    "We are going to {n} in {d}.", "I bought a {w} yesterday.", "I really like {w}.",
    "I hate {w}, it makes me ill.", "My boss is {n}.", "{n} is my best friend.",
    "My favourite {w} is {n}.", "I don't eat {w} any more.", "Actually it's {n}, not {m}.",
    "I have an appointment with Dr. {n} on {d}.", "I was born in {n}.", "My flat number is {k}.",
    "The {w} broke down again last week.", "I met {n} at the {w} club.",
    "Our son is {k} years old.",
    "I sold my {w} to {n}.", "My {w} weighs {k} kilos.", "Remember that the code is {k}.",
    "{n} got married on {d}!", "I passed my {w} exam!", "I quit my job at {n}.",
    "我的{z}叫{y}", "我的{z}叫{y}。", "我家的{z}名字是{y}。", "我上个月搬到了{y}。", "我住在{y}。",
    "我对{z}过敏。", "我喜欢{z}。", "我不喜欢吃{z}", "我妹妹叫{y}，住在{x}。", "我的生日是{c}。",
    "我昨天买了一个{z}。", "我在{y}公司上班。", "我{c}要去{y}。", "我最好的朋友是{y}。",
    "我养了一只{z}，叫{y}。", "其实是{y}，不是{x}。", "我的老板姓{y}。", "我女儿今年{k}岁。",
)  # fmt: skip
_TALK: Final = (
    "Hi!", "hi", "Hello", "hello there", "Hey", "Good morning!", "good evening", "How are you?",
    "thanks", "Thank you!", "thanks a lot", "thank you so much for your help", "ok", "okay", "OK.",
    "yes", "no", "yeah", "sure", "great", "cool", "nice", "lol", "haha", "wow", "I see", "got it",
    "bye", "Goodbye!", "see you later", "what time is it?", "What's the date today?",
    "What day is it?",
    "what can you do?", "who are you?", "tell me a joke", "help",
    "never mind", "that's nice",
    "really?", "hmm", "What do you know about me?", "What is my {w} called?", "Where do I live?",
    "What's the name of my {w}?", "Who is {n}?", "Do you remember my {w}?", "When did I go to {n}?",
    "what did I tell you about my {w}?", "and {n}?", "Can you help me?", "How do I cook {w}?",
    "What is the capital of {n}?", "please repeat that", "sounds good", "you're welcome", "test",
    "你好", "你好！", "您好", "早上好", "晚安", "谢谢", "谢谢你！", "好的",
    "好", "嗯", "哦", "哈哈",
    "再见", "现在几点了？", "今天几号？", "你是谁？", "你能做什么？",
    "我的{z}叫什么？", "我住在哪里？",
    "你还记得我的{z}吗？", "{y}是谁？", "没关系", "不客气", "明白了", "是的", "不是", "讲个笑话",
)  # fmt: skip
_REPLIES: Final = (
    "I'll remember: {f}", "Hello! What would you like to tell me?", "You're welcome.",
    "Good to know!",
    "I don't have that.", "Nice to hear from you.", "记住了：{f}", "你好！想聊点什么？", "不客气。",
    "我没有这方面的记录。", "It is ten past nine.", "How can I help you today?", "Understood.",
)  # fmt: skip
_MONTHS: Final = (
    "May", "June", "4 March", "December 2024", "the 12th of July", "Friday", "next spring", "2019"
)  # fmt: skip
_CHINESE_DAYS: Final = ("五月三号", "下周", "明年", "星期五", "去年夏天", "1990年6月", "中秋节")
_THINGS: Final = (
    "dog cat parrot car bike boat guitar piano garden phone laptop recipe yoga pottery chess "
    "tennis milk nuts shrimp coffee tea cheese jazz opera football tablet camera lamp "
    "tent horse rabbit"
).split()
_CHINESE_THINGS: Final = (
    "狗 猫 鹦鹉 车 自行车 吉他 花生 牛奶 海鲜 咖啡 茶 手机 兔子 乌龟 钢琴 足球".split()
)
_SYLLABLES: Final = (
    "flim bert zor quin dal vex mo ri ska tun pel gra nim o bix lar fen wug dro sil ka zep yon tru"
).split()
_RARE: Final = "咕噜泽拓沐翎柚奚岚绮阮笙岐蔓戈翡汀洛砚璃棠弥渡珂樱朔澄"


def _word(rng: random.Random) -> str:
    if rng.random() < 0.4:
        return rng.choice(_THINGS)
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 3)))


def _name(rng: random.Random) -> str:
    made = "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(1, 3)))
    return string.capwords(made)


def _chinese(rng: random.Random, low: int, high: int) -> str:
    return "".join(rng.choice(_RARE) for _ in range(rng.randint(low, high)))


def _fill(template: str, rng: random.Random) -> str:
    text = template.format(
        w=_word(rng), n=_name(rng), m=_name(rng), d=rng.choice(_MONTHS), k=rng.randint(2, 999),
        z=rng.choice(_CHINESE_THINGS) if rng.random() < 0.5 else _chinese(rng, 2, 3),
        y=_chinese(rng, 2, 3), x=_chinese(rng, 2, 3), c=rng.choice(_CHINESE_DAYS), f="{f}",
    )  # fmt: skip
    if rng.random() < 0.25:
        text = text.lower()
    if rng.random() < 0.2:
        text = text.rstrip(".。!?？")
    return text


def _invented(rng: random.Random) -> Iterator[SessionTurn]:
    last = ""
    for _ in range(rng.randint(3, 8)):
        if rng.random() < 0.5:
            last = _fill(rng.choice(_FACTS), rng)
            if rng.random() < 0.2:
                last = f"{rng.choice(('Hi!', 'Well,', 'By the way,', '对了，'))} {last}"
            yield SessionTurn(last, "user", "user", 1.0, 1.0)
        else:
            yield SessionTurn(_fill(rng.choice(_TALK), rng), "user", "user", 0.0, 1.0)
        if rng.random() < 0.7:
            words = rng.choice(_REPLIES).replace("{f}", last)
            yield SessionTurn(words, "assistant", "assistant", 0.0, 1.0)
