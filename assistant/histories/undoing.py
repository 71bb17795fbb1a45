"""Finds the turns that an import brought, so that they can be forgotten again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.conversations import ConversationError, read_conversations
from assistant.errors import UsageError
from assistant.histories.files import Progress, find_parts
from assistant.histories.history import key_of
from assistant.histories.reading import SOURCES, Unreadable, read_histories
from storage import ForgetReceipt, LongTermStore, TurnRecord

if TYPE_CHECKING:
    from assistant.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Imported:
    """Turns of the store that came with an import.

    Args:
        turns: Their ids, ascending.
        conversations: How many conversations they belong to.
    """

    turns: tuple[int, ...]
    conversations: int


def find_imported(store: LongTermStore, named: str, progress: Progress | None = None) -> Imported:
    """The turns that an import brought.

    Args:
        store: To search.
        named: A source ("chatgpt"), one of its conversations ("chatgpt:ID"), or the file that
            was imported.
        progress: Is told how many bytes of the file have been read.

    Raises:
        UsageError: It is none of these.
        ConversationError: The file cannot be read at all.
    """
    source, colon, conversation = named.partition(":")
    path = Path(named).expanduser()
    if source in SOURCES and not path.exists():
        prefix = f"{source}:{key_of(conversation)}:" if colon else f"{source}:"
        found = (turn for turn in store.iterate_turns() if turn.ref.startswith(prefix))
        return _gathered(found)
    if not path.exists():
        raise UsageError(
            f"{named!r} is no file and no source; expected {', '.join(SOURCES)}, "
            f"{SOURCES[0]}:CONVERSATION, or the file that was imported"
        )
    return _gathered(_of_file(store, path, progress))


def undo(assistant: Assistant, imported: Imported) -> ForgetReceipt:
    """Forget those turns and no others, for good."""
    receipt = assistant.store.forget(imported.turns)
    assistant.short_term.forget(set(imported.turns))
    return receipt


def _gathered(turns: Iterator[TurnRecord]) -> Imported:
    """Turns without their words: there may be very many."""
    ids: set[int] = set()
    sessions: set[str] = set()
    for turn in turns:
        ids.add(turn.id)
        sessions.add(turn.session)
    return Imported(tuple(sorted(ids)), len(sessions))


def _of_file(store: LongTermStore, path: Path, progress: Progress | None) -> Iterator[TurnRecord]:
    """The turns of a file. A damaged one brought what stands before the damage."""
    parts = find_parts(path)
    if parts is None:
        yield from _of_lines(store, path)
        return
    whole = 0
    try:
        for history in read_histories(parts, progress):
            if isinstance(history, Unreadable):
                continue
            refs = {turn.ref for turn in history.turns()}
            yield from (turn for turn in store.turns(session=history.session) if turn.ref in refs)
            whole += 1
    except ConversationError:
        if not whole:
            raise


def _of_lines(store: LongTermStore, path: Path) -> Iterator[TurnRecord]:
    """The turns of a file in the neutral form that lie in sessions which its import made."""
    with path.open("rb") as lines:
        for conversation in read_conversations(lines, str(path)):
            for turn in conversation.turns:
                for ref in (turn.id, f"{conversation.id}/{turn.id}"):
                    record = store.turn(ref)
                    if record and record.session == f"{conversation.id}/{turn.session}":
                        yield record
