"""The turns of an owner as NumPy columns, kept in memory and in step with the file."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, bindparam, func, select, text

from storage import models
from storage.codec import decoding, unpack
from storage.database import Database
from storage.prepared import Prepared
from storage.records import Vector
from storage.traits import traits_of

_turn, _vector, _memory, _owner = (
    models.turn.c,
    models.turn_vector.c,
    models.memory.c,
    models.owner.c,
)
_PAGE = 2_000
_ROLES = {"user": 0, "assistant": 1}
_OTHER = 2
_COLUMNS: dict[str, Any] = {
    "ids": np.int64,
    "session": np.int32,
    "said_at": np.float64,
    "role": np.int8,
    "speaker": np.int32,
    "length": np.int32,
    "asks": np.bool_,
    "digits": np.bool_,
    "traits": np.uint16,
    "recited": np.bool_,
    "memory": np.int64,
    "recallable": np.bool_,
    "superseded": np.bool_,
    "pinned": np.bool_,
    "archived": np.bool_,
}
_DIGIT = re.compile(r"\d")
_CHANGEABLE = ("memory", "recallable", "superseded", "pinned", "archived")
_STATE = Prepared(select(_owner.revision, _owner.epoch).where(_owner.name == bindparam("owner")))
_ROWS = (
    select(
        _turn.id,
        _turn.session_id,
        _turn.said_at,
        _turn.role,
        _turn.speaker,
        _turn.text,
        _turn.consolidated,
        _turn.memory_id,
        _memory.superseded_by.is_not(None),
        _vector.vector,
        _memory.pinned,
        _memory.archived_at.is_not(None),
        _turn.recited,
    )
    .outerjoin_from(models.turn, models.memory, _turn.memory_id == _memory.id)
    .outerjoin(
        models.turn_vector,
        and_(_vector.turn_id == _turn.id, _vector.fingerprint == bindparam("encoder")),
    )
    .where(_turn.owner == bindparam("owner"))
)
_ALL = _ROWS.order_by(_turn.id)
# The sign keeps SQLite from walking all turns in order, to spare itself the sorting of a few.
_CHANGED = _ROWS.where(_turn.revision > bindparam("seen")).order_by(text("+turn.id"))
_FEW = 64
_FEW_CHANGED = Prepared(_CHANGED.limit(_FEW))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class TurnIndex:
    """Every turn of an owner, one row each, in the order of insertion. Do not write to it.

    A snapshot: turns that come, change or go later are in the next one. Only the vectors are
    shared between snapshots, so that one encoded anew shows in older ones too.

    Args:
        ids: (turns,) int64, ascending.
        vectors: (turns, dimension) float32 of length 1; a zero row for a turn without a vector of
            this encoder; (turns, 0) when there is none at all.
        session: (turns,) int32, equal for turns of one session.
        said_at: (turns,) float64, POSIX seconds.
        role: (turns,) int8, 0 user, 1 assistant, 2 other.
        speaker: (turns,) int32, places in ``speakers``.
        length: (turns,) int32, characters.
        asks: (turns,) bool, the words end with a question mark.
        digits: (turns,) bool, the words have a digit.
        traits: (turns,) uint16, the bits of ``storage.traits``.
        recited: (turns,) bool, it only says again what memory holds.
        memory: (turns,) int64, the memory the turn became or restated, 0 for none.
        recallable: (turns,) bool, it has a memory or is not consolidated yet.
        superseded: (turns,) bool, its memory was replaced by a later one.
        pinned: (turns,) bool, its memory is pinned.
        archived: (turns,) bool, its memory is in the archive.
        speakers: Names, by code.
        fingerprint: The encoder whose vectors these are.
    """

    ids: NDArray[np.int64]
    vectors: Vector
    session: NDArray[np.int32]
    said_at: NDArray[np.float64]
    role: NDArray[np.int8]
    speaker: NDArray[np.int32]
    length: NDArray[np.int32]
    asks: NDArray[np.bool_]
    digits: NDArray[np.bool_]
    traits: NDArray[np.uint16]
    recited: NDArray[np.bool_]
    memory: NDArray[np.int64]
    recallable: NDArray[np.bool_]
    superseded: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    archived: NDArray[np.bool_]
    speakers: tuple[str, ...]
    fingerprint: str

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"TurnIndex({len(self)} turns, vectors {self.vectors.shape})"


class IndexKeeper:
    """Keeps a TurnIndex in step with a store, reading only what changed. Thread-safe.

    Args:
        database: Where the turns are.
        owner: Whose turns.
        fingerprint: The encoder whose vectors to hold.
    """

    def __init__(self, database: Database, owner: str, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self._database = database
        self._owner = owner
        self._lock = threading.Lock()
        self._token: object = None
        self._revision = self._epoch = 0
        self._count = 0
        self._columns = {name: np.zeros(0, kind) for name, kind in _COLUMNS.items()}
        self._vectors: Vector = np.zeros((0, 0), np.float32)
        self._speakers: dict[str, int] = {}
        self._snapshot: TurnIndex | None = None

    def current(self) -> TurnIndex:
        """The index as of now. Microseconds when nothing was committed since the last call."""
        with self._lock:
            # Taken before the rows are read: a commit in between is then only read once more.
            token = self._database.token()
            if self._snapshot is None or token != self._token:
                with self._database.reading(latest=True) as connection, decoding("a turn"):
                    changed = self._synchronise(connection)
                if changed or self._snapshot is None:
                    self._snapshot = self._take()
                self._token = token
            return self._snapshot

    def _synchronise(self, connection: Connection) -> bool:
        state = _STATE.rows(connection, owner=self._owner)
        revision, epoch = state[0] if state else (0, 0)
        if (revision, epoch) == (self._revision, self._epoch):
            return False
        if epoch != self._epoch:
            self._drop_forgotten(connection)
        if not self._count:
            everyone = select(func.count()).where(_turn.owner == self._owner)
            self._reserve(connection.execute(everyone).scalar_one())
        copied = False
        for rows in self._pages(connection):
            last = int(self._columns["ids"][self._count - 1]) if self._count else 0
            split = next((i for i, one in enumerate(rows) if one[0] > last), len(rows))
            if split:
                if not copied:
                    for name in _CHANGEABLE:
                        self._columns[name] = self._columns[name].copy()
                    copied = True
                self._patch(rows[:split])
            if split < len(rows):
                self._extend(rows[split:])
        self._revision, self._epoch = revision, epoch
        return True

    def _pages(self, connection: Connection) -> Iterator[Sequence[Any]]:
        """Rows that have changed, in ascending order of ids."""
        given: dict[str, Any] = {
            "owner": self._owner,
            "seen": self._revision,
            "encoder": self.fingerprint,
        }
        if self._count:
            few = _FEW_CHANGED.rows(connection, **given)
            if len(few) < _FEW:
                yield few
                return
        statement = _CHANGED if self._count else _ALL
        result = connection.execute(statement, given, execution_options={"yield_per": _PAGE})
        yield from result.partitions()

    def _drop_forgotten(self, connection: Connection) -> None:
        statement = select(_turn.id).where(_turn.owner == self._owner)
        left = np.fromiter(connection.execute(statement).scalars(), np.int64)
        kept = np.isin(self._columns["ids"][: self._count], left)
        for name, column in self._columns.items():
            self._columns[name] = column[: self._count][kept]
        self._vectors = self._vectors[: self._count][kept]
        self._count = int(kept.sum())
        names = list(self._speakers)
        used, codes = np.unique(self._columns["speaker"], return_inverse=True)
        self._columns["speaker"] = codes.astype(np.int32)
        self._speakers = {names[old]: new for new, old in enumerate(used)}

    def _extend(self, rows: Sequence[Any]) -> None:
        start, stop = self._count, self._count + len(rows)
        self._reserve(stop)
        speakers = self._speakers
        texts = [row[5].rstrip() for row in rows]
        values = {
            "ids": [row[0] for row in rows],
            "session": [row[1] for row in rows],
            "said_at": [row[2] / 1e6 for row in rows],
            "role": [_ROLES.get(row[3], _OTHER) for row in rows],
            "speaker": [speakers.setdefault(row[4], len(speakers)) for row in rows],
            "length": [len(row[5]) for row in rows],
            "asks": [words.endswith(("?", "？")) for words in texts],
            "digits": [_DIGIT.search(words) is not None for words in texts],
            "traits": [traits_of(words) for words in texts],
            "recited": [bool(row[12]) for row in rows],
        }
        for name, items in values.items():
            self._columns[name][start:stop] = items
        self._count = stop
        self._fill(slice(start, stop), rows)

    def _patch(self, rows: Sequence[Any]) -> None:
        places = np.searchsorted(self._columns["ids"][: self._count], [row[0] for row in rows])
        self._fill(places, rows)

    def _fill(self, places: Any, rows: Sequence[Any]) -> None:
        self._columns["memory"][places] = [row[7] or 0 for row in rows]
        self._columns["recallable"][places] = [row[7] is not None or not row[6] for row in rows]
        self._columns["superseded"][places] = [bool(row[8]) for row in rows]
        self._columns["pinned"][places] = [bool(row[10]) for row in rows]
        self._columns["archived"][places] = [bool(row[11]) for row in rows]
        blobs = [row[9] for row in rows]
        size = next((len(blob) for blob in blobs if blob), 0)
        if not self._vectors.shape[1] and size:
            self._vectors = np.zeros((len(self._columns["ids"]), size // 2), np.float32)
        size = 2 * self._vectors.shape[1]
        if size:
            # A vector of another length under the same fingerprint is none of this encoder's.
            absent = bytes(size)
            self._vectors[places] = unpack(
                [blob if blob and len(blob) == size else absent for blob in blobs]
            )

    def _reserve(self, count: int) -> None:
        """Room for so many rows, and more when short, so that a turn costs no copy of them all."""
        room = len(self._columns["ids"])
        if count <= room:
            return
        room = max(count, room + room // 2, 256)
        for name, column in self._columns.items():
            grown = np.zeros(room, column.dtype)
            grown[: self._count] = column[: self._count]
            self._columns[name] = grown
        vectors = np.zeros((room, self._vectors.shape[1]), np.float32)
        vectors[: self._count] = self._vectors[: self._count]
        self._vectors = vectors

    def _take(self) -> TurnIndex:
        columns: dict[str, Any] = {name: self._columns[name][: self._count] for name in _COLUMNS}
        for column in columns.values():
            column.flags.writeable = False
        vectors = self._vectors[: self._count]
        vectors.flags.writeable = False
        return TurnIndex(
            **columns,
            vectors=vectors,
            speakers=tuple(self._speakers),
            fingerprint=self.fingerprint,
        )
