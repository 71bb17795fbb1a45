"""What the chat says first."""

from __future__ import annotations

from assistant.terminal.context import CommandContext

MEANING = {
    "normal": "What is said is kept, as far as it matters.",
    "read-only": "Read-only: what is remembered is recalled, and nothing new is written to it.",
    "off-record": "Off the record: nothing is written, not even the lines typed.",
}


def farewell(context: CommandContext) -> None:
    """The last line: what there is now."""
    from assistant.terminal.session_commands import counted

    assistant = context.assistant
    said = f"Bye. {counted(assistant.store.count_memories())}."
    if assistant.mode != "normal":
        said += f" In {assistant.mode} mode nothing was written."
    context.output.line(said, "note")


def greet(context: CommandContext) -> None:
    """Two lines for somebody who was never here, one for who comes back."""
    path = context.settings.store_path()
    if path is None or not path.exists():
        context.output.line("I remember what you tell me, on this machine only.")
        context.output.line('Try "My dog is called Biscuit.", leave, come back, ask. /help helps.')
    else:
        context.output.line("Welcome back. /help lists the commands.", "note")
    if context.settings.mode != "normal":
        context.output.line(MEANING[context.settings.mode], "note")
    for place in {one.place for one in context.settings.values.values() if one.origin == "project"}:
        context.output.line(f"Settings of {place} apply.", "note")
