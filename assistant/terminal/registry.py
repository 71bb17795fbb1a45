"""Commands as data: the registry that feeds /help, completion, the shell and did-you-mean.

A command is declared once (see ``commands``) and works wherever its ``places`` say: typed in the
chat after a slash, or in the shell after ``assistant``. Knows nothing of what commands do.
The dataclasses have no slots: adding those costs help a millisecond each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from assistant.errors import UsageError

if TYPE_CHECKING:
    from assistant.terminal.context import CommandContext

Place = Literal["chat", "shell"]
"""Where a command can be given."""

Handler = Callable[["CommandContext", "Call"], object]


@dataclass(frozen=True)
class Argument:
    """What a command is given: words as they stand, a file, or several files.

    Args:
        name: As shown in help, in capitals.
        kind: "text" takes everything after the command, unquoted; "file" one path that may not
            exist yet; "files" paths that must.
        required: Whether it can be left out.
        completes: What completes it: "command", "memory", "words" (of memories), "model", "path",
            or the words themselves with spaces between them.
    """

    name: str
    kind: Literal["text", "file", "files"] = "text"
    required: bool = False
    completes: str = ""

    def __str__(self) -> str:
        shown = self.name + ("..." if self.kind == "files" else "")
        return shown if self.required else f"[{shown}]"


@dataclass(frozen=True)
class Option:
    """A flag, or a value named by a flag.

    Args:
        flags: As typed, the long one first: ("--limit", "-n").
        help: One phrase.
        kind: "flag" is on or off; "integer" is 1 or more; "text" is anything.
        default: Value when left out.
    """

    flags: tuple[str, ...]
    help: str
    kind: Literal["flag", "integer", "text"] = "flag"
    default: int | str | None = None

    @property
    def name(self) -> str:
        """The key under which a handler finds it."""
        return self.flags[0].lstrip("-").replace("-", "_")

    def read(self, value: str) -> int | str:
        """The value as the handler wants it; UsageError when it is not one."""
        if self.kind != "integer":
            return value
        if not value.isascii() or not value.isdigit() or not int(value[:18]):
            raise UsageError(f"{self.flags[0]} is {value!r}; expected a number, 1 or more")
        return int(value[:18])


@dataclass(frozen=True)
class Call:
    """A command as it was called.

    Args:
        text: The argument as it stands.
        words: The same, one by one: the paths of "files".
        options: Value of every declared option, by name.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Command:
    """A command: its name, what it is given, what it says of itself, and what it does.

    The handler prints through the context's output and returns the same as plain data (dicts,
    lists, strings, numbers), which is what ``--json`` shows.

    ``configured`` False is a command that works though a settings file is broken; ``everyday`` one
    that help explains to who asks for no command in particular.

    >>> Command("stm", "Show short-term memory", handler=lambda context, call: None).usage()
    'stm'
    """

    name: str
    help: str
    handler: Handler
    argument: Argument | None = None
    options: tuple[Option, ...] = ()
    aliases: tuple[str, ...] = ()
    places: tuple[Place, ...] = ("chat", "shell")
    details: str = ""
    configured: bool = True
    everyday: bool = False

    def usage(self) -> str:
        """The command with what it takes: ``forget [--yes] NUMBER|WORDS``."""
        parts = [self.name]
        for option in self.options:
            value = "" if option.kind == "flag" else " N" if option.kind == "integer" else " TEXT"
            parts.append(f"[{option.flags[0]}{value}]")
        if self.argument is not None:
            parts.append(str(self.argument))
        return " ".join(parts)


def checked(command: Command, call: Call) -> Call:
    """The call, when the files that it names can have such names.

    Raises:
        UsageError: A name holds half a character, which no file system takes.
    """
    argument = command.argument
    if argument is not None and (argument.kind != "text" or argument.completes == "path"):
        import os

        for word in call.words:
            try:
                os.fsencode(word)
            except UnicodeEncodeError:
                raise UsageError(
                    f"{ascii(word)[:80]} is no file's name: half a character is in it; name another"
                ) from None
    return call


class Registry:
    """The commands, findable by name, alias or unambiguous beginning.

    Args:
        commands: In the order in which help lists them.

    Raises:
        ValueError: Two commands of one place share a name.
    """

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = tuple(commands)
        for place in ("chat", "shell"):
            names = [n for c in self._commands if place in c.places for n in (c.name, *c.aliases)]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"two {place} commands are called {', '.join(twice)}")

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands)

    def of(self, place: Place) -> tuple[Command, ...]:
        """The commands that work in a place."""
        return tuple(command for command in self._commands if place in command.places)

    def find(self, name: str, place: Place = "chat") -> Command:
        """The command of that name or alias, or the only one that begins so.

        Raises:
            UsageError: There is none; says which was perhaps meant.
        """
        sign = "/" if place == "chat" else ""
        wanted = name.lower()
        commands = self.of(place)
        for command in commands:
            if wanted == command.name or wanted in command.aliases:
                return command
        begin = [command for command in commands if wanted and command.name.startswith(wanted)]
        if len(begin) == 1:
            return begin[0]
        if begin:
            raise UsageError(
                f"{sign}{name} could be {' or '.join(sign + c.name for c in begin)}; type more"
            )
        names = {n: c.name for c in commands for n in (c.name, *c.aliases)}
        near = nearest(wanted, names)
        meant = f"did you mean {sign}{names[near[0]]}?" if near else f"{sign}help lists them"
        escape = "; // at the start sends it as words" if place == "chat" else ""
        shown = name if len(name) <= 40 else name[:39] + "…"
        raise UsageError(f"no command {sign}{shown}; {meant}{escape if not near else ''}")

    def parse(self, line: str) -> tuple[Command, Call]:
        """A line typed in the chat, without its slash, as a command and its call.

        A slash alone asks for help.

        Raises:
            UsageError: The command is unknown, or is not called so.
        """
        name, _, rest = line.strip().partition(" ")
        command = self.find(name or "help")
        return command, checked(command, _read_call(command, rest.strip()))


def nearest(wanted: str, names: Iterable[str]) -> list[str]:
    """The name that was perhaps meant; a beginning that is right counts more than the rest.

    >>> nearest("memry", ["remember", "memories", "import"])
    ['memories']
    """
    import difflib

    near = difflib.get_close_matches(wanted[:40], names, n=5, cutoff=0.6)
    begun = [name for name in near if name[:3] == wanted[:3]]
    return (begun or near)[:1]


_FLAG = re.compile("--[a-z][a-z-]*")


def _no_such_option(command: Command, flag: str) -> str:
    flags = [option.flags[0] for option in command.options]
    near = nearest(flag, flags)
    meant = f"did you mean {near[0]}?" if near else f"expected {' or '.join(flags)};"
    return f"/{command.name} has no {flag[:40]}; {meant} -- before it makes it words"


def _read_call(command: Command, rest: str) -> Call:
    """Takes declared options off both ends; what is between them stands as it is.

    Words need no quotes, so that "/remember don't" works; an option in the middle is a word.
    """
    options: dict[str, Any] = {
        option.name: False if option.kind == "flag" else option.default
        for option in command.options
    }
    known = {flag: option for option in command.options for flag in option.flags}
    while rest:
        first, _, after = rest.partition(" ")
        before, _, last = rest.rpartition(" ")
        value, _, beyond = after.strip().partition(" ")
        front, _, named = before.rpartition(" ")
        if first == "--":
            rest = after.strip()
            break
        if known and _FLAG.fullmatch(first) and first not in known:
            raise UsageError(_no_such_option(command, first))
        if first in known and known[first].kind == "flag":
            options[known[first].name], rest = True, after.strip()
        elif first in known:
            options[known[first].name] = known[first].read(value)
            rest = beyond.strip()
        elif last in known and known[last].kind == "flag":
            options[known[last].name], rest = True, before.strip()
        elif named in known and known[named].kind != "flag":
            options[known[named].name] = known[named].read(last)
            rest = front.strip()
        else:
            break
    if command.argument is None and rest:
        raise UsageError(f"/{command.name} takes no argument; usage: /{command.usage()}")
    if command.argument is not None and command.argument.required and not rest:
        raise UsageError(f"/{command.name} needs {command.argument}; usage: /{command.usage()}")
    kind = command.argument.kind if command.argument is not None else "text"
    words = tuple(rest.split()) if kind == "files" else (rest,) if rest else ()
    return Call(rest, words, options)
