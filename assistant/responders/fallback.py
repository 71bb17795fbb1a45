"""A model first; when it fails, memory answers in the same turn.

What the model said stays, marked as cut off; one line says what went wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from ..errors import ModelError
from ..language import Language
from ..turn import Recollection
from .base import Request, Responder
from .citing import cited
from .exchange import Stopped
from .model_settings import ModelSettings
from .notices import cut_off, from_memory
from .prompt import Prompt


class Model(Responder, Protocol):
    """A responder that asks a language model."""

    settings: ModelSettings
    last_prompt: Prompt | None

    def models(self) -> tuple[str, ...]:
        """What its endpoint offers."""
        ...

    def stop(self) -> None:
        """End the reply under way, from any thread."""
        ...

    def forget_prompt(self) -> None:
        """Let go of the last prompt."""
        ...


class FallbackResponder:
    """Words replies with a model while it answers, and from memory when it does not.

    Args:
        model: Asked first.
        memory: Answers when the model fails.
        language_of: Which language the line about the failure is in.
    """

    recites = False

    def __init__(
        self, model: Model, memory: Responder, language_of: Callable[[str], Language]
    ) -> None:
        self.model = model
        self.memory = memory
        self.last_error: ModelError | None = None
        self.given_up = False
        """Whether the reply under way is memory's to make; set by ``give_up`` until it is made."""
        self._language_of = language_of

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def settings(self) -> ModelSettings:
        """The model's settings, with its name once it is known."""
        return self.model.settings

    @property
    def last_prompt(self) -> Prompt | None:
        """What the model was last shown."""
        return self.model.last_prompt

    def models(self) -> tuple[str, ...]:
        """What the endpoint offers.

        Raises:
            ModelError: It did not say.
        """
        return self.model.models()

    def stop(self) -> None:
        """End the reply under way, from any thread; its iterator raises, memory does not answer."""
        self.model.stop()

    def give_up(self) -> None:
        """Wait no longer for the reply under way, from any thread: memory answers it."""
        self.given_up = True
        self.model.stop()

    def forget_prompt(self) -> None:
        """Let go of the last prompt, which quotes memories."""
        for responder in (self.model, self.memory):
            forget: Callable[[], None] | None = getattr(responder, "forget_prompt", None)
            if forget is not None:
                forget()

    def respond(self, request: Request) -> FallbackReply:
        """The model's reply; from where it fails on, the line that says so and memory's."""
        return FallbackReply(self, request, self._language_of(request.text))


class FallbackReply(Iterator[str]):
    """One reply, piece by piece.

    Args:
        responder: Whose reply it is; its ``last_error`` is set.
        request: The turn.
        language: Of the line about a failure.
    """

    def __init__(self, responder: FallbackResponder, request: Request, language: Language) -> None:
        self.recites = False
        """Whether it is wholly memory's, so that it is never learned again."""
        self.used: tuple[Recollection, ...] = ()
        """The recollections that it cites or quotes, once it has ended."""
        self._pieces = self._say(responder, request, language)

    def __next__(self) -> str:
        return next(self._pieces)

    def close(self) -> None:
        """Stop here; shuts the connection to the model."""
        self._pieces.close()  # type: ignore[attr-defined]

    def _say(
        self, responder: FallbackResponder, request: Request, language: Language
    ) -> Iterator[str]:
        said = ""
        try:
            if responder.given_up:
                raise Stopped
            pieces = responder.model.respond(request)
            try:
                for piece in pieces:
                    said += piece
                    yield piece
            finally:
                self.used = _cited(said, request, responder.model.last_prompt)
                close = getattr(pieces, "close", None)
                if close is not None:
                    with suppress(ModelError):
                        close()
            if not said:
                raise ModelError(
                    f"the model {responder.model.name} gave an empty reply; "
                    "try another one, or raise REMEMBRANCER_REPLY_TOKENS"
                )
            responder.last_error = None
            return
        except ModelError as error:
            responder.last_error = error
        except Stopped:
            if not responder.given_up:
                raise
            name = responder.model.name
            responder.last_error = ModelError(f"the model {name} was not waited for")
        finally:
            responder.given_up = False
        self.recites = said == ""
        if said:
            yield cut_off(language) + "\n"
        yield from_memory(responder.last_error, language) + "\n"
        recited = responder.memory.respond(replace(request, mention_model=False))
        yield from recited
        self.used += tuple(hit for hit in getattr(recited, "used", ()) if hit not in self.used)


def _cited(said: str, request: Request, prompt: Prompt | None) -> tuple[Recollection, ...]:
    """The recollections that the model was shown and whose words its reply takes up."""
    return cited(said, request.question, prompt.memories) if prompt is not None else ()
