"""Keeps a setting for always: writes it into the user's file and leaves the rest as it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ConfigurationError
from assistant.terminal.configuration import user_file
from assistant.terminal.private import make_private

if TYPE_CHECKING:
    from assistant.terminal.context import CommandContext


def keep(settings: Mapping[str, str]) -> Path:
    """Set these in the user's file, where they stand or at its end; the file.

    Raises:
        ConfigurationError: The file cannot be read or written, or is written in a way that a line
            cannot be changed in.
    """
    import tomllib

    path = user_file().resolve()  # a link stays one
    try:
        text = path.read_text("utf-8-sig") if path.exists() else ""
        before = tomllib.loads(text)
        for name, value in settings.items():
            text = _set(text, name, f"{name} = {json.dumps(value, ensure_ascii=False)}")
        if tomllib.loads(text) != {**before, **settings}:
            raise ValueError("a setting spans several lines")
        beside = path.with_name(path.name + ".new")
        make_private(beside)
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except (OSError, ValueError) as error:  # TOML's and Unicode's complaints are ValueErrors
        raise ConfigurationError(
            f"{path} cannot be changed ({error}); see it with: assistant config edit"
        ) from error
    return path


def keep_settings(context: CommandContext, settings: Mapping[str, str]) -> None:
    """Keep what a command has just changed, and say where."""
    path = keep(settings)
    context.output.line(f"Kept in {path}.", "note")


def _set(text: str, name: str, line: str) -> str:
    """The text with the line in the place of the setting's own, else of its comment."""
    for sign in ("", "#"):
        found = re.compile(rf"^{sign}[ \t]*{name}[ \t]*=.*$", re.MULTILINE)
        if found.search(text):
            return found.sub(lambda _: line, text, count=1)
    return text + ("" if not text or text.endswith("\n") else "\n") + line + "\n"
