"""Reads an export, one conversation at a time, whoever it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.histories.chatgpt import is_chatgpt, read_chatgpt
from assistant.histories.claude import is_claude, read_claude
from assistant.histories.elements import MAX_ELEMENT_BYTES, Element, split
from assistant.histories.files import Part, Progress
from assistant.histories.history import History

SOURCES = ("chatgpt", "claude")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An element of an export that is no conversation.

    Args:
        where: File, number and byte.
        reason: What is wrong with it.
        damaged: Whether it was to be one.
    """

    where: str
    reason: str
    damaged: bool

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


def read_histories(
    parts: Sequence[Part], progress: Progress | None = None
) -> Iterator[History | Unreadable]:
    """The conversations of an export, and what could not be read as one, in order.

    Raises:
        ConversationError: A file cannot be read, or ends too early.
    """
    total = sum(part.size for part in parts)
    done = 0
    for part in parts:
        with part.open(progress, done, total) as file:
            for element in split(file, part.name, part.depth):
                yield _read(element, part.name)
        done += part.size


def _read(element: Element, name: str) -> History | Unreadable:
    """One conversation. What it was made from is let go before the next is read."""
    where = f"{name}: conversation {element.number}, at byte {element.start}"
    if element.data is None:
        limit = MAX_ELEMENT_BYTES // 2**20
        return Unreadable(where, f"longer than {limit} MiB; expected one conversation", True)
    try:
        value: Any = json.loads(element.data.decode("utf-8", "replace"), strict=False)
    except json.JSONDecodeError as error:
        return Unreadable(where, f"not JSON: {error.msg} at its character {error.pos}", True)
    except (RecursionError, ValueError):
        return Unreadable(where, "nested too deeply, or with a number too long", True)
    if isinstance(value, dict) and is_chatgpt(value):
        return read_chatgpt(value)
    if isinstance(value, dict) and is_claude(value):
        return read_claude(value)
    return Unreadable(where, "neither 'mapping' nor 'chat_messages'", False)
