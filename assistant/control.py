"""What the user decides about memories: pinning, other words, answers to questions, undoing.

Whatever is done here is written in the journal of the store and can be undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from assistant.config import Config
from assistant.discretion import discreet
from assistant.encoder import Encoder, encode_turns
from assistant.errors import UsageError
from assistant.reading import read
from assistant.short_term import ShortTermMemory
from assistant.transcript import Transcript
from assistant.turn import Turn
from storage import (
    Answer,
    ChangeRecord,
    InboxRecord,
    LongTermStore,
    MemoryRecord,
)


class Control:
    """Mixed into ``Assistant``. Numbers are those that ``memories`` and ``inbox`` show."""

    config: Config
    store: LongTermStore
    encoder: Encoder
    clock: Callable[[], datetime]
    _lock: AbstractContextManager[None]
    _transcript: Transcript

    @property
    def short_term(self) -> ShortTermMemory:
        """The turns held now."""
        raise NotImplementedError

    def pin(self, memories: Sequence[int], on: bool = True) -> list[int]:
        """Pin memories, which then always travel to the model, or let go of them.

        Returns:
            Those that were not so before.

        Raises:
            UsageError: One does not exist, or the mode writes nothing.
        """
        with self._lock:
            self._transcript.require()
            self._require(memories)
            return self.store.pin(memories, on, self.clock())

    def edit(self, memory: int, text: str) -> MemoryRecord:
        """Give a memory other words; those it had stay in its history.

        Raises:
            UsageError: It does not exist, the words are empty, or the mode writes nothing.
        """
        with self._lock:
            self._transcript.require()
            [old] = self._require([memory])
            if not text.strip():
                raise UsageError("the new words are empty; give some, or forget the memory")
            text = discreet([Turn(text)], self.config.secrets)[0][0].text
            vector = encode_turns(self.encoder, [replace(old, text=text)])[0]
            self.short_term.forget({old.turn})  # it would go on recalling the words it holds
            return self.store.edit(
                memory,
                text,
                self.clock(),
                reading=read(text, old.speaker, old.role, old.said_at).decision(
                    old.turn, old.salience
                ),
                vector=vector,
                fingerprint=self.encoder.fingerprint,
            )

    def inbox(self, open_only: bool = True) -> list[InboxRecord]:
        """Pairs of memories that may contradict each other, the oldest question first."""
        return self.store.inbox(open_only=open_only)

    def answer(self, question: int, answer: Answer) -> InboxRecord:
        """Answer a question of the inbox.

        Args:
            question: Its number.
            answer: "now": the later memory holds now. "then": it told of the past, the earlier
                one holds. "both" hold. "wrong": the later one was never true.

        Raises:
            UsageError: There is no such question or answer, it was answered already, or the mode
                writes nothing.
        """
        with self._lock:
            self._transcript.require()
            try:
                return self.store.answer(question, answer, self.clock())
            except ValueError as error:
                raise UsageError(str(error)) from error

    def changes(self, limit: int | None = None) -> list[ChangeRecord]:
        """Changes to what is remembered, the last one first, undone ones too."""
        return self.store.changes(limit)

    def undo(self) -> ChangeRecord | None:
        """Take back the last change that stands; None when there is none.

        A forgetting cannot be taken back: it comes back with kind "forget", and the next call
        goes on with the change before it.

        Raises:
            UsageError: The mode writes nothing.
        """
        with self._lock:
            self._transcript.require()
            return self.store.undo(self.clock())

    async def apin(self, memories: Sequence[int], on: bool = True) -> list[int]:
        """As ``pin``."""
        return await asyncio.to_thread(self.pin, memories, on)

    async def aedit(self, memory: int, text: str) -> MemoryRecord:
        """As ``edit``."""
        return await asyncio.to_thread(self.edit, memory, text)

    async def aanswer(self, question: int, answer: Answer) -> InboxRecord:
        """As ``answer``."""
        return await asyncio.to_thread(self.answer, question, answer)

    async def aundo(self) -> ChangeRecord | None:
        """As ``undo``."""
        return await asyncio.to_thread(self.undo)

    def _require(self, memories: Sequence[int]) -> list[MemoryRecord]:
        found = {memory.id: memory for memory in self.store.memories(ids=list(memories))}
        missing = [number for number in memories if number not in found]
        if missing or not found:
            named = f"memory {missing[0]} does not exist" if missing else "no memory was named"
            raise UsageError(f"{named}; 'memories' lists those that do")
        return [found[number] for number in memories]
