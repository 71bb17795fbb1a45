"""Whether a text asks for something to be done, planned, chosen or advised.

Not whether it asks what was said before: "What is my dog called?" wants a memory and no advice.
"""

from __future__ import annotations

import re

from .small_talk import is_small_talk
from .text import has_han, sentences, words_of
from .verbs_en import LEMMAS

_LONGEST = 2000
_ADVICE = re.compile(
    r"\b(?:(?:what|which|where|when|who|how|how much|whom)\b[^?]{0,60}?\b(?:should|could|can|shall|"
    r"would)\b|(?:should|could|can|shall|may) (?:i|we)\b|(?:can|could|would|will) you\b|"
    r"which\b[^?]{1,40}\b(?:is|are|would be) (?:good|best|right|worth)|"
    r"(?:help|advise|remind) (?:me|us)\b|how do i\b|how to\b|"
    r"what(?:'s| is) (?:worth|good|the best)|"
    r"(?:any|some|give me) (?:ideas?|tips?|suggestions?|advice|recommendations?)|ideas for|"
    r"i(?:'m| am) looking for|i(?:'d| would) like (?:you )?to|i need (?:a|an|some|to|help))",
    re.IGNORECASE,
)
_ABOUT_THE_PAST = re.compile(
    r"\b(?:did|have|had) (?:i|we)\b|\b(?:remind me|tell me) (?:what|who|where|when|which|about)\b",
    re.IGNORECASE,
)
_PLEASE = frozenset("please now then so ok okay and hey also just kindly let's".split())
# Verbs that stand first in what tells and not asks: "Remember ...", "Call me ...".
_TELLING = frozenset("remember note call know see thank forget is are was have i".split())
# After an unknown word these make it a verb: "suggest a ...", "recommend me", "explain how".
_AFTER_IMPERATIVE = frozenset(
    "me us a an some my our this these something up for how out what why".split()
)
_ZH = re.compile(
    "^(?:请|麻烦)?(?:帮|给|替|为)(?:我|我们)?|推荐|建议|安排|计划一|选(?:一|什么|点)|挑|找一|怎么(?:做|去|走|办|付)|"
    "(?:吃|喝|做|读|看|买|玩|带|选|去)(?:点|些)?(?:什么|哪)|什么.{0,6}(?:好|合适|值得)|去哪|哪(?:里|儿|家|种|个).{0,8}(?:好|合适|可以|能)|"
    "有什么.{0,10}(?:建议|推荐|值得|好)|可以.{0,8}(?:吗|什么|哪)|解释一下|总结一下|写一|约(?:个|一|新)|准备(?:一|点|个)|怎么"
)
_ZH_PAST = re.compile(
    "我(?:的.{1,8})?(?:叫|住在|说过|告诉).{0,6}(?:什么|哪|谁)|什么时候(?:见|去|说|买)过"
)


def is_request(text: str) -> bool:
    """Whether a text asks for advice or help.

    >>> is_request("Plan dinner for Friday."), is_request("What is my dog called?")
    (True, False)
    >>> is_request("帮我安排周五的晚餐"), is_request("我的狗叫什么？")
    (True, False)
    """
    if is_small_talk(text):
        return False
    return any(map(_requests, sentences(text[:_LONGEST])))


def _requests(sentence: str) -> bool:
    if has_han(sentence):
        return _ZH.search(sentence) is not None and not _ZH_PAST.search(sentence)
    if _ABOUT_THE_PAST.search(sentence):
        return False
    return _ADVICE.search(sentence) is not None or _is_imperative(sentence)


def _is_imperative(sentence: str) -> bool:
    """Whether it begins with a verb in its base form, and then not with what makes it a noun."""
    words = [word.low for word in words_of(sentence)]
    while words and words[0] in _PLEASE:
        del words[0]
    if len(words) < 2 or words[0] in _TELLING:
        return False
    first, second = words[0], words[1]
    if first in LEMMAS:
        return LEMMAS[first] == first and second not in ("is", "are", "was", "were", "has")
    return second in _AFTER_IMPERATIVE
