"""What the chat says first."""

from __future__ import annotations

import os

from assistant.terminal.context import CommandContext

MEANING = {
    "normal": "What is said is kept, as far as it matters.",
    "read-only": "Read-only: what is remembered is recalled, and nothing new is written to it.",
    "off-record": "Off the record: nothing is written, not even the lines typed.",
}


_ENGLISH = (
    (
        "I remember what you tell me, on this machine only.",
        'Try "My dog is called Biscuit.", leave, come back, ask. /help helps.',
    ),
    "Welcome back. /help lists the commands.",
)
_CHINESE = (
    (
        "你告诉我的，我都记得，只存在这台电脑上。",
        "试试“我的狗叫旺财”，退出，再回来问我。输入 /help 查看命令。",
    ),
    "欢迎回来。输入 /help 查看命令。",
)


def _reads_chinese() -> bool:
    """Whether the environment asks for Chinese; what is typed is answered in its own language."""
    asked = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((one for one in asked if one), "").lower().startswith("zh")


def farewell(context: CommandContext) -> None:
    """The last line: what there is now."""
    from assistant.terminal.session_commands import standing

    assistant = context.assistant
    said = f"Bye. {standing(context)}."
    if assistant.mode != "normal":
        said += f" In {assistant.mode} mode nothing was written."
    context.output.line(said, "note")


def greet(context: CommandContext) -> None:
    """Two lines for somebody who was never here, one for who comes back."""
    path = context.settings.store_path()
    new, back = _CHINESE if _reads_chinese() else _ENGLISH
    if path is None or not path.exists():
        for line in new:
            context.output.line(line)
    else:
        context.output.line(back, "note")
    if context.settings.mode != "normal":
        context.output.line(MEANING[context.settings.mode], "note")
    for place in {one.place for one in context.settings.values.values() if one.origin == "project"}:
        context.output.line(f"Settings of {place} apply.", "note")
