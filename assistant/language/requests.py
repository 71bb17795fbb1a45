"""Whether a text asks for something to be done, planned, chosen or advised.

Not whether it asks what was said before: "What is my dog called?" wants a memory and no advice.
"""

from __future__ import annotations

import re

from .memo import Memo
from .periods import period_of
from .small_talk import is_chat, is_small_talk
from .text import has_han, sentences, words_of
from .verbs_en import LEMMAS, MODALS, PREPOSITIONS

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
_TELLING = frozenset("do remember note call know see thank forget is are was have i".split())
# After an unknown word these make it a verb: "suggest a ...", "recommend me", "explain how".
_AFTER_IMPERATIVE = frozenset(
    "me us a an some my our this these something somewhere someone up for how out what why".split()
)
# Verbs that are nouns as often at the beginning of a note: "Book club on Tuesday".
_NOUNS_TOO = frozenset(
    "book train dance work call study walk talk paint name rent share visit use start finish stay "
    "order watch ride drive drink cost hold stand run move turn".split()
)
# What somebody feels or has when no subject is said ("Love my new bike!", "Miss Ana."), and what
# is noted to be done by oneself ("Buy milk").
_SUBJECTLESS = frozenset(
    "love like hate enjoy dislike prefer want need miss admire adore feel hurt live own lose meet "
    "eat sleep speak wake become die fall receive get go come win wear remember forget let "
    "keep buy take pay send bring leave sell clean fix wash repair water teach join".split()
)
_NO_VERB = frozenset(
    "today yesterday tomorrow tonight last next this once then finally sadly luckily sometimes "
    "usually maybe not no never always after before since when while because if as at in on with "
    "without my our his her their its the a an both all some every each such quite what he she it "
    "we they you this that these those there here who".split()
)
_FINITE = frozenset("is are was were am has had did does".split()) | MODALS
# What is to be kept in mind is to be remembered: "Remember that ...", "Don't forget ...".
_FOR_LATER = re.compile(
    r"\b(?:remember|remind|forget|note|know)\b|记(?:住|得|一下|下来|着|个)|提醒|别忘", re.IGNORECASE
)
_OF_YOU = re.compile(
    r"\W*(?:so |and |but |well |hey )?(?:do|does|are|could|would|can|will|did) you "
    r"(?:\w+ly |even |ever )?(?:like|love|hate|miss|trust|believe|feel|sleep|eat|dream|get|"
    r"care about|understand|want|have|happy|sad|tired|bored|angry|lonely|married|busy|hungry|"
    r"conscious|sentient|listening)"
    r"(?: (?:me|it|us|people|humans|feelings|friends|emotions|anything|a soul|sad|happy|tired|"
    r"bored|lonely|now|today))?\W*"
    r"|[你您](?:也|还|会|自己|真的?)?(?:喜欢|爱|讨厌|恨|想|信任|理解|怕|困|累|饿|无聊|开心|难过|高兴|孤单|生气|做梦|睡觉)"
    r"(?:我|我们|人类?)?(?:了)?(?:吗|么|不|嘛)?[？?。\s]*",
    re.IGNORECASE,
)
_KEEP_ZH = re.compile("(?:请|麻烦)?[你您]?(?:[帮给替]我)?记(?:一下|下来?|住|着|得)(?!.*[吗么？?])")
_FORGET = re.compile(
    r"\W*(?:please |now |just )?(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:forget|delete|erase) (?!to\b|it\b|me not\b)"
    r"|(?:请|麻烦)?你?(?:帮我)?(?:忘掉|删掉|删除|请忘记|"
    r"把.{1,30}(?:忘掉|删掉|删了|忘了)(?:吧|[。.！!]|$))",
    re.IGNORECASE,
)
_MADE_UP = re.compile(
    r"\W*(?:please )?(?:(?:can|could) you )?(?:tell|sing) me (?:a|an|another|some|something)\b"
    r"|(?:请|再)?[给跟帮]我(?:再)?(?:讲|说|唱)(?!过)|(?:再)?(?:讲|说|唱)[个首段]",
    re.IGNORECASE,
)
_ORDER_ZH = re.compile(
    "^(?:请|麻烦你?)?(?:(?:帮|给|替|为)(?:我们?|大家)(?!的)|"
    "(?:推荐|建议|安排|计划|策划|选|挑|找|写|列|查|翻译|解释|总结|介绍|设计|准备|规划|比较|概括)"
    "(?:一|个|点|些|几|下))"
    # 给小雨推荐一个甜点
    "|^(?:请|麻烦你?)?(?:给|为|替)[^了过，。]{1,8}(?:推荐|建议|策划|设计|挑选|出)(?:一|个|点|些|几|下)"
    # 周末帮我们订个房间, but not 明天帮我妈搬家, which is told.
    "|^(?:(?:这|下)?(?:个)?(?:周|星期|礼拜)[一二三四五六日天末]|今[天晚]|明[天晚早]|后天|下个?月|月底|[早晚]上|中午|下午)+，?"
    "(?:请|麻烦你?)?帮(?:我们|我(?![爸妈爷奶外哥姐弟妹叔姑姨舅女儿子老丈同朋室家婆公])|大家)"
)

_ZH = re.compile(
    "^(?:请|麻烦)?(?:帮|给|替|为)(?:我|我们)?|推荐|建议|安排|计划一|选(?:一|什么|点)|挑|找一|怎么(?:做|去|走|办|付)|"
    "(?:吃|喝|做|读|看|买|玩|带|选|去)(?:点|些)?(?:什么|哪)|什么.{0,6}(?:(?<![爱友])好|合适|值得)|去哪|哪(?:里|儿|家|种|个).{0,8}(?:好|合适|可以|能)|"
    "有什么.{0,10}(?:建议|推荐|值得|(?<![爱友])好)|可以.{0,8}(?:吗|什么|哪)|解释一下|总结一下|写一|约(?:个|一|新)|准备(?:一|点|个)|怎么(?!样|了|回事|知道)"
)
_ZH_PAST = re.compile(
    "^我们?(?:平时|一般|每天|以前|原来|到底|决定|打算|都|最|不|没|从来).{0,8}(?:什么|啥|哪|谁|多少)|"
    "我(?:的.{1,8})?(?:叫|住在|说过|告诉).{0,6}(?:什么|哪|谁)|什么时候(?:见|去|说|买)过|是?(?:做|干)什么(?:的|工作)"
)


@Memo
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
    if period_of(sentence):
        return False
    if has_han(sentence):
        asked = _ZH.search(sentence) is not None or _ORDER_ZH.search(sentence) is not None
        return asked and not _ZH_PAST.search(sentence) and not is_to_be_kept(sentence)
    if _ABOUT_THE_PAST.search(sentence):
        return False
    return _ADVICE.search(sentence) is not None or _is_imperative(sentence)


def _is_imperative(sentence: str) -> bool:
    """Whether it begins with a verb in its base form, and then not with what makes it a noun."""
    words = [word.low for word in words_of(sentence)]
    while words and words[0] in _PLEASE:
        del words[0]
    if len(words) < 2 or words[0] in _TELLING or "?" in sentence:
        return False
    first, second = words[0], words[1]
    if first in LEMMAS:
        return LEMMAS[first] == first and second not in ("is", "are", "was", "were", "has")
    if first in _NO_VERB or first.endswith(("ed", "ing", "ly", "'s")):
        return False
    return second in _AFTER_IMPERATIVE


@Memo
def is_order(sentence: str) -> bool:
    """Whether one sentence tells somebody to do something, and tells nothing else.

    Narrower than ``is_request``: what is taken for an order is not remembered, so that notes
    ("Book club on Tuesday") and what is to be kept in mind ("Remind me to ...") are none.

    >>> is_order("Plan dinner for Friday."), is_order("Dinner is on Friday.")
    (True, False)
    >>> is_order("帮我安排周五的晚餐。"), is_order("我给妈妈买了花。")
    (True, False)
    """
    if wants_forgetting(sentence):
        return True
    if len(sentence) > 400 or _FOR_LATER.search(sentence):
        return False
    if has_han(sentence):
        return _ORDER_ZH.search(sentence) is not None and not re.search("[了过]", sentence)
    words = [word.low for word in words_of(sentence)]
    while words and words[0] in _PLEASE:
        del words[0]
    if len(words) < 2 or not _is_imperative(sentence) or words[0] in _SUBJECTLESS:
        return False
    if "i" in words:  # something is told beside it
        return False
    if words[1] in _AFTER_IMPERATIVE:
        return words[1] not in ("up", "out", "for")
    plain = words[0] in LEMMAS and words[0] not in _NOUNS_TOO and not _FINITE & set(words)
    return plain and words[1] not in PREPOSITIONS and not words[1][:1].isdigit()


def is_to_be_kept(sentence: str) -> bool:
    """Whether it asks that something be kept in mind: 帮我记一下，周五交稿."""
    return _KEEP_ZH.match(sentence) is not None


def wants_forgetting(sentence: str) -> bool:
    """Whether it asks that something be forgotten.

    >>> wants_forgetting("Forget my phone number"), wants_forgetting("Don't forget the milk")
    (True, False)
    """
    return len(sentence) <= 400 and _FORGET.match(sentence) is not None


def wants_words(sentence: str) -> bool:
    """Whether it asks for words made up, which nothing remembered bears on: "tell me a joke"."""
    return _MADE_UP.match(sentence) is not None


def asks_assistant(question: str) -> bool:
    """Whether it asks what whoever answers feels or is, which nothing remembered tells.

    >>> asks_assistant("Do you like me?"), asks_assistant("Do you like what I told you of Ana?")
    (True, False)
    """
    return _OF_YOU.fullmatch(question) is not None


def ordered_in(text: str) -> str:
    """The first sentence of a text that is an order; empty when there is none."""
    told = (one for one in sentences(text[:_LONGEST]) if not is_chat(one))
    return next((one for one in told if is_order(one)), "")
