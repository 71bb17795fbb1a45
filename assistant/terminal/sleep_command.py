"""The command sleep, and the offer of it to who leaves after a long day."""

from __future__ import annotations

from collections.abc import Callable

from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.question import is_yes
from assistant.terminal.registry import Call

LONG_DAY = 100
"""After so many turns in one chat, sleep is offered when leaving."""


def sleep(context: CommandContext, call: Call) -> Data:
    """Consolidate, merge what says the same, archive what faded, tidy and check; tell all of it."""
    context.require_writing()
    report = context.assistant.sleep()
    context.slept = True
    told = [
        (report.consolidated, "memory", "memories", "made or said again"),
        (report.merged, "memory", "memories", "merged with others that say the same"),
        (report.archived, "memory", "memories", "archived: weak, and not used for long"),
        (report.encoded, "turn", "turns", "encoded anew"),
    ]
    for count, one, many, what in told:
        if count:
            context.output.line(f"{count:,} {one if count == 1 else many} {what}.")
    if not any(count for count, *_ in told):
        context.output.line("There was nothing to do.")
    for problem in report.problems:
        context.output.line(f"problem: {problem}", "error")
    if not report.problems:
        context.output.line("The store is whole.", "note")
    if report.archived or report.merged:
        context.output.line(f"{context.sign}undo takes back one change after the other.", "note")
    return {
        "consolidated": report.consolidated,
        "merged": report.merged,
        "archived": report.archived,
        "encoded": report.encoded,
        "problems": list(report.problems),
    }


def offer(context: CommandContext, turns: int, ask: Callable[[str], str]) -> None:
    """Offer sleep to who leaves after so many turns; do it if the answer is a yes.

    Args:
        context: Of the chat that ends.
        turns: How many it had.
        ask: Puts a question and gives the line answered.
    """
    if turns < LONG_DAY or context.slept or context.settings.mode != "normal":
        return
    if is_yes(ask(f"A long day, {turns:,} turns. Look after the memories now? [y/N] ")):
        sleep(context, Call())
