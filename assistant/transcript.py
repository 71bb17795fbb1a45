"""Where turns are written: the store; in the modes that write nothing, nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.config import Mode
from assistant.errors import UsageError
from storage import LongTermStore, NewTurn, TurnRecord


class Transcript:
    """Gives turns their numbers, and writes them where the mode says so.

    A turn that is not written has a number below 0 and counts as decided about: it is held in
    short-term memory, and nowhere else.

    Args:
        store: Where they are written.
        mode: "normal", or one that writes nothing.
    """

    def __init__(self, store: LongTermStore, mode: Mode) -> None:
        self.mode: Mode = mode
        self._store = store
        self._unwritten = 0

    @property
    def writes(self) -> bool:
        """Whether anything is written."""
        return self.mode == "normal"

    def append(self, turns: Sequence[NewTurn]) -> list[TurnRecord]:
        """Take turns down, all or none; see ``LongTermStore.append``."""
        return self._store.append(turns) if self.writes else [self._passed(one) for one in turns]

    def require(self) -> None:
        """Refuse what can only be written.

        Raises:
            UsageError: The mode writes nothing.
        """
        if not self.writes:
            raise UsageError(f"nothing is written in {self.mode} mode; switch to normal mode first")

    def _passed(self, turn: NewTurn) -> TurnRecord:
        self._unwritten += 1
        return TurnRecord(
            id=-self._unwritten,
            ref=turn.ref,
            session=turn.session,
            role=turn.role,
            speaker=turn.speaker,
            text=turn.text,
            said_at=turn.said_at,
            consolidated=True,
            memory=None,
        )


def is_written(turn: TurnRecord) -> bool:
    """Whether a turn is in the store."""
    return turn.id > 0
