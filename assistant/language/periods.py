"""Questions about a time and no topic: "What did we talk about last week?", 我最近在忙什么.

Told by form: the whole question is one of a few shapes, with the time taken out. Knows no clock:
which days are meant is worked out by ``dates``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from .dates import resolve_dates
from .memo import Memo
from .text import collapse, has_han, words_of

Period = Literal["", "said", "event"]
"""What belongs to it: what was said then, or what happened or is to happen then."""

_LONGEST = 100
_LATELY_IS = timedelta(days=13)
_ANY_DAY = datetime(2026, 5, 6, tzinfo=UTC)
_DATE, _LATELY = "xdatex", "xlatelyx"
_RECENT_EN = re.compile(
    r"\b(?:lately|recently|of late|these days|nowadays|"
    r"in (?:the )?(?:last|past) (?:few )?(?:days|weeks))\b",
    re.IGNORECASE,
)
_RECENT_ZH = re.compile("最近(?:几天|这几天|一段时间|这段时间)?|近来|这几天|这段时间|近期")

_AT = rf"(?: (?:on|for|in|during|over|at))?(?: {_DATE}| {_LATELY})"
_ON = rf"(?: (?:on|for|in|during|over|at|this))? {_DATE}"
_LEAD = (
    r"(?:so |and |ok |hey |well )*(?:(?:can|could) you )?"
    r"(?:remind me |tell me |do you (?:still )?(?:remember |know ))?"
)
_MIND = (
    r"(?:doing|up to|busy with|working on|worr(?:ied|ying) about|thinking (?:about|of)|into|"
    r"dealing with|going through|struggling with|stressed about|anxious about|upset about|"
    r"excited about|happy about|feeling|talking about)"
)
_SAID_EN = re.compile(
    rf"{_LEAD}what (?:did|have|had) (?:we|i) (?:talk(?:ed)?|chat(?:ted)?|speak|spoken|spoke|been "
    rf"talking|discuss(?:ed)?)(?: (?:to|with) you)?(?: about)?(?:{_AT})?"
    rf"|{_LEAD}what (?:did|have|had) (?:we|i) (?:tell|told|say|said|mention(?:ed)?)"
    rf"(?: to)?(?: you)?(?: about)?{_AT}"
    rf"|{_LEAD}what have i been {_MIND}(?:{_AT})?"
    rf"|{_LEAD}how have i been(?: doing| feeling)?(?:{_AT})?"
    rf"|{_LEAD}what (?:is|has) (?:been )?(?:new|going on|happening|keeping me busy|"
    rf"bothering me|on my mind|worrying me|troubling me)(?: with me| in my life)?{_AT}"
    rf"|{_LEAD}what (?:is|has) (?:been )?(?:new|going on|happening) (?:with me|in my life)"
)
_DO = (
    r"(?:have|doing|got|do|going to do|have to do|need to do|have planned|got planned|planning|"
    r"supposed to do|got on|have on|have coming up)"
)
_EVENT_EN = re.compile(
    rf"{_LEAD}what (?:happened|did (?:i|we) do|was (?:i|we) doing|went on|was going on){_ON}"
    rf"|{_LEAD}what is (?:on|planned|happening|coming up|scheduled|going on)(?: for (?:me|us))?"
    rf"{_ON}"
    rf"|{_LEAD}what (?:do|am|are|have) (?:i|we) {_DO}(?: to do| planned| on)?{_ON}"
    r"|(?:so |and )?(?:do|have|did) (?:i|we) (?:have |got )?(?:any(?:thing)? |something |some |a )?"
    r"(?:plans|appointments?|meetings?|events|planned|on|scheduled|things to do|to do)"
    rf"(?: planned| on)?{_ON}"
    rf"|{_LEAD}(?:what are )?(?:my|our|any) (?:plans|appointments|meetings|events){_ON}"
)
_WHO = "(?:我们?|咱们?|你我)?"
_SAID_ZH = re.compile(
    f"(?:那|还)?(?:你还?记得)?{_WHO}(?:{_DATE}|{_LATELY})?{_WHO}(?:都|一起)?(?:跟你|和你|对你)?(?:都)?"
    "(?:聊|谈|说|讲)(?:了|过|到)?(?:些|点)?(?:什么|啥)"
    f"|(?:那)?我?{_LATELY}我?(?:都|一直)?(?:在)?(?:忙|干|做|烦|担心|操心|发愁|愁|琢磨|想|纠结|焦虑|高兴|开心)"
    "(?:着|了)?(?:些|点)?(?:什么|啥|嘛)(?:事情?)?"
    f"|(?:那)?我?{_LATELY}我?(?:都)?(?:有|出|发生)?(?:了)?(?:什么|啥|哪些)"
    "(?:要紧|重要|新鲜|烦心|开心|好)?(?:的)?(?:事情?|情况|变化|消息)"
    f"|我?{_LATELY}我?(?:过得|状态)?怎么样"
)
_EVENT_ZH = re.compile(
    f"{_WHO}{_DATE}{_WHO}(?:都)?(?:发生|出)(?:了|过)?(?:些)?(?:什么|啥)(?:事情?)?"
    f"|{_WHO}{_DATE}{_WHO}(?:都)?(?:干|做)(?:了|过)?(?:些)?(?:什么|啥|嘛)(?:了|来着)?"
    f"|{_WHO}{_DATE}{_WHO}(?:都)?(?:要|该|得|打算|准备)(?:干|做)(?:些)?(?:什么|啥|嘛)"
    f"|{_WHO}{_DATE}{_WHO}(?:都)?(?:有)(?:没有)?(?:什么|啥|哪些)?(?:安排|事情?|计划|活动|预约|约|会)(?:吗|要做)?"
)
# What is asked to have been on one's mind, by the beginning of the word.
_MIND_OF = re.compile(
    r"\b(?:been|is|was) (worr|stress|anxious|upset|excit|happy|busy|struggl|think|bother|troubl)"
    r"|(忙|烦|担心|操心|愁|琢磨|纠结|焦虑|高兴|开心)",
    re.IGNORECASE,
)
_MAY_ASK = re.compile(
    r"\b(?:what|how)|^\W*(?:\w+ )?(?:do|have|did|my|our|any)\b|什么|啥|嘛|哪些|怎么样|有",
    re.IGNORECASE,
)
_MARKS_ZH = re.compile(r"[\s，,。.？?！!、呢啊呀]+")


@Memo
def period_of(text: str) -> Period:
    """What a question asks of a stretch of time; empty where it asks something else.

    >>> period_of("What did we talk about last week?"), period_of("What happened yesterday?")
    ('said', 'event')
    >>> period_of("我最近在忙什么"), period_of("What did Ana say yesterday?")
    ('said', '')
    """
    if len(text) > _LONGEST:
        return ""
    plain = collapse(text)
    if _MAY_ASK.search(plain) is None:  # what tells is mostly known by this, at no cost
        return ""
    chinese = has_han(plain)
    plain = (_RECENT_ZH if chinese else _RECENT_EN).sub(f" {_LATELY} ", plain)
    for one in resolve_dates(plain, _ANY_DAY):
        plain = plain.replace(one.phrase, f" {_DATE} ", 1)
    if chinese:
        plain = _MARKS_ZH.sub("", plain)
        said, event = _SAID_ZH, _EVENT_ZH
    else:
        plain = " ".join(word.low for word in words_of(plain))
        said, event = _SAID_EN, _EVENT_EN
    if event.fullmatch(plain):
        return "event"
    return "said" if said.fullmatch(plain) else ""


def mind_of(question: str) -> str:
    """What is asked to have been on one's mind, as a word begins that tells it; mostly nothing.

    >>> mind_of("What have I been worried about?"), mind_of("我最近在忙什么")
    ('worr', '忙')
    """
    found = _MIND_OF.search(question)
    return (found[1] or found[2]).lower() if found else ""


def days_of(question: str, now: datetime) -> list[tuple[date, date]]:
    """The days that such a question is about, each a first and a last: the last fortnight where
    it names none."""
    named = [(one.start, one.end) for one in resolve_dates(question, now)]
    try:
        return named or [(now.date() - _LATELY_IS, now.date())]
    except OverflowError:  # the year 1
        return [(now.date(), now.date())]
