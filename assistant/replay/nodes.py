"""Reads values from YAML nodes, with errors that give file, line, what was found and expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, cast

import yaml

from assistant.errors import UsageError
from assistant.replay.dialogue import Pattern


class DialogueError(UsageError):
    """A dialogue file is not one. The message gives file, line, what was found and expected."""


class NodeReader:
    """Reads values from the nodes of one file; every error names the file and the line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, node: yaml.Node | None, found: str, expected: str) -> NoReturn:
        """Refuse the file; ``node`` says in which line."""
        line = node.start_mark.line + 1 if node is not None else 1
        raise DialogueError(f"{self.path}:{line}: found {found}, expected {expected}")

    def fail_key(self, node: yaml.Node, key: str, known: Iterable[str], place: str) -> NoReturn:
        """Refuse a key, and name the one that was probably meant."""
        names = list(known)
        near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        self.fail(node, f"{short(key)} in {place}", f"one of {', '.join(names)}{hint}")

    def pairs(self, node: yaml.Node, place: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """The keys of a mapping with their key and value nodes."""
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, describe(node), f"{place} as 'key: value' pairs")
        found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            name = self.scalar(key, f"a key of {place}")
            if name in found:
                self.fail(key, f"{name!r} a second time in {place}", "every key once")
            found[name] = (key, value)
        return found

    def scalar(self, node: yaml.Node, place: str) -> str:
        """A text, exactly as written."""
        if not isinstance(node, yaml.ScalarNode):
            self.fail(node, describe(node), f"a text for {place}; quote a text with ': ' in it")
        return cast(str, node.value)

    def text(self, node: yaml.Node, place: str) -> str:
        """A scalar that may only be empty when it says so in quotes."""
        value = self.scalar(node, place)
        if not value and cast(yaml.ScalarNode, node).style is None:
            self.fail(node, "nothing", f'a text for {place} ("" for an empty one)')
        return value

    def number(self, node: yaml.Node, name: str) -> int:
        """A whole number, 0 or more."""
        word = self.scalar(node, name)
        if not re.fullmatch(r"\d{1,9}", word, re.ASCII):
            self.fail(node, f"{short(word)} for {name}", "a whole number")
        return int(word)

    def patterns(
        self, node: yaml.Node, name: str, *, may_be_empty: bool = False
    ) -> tuple[Pattern, ...]:
        """One text or a list of them."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not nodes and not may_be_empty:
            self.fail(node, f"an empty list for {name}", "at least one text")
        return tuple(self.pattern(item, name) for item in nodes)

    def pattern(self, node: yaml.Node, name: str) -> Pattern:
        """Words to look for, or a regular expression."""
        text = self.scalar(node, name)
        if not text.strip():
            self.fail(node, f"an empty text for {name}", "words to look for")
        try:
            return Pattern(text)
        except re.error as error:
            self.fail(node, f"{short(text)} for {name}", f"a regular expression ({error})")


def describe(node: yaml.Node) -> str:
    """What a node is, in words."""
    if isinstance(node, yaml.MappingNode):
        return "'key: value' pairs" if node.value else "an empty {}"
    if isinstance(node, yaml.SequenceNode):
        return "a list" if node.value else "an empty list"
    return short(node.value) if node.value else "nothing"


def short(text: str | None) -> str:
    """A text quoted for an error, cut when long."""
    text = text or ""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return repr(cut) if text.isprintable() else ascii(cut)
