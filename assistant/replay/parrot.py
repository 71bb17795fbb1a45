"""A language model that talks too much: it says again what it is shown, as its own words.

Stands in for a model in dialogues and soaks. Nothing that it says may become a fact.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.responders import Request

_OPENINGS = ("I remember: ", "As I said before, ", "Yes. ", "\u6211\u8bb0\u5f97\uff1a")


class Parrot:
    """A responder that repeats the best recollections, and the user's words where there are none.

    >>> Parrot().name, Parrot().recites
    ('parrot', False)
    """

    name = "parrot"
    recites = False

    def __init__(self) -> None:
        self._said = 0

    def respond(self, request: Request) -> Iterator[str]:
        """The recollections, one after the other, as statements of its own."""
        self._said += 1
        yield _OPENINGS[self._said % len(_OPENINGS)]
        texts = [hit.text for hit in request.recollections[:3]] or [request.text]
        for text in texts:
            yield f"{text} "
