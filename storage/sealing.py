"""Row hashes: what tells a flipped bit in a text, which SQLite's own checks do not see.

Every row that holds words, or what was worked out about them, carries a BLAKE2b hash of its
columns. The order of the columns and the way they are written are part of the file's format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from storage import models
from storage.codec import chunked

_SIZE = 16

_MEMORY = (
    "id",
    "owner",
    "turn_id",
    "superseded_by",
    "superseded_at",
    "pinned",
    "archived_at",
    "valid_from",
    "valid_to",
)
_INBOX = ("id", "owner", "earlier", "later", "subject", "asked_at", "answer", "answered_at")
_CHANGE = ("id", "owner", "at", "kind", "before", "undone_at")
_SEALED: dict[str, tuple[Table, tuple[str, ...]]] = {
    "memory": (models.memory, _MEMORY),
    "inbox": (models.inbox, _INBOX),
    "change": (models.change, _CHANGE),
}


def seal(*values: object) -> bytes:
    """A hash of values, (16,) bytes: equal only for the same values of the same types in order.

    >>> seal("ab", "c") == seal("a", "bc"), seal(1) == seal("1")
    (False, False)
    """
    digest = blake2b(digest_size=_SIZE)
    for value in values:
        if value is None:
            kind, data = b"n", b""
        elif isinstance(value, float):
            kind, data = b"f", struct.pack("<d", value)
        elif isinstance(value, int):
            kind, data = b"i", b"%d" % value
        elif isinstance(value, bytes):
            kind, data = b"b", value
        else:
            # Damaged text is read with its bad bytes escaped; here they are bytes again.
            kind, data = b"s", str(value).encode("utf-8", "surrogateescape")
        digest.update(b"%s%d:" % (kind, len(data)) + data)
    return digest.digest()


def seal_turn(row: Mapping[Any, Any], session: str) -> bytes:
    """The hash of a turn, its session named by its key."""
    names = ("id", "owner", "said_at", "offset_s", "role", "speaker", "ref", "text")
    return seal(session, *(row[name] for name in names))


def seal_reading(
    row: Mapping[Any, Any], dates: Iterable[Sequence[Any]], statements: Iterable[Sequence[Any]]
) -> bytes:
    """The hash of a reading.

    Args:
        row: The reading.
        dates: (phrase, first day, last day) of each, in order; the days as ISO text.
        statements: (subject, value, exclusive, words) of each, in order.
    """
    names = ("turn_id", "owner", "salience", "subject", "value", "words_hash")
    values = [row[name] for name in names]
    for date in dates:
        values += ["date", *date]
    for statement in statements:
        values += ["statement", *statement]
    return seal(*values)


def seal_row(table: str, row: Mapping[Any, Any]) -> bytes:
    """The hash of a row of "memory", "inbox" or "change"."""
    return seal(*(row[name] for name in _SEALED[table][1]))


def reseal(connection: Connection, table: str, ids: Sequence[int]) -> None:
    """Give rows of "memory", "inbox" or "change" the hash of what they have become."""
    model, names = _SEALED[table]
    columns = [model.c[name] for name in names]
    setting = update(model).where(model.c.id == bindparam("row")).values(row_hash=bindparam("hash"))
    for some in chunked(sorted(set(ids))):
        rows = connection.execute(select(*columns).where(model.c.id.in_(some))).mappings()
        sealed = [{"row": row["id"], "hash": seal_row(table, row)} for row in rows]
        if sealed:
            connection.execute(setting, sealed)


def words_hash(speaker: str, words_key: str) -> bytes:
    """What a restatement is found by: equal for the same words of the same speaker."""
    return seal(speaker, words_key)
