"""Quoting: the relevant part of what was said, on one line, between balanced quotation marks."""

from __future__ import annotations

import re
from datetime import date, datetime

from ..language import Language, resolve_dates
from ..language.content import content_of
from ..language.questions import asks
from ..language.text import collapse, has_han, sentences
from ..turn import Recollection, ResolvedDate
from .phrases import phrases_of, say_day, say_span

LONGEST_QUOTE = 240
_LONGEST_NAME = 60
_ENDS = frozenset(".!?…。！？～~")
_INNER = str.maketrans({"“": "‘", "”": "’"})
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def tidy(text: str) -> str:
    """One line, without control characters, marks of direction, or lone surrogates.

    Joiners stay: without U+200C a Persian word is two, without U+200D a family falls apart.
    """
    return collapse(_UNSEEN.sub(" ", text))


def relevant(text: str, about: str) -> str:
    """The part of a text worth quoting: all of a short one, else its best sentences."""
    whole = tidy(text)
    parts = [part for part in map(tidy, sentences(text)) if part]
    if len(parts) <= 2 and len(whole) <= LONGEST_QUOTE and not any(map(asks, parts)):
        return whole
    wanted = content_of(about)
    told = [i for i, part in enumerate(parts) if not asks(part)] or list(range(len(parts)))
    if not told:
        return clip(whole, wanted)
    best = max(told, key=lambda i: (len(wanted & content_of(parts[i])), -i))
    quote = clip(parts[best], wanted)
    before, after = "… " if best > 0 else "", " …" if best < len(parts) - 1 else ""
    return f"{before}{quote}{after}"


def clip(text: str, wanted: frozenset[str]) -> str:
    """At most LONGEST_QUOTE characters of a line, around the first wanted word."""
    if len(text) <= LONGEST_QUOTE:
        return text
    low = text.lower()
    places = [place for word in wanted if (place := low.find(word)) >= 0]
    middle = min(places, default=0)
    start = max(0, min(middle - LONGEST_QUOTE // 3, len(text) - LONGEST_QUOTE))
    end = start + LONGEST_QUOTE
    if start:
        start = _word_start(text, start)
    if end < len(text):
        end = _word_end(text, end)
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def _word_start(text: str, at: int) -> int:
    space = text.find(" ", at, at + 30)
    return space + 1 if space >= 0 else at


def _word_end(text: str, at: int) -> int:
    space = text.rfind(" ", at - 30, at)
    return space if space >= 0 else at


def in_quotes(text: str) -> str:
    """A line between curly quotation marks, those inside it made single."""
    return f"“{text.translate(_INNER)}”"


def closed(line: str) -> str:
    """A line that ends with a quotation, with a full stop after one that has no end of its own."""
    if not line.endswith("”") or line[-2:-1] in _ENDS:
        return line
    chinese = has_han(line[-2:-1]) or has_han(line.partition("“")[0])
    return line + ("。" if chinese else ".")


def local_day(moment: datetime, now: datetime) -> date:
    """The day of a moment in the offset of ``now``."""
    try:
        return moment.astimezone(now.tzinfo).date()
    except (OverflowError, ValueError):
        return moment.date()


def named(speaker: str) -> str:
    """A speaker's name, fit for a sentence."""
    name = tidy(speaker).translate(_INNER)
    return name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME].strip() + "…"


def attribute(hit: Recollection, about: str, now: datetime, language: Language, asker: str) -> str:
    """Who said it, when, and the words: "You told me on 3 May 2026: “...”"."""
    words = phrases_of(language)
    form = words.told if hit.speaker == asker else words.said
    if hit.role == "assistant":
        form = words.said_by_me
    return closed(
        form.format(
            name=named(hit.speaker),
            day=say_day(local_day(hit.said_at, now), language),
            quote=in_quotes(relevant(hit.text, about)),
        )
    )


def dates_of(hit: Recollection, about: str) -> tuple[ResolvedDate, ...]:
    """The times in the words quoted; all those of the turn when the quoted part has none."""
    dates = hit.dates or resolve_dates(hit.text, hit.said_at)
    quote = relevant(hit.text, about)
    return tuple(one for one in dates if tidy(one.phrase) in quote) or tuple(dates)


def explain(hit: Recollection, about: str, now: datetime, language: Language) -> str:
    """What "yesterday" in a quote was, once the day it was said on is over; else nothing."""
    if local_day(hit.said_at, now) == local_day(now, now):
        return ""
    quote = relevant(hit.text, about)
    for one in dates_of(hit, about):
        if tidy(one.phrase) in quote and not any(sign.isdigit() for sign in one.phrase):
            span = say_span(one.start, one.end, language)
            return phrases_of(language).meaning.format(phrase=tidy(one.phrase), span=span)
    return ""
