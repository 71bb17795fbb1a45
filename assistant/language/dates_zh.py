"""The Chinese grammar of times: a table of forms and what each resolves to.

上周三 is Wednesday of the week before, 下周三 of the week after, 周三 alone that of this week when
it lies ahead or the sentence tells of something done (了, 过) and it lies behind. A month or a day
without a year is the latest one in a sentence about the past and the coming one otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from . import calendar as cal
from .calendar import Span

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6} | {
    "七": 7,
    "八": 8,
    "九": 9,
}
_DAYS = {
    "大前天": -3,
    "前天": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "昨夜": -1,
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "今早": 0,
    "今晨": 0,
    "明天": 1,
    "明日": 1,
    "明晚": 1,
    "明早": 1,
    "后天": 2,
    "大后天": 3,
}
_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
_OFFSETS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_SEASONS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_HOLIDAYS = {"圣诞节": (12, 25), "平安夜": (12, 24), "元旦": (1, 1), "国庆节": (10, 1)}

_NUMBER = r"\d{1,4}|[一二两三四五六七八九十]{1,3}"
_SMALL = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_WHICH = "上上|下下|上|这|本|下"
_ENTRIES = "|".join(sorted(_DAYS, key=len, reverse=True))
_YEAR_WORDS = "|".join(sorted(_YEARS, key=len, reverse=True))
_PAST = re.compile("了|过|曾|[前昨去]|上个?[周月]|上星期|刚|是.{1,30}的")
# What is arranged lies ahead, although the arranging is done: 约了牙医，周三下午.
_FUTURE = re.compile(
    "[会将要]|打算|准备|[约预][好了定约]|订[好了]|说好|约定|定[在于到]|改[到成期]|推迟|挪到|延[到期]|安排[在到]"
)
# Days of the lunar calendar are not worked out, and never taken for others.
_LUNAR = re.compile(
    "(?:农历|阴历|旧历)的?(?:每?年)?[正腊一二三四五六七八九十0-9闰]{1,4}月[初一二三四五六七八九十廿0-9]{0,3}[日号]?"
)


def _number(text: str) -> int:
    """A number of at most two Chinese numerals, or digits."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return int("".join(str(_DIGITS[sign]) for sign in text))
    return 10 * (_DIGITS.get(tens[:1], 1) if tens else 1) + (
        _DIGITS.get(ones[:1], 0) if ones else 0
    )


def _unit(at: date, unit: str, offset: int) -> Span | None:
    if unit in "天日":
        return cal.day(at, offset)
    if unit in ("周", "星期", "礼拜"):
        return cal.week(at, offset)
    if unit == "月":
        return cal.month(at.year, at.month + offset)
    return cal.whole_year(at.year + offset)


Match = re.Match[str]
Resolve = Callable[[Match, date, bool], Span | None]


def _relative_day(match: Match, at: date, past: bool) -> Span | None:
    return cal.day(at, _DAYS[match.group()])


def _relative_year(match: Match, at: date, past: bool) -> Span | None:
    year = at.year + _YEARS[match["year"]]
    if match["season"]:
        return cal.season(year, _SEASONS[match["season"]])
    if match["month"]:
        number = _number(match["month"])
        if not 1 <= number <= 12:
            return None
        return (
            cal.on(year, number, _number(match["day"])) if match["day"] else cal.month(year, number)
        )
    return cal.whole_year(year)


def _apart(match: Match, at: date, past: bool) -> Span | None:
    sign = -1 if match["way"] in ("前", "以前", "之前") else 1
    if match["count"] == "半":
        return _unit(at, "月", 6 * sign) if match["unit"] == "年" else None
    if match["count"] in ("几", "好几"):
        near, far = _unit(at, match["unit"], 2 * sign), _unit(at, match["unit"], 5 * sign)
        return (min(near[0], far[0]), max(near[1], far[1])) if near and far else None
    return _unit(at, match["unit"], sign * _number(match["count"]))


def _which_weekday(match: Match, at: date, past: bool) -> Span | None:
    number = _WEEKDAYS[match["day"]]
    if match["which"]:
        return cal.weekday_of_week(at, number, _OFFSETS[match["which"]])
    return cal.weekday_before(at, number) if past else cal.weekday_from(at, number)


def _which_weekend(match: Match, at: date, past: bool) -> Span | None:
    if match["which"]:
        return cal.weekend(at, _OFFSETS[match["which"]])
    return cal.weekend(at, -1 if past and at.weekday() < 5 else 0)


def _which_unit(match: Match, at: date, past: bool) -> Span | None:
    return _unit(at, match["unit"], _OFFSETS[match["which"]])


def _date(match: Match, at: date, past: bool) -> Span | None:
    number = _number(match["month"])
    if not 1 <= number <= 12:
        return None
    day = _number(match["day"]) if match["day"] else None
    if match["year"]:
        year = int(match["year"])
        return cal.on(year, number, day) if day is not None else cal.month(year, number)
    if day is None:
        return cal.monthly(at, number, past)
    return cal.yearly(at, number, day, past)


def _day_of_month(match: Match, at: date, past: bool) -> Span | None:
    return cal.day_of_month(at, _number(match["day"]), past)


def _year(match: Match, at: date, past: bool) -> Span | None:
    year = int(match["year"])
    if match["season"]:
        return cal.season(year, _SEASONS[match["season"]])
    return cal.whole_year(year)


def _holiday(match: Match, at: date, past: bool) -> Span | None:
    number, day = _HOLIDAYS[match.group()]
    return cal.yearly(at, number, day, past)


_FORMS = (
    (_ENTRIES, _relative_day),
    (
        rf"(?P<year>{_YEAR_WORDS})(?:的?(?P<season>[春夏秋冬])[天季]|"
        rf"(?P<month>{_SMALL})月(?:份|(?P<day>{_SMALL})[日号])?)?",
        _relative_year,
    ),
    (
        rf"(?P<count>{_NUMBER}|半|好几|几)个?(?P<unit>天|日|周|星期|礼拜|月|年)(?P<way>以前|之前|前|以后|之后|后)",
        _apart,
    ),
    (
        rf"(?P<which>{_WHICH})?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?![个年月])",
        _which_weekday,
    ),
    (rf"(?P<which>{_WHICH})?个?周末", _which_weekend),
    (rf"(?P<which>{_WHICH})个?(?P<unit>周|星期|礼拜)(?![一二三四五六日天末])", _which_unit),
    (rf"(?P<which>{_WHICH})个?(?P<unit>月)(?![一-鿿]?[日号])", _which_unit),
    (
        rf"(?:(?P<year>\d{{4}})年)?(?P<month>{_SMALL})月(?:份|(?P<day>{_SMALL})[日号])?(?!前|后|以|之)",
        _date,
    ),
    (  # 20号, where it is no number of a line, a room or a house
        rf"(?<![月\d一二三四五六七八九十第每])(?P<day>{_SMALL})号(?=$|[，。,.!！？?、；;\s]|[上下中早晚][午上晚]|[去来交到开见之前后了吧就]|是?我|出发)",
        _day_of_month,
    ),
    (r"(?P<year>[12]\d{3})年(?:的?(?P<season>[春夏秋冬])[天季])?(?!前|后|以|之|\d)", _year),
    ("|".join(_HOLIDAYS), _holiday),
)


def find(text: str, at: date) -> Iterator[tuple[int, int, Span]]:
    """Every time named in a Chinese text: where it starts and ends, and its span of days."""
    past = _PAST.search(text) is not None and _FUTURE.search(text) is None
    if "历" in text:
        text = _LUNAR.sub(lambda found: "　" * len(found.group()), text)
    for pattern, resolve in _FORMS:
        # Compiled when first used, and kept by re: not at import.
        for match in re.finditer(pattern, text):
            span = resolve(match, at, past)
            if span:
                yield match.start(), match.end(), span
