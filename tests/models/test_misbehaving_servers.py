"""Whatever a model server does, the user's turn is kept and the chat goes on within two seconds."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from assistant import Assistant, ModelError
from assistant.responders.fallback import FallbackResponder
from assistant.responders.model_settings import ModelSettings
from assistant.responders.openai import connect
from models.server import ModelServer, model_server

USABLE_S = 2.0
ASKED = "What is my dog called?"
KEY = "sk-very-secret-0123456789"


@pytest.fixture
def chat(server: ModelServer, open_assistant: Callable[..., Assistant]) -> Iterator[Assistant]:
    """An assistant that knows a dog, in a new session, with a model."""
    with open_assistant(responder=connected(server.url)) as assistant:
        assistant.remember("My dog is called Biscuit.")
        assistant.new_session()
        yield assistant


def connected(url: str, **options: Any) -> FallbackResponder:
    settings = ModelSettings(base_url=url, model="small", api_key_source="KEY", **options)
    return connect(settings, {"KEY": KEY})


def ask(chat: Assistant) -> tuple[str, float]:
    begun = time.monotonic()
    said = chat.reply(ASKED).text
    return said, time.monotonic() - begun


def test_what_the_model_says_is_streamed_and_a_mere_repetition_teaches_nothing(
    chat: Assistant, server: ModelServer
) -> None:
    pieces = list(chat.stream(ASKED))
    assert pieces == ["Your ", "dog ", "is ", "Biscuit."]
    # It only repeats what memory holds: for the transcript, and nothing to be learned.
    assert chat.store.turns(newest_first=True, limit=1)[0].consolidated
    assert "My dog is called Biscuit." in server.asked[0]["messages"][0]["content"]
    assert server.asked[0]["messages"][-1] == {"role": "user", "content": ASKED}


BEFORE_A_WORD = {
    "hanging": "gave no sign of life",
    "failing": "failed (500): out of memory",
    "refusing_the_key": "refused the key (401)",
    "cut_at_the_first_byte": "closed the connection",
    "in_a_made_up_encoding": "'rot13'",
    "in_a_bomb": "'gzip'",
    "what_is_no_json": "cannot be read",
    "what_is_no_completion": "no chat completion",
    "a_web_page": "sent a web page",
    "ten_megabytes_at_once": "bytes at once",
    "a_huge_failure": "bytes at once",
    "nothing": "empty reply",
    "elsewhere": "points elsewhere (307)",
}
AFTER_A_WORD = {
    "hanging_midway": "gave no sign of life",
    "cut_midway": "closed the connection",
    "cut_inside_a_chunk": "closed the connection",
    "in_bytes_that_are_no_text": "cannot be read",
    "an_error_midway": "context is full",
}


@pytest.mark.parametrize("mood", BEFORE_A_WORD)
def test_memory_answers_when_the_model_never_began(
    mood: str, chat: Assistant, server: ModelServer
) -> None:
    server.mood, server.lists_models = mood, mood != "hanging"
    said, seconds = ask(chat)
    assert seconds < USABLE_S
    notice, answer = said.split("\n", 1)
    assert notice.startswith("[")
    assert notice.endswith("From memory:]")
    assert BEFORE_A_WORD[mood] in notice
    assert "Biscuit" in answer
    assert "[" not in answer
    turns = chat.store.turns()
    assert [turn.text for turn in turns[-2:]] == [ASKED, said]
    assert turns[-1].consolidated, "wholly recited: it must never be learned"
    assert "/v1/elsewhere" not in str(server.asked)


@pytest.mark.parametrize("mood", AFTER_A_WORD)
def test_a_partial_reply_stays_marked_and_memory_goes_on(
    mood: str, chat: Assistant, server: ModelServer
) -> None:
    server.mood, server.lists_models = mood, mood != "hanging_midway"
    said, seconds = ask(chat)
    assert seconds < USABLE_S
    partial, notice, answer = said.split("\n", 2)
    assert partial == "Your dog  … [cut off]"
    assert AFTER_A_WORD[mood] in notice
    assert "Biscuit" in answer
    last = chat.store.turns()[-1]
    assert last.text == said
    assert not last.consolidated, "it holds words of the model"


def test_a_refused_connection_is_one_clear_line(open_assistant: Callable[..., Assistant]) -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with open_assistant(responder=connected(url)) as chat:
            said, seconds = ask(chat)
    assert seconds < USABLE_S
    assert "connection refused" in said.splitlines()[0]
    assert len(said.splitlines()) == 2


def test_a_name_that_does_not_resolve_is_one_clear_line(
    open_assistant: Callable[..., Assistant],
) -> None:
    with open_assistant(responder=connected("http://nowhere.invalid/v1")) as chat:
        said, seconds = ask(chat)
    assert seconds < USABLE_S
    assert "nowhere.invalid" in said.splitlines()[0]


def test_chinese_gets_its_notice_in_chinese(chat: Assistant, server: ModelServer) -> None:
    server.mood = "failing"
    assert "以下凭记忆回答：]" in chat.reply("我的狗叫什么？").text


def test_ten_megabytes_of_words_are_cut_and_not_held(chat: Assistant, server: ModelServer) -> None:
    server.mood = "ten_megabytes_of_words"
    said, _ = ask(chat)
    assert "sent more than 100,000 characters" in said
    assert len(said) < 110_000


def test_a_slow_model_of_a_living_server_is_waited_for(
    chat: Assistant, server: ModelServer
) -> None:
    server.mood = "slowly"
    assert ask(chat)[0] == "Your dog is Biscuit."


def test_a_living_server_is_not_waited_for_forever(
    server: ModelServer, open_assistant: Callable[..., Assistant]
) -> None:
    server.mood = "hanging"
    responder = connected(server.url, alive_s=0.3, first_token_s=0.8)
    with open_assistant(responder=responder) as chat:
        said, seconds = ask(chat)
    assert 0.7 < seconds < USABLE_S
    assert "said nothing for 0.8 s" in said


def test_a_model_that_thinks_aloud_is_waited_for(
    server: ModelServer, open_assistant: Callable[..., Assistant]
) -> None:
    server.mood = "after_thinking"
    responder = connected(server.url, first_token_s=0.9, between_tokens_s=0.9)
    with open_assistant(responder=responder) as chat:
        assert ask(chat)[0] == "Biscuit."


def test_leaving_a_reply_hangs_up_at_once_and_keeps_the_words(
    chat: Assistant, server: ModelServer
) -> None:
    server.mood = "hanging_midway"
    pieces = chat.stream(ASKED)
    assert next(pieces) == "Your dog "
    begun = time.monotonic()
    pieces.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 0.2
    assert server.left.wait(1), "the server still thinks somebody listens"
    assert chat.store.turns()[-1].text == "Your dog "


def test_ctrl_c_before_the_first_word_hangs_up_at_once(
    chat: Assistant, server: ModelServer
) -> None:
    import _thread

    server.mood = "hanging"
    timer = threading.Timer(0.4, _thread.interrupt_main)
    timer.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        chat.reply(ASKED)
    assert time.monotonic() - begun < 0.8
    assert server.left.wait(1)
    assert chat.store.turns()[-1].text == ASKED
    server.mood = "well"
    assert chat.reply(ASKED).text == "Your dog is Biscuit."


def test_a_server_killed_while_idle_and_started_again_goes_unnoticed(
    open_assistant: Callable[..., Assistant],
) -> None:
    with model_server() as first:
        chat = open_assistant(responder=connected(first.url))
        assert chat.reply(ASKED).text == "Your dog is Biscuit."
    with chat:
        assert "connection refused" in chat.reply(ASKED).text
        assert isinstance(chat.responder.last_error, ModelError)  # type: ignore[attr-defined]


def test_a_key_is_sent_to_the_server_and_shown_nowhere(
    chat: Assistant, server: ModelServer, capfd: pytest.CaptureFixture[str]
) -> None:
    for mood in ("well", "refusing_the_key", "repeating_the_key"):
        server.mood = mood
        assert KEY not in chat.reply(ASKED).text
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    responder: Any = chat.responder
    shown = [responder, responder.settings, responder.last_error, responder.last_prompt]
    shown += [responder.model, responder.model.endpoint, vars(responder.model.endpoint)]
    assert KEY not in "".join(map(repr, shown))
    assert KEY not in "".join(capfd.readouterr())


def test_nothing_about_the_machine_or_other_services_is_sent(
    server: ModelServer,
    open_assistant: Callable[..., Assistant],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", f"private-{name}")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    settings = ModelSettings(base_url=server.url, model="small")
    with open_assistant(responder=connect(settings, {})) as chat:
        assert chat.reply(ASKED).text == "Your dog is Biscuit."
    sent = server.headers[0]
    assert "private" not in str(sent)
    assert "authorization" not in sent
    assert sent["user-agent"] == "remembrancer"
    assert not [name for name in sent if name.startswith("x-")]


def test_the_models_are_listed_and_the_first_is_taken_when_none_is_named(
    server: ModelServer, open_assistant: Callable[..., Assistant]
) -> None:
    responder = connect(ModelSettings(base_url=server.url), {})
    assert responder.models() == ("small", "large")
    with open_assistant(responder=responder) as chat:
        chat.reply(ASKED)
    assert server.asked[0]["model"] == responder.name == "small"


def test_a_list_that_never_comes_is_given_up(server: ModelServer) -> None:
    server.lists_models = False
    begun = time.monotonic()
    with pytest.raises(ModelError, match="no sign of life"):
        connected(server.url).models()
    assert time.monotonic() - begun < USABLE_S


def test_halves_of_an_emoji_are_put_together(chat: Assistant, server: ModelServer) -> None:
    server.mood = "in_halves_of_an_emoji"
    assert chat.reply(ASKED).text == "dog 🐶! \ufffd end"


def test_a_reply_cut_by_its_length_says_so(chat: Assistant, server: ModelServer) -> None:
    server.mood = "too_long"
    assert chat.reply(ASKED).text == "Once upon …"


def test_a_server_that_never_says_done_has_answered_all_the_same(
    chat: Assistant, server: ModelServer
) -> None:
    server.mood = "without_done"
    assert chat.reply(ASKED).text == "Your dog is Biscuit."


def test_a_forgotten_memory_is_not_left_in_the_last_prompt(chat: Assistant) -> None:
    chat.reply(ASKED)
    responder: Any = chat.responder
    assert "Biscuit" in str(responder.last_prompt)
    chat.forget(query="Biscuit")
    assert responder.last_prompt is None


def test_a_cancelled_task_hangs_up_at_once(chat: Assistant, server: ModelServer) -> None:
    server.mood = "hanging_midway"

    async def read() -> list[str]:
        pieces: list[str] = []

        async def gather() -> None:
            async for piece in chat.astream(ASKED):
                pieces.append(piece)

        task = asyncio.create_task(gather())
        while not pieces:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.1)
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - begun < 0.5
        return pieces

    assert asyncio.run(read()) == ["Your dog "]
    assert server.left.wait(1)
    assert chat.store.turns()[-1].text == "Your dog "
