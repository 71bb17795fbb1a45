"""The built-in responder's own words, in English and Chinese, and how it says dates."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..language import Language

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


@dataclass(frozen=True, slots=True)
class Phrases:
    """Sentences and templates of one language."""

    learned: str
    known: str
    changed: str
    told: str
    said: str
    said_by_me: str
    before: str
    since: str
    corrected: str
    former: str
    former_in_part: str
    when: str
    told_when: str
    undated: str
    several: str
    meaning: str
    you: str
    yes: str
    no: str
    not_any_more: str
    nothing: str
    nearest: str
    no_request: str
    heeding: str
    forgetting: str
    unclear: str
    source_own: str
    source: str
    source_me: str
    model: str
    heard: str
    listening: str
    time: str
    date: str
    small_talk: dict[str, str]
    stop: str
    space: str


ENGLISH = Phrases(
    learned="I'll remember: {quote}",
    known="You told me that on {day}. I'll remember.",
    changed="Before, on {day}, you said: {quote}",
    told="You told me on {day}: {quote}",
    said="{name} said on {day}: {quote}",
    said_by_me="I said on {day}: {quote}",
    before="Before that, on {day}: {quote}",
    since="Since then, on {day}: {quote}",
    corrected="Something said later replaces that.",
    former="(replaced later)",
    former_in_part="(replaced later, in part)",
    when="{span}.",
    told_when="On {day} at {time}.",
    undated="I have no date for it.",
    several="I remember:",
    meaning="({phrase}: {span})",
    you="You",
    yes="Yes.",
    no="Not as far as I know: {value}.",
    not_any_more="Not any more, as far as I know.",
    nothing="I don't have that.",
    nearest="I'm not sure; the closest I have is this.",
    no_request="I can only bring back what was said.",
    heeding="I can only bring back what was said; this may bear on it:",
    forgetting=(
        "I forget for good, and only when told so plainly: /forget and the words, or the number."
    ),
    unclear="I don't understand that.",
    source_own="You did, on {day} at {time}: {quote}",
    source="{name} did, on {day} at {time}: {quote}",
    source_me="I said so myself, on {day} at {time}: {quote}",
    model=(
        "I answer from memory alone; for free conversation a language model can be connected "
        "(see “Connecting a model” in the README)."
    ),
    heard="All right. I'll keep that in mind for now.",
    listening="I'm listening.",
    time="It is {time}.",
    date="It is {weekday}, {day}.",
    small_talk={
        "greeting": "Hello!",
        "thanks": "You're welcome.",
        "farewell": "Goodbye! I'll remember.",
        "wellbeing": "All is well here, thank you.",
        "assent": "All right.",
        "opening": "What is it?",
        "praise": "That's kind of you.",
        "identity": (
            "I'm Remembrancer. I remember what you tell me and bring it back, word for word, "
            "when you ask."
        ),
        "help": "Tell me things, and ask me about them later: I quote what was said, and when.",
    },
    stop=".",
    space=" ",
)

CHINESE = Phrases(
    learned="我会记住：{quote}",
    known="你在{day}告诉过我。我会记住。",
    changed="此前你在{day}说过：{quote}",
    told="你在{day}告诉我：{quote}",
    said="{name}在{day}说：{quote}",
    said_by_me="我在{day}说：{quote}",
    before="在那之前，{day}：{quote}",
    since="后来，{day}：{quote}",
    corrected="后来的话已经取代了它。",
    former="（后来有变）",
    former_in_part="（后来部分有变）",
    when="{span}。",
    told_when="{day}{time}。",
    undated="没有提到日期。",
    several="我记得：",
    meaning="（{phrase}：{span}）",
    you="你",
    yes="是的。",
    no="据我所知不是：{value}。",
    not_any_more="据我所知，现在不是了。",
    nothing="我没有这方面的记忆。",
    nearest="我不太确定，最接近的是这句。",
    no_request="我只会说出记得的话。",
    heeding="我只会说出记得的话，这些可能有关：",
    forgetting="忘掉就再也找不回来，所以要明说：用 /forget 加上那些词，或它的编号。",
    unclear="我没看懂。",
    source_own="是你在{day}{time}说的：{quote}",
    source="是{name}在{day}{time}说的：{quote}",
    source_me="是我自己在{day}{time}说的：{quote}",
    model="我只凭记忆回答；想自由聊天，可以连接一个语言模型（见 README 的“Connecting a model”）。",
    heard="好的，我先记着。",
    listening="我在听。",
    time="现在是{time}。",
    date="今天是{day}，{weekday}。",
    small_talk={
        "greeting": "你好！",
        "thanks": "不客气。",
        "farewell": "再见！我会记得的。",
        "wellbeing": "一切都好，谢谢。",
        "assent": "好的。",
        "opening": "什么事？",
        "praise": "谢谢夸奖。",
        "identity": "我是 Remembrancer。你告诉我的事我会记住，问起时一字不差地说给你听。",
        "help": "把事情告诉我，以后再问我：我会引用当时的原话和日期。",
    },
    stop="。",
    space="",
)


def phrases_of(language: Language) -> Phrases:
    """The words for a language."""
    return CHINESE if language == "zh" else ENGLISH


def say_day(day: date, language: Language) -> str:
    """A day as people write it.

    >>> say_day(date(2026, 5, 3), "en"), say_day(date(2026, 5, 3), "zh")
    ('3 May 2026', '2026年5月3日')
    """
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_weekday(day: date, language: Language) -> str:
    """The day of the week."""
    return (
        "星期" + "一二三四五六日"[day.weekday()] if language == "zh" else _WEEKDAYS[day.weekday()]
    )


def say_time(moment: datetime) -> str:
    """The time of day, 24 hours."""
    return f"{moment.hour:02}:{moment.minute:02}"


def say_when(start: date, end: date, language: Language) -> str:
    """A span of days as the answer to "when".

    >>> say_when(date(2026, 5, 2), date(2026, 5, 2), "en")
    'On 2 May 2026'
    >>> say_when(date(2026, 4, 27), date(2026, 5, 3), "en")
    'In the week of 27 April 2026'
    """
    span = say_span(start, end, language)
    if language == "zh":
        return span
    if start == end or span.startswith("the weekend"):
        return f"On {span}"
    return f"{'From' if ' to ' in span else 'In'} {span}"


def say_span(start: date, end: date, language: Language) -> str:
    """A span of days the way people name it.

    >>> say_span(date(2026, 4, 1), date(2026, 4, 30), "en")
    'April 2026'
    >>> say_span(date(2019, 1, 1), date(2019, 12, 31), "zh")
    '2019年'
    """
    to, year = ("至", "年") if language == "zh" else (" to ", "")
    if start == end:
        return say_day(start, language)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        first, last = f"{start.year}{year}", f"{end.year}{year}"
        return first if first == last else first + to + last
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        first, last = say_month(start, language), say_month(end, language)
        return first if first == last else first + to + last
    day = say_day(start, language)
    if start.weekday() == 0 and end - start == timedelta(days=6):
        return f"{day}那一周" if language == "zh" else f"the week of {day}"
    if start.weekday() == 5 and end - start == timedelta(days=1):
        return f"{day}那个周末" if language == "zh" else f"the weekend of {day}"
    return day + to + say_day(end, language)


def say_month(day: date, language: Language) -> str:
    """The month of a day: "April 2026"."""
    if language == "zh":
        return f"{day.year}年{day.month}月"
    return f"{_MONTHS[day.month - 1]} {day.year}"
