"""Conversations in the neutral form: JSON lines, one conversation a line.

    {"id": str,
     "turns": [{"id": str, "session": int, "speaker": str, "time": str, "text": str}],
     "questions": [{"text": str, "answer": str, "evidence": [turn id], "category": str}]}

``questions`` may be absent, and so may a turn's ``time`` and ``role``. Export adds ``sessions``,
the names of the sessions behind the numbers. Knows nothing of stores and assistants.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from assistant.errors import UsageError
from assistant.source_times import after, parse_time
from assistant.turn import Role, role_of
from storage import clean

MAX_LINE_BYTES = 80 * 2**20
"""Read whole, so twice of it is held for a moment; an export writes shorter ones."""


class ConversationError(UsageError):
    """A line is not a conversation. The message names the line and what was expected."""


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A turn of a conversation; ``at`` is timezone-aware, ``id`` unique in the conversation."""

    id: str
    session: int
    speaker: str
    role: Role
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question about a conversation; ``evidence`` are ids of turns, none if unanswerable."""

    text: str
    evidence: tuple[str, ...] = ()
    category: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A line of the file.

    Args:
        id: Names the conversation.
        turns: In the order they were said.
        questions: About it.
        sessions: Names of the sessions behind the numbers, where they have any.
        line: Where it stands in the file, from 1.
    """

    id: str
    turns: tuple[ConversationTurn, ...]
    questions: tuple[Question, ...]
    sessions: Mapping[int, str]
    line: int


def read_conversations(lines: Iterable[bytes], name: str) -> Iterator[Conversation]:
    """Read conversations one at a time; empty lines are passed over.

    Args:
        lines: An open binary file; each line may be ``MAX_LINE_BYTES`` long.
        name: What to call the file in errors.

    Raises:
        ConversationError: A line is not a conversation.
    """
    for number, raw in enumerate(_bounded(lines), 1):
        where = f"{name}:{number}"
        if len(raw) > MAX_LINE_BYTES:
            raise ConversationError(
                f"{where}: the line is longer than {MAX_LINE_BYTES // 2**20} MiB; "
                "expected one conversation a line (split it, keeping its id)"
            )
        if number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.strip():
            yield parse_conversation(raw, where, number)


def _bounded(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, none read further than just over the limit."""
    readline = getattr(lines, "readline", None)
    if readline is None:
        yield from lines
        return
    while line := cast(bytes, readline(MAX_LINE_BYTES + 1)):
        yield line


def parse_conversation(raw: bytes, where: str, line: int = 1) -> Conversation:
    """Read one conversation; ``where`` names it in errors.

    Raises:
        ConversationError: It is none.
    """
    try:
        value = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConversationError(
            f"{where}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from None
    except json.JSONDecodeError as error:
        raise ConversationError(
            f"{where}: not JSON: {error.msg} at column {error.colno}; "
            "expected one conversation a line"
        ) from None
    except (RecursionError, ValueError):
        raise ConversationError(
            f"{where}: JSON that is nested too deeply or holds a number too long; "
            "expected a conversation"
        ) from None
    return _Reader(where).conversation(value, line)


class _Reader:
    """Checks the values of one line."""

    def __init__(self, where: str) -> None:
        self.where = where

    def need(self, value: Mapping[str, Any], key: str, kind: type, place: str) -> Any:
        """The value of a key, of this type."""
        names = {str: "a string", int: "a whole number", list: "a list", dict: "an object"}
        if key not in value:
            raise ConversationError(f"{self.where}: {place} has no {key!r}; expected {names[kind]}")
        found = value[key]
        if not isinstance(found, kind) or isinstance(found, bool):
            raise ConversationError(
                f"{self.where}: {key!r} of {place} is {_json_name(found)}; expected {names[kind]}"
            )
        return clean(found) if isinstance(found, str) else found

    def conversation(self, value: object, line: int) -> Conversation:
        if not isinstance(value, dict):
            raise ConversationError(
                f"{self.where}: the line is {_json_name(value)}; "
                "expected an object with 'id' and 'turns'"
            )
        name = self.need(value, "id", str, "the conversation")
        turns: list[ConversationTurn] = []
        known: dict[str, ConversationTurn] = {}
        last: datetime | None = None
        for number, item in enumerate(self.need(value, "turns", list, "the conversation"), 1):
            turn = self.turn(item, f"turn {number}", last)
            last = turn.at
            before = known.setdefault(turn.id, turn)
            if before is turn:
                turns.append(turn)
            elif (before.text, before.speaker) != (turn.text, turn.speaker):
                raise ConversationError(
                    f"{self.where}: turn {number} has the id {turn.id!r} of an earlier turn with "
                    "other words; expected an id of its own"
                )
        questions = value.get("questions", [])
        if not isinstance(questions, list):
            raise ConversationError(
                f"{self.where}: 'questions' is {_json_name(questions)}; expected a list"
            )
        return Conversation(
            name,
            tuple(turns),
            tuple(self.question(item, f"question {n}") for n, item in enumerate(questions, 1)),
            self.sessions(value.get("sessions", {})),
            line,
        )

    def turn(self, item: object, place: str, last: datetime | None) -> ConversationTurn:
        if not isinstance(item, dict):
            raise ConversationError(
                f"{self.where}: {place} is {_json_name(item)}; expected an object"
            )
        speaker = self.need(item, "speaker", str, place)
        identity = self.need(item, "id", str, place)
        for key, text in (("speaker", speaker), ("id", identity)):
            if not text.strip():
                raise ConversationError(
                    f"{self.where}: {key!r} of {place} is empty; expected a name"
                )
        role = item.get("role", role_of(speaker))
        if role not in ("user", "assistant", "other"):
            raise ConversationError(
                f"{self.where}: 'role' of {place} is {_short(role)}; "
                "expected 'user', 'assistant' or 'other'"
            )
        time = self.need(item, "time", str, place) if item.get("time") is not None else ""
        return ConversationTurn(
            id=identity,
            session=self.need(item, "session", int, place),
            speaker=speaker,
            role=role,
            at=parse_time(time) or after(last),
            text=self.need(item, "text", str, place),
        )

    def question(self, item: object, place: str) -> Question:
        if not isinstance(item, dict):
            raise ConversationError(
                f"{self.where}: {place} is {_json_name(item)}; expected an object"
            )
        evidence = item.get("evidence", [])
        if not isinstance(evidence, list) or not all(isinstance(e, str) for e in evidence):
            raise ConversationError(
                f"{self.where}: 'evidence' of {place} is {_short(evidence)}; "
                "expected a list of turn ids"
            )
        return Question(
            text=self.need(item, "text", str, place),
            evidence=tuple(dict.fromkeys(clean(identity) for identity in evidence)),
            category=str(item.get("category", "")),
            answer=str(item.get("answer", "")),
        )

    def sessions(self, value: object) -> dict[int, str]:
        if not isinstance(value, dict) or not all(
            re.fullmatch(r"-?\d{1,18}", number) and isinstance(name, str) and name
            for number, name in value.items()
        ):
            raise ConversationError(
                f"{self.where}: 'sessions' is {_short(value)}; "
                "expected an object from session numbers to names"
            )
        return {int(number): clean(name) for number, name in value.items()}


def _json_name(value: object) -> str:
    if isinstance(value, str):
        return f"the string {_short(value)}"
    names: dict[type, str] = {dict: "an object", list: "a list", bool: "true or false"}
    return names.get(type(value), "null" if value is None else f"the number {_short(value)}")


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."
