"""Times named in a text, against the moment they were said."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from assistant.language import resolve_dates

SUNDAY = datetime(2026, 5, 3, 9, 0, tzinfo=timezone(timedelta(hours=1)))


def spans(text: str, at: datetime = SUNDAY) -> list[str]:
    return [
        str(one.start) if one.start == one.end else f"{one.start}..{one.end}"
        for one in resolve_dates(text, at)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I adopted a parrot yesterday.", ["2026-05-02"]),
        ("yesterday morning", ["2026-05-02"]),
        ("I booked the sauna for Friday", ["2026-05-08"]),
        ("the hearing was pushed to Thursday", ["2026-05-07"]),
        ("I swam on Friday", ["2026-05-01"]),
        ("rehearsal on the 14th at three", ["2026-05-14"]),
        ("it's moved to the 2nd", ["2026-06-02"]),
        ("I was there on the 14th", ["2026-04-14"]),
        ("the audit is on Monday 15 June", ["2026-06-15"]),
        ("physio on weds at four", ["2026-05-06"]),
        ("see you on Sat", ["2026-05-09"]),
        ("I'm worried about the exam in June", ["2026-06-01..2026-06-30"]),
        ("the day before yesterday", ["2026-05-01"]),
        ("the day after tomorrow", ["2026-05-05"]),
        ("last night", ["2026-05-02"]),
        ("tonight", ["2026-05-03"]),
        ("three days ago", ["2026-04-30"]),
        ("a couple of days ago", ["2026-05-01"]),
        ("two weeks ago", ["2026-04-13..2026-04-19"]),
        ("5 months ago", ["2025-12-01..2025-12-31"]),
        ("ten years ago", ["2016-01-01..2016-12-31"]),
        ("a few days ago", ["2026-04-28..2026-05-01"]),
        ("in 3 days", ["2026-05-06"]),
        ("two weeks from now", ["2026-05-11..2026-05-17"]),
        ("last week", ["2026-04-20..2026-04-26"]),
        ("this week", ["2026-04-27..2026-05-03"]),
        ("next month", ["2026-06-01..2026-06-30"]),
        ("last year", ["2025-01-01..2025-12-31"]),
        ("last weekend", ["2026-04-25..2026-04-26"]),
        ("I met her on Friday", ["2026-05-01"]),
        ("my appointment is on Friday", ["2026-05-08"]),
        ("last Friday", ["2026-05-01"]),
        ("next Friday", ["2026-05-08"]),
        ("last Sunday", ["2026-04-26"]),
        ("I went there in May", ["2026-05-01..2026-05-31"]),
        ("I went there in June", ["2025-06-01..2025-06-30"]),
        ("I will go there in April", ["2027-04-01..2027-04-30"]),
        ("in May 2021", ["2021-05-01..2021-05-31"]),
        ("last December", ["2025-12-01..2025-12-31"]),
        ("on 3 May 2025", ["2025-05-03"]),
        ("on May 3rd, 2025", ["2025-05-03"]),
        ("the 5th of June 2020", ["2020-06-05"]),
        ("2026-02-28", ["2026-02-28"]),
        ("25/12/2025", ["2025-12-25"]),
        ("in 2019", ["2019-01-01..2019-12-31"]),
        ("last summer", ["2025-06-01..2025-08-31"]),
        ("in the summer of 2020", ["2020-06-01..2020-08-31"]),
        ("last Christmas", ["2025-12-25"]),
        ("I was born on 29 February", ["2024-02-29"]),
        ("It rained yesterday and on Monday", ["2026-05-02", "2026-04-27"]),
    ],
)
def test_english_times_resolve_against_the_turns_own_day(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我昨天领养了一只鹦鹉", ["2026-05-02"]),
        ("大前天", ["2026-04-30"]),
        ("约了木匠，周三上午", ["2026-05-06"]),
        ("周三去看了木匠", ["2026-04-29"]),
        ("木匠改到20号", ["2026-05-20"]),
        ("农历八月十五是外婆生日", []),
        ("后天见", ["2026-05-05"]),
        ("三天前", ["2026-04-30"]),
        ("十二天后", ["2026-05-15"]),
        ("两周前", ["2026-04-13..2026-04-19"]),
        ("3个月前", ["2026-02-01..2026-02-28"]),
        ("半年前", ["2025-11-01..2025-11-30"]),
        ("上周", ["2026-04-20..2026-04-26"]),
        ("上周三", ["2026-04-22"]),
        ("上个星期天", ["2026-04-26"]),
        ("这周", ["2026-04-27..2026-05-03"]),
        ("下下周", ["2026-05-11..2026-05-17"]),
        ("上个月", ["2026-04-01..2026-04-30"]),
        ("周三我去了医院", ["2026-04-29"]),
        ("周三要开会", ["2026-05-06"]),
        ("去年夏天", ["2025-06-01..2025-08-31"]),
        ("明年", ["2027-01-01..2027-12-31"]),
        ("5月3日", ["2026-05-03"]),
        ("2021年5月", ["2021-05-01..2021-05-31"]),
        ("2021年5月20日", ["2021-05-20"]),
        ("2019年", ["2019-01-01..2019-12-31"]),
        ("国庆节", ["2026-10-01"]),
    ],
)
def test_chinese_times_resolve_against_the_turns_own_day(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "you may march on in the sun",
        "April and May are my sisters",
        "I may 3 times",
        "He can march 3 miles",
        "3/5/2026",
        "room 2019",
        "I live on the 4th floor",
        "the 3rd one was the best",
        "我住5号楼，坐3号线",
        "in the 1990s",
        "recently, one day, some time ago",
        "2025-13-01",
        "I have two weeks of leave",
        "我有三个月亮",
        "13月40日",
        "",
    ],
)
def test_what_names_no_time_or_an_ambiguous_one_is_left_alone(text: str) -> None:
    assert spans(text) == []


def test_yesterday_is_counted_in_the_offset_the_turn_was_said_in() -> None:
    late = datetime(2026, 5, 3, 23, 30, tzinfo=timezone(timedelta(hours=-8)))  # 4 May in UTC
    assert spans("yesterday", late) == ["2026-05-02"]
    assert spans("昨天", late.astimezone(UTC)) == ["2026-05-03"]


def test_month_ends_and_leap_days_are_survived() -> None:
    assert spans("a year ago", datetime(2024, 2, 29, tzinfo=UTC)) == ["2023-01-01..2023-12-31"]
    assert spans("last month", datetime(2024, 3, 31, tzinfo=UTC)) == ["2024-02-01..2024-02-29"]


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
@pytest.mark.parametrize(
    "text",
    ["yesterday tomorrow last week next week a year ago in 9999 years last summer next winter",
     "in May 9999 on 3 May last Friday over the weekend next Christmas last decade 5 decades ago",
     "昨天 后天 上上周 下下周 去年 后年 三千年前 半年后 5月3日 周末 国庆节 明年冬天"],
)  # fmt: skip
def test_the_first_and_the_last_year_do_not_crash(text: str, at: datetime) -> None:
    assert all(one.start <= one.end for one in resolve_dates(text, at))


def test_the_words_are_kept_beside_the_days() -> None:
    (one,) = resolve_dates("We met the day before yesterday, remember", SUNDAY)
    assert (one.phrase, one.start) == ("the day before yesterday", date(2026, 5, 1))


def test_resolving_dates_never_imports_dateparser() -> None:
    code = (
        "import sys, datetime\nfrom assistant.language import resolve_dates\n"
        "resolve_dates('on 3 May, 昨天', datetime.datetime.now().astimezone())\n"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
