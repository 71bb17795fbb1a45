"""A misbehaving server for a test, and the client library loaded beforehand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models.server import ModelServer, model_server


@pytest.fixture(scope="session", autouse=True)
def _client_library() -> None:
    """Importing takes seconds on a busy machine; the tests measure what comes after."""
    import openai.resources.chat  # noqa: F401


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as one:
        yield one
