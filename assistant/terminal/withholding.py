"""Asks before a secret is kept, and says in one line when one was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.config import Secrecy
from assistant.terminal.context import CommandContext

if TYPE_CHECKING:
    from assistant.secrets import Secret


def secrecy_for(context: CommandContext, text: str) -> Secrecy | None:
    """What the user wants done with the secrets in a text; None leaves it to the settings."""
    if context.ask is None or context.assistant.config.secrets != "ask":
        return None
    from assistant.language.text import has_han
    from assistant.secrets import find_secrets, name_secrets

    secrets = find_secrets(text)
    if not secrets:
        return None
    if has_han(text):
        question = f"这里好像有{name_secrets(secrets, chinese=True)}。要存进记忆里吗？"
    else:
        question = f"This seems to hold {name_secrets(secrets)}. Keep it in memory?"
    return "store" if context.ask(question) else "mask"


def tell_withheld(context: CommandContext, secrets: Sequence[Secret], text: str) -> None:
    """Say that secrets were masked in what was kept, where a person or a log can see it."""
    if not secrets or context.settings.json:
        return
    from assistant.language.text import has_han
    from assistant.secrets import name_secrets

    if has_han(text):
        said = f"未保存：{name_secrets(secrets, chinese=True)}。"
    else:
        said = f"not kept: {name_secrets(secrets)}"
    if context.output.columns is not None:
        context.output.line(said, "note")
    else:
        context.output.error(f"assistant: {said}")
