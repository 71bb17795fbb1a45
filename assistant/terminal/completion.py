"""Completes commands after a slash, from the registry; never looks at a disk or the store."""

from __future__ import annotations

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from assistant.terminal.conversation import is_command
from assistant.terminal.registry import Registry


class CommandCompleter(Completer):
    """Names of commands, then their options.

    Args:
        registry: What there is.
    """

    def __init__(self, registry: Registry) -> None:
        self._commands = registry.of("chat")

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """What the line before the cursor can become."""
        text = document.text_before_cursor
        if not is_command(text) or "\n" in text:
            return
        name, space, rest = text[1:].partition(" ")
        if not space:
            yield from self._names(name, "/")
        elif name in ("help", "h", "?"):
            yield from self._names(rest, "")
        else:
            word = rest.rpartition(" ")[2]
            for command in self._commands:
                if name in (command.name, *command.aliases) and word.startswith("-"):
                    for option in command.options:
                        if option.flags[0].startswith(word):
                            yield Completion(option.flags[0], -len(word), display_meta=option.help)

    def _names(self, begun: str, sign: str) -> Iterable[Completion]:
        for command in self._commands:
            if command.name.startswith(begun.lower()):
                yield Completion(
                    command.name,
                    -len(begun),
                    display=sign + command.name,
                    display_meta=command.help,
                )
