"""The chat without a terminal: a turn a line from standard input, plain replies.

No prompt, no toolbar, not one escape byte. A line that fails gives one line on standard error
and the rest goes on; the exit code is that of the last failure.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import BinaryIO

from assistant.terminal import recording
from assistant.terminal.context import CommandContext
from assistant.terminal.conversation import LARGEST_TEXT, is_command, run_command, say, too_long
from assistant.terminal.data import reply_data, to_json
from assistant.terminal.failures import OK, Failure, explain, is_full
from assistant.terminal.greeting import farewell

TWICE_S = 2.0
"""Ctrl-C twice within this many seconds leaves."""

_CHUNK = 65536


def read_lines(stream: BinaryIO, limit: int = LARGEST_TEXT) -> Iterator[str | None]:
    """Lines of a byte stream as text, without their ends; None for one over the limit.

    What is not UTF-8 becomes U+FFFD. A line over the limit is passed over, never held whole.
    """
    first = True
    while raw := stream.readline(limit + 2):  # as long as a whole line with its \r\n
        if len(raw.rstrip(b"\r\n")) > limit:
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(_CHUNK)
            yield None
        else:
            line = raw.decode("utf-8", "replace").rstrip("\r\n")
            yield line.removeprefix("\ufeff") if first else line
        first = False


def run_pipe(context: CommandContext, *, prompted: bool = False) -> int:
    """Take turns from standard input until it ends; then consolidate. The exit code.

    Args:
        context: Prints and answers.
        prompted: Show a prompt before each line: somebody types at a terminal without abilities.
    """
    code = OK
    try:
        for number, line in enumerate(_prompted(context, prompted), 1):
            try:
                if line is None:
                    raise too_long(f"line {number}")
                if line.strip() and prompted:
                    with context.waiting.interruptible(context.output.line):
                        _take(context, line)
                elif line.strip():
                    _take(context, line)
            except BrokenPipeError:
                raise
            except KeyboardInterrupt:
                if not prompted:
                    raise
                context.output.line("Stopped.")
            except Exception as error:
                if context.engine.error is not None or is_full(error):
                    raise  # no line will fare better
                failure = explain(error)
                code = failure.exit_code
                _report(context, failure)
            if context.leaving:
                break
        if context.recorder is not None:
            recording.finish(context)
        if prompted and context.engine.ready:
            context.assistant.new_session()
            farewell(context)
    finally:
        context.engine.close()
    return code


def _prompted(context: CommandContext, prompted: bool) -> Iterator[str | None]:
    """Lines of standard input; at a prompt, Ctrl-C drops a line and twice in a while leaves."""
    lines = read_lines(sys.stdin.buffer)
    interrupted_at = float("-inf")
    while True:
        try:
            if prompted:
                mode = context.settings.mode
                context.output.prompt("> " if mode == "normal" else f"{mode}> ")
            line = next(lines)
        except StopIteration:
            if prompted:
                context.output.line()
            return
        except KeyboardInterrupt:
            now = time.monotonic()
            if not prompted:
                raise
            context.output.line()
            if now - interrupted_at <= TWICE_S:
                return
            context.output.line("Ctrl-C again leaves.")
            interrupted_at, lines = now, read_lines(sys.stdin.buffer)
            continue
        yield line


def _take(context: CommandContext, line: str) -> None:
    if is_command(line):
        name, data = run_command(context, line)
        if context.settings.json:
            print(to_json({"ok": True, "command": name, "data": data}), flush=True)
        return
    say(context, line)
    if context.settings.json and context.last_reply is not None:
        data = reply_data(context.last_reply)
        print(to_json({"ok": True, "command": "chat", "data": data}), flush=True)


def _report(context: CommandContext, failure: Failure) -> None:
    if context.settings.json:
        body = {
            "kind": failure.kind,
            "message": failure.message,
            "hint": failure.hint,
            "exit_code": failure.exit_code,
        }
        print(to_json({"ok": False, "command": "chat", "error": body}), flush=True)
    else:
        context.output.error(f"assistant: {failure.line()}")
