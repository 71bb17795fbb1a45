"""LongTermStore: the transcript and the memories of one owner, in one SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, func, or_, select, text

from storage import (
    backup,
    forgetting,
    full_text,
    memories,
    models,
    search,
    transcript,
    upgrade,
    vectors,
)
from storage import decisions as decided
from storage.alone import identity
from storage.backup import KEPT, Backup
from storage.checks import changed_rows, problems
from storage.codec import clean
from storage.curation import Curation
from storage.database import Database, locate
from storage.encryption import Cipher
from storage.errors import StorageError, StoreCorrupt, StoreLocked
from storage.figures import MemoryFigures, figures
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
_OPENINGS = 5
_SHOWN = 20


class LongTermStore(Curation):
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
        key: The passphrase of an encrypted store, or a ``Cipher`` made of it; a new file is made
            encrypted with it.

    Raises:
        ValueError: A URL of another database, or an empty owner.
        StoreLocked: The file cannot be opened or written, or is held by another process.
        StoreCorrupt: It is not a store, or is damaged.
        StoreTooNew: A newer version has written it; its bytes are left as they are.
        StoreSealed: It is encrypted with another key, or a key was given and it is not.
        EncryptionUnavailable: A key was given, and sqlcipher3 is not installed.
    """

    def __init__(
        self,
        url_or_path: str | Path,
        *,
        owner: str = "default",
        read_only: bool = False,
        key: str | Cipher | None = None,
    ) -> None:
        self.owner = clean(owner)
        if not self.owner.strip():
            raise ValueError("the owner is empty; expected a name, such as 'default'")
        self.path: Path | None = locate(url_or_path)
        self._cipher = Cipher(key) if isinstance(key, str) else key
        self._lexicon = search.Lexicon()
        self._lock = threading.Lock()
        self._keeper: IndexKeeper | None = None
        try:
            self._database = self._open(read_only)
        except StoreCorrupt as error:
            raise StoreCorrupt(f"{error}{self._remedy()}") from error

    def _open(self, read_only: bool) -> Database:
        """Open the file that is there once it is open: it may be replaced meanwhile."""
        for _ in range(_OPENINGS):
            before = identity(self.path)
            try:
                upgrade.prepare(self.path, read_only=read_only, cipher=self._cipher)
                before = identity(self.path)
                database = Database(self.path, read_only=read_only, cipher=self._cipher)
                try:
                    upgrade.bring_to_head(database)
                    self._finish_forgetting(database)
                    # From here on nobody can replace it: it is open, with a log.
                    if identity(self.path) == before:
                        return database
                except BaseException:
                    database.close()
                    raise
            except StorageError:
                if identity(self.path) == before:
                    raise
            else:
                database.close()
        raise StoreLocked(f"{self.path} is replaced again and again; try again later")

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

    def append(
        self, turns: Sequence[NewTurn], decisions: Sequence[Decision] = ()
    ) -> list[TurnRecord]:
        """Write turns, all or none. A ref known with the same words gives the turn as it was.

        Args:
            turns: What was said.
            decisions: Carried out in the same transaction: see ``commit``.

        Raises:
            RefConflict: A ref is known with other words.
            ValueError: A time without an offset, or a vector that is not finite numbers.
        """
        return self.commit(turns, decisions)[0]

    def commit(
        self, turns: Sequence[NewTurn], decisions: Sequence[Decision]
    ) -> tuple[list[TurnRecord], list[MemoryRecord]]:
        """Write turns, then carry out decisions, in one transaction: what reaches the disk once.

        A decision may be about a turn written here: it then names it by its ref.

        Returns:
            The turns as ``append`` gives them, as they were before the decisions, and the
            memories as ``consolidate`` does.

        Raises:
            RefConflict: A ref is known with other words.
            ValueError: A time without an offset, or a vector that is not finite numbers.
        """
        written: list[TurnRecord] = []
        kept: list[MemoryRecord] = []
        if turns or decisions:
            with self._database.writing() as connection:
                if turns:
                    written = transcript.append(connection, self.owner, turns, self._lexicon)
                if decisions:
                    kept = self._consolidate(connection, decisions)
        return written, kept

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

    def damaged_vectors(self) -> list[int]:
        """Ids of this owner's turns whose vector no encoder has made: a bit of it has changed.

        Only what is plain to see is found: see ``vectors.damaged_ids``. Costs nobody any words:
        ``drop_vectors`` makes them stale, and what is stale is encoded anew.
        """
        with self._database.reading() as connection:
            return vectors.damaged_ids(connection, self.owner)

    def drop_vectors(self, turn_ids: Sequence[int]) -> None:
        """Take vectors away, so that they are stale."""
        if turn_ids:
            with self._database.writing() as connection:
                revision = transcript.next_revision(connection, self.owner)
                vectors.drop(connection, self.owner, turn_ids, revision)

    # -- memories ------------------------------------------------------------------------------

    def consolidate(self, decisions: Sequence[Decision]) -> list[MemoryRecord]:
        """Carry out what consolidation decided, in one transaction.

        A turn that another process has consolidated meanwhile, or that is gone, is passed over;
        a restatement of a memory that is gone becomes a memory itself. Give a restatement the
        subject, value and dates of its own words: they take over if the quoted turn is forgotten.

        Returns:
            The memories written or restated, in the order of the decisions.
        """
        return self.commit((), decisions)[1]

    def _consolidate(
        self, connection: Connection, decisions: Sequence[Decision]
    ) -> list[MemoryRecord]:
        revision = transcript.next_revision(connection, self.owner)
        ids = decided.consolidate(connection, self.owner, decisions, revision)
        found = {one.id: one for one in memories.these(connection, self.owner, ids)}
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
        include_archived: bool = False,
        as_of: datetime | None = None,
    ) -> list[MemoryRecord]:
        """Memories, the last written first. The arguments narrow.

        Args:
            ids: Only these, archived ones too.
            subject: Only those filed under it.
            include_superseded: Also those that were replaced.
            search: As in ``turns``.
            limit: At most so many.
            offset: Leave out so many of the first.
            newest_first: False reverses the order.
            include_archived: Also those in the archive.
            as_of: As they were believed then: what was said, replaced, archived, edited or used
                later is left out, or as it was before. With ``include_superseded=False`` exactly
                what was believed.
        """
        with self._database.reading() as connection:
            return memories.listing(
                connection,
                self.owner,
                ids=ids,
                subject=subject,
                include_superseded=include_superseded,
                include_archived=include_archived or ids is not None,
                as_of=as_of,
                words=self._containing(search),
                limit=limit,
                offset=offset,
                newest_first=newest_first,
            )

    def memories_of_turns(self, turn_ids: Iterable[int]) -> dict[int, MemoryRecord]:
        """The memory that each turn became or restated, keyed by the turn."""
        with self._database.reading() as connection:
            return memories.of_turns(connection, self.owner, turn_ids)

    def same_words(self, speaker: str, keys: Iterable[str]) -> dict[str, list[MemoryRecord]]:
        """The memories that a speaker told in the same words, by index, oldest first.

        Args:
            speaker: Who told them.
            keys: The words as ``Decision.words_key`` had them.

        Returns:
            By key; superseded and archived ones too, [] where there is none.
        """
        with self._database.reading() as connection:
            return memories.same_words(connection, self.owner, speaker, keys)

    def figures(self) -> list[MemoryFigures]:
        """What can be counted of every memory, oldest first; far quicker than ``memories``."""
        with self._database.reading() as connection:
            return figures(connection, self.owner)

    def count_memories(self) -> int:
        """How many memories there are, superseded and archived ones included."""
        return self._count(models.memory.c.owner)

    def viewing(self) -> AbstractContextManager[None]:
        """Have all that this thread reads meanwhile see one state of the store.

        Quicker too where much is read. What this thread writes meanwhile it does not see; in a
        store in memory it cannot write.
        """
        return self._database.viewing()

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

    def sharing(self, text: str, k: int = 32) -> list[TurnRecord]:
        """Turns that share most of their rarer terms with a text, those that share most first.

        In a large store three times as fast as ``search``: no lengths of texts are looked up.

        Args:
            text: Any text.
            k: At most so many; fewer where other owners of the file said the same.
        """
        terms = self._lexicon.query(text)
        with self._database.reading() as connection:
            ids = search.sharing(connection, terms, k)
            found = transcript.by_id(connection, self.owner, ids)
        return [found[one] for one in ids if one in found]

    def terms(self, query: str) -> list[str]:
        """The distinct terms of a query that are worth searching for."""
        return self._lexicon.query(query)

    def holding(self, terms: Iterable[str]) -> dict[str, NDArray[np.int64]]:
        """Ids of the turns that hold each of these terms (of ``terms``), ascending.

        Turns of every owner: look them up in ``index``, which holds this owner's.
        """
        with self._database.reading() as connection:
            return {term: search.turns_holding(connection, term) for term in terms}

    def index(self, fingerprint: str) -> TurnIndex:
        """Every turn as NumPy columns, with this encoder's vectors, as of now."""
        with self._lock:
            if self._keeper is None or self._keeper.fingerprint != fingerprint:
                self._keeper = IndexKeeper(self._database, self.owner, fingerprint)
            keeper = self._keeper
        return keeper.current()

    # -- the file ------------------------------------------------------------------------------

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted."""
        return self.path is not None and self._cipher is not None

    def forget(self, turn_ids: Sequence[int], at: datetime | None = None) -> ForgetReceipt:
        """Remove turns, what was derived from them, and the bytes they leave in the files.

        It cannot be undone, and neither can earlier changes to what is forgotten.

        Backups made by upgrades are deleted as well. Takes time in proportion to the store.

        Raises:
            StoreLocked: The rows are gone, but another process reads the store and keeps its log
                from being emptied; forget again when it has finished.
        """
        return forgetting.forget(self._database, self.owner, turn_ids, at or datetime.now(UTC))

    def optimise(self) -> None:
        """Tidy the indexes: merge the segments of the full text, and count for the planner."""
        with self._database.writing() as connection:
            connection.execute(forgetting.MERGE)
            connection.execute(text("PRAGMA optimize"))

    def schema_revision(self) -> str:
        """The revision of the schema that the file is at."""
        with self._database.reading() as connection:
            statement = select(models.alembic_version.c.version_num)
            return str(connection.execute(statement).scalar_one())

    def full_text_strays(self) -> list[int]:
        """Ids of turns, of every owner, that full text holds other than by their words.

        They are not found as they should be. Costs nobody any words: ``rebuild_full_text``.

        Raises:
            StoreCorrupt: It cannot be read at all.
        """
        with self._database.reading() as connection:
            return full_text.strays(connection, self._lexicon)

    def rebuild_full_text(self) -> int:
        """Make the full text anew, out of the words of every turn; returns how many there are."""
        with self._database.writing() as connection:
            return full_text.rebuild(connection, self._lexicon)

    def check(self, *, derived_too: bool = True) -> list[str]:
        """What is wrong with the file, a line each, and what to do; empty when nothing is.

        Args:
            derived_too: Also look at the vectors and the full text, which can be made anew.
        """
        found = problems(self._database, full_text_too=derived_too)
        if derived_too:
            found += self._vector_problems()
        remedy = self._remedy() if found else ""
        return [*found, f"{self._database.name}{remedy}"] if remedy else found

    def _vector_problems(self) -> list[str]:
        try:
            with self._database.reading() as connection:
                damaged = vectors.damaged_ids(connection)
        except StorageError as error:
            return [str(error)]
        if not damaged:
            return []
        count = "1 vector is" if len(damaged) == 1 else f"{len(damaged)} vectors are"
        turns = ", ".join(map(str, damaged[:_SHOWN])) + (", …" if len(damaged) > _SHOWN else "")
        return [
            f"{self._database.name}: {count} none that an encoder makes (turns {turns}); "
            "'assistant reindex' makes them anew"
        ]

    def backup(
        self, target: str | Path | None = None, *, at: datetime | None = None, keep: int = KEPT
    ) -> Path:
        """Copy the store while it is in use, verify the copy, and say where it is.

        Args:
            target: A file that is not there yet. When None the copy lies beside the store, and
                the oldest of the regular ones beyond ``keep`` are deleted. Forgetting reaches
                into those, but not into copies elsewhere.
            at: Now; names the copy.
            keep: How many regular backups to keep.

        Raises:
            ValueError: The store is in memory, or the target is there already.
            StoreCorrupt: The store is damaged; no backup was deleted.
            StoreLocked: The copy cannot be written.
        """
        if self.path is None:
            raise ValueError("a store in memory has no backups; open one in a file")
        if target is None:
            return backup.back_up_regularly(self.path, at or datetime.now(UTC), keep, self._cipher)
        copy = Path(target).expanduser()
        if copy.exists():
            raise ValueError(f"{copy} is there already; name a file that is not")
        return backup.copy_to(self.path, copy, self._cipher)

    def backups(self) -> list[Backup]:
        """The backups that lie beside the store, the newest first."""
        return [] if self.path is None else backup.backups_of(self.path)

    def _remedy(self) -> str:
        """Names the newest good backup, if there is one."""
        found = None if self.path is None else backup.newest_good(self.path, self._cipher)
        if found is None:
            return ""
        return f"; the newest good backup is {found.path.name}: 'assistant restore' puts it back"

    def changed_rows(self) -> dict[str, tuple[int, ...]]:
        """Rows that are not what was written, by table: ids of turns, memories and so on.

        Found by their row hashes, of every owner; rows that cannot be read are among them. A
        table that cannot be read at all is there as ().
        """
        return changed_rows(self._database)

    def _finish_forgetting(self, database: Database) -> None:
        if database.read_only or not forgetting.needs_scrubbing(database, self.owner):
            return
        with suppress(StoreLocked):  # another process is reading; the next opening tries again
            forgetting.finish(database, self.owner, datetime.now(UTC))

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
