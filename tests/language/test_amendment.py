"""Words that only set a time right, and questions about a time and no topic."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.language.amendment import amended_dates, amends_time
from assistant.language.periods import period_of
from assistant.language.requests import is_request


@pytest.mark.parametrize(
    "text",
    [
        "no wait, friday at 10",
        "No, at 9.",
        "sorry, it's at 4:15",
        "wait, half past seven o'clock",
        "不对，是下午两点",
        "说错了，是九点半",
        "No, on Friday.",
        "I moved it to 5 June",
        "it's moved to the 20th",
        "it's been moved to Thursday at 3pm",
        "actually Tuesday",
        "Actually, it's on Tuesday",
        "Sorry, I meant Tuesday.",
        "Tuesday, not Monday",
        "scratch that, 8 May",
        "make that Saturday",
        "不对，是周四",
        "改到下周一了",
        "不是周三，是周四",
        "说错了，是6月5号",
        "应该是周四下午三点",
        "他们把时间改到周五上午十点了",
        "哦，又改到周六了",
    ],
)
def test_a_time_that_only_sets_another_right_is_known_by_its_form(text: str) -> None:
    assert amends_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Friday",
        "at 9",
        "no, 9",
        "No, at 9 people came",
        "no, at 9%",
        "actually I get up at 6",
        "不对，我九点起床",
        "no",
        "I moved to Lisbon in May",
        "Actually, Tom comes on Friday",
        "No, I was in Rome on Friday",
        "actually I hate Mondays",
        "sorry, can't on Friday",
        "no rain on Friday",
        "actually the 14th floor",
        "we moved it to the garage",
        "I changed it yesterday",
        "Is it on Friday?",
        "no, Friday " * 20,
        "不对，我住在上海",
        "我们改到上海了",
        "不，周四我不去",
        "牙医改到下周一了",
        "不是周四",
        "周四吗？",
    ],
)
def test_what_names_anything_else_sets_no_time_right(text: str) -> None:
    assert not amends_time(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("What did we talk about last week?", "said"),
        ("what did we talk about", "said"),
        ("What have I been worried about lately?", "said"),
        ("what's going on in my life", "said"),
        ("what did I tell you yesterday?", "said"),
        ("What happened yesterday?", "event"),
        ("what did I do on Monday?", "event"),
        ("do I have any appointments this week?", "event"),
        ("what are my plans for Saturday", "event"),
        ("我最近在忙什么？", "said"),
        ("我们上周聊了什么", "said"),
        ("昨天我跟你说了什么", "said"),
        ("最近有什么要紧事", "said"),
        ("昨天发生了什么", "event"),
        ("这周有什么安排", "event"),
        ("明天我有什么安排吗", "event"),
        ("What did Ana say yesterday?", ""),
        ("what did I eat yesterday?", ""),
        ("what have I been reading lately?", ""),
        ("what do I have in the fridge?", ""),
        ("what should I do on Saturday?", ""),
        ("我最近看了什么书", ""),
        ("小陈最近怎么样", ""),
        ("你最近怎么样", ""),
        ("", ""),
    ],
)
def test_a_question_about_a_time_and_no_topic_is_known_by_its_form(text: str, period: str) -> None:
    assert period_of(text) == period
    assert not (period and is_request(text))


@pytest.mark.parametrize(
    ("text", "before", "day"),
    [
        ("no, the 19th", date(2026, 6, 12), date(2026, 6, 19)),
        ("no, the 8th", date(2026, 6, 12), date(2026, 6, 8)),
        ("no, Wednesday", date(2026, 6, 15), date(2026, 6, 17)),
        ("no, Monday", date(2026, 6, 19), date(2026, 6, 15)),
        ("no, Tuesday", date(2026, 5, 8), date(2026, 5, 12)),  # this week's is over
        ("no, Friday", date(2026, 5, 7), date(2026, 5, 8)),
        ("no, tomorrow", date(2026, 6, 12), date(2026, 5, 7)),
        ("no, 5 July", date(2026, 6, 12), date(2026, 7, 5)),
        ("不对，是19号", date(2026, 6, 12), date(2026, 6, 19)),
        ("不对，是周三", date(2026, 6, 15), date(2026, 6, 17)),
    ],
)
def test_a_bare_day_is_one_of_the_time_it_sets_right(text: str, before: date, day: date) -> None:
    wednesday = datetime(2026, 5, 6, 9, tzinfo=UTC)
    [one] = amended_dates(text, wednesday, before)
    assert one.start == day
