"""The lines that say in a reply that a model failed, and how to take them out again.

They are for people: a model that is shown the conversation later does not get to read them.
"""

from __future__ import annotations

import re

from ..errors import ModelError
from ..language import Language

_CUT = {"en": " … [cut off]", "zh": " …[回答中断]"}
_FROM_MEMORY = {"en": "From memory:", "zh": "以下凭记忆回答："}
_WHOLE_LINE = re.compile(
    r"^\[.*(?:" + "|".join(map(re.escape, _FROM_MEMORY.values())) + r")\]\n?", re.MULTILINE
)


def cut_off(language: Language) -> str:
    """What ends a partial reply."""
    return _CUT[language]


def from_memory(error: ModelError, language: Language) -> str:
    """The line between what the model did not say and what memory answers.

    >>> from_memory(ModelError("no model server at a:1"), "en")
    '[No model server at a:1. From memory:]'
    """
    said = " ".join(str(error).split()).rstrip(".")
    return f"[{said[:1].upper()}{said[1:]}. {_FROM_MEMORY[language]}]"


def without_notices(text: str) -> str:
    """A reply without such lines and marks.

    >>> without_notices("Hel … [cut off]\\n[It closed the connection. From memory:]\\nHello!")
    'Hel …\\nHello!'
    """
    text = _WHOLE_LINE.sub("", text)
    for mark in _CUT.values():
        text = text.replace(mark, " …")
    return text
