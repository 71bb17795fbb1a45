"""Times as the sources of conversations write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

UNKNOWN_GAP = timedelta(seconds=20)
"""From one turn to the next when a time is missing or cannot be read."""

_MONTHS = "january february march april may june july august september october november december"
_SPOKEN = re.compile(
    r"(\d{1,2}):(\d\d)\s*([ap])\.?m\.?\s+on\s+(\d{1,2})\s+([a-z]+),?\s+(\d{4})", re.IGNORECASE
)


def parse_time(text: str) -> datetime | None:
    """A time as sources write it, ISO 8601 or "1:56 pm on 8 May, 2023"; UTC without an offset.

    >>> parse_time("1:56 pm on 8 May, 2023").isoformat()
    '2023-05-08T13:56:00+00:00'
    >>> parse_time("some day") is None
    True
    """
    text = text.strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _spoken_time(text)
    return found if found.utcoffset() is not None else found.replace(tzinfo=UTC)


def _spoken_time(text: str) -> datetime | None:
    match = _SPOKEN.fullmatch(text)
    if match is None:
        return None
    hour, minute, half, day, month, year = match.groups()
    months = [name for name in _MONTHS.split() if name.startswith(month.casefold())]
    if len(months) != 1 or len(month) < 3 or not 1 <= int(hour) <= 12:
        return None
    try:
        return datetime(
            int(year),
            _MONTHS.split().index(months[0]) + 1,
            int(day),
            int(hour) % 12 + (12 if half in "pP" else 0),
            int(minute),
            tzinfo=UTC,
        )
    except ValueError:
        return None


def after(last: datetime | None) -> datetime:
    """The time of a turn that has none: 20 seconds after the one before, or the year 2000."""
    if last is None:
        return datetime(2000, 1, 1, tzinfo=UTC)
    try:
        return last + UNKNOWN_GAP
    except OverflowError:
        return last
