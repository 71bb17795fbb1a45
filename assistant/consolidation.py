"""What becomes a memory, and how it meets the ones already there.

A turn that leaves short-term memory is kept when it is salient or states a fact. A restated fact
reinforces the memory it repeats; one that takes an earlier one back replaces it, as a whole or one
statement of it; what may contradict is put to the user. Only what people said counts as fact: an
assistant's turn can be kept as an episode, never with a subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.language.amendment import amends_time
from assistant.meeting import Bearing, Meeting, bears, may_be_denied, within
from assistant.reading import Reader, Reading, is_passing
from assistant.short_term import BufferedTurn
from storage import DateSpan, Decision, LongTermStore, MemoryRecord, TurnRecord

BATCH = 256


class Consolidation:
    """Moves turns from short-term memory into the long-term store.

    Args:
        store: Where memories are written.
        threshold: Turns at least this salient are kept, 0 to 1.
    """

    def __init__(self, store: LongTermStore, *, threshold: float) -> None:
        self.threshold = threshold
        self.reader = Reader()
        self._store = store
        self._meeting = Meeting(store, self.reader)

    def keeps(self, held: BufferedTurn) -> bool:
        """Whether a turn is worth keeping.

        Small talk and what only asks are not, whatever the network makes of them; what states a
        fact that has one value is, if a person said it, and so is what sets the time of one right;
        of the rest the network's salience decides.
        """
        if is_passing(held.turn.text):
            return False
        return (
            held.salience >= self.threshold
            or any(one.exclusive for one in self.read(held.turn).statements)
            or amends_time(held.turn.text)
        )

    def read(self, turn: TurnRecord) -> Reading:
        """What is in the words of a turn."""
        return self.reader.read(turn.text, turn.speaker, turn.role, turn.said_at)

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
        batch = _Batch()

        def flush() -> None:
            nonlocal batch
            written.extend(self._write(batch))
            batch = _Batch()

        for held in left:
            if held.turn.consolidated:  # recited: decided when it was committed
                continue
            if not keep and not self.keeps(held):
                batch.add(Decision(held.turn.id, "drop", salience=held.salience))
                continue
            reading = self.read(held.turn)
            # What this turn must be compared with is read from the store: write it out first.
            if batch.concerns(held.turn, reading) or len(batch.decisions) >= BATCH:
                flush()
            bearing = self._meeting.of(held.turn, reading)
            batch.add(_decision(held, reading, bearing), held.turn, reading, bearing)
        flush()
        return written

    def _write(self, batch: _Batch) -> list[MemoryRecord]:
        """Write a batch, and put to the user what it leaves uncertain."""
        if not batch.decisions:
            return []
        written = self._store.consolidate(batch.decisions)
        made = {memory.turn: memory for memory in written}
        for turn, bearing in batch.bearings:
            memory = made.get(turn.id)
            if memory is None:  # it became a restatement after all, or another process was first
                continue
            for later, position, since in bearing.gives_way:
                self._store.supersede(memory.id, later, since, statement=position)
            for other, subject in bearing.asks:
                self._ask(memory, other, subject)
        return written

    def _ask(self, memory: MemoryRecord, other: int, subject: str | None) -> None:
        found = self._store.memories(ids=[other])
        if found and other != memory.id:
            earlier, later = sorted([found[0], memory], key=lambda one: (one.said_at, one.id))
            at = max(earlier.said_at, later.said_at)
            self._store.ask(earlier.id, later.id, subject, at)


def _decision(held: BufferedTurn, reading: Reading, bearing: Bearing) -> Decision:
    decision = reading.decision(held.turn.id, held.salience)
    if bearing.restates is not None:
        return replace(decision, action="restate", target=bearing.restates)
    if bearing.supersedes and decision.valid_from is None and len(reading.dates) == 1:
        [named] = reading.dates  # "I moved to Porto last week": true since then
        if named.start <= held.turn.said_at.date():
            decision = replace(decision, valid_from=named.start)
    if bearing.dates:
        spans = tuple(DateSpan(one.phrase, one.start, one.end) for one in bearing.dates)
        decision = replace(decision, dates=spans)
    return replace(
        decision,
        supersedes=bearing.supersedes,
        supersedes_statements=bearing.supersedes_statements,
        superseded_by=bearing.superseded_by,
    )


class _Batch:
    """Decisions not written yet, and what has to be known of their turns."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.bearings: list[tuple[TurnRecord, Bearing]] = []  # what is left to do for them
        self._keys: set[str] = set()
        self._subjects: set[str] = set()
        self._contents: list[tuple[str, frozenset[str]]] = []
        self._deniable = False

    def add(
        self,
        decision: Decision,
        turn: TurnRecord | None = None,
        reading: Reading | None = None,
        bearing: Bearing | None = None,
    ) -> None:
        """Take a decision; of one to keep, what the next turn may have to be compared with."""
        self.decisions.append(decision)
        if turn is None or reading is None or bearing is None:
            return
        if bearing.asks or bearing.gives_way:
            self.bearings.append((turn, bearing))
        self._keys.add(reading.words_key)
        self._subjects.update(one.subject for one in reading.statements)
        self._contents.append((turn.speaker, reading.content))
        self._deniable |= may_be_denied(turn.text)
        # Of a memory that lost a statement, the next one to go may be the last.
        self._deniable |= bool(bearing.supersedes_statements)

    def concerns(self, turn: TurnRecord, reading: Reading) -> bool:
        """Whether a turn may bear on one in the batch."""
        return (
            amends_time(turn.text)  # of what was told just before
            or reading.words_key in self._keys
            or any(one.subject in self._subjects for one in reading.statements if one.exclusive)
            or (bool(reading.said.claims) and (self._deniable or bears(reading.said)))
            or any(
                speaker == turn.speaker and within(reading.content, content)
                for speaker, content in self._contents
            )
        )
