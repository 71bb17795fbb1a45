"""The command config: what is set and by what, which files say so, and an editor for them."""

from __future__ import annotations

import os
import sys

from assistant.errors import UsageError
from assistant.terminal.configuration import SETTINGS, project_file, resolve, user_file
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.output import Column
from assistant.terminal.private import make_private
from assistant.terminal.registry import Call

_WHAT = ("show", "path", "edit")


def config(context: CommandContext, call: Call) -> Data:
    """Show the settings with their origins, name the files, or open the user's in an editor."""
    what = call.text or "show"
    if what not in _WHAT:
        raise UsageError(f"config {what[:40]!r} is not known; expected {', '.join(_WHAT)}")
    if what == "edit":
        return _edit(context)
    if what == "path":
        return _path(context)
    return _show(context)


def _show(context: CommandContext) -> Data:
    values = resolve(context.settings.flags)
    default = {"store": context.settings.store_address()}
    rows = []
    for setting in SETTINGS:
        found = values[setting.name]
        value = default.get(setting.name) if found.value is None else found.value
        by = found.origin + (f" ({found.place})" if found.place else "")
        rows.append([setting.name, by, "not set" if value is None else str(value)])
    context.output.table([Column("setting"), Column("set by"), Column("value")], rows)
    return {
        "settings": {
            setting.name: {
                "value": values[setting.name].value,
                "origin": values[setting.name].origin,
                "place": values[setting.name].place,
                "variable": setting.variable,
                "help": setting.help,
            }
            for setting in SETTINGS
        }
    }


def _path(context: CommandContext) -> Data:
    user, project = user_file(), project_file()
    context.output.line(str(user))
    if project is not None:
        context.output.line(str(project))
    return {
        "user": str(user),
        "user_exists": user.exists(),
        "project": None if project is None else str(project),
    }


def _edit(context: CommandContext) -> Data:
    """Open the user's file, made with every setting as a comment; then say what is wrong in it."""
    path = user_file()
    if context.settings.json or not sys.stdin.isatty():
        raise UsageError(f"config edit needs a terminal; the file is {path}")
    import click

    if not path.exists():
        make_private(path)
        path.write_text(empty_file(), "utf-8")
    click.edit(filename=str(path))
    resolve({}, os.environ)
    context.output.line(f"{path} is in order.", "note")
    return {"path": str(path)}


def empty_file() -> str:
    """A file that sets nothing yet and tells what can be set."""
    lines = ["# Settings of Remembrancer. Take away a # to set one.", ""]
    for setting in SETTINGS:
        choice = "" if isinstance(setting.kind, str) else f": {', '.join(setting.kind)}"
        lines.append(f"# {setting.help}{choice}")
        default = setting.default
        shown = str(default) if isinstance(default, (int, float)) else f'"{default or ""}"'
        lines += [f"#{setting.name} = {shown}", ""]
    return "\n".join(lines)
