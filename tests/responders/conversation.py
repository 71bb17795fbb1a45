"""Builds requests without a store: recollections with the confidence a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from assistant.language import is_question, is_small_talk, resolve_dates
from assistant.responders import MemoryResponder, Request
from assistant.turn import Recollection, Recollections, Turn, role_of

LISBON = timezone(timedelta(hours=1))
MAY_3 = datetime(2026, 5, 3, 9, 0, tzinfo=LISBON)
MAY_6 = datetime(2026, 5, 6, 9, 5, tzinfo=LISBON)


def said(
    text: str,
    speaker: str = "user",
    at: datetime = MAY_3,
    *,
    confidence: float = 0.9,
    superseded: bool = False,
) -> Recollection:
    """A turn brought back."""
    return Recollection(
        text=text,
        speaker=speaker,
        role=role_of(speaker),
        said_at=at,
        score=confidence,
        confidence=confidence,
        refs=(f"{speaker}-{text}-{at.isoformat()}",),
        dates=resolve_dates(text, at),
        superseded=superseded,
    )


def reply(
    text: str,
    hits: Sequence[Recollection] = (),
    *,
    now: datetime = MAY_6,
    question: str | None = None,
    mention_model: bool = False,
    short_term: Sequence[Turn] = (),
) -> str:
    """What the built-in responder answers."""
    kept = () if is_question(text) or is_small_talk(text) else (text,)
    request = Request(
        text=text,
        speaker="user",
        question=question or text,
        recollections=Recollections(hits, query=question or text, threshold=0.5),
        short_term=tuple(short_term),
        learned=kept,
        now=now,
        mention_model=mention_model,
    )
    return "".join(MemoryResponder().respond(request))
