"""The command doctor: what runs here, where the memory lies, and whether anything is wrong.

Looks without touching: a store that does not exist is not created, one that does is only read.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ConfigurationError, UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.failures import CORRUPT, explain
from assistant.terminal.private import mode_of
from assistant.terminal.registry import Call
from assistant.terminal.settings import version

_LIBRARIES = ("numpy", "sqlalchemy", "alembic", "prompt-toolkit", "sentencepiece", "tensorflow")
_GPU_WAIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, what was found, and what is wrong with it, if anything.

    ``exit_code`` is what the command ends with when this is the first thing that is wrong.
    """

    name: str
    value: Any
    problem: str = ""
    exit_code: int = ConfigurationError.exit_code


def doctor(context: CommandContext, call: Call) -> Data:
    """Examine the installation, the store, the encoder and the device."""
    encoder = _guarded("encoder", lambda: _encoder(context))
    own = encoder[0].value if not encoder[0].problem else None
    findings = [
        Finding("version", version()),
        Finding("python", f"{platform.python_version()} ({sys.executable})"),
        Finding("platform", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"),
        Finding("libraries", _libraries()),
        *encoder,
        *_guarded("device", lambda: _device(context)),
        *_guarded("store", lambda: _store(context, own)),
    ]
    for finding in findings:
        context.output.line(f"{finding.name}: {_shown(finding.value)}")
        if finding.problem:
            context.output.line(f"  problem: {finding.problem}", "error")
    problems = [finding for finding in findings if finding.problem]
    counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    context.output.line(f"{counted} found." if problems else "All is well.")
    if problems:
        context.exit_code = problems[0].exit_code
    return {
        **{finding.name.replace(" ", "_"): finding.value for finding in findings},
        "problems": [f"{finding.name}: {finding.problem}" for finding in problems],
    }


def _guarded(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a look found; when it fails, that is what it found."""
    try:
        return look()
    except Exception as error:
        failure = explain(error)
        return [Finding(name, "cannot be used", failure.line(), failure.exit_code)]


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {found}" for name, found in value.items()) or "none"
    return str(value)


def _libraries() -> dict[str, str]:
    """Installed versions, without importing anything."""
    import sqlite3
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    found = {"sqlite": sqlite3.sqlite_version}
    for name in _LIBRARIES:
        try:
            found[name] = installed(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _encoder(context: CommandContext) -> list[Finding]:
    """The encoder, really loaded; on a GPU, the one that takes over there is waited for."""
    import sqlite3  # noqa: F401 (TensorFlow has one without FTS5 in it: the first loaded wins)

    from assistant.neural import load_encoder

    encoder = load_encoder(runtime=context.settings.runtime, device=context.settings.device)
    problem = ""
    wait = getattr(encoder, "wait", None)
    if wait is not None and not wait(_GPU_WAIT_S):
        problem = f"Keras cannot run there, NumPy goes on: {getattr(encoder, 'problem', None)}"
    return [
        Finding("encoder", encoder.fingerprint),
        Finding("dimension", encoder.dimension),
        Finding("runs on", getattr(encoder, "runtime", "unknown"), problem),
    ]


def _device(context: CommandContext) -> list[Finding]:
    from assistant.neural.device import choose

    choice = choose(context.settings.runtime, context.settings.device)
    return [
        Finding("runtime", choice.runtime),
        Finding("device", choice.device),
        Finding("why", choice.reason),
    ]


def _store(context: CommandContext, own: str | None) -> list[Finding]:
    """Where the store is, how it is kept, what is in it, and whether it is whole.

    Args:
        context: Names the store.
        own: Fingerprint of the encoder; None when it cannot be used.
    """
    settings = context.settings
    path = settings.store_path()
    if path is not None and not path.exists():
        return [Finding("store", str(path)), Finding("created", "not yet")]
    from storage import LongTermStore

    if path is None:
        try:
            LongTermStore(settings.store_address()).close()
        except ValueError as error:
            raise UsageError(str(error)) from error
        return [Finding("store", settings.store_address())]
    findings = [Finding("store", str(path)), *_modes(path)]
    with LongTermStore(settings.store_address(), owner=settings.owner, read_only=True) as store:
        wrong = store.check()
        stale = len(store.stale(own)) if own is not None else 0
        return [
            *findings,
            Finding("size", path.stat().st_size),
            Finding("schema", store.schema_revision()),
            Finding("owner", settings.owner),
            Finding("turns", store.count_turns()),
            Finding("memories", store.count_memories()),
            Finding("stale vectors", stale, "run 'assistant reindex'" if stale else ""),
            Finding("integrity", "damaged" if wrong else "ok", "; ".join(wrong[:3]), CORRUPT),
        ]


def _modes(path: Path) -> list[Finding]:
    """Who may read the store's files."""
    if os.name != "posix":
        return []
    files = [path.parent, path, *path.parent.glob(path.name + "[-.]*")]
    open_ones = [f for f in files[1:] if f.stat().st_mode & 0o077]
    problem = f"others can read {open_ones[0]}; chmod 600 it" if open_ones else ""
    return [Finding("mode", f"{mode_of(path)} in a directory {mode_of(path.parent)}", problem)]
