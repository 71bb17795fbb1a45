"""A language model words the replies, at any OpenAI-compatible endpoint.

The model is shown what ``prompt`` builds and nothing else. What goes wrong is a ``ModelError``;
``fallback`` says what a chat does then.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..language import language_of
from .api_key import find_key
from .base import Request
from .endpoint import Endpoint
from .fallback import FallbackResponder
from .memory import MemoryResponder
from .model_settings import ModelSettings
from .prompt import Prompt, build_prompt
from .template import Template


class OpenAIResponder:
    """Words replies with a language model.

    >>> settings = ModelSettings(base_url="http://127.0.0.1:11434/v1", model="llama3.2")
    >>> OpenAIResponder(Endpoint(settings)).name
    'llama3.2'

    Args:
        endpoint: Where the model is; its settings say which one.
    """

    recites = False

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.settings = endpoint.settings
        self.last_prompt: Prompt | None = None
        self._template = Template(self.settings.template)

    @property
    def name(self) -> str:
        """The model's name; the endpoint's address until an unnamed one is known."""
        return self.settings.model or self.settings.where

    def __repr__(self) -> str:
        return f"OpenAIResponder({self.name!r} at {self.settings.where!r})"

    def models(self) -> tuple[str, ...]:
        """What the endpoint offers.

        Raises:
            ModelError: It did not say.
        """
        return self.endpoint.models()

    def stop(self) -> None:
        """End the reply under way, from any thread; its iterator raises."""
        self.endpoint.stop()

    def forget_prompt(self) -> None:
        """Let go of the last prompt, which quotes memories."""
        self.last_prompt = None

    def respond(self, request: Request) -> Iterator[str]:
        """What the model says, piece by piece; ``last_prompt`` is what it was shown.

        Raises:
            ModelError: It failed, before the first piece or after some.
        """
        if not self.settings.model:
            self.settings = replace(self.settings, model=self.models()[0])
        self.last_prompt = build_prompt(
            request,
            self._template,
            budget_tokens=self.settings.budget_tokens,
            model=self.settings.model,
        )
        return self.endpoint.stream(self.settings.model, self.last_prompt.messages)


def connect(
    settings: ModelSettings, environment: Mapping[str, str] = os.environ
) -> FallbackResponder:
    """A responder for these settings: the model, and the built-in responder when it fails.

    Opens no connection. The client library begins to load in a thread.

    Args:
        settings: Which model, and where.
        environment: Where a key may be.

    Raises:
        ConfigurationError: The key that the settings point to is not there.
    """
    endpoint = Endpoint(settings, find_key(settings, environment))
    endpoint.warm()
    return FallbackResponder(OpenAIResponder(endpoint), MemoryResponder(), language_of)
