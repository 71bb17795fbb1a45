"""The command /mode: what of the conversation is written."""

from __future__ import annotations

from typing import Literal, get_args

from assistant.errors import UsageError
from assistant.terminal import recording
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.greeting import MEANING
from assistant.terminal.registry import Call

Mode = Literal["normal", "read-only", "off-record"]
NAMES: tuple[Mode, ...] = get_args(Mode)
OFF_RECORD = "off-record"


def is_mode(line: str) -> bool:
    """Whether a line typed changes the mode.

    >>> is_mode("/mode off"), is_mode("/model x"), is_mode("/mode")
    (True, False, False)
    """
    name, _, rest = line.strip().partition(" ")
    return name.lower() == "/mode" and bool(rest.strip())


def mode(context: CommandContext, call: Call) -> Data:
    """Say what is written, or write something else from now on.

    Raises:
        UsageError: There is no such mode, or no store that could be written to.
    """
    assistant = context.assistant
    wanted = call.text.strip().lower().replace(" ", "-")
    if wanted:
        meant = [name for name in NAMES if name.startswith(wanted)]
        if len(meant) != 1:
            raise UsageError(f"no mode {call.text[:40]!r}; expected {', '.join(NAMES)}")
        if meant[0] == "normal" and assistant.store.path is None and context.settings.store_path():
            raise UsageError(
                "there is no store yet that could be written to; leave, and start without "
                f"--{context.settings.mode}"
            )
        if meant[0] == OFF_RECORD and context.recorder is not None:
            recording.finish(context)
        back = meant[0] == "normal" != assistant.mode
        assistant.mode = meant[0]
        context.settings.mode = meant[0]
        dropped = " What was said meanwhile is dropped." if back else ""
        context.output.line(MEANING[meant[0]] + dropped)
    else:
        for name in NAMES:
            title, _, told = MEANING[name].rpartition(": ")
            told = told[0].upper() + told[1:] if title else told
            context.output.line(f"{'*' if name == assistant.mode else ' '} {name}: {told}")
    return {"mode": assistant.mode, "modes": list(NAMES)}
