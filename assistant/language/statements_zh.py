"""The forms of Chinese statements: 我的X叫Y, 我住在X, 我在X工作, 我喜欢X, X的Y是Z ...

Chinese writes no spaces, so a subject is what stands before the first verb of a small table, and
the forms are tried in the table's order: those with 的 before 是 first, for 我喜欢的歌是X is about
the song. Each clause between marks is read for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .frame import SLOT, Frame
from .text import QUOTES

_LONGEST_CLAUSE = 60
_CLAUSES = re.compile(r"[，,。.！!；;：:、\s—…（）()]+")
# Anywhere in a sentence: conditions, wishes, guesses, and what others say.
_DOUBTS = re.compile(
    "如果|要是|假如|假设|假装|倘若|万一|也许|可能|大概|或许|恐怕|希望|但愿|应该|应当|据说|听说|好像|似乎|仿佛|梦见|梦到|"
    "(?<!小)说(?!明)|觉得|认为|以为|告诉|问|想象|比如|例如|打算|准备|差点|猜|估计|怀疑|开玩笑|骗|假的|曾经|以前|从前|本来|原来|小时候"
)
_NEGATIONS = re.compile("不(?!错)|没|(?<![特区性级个分])别(?![墅人])|未(?![来婚])|非(?![常洲])")
# Words before the verb that change nothing.
_ADVERBS = re.compile(
    "现在|目前|如今|最近|刚刚|刚才|刚|已经|一直|也|还是|还|都|其实|真的|真|很|非常|特别|最近|就|总是|经常|常常|平时|一般|今年|今天|昨天|"
    "前天|去年|上周|上个月|又|仍然|依然|才|总"
)
_OPENERS = re.compile(
    "^(?:不对|不是|对了|对|嗯|哦|啊|好的|好|请记住|请记得|记住|记得|那|其实|顺便|另外|还有|但是|但|而且|因为|所以|虽然|更正)+"
)
_TAIL = re.compile("(?:了|啊|哦|呢|呀|啦|哟|喔|嘛|哈|现在|而已)+$")
_SELF = ("我们", "咱们", "我")
# A subject is one of these, or has one of these inside; a bare 他, 这 ... points elsewhere.
_POINTING = re.compile("^(?:他|她|它|这|那|此|该|你|您|谁|有人|大家|其|某|每)")
_KIN_END = re.compile("^我(?!们|的|家)[^\\s]{1,4}$")

# The verbs of each form, longer ones first.
_NAMING = (
    *("名字叫做", "的名字就是", "的名字叫", "的名字是", "名字叫", "名字是"),
    *("名叫", "叫做", "叫作", "叫"),
)
_LIVING = ("搬到了", "搬去了", "搬进了", "搬到", "搬去", "住在", "定居在", "居住在", "住")
_FROM = ("来自",)
_BORN = ("出生于", "出生在", "生于")
_OPEN = (
    "喜欢",
    "喜爱",
    "热爱",
    "讨厌",
    "害怕",
    "想要",
    "需要",
    "领养了",
    "收养了",
    "养了",
    "买了",
    "卖了",
    "丢了",
    "去了",
    "去过",
    "见了",
    "见到了",
    "认识了",
    "吃了",
    "看了",
    "学了",
    "学会了",
    "在学",
    "开始学",
    "拥有",
    "对",
    "爱",
    "怕",
    "有",
    "养",
    "会",
    "吃",
    "喝",
    "学",
)
_WORK = re.compile("^(?P<who>.{1,12}?)在(?P<where>.{1,30}?)(?:工作|上班|任职)$")
_AGE = re.compile(
    rf"^(?P<who>.{{1,12}}?)(?:是)?(?P<age>[0-9]{{1,3}}|[一二三四五六七八九十百两]{{1,4}}|{SLOT})(?:个)?岁(?:半)?$"
)
_SURNAME_LIKE = re.compile("^[小老阿][\u4e00-\u9fff]$")


def read(sentence: str) -> Iterator[Frame]:
    """The frames of a Chinese sentence that is not a question."""
    if _DOUBTS.search(sentence):
        return
    for clause in _clauses(sentence):
        frame = read_clause(clause)
        if frame:
            yield frame


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of a sentence; a name in quotation marks stays, a longer quotation does not."""
    for mark, closing in QUOTES.items():
        if mark in sentence:
            sentence = re.sub(
                f"{re.escape(mark)}([^{re.escape(closing)}]{{0,200}}){re.escape(closing)}",
                lambda found: found[1] if len(found[1]) <= 8 and "我" not in found[1] else "…",
                sentence,
            )
    for clause in _CLAUSES.split(sentence):
        clause = _OPENERS.sub("", clause)
        if 2 <= len(clause) <= _LONGEST_CLAUSE:
            yield clause


def read_clause(clause: str) -> Frame | None:
    """The frame of one clause, or None."""
    clause = _TAIL.sub("", clause)
    if _NEGATIONS.search(clause):
        return None
    age = _AGE.match(clause)
    if age:
        return _frame(age["who"], "岁", age["age"], True)
    for verb in _NAMING:
        found = _split(clause, verb)
        if found and "的" not in found[1] and "了" not in found[0]:
            return _frame(found[0], "叫", found[1], True)
    found = _split(clause, "是")
    if found and "的" in found[0]:
        return _is(*found)
    work = _WORK.match(clause)
    if work:
        return _frame(work["who"], "在…工作", work["where"], True)
    for verbs, relation, exclusive in (
        (_LIVING, "住", True),
        (_FROM, "来自", True),
        (_BORN, "出生", True),
    ):
        for verb in verbs:
            split = _split(clause, verb)
            if split:
                return _frame(split[0], relation, split[1].removeprefix("在"), exclusive)
    if found:
        return _is(*found)
    for verb in _OPEN:
        split = _split(clause, verb)
        if split and not split[1].startswith("的"):
            return _frame(split[0], verb.removesuffix("了"), split[1], False)
    return None


def _split(clause: str, verb: str) -> tuple[str, str] | None:
    """What stands before and after a verb; never 我的 alone before it."""
    at = clause.find(verb, 1)
    while at > 0:
        entity, value = _ADVERBS.sub("", clause[:at]), clause[at + len(verb) :]
        if entity and value and not entity.endswith(("的", "最")) and len(entity) <= 16:
            return entity, value
        at = clause.find(verb, at + 1)
    return None


def _is(entity: str, value: str) -> Frame | None:
    """The plain copula: single-valued where a number, a foreign name or a superlative says so."""
    if value.endswith("的"):
        return _frame(entity, "是…的", value[:-1], False)
    if value.endswith("人") and entity in _SELF:
        return _frame(entity, "是…人", value, False)
    telling = (
        "最" in entity
        or any(sign.isdigit() for sign in value)
        or (value.isascii() and SLOT not in value)
        or _SURNAME_LIKE.match(value) is not None
    )
    return _frame(entity, "是", value, telling and "的" in entity)


def _frame(entity: str, relation: str, value: str, exclusive: bool) -> Frame | None:
    entity = thing(_ADVERBS.sub("", entity) if "最" not in entity else entity)
    if not entity or _POINTING.match(entity) or not value or "什么" in value:
        return None
    return Frame(entity, relation, value.strip('“”"「」『』'), exclusive)


def thing(entity: str) -> str:
    """A subject in its normal form: 我家的狗, 我们的狗 and 我狗 are 我的狗.

    >>> thing("我妈妈"), thing("我们家的狗"), thing("安娜的狗")
    ('我的妈妈', '我的狗', '安娜的狗')
    """
    entity = entity.casefold().strip()
    if entity in _SELF:
        return "我"
    for own in ("我们家的", "我家的", "我们的", "咱们的", "我的", "我们家", "我家", "我们"):
        if entity.startswith(own) and len(entity) > len(own):
            return "我的" + entity[len(own) :]
    if _KIN_END.match(entity) or (entity.startswith("我") and "的" in entity):
        return "我的" + entity[1:]
    return entity
