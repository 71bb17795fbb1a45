"""The command that forgets: finds what is meant, shows it, asks once, and then it is final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, receipt_data
from assistant.terminal.display import local_date, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from storage import ForgetReceipt

_LISTED = 10
_CALLED = {  # what a receipt calls the tables of the store
    "turn": "transcript",
    "turn_text": "full text",
    "turn_vector": "vectors",
    "reading": "what was read in the words",
    "reading_date": "what was read in the words",
    "memory": "memories",
    "memory_statement": "memories",
    "memory_use": "memories",
    "memory_version": "memories",
    "change": "journal",
    "session": "sessions",
}


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
    """Forget memories or turns: by numbers, by words, or by when they were said.

    Raises:
        UsageError: Nothing is meant, or more than one thing and nobody said all.
    """
    if not call.options["dry_run"]:
        context.require_writing()
    since, until = (_day(context, call.options[name]) for name in ("since", "until"))
    named = [_by_number(context, name) for name in _numbers(call.text)]
    if named:
        chosen = [one for one in named if _within(one, since, until)]
    elif since is not None or until is not None:
        chosen = [one for one in _everything(context, call.text) if _within(one, since, until)]
    elif call.text:
        chosen = _find(context, call.text, narrow=not call.options["all"])
    else:
        raise UsageError(f"forget needs NUMBER, WORDS, --since or --until; {_where(context)}")
    if not chosen:
        what = f" has the words {call.text!r}" if call.text else " was said then"
        raise UsageError(f"nothing kept{what}; {_where(context)}")
    _list(context, chosen)
    many = len(chosen) > 1
    if many and not (named or call.options["all"] or since or until or call.options["dry_run"]):
        names = ", ".join(candidate.name for candidate in chosen[:_LISTED])
        raise UsageError(
            f"{len(chosen)} match; say which: {context.sign}forget NUMBER, one of {names}"
            + ("..." if len(chosen) > _LISTED else "")
            + ", or all of them: --all"
        )
    if call.options["dry_run"]:
        return _survey(context, chosen)
    question = f"Forget all {len(chosen)} for good?" if many else "Forget it for good?"
    if not context.confirm(question, sure=call.options["yes"]):
        context.output.line("Kept.")
        return {"turns": 0, "memories": 0, "scanned": [], "dry_run": False}
    receipt = _forget(context, chosen)
    words = [one.record.text for one in chosen]
    if call.text and not named:
        words.append(call.text)  # what was asked for was typed, too
    return _tell(context, receipt, words)


def _forget(context: CommandContext, chosen: Sequence[Candidate]) -> ForgetReceipt:
    receipt = _remove(context, chosen)
    reply = context.last_reply
    if reply is not None:
        shown = reply.text + "".join(hit.text for hit in reply.recollections)
        if any(one.record.text in shown for one in chosen):
            context.last_reply = None
    return receipt


def _tell(context: CommandContext, receipt: ForgetReceipt, words: list[str]) -> Data:
    """The receipt: what is gone, and where it was looked for."""
    from assistant.terminal.typed_lines import forget_typed

    context.forgotten += words
    scanned = [*receipt.scanned, "short-term memory"]
    typed = context.settings.history_path()
    if typed is not None and forget_typed(typed, words):
        scanned.append(typed.name)
    context.output.line(f"Forgotten: {_count(receipt.memories, receipt.turns)}.")
    called = dict.fromkeys(_CALLED.get(name, name) for name in scanned)
    gone = f"Gone through: {', '.join(called)}."
    if receipt.backups:
        gone += f" Backups deleted: {receipt.backups}"
        gone += f", made anew: {receipt.backup}." if receipt.backup else "."
    context.output.line(gone, "note")
    return {**receipt_data(receipt), "scanned": scanned, "dry_run": False}


def _survey(context: CommandContext, chosen: Sequence[Candidate]) -> Data:
    """What would go, with what the assistant said in the same words; nothing does."""
    receipt = _remove(context, chosen, dry_run=True)
    count = _count(receipt.memories, receipt.turns)
    context.output.line(f"Would be forgotten: {count}. Nothing was forgotten.")
    return {
        **receipt_data(receipt),
        "dry_run": True,
        "would_forget": [one.name for one in chosen],
    }


def _remove(
    context: CommandContext, chosen: Sequence[Candidate], *, dry_run: bool = False
) -> ForgetReceipt:
    return context.assistant.forget(
        memories=[one.memory for one in chosen if one.memory is not None],
        refs=[one.record.ref for one in chosen if one.memory is None],
        dry_run=dry_run,
    )


def _where(context: CommandContext) -> str:
    return f"{context.sign}memories lists what is kept"


def _day(context: CommandContext, said: str | None) -> datetime | None:
    """The day that an option names, as the end of it."""
    if said is None:
        return None
    from assistant.terminal.as_of import past_day

    now = context.assistant.clock()
    day = past_day(said, now)
    if day is None:
        raise UsageError(
            f"{said[:40]!r} is no day that is past; expected one such as 2026-05-03 or yesterday"
        )
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)


def _within(one: Candidate, since: datetime | None, until: datetime | None) -> bool:
    """Whether something was said on the days from one to another, both included."""
    said = one.record.said_at
    if since is not None and said.astimezone(since.tzinfo) < since:
        return False
    return until is None or said.astimezone(until.tzinfo).date() <= until.date()


def _numbers(text: str) -> list[str]:
    """The numbers that a text consists of; none if it has any other word."""
    words = [word.lstrip("#") for word in text.replace(",", " ").split()]
    return list(dict.fromkeys(words)) if words and all(map(_is_number, words)) else []


def _is_number(word: str) -> bool:
    digits = word.removeprefix("t")
    return digits.isascii() and digits.isdigit() and len(digits) < 18


def _everything(context: CommandContext, text: str) -> list[Candidate]:
    """Every memory and every turn that is none, or those with these words."""
    store = context.assistant.store
    words = text.strip() or None
    found = [
        Candidate(str(memory.id), memory, memory.id)
        for memory in store.memories(search=words, include_archived=True)
    ]
    found += [
        Candidate(f"t{turn.id}", turn, None)
        for turn in store.turns(search=words)
        if turn.memory is None
    ]
    return found


def _find(context: CommandContext, text: str, *, narrow: bool) -> list[Candidate]:
    """What has these words. Where a narrower reading leaves anything, it is the one meant."""
    found = _everything(context, text)
    if not narrow:
        return found
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


def _by_number(context: CommandContext, name: str) -> Candidate:
    store, number = context.assistant.store, int(name.removeprefix("t"))
    if name.startswith("t"):
        turn = store.turns_by_id([number]).get(number)
        if turn is not None:
            return Candidate(name, turn, None)
        raise UsageError(f"there is no turn {name}; {_where(context)}")
    memory = next(iter(store.memories(ids=[number])), None)
    if memory is None:
        raise UsageError(f"there is no memory {name}; {context.sign}memories lists them")
    return Candidate(name, memory, number)


def _list(context: CommandContext, candidates: Sequence[Candidate]) -> None:
    context.output.table(
        [Column("no.", right=True), Column("said"), Column("who"), Column("words")],
        [
            [c.name, local_date(c.record.said_at), said_by(c.record.speaker), c.record.text]
            for c in candidates[:_LISTED]
        ],
    )
    if len(candidates) > _LISTED:
        context.output.line(f"and {len(candidates) - _LISTED} more", "note")


def _count(memories: int, turns: int) -> str:
    parts = []
    if memories:
        parts.append("1 memory" if memories == 1 else f"{memories:,} memories")
    parts.append("1 turn" if turns == 1 else f"{turns:,} turns")
    return " and ".join(parts)
