"""What is worked out about the words of a turn before it becomes a memory: facts, dates, validity.

Reads; decides nothing and writes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from assistant.correction import Said
from assistant.language import Statement, is_nonsense, let_go, resolve_dates, told_in
from assistant.language.content import content_of
from assistant.language.memo import LONGEST
from assistant.turn import ResolvedDate
from storage import DateSpan, Decision, StatementRecord

_KEPT = 512
_COMPARED = 4096  # each turn is compared with some thirty, and the next with many of the same
_SINCE = re.compile(r"(?:\b(?:since|starting|as of|from)|从|自从?)\s*$", re.IGNORECASE)
_SINCE_IT = re.compile(r"(?:since|from|从|自从?)\b", re.IGNORECASE)  # the word is in the phrase
_ONWARD = re.compile(r"\s*(?:onwards?\b|以来|起|开始)")
_UNTIL = re.compile(r"(?:\b(?:until|till|through)|直到|到)\s*$", re.IGNORECASE)


def is_passing(text: str) -> bool:
    """Whether a turn is small talk, letters that are no words, or only asks: never a memory.

    An order is none of these: what was to be booked, and for when, is asked about later.

    >>> is_passing("Good morning!"), is_passing("Where do I live?"), is_passing("I live in Porto.")
    (True, True, False)
    """
    return is_nonsense(text) or not told_in(text, orders=True)


def same_words(text: str) -> str:
    """A text reduced to what makes it a restatement of another: its letters and digits.

    >>> same_words("My dog is called Bruno!") == same_words("my dog is called  bruno")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in the words of one turn.

    Args:
        said: What it states and claims; nothing for what an assistant said.
        content: The words it is about.
        words_key: As ``same_words``.
        dates: Times named in it.
        valid_from: From when it is true, if it says so.
        valid_to: Until when it is true, if it says so.
    """

    said: Said
    content: frozenset[str]
    words_key: str
    dates: tuple[ResolvedDate, ...]
    valid_from: date | None
    valid_to: date | None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What it states."""
        return self.said.statements

    @property
    def fact(self) -> Statement | None:
        """The statement a memory of it is filed under: the first exclusive one, else the first."""
        exclusive = (one for one in self.statements if one.exclusive)
        return next(exclusive, next(iter(self.statements), None))

    @property
    def days(self) -> tuple[tuple[date, date], ...]:
        """The times named, without the words for them."""
        return tuple((one.start, one.end) for one in self.dates)

    def decision(self, turn: int, salience: float) -> Decision:
        """A decision to keep a turn with these words."""
        fact = self.fact
        return Decision(
            turn,
            "keep",
            salience=salience,
            subject=fact.subject if fact else None,
            value=fact.value if fact else None,
            dates=tuple(DateSpan(one.phrase, one.start, one.end) for one in self.dates),
            words_key=self.words_key,
            statements=tuple(
                StatementRecord(one.subject, one.value, one.exclusive, one.words)
                for one in self.statements
            ),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class Reader:
    """Reads turns, and keeps what it has read of the last ones. Thread-safe.

    >>> from datetime import UTC, datetime
    >>> at = datetime(2026, 5, 3, tzinfo=UTC)
    >>> Reader().read("I have lived in Porto since 2019.", "user", "user", at).valid_from
    datetime.date(2019, 1, 1)
    """

    def __init__(self) -> None:
        self.read = lru_cache(_KEPT)(read)
        self._said = lru_cache(_KEPT)(Said.read)
        self._content = lru_cache(_COMPARED)(content_of)

    def said(self, text: str, speaker: str) -> Said:
        """What somebody states and claims with these words."""
        return self._said(text, speaker)

    def content(self, text: str) -> frozenset[str]:
        """What a text is about."""
        return self._content(text) if len(text) <= LONGEST else content_of(text)

    def clear(self) -> None:
        """Let go of every text."""
        self.read.cache_clear()
        self._said.cache_clear()
        self._content.cache_clear()
        let_go()


def read(text: str, speaker: str, role: str, at: datetime) -> Reading:
    """Read the words of one turn, said at a time by a speaker with a role."""
    dates = resolve_dates(text, at)
    since, until = _validity(text, dates)
    return Reading(
        said=Said("") if role == "assistant" else Said.read(text, speaker, at),
        content=content_of(text),
        words_key=same_words(text),
        dates=dates,
        valid_from=since,
        valid_to=until,
    )


def _validity(text: str, dates: Sequence[ResolvedDate]) -> tuple[date | None, date | None]:
    """From when and until when a text says that it is true: "since 2019", 直到星期五."""
    since: date | None = None
    until: date | None = None
    reached = 0
    for one in dates:
        place = text.find(one.phrase, reached)
        reached = place + len(one.phrase)
        before = text[max(0, place - 12) : place]
        if _UNTIL.search(before):
            until = one.end
        elif _SINCE.search(before) or _SINCE_IT.match(one.phrase) or _ONWARD.match(text, reached):
            since = one.start
    return since, until
