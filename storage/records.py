"""The values that go into the store and come out of it. Frozen; no SQLAlchemy in sight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn to be written to the transcript.

    Args:
        ref: Unique per owner.
        session: Key of the session it belongs to.
        role: "user", "assistant" or "other".
        speaker: Who said it.
        text: The words, verbatim (text that UTF-8 or SQLite cannot hold is normalised on writing).
        said_at: Timezone-aware; the offset is kept.
        vector: Embedding, (dimension,), or None.
        fingerprint: Which encoder made the vector.
        transcript_only: Consolidation need not look at it: it will never be a memory.
    """

    ref: str
    session: str
    role: str
    speaker: str
    text: str
    said_at: datetime
    vector: Vector | None = None
    fingerprint: str | None = None
    transcript_only: bool = False


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn of the transcript. Ids ascend in the order of insertion.

    ``consolidated`` says whether consolidation has decided about it; ``memory`` is the memory
    that it became or that it restated, if any.
    """

    id: int
    ref: str
    session: str
    role: str
    speaker: str
    text: str
    said_at: datetime
    consolidated: bool
    memory: int | None


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A time named in a memory's words: the words, first and last day meant."""

    phrase: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Decision:
    """What consolidation decided about one turn.

    Args:
        turn: Id of the turn.
        action: "drop" (stays in the transcript only), "keep" (becomes a memory), or "restate"
            (its ref is added to the memory ``target``, whose strength grows).
        target: For "restate", the memory restated.
        salience: Probability that the turn will be needed again, 0 to 1.
        subject: For a fact, what it is about: an opaque key, equal for two facts that exclude
            each other; None for an episode.
        value: For a fact, what is said of the subject.
        dates: Times named in the words.
        supersedes: Memories that this one contradicts and replaces.
        superseded_by: A memory of something said later that contradicts this one.
        pinned: Kept on top, whatever its strength.
    """

    turn: int
    action: Literal["drop", "keep", "restate"]
    target: int | None = None
    salience: float = 0.0
    subject: str | None = None
    value: str | None = None
    dates: tuple[DateSpan, ...] = ()
    supersedes: tuple[int, ...] = ()
    superseded_by: int | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A memory: the words of a salient turn and what was worked out about them.

    ``refs`` are the ref of the turn quoted, then those of its restatements in order.
    ``strength`` counts how often it was said or used.
    """

    id: int
    turn: int
    text: str
    speaker: str
    role: str
    said_at: datetime
    refs: tuple[str, ...]
    salience: float
    strength: float
    subject: str | None
    value: str | None
    dates: tuple[DateSpan, ...]
    superseded_by: int | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class ForgetReceipt:
    """What a forgetting removed and where it looked."""

    turns: int
    memories: int
    scanned: tuple[str, ...]
