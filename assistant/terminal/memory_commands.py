"""Commands about memories: remember, recall, memories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.terminal.context import CommandContext
from assistant.terminal.data import (
    Data,
    memory_data,
    recollections_data,
    turn_data,
)
from assistant.terminal.display import local_date, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call
from assistant.terminal.withholding import secrecy_for

if TYPE_CHECKING:
    from assistant.turn import Recollection, Scope
    from storage import TurnRecord

SHOWN_IN_CHAT = 20


def remember(context: CommandContext, call: Call) -> Data:
    """Keep the words at once."""
    context.require_writing()
    secrecy = secrecy_for(context, call.text)
    memory = context.assistant.remember(call.text, secrets=secrecy)
    context.output.line(f"Remembered as number {memory.id}: {memory.text}")
    return memory_data(memory)


def recall(context: CommandContext, call: Call) -> Data:
    """Show what a question or some words bring back.

    How sure a recollection is says how likely it answers what is asked. Words ask nothing: beside
    what they bring back stands which of them are in it.
    """
    from assistant.language.questions import asks

    scope: Scope = "transcript" if call.options["transcript"] else "memories"
    hits = context.assistant.recall(call.text, k=call.options["limit"], scope=scope)
    asked = asks(call.text)
    if not hits:
        context.output.line("Nothing comes back.", "note")
    elif asked and not hits.confident:
        context.output.line("Nothing surely answers that; the nearest:", "note")
    if hits:
        first = [
            f"{100 * hit.confidence:.0f}%" if asked else _shared(call.text, hit) for hit in hits
        ]
        column = Column("sure", right=True) if asked else Column("has")
        rows = [
            [
                told,
                local_date(hit.said_at),
                said_by(hit.speaker),
                ("(former) " if hit.superseded else "") + hit.text,
            ]
            for told, hit in zip(first, hits, strict=True)
        ]
        context.output.table([column, Column("said"), Column("who"), Column("words")], rows)
    if hits and not asked:
        context.output.line(
            "has: which of the words are in it; the rest is near in meaning. How surely something "
            "answers shows when you ask a question.",
            "note",
        )
    return recollections_data(hits)


def _shared(words: str, hit: Recollection) -> str:
    """Which of the words a recollection has, in any of their forms."""
    from assistant.language.content import covers

    told = f"{hit.text} {hit.speaker}"
    return " ".join(word for word in words.split() if covers(told, word)) or "-"


def memories(context: CommandContext, call: Call) -> list[Data]:
    """List memories, newest first, all or those with these words, page by page; or one, whole.

    What short-term memory holds and will keep stands above them, by its turn's name.
    """
    number = call.text.strip().lstrip("#")
    if number.isascii() and number.isdigit() and len(number) < 18:
        from assistant.terminal.memory_detail import show_memory

        return [show_memory(context, int(number))]
    if number[:1] in ("t", "T") and number[1:].isascii() and number[1:].isdigit():
        from assistant.terminal.memory_detail import show_turn

        return [show_turn(context, int(number[1:18]))]
    limit: int | None = call.options["limit"]
    page: int = call.options["page"]
    if limit is None and (context.place == "chat" or page > 1) and not call.options["all"]:
        limit = SHOWN_IN_CHAT
    soon = _soon_kept(context, call.text) if page == 1 else []
    found = context.assistant.store.memories(
        search=call.text or None,
        limit=None if limit is None else limit + 1,
        offset=0 if limit is None else (page - 1) * limit,
        include_archived=bool(call.text) or call.options["archived"],
    )
    shown = found[:limit]
    if not found and not soon:
        context.output.line(
            f"No memory has the words {call.text!r}."
            if call.text
            else "No memories yet."
            if page == 1
            else f"There is no page {page}.",
            "note",
        )
        return []
    rows = [
        [f"t{turn.id}", local_date(turn.said_at), said_by(turn.speaker), turn.text] for turn in soon
    ]
    rows += [
        [
            str(memory.id),
            local_date(memory.said_at),
            said_by(memory.speaker),
            ("(pinned) " if memory.pinned else "")
            + ("(former) " if memory.superseded_by is not None else "")
            + ("(archived) " if memory.archived_at is not None else "")
            + memory.text,
        ]
        for memory in shown
    ]
    context.output.table(
        [Column("no.", right=True), Column("said"), Column("who"), Column("words")], rows
    )
    if len(shown) < len(found):
        words = f" {call.text}" if call.text else ""
        context.output.line(
            f"There are more: {context.sign}memories --page {page + 1}{words}, or add words", "note"
        )
    if soon:
        context.output.line("t: still in short-term memory, kept when it leaves.", "note")
    return [turn_data(turn) for turn in soon] + [memory_data(memory) for memory in shown]


def _soon_kept(context: CommandContext, words: str) -> list[TurnRecord]:
    """Turns of short-term memory that will become memories, newest first."""
    assistant = context.assistant
    kept = [held.turn.id for held in assistant.short_term.turns if assistant.is_kept(held)]
    turns = assistant.store.turns_by_id(kept)
    wanted = words.casefold().split()
    return [
        turns[number]
        for number in reversed(kept)
        if number in turns
        and not turns[number].consolidated
        and all(word in turns[number].text.casefold() for word in wanted)
    ]
