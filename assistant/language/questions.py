"""Whether a text asks, tells, or both. With or without a question mark; no word for a topic."""

from __future__ import annotations

import re

from .memo import Memo
from .requests import is_order, is_to_be_kept, wants_words
from .small_talk import is_chat
from .text import collapse, has_han, sentences, words_of

_WH = frozenset("what who whom whose where when why which how".split())
_BE = frozenset("is are am was were".split())
_DO = frozenset("do does did".split())
_AUXILIARIES = (
    _BE | _DO | frozenset("can could will would have has had should may must shall".split())
)
# "How long till the match": asked in haste, without a verb.
_MEASURES = frozenset("long far soon often".split())
_SHORT = 8
_PRONOUNS = frozenset("i you he she it we they there this that".split())
_NOUN_BEGINNINGS = frozenset(
    "my your his her our their the any anyone anybody someone everyone all both".split()
)
# Said before a question; "you" for "you remember what ...".
OPENERS = frozenset(
    """and so but hey ok okay please well also then now oh hi hello um uh by actually btw quick
    again sorry wait tell""".split()
)
_REQUESTS = (
    "tell me", "remind me", "list", "show me", "let me know", "do you know", "summarise",
    "summarize", "recap", "repeat",
)  # fmt: skip
_ABOUT_ME = frozenset(
    "about what who where when which how why whether if my the all everything".split()
)
# "I forgot what ..." asks; only with a question word right after.
_INDIRECT = re.compile(
    r"\bi (?:forgot|have forgotten|(?:can|do|could) not (?:remember|recall|know)|wonder|"
    r"(?:want|would like|need) to know|am wondering) "
    r"(?:what|who|where|when|which|how|why|whether|if)\b"
)
_MARK = re.compile(r"[?？][\s\"”’'」』）)!！]*$")

_ZH_END = re.compile(r"[吗么嘛](?:[。.!！~～\s])*$")
_ZH_WORDS = re.compile(
    r"什么|啥|谁|哪[里儿个些位天年种国家只条座辆本部张台把件款场班趟]|哪一|(?<=[在去到往住])哪|怎么|怎样|如何|多少|多大|多久|多长|多远|多高|多重|为何|何时|何地|几[岁点号月时]"
)
# The same words where they ask nothing: "anything", "nobody", "not much".
_ZH_VAGUE = re.compile(
    r"没什么|没有什么|什么[都也]|没啥|啥[都也]|(?<![做干是学教卖])什么的|谁[都也]|哪[里儿]?[都也]|怎么[都也]|不怎么|没怎么|多少[都也有]|几[点号]都|什么什么|"
    r"不知道为什么|无论|不管|不论"
)
_ZH_COUNT = re.compile(r"(?<![前这好过近十上])几[^乎\W]{1,5}[了呢啊]?[。.!！\s]*$")
_ZH_WHERE = re.compile(r"哪[了呢啊呀]*[。.!！\s]*$")  # 我住哪
_ZH_AB_A = re.compile(r"([一-鿿])不\1|有没有|是否|(?<!说)能否")
_ZH_REQUEST = re.compile(
    r"^(?:请|麻烦)?[你您]?(?:(?:告诉我|说说|列出|提醒我).{0,6}(?:关于|我|所有|一下|你)|[给帮跟替为]我(?!的))"
)

_ZH_DONE = re.compile("[了过](?!.*[?？])")  # 给我买了花: it is over, and nothing is asked for


@Memo
def asks(sentence: str) -> bool:
    """Whether one sentence asks for something: a question, or a request to be told.

    >>> asks("what is my dog called"), asks("我的狗叫什么"), asks("When I was young I had a dog.")
    (True, True, False)
    """
    if _MARK.search(sentence[-40:]):
        return True
    if len(sentence) > 400:
        return False
    if has_han(sentence):
        return _asks_zh(sentence)
    return _asks_en(sentence)


def _asks_en(sentence: str) -> bool:
    spans = words_of(sentence)
    words = [word.low for word in spans]
    i = 0
    while i < len(words) and words[i] in OPENERS and not _is_request(words, i):
        i += 1
    if i >= len(words):
        return False
    if _is_request(words, i) or _INDIRECT.search(" ".join(words[i : i + 9])):
        return True
    first, negated = words[i], words[i + 1 : i + 2] == ["not"]
    if negated and first in _AUXILIARIES:  # "isn't it ..."
        i += 1
    following = words[i + 1] if i + 1 < len(words) else ""
    if first in _WH:
        if following in ("", "not", "so", "then"):
            return True
        if first == "which" and following in _BE and sentence.endswith("."):
            return False
        if first in ("what", "how") and following in ("about", "come"):
            return True
        if first == "who" and following and following not in _PRONOUNS:
            return True
        if first == "how" and following in _MEASURES and 2 < len(words) - i <= _SHORT:
            return words[i + 2] not in _PRONOUNS  # "how long till Easter"; not "how much I ate"
        if following in _PRONOUNS or (first == "what" and following in ("a", "an")):
            return False  # "When I was young", "What a day"
        ahead = words[i + 1 : i + 5]
        inverted = next((k for k, word in enumerate(ahead) if word in _AUXILIARIES), None)
        return inverted is not None and (
            inverted == 0 or first in ("what", "which", "how", "whose")
        )
    if first in _AUXILIARIES and following:
        if following in _PRONOUNS:
            return True
        if first in ("have", "had", "do", "may", "will", "must"):
            return False
        if following in _NOUN_BEGINNINGS or following.endswith("'s"):
            return True
        return sentence[spans[i + 1].start].isupper()
    return False


def _is_request(words: list[str], i: int) -> bool:
    for request in _REQUESTS:
        parts = request.split()
        if words[i : i + len(parts)] == parts:
            rest = words[i + len(parts) : i + len(parts) + 1]
            if request == "tell me":
                return bool(rest) and rest[0] != "that"
            if request == "list":
                return bool(rest) and rest[0] in ("all", "everything", "my", "what")
            return bool(rest) and rest[0] in _ABOUT_ME
    return False


def _asks_zh(sentence: str) -> bool:
    if _ZH_END.search(sentence[-12:]) and not sentence.rstrip("。.!！~～ ").endswith("什么"):
        return True
    plain = _ZH_VAGUE.sub("", sentence)
    if (
        _ZH_WHERE.search(plain[-8:])
        or _ZH_WORDS.search(plain)
        or _ZH_AB_A.search(plain)
        or _ZH_COUNT.search(plain[-24:])
    ):
        return not plain.startswith(("当", "无论", "不管"))
    if wants_words(sentence):
        return True
    requested = _ZH_REQUEST.search(sentence) is not None and not _ZH_DONE.search(sentence)
    return requested and not is_to_be_kept(sentence)


def asked_in(text: str) -> tuple[str, ...]:
    """The sentences of a text that ask, small talk left out."""
    return tuple(one for one in sentences(text[:20_000]) if asks(one) and not is_chat(one))


@Memo
def told_in(text: str, *, orders: bool = False) -> tuple[str, ...]:
    """The sentences of a text that tell something: no questions, no small talk, and no orders
    unless these are wanted too: what an assistant tells somebody to do is its advice.

    >>> told_in("Hi! My dog is called Bruno. What is my cat called?")
    ('My dog is called Bruno.',)
    """
    return tuple(
        collapse(one)
        for one in sentences(text)
        if not (asks(one) or is_chat(one))
        and (orders or not is_order(one))
        and any(sign.isalnum() for sign in one)
    )


def is_question(text: str) -> bool:
    """Whether a text asks and tells nothing. One that does both is not a question alone.

    >>> is_question("Hi! What is my dog called?"), is_question("I moved. Do you know where?")
    (True, False)
    """
    return any(asks(one) for one in sentences(text)) and not told_in(text)
