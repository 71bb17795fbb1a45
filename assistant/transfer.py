"""Moves transcripts in and out, in the neutral form of ``conversations``.

Refs are the ids of the file. Where another conversation of the store has taken an id already
(files often count from "D1:1" in every conversation), the ref is "conversation/id". What is
there already is passed over, so that an import can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.conversations import Conversation, ConversationError, read_conversations
from assistant.discretion import is_kept_as
from assistant.exporting import export_file, export_lines, imported_home
from assistant.turn import Turn, role_of
from storage import LongTermStore, RefConflict, TurnRecord

if TYPE_CHECKING:
    from assistant.assistant import Assistant

__all__ = [
    "ImportReport",
    "export_file",
    "export_lines",
    "import_file",
    "import_lines",
    "survey_lines",
]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Args:
        conversations: Lines read.
        turns: Turns that were new.
        known: Turns that were there already.
    """

    conversations: int = 0
    turns: int = 0
    known: int = 0


def import_lines(assistant: Assistant, lines: Iterable[bytes], name: str) -> ImportReport:
    """Take conversations in, one line at a time; each session is consolidated at its end.

    A line is checked as a whole before any of it is written, and then written in one
    transaction: a bad line stops the import and leaves the lines before it imported. Once the
    file is mended, the same import goes on where it stopped.

    Args:
        assistant: Whose memory it becomes.
        lines: An open binary file.
        name: What to call it in errors.

    Raises:
        ConversationError: A line is no conversation, or a ref is known with other words.
    """
    report = ImportReport()
    assistant.new_session()
    for conversation in read_conversations(lines, name):
        new = _new_turns(assistant.store, conversation, f"{name}:{conversation.line}")
        try:
            assistant.observe_many(new)
        except RefConflict as error:  # another process wrote the ref since it was looked up
            raise ConversationError(f"{name}:{conversation.line}: {error}") from None
        assistant.new_session()
        report = ImportReport(
            report.conversations + 1,
            report.turns + len(new),
            report.known + len(conversation.turns) - len(new),
        )
    return report


def survey_lines(store: LongTermStore, lines: Iterable[bytes], name: str) -> ImportReport:
    """What ``import_lines`` would do. Writes nothing; the store may be open for reading only.

    A turn that comes twice in the file counts as new both times.

    Raises:
        ConversationError: As ``import_lines``.
    """
    report = ImportReport()
    for conversation in read_conversations(lines, name):
        new = _new_turns(store, conversation, f"{name}:{conversation.line}")
        report = ImportReport(
            report.conversations + 1,
            report.turns + len(new),
            report.known + len(conversation.turns) - len(new),
        )
    return report


def _new_turns(store: LongTermStore, conversation: Conversation, where: str) -> list[Turn]:
    """The turns that the store does not have, with their refs and sessions.

    Raises:
        ConversationError: It has one with other words.
    """
    prefix = f"{conversation.id}/"
    known = {turn.id: store.turn(turn.id) for turn in conversation.turns}
    renamed = {turn.id: store.turn(prefix + turn.id) for turn in conversation.turns}
    if any(renamed.values()) or any(
        _elsewhere(record, conversation.id) for record in known.values()
    ):
        known = renamed
    else:
        prefix = ""
    new = []
    for number, turn in enumerate(conversation.turns, 1):
        record = known[turn.id]
        if record is None:
            role = None if turn.role == role_of(turn.speaker) else turn.role
            session = conversation.sessions.get(turn.session, f"{conversation.id}/{turn.session}")
            new.append(Turn(turn.text, turn.speaker, turn.at, prefix + turn.id, session, role))
        elif record.speaker != turn.speaker or not is_kept_as(record.text, turn.text):
            raise ConversationError(
                f"{where}: turn {number} has the id {turn.id!r}, known with other words since "
                f"{record.said_at.date()}; expected the same words or another id"
            )
    return new


def _elsewhere(record: TurnRecord | None, conversation: str) -> bool:
    """Whether a turn came with the import of another conversation."""
    home = imported_home(record.session) if record is not None else None
    return home is not None and home[0] != conversation


def import_file(assistant: Assistant, path: Path) -> ImportReport:
    """``import_lines`` of a file.

    Raises:
        ConversationError: It cannot be read, a line is no conversation, or a ref is known with
            other words.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise ConversationError(f"{path}: cannot be read ({error.strerror})") from None
    with file:
        return import_lines(assistant, file, str(path))
