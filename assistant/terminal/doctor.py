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

from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.failures import explain
from assistant.terminal.private import mode_of
from assistant.terminal.registry import Call
from assistant.terminal.settings import version

_LIBRARIES = ("numpy", "sqlalchemy", "alembic", "prompt-toolkit", "sentencepiece", "tensorflow")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its name, what was found, and what is wrong with it, if anything."""

    name: str
    value: Any
    problem: str = ""


def doctor(context: CommandContext, call: Call) -> Data:
    """Examine the installation, the store, the encoder and the device."""
    findings = [
        Finding("version", version()),
        Finding("python", f"{platform.python_version()} ({sys.executable})"),
        Finding("platform", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"),
        Finding("libraries", _libraries()),
        *_guarded("encoder", lambda: _encoder(context)),
        *_guarded("device", lambda: _device(context)),
        *_guarded("store", lambda: _store(context)),
    ]
    for finding in findings:
        context.output.line(f"{finding.name}: {_shown(finding.value)}")
        if finding.problem:
            context.output.line(f"  problem: {finding.problem}", "error")
    problems = [f"{f.name}: {f.problem}" for f in findings if f.problem]
    context.output.line(f"{len(problems)} problems found." if problems else "All is well.")
    return {
        **{finding.name.replace(" ", "_"): finding.value for finding in findings},
        "problems": problems,
    }


def _guarded(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a look found; when it fails, that is what it found."""
    try:
        return look()
    except Exception as error:
        return [Finding(name, "cannot be used", explain(error).line())]


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
    from assistant.neural import load_encoder

    encoder = load_encoder()
    return [Finding("encoder", f"{encoder.fingerprint}, {encoder.dimension} dimensions")]


def _device(context: CommandContext) -> list[Finding]:
    from assistant.neural.device import choose

    choice = choose(context.settings.runtime, context.settings.device)
    return [
        Finding("runtime", choice.runtime),
        Finding("device", f"{choice.device}: {choice.reason}"),
    ]


def _store(context: CommandContext) -> list[Finding]:
    """Where the store is, how it is kept, what is in it, and whether it is whole."""
    path = context.settings.store_path()
    if path is None:
        return [Finding("store", context.settings.store_address())]
    if not path.exists():
        return [Finding("store", f"{path} (not created yet)")]
    findings = [Finding("store", str(path)), *_modes(path)]
    from assistant.neural import load_encoder
    from storage import LongTermStore

    address = context.settings.store_address()
    with LongTermStore(address, owner=context.settings.owner, read_only=True) as store:
        fingerprints = store.fingerprints()
        own = load_encoder().fingerprint
        stale = sum(count for name, count in fingerprints.items() if name != own)
        problems = store.check()
        return [
            *findings,
            Finding("size", f"{path.stat().st_size:,} bytes"),
            Finding("schema", store.schema_revision()),
            Finding("owner", context.settings.owner),
            Finding("turns", store.count_turns()),
            Finding("memories", store.count_memories()),
            Finding("stale vectors", stale, "run 'assistant reindex'" if stale else ""),
            Finding("integrity", "ok" if not problems else "damaged", "; ".join(problems[:3])),
        ]


def _modes(path: Path) -> list[Finding]:
    """Who may read the store's files."""
    if os.name != "posix":
        return []
    files = [path.parent, path, *path.parent.glob(path.name + "[-.]*")]
    open_ones = [f for f in files[1:] if f.stat().st_mode & 0o077]
    problem = f"others can read {open_ones[0]}; chmod 600 it" if open_ones else ""
    return [Finding("mode", f"{mode_of(path)} in a directory {mode_of(path.parent)}", problem)]
