"""Reading a Chinese question: the question word is put away and the clause read as a statement."""

from __future__ import annotations

import re

from . import statements_zh
from .frame import SLOT, Frame, Raw

_FORMER = re.compile("以前|之前|从前|原来|曾经|过去")
_REQUEST = re.compile("(?:请|麻烦)?[你您]?(?:能|能不能|可以)?[给帮替为]我(?!的)")
_WHEN = re.compile("什么时候|何时|哪天|哪一天|哪年|哪一年|几号|几月|什么日子|哪个月|多久(?:以)?前")
# What follows the subject where no statement can be read.
SUBJECT_BEFORE = re.compile(
    "(?:是|在)?(?:什么时候|何时|哪天|哪一天|哪年|哪一年|几号|几月|几点|怎么|为什么|最|喜欢|住|去|买|养|领养|有|会|做|吃|看|认识|工作)"
)
_TOLD = re.compile(
    "(?P<who>我|你|您)(?:跟你|和你|对你|给你|跟我|对我)?(?:都)?(?:告诉过?|说过?|提过?|提到|讲过?|推荐过?|建议过?)"
)
_KNOW = re.compile(
    "(?:知道|记得|记住|了解)(?:哪些|些)?(?:关于)?(?P<before>.{0,20}?)(?:的)?(?:什么|哪些|多少|一切|吗)"
    "|关于(?P<about>.{1,20}?)[，,]?(?:你|您)?(?:都|还)?(?:知道|记得|了解|有什么)|(?:说说|讲讲|告诉我)(?:关于)?(?P<tell>.{1,20})"
)
WRAPPER = re.compile(
    "^(?:请问|那么|那|嗯|对了|你好)?[，,]?(?:请)?(?:(?:你|您)(?:还|能|可以)?(?:知道|记得|告诉我|想得起来)|告诉我|提醒我|我忘了|我想知道|我不记得)?[，,]?"
)
_SLOTS = (
    ("什么名字", SLOT),
    ("什么地方", SLOT),
    ("什么工作", SLOT),
    ("哪个城市", SLOT),
    ("哪座城市", SLOT),
    ("哪家公司", SLOT),
    ("哪里人", SLOT + "人"),
    ("哪里", SLOT),
    ("哪儿", SLOT),
    ("哪个", SLOT),
    ("哪", SLOT),
    ("多大年纪", SLOT + "岁"),
    ("多大", SLOT + "岁"),
    ("几岁", SLOT + "岁"),
    ("什么", SLOT),
    ("谁", SLOT),
    ("多少", SLOT),
)
_END = re.compile("[吗呢啊呀了吧的？?。！!，,\\s]+$")
_MANY = re.compile("哪些|都|所有|全部|一切|还有")


def read(text: str) -> Raw:
    """Read one Chinese question."""
    former, many = _FORMER.search(text) is not None, _MANY.search(text) is not None
    told, when = _TOLD.search(text), _WHEN.search(text)
    if told and when:
        return Raw("said")
    if _REQUEST.match(text):
        return Raw("request")
    if told and ("什么" in text or "哪些" in text):
        teller = "我" if told["who"] == "我" else "assistant"
        return Raw("list", topic=_topic(text), teller=teller, many=True)
    bare = _END.sub("", WRAPPER.sub("", _FORMER.sub("", text), count=1)).replace("？", "")
    if when:
        return Raw("when", former=former)
    if bare.startswith("谁"):
        frame = _frame(SLOT + bare[1:])
        if frame and frame.entity == SLOT:
            return Raw("who", frame, former=former, many=many)
    frame = _frame(bare)
    if frame and SLOT in frame.value:
        return Raw("value", frame, former=former, many=many)
    known = _KNOW.search(text)
    if known:
        topic = known["before"] or known["about"] or known["tell"] or ""
        if not (frame and SLOT not in frame.value and text.rstrip("？? ").endswith("吗")):
            return Raw("list", topic=_plain_topic(topic), many=True)
    if frame:
        return Raw("check", frame, former=former)
    return Raw("other", former=former, many=many)


def _frame(bare: str) -> Frame | None:
    for word, slot in _SLOTS:
        if word in bare:
            bare = bare.replace(word, slot, 1)
            break
    bare = re.sub("是不是", "是", bare)
    return statements_zh.read_clause(bare) if len(bare) <= 60 else None


def _topic(text: str) -> str:
    found = re.search("关于(.{1,20}?)(?:的|你|我|$|[？?，,])", text)
    return _plain_topic(found[1]) if found else ""


def _plain_topic(topic: str) -> str:
    topic = _END.sub("", topic).removesuffix("些")
    return "" if topic in ("我", "我们", "我的事", "我自己", "你") else topic
