"""The command history: what was said, by whom, as the transcript has it."""

from __future__ import annotations

from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, turn_data
from assistant.terminal.display import local_date, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call


def history(context: CommandContext, call: Call) -> list[Data]:
    """Show the newest turns, or the newest with these words, the oldest of them first."""
    limit: int = call.options["limit"]
    assistant = context.assistant
    session = assistant.session if call.options["session"] else None
    newest = assistant.store.turns(
        session=session, limit=limit + 1, newest_first=True, search=call.text or None
    )
    turns = newest[:limit][::-1]
    if not turns:
        context.output.line(
            "Nothing was said yet." if not call.text else f"No turn has the words {call.text!r}.",
            "note",
        )
        return []
    if len(newest) > limit:
        context.output.line(
            f"There is more before these: {context.sign}history --limit {2 * limit}, or words",
            "note",
        )
    context.output.table(
        [Column("no.", right=True), Column("said"), Column("who"), Column("words")],
        [[f"t{t.id}", local_date(t.said_at, time=True), said_by(t.speaker), t.text] for t in turns],
    )
    return [turn_data(turn) for turn in turns]
