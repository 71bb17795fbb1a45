"""Reads the conversations of a Claude export.

A conversation is a list, ``chat_messages``. A message has a ``sender``, "human" or "assistant", a
``created_at`` in ISO 8601, and its words in blocks of ``content`` and again in ``text``. Newer
exports tell each message's ``parent_message_uuid``: then what was edited or asked for again lies
on other branches. Older ones give every branch in one row, and nothing to tell them apart by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.histories.history import (
    NO_WORDS,
    NOT_SAID,
    OTHER_BRANCH,
    History,
    Message,
    joined,
    list_of,
    mapping_of,
    moment_of,
    with_ids,
    words_of,
)

SOURCE = "claude"

_SPEAKERS = {"human": "user", "assistant": "assistant"}


def is_claude(value: Mapping[str, Any]) -> bool:
    """Whether an object is a conversation of this kind."""
    return isinstance(value.get("chat_messages"), list)


def read_claude(value: Mapping[str, Any]) -> History:
    """The branch of a conversation that was written last.

    Raises nothing: whatever cannot be made out is left out and counted.
    """
    given = [mapping_of(item) for item in list_of(value.get("chat_messages"))]
    path = _path(given, value.get("current_leaf_message_uuid"))
    left_out: Counter[str] = Counter()
    if len(path) < len(given):
        left_out[OTHER_BRANCH] += len(given) - len(path)
    messages = []
    for place in path:
        message = given[place]
        sender = message.get("sender")
        speaker = _SPEAKERS.get(sender) if isinstance(sender, str) else None
        text = _text(message)
        if speaker is None:
            left_out[NOT_SAID] += 1
        elif not text.strip():
            left_out[NO_WORDS] += 1
        else:
            at = moment_of(message.get("created_at"))
            identity = words_of(message.get("uuid")) or f"#{place + 1}"
            messages.append(Message(identity, speaker, at, text))
    began = moment_of(value.get("created_at"))
    return with_ids(History(SOURCE, words_of(value.get("uuid")), began, tuple(messages), left_out))


def _path(messages: Sequence[Mapping[str, Any]], leaf: object) -> list[int]:
    """Places of the messages from the first to a leaf; all of them where no parents are told."""
    places = {words_of(message.get("uuid")): place for place, message in enumerate(messages)}
    places.pop("", None)
    parents = [_place(places, message.get("parent_message_uuid")) for message in messages]
    if all(parent is None for parent in parents):
        return list(range(len(messages)))
    place = _place(places, leaf)
    if place is None:
        place = max(range(len(messages)), key=lambda at: (_written(messages[at]), at))
    seen: dict[int, None] = {}
    while place is not None and place not in seen:
        seen[place] = None
        place = parents[place]
    return list(reversed(seen))


def _place(places: Mapping[str, int], identity: object) -> int | None:
    return places.get(identity) if isinstance(identity, str) else None


def _written(message: Mapping[str, Any]) -> float:
    at = moment_of(message.get("created_at"))
    return at.timestamp() if at else float("-inf")


def _text(message: Mapping[str, Any]) -> str:
    """The words of a message: its blocks of text, without reasoning and the use of tools."""
    blocks = [mapping_of(block) for block in list_of(message.get("content"))]
    spoken = joined(
        words_of(block.get("text")) for block in blocks if block.get("type", "text") == "text"
    )
    if spoken or any(block.get("type") not in (None, "text") for block in blocks):
        return spoken
    return words_of(message.get("text"))
