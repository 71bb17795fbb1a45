"""Commands about the program itself: completion, for shells, and manual pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.registry import Call

_SHELLS = {
    "bash": 'eval "$(assistant completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(assistant completion zsh)"   # in ~/.zshrc',
    "fish": "assistant completion fish > ~/.config/fish/completions/assistant.fish",
}
PROGRAMS = ("assistant", "remembrancer")


def completion(context: CommandContext, call: Call) -> Data:
    """Print what a shell reads to complete commands, options and files."""
    shell = call.text.strip().lower()
    if shell not in _SHELLS:
        raise UsageError(f"completion knows no {shell[:40]!r}; expected {', '.join(_SHELLS)}")
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # click knows these three
    program: Any = None  # only its name goes into the script
    scripts = []
    for name in PROGRAMS:
        script = made(program, {}, name, f"_{name.upper()}_COMPLETE")
        scripts.append(script.source_template % script.source_vars())
    text = "\n".join(scripts)
    context.output.line(text)
    return {"shell": shell, "script": text, "install": _SHELLS[shell]}


def manual(context: CommandContext, call: Call) -> Data:
    """Print the manual page, or write one for the program and one for each command."""
    from assistant.terminal.manual import command_page, program_page

    if not call.text:
        page = program_page(context.registry)
        context.output.line(page)
        return {"pages": {"assistant.1": page}}
    directory = Path(call.text).expanduser()
    pages = {"assistant.1": program_page(context.registry)}
    for command in context.registry.of("shell"):
        pages[f"assistant-{command.name}.1"] = command_page(command)
    if directory.exists() and not directory.is_dir():
        raise UsageError(f"{directory} is a file; expected a folder to write the pages into")
    directory.mkdir(parents=True, exist_ok=True)
    for name, page in pages.items():
        (directory / name).write_text(page + "\n", "utf-8")
    context.output.line(f"{len(pages)} pages written to {directory}.")
    return {"directory": str(directory), "pages": sorted(pages)}
