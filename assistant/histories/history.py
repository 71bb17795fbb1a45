"""A conversation held elsewhere, as its export tells it: who said what, and when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from assistant.source_times import parse_time
from assistant.turn import Turn
from storage import clean

GAP = timedelta(seconds=1)
"""From one turn to the next when a time is missing."""

UNKNOWN = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of a conversation that tells none at all."""

_LONGEST_KEY = 120

# Why a message was left out.
NOT_SAID = "system and tool messages"
HIDDEN = "hidden messages"
TO_A_TOOL = "messages to a tool"
REASONING = "reasoning"
INSTRUCTIONS = "custom instructions"
NO_WORDS = "messages without words"
OTHER_BRANCH = "messages of branches given up"


@dataclass(frozen=True, slots=True)
class Message:
    """Something said: ``speaker`` is "user" or "assistant", ``at`` None when it is not told."""

    id: str
    speaker: str
    at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class History:
    """A conversation of an export.

    Args:
        source: Where it was held: "chatgpt" or "claude".
        id: The export's own; a digest of how it begins where the export gives none.
        began: When, if that is told.
        messages: What was said, in order.
        left_out: How many messages were left out, by reason.
    """

    source: str
    id: str
    began: datetime | None
    messages: tuple[Message, ...]
    left_out: Counter[str]

    @property
    def session(self) -> str:
        """Names the session that its turns make up."""
        return key_of(self.id)

    def turns(self) -> list[Turn]:
        """The messages as turns, each with a time and a ref that no other message has.

        A ref is "source:conversation:message", the same at every import. A message whose id came
        before with the same words is the same message; with other words it gets a number.
        """
        turns: dict[str, Turn] = {}
        last: datetime | None = None
        for message in self.messages:
            at = message.at or (_after(last) if last else self.began or UNKNOWN)
            stem = ref = ref_of(self.source, self.id, message.id)
            text = clean(message.text)
            number = 1
            while ref in turns and turns[ref].text != text:
                number += 1
                ref = f"{stem}~{number}"
            if ref not in turns:
                turns[ref] = Turn(text, message.speaker, at, ref, self.session)
                last = at
        return list(turns.values())


def with_ids(history: History) -> History:
    """The same with a name for everything: an export may leave out any id.

    A message without one is named by its place, a conversation by a digest of how it begins.
    """
    messages = tuple(
        message if message.id else replace(message, id=f"#{place}")
        for place, message in enumerate(history.messages, 1)
    )
    identity = history.id
    if not identity and messages:
        first = messages[0]
        told = f"{history.began} {first.id} {first.at} {first.text}"
        identity = f"unnamed-{_digest(told)}"
    return replace(history, id=identity, messages=messages)


def ref_of(source: str, conversation: str, message: str) -> str:
    """The ref of a message's turn."""
    return f"{source}:{key_of(conversation)}:{key_of(message)}"


def key_of(name: str) -> str:
    """An id as it stands in a ref: no colon in it, no longer than is sensible."""
    key = clean(name).replace(":", "%3A")
    return key if len(key) <= _LONGEST_KEY else f"{key[:40]}-{_digest(key)}"


def moment_of(value: object) -> datetime | None:
    """A time as exports tell it: seconds since 1970, or ISO 8601; None when it is neither.

    >>> moment_of(1700000000.5).isoformat()
    '2023-11-14T22:13:20.500000+00:00'
    >>> moment_of("2024-05-01T10:00:00Z").isoformat()
    '2024-05-01T10:00:00+00:00'
    >>> moment_of(float("nan")) is moment_of(None) is None
    True
    """
    if isinstance(value, str):
        found = parse_time(value)
        return found if found is not None and _in_range(found) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not 0 < value < 1e11 or not math.isfinite(value):
        return None
    return datetime.fromtimestamp(value, UTC)


def mapping_of(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def words_of(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def joined(pieces: Iterable[str]) -> str:
    """Pieces of a message, those with anything in them, a line each."""
    return "\n".join(piece for piece in pieces if piece.strip())


def _in_range(at: datetime) -> bool:
    return 1 < at.year < 9999  # any offset away from it is a date still


def _after(last: datetime) -> datetime:
    return last + GAP if _in_range(last) else last


def _digest(text: str) -> str:
    return blake2b(clean(text).encode(), digest_size=8).hexdigest()
