"""The command that forgets: finds what is meant, shows it, asks, and only then removes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, receipt_data
from assistant.terminal.memory_commands import local_date, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call

_LISTED = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be forgotten: a memory, or a turn that became none.

    Args:
        name: As typed to mean it: "12" for a memory, "t34" for a turn.
        record: The memory's or turn's record.
        memory: Number of the memory, or None.
    """

    name: str
    record: Any
    memory: int | None


def forget(context: CommandContext, call: Call) -> Data:
    """Forget one memory or turn, by number or by words that mean only one."""
    candidates = _find(context, call.text)
    if not candidates:
        raise UsageError(
            f"nothing kept has the words {call.text!r}; {context.sign}memories lists what is kept"
        )
    _list(context, candidates[:_LISTED])
    if len(candidates) > 1:
        names = ", ".join(candidate.name for candidate in candidates[:_LISTED])
        raise UsageError(
            f"{len(candidates)} match; say which: {context.sign}forget NUMBER, one of {names}"
            + ("..." if len(candidates) > _LISTED else "")
        )
    chosen = candidates[0]
    if not context.confirm("Forget it for good?", sure=call.options["yes"]):
        context.output.line("Kept.")
        return {"turns": 0, "memories": 0, "scanned": []}
    if chosen.memory is not None:
        receipt = context.assistant.forget(memories=[chosen.memory])
    else:
        receipt = context.assistant.forget(refs=[chosen.record.ref])
    context.forgotten.append(chosen.record.text)
    reply = context.last_reply
    if reply is not None and chosen.record.text in reply.text + "".join(
        hit.text for hit in reply.recollections
    ):
        context.last_reply = None
    context.output.line(f"Forgotten: {_count(receipt.memories, receipt.turns)}.")
    return receipt_data(receipt)


def _find(context: CommandContext, text: str) -> list[Candidate]:
    """What the text can mean: a number alone is a number; else what has these words.

    Where a narrower reading leaves anything, it is the one that is meant.
    """
    name = text.strip().lstrip("#")
    digits = name.removeprefix("t")
    if digits.isascii() and digits.isdigit() and len(digits) < 18:
        return [_by_number(context, name, int(digits))]
    assistant = context.assistant
    found = [Candidate(str(memory.id), memory, memory.id) for memory in assistant.memories(text)]
    found += [
        Candidate(f"t{turn.id}", turn, None)
        for turn in assistant.store.turns(search=text)
        if turn.memory is None
    ]
    phrase = " ".join(text.casefold().split())
    for narrower in (
        lambda c: phrase in " ".join(c.record.text.casefold().split()),
        lambda c: c.record.role != "assistant",  # what it said in reply goes with what it echoes
        lambda c: c.memory is not None or _states(c),
    ):
        found = [candidate for candidate in found if narrower(candidate)] or found
    return found


def _states(candidate: Candidate) -> bool:
    """Whether a turn says something, rather than asks."""
    return not candidate.record.text.rstrip().endswith(("?", "？"))


def _by_number(context: CommandContext, name: str, number: int) -> Candidate:
    store = context.assistant.store
    if name.startswith("t"):
        turn = store.turns_by_id([number]).get(number)
        if turn is not None:
            return Candidate(name, turn, None)
        raise UsageError(f"there is no turn {name}; {context.sign}memories lists what is kept")
    memory = next(iter(store.memories(ids=[number])), None)
    if memory is None:
        raise UsageError(f"there is no memory {name}; {context.sign}memories lists them")
    return Candidate(name, memory, number)


def _list(context: CommandContext, candidates: list[Candidate]) -> None:
    context.output.table(
        [Column("no.", right=True), Column("said"), Column("who"), Column("words")],
        [
            [c.name, local_date(c.record.said_at), said_by(c.record.speaker), c.record.text]
            for c in candidates
        ],
    )


def _count(memories: int, turns: int) -> str:
    parts = []
    if memories:
        parts.append("1 memory" if memories == 1 else f"{memories} memories")
    parts.append("1 turn" if turns == 1 else f"{turns} turns")
    return " and ".join(parts)
