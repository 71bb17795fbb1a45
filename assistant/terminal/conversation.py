"""One line of the chat, typed or piped: a command, or words to the assistant."""

from __future__ import annotations

from contextlib import closing

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.withholding import secrecy_for, tell_withheld

LARGEST_TEXT = 1_000_000
"""Bytes of the longest turn taken from a terminal or a pipe."""

_HELP_WORDS = ("help", "help!", "?", "帮助", "幫助", "？")


def is_command(line: str) -> bool:
    """Whether a line is a command: it begins with one slash. Two stand for one said literally."""
    return line.startswith("/") and not line.startswith("//")


def run_command(context: CommandContext, line: str) -> tuple[str, object]:
    """Do what a line beginning with a slash says; the command's name and its data.

    Raises:
        UsageError: There is no such command, or it is not called so.
    """
    command, call = context.registry.parse(line[1:])
    known = len(context.forgotten)
    data = command.handler(context, call)
    if context.recorder is not None:
        if command.name == "remember":
            context.recorder.remember(_masked(call.text))
        elif command.name == "forget":
            for words in context.forgotten[known:]:
                context.recorder.forget(words)
        elif command.name == "recall":
            context.recorder.recall(call.text)
        elif command.name == "new":
            context.recorder.new_session()
    return command.name, data


def say(context: CommandContext, line: str) -> None:
    """Say a line to the assistant and print the reply as it comes.

    An interrupted reply keeps what was said so far; the exception goes on to the caller.

    Raises:
        UsageError: The line is longer than a turn can be.
    """
    text = line[1:] if line.startswith("//") else line
    if len(text) > LARGEST_TEXT:
        raise too_long("the text")
    answer(context, text)
    if text.strip().casefold() in _HELP_WORDS and context.output.columns is not None:
        lists = "/help lists the commands." if text.isascii() else "/help 列出所有命令。"
        context.output.line(lists, "note")
    if context.recorder is not None and context.last_reply is not None:
        text = text if context.assistant.config.secrets == "store" else _masked(text)
        context.recorder.user(text, context.last_reply)


def answer(context: CommandContext, text: str) -> None:
    """Print the reply to a text as it comes; it is ``context.last_reply`` afterwards."""
    assistant = context.assistant
    secrecy = secrecy_for(context, text)
    before = assistant.last_reply
    markdown = not assistant.responder.recites  # what memory quotes stands as it was said
    begun = False
    try:
        with (
            context.waiting.for_first_word(assistant.responder) as came,
            closing(assistant.stream(text, secrets=secrecy)) as pieces,  # type: ignore[type-var]
        ):
            for piece in pieces:
                came()
                begun = True
                context.output.piece(piece, markdown=markdown)
                context.check()
    finally:
        if begun:
            context.output.line()
        context.last_reply = reply = assistant.last_reply
        if reply is not None and reply is not before:
            tell_withheld(context, reply.withheld, text)


def _masked(text: str) -> str:
    from assistant.secrets import mask_secrets  # takes longer to import than the prompt may wait

    return mask_secrets(text)


def too_long(what: str) -> UsageError:
    """The complaint about a turn over the limit."""
    return UsageError(
        f"{what} is longer than {LARGEST_TEXT:,} bytes, the most that one turn can be; split it, "
        "or for a whole history use: assistant import FILE"
    )
