"""How text, instants and vectors are laid down in a row, and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from storage.errors import StoreCorrupt
from storage.records import Vector

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the offset is added by hand
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1) // _MICROSECOND
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_REPLACEMENT = "\ufffd"

Item = TypeVar("Item")


@contextmanager
def decoding(what: str) -> Iterator[None]:
    """Say that the store is damaged when what it holds cannot be what was written.

    Raises:
        StoreCorrupt: In place of the error that damaged values gave.
    """
    try:
        yield
    except (OverflowError, TypeError, ValueError) as error:
        raise no(what, error) from error


def no(what: str, error: Exception) -> StoreCorrupt:
    """The error that says that what the store holds is none of what it should be."""
    return StoreCorrupt(
        f"the store is damaged: it holds {what} that is none ({error}); restore a backup"
    )


def clean(text: str) -> str:
    r"""The text as UTF-8 and SQLite can hold it: lone surrogates and NUL become U+FFFD.

    >>> clean("a\ud800b\x00c")
    'a�b�c'
    """
    if "\x00" in text:
        text = text.replace("\x00", _REPLACEMENT)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # By way of UTF-16 a high and a low surrogate that stand together become their character.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def instant(at: datetime) -> tuple[int, int]:
    """Microseconds of UTC since 1970, and the offset in seconds.

    Raises:
        ValueError: ``at`` has no offset.
    """
    offset = at.utcoffset()
    if offset is None:
        raise ValueError(
            f"the time {at.isoformat()} has no offset; expected an aware datetime, such as "
            "datetime.now().astimezone()"
        )
    return (at - _EPOCH) // _MICROSECOND, offset // _SECOND


def moment(microseconds: int, offset_s: int) -> datetime:
    """The aware datetime of an instant, in the offset given.

    Reckoned in local time throughout: near year 1 and year 9999 the same instant in UTC may lie
    outside what a datetime can hold.

    Raises:
        StoreCorrupt: The numbers are no time.
    """
    try:
        local = _NAIVE_EPOCH + timedelta(seconds=offset_s, microseconds=microseconds)
        return local.replace(tzinfo=UTC if offset_s == 0 else timezone(timedelta(seconds=offset_s)))
    except (OverflowError, TypeError, ValueError) as error:
        raise no("a time", error) from error


def utc(microseconds: int) -> datetime:
    """The instant in UTC.

    Raises:
        StoreCorrupt: The number is no time.
    """
    with decoding("a time"):
        # What was said in the last hours of the year 9999 lies, in UTC, in no year that there is.
        if microseconds > _LAST:
            microseconds = max(microseconds - _DAY, _LAST)
        elif microseconds < _FIRST:
            microseconds = min(microseconds + _DAY, _FIRST)
    return moment(microseconds, 0)


def utc_if(microseconds: int | None) -> datetime | None:
    """The instant in UTC, or None."""
    return None if microseconds is None else utc(microseconds)


def write_day(day: date | None) -> str | None:
    """A date, or an aware datetime, as ISO text.

    Raises:
        ValueError: A time of day without an offset.
    """
    if isinstance(day, datetime):
        instant(day)
    return None if day is None else day.isoformat()


def read_day(text: str | None) -> date | None:
    """What ``write_day`` wrote.

    Raises:
        StoreCorrupt: It is no date.
    """
    if text is None:
        return None
    with decoding("a date"):
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def pack(vector: NDArray[np.floating]) -> bytes:
    """A vector, (dimension,), scaled to length 1, as float16; a zero vector stays zero.

    Raises:
        ValueError: It is not one row of finite numbers.
    """
    row = np.asarray(vector, dtype=np.float64)
    if row.ndim != 1 or not row.size or not np.isfinite(row).all():
        raise ValueError(
            f"a vector has shape {row.shape}"
            f"{'' if np.isfinite(row).all() else ' and numbers that are not finite'}; "
            "expected (dimension,) finite numbers"
        )
    return (row / (np.linalg.norm(row) or 1.0)).astype("<f2").tobytes()


def unpack(blobs: Sequence[bytes]) -> Vector:
    """Vectors, (blobs, dimension), float32, brought back to length 1. All of one dimension.

    Raises:
        StoreCorrupt: A blob is not a row of numbers.
    """
    with decoding("a vector"):
        rows: Vector = np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32)
        rows = np.nan_to_num(rows.reshape(len(blobs), -1), copy=False, posinf=0, neginf=0)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, length, out=rows, where=length > 0)
    return rows


def chunked(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """The items in pieces that fit SQLite's number of parameters."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
