"""What an import of an export did, or would do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from assistant.histories.history import History
from assistant.histories.reading import Unreadable

_DAMAGES_TOLD = 5

EMPTY = "conversations without words"
FOREIGN = "objects that are no conversations"
DAMAGED = "damaged conversations"
CHANGED = "messages known with other words"


@dataclass(slots=True)
class HistoryReport:
    """Counts of an import.

    Args:
        sources: Conversations by where they were held.
        turns: Turns that were new.
        known: Turns that were there already.
        first: When the first of the turns read was said.
        last: When the last was said.
        left_out: How many messages or conversations were passed over, by reason.
        damages: The first few damaged conversations, each with its place and what is wrong.
        dry_run: Whether nothing was written.
    """

    sources: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    known: int = 0
    first: datetime | None = None
    last: datetime | None = None
    left_out: Counter[str] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)
    dry_run: bool = False

    @property
    def conversations(self) -> int:
        """Conversations read, known ones too."""
        return self.sources.total()

    def add(self, history: History, times: list[datetime], *, new: int, changed: int = 0) -> None:
        """Count a conversation.

        Args:
            history: The conversation.
            times: Of its turns.
            new: How many of those were not there.
            changed: How many were there with other words.
        """
        self.left_out.update(history.left_out)
        if not times:
            self.left_out[EMPTY] += 1
            return
        self.sources[history.source] += 1
        self.turns += new
        self.known += len(times) - new - changed
        if changed:
            self.left_out[CHANGED] += changed
        self.first = min([*times, *([self.first] if self.first else [])])
        self.last = max([*times, *([self.last] if self.last else [])])

    def pass_over(self, unreadable: Unreadable) -> None:
        """Count what is no conversation."""
        self.left_out[DAMAGED if unreadable.damaged else FOREIGN] += 1
        if unreadable.damaged and len(self.damages) < _DAMAGES_TOLD:
            self.damages.append(str(unreadable))

    def data(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "conversations": self.conversations,
            "turns": self.turns,
            "known": self.known,
            "sources": dict(self.sources),
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "left_out": dict(self.left_out),
            "damages": list(self.damages),
            "dry_run": self.dry_run,
        }
