"""Completes commands after a slash from the registry, and what they take from a snapshot.

Never looks at the store: the snapshot is renewed behind each turn. Paths are looked up on the
disk, in a thread of the prompt's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from assistant.terminal.conversation import is_command
from assistant.terminal.display import clip
from assistant.terminal.registry import Command, Registry

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_NEWEST = 300
_LISTED = 20
_META = 60
_JOURNAL = 5  # an undo can be of a change before the last
_WORD = re.compile(r"[^\W\d_]{3,}")


class Names:
    """What memories are called: their numbers and words, and the models known; a snapshot.

    >>> Names().memories
    ()
    """

    def __init__(self) -> None:
        self.memories: tuple[tuple[str, str], ...] = ()
        self.words: tuple[str, ...] = ()
        self.models: tuple[str, ...] = ()
        self._state: object = None

    def refresh(self, assistant: Assistant) -> None:
        """Take the newest memories, if any has changed; called where only the next line waits."""
        store = assistant.store
        state = (store.count_memories(), store.changes(limit=_JOURNAL))
        if state == self._state:
            return
        self._state = state
        newest = assistant.memories(limit=_NEWEST)
        self.memories = tuple((str(memory.id), memory.text) for memory in newest)
        said = (word for memory in newest for word in _WORD.findall(memory.text[:1000]))
        self.words = tuple({word.casefold(): word for word in said}.values())


class CommandCompleter(Completer):
    """Names of commands, then their options and what they take.

    Args:
        registry: What there is.
        names: What memories are called.
    """

    def __init__(self, registry: Registry, names: Names | None = None) -> None:
        self._commands = registry.of("chat")
        self._names = names or Names()
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        """What the line before the cursor can become."""
        text = document.text_before_cursor
        if not is_command(text) or "\n" in text:
            return
        name, space, rest = text[1:].partition(" ")
        if not space:
            yield from self._commands_begun(name, "/")
            return
        command = self._command(name)
        if command is None:
            return
        word = rest.rpartition(" ")[2]
        if word.startswith("-"):
            for option in command.options:
                if option.flags[0].startswith(word):
                    yield Completion(option.flags[0], -len(word), display_meta=option.help)
        elif command.argument is not None:
            yield from self._argument(command.argument.completes, rest, word, event)

    def _command(self, name: str) -> Command | None:
        exact = [c for c in self._commands if name in (c.name, *c.aliases)]
        begun = exact or [c for c in self._commands if name and c.name.startswith(name)]
        return begun[0] if len(begun) == 1 else None

    def _argument(
        self, kind: str, rest: str, word: str, event: CompleteEvent
    ) -> Iterable[Completion]:
        if kind == "command":
            yield from self._commands_begun(rest, "")
        elif kind == "memory":
            yield from self._memories(rest)
        elif kind == "words":
            yield from _begun(self._names.words, word)
        elif kind == "model":
            yield from _begun(self._names.models, rest, at_least=0)
        elif kind == "path":
            yield from self._paths.get_completions(Document(rest), event)
        elif kind:
            yield from _begun(kind.split(), rest, at_least=0)

    def _memories(self, begun: str) -> Iterable[Completion]:
        """Memories by number, or by words in them; what is put in is the number."""
        wanted = begun.casefold()
        found = 0
        for number, text in self._names.memories:
            told = len(wanted) > 1 or not wanted.isascii()  # one Latin letter is in every memory
            if number.startswith(wanted) or (told and wanted in text.casefold()):
                yield Completion(number, -len(begun), display_meta=clip(text, _META))
                found += 1
                if found == _LISTED:
                    return

    def _commands_begun(self, begun: str, sign: str) -> Iterable[Completion]:
        for command in self._commands:
            if command.name.startswith(begun.lower()):
                yield Completion(
                    command.name,
                    -len(begun),
                    display=sign + command.name,
                    display_meta=command.help,
                )


def _begun(words: Iterable[str], begun: str, at_least: int = 2) -> Iterable[Completion]:
    if len(begun) < at_least:
        return
    found = 0
    for word in words:
        if word.casefold().startswith(begun.casefold()) and word != begun:
            yield Completion(word, -len(begun))
            found += 1
            if found == _LISTED:
                return
