"""A clock that stands still until told."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

LISBON = timezone(timedelta(hours=1))


class Clock:
    """Gives the same time until it is moved on."""

    def __init__(self, now: datetime = datetime(2026, 5, 3, 9, 0, tzinfo=LISBON)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: float) -> None:
        self.now += timedelta(**parts)
