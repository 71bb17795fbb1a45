"""The values of a scripted dialogue: Dialogue, Step, Expectations, Pattern.

All are frozen. Knows nothing of YAML (``reader``) and of running (``runner``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

Kind = Literal[
    "user",
    "as",
    "remember",
    "forget",
    "forget since",
    "forget until",
    "recall",
    "advance",
    "restart",
    "new session",
    "kill",
    "pin",
    "unpin",
    "edit",
    "undo",
    "answer",
    "mode",
    "as of",
    "sleep",
    "model",
]


def folded(text: str) -> str:
    """A text as expectations compare it: composed, without case, runs of space made one."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class Pattern:
    """What an expectation looks for: words, or a regular expression between slashes.

    Words match anywhere and in any case; an expression matches as written, or in any case with
    an ``i`` after its last slash. To look for words between slashes, escape the slashes.

    >>> Pattern("bruno").found_in("Your dog is called Bruno.")
    True
    >>> Pattern("/[Bb]runo$/").found_in("Your dog is called Bruno.")
    False

    Raises:
        re.error: Between the slashes is no regular expression.
    """

    source: str

    def __post_init__(self) -> None:
        self._expression()

    def _expression(self) -> re.Pattern[str] | None:
        match = re.fullmatch(r"/(.+)/(i?)", self.source, re.DOTALL)
        if match is None:
            return None
        return re.compile(match[1], re.IGNORECASE if match[2] else 0)

    def found_in(self, text: str) -> bool:
        """Whether the text holds it."""
        expression = self._expression()
        if expression is not None:
            return expression.search(text) is not None
        return folded(self.source) in folded(text)

    def __str__(self) -> str:
        return self.source


@dataclass(frozen=True, slots=True)
class ShortTerm:
    """What is expected of short-term memory.

    Args:
        turns: How many turns it holds.
        holds: Texts that turns in it hold, in this order.
        lacks: Texts that no turn in it holds.
        leaves_next: A text that its oldest turn holds.
        empty: It holds nothing at all.
    """

    turns: int | None = None
    holds: tuple[Pattern, ...] = ()
    lacks: tuple[Pattern, ...] = ()
    leaves_next: Pattern | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Expectations:
    """What must hold after a step. None: not asked.

    Args:
        reply: All of these are in the reply.
        lacks: None of these is in the reply (``not``).
        learned: Each is held by something learned from this turn; empty: nothing was learned.
        recalled: Each is held by one of the first five recollections.
        first: All are held by the best recollection.
        not_recalled: No recollection holds any of these.
        order: The best recollections that hold these come in this order.
        abstains: Recall found nothing it is confident of (true), or did (false).
        stored: Each is held by a memory, or by a turn in short-term memory that would be kept.
        not_stored: None of these is held by either.
        memories: How many memories there are.
        short_term: See ``ShortTerm``.
        current: Each is held by a memory that nothing has superseded.
        superseded: Each is held by a memory that was superseded.
        pinned: Each is held by a pinned memory; empty: none is pinned.
        archived: Each is held by a memory in the archive; empty: none is there.
        inbox: Each is held by an open question of the inbox; empty: there is none.
    """

    reply: tuple[Pattern, ...] | None = None
    lacks: tuple[Pattern, ...] | None = None
    learned: tuple[Pattern, ...] | None = None
    recalled: tuple[Pattern, ...] | None = None
    first: tuple[Pattern, ...] | None = None
    not_recalled: tuple[Pattern, ...] | None = None
    order: tuple[Pattern, ...] | None = None
    abstains: bool | None = None
    stored: tuple[Pattern, ...] | None = None
    not_stored: tuple[Pattern, ...] | None = None
    memories: int | None = None
    short_term: ShortTerm | None = None
    current: tuple[Pattern, ...] | None = None
    superseded: tuple[Pattern, ...] | None = None
    pinned: tuple[Pattern, ...] | None = None
    archived: tuple[Pattern, ...] | None = None
    inbox: tuple[Pattern, ...] | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) is not None for field in fields(self))


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the script.

    Args:
        kind: What happens.
        line: Where it stands in the file, from 1.
        text: What is said, remembered, forgotten, asked, pinned or answered; the new words.
        speaker: Who says it (``as``).
        span: How long passes (``advance``).
        target: The words of the memory that gets new ones (``edit``).
        moment: Whose beliefs are asked for (``as of``); from when or until when is forgotten.
        expect: What must hold afterwards.
    """

    kind: Kind
    line: int
    text: str = ""
    speaker: str = "user"
    span: timedelta = timedelta(0)
    target: str = ""
    moment: datetime | None = None
    expect: Expectations = Expectations()

    def __str__(self) -> str:
        if self.kind == "advance":
            return f"advance: {spell_span(self.span)}"
        if self.kind == "as":
            return f"as {self.speaker}: {self.text}"
        if self.kind == "edit":
            return f"edit {self.target}: {self.text}"
        if self.kind in ("forget since", "forget until") and self.moment is not None:
            return f"{self.kind}: {self.moment.isoformat()}"
        if self.kind == "as of" and self.moment is not None:
            return f"as of {self.moment.isoformat()}: {self.text}"
        return f"{self.kind}: {self.text}" if self.text else self.kind


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A scripted conversation with what is expected of it.

    Args:
        name: What it shows, in words.
        clock: When it begins, timezone-aware.
        steps: What happens, in order.
        path: The file it was read from.
        owner: Whose memory it is.
        language: "en" or "zh": for readers only.
        description: For readers only.
    """

    name: str
    clock: datetime
    steps: tuple[Step, ...]
    path: Path
    owner: str = "default"
    language: str | None = None
    description: str = ""


_UNITS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def parse_span(text: str) -> timedelta:
    """A length of time in words.

    >>> parse_span("1 day 2 hours")
    datetime.timedelta(days=1, seconds=7200)

    Raises:
        ValueError: It is not one.
    """
    parts = re.findall(r"(\d+)\s*(week|day|hour|minute|second)s?", text)
    rest = re.sub(r"(\d+)\s*(week|day|hour|minute|second)s?|,|\band\b|\s", "", text)
    if not parts or rest:
        raise ValueError(f"{text!r} is no length of time; expected such as '3 days' or '2 hours'")
    try:
        return timedelta(seconds=sum(int(number) * _UNITS[unit] for number, unit in parts))
    except OverflowError:
        raise ValueError(f"{text!r} is longer than time lasts; expected such as '3 days'") from None


def spell_span(span: timedelta) -> str:
    """The words for a length of time that ``parse_span`` reads; fractions of a second are lost."""
    left, words = int(span.total_seconds()), []
    for unit, seconds in _UNITS.items():
        number, left = divmod(left, seconds)
        if number and unit != "week":
            words.append(f"{number} {unit}{'s' if number > 1 else ''}")
        elif number:
            left += number * seconds
    return " ".join(words) or "0 seconds"
