"""Commands about files: replay, eval, export. Their work is imported when they run."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.display import several
from assistant.terminal.progress import progress_bar
from assistant.terminal.registry import Call


def replay(context: CommandContext, call: Call) -> Data:
    """Replay scripted dialogues; says what differed and what was there instead.

    Raises:
        ReplayFailed: One did not go as written.
    """
    from assistant.replay import as_json, raise_if_failed, render, run_files

    results = run_files([Path(word) for word in call.words])
    context.output.line(render(results, verbose=call.options["verbose"]))
    data = as_json(results)
    context.partial = data
    raise_if_failed(results)
    return data


def evaluate(context: CommandContext, call: Call) -> Data:
    """Measure recall on a file of conversations with questions, in temporary stores."""
    path = Path(call.text).expanduser()
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UsageError(f"{path} is a pipe or a device; expected a file, for it is read twice")
    path.open("rb").close()  # a wrong name is told before the models are loaded
    from assistant.training.evaluation import as_json, evaluate_file, render

    with progress_bar("Measured") as bar:
        evaluation = evaluate_file(
            path,
            keep_all=call.options["keep_all"],
            curve=call.options["curve"],
            progress=bar.say,
        )
    context.output.line(render(evaluation))
    return as_json(evaluation)


def export(context: CommandContext, call: Call) -> Data:
    """Write everything said as JSON lines, into a file or to a pipe."""
    from assistant.transfer import export_file, export_lines

    store, owner = context.assistant.store, context.settings.owner
    if call.text in ("", "-"):
        if context.settings.json or context.place == "chat" or sys.stdout.isatty():
            pipe = ", or a pipe to write into" if context.place == "shell" else ""
            raise UsageError(f"{context.sign}export needs a FILE{pipe}")
        out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="\n", write_through=True)
        try:
            return {"path": None, "turns": export_lines(store, owner, out)}
        finally:
            out.detach()
    path = Path(call.text).expanduser()
    if path.is_dir():
        raise UsageError(f"{path} is a folder; expected a file, such as {path / 'memory.jsonl'}")
    if path.exists() and not call.options["force"]:
        raise UsageError(f"{path} exists already; give another name, or add --force")
    count = export_file(store, owner, path)
    context.output.line(f"{several(count, 'turn')} written to {path}.")
    return {"path": str(path), "turns": count}
