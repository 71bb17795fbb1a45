"""Wherever a model server breaks off, the turn is kept and the reply marked, within two seconds.

The single kinds of misbehaviour are in tests/models; here each is done at every place.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from models.server import END, WORDS, Handler, ModelServer, chunk

from assistant import Assistant, Config
from assistant.responders.model_settings import ModelSettings
from assistant.responders.openai import connect

USABLE_S = 2.0
FIRST_TOKEN_S = 1.2
ASKED = "What is my dog called?"
WHOLE = b"".join([*map(chunk, WORDS), END])
SAID = "".join(WORDS)
Open = Callable[..., Assistant]
Answer = Callable[[Any], None]


@pytest.fixture(scope="module", autouse=True)
def _client_library() -> None:
    """Importing takes seconds on a busy machine; the tests measure what comes after."""
    import openai.resources.chat  # noqa: F401


@pytest.fixture
def chat(server: ModelServer, open_assistant: Open) -> Iterator[Assistant]:
    """An assistant that knows a dog, with a model that is soon given up."""
    settings = ModelSettings(
        base_url=server.url,
        model="m",
        alive_s=1.2,
        first_token_s=FIRST_TOKEN_S,
        between_tokens_s=1.0,
    )
    sure: Any = Config(confidence_threshold=0.1)
    with open_assistant(responder=connect(settings, {}), config=sure) as assistant:
        assistant.remember("My dog is called Biscuit.")
        assistant.new_session()
        assistant.reply(ASKED)  # the first reply loads what the others need
        yield assistant


def ask(chat: Assistant, server: ModelServer, answer: Answer, patience_s: float = 0.0) -> str:
    """What is said when the server answers so; checks what must hold whatever it does.

    ``patience_s`` is what the settings grant a server that shows signs of life.
    """
    setattr(Handler, "answer_as_told", answer)  # noqa: B010 - mypy knows no such method
    server.mood = "as_told"
    for last in (False, True):  # a busy machine is given a second try
        begun = time.monotonic()
        said = chat.reply(ASKED).text
        if time.monotonic() - begun < USABLE_S + patience_s:
            break
        assert not last, said
    kept = chat.store.turns()[-2:]
    assert [turn.text for turn in kept] == [ASKED, said]
    return said


def is_marked(said: str) -> bool:
    """Whether a reply says that the model failed, and memory answered."""
    return said.count("From memory:]") == 1 and "Biscuit" in said.split("From memory:]")[1]


def sends(*parts: bytes, **headers: str) -> Answer:
    def answer(handler: Any) -> None:
        handler.begin(**headers)
        handler.write(*parts)

    return answer


def check_cuts(chat: Assistant, server: ModelServer, step: int) -> int:
    cuts = 0
    for place in range(0, len(WHOLE), step):
        said = ask(chat, server, sends(WHOLE[:place]))
        # All words came: what is missing is only the sign of the end.
        complete = said == SAID
        assert complete or is_marked(said), (place, said)
        if complete:
            assert WHOLE[:place].count(b"data: ") >= len(WORDS)
        cuts += 1
    return cuts


def test_cut_after_every_chunk_the_reply_is_marked(chat: Assistant, server: ModelServer) -> None:
    for count in range(len(WORDS)):
        said = ask(chat, server, sends(*map(chunk, WORDS[:count])))
        assert is_marked(said)
        assert said.startswith("".join(WORDS[:count]).rstrip())


def test_cut_anywhere_the_reply_is_marked(chat: Assistant, server: ModelServer) -> None:
    assert check_cuts(chat, server, 41) >= 10


@pytest.mark.faults
def test_cut_after_every_byte_the_reply_is_marked(chat: Assistant, server: ModelServer) -> None:
    assert check_cuts(chat, server, 1) == len(WHOLE)


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 408, 413, 418, 422, 429, 500, 502, 503, 599]
)
def test_every_failure_is_one_marked_line(
    status: int, chat: Assistant, server: ModelServer
) -> None:
    def answer(handler: Any) -> None:
        handler.send_json(status, {"error": {"message": "no\x1b[2J\nway"}})

    said = ask(chat, server, answer)
    assert is_marked(said)
    assert len(said.split("From memory:]")[0].splitlines()) == 1


LIES: dict[str, Answer] = {
    "gzip that is none": sends(WHOLE, Content_Encoding="gzip"),
    "deflate that is none": sends(WHOLE, Content_Encoding="deflate"),
    "br that is none": sends(WHOLE, Content_Encoding="br"),
    "zstd that is none": sends(WHOLE, Content_Encoding="zstd"),
    "made up": sends(WHOLE, Content_Encoding="x" * 500),
    "too short": sends(WHOLE, Content_Length="7"),
    "chunked that is not": sends(WHOLE, Transfer_Encoding="chunked"),
    "no text": sends(b"data: " + bytes(range(128, 256)) + b"\n\n"),
    "UTF-16": sends(WHOLE.decode().encode("utf-16")),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_its_encoding_is_marked(lie: str, chat: Assistant, server: ModelServer) -> None:
    assert is_marked(ask(chat, server, LIES[lie]))


def endless(*first: bytes, again: bytes, pause_s: float = 0.0) -> Answer:
    def answer(handler: Any) -> None:
        handler.begin()
        try:
            handler.write(*first)
            for _ in itertools.count():
                handler.write(again)
                time.sleep(pause_s)
        except OSError:
            handler.server.left.set()

    return answer


STREAMS: dict[str, Answer] = {
    "of words": endless(again=chunk("word " * 2000)),
    "of one line": endless(b"data: ", again=b"a" * 65536),
    "of empty lines": endless(again=b"\n" * 65536),
    "of comments": endless(again=b": still here\n\n" * 1000),
    "of nothing said": endless(again=chunk() * 100),
    "of noughts": endless(again=b"\0" * 65536),
    "of signs of life, slowly": endless(again=b": still here\n\n", pause_s=0.1),
}


@pytest.mark.parametrize("kind", STREAMS)
def test_an_endless_stream_ends(kind: str, chat: Assistant, server: ModelServer) -> None:
    said = ask(chat, server, STREAMS[kind], FIRST_TOKEN_S)
    assert is_marked(said)
    assert len(said) < 110_000
