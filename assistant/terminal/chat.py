"""The chat: with a prompt in a terminal, line by line in a pipe or where no cursor moves."""

from __future__ import annotations

import sys

from assistant.terminal.context import CommandContext
from assistant.terminal.engine import Engine
from assistant.terminal.greeting import greet
from assistant.terminal.output import Output, choose_output
from assistant.terminal.pipe import run_pipe
from assistant.terminal.question import is_yes
from assistant.terminal.registry import Registry
from assistant.terminal.settings import Settings
from assistant.terminal.waiting import Waiting, tell_waiting


def chat(settings: Settings, engine: Engine, registry: Registry) -> int:
    """Chat until the user leaves or the input ends; the exit code."""
    output = choose_output(json=settings.json, theme=settings.theme)
    context = CommandContext(settings, engine, output, registry, place="chat")
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and not settings.json
    if not terminal or is_dumb():
        if terminal:
            greet(context)
            context.ask = lambda question: is_yes(_plain_answer(output, f"{question} [y/N] "))
            context.choose = lambda question, keys: _plain_key(output, question, keys)
            context.waiting = Waiting(lambda name: tell_waiting(output, name))
        return run_pipe(context, prompted=terminal)
    greet(context)  # somebody reads it while the rest is imported
    from assistant.terminal.terminal_chat import TerminalChat

    return TerminalChat(context).run()


def is_dumb() -> bool:
    """Whether the terminal cannot move its cursor."""
    import os

    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def _plain_answer(output: Output, question: str) -> str:
    output.prompt(question)
    return sys.stdin.readline().strip().lower()


def _plain_key(output: Output, question: str, keys: str) -> str:
    answer = _plain_answer(output, f"{question} ")[:1]
    return answer if answer and answer in keys else ""
