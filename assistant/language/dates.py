"""Times named in a text, resolved against the moment it was said.

"Yesterday" said on 3 May is 2 May, in the offset that the moment carries. Works on statements and
on questions alike. English and Chinese have a small grammar each, in ``dates_en`` and
``dates_zh``: dateparser reads absolute dates well, but takes 0.3 s to import, finds dates in
"may", "sun" and "march on", and answers a day where people mean a week; so it is not used.

What is ambiguous (3/5/2026) or names no day ("recently", "one day") is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from ..turn import ResolvedDate
from . import dates_en, dates_zh
from .calendar import Span
from .memo import Memo
from .text import has_han

# What lies further into a text than this is not looked at.
LONGEST_TEXT = 20_000

Found = tuple[int, int, Span]


def resolve_dates(text: str, at: datetime) -> tuple[ResolvedDate, ...]:
    """The times a text names, in the order they stand in it.

    Args:
        text: Any text.
        at: When it was said; days are those of its own offset.

    >>> from datetime import datetime, timezone
    >>> said = datetime(2026, 5, 3, 9, tzinfo=timezone.utc)
    >>> resolve_dates("I adopted a parrot yesterday.", said)[0].start.isoformat()
    '2026-05-02'
    """
    return named_in(text[:LONGEST_TEXT], at.date())


@Memo
def named_in(text: str, today: date) -> tuple[ResolvedDate, ...]:
    """The times that a text names when it is said on a day."""
    found: list[Found] = []
    found.extend(dates_en.find(text, today))
    if has_han(text):
        found.extend(dates_zh.find(text, today))
    return tuple(
        ResolvedDate(text[start:end], span[0], span[1]) for start, end, span in _longest(found)
    )


def _longest(found: list[Found]) -> Iterator[Found]:
    """Of overlapping finds the one that begins first, of those the longest."""
    reached = 0
    for start, end, span in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= reached:
            yield start, end, span
            reached = end
