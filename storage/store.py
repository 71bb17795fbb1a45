"""LongTermStore: the transcript and the memories of one owner, in one SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from sqlalchemy import ColumnElement, func, or_, select, text

from storage import decisions as decided
from storage import forgetting, memories, models, search, transcript, upgrade, vectors
from storage.checks import problems
from storage.codec import clean
from storage.database import Database, locate
from storage.errors import StoreLocked
from storage.index import IndexKeeper, TurnIndex
from storage.records import (
    Decision,
    ForgetReceipt,
    MemoryRecord,
    NewTurn,
    TurnRecord,
    Vector,
)

Scope = Literal["memories", "transcript"]
_PAGE = 500


class LongTermStore:
    """What was said, and what is remembered of it. Thread-safe; processes can share the file.

    A new file, an old one, one that another process has open: the same call. What a call has
    written is on the disk when it returns.

    >>> from datetime import UTC, datetime
    >>> with LongTermStore(":memory:") as store:
    ...     said = NewTurn("r1", "s1", "user", "user", "My dog is Bruno.", datetime.now(UTC))
    ...     [turn] = store.append([said])
    ...     [found] = store.search("dogs")
    >>> found[0] == turn.id
    True

    Args:
        url_or_path: A path, ":memory:", or a SQLite URL.
        owner: Whose rows are seen and written; nobody else's are.
        read_only: Refuse every write; the file must exist.

    Raises:
        ValueError: A URL of another database, or an empty owner.
        StoreLocked: The file cannot be opened or written, or is held by another process.
        StoreCorrupt: It is not a store, or is damaged.
        StoreTooNew: A newer version has written it; its bytes are left as they are.
    """

    def __init__(
        self, url_or_path: str | Path, *, owner: str = "default", read_only: bool = False
    ) -> None:
        self.owner = clean(owner)
        if not self.owner.strip():
            raise ValueError("the owner is empty; expected a name, such as 'default'")
        self.path: Path | None = locate(url_or_path)
        upgrade.prepare(self.path, read_only=read_only)
        self._database = Database(self.path, read_only=read_only)
        self._lexicon = search.Lexicon()
        self._lock = threading.Lock()
        self._keeper: IndexKeeper | None = None
        try:
            upgrade.bring_to_head(self._database)
            self._finish_forgetting()
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the file. Closing twice is harmless; any other call afterwards is an error."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- the transcript ------------------------------------------------------------------------

    def append(self, turns: Sequence[NewTurn]) -> list[TurnRecord]:
        """Write turns, all or none. A ref known with the same words gives the turn as it was.

        Raises:
            RefConflict: A ref is known with other words.
            ValueError: A time without an offset, or a vector that is not finite numbers.
        """
        if not turns:
            return []
        with self._database.writing() as connection:
            return transcript.append(connection, self.owner, turns, self._lexicon)

    def turn(self, ref: str) -> TurnRecord | None:
        """The turn with this ref."""
        with self._database.reading() as connection:
            return transcript.by_ref(connection, self.owner, ref)

    def turns_by_id(self, ids: Iterable[int]) -> dict[int, TurnRecord]:
        """Turns by id; unknown ids are left out."""
        with self._database.reading() as connection:
            return transcript.by_id(connection, self.owner, ids)

    def turns(
        self,
        session: str | None = None,
        after: int = 0,
        limit: int | None = None,
        newest_first: bool = False,
        search: str | None = None,
    ) -> list[TurnRecord]:
        """Turns in the order of insertion or its reverse.

        Args:
            session: Only those of this session.
            after: Only ids above this one.
            limit: At most so many.
            newest_first: Reverse the order.
            search: Only those that contain these words, or every one of them in some form.
        """
        with self._database.reading() as connection:
            return transcript.listing(
                connection,
                self.owner,
                session=session,
                after=after,
                limit=limit,
                newest_first=newest_first,
                words=self._containing(search),
            )

    def iterate_turns(self) -> Iterator[TurnRecord]:
        """Every turn in the order of insertion, read page by page; no lock is held in between."""
        last = 0
        while page := self.turns(after=last, limit=_PAGE):
            yield from page
            last = page[-1].id

    def neighbours(
        self, ids: Sequence[int], before: int = 1, after: int = 1
    ) -> dict[int, list[TurnRecord]]:
        """For each turn, those around it in its session, itself left out, oldest first."""
        with self._database.reading() as connection:
            return transcript.neighbours(connection, self.owner, ids, before, after)

    def pending(
        self, session: str | None = None, other_than: str | None = None
    ) -> list[TurnRecord]:
        """Turns that consolidation has not decided about, of a session or of all but one."""
        with self._database.reading() as connection:
            return transcript.pending(connection, self.owner, session, other_than)

    def count_turns(self) -> int:
        """How many turns there are."""
        return self._count(models.turn.c.owner)

    # -- vectors -------------------------------------------------------------------------------

    def vectors_of(self, ids: Iterable[int]) -> dict[int, Vector]:
        """Unit vectors, (dimension,) float32; a turn without one is left out."""
        with self._database.reading() as connection:
            return vectors.vectors_of(connection, self.owner, ids)

    def set_vectors(self, pairs: Iterable[tuple[int, Vector]], fingerprint: str) -> None:
        """Give turns, by id, the vectors of an encoder; forgotten turns are passed over."""
        given = list(pairs)
        with self._database.writing() as connection:
            revision = transcript.next_revision(connection, self.owner)
            vectors.set_vectors(connection, self.owner, given, fingerprint, revision)

    def stale(self, fingerprint: str, limit: int | None = None) -> list[TurnRecord]:
        """Turns whose vector is missing or another encoder's, oldest first."""
        with self._database.reading() as connection:
            ids = vectors.stale_ids(connection, self.owner, fingerprint, limit)
            return list(transcript.by_id(connection, self.owner, ids).values())

    def fingerprints(self) -> dict[str, int]:
        """How many vectors each encoder has made."""
        with self._database.reading() as connection:
            return vectors.fingerprints(connection, self.owner)

    # -- memories ------------------------------------------------------------------------------

    def consolidate(self, decisions: Sequence[Decision]) -> list[MemoryRecord]:
        """Carry out what consolidation decided, in one transaction.

        A turn that another process has consolidated meanwhile, or that is gone, is passed over;
        a restatement of a memory that is gone becomes a memory itself. Give a restatement the
        subject, value and dates of its own words: they take over if the quoted turn is forgotten.

        Returns:
            The memories written or restated, in the order of the decisions.
        """
        if not decisions:
            return []
        with self._database.writing() as connection:
            revision = transcript.next_revision(connection, self.owner)
            ids = decided.consolidate(connection, self.owner, decisions, revision)
            found = {one.id: one for one in memories.listing(connection, self.owner, ids=ids)}
            return [found[memory] for memory in ids]

    def memories(
        self,
        ids: Iterable[int] | None = None,
        subject: str | None = None,
        include_superseded: bool = True,
        search: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        newest_first: bool = True,
    ) -> list[MemoryRecord]:
        """Memories, the last written first. The arguments narrow; ``search`` is as in ``turns``."""
        with self._database.reading() as connection:
            return memories.listing(
                connection,
                self.owner,
                ids=ids,
                subject=subject,
                include_superseded=include_superseded,
                words=self._containing(search),
                limit=limit,
                offset=offset,
                newest_first=newest_first,
            )

    def memories_of_turns(self, turn_ids: Iterable[int]) -> dict[int, MemoryRecord]:
        """The memory that each turn became or restated, keyed by the turn."""
        with self._database.reading() as connection:
            return memories.of_turns(connection, self.owner, turn_ids)

    def count_memories(self) -> int:
        """How many memories there are, superseded ones included."""
        return self._count(models.memory.c.owner)

    def reinforce(self, memory_ids: Iterable[int], at: datetime) -> None:
        """Count one more use of each memory."""
        with self._database.writing() as connection:
            memories.reinforce(connection, self.owner, memory_ids, at)

    # -- finding -------------------------------------------------------------------------------

    def search(
        self, query: str, k: int = 200, scope: Scope = "memories"
    ) -> list[tuple[int, float]]:
        """Ids of the turns whose words match best, each with its BM25 score, higher better.

        Args:
            query: Any text.
            k: At most so many.
            scope: "memories": turns with a memory or not consolidated yet; "transcript": every one.
        """
        if scope not in ("memories", "transcript"):
            raise ValueError(f"the scope is {scope!r}; expected 'memories' or 'transcript'")
        terms = self._lexicon.query(query)
        with self._database.reading() as connection:
            return search.search(connection, self.owner, terms, k, transcript=scope == "transcript")

    def index(self, fingerprint: str) -> TurnIndex:
        """Every turn as NumPy columns, with this encoder's vectors, as of now."""
        with self._lock:
            if self._keeper is None or self._keeper.fingerprint != fingerprint:
                self._keeper = IndexKeeper(self._database, self.owner, fingerprint)
            keeper = self._keeper
        return keeper.current()

    # -- the file ------------------------------------------------------------------------------

    def forget(self, turn_ids: Sequence[int]) -> ForgetReceipt:
        """Remove turns, what was derived from them, and the bytes they leave in the files.

        Backups made by upgrades are deleted as well. Takes time in proportion to the store.

        Raises:
            StoreLocked: The rows are gone, but another process reads the store and keeps its log
                from being emptied; forget again when it has finished.
        """
        return forgetting.forget(self._database, self.owner, turn_ids)

    def schema_revision(self) -> str:
        """The revision of the schema that the file is at."""
        with self._database.reading() as connection:
            statement = select(models.alembic_version.c.version_num)
            return str(connection.execute(statement).scalar_one())

    def check(self) -> list[str]:
        """What is wrong with the file, a line each; empty when nothing is."""
        return problems(self._database)

    def _finish_forgetting(self) -> None:
        if self._database.read_only or not forgetting.needs_scrubbing(self._database, self.owner):
            return
        try:
            forgetting.scrub(self._database, self.owner)
        except StoreLocked:
            return  # another process is reading; the next opening tries again

    def _count(self, owners: ColumnElement[str]) -> int:
        with self._database.reading() as connection:
            statement = select(func.count()).where(owners == self.owner)
            return int(connection.execute(statement).scalar_one())

    def _containing(self, words: str | None) -> ColumnElement[bool] | None:
        """A condition on ``turn``: has these words as they stand, or all their terms."""
        if words is None or not words.strip():
            return None
        column = models.turn.c.text
        plain = func.instr(func.lower(column), func.lower(clean(words.strip()))) > 0
        terms = self._lexicon.query(words)
        if not terms:
            return plain
        matching = text("SELECT rowid FROM turn_text WHERE turn_text MATCH :match")
        matching = matching.bindparams(match=search.match_all(terms))
        return or_(plain, models.turn.c.id.in_(matching))
