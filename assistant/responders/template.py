"""The words around the memories in a prompt, which the user can change.

A template is plain text with placeholders in braces. Knows nothing of models or memories.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..errors import ConfigurationError

PLACEHOLDERS: Final[Mapping[str, str]] = {
    "memories": "the recalled memories as quoted data; nothing when recall is not confident",
    "now": "the weekday, date and time of the turn",
    "model": "the model's name",
}
"""What a template can name, and what stands there."""

DEFAULT_TEMPLATE: Final = """\
You are an assistant in a private chat. Answer briefly, in the language of the user's last message.
It is {now}.

{memories}
"""

_NAMED = re.compile(r"\{\{(\w+)\}\}|\{(\w+)\}")
_GAPS = re.compile(r"\n{3,}")


class Template:
    """A prompt's instructions with places to fill in.

    ``{name}`` is a placeholder, ``{{name}}`` is the literal ``{name}``; other braces stay.

    >>> Template("{memories} On {now}.").fill({"memories": "A.", "now": "Sunday", "model": "m"})
    'A. On Sunday.'

    Raises:
        ConfigurationError: A placeholder is unknown, or ``{memories}`` is missing.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        named = [match.group(2) for match in _NAMED.finditer(text) if match.group(2)]
        unknown = sorted(set(named) - set(PLACEHOLDERS))
        if unknown:
            listed = ", ".join(f"{{{name}}}" for name in unknown)
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            raise ConfigurationError(
                f"the template names {listed}, expected only {known}; "
                "write {{name}} for the braces themselves"
            )
        if "memories" not in named:
            raise ConfigurationError(
                "the template has no {memories}, expected it once; "
                "without it no memory would reach the model"
            )

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with each placeholder's value; what a value holds is never filled in again."""
        filled = _NAMED.sub(lambda m: f"{{{m[1]}}}" if m[1] else values[m[2]], self.text)
        return _GAPS.sub("\n\n", filled).strip()
