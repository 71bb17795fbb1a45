"""Manual pages, in the language of man, written from the registry."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.terminal.configuration import PROJECT_FILE, SETTINGS
from assistant.terminal.registry import Command, Registry
from assistant.terminal.settings import version

_GLOBAL = (
    ("--store PATH", "The memory's file."),
    ("--owner NAME", "Whose memory."),
    ("--runtime numpy|keras", "What runs the LSTMs."),
    ("--device auto|cpu|gpu", "Where they run."),
    ("--model NAME", "Which language model words the replies."),
    ("--read-only", "Recall, but write nothing."),
    ("--off-record", "Keep nothing, anywhere."),
    ("--json", "Print one JSON object."),
)
_EXIT = (
    ("0", "ok"),
    ("1", "a bug"),
    ("2", "usage"),
    ("3", "configuration"),
    ("4", "the language model did not answer"),
    ("5", "the store is locked or read-only"),
    ("6", "the store or a weights file is corrupt"),
    ("7", "the store was written by a newer version"),
    ("8", "a dialogue did not go as written"),
    ("130", "interrupted"),
    ("141", "the reader of a pipe went away"),
)


def program_page(registry: Registry) -> str:
    """The page assistant(1)."""
    usages = [(f"assistant {command.usage()}", command) for command in registry.of("shell")]
    slashed = [(f"/{command.usage()}", command.help + ".") for command in registry.of("chat")]
    return "\n".join(
        [
            _title("assistant"),
            _section("NAME", "assistant, remembrancer \\- a chat assistant that remembers"),
            _section("SYNOPSIS", "\\fBassistant\\fR [OPTION...] [COMMAND [ARGUMENT...]]"),
            _section("DESCRIPTION", _plain("Alone, opens the chat. From a pipe: a turn a line.")),
            ".SH COMMANDS",
            *_items((usage, _described(command)) for usage, command in usages),
            ".SH IN THE CHAT",
            *_items(slashed),
            ".SH OPTIONS",
            *_items(_GLOBAL),
            ".SH SETTINGS",
            _plain(
                "A flag, else REMEMBRANCER_NAME in the environment, else NAME in "
                f"{PROJECT_FILE} here or above, else in the user's config.toml "
                "(assistant config path)."
            ),
            *_items((setting.name, setting.help + ".") for setting in SETTINGS),
            ".SH EXIT STATUS",
            *_items(_EXIT),
        ]
    )


def command_page(command: Command) -> str:
    """The page assistant-COMMAND(1)."""
    options = [(", ".join(option.flags), option.help + ".") for option in command.options]
    return "\n".join(
        [
            _title(f"assistant-{command.name}"),
            _section("NAME", f"assistant-{command.name} \\- {_plain(command.help.lower())}"),
            _section("SYNOPSIS", f"\\fBassistant\\fR {_plain(command.usage())}"),
            _section("DESCRIPTION", _plain(_described(command))),
            ".SH OPTIONS",
            *_items([*options, *_GLOBAL]),
            _section("SEE ALSO", "\\fBassistant\\fR(1)"),
        ]
    )


def _described(command: Command) -> str:
    return command.help + "." + (f" {command.details}" if command.details else "")


def _title(name: str) -> str:
    return f'.TH "{name.upper()}" "1" "" "remembrancer {_plain(version())}"'


def _section(name: str, text: str) -> str:
    return f".SH {name}\n{text}"


def _items(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [f".TP\n\\fB{_plain(name)}\\fR\n{_plain(text)}" for name, text in pairs]


def _plain(text: str) -> str:
    """The text with nothing in it that roff obeys."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text
