"""Reads the conversations of a ChatGPT export.

A conversation is a tree: ``mapping`` holds its nodes by id, each with a ``parent``, and
``current_node`` is the leaf that was last on the screen. What was edited or asked for again lies
on other branches. A message has an author's role, a ``create_time`` in seconds since 1970 and a
``content`` of one of many types.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from assistant.histories.history import (
    HIDDEN,
    INSTRUCTIONS,
    NO_WORDS,
    NOT_SAID,
    OTHER_BRANCH,
    REASONING,
    TO_A_TOOL,
    History,
    Message,
    joined,
    list_of,
    mapping_of,
    moment_of,
    with_ids,
    words_of,
)

SOURCE = "chatgpt"

_TYPES_LEFT_OUT = {
    "thoughts": REASONING,
    "reasoning_recap": REASONING,
    "user_editable_context": INSTRUCTIONS,
    "model_editable_context": INSTRUCTIONS,
    "execution_output": NOT_SAID,
    "tether_quote": NOT_SAID,
    "tether_browsing_display": NOT_SAID,
    "sonic_webpage": NOT_SAID,
    "system_error": NOT_SAID,
}

_SPOKEN_PARTS = ("text", "audio_transcription")

# Instructions to the program that shows the answer, between characters of private use:
# U+E200 kind U+E202 argument ... U+E201. Only entities and links have words in them.
_MARK = re.compile("\ue200([^\ue200\ue201]*)\ue201")


def is_chatgpt(value: Mapping[str, Any]) -> bool:
    """Whether an object is a conversation of this kind."""
    return isinstance(value.get("mapping"), dict)


def read_chatgpt(value: Mapping[str, Any]) -> History:
    """The branch of a conversation that was last on the screen.

    Raises nothing: whatever cannot be made out is left out and counted.
    """
    nodes = mapping_of(value.get("mapping"))
    left_out: Counter[str] = Counter()
    messages = []
    path = _path(nodes, value.get("current_node"))
    for key in path:
        message = mapping_of(mapping_of(nodes[key]).get("message"))
        if not message:
            continue
        reason = _why_left_out(message)
        text = "" if reason else _text(message)
        if text.strip():
            speaker = words_of(mapping_of(message.get("author")).get("role"))
            at = moment_of(message.get("create_time"))
            messages.append(Message(words_of(message.get("id")) or key, speaker, at, text))
        else:
            left_out[reason or NO_WORDS] += 1
    on_path = set(path)
    for key, node in nodes.items():
        message = mapping_of(mapping_of(node).get("message"))
        if key not in on_path and message and not _why_left_out(message):
            left_out[OTHER_BRANCH] += 1
    identity = words_of(value.get("conversation_id")) or words_of(value.get("id"))
    began = moment_of(value.get("create_time"))
    return with_ids(History(SOURCE, identity, began, tuple(messages), left_out))


def _path(nodes: Mapping[str, Any], leaf: object) -> list[str]:
    """Ids of the nodes from the root to a leaf; a tree bent into a ring is cut open."""
    key = leaf if isinstance(leaf, str) and leaf in nodes else _newest(nodes)
    seen: dict[str, None] = {}
    while isinstance(key, str) and key in nodes and key not in seen:
        seen[key] = None
        key = mapping_of(nodes[key]).get("parent")
    return list(reversed(seen))


def _newest(nodes: Mapping[str, Any]) -> str | None:
    """The node that was written last, where the export does not say which was on the screen."""
    newest, latest = None, float("-inf")
    for key, node in nodes.items():
        at = moment_of(mapping_of(mapping_of(node).get("message")).get("create_time"))
        seconds = at.timestamp() if at else float("-inf")
        if seconds >= latest:
            newest, latest = key, seconds
    return newest


def _why_left_out(message: Mapping[str, Any]) -> str:
    """Why a message is not part of what was said; "" when it is."""
    if mapping_of(message.get("author")).get("role") not in ("user", "assistant"):
        return NOT_SAID
    content_type = mapping_of(message.get("content")).get("content_type")
    if isinstance(content_type, str) and content_type in _TYPES_LEFT_OUT:
        return _TYPES_LEFT_OUT[content_type]
    metadata = mapping_of(message.get("metadata"))
    if metadata.get("is_user_system_message") is True:
        return INSTRUCTIONS
    if metadata.get("is_visually_hidden_from_conversation") is True:
        return HIDDEN
    return "" if message.get("recipient") in (None, "", "all") else TO_A_TOOL


def _text(message: Mapping[str, Any]) -> str:
    """The words of a message; pictures, sounds and files have none."""
    content = message.get("content")
    if isinstance(content, str):
        return _without_marks(content)
    fields = mapping_of(content)
    parts = list_of(fields.get("parts")) or [fields.get("text")]
    return _without_marks(joined(map(_part, parts)))


def _part(part: object) -> str:
    if isinstance(part, str):
        return part
    fields = mapping_of(part)
    spoken = fields.get("content_type", "text") in _SPOKEN_PARTS
    return words_of(fields.get("text")) if spoken else ""


def _without_marks(text: str) -> str:
    return _MARK.sub(_mark, text) if "\ue200" in text else text


def _mark(match: re.Match[str]) -> str:
    kind, *arguments = match[1].split("\ue202")
    if kind not in ("entity", "url") or not arguments:
        return ""
    if kind == "url" or not arguments[0].startswith("["):
        return arguments[0]
    try:
        named = json.loads(arguments[0])
    except (ValueError, RecursionError):
        return ""
    return words_of(named[1]) if len(named) > 1 else ""
