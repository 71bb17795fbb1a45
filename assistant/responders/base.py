"""What a responder is given and what it gives: the seam between memory and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..turn import Recollections, Turn


@dataclass(frozen=True, slots=True)
class Request:
    """A turn that wants a reply, and everything known about it.

    Args:
        text: What was said, verbatim.
        speaker: Who said it; "I" in it is this speaker.
        question: The text with an ellipsis completed: "Where does Eva live?" for "And Eva?".
        recollections: What the completed question brought back, best first.
        short_term: Earlier turns still in the buffer, oldest first, each with its time.
        learned: Words of this turn that will be kept; empty for questions and small talk.
        now: The moment of the turn, in the offset of the speaker.
        mention_model: Say once how to connect a language model.
    """

    text: str
    speaker: str
    question: str
    recollections: Recollections
    short_term: tuple[Turn, ...]
    learned: tuple[str, ...]
    now: datetime
    mention_model: bool


class Responder(Protocol):
    """Words a reply."""

    @property
    def name(self) -> str:
        """What it is called in the terminal."""
        ...

    @property
    def recites(self) -> bool:
        """Whether replies only repeat what memory holds, so that they are never learned again."""
        ...

    def respond(self, request: Request) -> Iterator[str]:
        """Pieces of the reply; joined, they are the whole of it.

        The iterator may say of its one reply: ``recites``, as above; ``used``, the recollections
        that it quotes or cites; ``mentioned_model``, whether it said how to connect a model. One
        with ``close()`` is closed when nobody listens any more.
        """
        ...
