"""Scripted dialogues: conversations with what is expected of them, replayed as tests.

``reader`` reads them, ``runner`` runs them, ``report`` shows what came of it, ``recorder``
writes a live session as one, ``pytest_plugin`` makes each a test.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.replay.dialogue import Dialogue, Expectations, Pattern, ShortTerm, Step
    from assistant.replay.reader import DialogueError, load_dialogue, parse_dialogue
    from assistant.replay.recorder import Recorder
    from assistant.replay.report import as_json, raise_if_failed, render
    from assistant.replay.runner import (
        DialogueResult,
        StepResult,
        find_dialogues,
        run_dialogue,
        run_files,
    )

_HOMES = {
    "Dialogue": "dialogue",
    "DialogueError": "reader",
    "DialogueResult": "runner",
    "Expectations": "dialogue",
    "Pattern": "dialogue",
    "Recorder": "recorder",
    "ShortTerm": "dialogue",
    "Step": "dialogue",
    "StepResult": "runner",
    "as_json": "report",
    "find_dialogues": "runner",
    "load_dialogue": "reader",
    "parse_dialogue": "reader",
    "raise_if_failed": "report",
    "render": "report",
    "run_dialogue": "runner",
    "run_files": "runner",
}

__all__ = [
    "Dialogue",
    "DialogueError",
    "DialogueResult",
    "Expectations",
    "Pattern",
    "Recorder",
    "ShortTerm",
    "Step",
    "StepResult",
    "as_json",
    "find_dialogues",
    "load_dialogue",
    "parse_dialogue",
    "raise_if_failed",
    "render",
    "run_dialogue",
    "run_files",
]


def __getattr__(name: str) -> Any:
    # Every pytest run of an environment with the plugin imports this package: keep it light.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"assistant.replay.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
