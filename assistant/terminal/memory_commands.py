"""Commands about memories: remember, recall, memories, why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import (
    Data,
    memory_data,
    recollection_data,
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
    secrecy = secrecy_for(context, call.text)
    memory = context.assistant.remember(call.text, secrets=secrecy)
    context.output.line(f"Remembered as number {memory.id}: {memory.text}")
    return memory_data(memory)


def recall(context: CommandContext, call: Call) -> Data:
    """Show what the words bring back."""
    scope: Scope = "transcript" if call.options["transcript"] else "memories"
    hits = context.assistant.recall(call.text, k=call.options["limit"], scope=scope)
    if not hits:
        context.output.line("Nothing comes back.", "note")
    elif not hits.confident:
        context.output.line("Nothing surely fits; the nearest:", "note")
    if hits:
        columns, rows = _hit_table(list(hits))
        context.output.table(columns, rows)
    return recollections_data(hits)


def _hit_table(hits: list[Recollection]) -> tuple[list[Column], list[list[str]]]:
    columns = [Column("sure", right=True), Column("said"), Column("who"), Column("words")]
    rows = [
        [
            f"{100 * hit.confidence:.0f}%",
            local_date(hit.said_at),
            said_by(hit.speaker),
            ("(former) " if hit.superseded else "") + hit.text,
        ]
        for hit in hits
    ]
    return columns, rows


def memories(context: CommandContext, call: Call) -> list[Data]:
    """List memories, newest first, all or those with these words, page by page; or one, whole.

    What short-term memory holds and will keep stands above them, by its turn's name.
    """
    number = call.text.strip().lstrip("#")
    if number.isascii() and number.isdigit() and len(number) < 18:
        from assistant.terminal.memory_detail import show_memory

        return [show_memory(context, int(number))]
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


def why(context: CommandContext, call: Call) -> Data:
    """Explain what was recalled for the last reply."""
    reply = context.last_reply
    if reply is None:
        raise UsageError("there is no reply yet to explain; say something first")
    hits = list(reply.recollections)
    limit: int = call.options["limit"]
    if not hits:
        context.output.line("Nothing was recalled for the last reply.", "note")
    elif not reply.recollections.confident:
        context.output.line("Nothing recalled was sure enough to answer from:", "note")
    replaced_by = [
        _instead(context, reply.recollections.query, hit, place)
        for place, hit in enumerate(hits[:limit])
    ]
    for number, hit in enumerate(hits[:limit], 1):
        context.output.line(f"{number}. {hit.text}")
        kept = f"memory {hit.memory}" if hit.memory is not None else "short-term memory"
        former = ", former" if hit.superseded else ""
        context.output.line(
            f"   {said_by(hit.speaker)}, {local_date(hit.said_at, time=True)}, {kept}{former}, "
            f"{100 * hit.confidence:.0f}% sure",
            "note",
        )
        factors = sorted(hit.why.items(), key=lambda item: -abs(item[1]))
        shown = "  ".join(f"{name} {value:+.2f}" for name, value in factors if abs(value) >= 0.005)
        if shown:
            context.output.line(f"   {shown}", "note")
        for date in hit.dates:
            span = date.start.isoformat()
            if date.end != date.start:
                span += f" to {date.end.isoformat()}"
            context.output.line(f"   {date.phrase}: {span}", "note")
        instead = replaced_by[number - 1]
        if instead is not None:
            context.output.line(
                f"   without it: {instead.text} ({100 * instead.confidence:.0f}% sure)", "note"
            )
        elif hit.memory is not None:
            context.output.line("   without it: nothing more", "note")
        context.output.line(f"   refs {', '.join(hit.refs)}", "note")
    if hits:
        context.output.line("+ speaks for a memory, - against it.", "note")
    if len(hits) > limit:
        context.output.line(f"{len(hits) - limit} more: /why --limit {len(hits)}", "note")
    return {
        "query": reply.recollections.query,
        "confident": reply.recollections.confident,
        "hits": [
            {
                **recollection_data(hit),
                "without_it": None if instead is None else recollection_data(instead),
            }
            for hit, instead in zip(hits, replaced_by, strict=False)
        ],
    }


def _instead(
    context: CommandContext, query: str, hit: Recollection, place: int
) -> Recollection | None:
    """What would have come in the place of a memory, had it not been; None when nothing would."""
    if hit.memory is None:
        return None
    found = context.assistant.recall(query, k=place + 2, without=[hit.memory])
    others = [one for one in found if one.text != query]  # what was said just now is no answer
    return others[place] if place < len(others) else None
