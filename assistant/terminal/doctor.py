"""The command doctor: what runs here, where the memory lies, and whether anything is wrong.

Looks without touching: a store that does not exist is not created, one that does is only read.
With --fix it then does what is safe and its own to do, and looks again; the rest it only names.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from assistant.errors import ModelError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.failures import explain
from assistant.terminal.finding import Finding
from assistant.terminal.output import is_plain_terminal
from assistant.terminal.registry import Call
from assistant.terminal.settings import version
from assistant.terminal.store_findings import examine_store

_LIBRARIES = ("numpy", "sqlalchemy", "alembic", "prompt-toolkit", "sentencepiece", "tensorflow")
_GPU_WAIT_S = 120.0
_REMEDIES = {
    "encoder": "install the package anew: its files are not whole",
    "device": "run 'assistant device cpu --keep'",
    "terminal": "set TERM and a UTF-8 locale, such as LC_ALL=C.UTF-8",
    "model": "start its server, or correct base_url: 'assistant config show' says where it is set",
    "store": "name another file with --store",
}
_MODEL_WAIT_S = 8.0  # nobody is chatting: a busy server may take its time


def doctor(context: CommandContext, call: Call) -> Data:
    """Examine the installation, the store, the encoder, the device, the model and the terminal."""
    fixed: list[str] = []
    if call.options["fix"]:
        context.require_writing()
        fixed = _fix(context, _examine(context))
    findings = _examine(context)
    for finding in findings:
        context.output.line(f"{finding.name}: {_shown(finding.value)}")
        if finding.problem:
            context.output.line(f"  problem: {finding.problem}", "error")
        if finding.remedy:
            by_itself = f" ({context.sign}doctor --fix does)" if finding.fix else ""
            context.output.line(f"  remedy: {finding.remedy}{by_itself}", "note")
    for did in fixed:
        context.output.line(f"fixed: {did}")
    problems = [finding for finding in findings if finding.problem]
    counted = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    context.output.line(f"{counted} found." if problems else "All is well.")
    if problems:
        context.exit_code = max(finding.exit_code for finding in problems)  # the gravest
    return {
        **{finding.name.replace(" ", "_"): finding.value for finding in findings},
        "problems": [f"{finding.name}: {finding.problem}" for finding in problems],
        "remedies": {f.name.replace(" ", "_"): f.remedy for f in findings if f.remedy},
        "fixed": fixed,
    }


def _fix(context: CommandContext, findings: list[Finding]) -> list[str]:
    """Do what can be done, each thing once; what fails is said, and is found again."""
    did = []
    for finding in {one.fix: one for one in findings if one.fix is not None}.values():
        if finding.fix is not None:
            try:
                did.append(finding.fix())
            except Exception as error:
                context.output.error(f"{finding.name}: {explain(error).line()}")
    return did


def _examine(context: CommandContext) -> list[Finding]:
    encoder = _guarded("encoder", lambda: _encoder(context))
    own = encoder[0].value if not encoder[0].problem else None
    return [
        Finding("version", version()),
        Finding("python", f"{platform.python_version()} ({sys.executable})"),
        Finding("platform", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"),
        Finding("libraries", _libraries()),
        *encoder,
        *_guarded("device", lambda: _device(context)),
        *_guarded("terminal", _terminal),
        *_guarded("model", lambda: _model(context)),
        *_guarded("store", lambda: examine_store(context, own)),
    ]


def _terminal() -> list[Finding]:
    """What is printed to, and whether it can show Chinese."""
    import shutil

    encoding = (sys.stdout.encoding or "unknown").lower()
    kind = os.environ.get("TERM", "") or "none"
    if sys.stdout.isatty():
        size = shutil.get_terminal_size()
        kind += f", {size.columns} by {size.lines}"
        kind += ", no colours" if is_plain_terminal() else ", colours"
    plain = encoding.replace("-", "") in ("utf8", "utf8sig")
    problem = "" if plain else f"its encoding is {encoding}: much text cannot be shown"
    remedy = "" if plain else "set a UTF-8 locale, such as LC_ALL=C.UTF-8"
    return [Finding("terminal", f"{kind}, {encoding}", problem, remedy=remedy)]


def _model(context: CommandContext) -> list[Finding]:
    """The model that is configured, really asked what it offers; nothing is asked without one."""
    from assistant.terminal.model_commands import model_settings, names_model

    settings = model_settings(context.settings) if names_model(context.settings) else None
    if settings is None:
        return [Finding("model", "none, replies come from memory")]
    from assistant.responders.openai import connect

    patient = replace(settings, alive_s=max(settings.alive_s, _MODEL_WAIT_S))
    offered = connect(patient).models()
    where, wanted = settings.where, settings.model
    if wanted and wanted not in offered:
        return [
            Finding(
                "model",
                f"{wanted} at {where}",
                f"{where} offers no {wanted}, but {', '.join(offered[:5])}",
                ModelError.exit_code,
                remedy="choose one: /model NAME --keep in the chat",
            )
        ]
    return [Finding("model", f"{wanted or offered[0]} at {where}")]


def _guarded(name: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What a look found; when it fails, that is what it found."""
    try:
        return look()
    except Exception as error:
        failure = explain(error)
        remedy = _REMEDIES[name]
        return [Finding(name, "cannot be used", failure.line(), failure.exit_code, remedy)]


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
        Finding(
            "runs on",
            getattr(encoder, "runtime", "unknown"),
            problem,
            remedy=_REMEDIES["device"] if problem else "",
        ),
    ]


def _device(context: CommandContext) -> list[Finding]:
    from assistant.neural.device import choose

    choice = choose(context.settings.runtime, context.settings.device)
    return [
        Finding("runtime", choice.runtime),
        Finding("device", choice.device),
        Finding("why", choice.reason),
    ]
