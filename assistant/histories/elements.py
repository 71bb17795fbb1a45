"""Cuts a JSON file of any size into its elements, holding one at a time in memory.

Only brackets and quotation marks are looked at here; what an element says is for ``json`` to
read, and whether it is a conversation for its reader. (ijson would read values as they come, but
its C backend ends the process at a long number and refuses a lone surrogate, and people's exports
have both.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.conversations import ConversationError

CHUNK = 2**20
MAX_ELEMENT_BYTES = 24 * 2**20
"""Read into Python's values, text outside of the basic plane takes ten times its bytes."""

# Possessive, so that a megabyte is matched without a megabyte of places to go back to.
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_TOKEN = re.compile(rb'"((?:[^"\\]++|\\.)*+)"(\s*+:)?|[\[\]{}]', re.DOTALL)
_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?\s*+")

_QUOTE, _BACKSLASH = b'"\\'
_OPENING = frozenset(b"[{")


class Readable(Protocol):
    """Bytes, a piece at a time."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most ``size``; none at the end."""


@dataclass(frozen=True, slots=True)
class Element:
    """A list or an object of the file.

    Args:
        number: Which one, from 1.
        start: Byte of the file at which it begins.
        data: Its bytes; None when there are more of them than may be held.
    """

    number: int
    start: int
    data: bytes | None


def outermost_keys(head: bytes) -> list[str]:
    """The keys of the object that a file opens with, as far as its first bytes show them."""
    keys: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(head):
        if token[1] is None:
            depth += 1 if token[0] in b"[{" else -1
            if depth == 0:
                break
        elif depth == 1 and token[2] is not None:
            keys.append(token[1].decode("utf-8", "replace"))
    return keys


def first_byte(head: bytes) -> bytes:
    """The first byte that means anything; none in an empty file."""
    blank = _BLANK.match(head)
    assert blank is not None  # it can match nothing at all
    return head[blank.end() : blank.end() + 1]


def split(
    file: Readable, name: str, depth: int, *, limit: int = MAX_ELEMENT_BYTES
) -> Iterator[Element]:
    """The lists and objects that stand at a depth, in order.

    Args:
        file: To read, from its beginning.
        name: What to call it in errors.
        depth: In how many brackets they stand: 0 one after the other, 1 in a list.
        limit: Bytes of the longest element to hold.

    Raises:
        ConversationError: The file ends inside one, or before its brackets are closed.
    """
    now = number = start = size = offset = 0
    in_string = False
    pieces: list[bytes] = []
    rest = b""
    while chunk := file.read(CHUNK):
        chunk = rest + chunk
        rest = b""
        place = begin = 0
        while place < len(chunk):
            if in_string:
                quote = chunk.find(b'"', place)
                end = quote if quote >= 0 else len(chunk)
                escaped = _backslashes(chunk, place, end) % 2 == 1
                if quote < 0:
                    if escaped:  # what it escapes is to come
                        chunk, rest = chunk[:-1], chunk[-1:]
                    place = len(chunk)
                else:
                    in_string = escaped
                    place = quote + 1
                continue
            place = _end(_TO_BRACKET, chunk, place)
            if place == len(chunk):
                break
            byte = chunk[place]
            if byte == _QUOTE:  # of a string that the chunk does not hold to its end
                in_string = True
            elif byte in _OPENING:
                if now == depth:
                    number += 1
                    start, begin, size = offset + place, place, 0
                    pieces.clear()
                now += 1
            else:
                now -= 1
                if now < 0:
                    raise ConversationError(
                        f"{name}: byte {offset + place} closes a bracket that was never opened; "
                        "expected JSON; get the export again"
                    )
                if now == depth:
                    size += place + 1 - begin
                    pieces.append(chunk[begin : place + 1])
                    data = b"".join(pieces) if size <= limit else None
                    pieces.clear()
                    yield Element(number, start, data)
                    del data
            place += 1
        if now > depth:
            size += len(chunk) - begin
            if size <= limit:
                pieces.append(chunk[begin:])
            else:
                pieces.clear()
        offset += len(chunk)
    if now > depth:
        raise ConversationError(
            f"{name}: ends at byte {offset + len(rest)}, inside conversation {number}, which "
            f"begins at byte {start}; what comes before it is whole; get the export again"
        )
    if now:
        raise ConversationError(
            f"{name}: ends at byte {offset}, after conversation {number} and before the end of "
            "the list; get the export again"
        )


def _backslashes(chunk: bytes, start: int, end: int) -> int:
    """How many stand side by side before ``end``, none of them before ``start``."""
    place = end
    while place > start and chunk[place - 1] == _BACKSLASH:
        place -= 1
    return end - place


def _end(pattern: re.Pattern[bytes], chunk: bytes, place: int) -> int:
    match = pattern.match(chunk, place)
    assert match is not None  # it can match nothing at all
    return match.end()
