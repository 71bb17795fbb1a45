"""The chat: with a prompt in a terminal, line by line in a pipe or where no cursor moves."""

from __future__ import annotations

import sys

from assistant.terminal.context import CommandContext
from assistant.terminal.engine import Engine
from assistant.terminal.greeting import greet
from assistant.terminal.output import Output, choose_output
from assistant.terminal.pipe import run_pipe
from assistant.terminal.registry import Registry
from assistant.terminal.settings import Settings


def chat(settings: Settings, engine: Engine, registry: Registry) -> int:
    """Chat until the user leaves or the input ends; the exit code."""
    output = choose_output(json=settings.json, theme=settings.theme)
    context = CommandContext(settings, engine, output, registry, place="chat")
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and not settings.json
    if not terminal or is_dumb():
        if terminal:
            greet(context)
            context.ask = lambda question: _plain_yes(output, question)
        return run_pipe(context, prompt="> " if terminal else "")
    from assistant.terminal.terminal_chat import TerminalChat

    return TerminalChat(context).run()


def is_dumb() -> bool:
    """Whether the terminal cannot move its cursor."""
    import os

    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def _plain_yes(output: Output, question: str) -> bool:
    output.prompt(f"{question} [y/N] ")
    return sys.stdin.readline(100).strip().lower() in ("y", "yes")
