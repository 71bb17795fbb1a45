"""Reads scripted dialogues from YAML.

Every scalar stays the text that was written: ``no``, ``12:30`` and ``2026-05-03`` are words here.
The tree of YAML nodes is read directly, nothing is constructed from it, so that every error can
name its line.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import yaml

from assistant.replay.dialogue import (
    Dialogue,
    Expectations,
    Kind,
    Pattern,
    ShortTerm,
    Step,
    parse_span,
)
from assistant.replay.nodes import DialogueError, NodeReader, describe, short

__all__ = ["DialogueError", "load_dialogue", "parse_dialogue"]

LARGEST = 4_000_000
"""Bytes of the longest file that is read as a dialogue."""

_HEADER = ("name", "clock", "steps", "owner", "language", "description")
_BARE = ("restart", "new session", "kill", "undo", "sleep")
_CHOICES = {
    "answer": ("now", "then", "both", "wrong"),
    "mode": ("normal", "read-only", "off-record"),
    "model": ("parrot", "none"),
}
_SPANS = ("forget since", "forget until")
_WITH_TEXT = ("user", "remember", "forget", *_SPANS, "recall", "pin", "unpin", *_CHOICES)
_STEPS = ("user", "as NAME", "as of DATE", "edit WORDS", "advance", *_BARE, *_WITH_TEXT[1:])
_EVERY = (
    *("stored", "not stored", "memories", "short-term"),
    *("current", "superseded", "pinned", "archived", "inbox"),
)
_MAY_BE_EMPTY = ("learned", "pinned", "archived", "inbox")
_RECALL = ("recalled", "first", "not recalled", "order", "abstains")
_REPLY = ("reply", "not", "learned")
_SHORT_TERM = ("turns", "holds", "lacks", "leaves next")
_FIELDS = {
    "not": "lacks",
    "not stored": "not_stored",
    "not recalled": "not_recalled",
    "short-term": "short_term",
}


class _Loader(yaml.SafeLoader):
    """A safe loader that resolves nothing: every plain scalar is a string."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - the name and type that PyYAML asks for


def load_dialogue(path: Path) -> Dialogue:
    """Read a dialogue from a file.

    Raises:
        DialogueError: It cannot be read, is too long, or does not follow the schema.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise DialogueError(
                f"{path}: larger than {LARGEST:,} bytes, the most that a dialogue can be; split it"
            )
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise DialogueError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise DialogueError(
            f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8"
        ) from None
    return parse_dialogue(text, path)


def parse_dialogue(text: str, path: Path) -> Dialogue:
    """Read a dialogue from its text; ``path`` names it in errors.

    Raises:
        DialogueError: It does not follow the schema.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = (
            "; put a text that holds ': ' or ' #' in quotes"
            if "mapping values" in str(error.problem)
            else ""
        )
        raise DialogueError(
            f"{path}:{mark.line + 1 if mark else 1}: not YAML: {error.problem}{hint}"
        ) from None
    except yaml.YAMLError as error:
        raise DialogueError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DialogueError(f"{path}: not a dialogue: nested too deeply") from None
    return _Reader(path).dialogue(root)


class _Reader(NodeReader):
    """Reads the schema of a dialogue from the nodes of one file."""

    def dialogue(self, root: yaml.Node | None) -> Dialogue:
        if root is None:
            self.fail(None, "an empty file", f"a dialogue with {', '.join(_HEADER[:3])}")
        header = self.pairs(root, "the dialogue")
        for name, (key, _) in header.items():
            if name not in _HEADER:
                self.fail_key(key, name, _HEADER, "the dialogue")
        for name in _HEADER[:3]:
            if name not in header:
                self.fail(root, f"no {name!r} in the dialogue", f"{', '.join(_HEADER[:3])}")
        values = {
            name: self.text(value, name) for name, (_, value) in header.items() if name != "steps"
        }
        language = values.get("language")
        if language not in (None, "en", "zh"):
            self.fail(header["language"][1], short(language), "'en' or 'zh' for language")
        if not values.get("owner", "default").strip():
            self.fail(header["owner"][1], "an empty owner", "a name, or no 'owner' at all")
        steps = header["steps"][1]
        if not isinstance(steps, yaml.SequenceNode) or not steps.value:
            self.fail(steps, describe(steps), "a list of steps, each starting with '- '")
        return Dialogue(
            name=values["name"],
            clock=self.clock(header["clock"][1], values["clock"]),
            steps=tuple(self.step(node) for node in steps.value),
            path=self.path,
            owner=values.get("owner", "default"),
            language=language,
            description=values.get("description", ""),
        )

    def clock(self, node: yaml.Node, text: str) -> datetime:
        expected = "a time with an offset, such as 2026-05-03T09:00+01:00"
        try:
            clock = datetime.fromisoformat(text)
        except ValueError:
            self.fail(node, f"{short(text)} for clock", expected)
        if clock.utcoffset() is None:
            self.fail(node, f"{short(text)} for clock, without an offset", expected)
        return clock

    def step(self, node: yaml.Node) -> Step:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            if node.value not in _BARE:
                self.fail_key(node, node.value, _STEPS, "a step")
            return Step(cast(Kind, node.value), line)
        pairs = self.pairs(node, "a step")
        said = [name for name in pairs if name != "expect"]
        if len(said) != 1:
            found = " and ".join(map(repr, said)) or "only 'expect'"
            self.fail(node, f"{found} in one step", "one thing to happen; begin each with '- '")
        name = said[0]
        key, value = pairs[name]
        kind: str = "as" if re.match(r"as(\s|$)", name) else name
        kind = "as of" if re.match(r"as of\s+\d", name) else kind
        kind = "edit" if re.match(r"edit(\s|$)", name) else kind
        if kind not in ("as", "as of", "edit", "advance", *_BARE, *_WITH_TEXT):
            self.fail_key(key, name, _STEPS, "a step")
        expect = self.expectations(pairs["expect"][1], kind) if "expect" in pairs else None
        step = Step(cast(Kind, kind), line, expect=expect or Expectations())
        return self.fill(step, name, key, value)

    def fill(self, step: Step, name: str, key: yaml.Node, value: yaml.Node) -> Step:
        """The step with its text, speaker or span."""
        kind, line, expect = step.kind, step.line, step.expect
        if kind in _BARE:
            if self.scalar(value, name):
                self.fail(value, f"a value after {name!r}", f"'- {name}' alone")
            return step
        text = self.text(value, repr(name))
        if kind == "advance":
            try:
                return Step(kind, line, span=parse_span(text), expect=expect)
            except ValueError as error:
                self.fail(value, f"{short(text)} for advance", str(error).split("expected ")[-1])
        if kind == "as":
            speaker = name[2:].strip()
            if not speaker:
                self.fail(key, "'as' without a name", "'as NAME: TEXT'")
            return Step(kind, line, text=text, speaker=speaker, expect=expect)
        if kind in _SPANS:
            moment = self.moment(value, text, kind)
            if kind == "forget since" and len(text) == 10:
                moment = moment.replace(hour=0, minute=0, second=0)
            return Step(kind, line, moment=moment, expect=expect)
        if kind == "as of":
            moment = self.moment(key, name[5:].strip(), kind)
            return Step(kind, line, text=text, moment=moment, expect=expect)
        if kind == "edit":
            target = name[4:].strip()
            if not target:
                self.fail(key, "'edit' without words", "'edit WORDS OF THE MEMORY: NEW WORDS'")
            return Step(kind, line, text=text, target=target, expect=expect)
        if kind in _CHOICES and text not in _CHOICES[kind]:
            self.fail(value, f"{short(text)} for {kind}", f"one of {', '.join(_CHOICES[kind])}")
        return Step(kind, line, text=text, expect=expect)

    def moment(self, node: yaml.Node, text: str, kind: str) -> datetime:
        """A day, or a time with an offset; of a day the end, as UTC has it."""
        expected = "a day such as 2026-05-03, or a time with an offset"
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(node, f"{short(text)} after {kind!r}", expected)
        if len(text) == 10:
            return moment.replace(hour=23, minute=59, second=59, tzinfo=UTC)
        if moment.utcoffset() is None:
            self.fail(node, f"{short(text)} after {kind!r}, without an offset", expected)
        return moment

    def expectations(self, node: yaml.Node, kind: str) -> Expectations:
        pairs = self.pairs(node, "expect")
        known: tuple[str, ...] = _EVERY
        if kind in ("user", "recall", "as of"):
            known = (*_RECALL, *known)
        if kind == "user":
            known = (*_REPLY, *known)
        values: dict[str, object] = {}
        for name, (key, value) in pairs.items():
            if name not in known:
                if name in (*_REPLY, *_RECALL):
                    where = "'user'" if name in _REPLY else "'user', 'recall' and 'as of'"
                    self.fail(key, f"{name!r} after {kind!r}", f"it only after {where}")
                self.fail_key(key, name, known, "expect")
            values[_FIELDS.get(name, name)] = self.expectation(name, value)
        if not values:
            self.fail(node, "an empty expect", f"one of {', '.join(known)}")
        return Expectations(**values)  # type: ignore[arg-type]

    def expectation(self, name: str, node: yaml.Node) -> object:
        if name == "abstains":
            word = self.scalar(node, name)
            if word not in ("true", "false"):
                self.fail(node, f"{short(word)} for abstains", "true or false")
            return word == "true"
        if name == "memories":
            return self.number(node, name)
        if name == "short-term":
            return self.short_term(node)
        patterns = self.patterns(node, name, may_be_empty=name in _MAY_BE_EMPTY)
        if name == "order" and len(patterns) < 2:
            self.fail(node, "fewer than two texts for order", "two or more, best first")
        return patterns

    def short_term(self, node: yaml.Node) -> ShortTerm:
        if not isinstance(node, yaml.MappingNode):
            texts = self.patterns(node, "short-term", may_be_empty=True)
            return ShortTerm(holds=texts, empty=not texts)
        pairs = self.pairs(node, "short-term")
        for name, (key, _) in pairs.items():
            if name not in _SHORT_TERM:
                self.fail_key(key, name, _SHORT_TERM, "short-term")
        if not pairs:
            self.fail(node, "an empty short-term", f"one of {', '.join(_SHORT_TERM)}")

        def texts_of(name: str) -> tuple[Pattern, ...]:
            return self.patterns(pairs[name][1], name) if name in pairs else ()

        leaves = pairs.get("leaves next")
        return ShortTerm(
            turns=self.number(pairs["turns"][1], "turns") if "turns" in pairs else None,
            holds=texts_of("holds"),
            lacks=texts_of("lacks"),
            leaves_next=self.pattern(leaves[1], "leaves next") if leaves else None,
        )
