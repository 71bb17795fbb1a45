"""Commands that decide about memories: pin, unpin, edit, undo, and the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, memory_data
from assistant.terminal.display import local_date, said_by
from assistant.terminal.registry import Call

if TYPE_CHECKING:
    from storage import ChangeRecord, InboxRecord, MemoryRecord

Answer = Literal["now", "then", "both", "wrong"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
_KEYS = {name[0]: name for name in ANSWERS}
_MEANING = {
    "now": "the second holds now",
    "then": "the second told of the past",
    "both": "both hold",
    "wrong": "the second was never true",
}
_DONE = {
    "pin": "pinned",
    "unpin": "no longer pinned",
    "archive": "archived",
    "restore": "taken out of the archive",
    "edit": "edited",
    "supersede": "replaced",
    "merge": "merged",
    "answer": "decided in the inbox",
}


def numbers(text: str, sign: str) -> list[int]:
    """Numbers of memories, as typed: ``3 #5, 7``.

    Raises:
        UsageError: Something is no number.
    """
    found: list[int] = []
    for word in text.replace(",", " ").split():
        digits = word.lstrip("#")
        if word[:1] in "tT" and word[1:].isdigit():
            raise UsageError(
                f"{word[:40]} is a turn and no memory; "
                + (
                    "what short-term memory holds becomes one with /new"
                    if sign == "/"
                    else f"{sign}memories shows the numbers"
                )
            )
        if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
            raise UsageError(
                f"{word[:40]!r} is no memory's number; {sign}memories shows the numbers"
            )
        found.append(int(digits))
    return list(dict.fromkeys(found))


def _known(context: CommandContext, wanted: list[int]) -> list[MemoryRecord]:
    """The memories of these numbers.

    Raises:
        UsageError: One of them does not exist.
    """
    found = context.assistant.store.memories(ids=wanted)
    missing = sorted(set(wanted) - {memory.id for memory in found})
    if missing:
        raise UsageError(f"there is no memory {missing[0]}; {context.sign}memories lists them")
    return found


def pin(context: CommandContext, call: Call) -> Data:
    """Pin memories."""
    return _pin(context, call, on=True)


def unpin(context: CommandContext, call: Call) -> Data:
    """Let go of pinned memories."""
    return _pin(context, call, on=False)


def _pin(context: CommandContext, call: Call, *, on: bool) -> Data:
    context.require_writing()
    wanted = numbers(call.text, context.sign)
    found = _known(context, wanted)
    changed = context.assistant.pin(wanted, on)
    for memory in found:
        state = "Pinned" if on else "No longer pinned"
        already = "" if memory.id in changed else " already"
        context.output.line(f"{state}{already}: {memory.id}. {memory.text}")
    return {"changed": changed, "memories": [memory_data(memory) for memory in found]}


def edit(context: CommandContext, call: Call) -> Data:
    """Give a memory other words."""
    first, _, words = call.text.strip().partition(" ")
    [number] = numbers(first, context.sign)
    if not words.strip():
        raise UsageError(f"edit needs the new words; usage: {context.sign}edit NUMBER TEXT")
    context.require_writing()
    _known(context, [number])
    memory = context.assistant.edit(number, words.strip())
    context.output.line(f"Memory {memory.id} says now: {memory.text}")
    context.output.line(f"{context.sign}undo takes it back.", "note")
    return memory_data(memory)


def undo(context: CommandContext, call: Call) -> Data:
    """Take back the last change to what is remembered."""
    context.require_writing()
    change = context.assistant.undo()
    if change is None:
        context.output.line("There is nothing to undo.", "note")
        return {"undone": False, "kind": None, "memories": []}
    when = local_date(change.at, time=True)
    if change.kind == "forget":
        context.output.line(f"The last change, of {when}, was a forgetting, and that is final.")
        context.output.line(f"{context.sign}undo again takes back the change before it.", "note")
        return {"undone": False, "kind": change.kind, "memories": []}
    _tell_undone(context, change, when)
    return {"undone": True, "kind": change.kind, "memories": list(change.memories)}


def _tell_undone(context: CommandContext, change: ChangeRecord, when: str) -> None:
    done = _DONE.get(change.kind, change.kind)
    again = f"; {context.sign}inbox asks again" if change.kind == "answer" else ""
    found = context.assistant.store.memories(ids=change.memories)
    context.output.line(f"Undone, what was {done} on {when}{again}{':' if found else '.'}")
    for memory in found:
        former = " (former)" if memory.superseded_by is not None else ""
        context.output.line(f"  {memory.id}.{former} {memory.text}")


def inbox(context: CommandContext, call: Call) -> list[Data]:
    """Go through what is uncertain, one key each; or answer one, by number."""
    assistant = context.assistant
    if call.text:
        context.require_writing()
        number, answer = _named(context, call.text)
        _answer(context, number, answer)
    questions = assistant.inbox()
    if not questions and not call.text:
        context.output.line("The inbox is empty.", "note")
    elif questions and context.choose is not None and not call.text:
        questions = _go_through(context, questions)
    elif not call.text:
        for question in questions:
            _show(context, question)
        context.output.line(f"Answer one: {context.sign}inbox NUMBER {'|'.join(ANSWERS)}.", "note")
    return [_question_data(context, question) for question in questions]


def _named(context: CommandContext, text: str) -> tuple[int, Answer]:
    """What is answered, and how: "3 now", or "3 n"."""
    first, _, said = text.strip().partition(" ")
    [number] = numbers(first, context.sign)
    if not said.strip():
        raise UsageError(
            f"inbox {number} needs an answer; usage: {context.sign}inbox {number} "
            + "|".join(ANSWERS)
        )
    answer = _KEYS.get(said.strip().lower()[:1])
    if answer is None or not answer.startswith(said.strip().lower()):
        raise UsageError(
            f"the answer is {said.strip()[:40]!r}; expected one of {', '.join(ANSWERS)}"
        )
    return number, answer


def _go_through(context: CommandContext, questions: list[InboxRecord]) -> list[InboxRecord]:
    """Ask one after the other; those passed over are left, and given."""
    assert context.choose is not None
    context.output.line(
        "Press one key: "
        + ", ".join(f"{key} {_MEANING[name]}" for key, name in _KEYS.items())
        + "; Enter passes.",
        "note",
    )
    left = []
    for place, question in enumerate(questions, 1):
        _show(context, question)
        key = context.choose(
            f"{place} of {len(questions)}: now, then, both, wrong?", "".join(_KEYS)
        )
        if key:
            _answer(context, question.id, _KEYS[key])
        else:
            left.append(question)
        context.check()
    return left


def _show(context: CommandContext, question: InboxRecord) -> None:
    pair = _pair(context, question)
    context.output.line(f"{question.id}. " + _quoted(pair[0]))
    context.output.line(f"   {_quoted(pair[1])}")


def _quoted(memory: MemoryRecord | None) -> str:
    if memory is None:
        return "(forgotten)"
    return f"{local_date(memory.said_at)}, {said_by(memory.speaker)}: {memory.text}"


def _pair(
    context: CommandContext, question: InboxRecord
) -> tuple[MemoryRecord | None, MemoryRecord | None]:
    ids = [question.earlier, question.later]
    found = {memory.id: memory for memory in context.assistant.store.memories(ids=ids)}
    return found.get(question.earlier), found.get(question.later)


def _answer(context: CommandContext, question: int, answer: Answer) -> None:
    answered = context.assistant.answer(question, answer)
    context.output.line(
        f"Question {answered.id}: {_MEANING[answer]}. {context.sign}undo takes it back.",
        "note",
    )


def _question_data(context: CommandContext, question: InboxRecord) -> Data:
    earlier, later = _pair(context, question)
    return {
        "question": question.id,
        "subject": question.subject,
        "asked_at": question.asked_at.isoformat(),
        "answer": question.answer,
        "earlier": None if earlier is None else memory_data(earlier),
        "later": None if later is None else memory_data(later),
    }
