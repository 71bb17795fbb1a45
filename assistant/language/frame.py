"""A frame: the form of one clause, filled. The common result of both languages' readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Stands for the value in a question made into a statement ("my dog is called <SLOT>"); a letter
# of no living language, so that it is read as a word.
SLOT = "ꙮ"


@dataclass(frozen=True, slots=True)
class Frame:
    """A clause read.

    Args:
        entity: Who or what, in lower case, from the speaker's point of view: "i", "my dog".
        relation: "called", "live in", "is name" ...
        value: The words that fill it, verbatim.
        exclusive: A second value replaces the first.
    """

    entity: str
    relation: str
    value: str
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Raw:
    """A question read, before it is known who asks. Fields as those of ``asked.Asked``."""

    wanted: Literal["value", "who", "when", "list", "check", "said", "request", "other"]
    frame: Frame | None = None
    topic: str = ""
    teller: str = ""
    former: bool = False
    many: bool = False
