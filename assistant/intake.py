"""Turns on their way into the transcript: each gets its time, session, ref and vector."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from assistant.encoder import Encoder, encode_turns
from assistant.turn import Turn
from storage import NewTurn


def new_key() -> str:
    """A key that nothing else has: for refs and sessions."""
    return uuid.uuid4().hex[:16]


def new_turns(
    turns: Sequence[Turn],
    *,
    encoder: Encoder | None,
    clock: Callable[[], datetime],
    session: str,
    last_said_at: datetime | None,
    silence_s: float,
) -> list[NewTurn]:
    """What is to be written for turns that follow each other.

    Args:
        turns: In the order they were said.
        encoder: Makes the vectors, all in one batch; without one they are left for later.
        clock: Times a turn that has none.
        session: Of a turn that names none, until a silence starts another.
        last_said_at: When the turn before these was said, if there was one in this session.
        silence_s: Seconds without a turn that end a session.
    """
    if not turns:
        return []
    new = []
    for turn in turns:
        at = turn.at or clock()
        if turn.session is not None:
            session = turn.session
        elif last_said_at is not None and (at - last_said_at).total_seconds() > silence_s:
            session = new_key()
        last_said_at = at
        new.append(new_turn(turn, at, session))
    if encoder is None:
        return new
    return [
        replace(written, vector=vector, fingerprint=encoder.fingerprint)
        for written, vector in zip(new, encode_turns(encoder, turns), strict=True)
    ]


def new_turn(turn: Turn, at: datetime, session: str, *, recited: bool = False) -> NewTurn:
    """What is to be written for a turn, without a vector.

    Args:
        turn: Gets a ref if it has none.
        at: When it was said.
        session: The one that it belongs to.
        recited: The words only repeat what memory holds: they go to the transcript only.
    """
    return NewTurn(
        ref=turn.ref or new_key(),
        session=session,
        role=turn.role or "other",
        speaker=turn.speaker,
        text=turn.text,
        said_at=at,
        transcript_only=recited,
    )
