"""What each English form of a time resolves to; the forms themselves are in ``dates_en``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from . import calendar as cal
from .calendar import Span

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = (
    "january february march april may june july august september october november december"
).split()
SHORT_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
COUNTS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "fifteen": 15, "twenty": 20, "thirty": 30}
HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas day": (12, 25),
    "christmas": (12, 25),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new year's day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
}
OFFSETS = {"last": -1, "previous": -1, "past": -1, "this": 0, "next": 1, "coming": 1}

# Words that say the sentence is about what has been. A regular past form ends in -ed.
_PAST = re.compile(
    r"\b(?:was|were|did|had|went|got|came|saw|met|made|took|bought|ate|began|left|told|said|"
    r"gave|found|felt|lost|won|ran|read|wrote|spoke|drove|flew|broke|fell|held|kept|led|paid|"
    r"sold|sent|slept|spent|stood|taught|thought|wore|swam|sang|rode|drank|brought|caught|built|grew|rang|woke|forgot|chose|"
    r"drew|threw|born|been|done|gone|since|ago|[a-z]{2,30}ed)\b",
    re.IGNORECASE,
)
# States of now that look like the past: "I'm worried", "it's moved to", "they are closed".
_STATES = re.compile(
    r"(?:\b(?:am|is|are|be|being|get|gets|getting|feel|feels|feeling|it['’]s|that['’]s)|['’](?:m|re))"
    r"(?: (?:[a-z]{2,20}ly|so|very|too|quite|not|a bit|just))* [a-z]{2,30}ed\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|going to|gonna|shall|plan(?:s|ning)? to)\b|['’]ll\b", re.IGNORECASE
)


# What is arranged for a time lies ahead of the arranging: "I booked a table for Friday".
_ARRANGED = re.compile(
    r"\b(?:booked|reserved|scheduled|rescheduled|moved|postponed|pushed|delayed|arranged|ordered|"
    r"planned|changed|invited|shifted|put|set|(?:made|got|have|had) an? \w+)\b[^.!?]{0,60}"
    r"\b(?:for|to|until|till)\s(?:the )?$",
    re.IGNORECASE,
)


def is_arranged(before: str) -> bool:
    """Whether a time lies ahead by the words before it, though these tell of the past."""
    return _ARRANGED.search(before) is not None


def about_the_past(text: str) -> bool:
    """Whether a sentence tells of something that has been."""
    if _PAST.search(text) is None or _FUTURE.search(text) is not None:
        return False
    return _PAST.search(_STATES.sub("", text)) is not None


def _month_number(name: str) -> int:
    return SHORT_MONTHS.index(name[:3].lower()) + 1


def _count(name: str) -> int:
    name = re.sub(r"\s+", " ", name.lower())
    return int(name) if name.isdecimal() else COUNTS[name]


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
# Takes the match, the day it was said, and whether the sentence is about the past.
Resolve = Callable[[Match, date, bool], Span | None]


def relative_day(match: Match, at: date, past: bool) -> Span | None:
    """Today, tonight, yesterday, the day after tomorrow ..."""
    words = re.sub(r"\s+", " ", match.group().lower())
    if "before yesterday" in words:
        return cal.day(at, -2)
    if "after tomorrow" in words:
        return cal.day(at, 2)
    if "yesterday" in words or words == "last night":
        return cal.day(at, -1)
    return cal.day(at, 1 if "tomorrow" in words else 0)


def ago(match: Match, at: date, past: bool) -> Span | None:
    """ "Two weeks ago"."""
    return _unit(at, match["unit"].lower(), -_count(match["count"]))


def few_ago(match: Match, at: date, past: bool) -> Span | None:
    """ "A few days ago": two to five of them."""
    unit = match["unit"].lower()
    first, last = _unit(at, unit, -5), _unit(at, unit, -2)
    return (first[0], last[1]) if first and last else None


def ahead(match: Match, at: date, past: bool) -> Span | None:
    """ "In three days", "a week from now"."""
    return _unit(at, match["unit"].lower(), _count(match["count"]))


def which_unit(match: Match, at: date, past: bool) -> Span | None:
    """ "Last week", "this month", "next year"."""
    return _unit(at, match["unit"].lower(), OFFSETS[match["which"].lower()])


def bare_weekend(match: Match, at: date, past: bool) -> Span | None:
    """ "At the weekend"; on one, that one."""
    return cal.weekend(at, -1 if past and at.weekday() < 5 else 0)


def weekday(match: Match, at: date, past: bool) -> Span | None:
    """ "Friday", "last Friday", "next Friday"."""
    which, number = (match["which"] or "").lower(), WEEKDAYS.index(match["day"].lower())
    if which in ("last", "past", "previous"):
        return cal.weekday_before(at, number)
    if which == "this":
        return cal.weekday_of_week(at, number, 0)
    if which == "next":
        return cal.weekday_of_week(at, number, 1)
    if past and which != "coming":
        return cal.weekday_before(at, number)
    return cal.weekday_from(at, number)


def short_weekday(match: Match, at: date, past: bool) -> Span | None:
    """ "Weds", "on Fri"."""
    day, which = (match["day"] or match["plain"]).lower()[:3], (match["which"] or "").lower()
    number = [name[:3] for name in WEEKDAYS].index(day)
    if which in ("this", "next"):
        return cal.weekday_of_week(at, number, OFFSETS[which])
    return cal.weekday_before(at, number) if past or which else cal.weekday_from(at, number)


def season(match: Match, at: date, past: bool) -> Span | None:
    """ "Last summer", "the winter of 2020"."""
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
    return cal.nearest(at, spans[1:], past and which != "this")


def iso(match: Match, at: date, past: bool) -> Span | None:
    """2026-05-03."""
    return cal.on(int(match["year"]), int(match["month"]), int(match["day"]))


def slashed(match: Match, at: date, past: bool) -> Span | None:
    """25/12/2026; None where day and month could be taken for each other."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first > 12 >= second:
        return cal.on(year, second, first)
    if second > 12 >= first:
        return cal.on(year, first, second)
    return cal.on(year, first, second) if first == second else None


def days_of_month(match: re.Match[str], at: date, past: bool) -> Span | None:
    """ "10 to 14 July", "3-5 May 2026"."""
    span, first = day_and_month(match, at, past), int(match["first"])
    if span is None or not 0 < first < span[1].day:
        return None
    return span[1].replace(day=first), span[1]


def day_and_month(match: Match, at: date, past: bool) -> Span | None:
    """ "3 May", "May 3rd, 2021"."""
    number, day = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        return cal.on(int(match["year"]), number, day)
    return cal.yearly(at, number, day, past)


def day_of_month(match: Match, at: date, past: bool) -> Span | None:
    """ "On the 14th"."""
    return cal.day_of_month(at, int(match["day"]), past)


def holiday(match: Match, at: date, past: bool) -> Span | None:
    """A day with the same date every year."""
    number, day = HOLIDAYS[match["holiday"].lower().replace("’", "'")]
    if match["year"]:
        return cal.on(int(match["year"]), number, day)
    which = (match["which"] or "").lower()
    return cal.yearly(at, number, day, past or which in ("last", "past", "previous"))


def month(match: Match, at: date, past: bool) -> Span | None:
    """ "In May", "last May"."""
    number, before = _month_number(match["month"]), match["before"].lower()
    if before == "last":
        return cal.month(at.year - (number >= at.month), number)
    if before == "next":
        return cal.month(at.year + (number <= at.month), number)
    if before == "this":
        return cal.month(at.year, number)
    return cal.monthly(at, number, past)


def month_and_year(match: Match, at: date, past: bool) -> Span | None:
    """ "May 2021"."""
    return cal.month(int(match["year"]), _month_number(match["month"]))


def year(match: Match, at: date, past: bool) -> Span | None:
    """ "In 2019"."""
    return cal.whole_year(int(match["year"]))
