"""A misbehaving server for a test, and the client library loaded beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from assistant import Assistant, Config
from models.server import ModelServer, model_server


@pytest.fixture(scope="session", autouse=True)
def _client_library() -> None:
    """Importing takes seconds on a busy machine; the tests measure what comes after."""
    import openai.resources.chat  # noqa: F401


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as one:
        yield one


@pytest.fixture
def open_assistant(open_assistant: Callable[..., Assistant]) -> Callable[..., Assistant]:
    """As everywhere, but sure of what it recalls: how sure is not for these tests to say."""
    sure: Any = Config(confidence_threshold=0.1)
    return partial(open_assistant, config=sure)
