"""What becomes a memory, and how it meets the ones already there.

A turn that leaves short-term memory is kept when it is salient or states a fact. A restated fact
reinforces the memory it repeats; a fact that excludes an earlier one replaces it. Only what
people said counts as fact: an assistant's turn can be kept as an episode, never with a subject.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from assistant.language import (
    Statement,
    is_nonsense,
    is_question,
    is_small_talk,
    read_statements,
    resolve_dates,
)
from assistant.short_term import BufferedTurn
from storage import DateSpan, Decision, LongTermStore, MemoryRecord

BATCH = 256


def is_passing(text: str) -> bool:
    """Whether a turn is small talk, letters that are no words, or only asks: never a memory.

    >>> is_passing("Good morning!"), is_passing("Where do I live?"), is_passing("I live in Porto.")
    (True, True, False)
    """
    return is_small_talk(text) or is_nonsense(text) or is_question(text)


def is_salient(held: BufferedTurn, threshold: float) -> bool:
    """Whether a turn is worth keeping.

    Small talk and what only asks are not, whatever the network makes of them; what states a fact
    that has one value is, if a person said it; of the rest the network's salience decides.
    """
    if is_passing(held.turn.text):
        return False
    if held.salience >= threshold:
        return True
    return held.turn.role != "assistant" and any(s.exclusive for s in _statements(held))


def same_words(text: str) -> str:
    """A text reduced to what makes it a restatement of another: its letters and digits.

    >>> same_words("My dog is called Bruno!") == same_words("my dog is called  bruno")
    True
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


def _statements(held: BufferedTurn) -> tuple[Statement, ...]:
    return read_statements(held.turn.text, held.turn.speaker)


class Consolidation:
    """Moves turns from short-term memory into the long-term store.

    Args:
        store: Where memories are written.
        threshold: Turns at least this salient are kept, 0 to 1.
    """

    def __init__(self, store: LongTermStore, *, threshold: float) -> None:
        self.threshold = threshold
        self._store = store

    def run(self, left: Sequence[BufferedTurn], *, keep: bool = False) -> list[MemoryRecord]:
        """Decide about each turn, in order, and write what was decided.

        Args:
            left: Turns in the order they were said.
            keep: Keep them whatever their salience (``Assistant.remember``).

        Returns:
            The memories made or reinforced. A turn decided about before is skipped, so that a
            run that was cut short can be repeated.
        """
        written: list[MemoryRecord] = []
        batch: list[Decision] = []
        words_in_batch: set[str] = set()
        subjects_in_batch: set[str] = set()

        def flush() -> None:
            if batch:
                written.extend(self._store.consolidate(batch))
            batch.clear()
            words_in_batch.clear()
            subjects_in_batch.clear()

        for held in left:
            if held.turn.consolidated:  # recited: decided when it was committed
                continue
            if not keep and not is_salient(held, self.threshold):
                batch.append(Decision(held.turn.id, "drop", salience=held.salience))
                continue
            words, fact = same_words(held.turn.text), self._fact(held)
            # What this turn must be compared with is read from the store: write it out first.
            if words in words_in_batch or (fact and fact.subject in subjects_in_batch):
                flush()
            batch.append(self._meet(held, words, fact))
            words_in_batch.add(words)
            if fact:
                subjects_in_batch.add(fact.subject)
            if len(batch) >= BATCH:
                flush()
        flush()
        return written

    def _fact(self, held: BufferedTurn) -> Statement | None:
        """The statement that a memory is filed under: the first exclusive one, else the first."""
        if held.turn.role == "assistant":
            return None
        statements = _statements(held)
        return next((s for s in statements if s.exclusive), next(iter(statements), None))

    def _meet(self, held: BufferedTurn, words: str, fact: Statement | None) -> Decision:
        """How a turn worth keeping meets the memories already there."""
        turn = held.turn
        decision = Decision(
            turn.id,
            "keep",
            salience=held.salience,
            subject=fact.subject if fact else None,
            value=fact.value if fact else None,
            dates=tuple(
                DateSpan(date.phrase, date.start, date.end)
                for date in resolve_dates(turn.text, turn.said_at)
            ),
        )
        for memory in self._namesakes(held):
            if memory.superseded_by is None and same_words(memory.text) == words:
                return replace(decision, action="restate", target=memory.id)
        if fact is None or not fact.exclusive:
            return decision
        rivals = [
            memory
            for memory in self._store.memories(subject=fact.subject)
            if memory.superseded_by is None
            and memory.value is not None
            and same_words(memory.value) != same_words(fact.value)
        ]
        later = [memory for memory in rivals if memory.said_at > turn.said_at]
        if later:  # an old turn imported late: what was said last is what is current
            return replace(decision, superseded_by=later[0].id)
        return replace(decision, supersedes=tuple(memory.id for memory in rivals))

    def _namesakes(self, held: BufferedTurn) -> list[MemoryRecord]:
        """Memories of the same speaker that might hold the same words."""
        found = self._store.search(held.turn.text, k=8, scope="memories")
        memories = self._store.memories_of_turns([turn for turn, _ in found])
        return [m for m in memories.values() if m.speaker == held.turn.speaker]
