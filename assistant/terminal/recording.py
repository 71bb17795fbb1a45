"""The command /record: writes what is said from now on as a dialogue that can be replayed."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.registry import Call


def record(context: CommandContext, call: Call) -> Data:
    """Begin recording into a file, or finish the recording."""
    if call.text in ("", "off"):
        return finish(context)
    if context.recorder is not None:
        raise UsageError(f"already recording into {context.recorder.path}; /record off ends that")
    if context.settings.mode == "off-record":
        raise UsageError("off the record nothing is written; /mode normal ends that")
    from assistant.replay import Recorder

    context.recorder = Recorder(Path(call.text).expanduser(), context.assistant.clock)
    context.output.line(f"Recording into {context.recorder.path}; /record off ends it.", "note")
    return {"path": str(context.recorder.path)}


def finish(context: CommandContext) -> Data:
    """End the recording.

    Raises:
        UsageError: None was begun.
    """
    recorder, context.recorder = context.recorder, None
    if recorder is None:
        raise UsageError("nothing is being recorded; /record FILE begins")
    dropped = recorder.close()
    if not recorder.path.exists():
        context.output.line("Nothing was said, so nothing was recorded.", "note")
        return {"path": None, "dropped": 0}
    context.output.line(f"Recorded. It is replayed with: assistant replay {recorder.path}", "note")
    if dropped:
        context.output.line(
            f"{dropped} replies drew on what was said before; the dialogue does not expect them.",
            "note",
        )
    return {"path": str(recorder.path), "dropped": dropped}
