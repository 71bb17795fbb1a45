"""Makes exports of ChatGPT and Claude, in the shapes that theirs have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START = 1_700_000_000.0  # 2023-11-14T22:13:20Z


def node(
    key: str,
    parent: str | None,
    role: str | None = None,
    *parts: Any,
    at: float | None = None,
    **message: Any,
) -> dict[str, Any]:
    """A node of a ChatGPT conversation; without a role, one without a message."""
    said = None
    if role is not None:
        said = {
            "id": key,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": at,
            "update_time": None,
            "content": {"content_type": "text", "parts": list(parts)},
            "status": "finished_successfully",
            "end_turn": None,
            "weight": 1.0,
            "metadata": {},
            "recipient": "all",
            **message,
        }
    return {"id": key, "message": said, "parent": parent, "children": []}


def chatgpt(name: str, *nodes: dict[str, Any], leaf: str | None = None) -> dict[str, Any]:
    """A ChatGPT conversation whose last node is on the screen."""
    by_id = {one["id"]: one for one in nodes}
    for child in nodes:
        if child["parent"] in by_id:
            by_id[child["parent"]]["children"].append(child["id"])
    return {
        "title": f"About {name}",
        "create_time": START,
        "update_time": START + 100,
        "mapping": by_id,
        "moderation_results": [],
        "current_node": leaf or nodes[-1]["id"],
        "plugin_ids": None,
        "conversation_id": name,
        "gizmo_id": None,
        "safe_urls": [],
        "id": name,
    }


def talk(name: str, *texts: str) -> dict[str, Any]:
    """A ChatGPT conversation of user and assistant in turn, behind the usual root."""
    nodes = [node("root", None), node("system", "root", "system", "")]
    for number, text in enumerate(texts):
        role = "assistant" if number % 2 else "user"
        parent = nodes[-1]["id"]
        nodes.append(node(f"{name}-m{number}", parent, role, text, at=START + 60 * number))
    return chatgpt(name, *nodes)


def message(key: str, sender: str, text: str, **rest: Any) -> dict[str, Any]:
    """A message of a Claude conversation."""
    return {
        "uuid": key,
        "text": text,
        "content": [{"type": "text", "text": text, "citations": []}],
        "sender": sender,
        "created_at": "2024-05-01T10:00:00.123456Z",
        "updated_at": "2024-05-01T10:00:00.123456Z",
        "attachments": [],
        "files": [],
        **rest,
    }


def claude(name: str, *messages: Any) -> dict[str, Any]:
    """A Claude conversation."""
    return {
        "uuid": name,
        "name": f"About {name}",
        "summary": "",
        "created_at": "2024-05-01T10:00:00.000000Z",
        "updated_at": "2024-05-01T11:00:00.000000Z",
        "account": {"uuid": "someone"},
        "chat_messages": list(messages),
    }


def write(path: Path, *conversations: Any) -> Path:
    """A file of conversations, as json gives them."""
    path.write_text(json.dumps(list(conversations)), "utf-8")
    return path


def write_large(path: Path, size: int, ballast: int = 20) -> int:
    """A ChatGPT export of at least so many bytes, with the ballast theirs have; its turns.

    Args:
        path: The file.
        size: In bytes.
        ballast: How many citations a message has.
    """
    turns = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, conversation in enumerate(_endless(ballast)):
            file.write((", " if number else "") + json.dumps(conversation))
            turns += 20
            if file.tell() >= size:
                break
        file.write("]")
    return turns


def _endless(ballast: int) -> Iterator[dict[str, Any]]:
    metadata = {"model_slug": "x", "citations": [{"n": 1, "title": "\u82b1"}] * ballast}
    number = 0
    while True:
        number += 1
        said = [f"{number}.{turn}: a parrot in the \u82b1\u56ed. " * 12 for turn in range(20)]
        conversation = talk(f"c{number}", *said)
        for one in conversation["mapping"].values():
            if one["message"]:
                one["message"]["metadata"] = metadata
        yield conversation
