"""The part of the store that looks after memories: pinned, archived, edited, replaced, asked about.

Whatever these methods change is in the journal, and ``undo`` takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from storage import asking, changes, curating, decisions, memories, statements, transcript, uses
from storage.changes import Journal
from storage.codec import instant
from storage.database import Database
from storage.records import (
    Answer,
    ChangeRecord,
    Decision,
    InboxRecord,
    MemoryRecord,
    NewTurn,
    StatementRecord,
    Vector,
)
from storage.search import Lexicon


class Curation:
    """What can be done to the memories of one owner; ``LongTermStore`` is one.

    Times are aware; without one, ``at`` is now.
    """

    owner: str
    _database: Database
    _lexicon: Lexicon

    # -- by hand -------------------------------------------------------------------------------

    def pin(
        self, memory_ids: Iterable[int], on: bool = True, at: datetime | None = None
    ) -> list[int]:
        """Pin memories, or with ``on=False`` let go of them; returns those that changed."""
        ids = list(memory_ids)
        return self._change(
            "pin" if on else "unpin",
            at,
            lambda connection, journal, _: curating.set_pinned(
                connection, self.owner, journal, ids, on=on
            ),
        )

    def archive(self, memory_ids: Iterable[int], at: datetime | None = None) -> list[int]:
        """Put memories away: found when asked for, and taken out by use. Returns those moved."""
        return self._move("archive", memory_ids, at)

    def restore(self, memory_ids: Iterable[int], at: datetime | None = None) -> list[int]:
        """Take memories out of the archive; returns those that were in it."""
        return self._move("restore", memory_ids, at)

    def _move(self, kind: str, memory_ids: Iterable[int], at: datetime | None) -> list[int]:
        ids = list(memory_ids)
        return self._change(
            kind,
            at,
            lambda connection, journal, now: curating.set_archived(
                connection, self.owner, journal, ids, now if kind == "archive" else None
            ),
        )

    def supersede(
        self,
        old: int,
        by: int,
        at: datetime | None = None,
        valid_to: date | None = None,
        statement: int | None = None,
    ) -> list[int]:
        """Have one memory give way to another; returns those that changed.

        Args:
            old: What is no longer believed.
            by: What is believed instead.
            at: Since when.
            valid_to: Until when the old one was true, if that is known.
            statement: Only this one of the old memory's statements gives way, by its position.
        """

        def work(connection: Connection, journal: Journal, now: int) -> list[int]:
            if statement is not None:
                pair = [(old, statement)]
                return statements.supersede(connection, self.owner, journal, pair, by, now)
            return curating.supersede(connection, self.owner, journal, [old], by, now, valid_to)

        return self._change("supersede", at, work)

    def merge(self, into: int, duplicates: Iterable[int], at: datetime | None = None) -> list[int]:
        """Make memories restatements of one, their uses added to its; returns those merged."""
        ids = list(duplicates)
        return self._change(
            "merge",
            at,
            lambda connection, journal, _: curating.merge(
                connection, self.owner, journal, into, ids
            ),
            stamped=[into],
        )

    def edit(
        self,
        memory_id: int,
        text: str,
        at: datetime | None = None,
        *,
        reading: Decision | None = None,
        vector: Vector | None = None,
        fingerprint: str | None = None,
    ) -> MemoryRecord:
        """Give a memory other words. Those it had stay in the transcript, and in its history.

        The new words are a turn of their own, said by whom and when the old ones were.

        Args:
            memory_id: Which.
            text: The new words.
            at: When they are changed.
            reading: What was worked out about the new words; its turn and action are ignored.
            vector: Their embedding, (dimension,).
            fingerprint: Which encoder made it.

        Raises:
            ValueError: The memory does not exist, or the words are empty.
        """
        now, _ = instant(_or_now(at))
        if not text.strip():
            raise ValueError("the new words are empty; give some, or forget the memory")
        with self._database.writing() as connection:
            found = memories.listing(connection, self.owner, ids=[memory_id])
            if not found:
                raise ValueError(
                    f"memory {memory_id} does not exist; 'memories' lists those that do"
                )
            [old] = found
            turn = transcript.by_id(connection, self.owner, [old.turn])[old.turn]
            new = NewTurn(
                transcript.free_ref(connection, self.owner, turn.ref),
                turn.session,
                turn.role,
                turn.speaker,
                text,
                turn.said_at,
                vector,
                fingerprint,
                transcript_only=True,
            )
            [written] = transcript.append(connection, self.owner, [new], self._lexicon)
            read = reading or Decision(written.id, "keep", salience=old.salience)
            decisions.write_readings(
                connection, self.owner, [(written.id, memory_id, read, turn.speaker)]
            )
            journal = Journal(connection, self.owner)
            curating.move_words(connection, self.owner, journal, memory_id, written.id, now)
            journal.write("edit", now)
            revision = transcript.next_revision(connection, self.owner)
            transcript.restamp(connection, self.owner, [memory_id], revision, turns=journal.turns())
            return memories.listing(connection, self.owner, ids=[memory_id])[0]

    # -- use -----------------------------------------------------------------------------------

    def record_uses(self, memory_ids: Iterable[int], at: datetime) -> None:
        """Note one more use of each memory, which takes it out of the archive."""
        with self._database.writing() as connection:
            uses.record_uses(connection, self.owner, memory_ids, at)

    def uses(self, memory_ids: Iterable[int]) -> dict[int, tuple[datetime, ...]]:
        """When each memory was used or restated, in UTC, earliest first; () where never."""
        with self._database.reading() as connection:
            return uses.uses(connection, self.owner, memory_ids)

    # -- statements ----------------------------------------------------------------------------

    def statements(self, memory_ids: Iterable[int]) -> dict[int, tuple[StatementRecord, ...]]:
        """What each memory's words state, those replaced since included."""
        with self._database.reading() as connection:
            return statements.of_memories(connection, self.owner, memory_ids)

    def statements_about(
        self, subject: str, include_superseded: bool = False
    ) -> tuple[StatementRecord, ...]:
        """What memories state of a subject, the oldest memory first."""
        with self._database.reading() as connection:
            return statements.about(
                connection, self.owner, subject, include_superseded=include_superseded
            )

    # -- the inbox -----------------------------------------------------------------------------

    def inbox(self, open_only: bool = True) -> list[InboxRecord]:
        """Pairs of memories that may contradict each other, the oldest question first."""
        with self._database.reading() as connection:
            return asking.listing(connection, self.owner, open_only=open_only)

    def ask(
        self, earlier: int, later: int, subject: str | None = None, at: datetime | None = None
    ) -> InboxRecord:
        """Put a pair of memories into the inbox; a pair asked before is given as it is.

        Raises:
            ValueError: Either does not exist, or both are the same.
        """
        with self._database.writing() as connection:
            return asking.ask(connection, self.owner, earlier, later, subject, _or_now(at))

    def answer(self, inbox_id: int, answer: Answer, at: datetime | None = None) -> InboxRecord:
        """Note what the user answered, and do it.

        With "now" the later memory supersedes the earlier; with "then" the earlier supersedes the
        later, which told of the past; with "wrong" it does, and the later goes to the archive;
        with "both" nothing changes.

        Raises:
            ValueError: No such question, one answered already, or no such answer.
        """
        with self._database.writing() as connection:
            question, changed = asking.answer(connection, self.owner, inbox_id, answer, _or_now(at))
            self._stamp(connection, changed)
            return question

    # -- the journal ---------------------------------------------------------------------------

    def undo(self, at: datetime | None = None) -> ChangeRecord | None:
        """Take back the last change that stands, and say which; None when there is none.

        A change of kind "forget" cannot be taken back: it is only marked, so that the next call
        undoes the change before it.
        """
        with self._database.writing() as connection:
            return changes.undo(connection, self.owner, _or_now(at))

    def changes(self, limit: int | None = None) -> list[ChangeRecord]:
        """The changes made to what is remembered, the last one first, undone ones too."""
        with self._database.reading() as connection:
            return changes.changes(connection, self.owner, limit)

    def _change(
        self,
        kind: str,
        at: datetime | None,
        work: Callable[[Connection, Journal, int], list[int]],
        stamped: Sequence[int] = (),
    ) -> list[int]:
        now, _ = instant(_or_now(at))
        with self._database.writing() as connection:
            journal = Journal(connection, self.owner)
            changed = work(connection, journal, now)
            if changed:
                journal.write(kind, now)
                self._stamp(connection, [*changed, *stamped])
            return changed

    def _stamp(self, connection: Connection, changed: Sequence[int]) -> None:
        if changed:
            revision = transcript.next_revision(connection, self.owner)
            transcript.restamp(connection, self.owner, changed, revision)


def _or_now(at: datetime | None) -> datetime:
    return datetime.now(UTC) if at is None else at
