"""Spans of days counted from a given day: weeks, months, years, seasons and weekdays.

A span is its first and last day. Whatever would fall before year 1 or after year 9999 is None.
Weeks begin on Monday; seasons are those of the northern hemisphere.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

Span = tuple[date, date]

# First month of each season, three months long.
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}


def day(at: date, offset: int) -> Span | None:
    """The day ``offset`` days after ``at``."""
    try:
        there = at + timedelta(days=offset)
    except OverflowError:
        return None
    return there, there


def days(at: date, first: int, last: int) -> Span | None:
    """From the day ``first`` days after ``at`` to the one ``last`` days after."""
    start, end = day(at, first), day(at, last)
    return (start[0], end[0]) if start and end else None


def on(year: int, month: int, number: int) -> Span | None:
    """One date of the calendar; None where there is no such day."""
    try:
        there = date(year, month, number)
    except ValueError:
        return None
    return there, there


def week(at: date, offset: int) -> Span | None:
    """The week, Monday to Sunday, ``offset`` weeks after that of ``at``."""
    start = 7 * offset - at.weekday()
    return days(at, start, start + 6)


def weekend(at: date, offset: int) -> Span | None:
    """Saturday and Sunday of the week ``offset`` weeks after that of ``at``."""
    start = 7 * offset - at.weekday() + 5
    return days(at, start, start + 1)


def weekday_of_week(at: date, weekday: int, offset: int) -> Span | None:
    """One day (Monday is 0) of the week ``offset`` weeks after that of ``at``."""
    return day(at, 7 * offset - at.weekday() + weekday)


def weekday_before(at: date, weekday: int) -> Span | None:
    """The last such weekday before ``at``, never ``at`` itself."""
    return day(at, -((at.weekday() - weekday - 1) % 7) - 1)


def weekday_from(at: date, weekday: int) -> Span | None:
    """The next such weekday, ``at`` itself included."""
    return day(at, (weekday - at.weekday()) % 7)


def month(year: int, number: int) -> Span | None:
    """A whole month; ``number`` may run past either end of the year."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    if not 1 <= year <= 9999:
        return None
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def day_of_month(at: date, number: int, past: bool) -> Span | None:
    """The latest or the coming day of that number: "on the 14th"."""
    if not 1 <= number <= 31:
        return None
    spans = []
    for offset in range(-3, 4):
        first = month(at.year, at.month + offset)
        spans.append(on(first[0].year, first[0].month, number) if first else None)
    return nearest(at, spans, past)


def whole_year(number: int) -> Span | None:
    """A whole year."""
    if not 1 <= number <= 9999:
        return None
    return date(number, 1, 1), date(number, 12, 31)


def season(year: int, first_month: int) -> Span | None:
    """The three months from ``first_month``; a winter ends in the following year."""
    start, end = month(year, first_month), month(year, first_month + 2)
    return (start[0], end[1]) if start and end else None


def nearest(at: date, spans: Sequence[Span | None], past: bool) -> Span | None:
    """Of spans in order of time: the latest one begun, or the first not yet over."""
    known = [span for span in spans if span]
    if past:
        return next((span for span in reversed(known) if span[0] <= at), None)
    return next((span for span in known if span[1] >= at), None)


def yearly(at: date, number: int, day: int, past: bool) -> Span | None:
    """The latest or the coming day of that month and number; 29 February may be years away."""
    return nearest(at, [on(at.year + offset, number, day) for offset in range(-8, 9)], past)


def monthly(at: date, number: int, past: bool) -> Span | None:
    """The latest or the coming month of that number."""
    return nearest(at, [month(at.year + offset, number) for offset in (-1, 0, 1)], past)
