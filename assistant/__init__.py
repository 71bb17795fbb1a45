"""Remembrancer: a chat assistant that remembers.

    from assistant import Assistant

    with Assistant("me.db") as a:
        a.reply("My dog is called Biscuit.")
        print(a.reply("What is my dog called?"))

The names below are the public surface. They are loaded when first used, so that
``import assistant`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.config import Config
    from assistant.encoder import Encoder, Observation, SessionNetwork, State
    from assistant.errors import (
        AssistantError,
        CheckpointError,
        ConfigurationError,
        ModelError,
        ReplayFailed,
        StaleEmbeddings,
        UsageError,
    )
    from assistant.responders import Request, Responder
    from assistant.short_term import BufferedTurn, ShortTermMemory
    from assistant.sleeping import SleepReport
    from assistant.turn import Recollection, Recollections, Reply, ResolvedDate, Turn

__version__ = "0.1.0"

_HOME = {
    "Assistant": "assistant.assistant",
    "AssistantError": "assistant.errors",
    "BufferedTurn": "assistant.short_term",
    "CheckpointError": "assistant.errors",
    "Config": "assistant.config",
    "ConfigurationError": "assistant.errors",
    "Encoder": "assistant.encoder",
    "ModelError": "assistant.errors",
    "Observation": "assistant.encoder",
    "Recollection": "assistant.turn",
    "Recollections": "assistant.turn",
    "ReplayFailed": "assistant.errors",
    "Reply": "assistant.turn",
    "Request": "assistant.responders",
    "ResolvedDate": "assistant.turn",
    "Responder": "assistant.responders",
    "SessionNetwork": "assistant.encoder",
    "ShortTermMemory": "assistant.short_term",
    "SleepReport": "assistant.sleeping",
    "StaleEmbeddings": "assistant.errors",
    "State": "assistant.encoder",
    "Turn": "assistant.turn",
    "UsageError": "assistant.errors",
}

__all__ = [
    "Assistant",
    "AssistantError",
    "BufferedTurn",
    "CheckpointError",
    "Config",
    "ConfigurationError",
    "Encoder",
    "ModelError",
    "Observation",
    "Recollection",
    "Recollections",
    "ReplayFailed",
    "Reply",
    "Request",
    "ResolvedDate",
    "Responder",
    "SessionNetwork",
    "ShortTermMemory",
    "SleepReport",
    "StaleEmbeddings",
    "State",
    "Turn",
    "UsageError",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
