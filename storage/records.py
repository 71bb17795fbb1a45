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
class StatementRecord:
    """One thing that a memory's words state. Made without a memory, it is one to be written.

    Args:
        subject: What it is about: an opaque key, equal for two that may exclude each other.
        value: What is said of it.
        exclusive: Whether the subject has one value at a time.
        words: The part of the memory's words that says so.
        memory: The memory it belongs to; 0 for one not written yet.
        position: Its place among the memory's statements, from 0.
        superseded_by: The memory whose words replaced it, the rest of its own memory standing.
        superseded_at: Since when it is no longer believed, UTC.
    """

    subject: str
    value: str | None
    exclusive: bool
    words: str
    memory: int = 0
    position: int = 0
    superseded_by: int | None = None
    superseded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What consolidation decided about one turn.

    Args:
        turn: Id of the turn, or the ref of one that the same commit appends.
        action: "drop" (stays in the transcript only), "keep" (becomes a memory), or "restate"
            (its ref is added to the memory ``target``, and counts as a use of it).
        target: For "restate", the memory restated.
        salience: Probability that the turn will be needed again, 0 to 1.
        subject: For a fact, what it is about: an opaque key, equal for two facts that exclude
            each other; None for an episode.
        value: For a fact, what is said of the subject.
        dates: Times named in the words.
        supersedes: Memories that this one contradicts and replaces.
        superseded_by: A memory of something said later that contradicts this one.
        pinned: Kept on top, whatever its strength.
        words_key: The words without their dress, equal for two turns that restate each other:
            ``LongTermStore.same_words`` finds the memory by it.
        statements: Everything that the words state.
        supersedes_statements: Single statements of other memories that this one replaces, each
            as (memory, position).
        valid_from: From when it is true, if that is known.
        valid_to: Until when it is true, if that is known.
    """

    turn: int | str
    action: Literal["drop", "keep", "restate"]
    target: int | None = None
    salience: float = 0.0
    subject: str | None = None
    value: str | None = None
    dates: tuple[DateSpan, ...] = ()
    supersedes: tuple[int, ...] = ()
    superseded_by: int | None = None
    pinned: bool = False
    words_key: str | None = None
    statements: tuple[StatementRecord, ...] = ()
    supersedes_statements: tuple[tuple[int, int], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A memory: the words of a salient turn and what was worked out about them.

    ``refs`` are the ref of the turn quoted, then those of its restatements and of its words
    before they were edited, in order. ``uses`` counts how often it was restated or used since it
    was said, and ``strength`` is one more. It was believed from ``said_at`` to ``superseded_at``
    and is true from ``valid_from`` to ``valid_to``; None is open, or not known.
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
    archived_at: datetime | None = None
    superseded_at: datetime | None = None
    valid_from: date | None = None  # a datetime where the time of day is known
    valid_to: date | None = None
    uses: int = 0


Answer = Literal["now", "then", "both", "wrong"]


@dataclass(frozen=True, slots=True)
class InboxRecord:
    """Two memories that may contradict each other, and what the user answered, if anything.

    ``answer`` is "now" (the later one holds now), "then" (the later one told of the past: the
    earlier one holds), "both" or "wrong" (the later one was never true).
    """

    id: int
    earlier: int
    later: int
    subject: str | None
    asked_at: datetime
    answer: Answer | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """A change to what is remembered. Any can be undone but one of kind "forget".

    ``kind`` is "pin", "unpin", "archive", "restore", "edit", "supersede", "merge", "answer" or
    "forget"; ``memories`` are those it changed.
    """

    id: int
    at: datetime
    kind: str
    memories: tuple[int, ...]
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class ForgetReceipt:
    """What a forgetting removed and where it looked.

    Args:
        turns: How many.
        memories: How many went with them.
        scanned: Tables and files that were gone through.
        backups: Files of backups that were deleted, as they held what is forgotten.
        backup: The backup made anew in their place, if there had been any.
    """

    turns: int
    memories: int
    scanned: tuple[str, ...]
    backups: int = 0
    backup: str | None = None
