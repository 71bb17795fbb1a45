"""Whether words only set right when something is: "No wait, Friday at ten", 不对，是周四.

Such words name no thing: they lean on what was said just before, and take its time back. Judged by
form: an opening that corrects, or a bare "it moved to", then a date, a time of day at most, and
nothing else. Knows nothing of turns or stores.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

from assistant.turn import ResolvedDate

from . import calendar
from .calendar import Span
from .dates import resolve_dates
from .memo import Memo
from .text import collapse, has_han

_LONGEST = 80
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_DATE = "\x01"  # stands for a date

_OPENING_EN = re.compile(
    r"(?:(?:no|nope|wait|sorry|oops|oh|ah|hold on|actually|correction|scratch that|my mistake|"
    r"i was wrong|i (?:mean|meant)(?: to say)?|or rather|rather|make (?:that|it))\b[\s,.!:;–—-]*)+",
    re.IGNORECASE,
)
_CHANGED = "moved|changed|rescheduled|postponed|pushed|shifted|brought|switched|delayed"
_MOVED_EN = re.compile(
    rf"(?:ok(?:ay)?,? |oh,? |so,? |actually,? )?(?:(?:i|we|they|he|she)(?:['’]ve| have)?(?: just)? "
    rf"(?:{_CHANGED}) (?:it|that|this)|(?:it|that|this)(?:['’]s| is| was| got| has)(?: been)?"
    rf"(?: just)? (?:{_CHANGED}))(?: back| forward)? (?:to|until|till) ",
    re.IGNORECASE,
)
_FRAME_EN = re.compile(
    r"(?:it['’]?s|it (?:is|was|will be|should be)|that['’]?s|it['’]ll be|should be|on|at|"
    r"from|the)\b\s*",
    re.IGNORECASE,
)
# What may stand beside the date: a time of day, what it was not, and words of no weight.
_BESIDE_EN = re.compile(
    rf"\bnot (?:on )?{_DATE}|\b(?:at |from |around )?"
    r"(?:\d{1,2}(?:[:.]\d\d)?(?:\s*[ap]\.?m\b\.?)?|"
    r"noon|midnight|(?:half past |quarter (?:past|to) )?(?:one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve)|half past \d{1,2})(?:\s*o['’]clock)?\b|"
    r"\b(?:instead|now|then|please|sorry|at|on|in|the|morning|afternoon|evening|not)\b",
    re.IGNORECASE,
)
_OPENING_ZH = re.compile(
    "(?:(?:啊|哦|噢|等等|等一下|不对|不是?(?=[\\s，,。！!])|错了|应该|更正(?:一下)?|对不起|抱歉|不好意思|"
    "我?(?:刚才|之前)?(?:说|记|搞|弄|写|看)错了?)[\\s，,。！!：:]*)+"
)
_MOVED_ZH = re.compile(
    "(?:哦|噢|对了)?[，,]?(?:我们?|他们?|她|对方|那边)?(?:又|已经|刚)?(?:把(?:它|时间|日期|日子))?(?:又|已经)?"
    "(?:改|推迟|提前|挪|延期?|调|换)(?:到|成|至|在)了?"
)
_BESIDE_ZH = re.compile(
    "不是\x01|(?:上午|下午|早上|晚上|中午|傍晚|凌晨)?(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:点(?:半|一刻|[0-9]{1,2}分?)?|"
    "[:：][0-9]{2})|上午|下午|早上|晚上|中午|傍晚|[是在的了吧啊哦才对说应该而]"
)
# "Tuesday, not Monday", 不是周三，是周四.
_CONTRAST = re.compile(
    rf"(?:on )?{_DATE}[\s,–—-]+(?:and )?not (?:on )?{_DATE}"
    rf"|not (?:on )?{_DATE}[\s,–—-]+(?:but )?(?:on )?{_DATE}"
    rf"|不是{_DATE}[\s，,]*(?:而|应该)?是{_DATE}|是{_DATE}[\s，,]*(?:而)?不是{_DATE}",
    re.IGNORECASE,
)
# How any of these begins, or "Tuesday, not Monday": what begins otherwise need not be read.
_MAY_OPEN = re.compile(
    rf"{_OPENING_EN.pattern}|{_MOVED_EN.pattern}|{_OPENING_ZH.pattern}|{_MOVED_ZH.pattern}"
    r"|.{0,40}\bnot\b|.{0,20}不是",
    re.IGNORECASE,
)
# A time of day that says by itself that it is one: "at 11", "10:30", 十一点; "No, 11" may count.
_CLOCK = re.compile(
    r"\b(?:at|from) (?:half past |quarter (?:past|to) )?(?:\d{1,2}(?![\d%])|one|two|three|four|"
    r"five|six|seven|eight|nine|ten|eleven|twelve)\b|\b\d{1,2}[:.]\d\d\b|"
    r"\b\d{1,2}\s*[ap]\.?m\b|\bo['’]clock\b|\b(?:noon|midnight)\b|"
    r"[0-9一二两三四五六七八九十]点|[0-9][:：][0-9]{2}",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[\s,.!;:，。！；：、~～–—-]+")


# A day that another word than it must place: the 19th of which month, Friday of which week?
_BARE_DAY = re.compile(
    r"(?:the )?\d{1,2}(?:st|nd|rd|th)|\d{1,2}号|[一二三四五六七八九十]{1,3}号", re.IGNORECASE
)
_BARE_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:s|nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?|(?:周|星期|礼拜).",
    re.IGNORECASE,
)


def amended_dates(text: str, at: datetime, before: date) -> tuple[ResolvedDate, ...]:
    """The times in such words: a bare day is one of the month, a bare weekday one of the week, of
    what was said before; if that is over, the next.

    >>> from datetime import UTC
    >>> now = datetime(2026, 5, 4, tzinfo=UTC)
    >>> amended_dates("No, the 19th", now, date(2026, 6, 12))[0].start
    datetime.date(2026, 6, 19)

    Args:
        text: What sets right.
        at: When it was said.
        before: The first day of what it sets right.
    """
    found = []
    for one in resolve_dates(text, at):
        first: Span | None = None
        if _BARE_DAY.fullmatch(one.phrase):
            first = calendar.day_of_month(before.replace(day=1), one.start.day, False)
        elif _BARE_WEEKDAY.fullmatch(one.phrase):
            first = calendar.weekday_of_week(before, one.start.weekday(), 0)
        over = first is None or (first[0] < at.date() <= before)
        start, end = (one.start, one.end) if over or first is None else first
        found.append(replace(one, start=start, end=end))
    return tuple(found)


@Memo
def amends_time(text: str) -> bool:
    """Whether a text says nothing but that something just told is at another time.

    >>> amends_time("No wait, Friday at 10"), amends_time("I moved it to 5 June")
    (True, True)
    >>> amends_time("不对，是周四"), amends_time("Actually, Tom comes on Friday")
    (True, False)
    >>> amends_time("No, at 11"), amends_time("No, 11")
    (True, False)
    """
    plain = collapse(text).strip("“”\"' ")
    if not 0 < len(plain) <= _LONGEST or "?" in plain or "？" in plain or _DATE in plain:
        return False
    if _MAY_OPEN.match(plain) is None:  # nearly always; times cost more to find
        return False
    dates = resolve_dates(plain, _ANY_DAY)
    clock = not dates and names_clock(plain)
    if not clock and not 0 < len(dates) <= 2:
        return False
    for one in dates:
        plain = plain.replace(one.phrase, _DATE, 1)
    chinese = has_han(plain) or has_han(text)
    openings = (_MOVED_ZH, _OPENING_ZH) if chinese else (_MOVED_EN, _OPENING_EN)
    opening = next((found for one in openings if (found := one.match(plain))), None)
    rest = plain[opening.end() :] if opening else plain
    if opening is None and (clock or not _CONTRAST.match(plain)):
        return False
    if not chinese:
        framed = _FRAME_EN.match(rest)
        rest = rest[framed.end() :] if framed else rest
    rest = (_BESIDE_ZH if chinese else _BESIDE_EN).sub("", rest)
    return _MARKS.sub("", rest) == ("" if clock else _DATE)


def names_clock(text: str) -> bool:
    """Whether a text names a time of day by the clock.

    >>> names_clock("The dentist is on Thursday at 10."), names_clock("I have 10 apples.")
    (True, False)
    """
    return _CLOCK.search(text) is not None
