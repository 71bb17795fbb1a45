"""Commands about what words the replies: model, prompt."""

from __future__ import annotations

import difflib
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.errors import UsageError
from assistant.terminal.context import CommandContext
from assistant.terminal.data import Data
from assistant.terminal.keeping import keep_settings
from assistant.terminal.registry import Call
from assistant.terminal.settings import Settings

if TYPE_CHECKING:
    from assistant.responders import Responder
    from assistant.responders.model_settings import ModelSettings

_NONE = ("none", "off", "memory")
_SHOWN = 40
_OPENAI_URL = "OPENAI_BASE_URL"


def model_settings(settings: Settings, **said: str) -> ModelSettings | None:
    """The model that flags, environment and files name; None when they name none.

    Args:
        settings: Resolved.
        said: Settings of a model that win over all of them; an empty one is taken away.

    Raises:
        ConfigurationError: They cannot be used.
    """
    from assistant.responders.model_settings import ENVIRONMENT, ModelSettings

    laid_over = dict(os.environ)
    for name, variable in ENVIRONMENT.items():
        value = said.get(name, settings.given(name))
        if value == "":
            laid_over.pop(variable, None)
        elif value is not None:
            laid_over[variable] = str(value)
    return ModelSettings.from_environment(laid_over)


def make_responder(settings: Settings) -> Responder | None:
    """What words the replies; None for the built-in one. Opens no connection.

    Raises:
        ConfigurationError: The model's settings cannot be used, or its key is missing.
    """
    if not names_model(settings):
        return None
    chosen = model_settings(settings)
    if chosen is None:
        return None
    from assistant.responders.openai import connect

    return connect(chosen)


def names_model(settings: Settings) -> bool:
    """Whether anything names a model; spares the import where nothing does."""
    return any(settings.given(name) is not None for name in ("model", "base_url"))


def model(context: CommandContext, call: Call) -> Data:
    """List what the endpoint offers, or let another model word the replies."""
    assistant = context.assistant
    wanted = call.text.strip()
    if wanted.lower() in _NONE:
        from assistant.responders import MemoryResponder

        assistant.responder = MemoryResponder()
        context.output.line("Replies come from memory alone.", "note")
        if call.options["keep"]:
            keep_settings(context, {"model": "none"})
        return {"model": None, "endpoint": None, "offered": []}
    said = {}
    if wanted.startswith(("http://", "https://")):
        said["base_url"], _, wanted = (part.strip() for part in wanted.partition(" "))
    settings = _connected(context, said)
    if settings is None:
        words = f"No model server is set: {_how_to_connect()}"
        if wanted:
            raise UsageError(words[0].lower() + words[1:])
        context.output.line(f"Replies come from memory alone. {words}.", "note")
        return {"model": None, "endpoint": None, "offered": []}
    from assistant.responders.openai import connect

    responder = connect(settings)
    offered = context.models = responder.models()
    current = settings.model or offered[0]
    if not wanted and not said:
        return _list(context, settings, offered, current)
    chosen = _choose(wanted or current, offered)
    assistant.responder = connect(replace(settings, model=chosen))
    context.output.line(f"{chosen} at {settings.where} words the replies now.", "note")
    if call.options["keep"]:
        keep_settings(context, {"base_url": settings.base_url, "model": chosen})
    return {"model": chosen, "endpoint": settings.where, "offered": list(offered)}


def _connected(context: CommandContext, said: dict[str, str]) -> ModelSettings | None:
    """The settings in use; those of the flags, environment and files where memory replies."""
    responder: Any = context.assistant.responder
    now: ModelSettings | None = getattr(responder, "settings", None)
    if now is not None and not said:
        return now
    if said or context.settings.given("base_url") is not None or _OPENAI_URL in os.environ:
        return model_settings(context.settings, model="", **said)
    return None


def _how_to_connect() -> str:
    from assistant.terminal.configuration import user_file

    return (
        "give its address, such as /model http://127.0.0.1:11434/v1, or set base_url in "
        f"{user_file()} or REMEMBRANCER_BASE_URL"
    )


def _list(
    context: CommandContext, settings: ModelSettings, offered: tuple[str, ...], current: str
) -> Data:
    context.output.line(f"{settings.where} offers:", "note")
    for name in offered[:_SHOWN]:
        context.output.line(f"{'*' if name == current else ' '} {name}")
    if len(offered) > _SHOWN:
        context.output.line(f"and {len(offered) - _SHOWN} more", "note")
    in_use = getattr(context.assistant.responder, "settings", None) is not None
    return {
        "model": current if in_use else None,
        "endpoint": settings.where,
        "offered": list(offered),
    }


def _choose(wanted: str, offered: tuple[str, ...]) -> str:
    """The model meant: its name, or the beginning of only one."""
    if wanted in offered:
        return wanted
    begun = [name for name in offered if name.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    near = begun or difflib.get_close_matches(wanted[:80], offered, n=3, cutoff=0.3)
    meant = f"did you mean {' or '.join(near[:3])}?" if near else "see /model for what it offers"
    raise UsageError(f"the endpoint offers no model {wanted[:80]!r}; {meant}")


def prompt(context: CommandContext, call: Call) -> Data:
    """Show what was last sent to the model, word for word."""
    responder: Any = context.assistant.responder
    sent = getattr(responder, "last_prompt", None)
    if sent is None:
        words = "Nothing has been sent to a model."
        if getattr(responder, "settings", None) is None:
            words = "Replies come from memory alone; nothing is sent anywhere."
        context.output.line(words, "note")
        return {"messages": [], "tokens": 0, "memories": 0, "left_out": 0}
    for message in sent.messages:
        context.output.line(message.role, "heading")
        context.output.line(message.content)
    left_out = f", {sent.left_out} left out" if sent.left_out else ""
    context.output.line(
        f"about {sent.tokens:,} tokens, {len(sent.memories)} memories{left_out}", "note"
    )
    return {
        "messages": [{"role": one.role, "content": one.content} for one in sent.messages],
        "tokens": sent.tokens,
        "memories": len(sent.memories),
        "left_out": sent.left_out,
    }
