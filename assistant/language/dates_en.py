"""The English grammar of times: a table of forms and what each resolves to.

Conventions, where English leaves a choice. "Last Friday" is the latest one before today; "next
Friday" the one of the following week, "this Friday" that of this week. A bare weekday, month or
holiday is the latest one in a sentence about the past and the coming one otherwise. "Two weeks
ago" is a whole week, "in May" a whole month: people mean no day by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from . import calendar as cal
from .calendar import Span

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_SHORT_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_COUNTS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "fifteen": 15, "twenty": 20, "thirty": 30}
_HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
}
_OFFSETS = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1, "coming": 1}

_DAY_NAMES = "|".join(_WEEKDAYS)
_MONTH_NAMES = "|".join([*_MONTHS, *_SHORT_MONTHS, "sept"])
_COUNT_NAMES = r"\d{1,4}|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_WHICH = "|".join(_OFFSETS)
_SEASON_NAMES = "|".join(cal.SEASONS)
_HOLIDAY_NAMES = "|".join(name.replace("'", "['’]") for name in _HOLIDAYS)
_BEFORE_MONTH = "in|since|until|till|by|during|last|next|this|of|early|late|mid"
_BEFORE_YEAR = "in|since|until|till|by|during|from|of|before|after|early|late|mid|around"

# Words that say the sentence is about what has been. A regular past form ends in -ed.
_PAST = re.compile(
    r"\b(?:was|were|did|had|went|got|came|saw|met|made|took|bought|ate|began|left|told|said|"
    r"gave|found|felt|lost|won|ran|read|wrote|spoke|drove|flew|broke|fell|held|kept|led|paid|"
    r"sold|sent|slept|spent|stood|taught|thought|wore|born|been|done|gone|since|ago|[a-z]{2,30}ed)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|going to|gonna|shall|plan(?:s|ning)? to)\b|['’]ll\b", re.IGNORECASE
)


def _about_the_past(text: str) -> bool:
    return _PAST.search(text) is not None and _FUTURE.search(text) is None


def _month_number(name: str) -> int:
    return _SHORT_MONTHS.index(name[:3].lower()) + 1


def _count(name: str) -> int:
    name = re.sub(r"\s+", " ", name.lower())
    return int(name) if name.isdecimal() else _COUNTS[name]


def _unit(at: date, unit: str, offset: int) -> Span | None:
    """The day, week, month ... that lies ``offset`` of them after the one of ``at``."""
    if unit == "day":
        return cal.day(at, offset)
    if unit == "week":
        return cal.week(at, offset)
    if unit == "weekend":
        return cal.weekend(at, offset)
    if unit == "fortnight":
        return cal.week(at, 2 * offset)
    if unit == "month":
        return cal.month(at.year, at.month + offset)
    return cal.whole_year(at.year + offset * (10 if unit == "decade" else 1))


Match = re.Match[str]
Resolve = Callable[[Match, date, bool], Span | None]


def _relative_day(match: Match, at: date, past: bool) -> Span | None:
    words = re.sub(r"\s+", " ", match.group().lower())
    if "before yesterday" in words:
        return cal.day(at, -2)
    if "after tomorrow" in words:
        return cal.day(at, 2)
    if "yesterday" in words or words == "last night":
        return cal.day(at, -1)
    return cal.day(at, 1 if "tomorrow" in words else 0)


def _ago(match: Match, at: date, past: bool) -> Span | None:
    return _unit(at, match["unit"].lower(), -_count(match["count"]))


def _few_ago(match: Match, at: date, past: bool) -> Span | None:
    unit = match["unit"].lower()
    first, last = _unit(at, unit, -5), _unit(at, unit, -2)
    return (first[0], last[1]) if first and last else None


def _ahead(match: Match, at: date, past: bool) -> Span | None:
    return _unit(at, match["unit"].lower(), _count(match["count"]))


def _which_unit(match: Match, at: date, past: bool) -> Span | None:
    return _unit(at, match["unit"].lower(), _OFFSETS[match["which"].lower()])


def _bare_weekend(match: Match, at: date, past: bool) -> Span | None:
    # On a Saturday or Sunday, the weekend just being had.
    return cal.weekend(at, -1 if past and at.weekday() < 5 else 0)


def _weekday(match: Match, at: date, past: bool) -> Span | None:
    which, number = (match["which"] or "").lower(), _WEEKDAYS.index(match["day"].lower())
    if which in ("last", "past", "previous"):
        return cal.weekday_before(at, number)
    if which == "this":
        return cal.weekday_of_week(at, number, 0)
    if which == "next":
        return cal.weekday_of_week(at, number, 1)
    if past and which != "coming":
        return cal.weekday_before(at, number)
    return cal.weekday_from(at, number)


def _season(match: Match, at: date, past: bool) -> Span | None:
    first = cal.SEASONS[match["season"].lower()]
    if match["year"]:
        return cal.season(int(match["year"]), first)
    which = (match["which"] or "").lower()
    spans = [cal.season(at.year + offset, first) for offset in (-2, -1, 0, 1)]
    if which in ("last", "past", "previous"):
        over = [span for span in spans if span and span[1] < at]
        return over[-1] if over else None
    if which in ("next", "coming"):
        ahead = [span for span in spans if span and span[0] > at]
        return ahead[0] if ahead else None
    return cal.nearest(at, (spans[1], spans[2], spans[3]), past and which != "this")


def _iso(match: Match, at: date, past: bool) -> Span | None:
    return cal.on(int(match["year"]), int(match["month"]), int(match["day"]))


def _slashed(match: Match, at: date, past: bool) -> Span | None:
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first > 12 >= second:
        return cal.on(year, second, first)
    if second > 12 >= first:
        return cal.on(year, first, second)
    return cal.on(year, first, second) if first == second else None


def _day_and_month(match: Match, at: date, past: bool) -> Span | None:
    number, day = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        return cal.on(int(match["year"]), number, day)
    return _yearly(at, number, day, past)


def _holiday(match: Match, at: date, past: bool) -> Span | None:
    number, day = _HOLIDAYS[match["holiday"].lower().replace("’", "'")]
    if match["year"]:
        return cal.on(int(match["year"]), number, day)
    which = (match["which"] or "").lower()
    return _yearly(at, number, day, past or which in ("last", "past", "previous"))


def _yearly(at: date, number: int, day: int, past: bool) -> Span | None:
    # Eight years to either side, for 29 February.
    spans = [cal.on(at.year + offset, number, day) for offset in range(-8, 9)]
    known = [span for span in spans if span]
    chosen = [span for span in known if (span[0] <= at if past else span[0] >= at)]
    if not chosen:
        return None
    return chosen[-1] if past else chosen[0]


def _month(match: Match, at: date, past: bool) -> Span | None:
    number, before = _month_number(match["month"]), match["before"].lower()
    if before == "last":
        return cal.month(at.year - (number >= at.month), number)
    if before == "next":
        return cal.month(at.year + (number <= at.month), number)
    if before == "this":
        return cal.month(at.year, number)
    spans = (
        cal.month(at.year - 1, number),
        cal.month(at.year, number),
        cal.month(at.year + 1, number),
    )
    return cal.nearest(at, spans, past)


def _month_and_year(match: Match, at: date, past: bool) -> Span | None:
    return cal.month(int(match["year"]), _month_number(match["month"]))


def _year(match: Match, at: date, past: bool) -> Span | None:
    return cal.whole_year(int(match["year"]))


def _form(
    pattern: str, resolve: Resolve, flags: int = re.IGNORECASE
) -> tuple[re.Pattern[str], Resolve]:
    return re.compile(pattern, flags), resolve


_YEAR = r"(?P<year>[12]\d{3})(?![\d-])"
_OPTIONAL_YEAR = rf"(?:,? (?:of )?{_YEAR})?"
_ORDINAL = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
# Month names that are ordinary words too: only in capitals do they count beside a number.
_CASED_MONTHS = "|".join(
    f"[{n[0].upper()}{n[0]}]{n[1:]}" for n in _MONTHS if n not in ("may", "march")
)
_CAPITAL_MONTHS = _CASED_MONTHS + "|May|March|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"

# Each form begins with a word or a digit, so that a search passes over other text quickly.
_FORMS = (
    _form(
        r"\bthe day (?:before yesterday|after tomorrow)\b|\b(?:today|tonight|last night|"
        r"this (?:morning|afternoon|evening)|(?:yesterday|tomorrow)"
        r"(?: (?:morning|afternoon|evening|night))?)\b",
        _relative_day,
    ),
    _form(
        rf"\b(?P<count>{_COUNT_NAMES}) (?P<unit>day|week|fortnight|month|year|decade)s? ago\b", _ago
    ),
    _form(r"\b(?:a )?(?:few|several) (?P<unit>day|week|month|year)s? ago\b", _few_ago),
    _form(
        rf"\bin (?P<count>{_COUNT_NAMES}) (?P<unit>day|week|fortnight|month|year)s?"
        r"(?: from now|['’] time)?\b(?! of\b)",
        _ahead,
    ),
    _form(
        rf"\b(?P<count>{_COUNT_NAMES}) (?P<unit>day|week|fortnight|month|year)s? from now\b", _ahead
    ),
    _form(rf"\b(?P<which>{_WHICH}) (?P<unit>week|weekend|month|year|decade)\b", _which_unit),
    _form(r"\b(?:at|on|over|during) the weekend\b", _bare_weekend),
    _form(rf"\b(?:(?P<which>{_WHICH}) )?(?P<day>{_DAY_NAMES})\b(?!s)", _weekday),
    _form(rf"\b(?P<which>{_WHICH}) (?P<season>{_SEASON_NAMES})\b(?P<year>)", _season),
    _form(
        rf"\b(?P<which>)(?:in |during )?(?:the )?(?P<season>{_SEASON_NAMES}) (?:of )?{_YEAR}",
        _season,
    ),
    _form(r"\b(?P<year>\d{4})(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})\b", _iso),
    _form(r"\b(?P<first>\d{1,2})(?P<s>[/.])(?P<second>\d{1,2})(?P=s)(?P<year>\d{4})\b", _slashed),
    _form(
        rf"\b{_ORDINAL} (?:of )?(?P<month>{_CAPITAL_MONTHS})\b\.?{_OPTIONAL_YEAR}",
        _day_and_month,
        0,
    ),
    _form(
        rf"\b(?P<month>{_CAPITAL_MONTHS})\b\.? (?:the )?{_ORDINAL}\b{_OPTIONAL_YEAR}",
        _day_and_month,
        0,
    ),
    _form(
        r"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th) (?:of )?(?P<month>may|march)\b(?P<year>)",
        _day_and_month,
    ),
    _form(rf"\b(?P<month>{_MONTH_NAMES})\b\.?,? (?:of )?{_YEAR}", _month_and_year),
    _form(rf"\b(?P<before>{_BEFORE_MONTH})[ -](?P<month>{_MONTH_NAMES})\b(?! \d)", _month),
    _form(rf"\b(?:(?:{_BEFORE_YEAR})[ -]|back in ){_YEAR}\b(?!s)", _year),
    _form(
        rf"\b(?:(?P<which>{_WHICH}) )?(?P<holiday>{_HOLIDAY_NAMES})\b(?: (?:of )?{_YEAR})?",
        _holiday,
    ),
)
# No form matches a text without one of these.
_TRIGGER = re.compile(
    rf"\d|\b(?:today|tonight|yesterday|tomorrow|night|morning|afternoon|evening|ago|in|from now|"
    rf"weekend|{_WHICH}|{_DAY_NAMES}|{_MONTH_NAMES}|{_SEASON_NAMES}|{_HOLIDAY_NAMES})\b",
    re.IGNORECASE,
)


def find(text: str, at: date) -> Iterator[tuple[int, int, Span]]:
    """Every time named in an English text: where it starts and ends, and its span of days."""
    if _TRIGGER.search(text) is None:
        return
    past = _about_the_past(text)
    for pattern, resolve in _FORMS:
        for match in pattern.finditer(text):
            span = resolve(match, at, past)
            if span:
                yield match.start(), match.end(), span
