"""Commands about the session: help, stm, new, record, quit, and ask, the one of the shell."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data, reply_data
from assistant.terminal.display import clip, local_date, one_line, said_by
from assistant.terminal.output import Column
from assistant.terminal.registry import Call, Command

if TYPE_CHECKING:
    from assistant.turn import Reply

_SHORTEST = 12  # cells
_LONGEST_SHORT = 20
_QUOTED = re.compile("“([^”]{4,})”")


def show_help(context: CommandContext, call: Call) -> list[Data]:
    """List the commands, or explain one."""
    sign = context.sign
    commands = context.registry.of(context.place)
    if call.text.strip() == "all":
        _list(context, commands)
    elif call.text:
        commands = (context.registry.find(call.text.lstrip("/"), context.place),)
        command = commands[0]
        context.output.line(f"{sign}{command.usage()}")
        context.output.line(f"  {command.help}.")
        if command.details:
            context.output.line(f"  {command.details}")
        for option in command.options:
            context.output.line(f"  {', '.join(option.flags)}: {option.help}")
        if command.aliases:
            context.output.line(f"  Also {', '.join(sign + name for name in command.aliases)}")
    else:
        _list(context, [command for command in commands if command.everyday])
        others = ", ".join(sign + command.name for command in commands if not command.everyday)
        context.output.line(
            f"More: {others}. /help all explains these too, /help COMMAND one. Anything else "
            "is said to the assistant (// for a slash). Ctrl-C clears the line, Ctrl-D leaves.",
            "note",
        )
    return [
        {
            "name": command.name,
            "usage": command.usage(),
            "help": command.help,
            "aliases": list(command.aliases),
        }
        for command in commands
    ]


def _list(context: CommandContext, commands: Iterable[Command]) -> None:
    rows = [[_short(command, context.sign), command.help] for command in commands]
    context.output.table([Column(""), Column("")], rows, wrap=True)


def _short(command: Command, sign: str) -> str:
    """A command and what it takes, as far as that can be told in a few words."""
    if command.argument is None:
        return f"{sign}{command.name}"
    whole = f"{sign}{command.name} {command.argument}"
    return whole if len(whole) <= _LONGEST_SHORT else f"{sign}{command.name} ..."


def stm(context: CommandContext, call: Call) -> Data:
    """Show short-term memory: each turn, its salience, whether it is kept, which leaves next."""
    memory = context.assistant.short_term
    turns = memory.turns
    leaving = memory.leaves_next
    known = context.assistant.store.turns_by_id(held.turn.id for held in turns)
    kept = {
        held.turn.id
        for held in turns
        if context.assistant.is_kept(held)
        or (held.turn.id in known and known[held.turn.id].memory is not None)
    }
    if not turns:
        context.output.line("Short-term memory is empty.", "note")
    else:
        context.output.table(
            [
                Column("no.", right=True),
                Column("salience", right=True),
                Column("kept"),
                Column("who"),
                Column("words"),
            ],
            [
                [
                    str(number),
                    f"{held.salience:.2f}",
                    "yes" if held.turn.id in kept else "no",
                    said_by(held.turn.speaker),
                    ("(leaves next) " if held is leaving else "") + held.turn.text,
                ]
                for number, held in enumerate(turns, 1)
            ],
        )
        context.output.line(
            f"{len(turns)} of {memory.capacity} turns, "
            f"{memory.tokens} of {memory.token_capacity} tokens. Salience: how likely a turn is to "
            "be needed again, 0 to 1. Kept: it becomes a memory, at the latest when it leaves.",
            "note",
        )
    return {
        "capacity": memory.capacity,
        "tokens": memory.tokens,
        "token_capacity": memory.token_capacity,
        "turns": [
            {
                "number": number,
                "ref": held.turn.ref,
                "speaker": held.turn.speaker,
                "text": held.turn.text,
                "salience": round(held.salience, 4),
                "tokens": held.tokens,
                "leaves_next": held is leaving,
                "kept": held.turn.id in kept,
            }
            for number, held in enumerate(turns, 1)
        ],
    }


def new(context: CommandContext, call: Call) -> Data:
    """End the session and begin another."""
    context.assistant.new_session()
    kept = context.assistant.store.count_memories()
    context.output.line(f"A new session. {standing(context)}.", "note")
    return {"memories": kept}


def leave(context: CommandContext, call: Call) -> Data:
    """Leave the chat."""
    context.leaving = True
    return {}


def ask(context: CommandContext, call: Call) -> Data:
    """Say one thing and print the reply; without words, what standard input says."""
    text = call.text or read_standard_input("ask")
    from assistant.terminal.conversation import answer

    answer(context, text)
    reply = context.last_reply
    assert reply is not None  # the stream sets it
    show_learned(context, reply)
    return reply_data(reply)


def show_learned(context: CommandContext, reply: Reply) -> None:
    """Say in a terminal what will be kept of the turn, unless the reply already said it.

    Where a model worded the reply, the memory it was shown first is named too; /why tells all.
    """
    if context.output.columns is None:
        return
    said = one_line(reply.text).casefold()
    quoted = [words.strip(" …") for words in _QUOTED.findall(said)]
    for words in reply.learned:
        shown = one_line(words)
        part = any(words in shown.casefold() for words in quoted)  # what states something
        if shown.casefold() not in said and not part:
            context.output.line(f"remembered: {shown}", "note")
    if not context.assistant.responder.recites and reply.recollections.confident:
        source = reply.recollections[0]
        words = clip(source.text, max(context.output.columns - 30, _SHORTEST))
        context.output.line(f"recalled, {local_date(source.said_at)}: {words}", "note")


def read_standard_input(command: str) -> str:
    """All of standard input as one text.

    Raises:
        UsageError: It is a terminal, is empty, or is too long.
    """
    from assistant.terminal.conversation import LARGEST_TEXT

    if sys.stdin.isatty():
        raise UsageError(f"{command} has nothing to work on; give TEXT, or pipe it in")
    data = sys.stdin.buffer.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise UsageError(
            f"standard input is longer than {LARGEST_TEXT:,} bytes, the most that one turn can "
            "be; for a whole history use: assistant import FILE"
        )
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    if not text:
        raise UsageError(f"{command} has nothing to work on; standard input is empty")
    return text


def counted(memories: int) -> str:
    """How many memories, in words.

    >>> counted(1)
    '1 memory'
    """
    return "1 memory" if memories == 1 else f"{memories:,} memories"


def standing(context: CommandContext) -> str:
    """How many memories there are, and how many questions about them wait for the user."""
    memories = counted(context.assistant.store.count_memories())
    questions = len(context.assistant.inbox())
    asked = (
        "a question about two of them" if questions == 1 else f"{questions} questions about them"
    )
    return memories + (f"; {context.sign}inbox has {asked}" if questions else "")


def theme(context: CommandContext, call: Call) -> Data:
    """List the themes, or look like another from now on."""
    from assistant.terminal.keeping import keep_settings
    from assistant.terminal.output import TerminalOutput
    from assistant.terminal.themes import THEMES, find_theme

    output = context.output
    now = output.theme.name if isinstance(output, TerminalOutput) else context.settings.theme
    if call.text:
        chosen = find_theme(call.text)
        now = context.settings.theme = chosen.name
        if isinstance(output, TerminalOutput):
            output.theme = chosen
            output.line(f"The theme is {now} now.", "note")
        else:
            output.line("There are no colours here.", "note")
        if call.options["keep"]:
            keep_settings(context, {"theme": now})
        else:
            output.line(f"For always: /theme {now} --keep", "note")
    else:
        for one in THEMES:
            output.line(f"{'*' if one.name == now else ' '} {one.name}: {one.help}")
    return {"theme": now, "themes": [one.name for one in THEMES]}
