"""The forms of Chinese statements: 我的X叫Y, 我住在X, 我在X工作, 我喜欢X, X的Y是Z ...

Chinese writes no spaces, so a subject is what stands before the first verb of a small table, and
the forms are tried in the table's order: those with 的 before 是 first, for 我喜欢的歌是X is about
the song. Each clause between marks is read for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .frame import SLOT, Frame
from .subjects_zh import subject_of
from .text import QUOTES

_LONGEST_CLAUSE = 60
_CLAUSES = re.compile(r"[，,。.！!；;：:、\s—…（）()]+|[并而]且|同时|并(?=在|住)")
# Anywhere in a sentence: conditions, wishes, guesses, and what others say.
FORMERLY = "曾经|以前|从前|本来|原来|小时候"
SUPPOSED = (
    "如果|要是|假如|假设|假装|倘若|万一|也许|可能|大概|或许|恐怕|希望|但愿|应该|应当|据说|听说|好像|似乎|仿佛|梦见|梦到|"
    "(?<!小)说(?!明)|觉得|认为|以为|告诉|问|想象|比如|例如|打算|准备|差点|猜|估计|怀疑|开玩笑|骗|假的"
)
_DOUBTS = re.compile(SUPPOSED)
_FORMERLY = re.compile(FORMERLY)
_NEGATIONS = re.compile("不(?!错)|没|(?<![特区性级个分])别(?![墅人])|未(?![来婚])|非(?![常洲])")
_OPENERS = re.compile(
    "^(?:不对|不是|对了|对|嗯|哦|啊|好的|好|请记住|请记得|记住|记得|那|其实|顺便|另外|还有|但是|但|而且|因为|所以|虽然|更正)+"
)
_TAIL = re.compile("(?:了|啊|哦|呢|呀|啦|哟|喔|嘛|哈|现在|而已)+$")
# The verbs of each form, longer ones first.
_NAMING = (
    *("名字叫做", "的名字就是", "的名字叫", "的名字是", "名字叫", "名字是"),
    *("名叫", "叫做", "叫作", "叫"),
)
_LIVING = ("搬到了", "搬去了", "搬进了", "搬到", "搬去", "居住在", "定居在", "住在", "家住", "住")
_BORN = ("出生于", "出生在", "生于")
# Places that name nothing: together, here, nearby, and what 住 is part of (住院, 住宿).
_NO_PLACE = re.compile(
    "^(?:一起|一块|附近|外面|里面|同|下|宿|院|校|进|过|了|的|一|不|[这那哪你我他她]|自己)"
)
# Where a thing lies: 在抽屉里, 在花盆下面.
_LOCATED = re.compile("[里上下旁中间内外][面边头方]?$")
_OPEN = tuple(
    "喜欢 喜爱 热爱 讨厌 害怕 想要 领养了 收养了 养了 买了 卖了 丢了 去了 去过 见到了 见了 认识了 "
    "吃了 看了 学会了 学了 在学 开始学 拥有 画了 写了 做了".split()
)
# Verbs that are part of too many words to be found after anybody but the speaker.
_OPEN_OF_SELF = ("对", "爱", "怕", "有", "养", "吃", "喝", "学")
_WORK = re.compile("^(?P<who>.{1,12}?)在(?P<where>.{1,30}?)(?:工作|上班|任职)$")
_AGE = re.compile(
    rf"^(?P<who>.{{1,12}}?)(?:是)?(?P<age>[0-9]{{1,3}}|[一二三四五六七八九十百两]{{1,4}}|{SLOT})(?:个)?岁(?:半)?$"
)
# What is said of persons, and how a clause goes on about them.
_OF_PERSONS = frozenset("叫 住 岁 来自 出生 在…工作 是…人 喜欢 喜爱 热爱 讨厌 害怕 爱 怕".split())
_GOES_ON = re.compile(
    "^(?:现在|目前|今年|平时|也|很)*(?:住在?|家住|在.{1,30}(?:工作|上班|任职)$|来自|出生|喜欢|喜爱|热爱|讨厌|害怕|"
    "[0-9一二三四五六七八九十]+岁|是(?:一[名位个])|养了|对.+过敏)"
)
_AGED = re.compile("^(?:现在|今年|已经)*[0-9一二三四五六七八九十两]+岁")
_SURNAME_LIKE = re.compile("^[小老阿][\u4e00-\u9fff]$")


def read(sentence: str) -> Iterator[Frame]:
    """The frames of a Chinese sentence that is not a question."""
    if _DOUBTS.search(sentence):
        return
    before: Frame | None = None
    for clause in _clauses(sentence):
        over = _FORMERLY.search(clause) is not None  # it only says who the next is about
        clause = _FORMERLY.sub("", clause)
        frame = read_clause(clause) or (_going_on(before, clause) if before else None)
        if frame and not over:
            yield frame
        before = frame or before


def _going_on(before: Frame, clause: str) -> Frame | None:
    """The frame of a clause without a subject, after one about a person: 我叫小明，住在上海.

    After 我养了一只猫 the subject that is left out may as well be the cat: nothing is read.
    """
    if before.entity == "我" and before.relation in _OF_PERSONS and _GOES_ON.match(clause):
        return read_clause("我" + clause)
    if before.relation == "叫" and before.entity.startswith("我的") and _AGED.match(clause):
        return read_clause(before.entity + clause)
    return None


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
        for subject, value in _splits(clause, verb):
            if "的" not in value and not value.startswith(("我", "你", "他", "她", "它")):
                return _frame(subject, "叫", value, subject.startswith("我") or "的" in subject)
    copula = next(_splits(clause, "是"), None)
    if copula and "的" in copula[0]:
        return _is(*copula)
    work = _WORK.match(clause)
    if work:
        return _frame(work["who"], "在…工作", work["where"], True)
    return _place(clause) or (_is(*copula) if copula else None) or _open(clause)


def _place(clause: str) -> Frame | None:
    """Where somebody lives or comes from."""
    for verb in _LIVING:
        for subject, value in _splits(clause, verb):
            place = value.removeprefix("在")
            if not _NO_PLACE.match(place) and (verb != "住" or subject in ("我", SLOT)):
                return _frame(subject, "住", place, True)
    for subject, value in _splits(clause, "在"):
        if subject != "我" and (_LOCATED.search(value) or value == SLOT):
            return _frame(subject, "在", value, False)
    for subject, value in _splits(clause, "来自"):
        if not value.startswith("于"):
            return _frame(subject, "来自", value, subject.startswith("我"))
    for verb in _BORN:
        for subject, value in _splits(clause, verb):
            return _frame(subject, "出生", value, subject.startswith("我"))
    return None


def _open(clause: str) -> Frame | None:
    """Verbs that hold for many values at a time."""
    for verb in (*_OPEN, *_OPEN_OF_SELF):
        for subject, value in _splits(clause, verb):
            known = verb in _OPEN or subject in ("我", SLOT)
            if known and not value.startswith("的"):
                return _frame(subject, verb.removesuffix("了"), value, False)
    return None


def _splits(clause: str, verb: str) -> Iterator[tuple[str, str]]:
    """A clause parted at each place of a verb, where what stands before is a subject."""
    at = clause.find(verb, 1)
    while at > 0:
        subject, value = subject_of(clause[:at]), clause[at + len(verb) :]
        if subject and value:
            yield subject, value
        at = clause.find(verb, at + 1)


def _is(subject: str, value: str) -> Frame | None:
    """The plain copula: one value at a time only for what is the speaker's, and only where a
    number, a foreign name or a superlative says so."""
    if value.endswith("的"):
        return _frame(subject, "是…的", value[:-1], False)
    if value.endswith("人") and subject == "我":
        return _frame(subject, "是…人", value, False)
    telling = (
        "最" in subject
        or any(sign.isdigit() for sign in value)
        or (value.isascii() and SLOT not in value)
        or _SURNAME_LIKE.match(value) is not None
    )
    return _frame(subject, "是", value, telling and subject.startswith("我的"))


def _frame(words: str, relation: str, value: str, exclusive: bool) -> Frame | None:
    subject = subject_of(words)
    if subject is None or "什么" in value or value == "啥":
        return None
    return Frame(subject, relation, value.strip('“”"「」『』'), exclusive)
