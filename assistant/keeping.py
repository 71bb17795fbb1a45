"""What is done with memories themselves: listed, kept at once, forgotten, looked after in sleep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from assistant.config import Config, Secrecy
from assistant.consolidation import Consolidation
from assistant.discretion import discreet
from assistant.encoder import Encoder
from assistant.errors import UsageError
from assistant.forgetting import survey, turns_to_forget
from assistant.responders import Responder
from assistant.short_term import ShortTermMemory
from assistant.sleeping import SleepReport, archive_faded, encode_stale, merge_duplicates
from assistant.transcript import Transcript
from assistant.turn import Turn
from storage import ForgetReceipt, LongTermStore, MemoryRecord, TurnRecord


class Keeping:
    """Mixed into ``Assistant``."""

    store: LongTermStore
    encoder: Encoder
    config: Config
    clock: Callable[[], datetime]
    responder: Responder
    _consolidation: Consolidation
    _lock: AbstractContextManager[None]
    _questions: list[str]
    _short_term: ShortTermMemory
    _transcript: Transcript

    def consolidate(self) -> list[MemoryRecord]:
        """Decide now about every turn held."""
        raise NotImplementedError

    def _hear(self, turns: Sequence[Turn]) -> list[TurnRecord]:
        raise NotImplementedError

    def _settle(self) -> None:
        raise NotImplementedError

    def memories(self, search: str | None = None, limit: int | None = None) -> list[MemoryRecord]:
        """Memories, newest first; with ``search``, those that hold these words."""
        return self.store.memories(search=search, limit=limit)

    def remember(self, text: str, *, secrets: Secrecy | None = None) -> MemoryRecord:
        """Keep something at once, however salient it seems.

        Raises:
            UsageError: There are no words, or the mode writes nothing.
        """
        if not text.strip():
            raise UsageError("there is nothing to remember; give it some words")
        with self._lock:
            self._transcript.require()
            record = self._hear(discreet([Turn(text)], secrets or self.config.secrets)[0])[0]
            self._settle()
            held = [held for held in self._short_term.turns if held.turn.id == record.id]
            return self._consolidation.run(held, keep=True)[0]

    def forget(
        self,
        *,
        memories: Sequence[int] = (),
        refs: Sequence[str] = (),
        query: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        dry_run: bool = False,
    ) -> ForgetReceipt:
        """Remove memories and the turns they stand on, for good: it cannot be undone.

        Args:
            memories: By number.
            refs: By the ref of any turn.
            query: Every turn that holds these words.
            since: Every turn said from then on; with ``query``, only those that hold the words.
            until: Likewise up to then.
            dry_run: Remove nothing; only say how much it would be.

        Returns:
            What was removed; what the assistant said in the same words goes with it.

        Raises:
            UsageError: Nothing was named, a number or ref does not exist, a time has no offset, or
                the mode writes nothing.
        """
        with self._lock:
            if not dry_run:
                self._transcript.require()
            self._settle()
            doomed = turns_to_forget(self.store, memories, refs, query, since, until)
            if dry_run:
                return survey(self.store, doomed)
            receipt = self.store.forget(sorted(doomed), self.clock())
            self._short_term.forget(doomed)
            self._questions = []
            self._consolidation.reader.clear()
            if hasattr(self.responder, "forget_prompt"):  # it quotes what was recalled
                self.responder.forget_prompt()
            return receipt

    def sleep(self) -> SleepReport:
        """Look after the memories: consolidate, encode what has no vector, merge duplicates, put
        away what is weak and was not used for long, tidy the indexes, and check the file.

        Can be interrupted at any point and called again. Fading never deletes.

        Raises:
            UsageError: The mode writes nothing.
        """
        with self._lock:
            self._transcript.require()
            kept = self.consolidate()
        encoded = encode_stale(self.store, self.encoder)
        merged = merge_duplicates(self.store, self.clock())
        archived = archive_faded(self.store, self.clock())
        self.store.optimise()
        return SleepReport(len(kept), encoded, merged, archived, tuple(self.store.check()))
