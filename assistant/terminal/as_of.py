"""The command as-of: what was believed on a day, whatever was learned or corrected since."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, memory_data
from assistant.terminal.display import local_date, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from storage import MemoryRecord

_LONGEST_DATE = 6  # words: "the 3rd of May last year"
_YEAR = re.compile(r"\d{4}")


def as_of(context: CommandContext, call: Call) -> Data:
    """Answer a question from what was believed at the end of a day.

    Raises:
        UsageError: The words do not begin with a date.
    """
    assistant = context.assistant
    moment, question = split_date(call.text, assistant.clock())
    limit: int = call.options["limit"]
    when = moment.date().isoformat()
    sure: dict[int, float] = {}
    surely = ""
    if question:
        hits = assistant.recall(question, k=limit, as_of=moment)
        sure = {hit.memory: hit.confidence for hit in hits if hit.memory is not None}
        known = {memory.id: memory for memory in assistant.store.memories(ids=sure, as_of=moment)}
        found = [known[number] for number in sure if number in known]
        surely = "" if hits.confident else "; nothing surely answers that, the nearest"
    else:
        found = assistant.store.memories(as_of=moment, include_superseded=False, limit=limit)
    if found:
        context.output.line(f"Believed on {when}{surely}:", "note")
        _list(context, found, sure)
    else:
        about = " about that" if question else ""
        context.output.line(f"Nothing was known{about} on {when}.", "note")
    return {
        "as_of": moment.isoformat(),
        "question": question,
        "memories": [memory_data(memory) for memory in found],
    }


def _list(context: CommandContext, memories: list[MemoryRecord], sure: dict[int, float]) -> None:
    columns = [Column("no.", right=True), Column("said"), Column("who"), Column("words")]
    context.output.table(
        [Column("sure", right=True), *columns] if sure else columns,
        [
            [
                *([f"{100 * sure[memory.id]:.0f}%"] if sure else []),
                str(memory.id),
                local_date(memory.said_at),
                said_by(memory.speaker),
                ("(former) " if memory.superseded_by is not None else "") + memory.text,
            ]
            for memory in memories
        ],
    )


def split_date(text: str, now: datetime) -> tuple[datetime, str]:
    """The end of the day that a text begins with, and the rest of the text.

    Raises:
        UsageError: It begins with no date, or with one that is not over.
    """
    words = text.replace("，", " ").replace(",", " ").split()
    for count in range(min(_LONGEST_DATE, len(words)), 0, -1):
        day = past_day(" ".join(words[:count]), now)
        if day is not None:
            at = datetime.combine(day, time.max, now.tzinfo)
            return min(at, now), " ".join(words[count:])
    raise UsageError(
        f"{text[:40]!r} begins with no date that is past; expected one such as 2026-05-03, "
        "3 May, or yesterday"
    )


def past_day(phrase: str, now: datetime) -> date | None:
    """The last day that a phrase means, today or before; None if it is no such date as a whole.

    >>> from datetime import UTC
    >>> past_day("3 May", datetime(2026, 11, 23, tzinfo=UTC)).isoformat()
    '2026-05-03'
    """
    today = now.date()
    span = _span(phrase, now)
    if span is None or span[0] <= today:
        return None if span is None else min(span[1], today)
    if _YEAR.search(phrase):
        return None
    for last in (f"last {phrase}", f"上{phrase}"):  # a weekday
        before = _span(last, now)
        if before is not None and before[1] <= today:
            return before[1]
    if not any(sign.isdigit() for sign in phrase):
        return None  # tomorrow
    try:
        return span[1].replace(year=span[1].year - 1)  # without a year, the day that has been
    except ValueError:  # 29 February
        return span[1] - timedelta(days=366)


def _span(phrase: str, now: datetime) -> tuple[date, date] | None:
    """First and last day of a phrase that is a date as a whole."""
    from assistant.language import resolve_dates

    found = resolve_dates(phrase, now)
    if len(found) != 1 or found[0].phrase.strip().lower() != phrase.strip().lower():
        return None
    return found[0].start, found[0].end
