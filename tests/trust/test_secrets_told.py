"""A secret told by mistake is asked about, and reaches the disk only when the user says so."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Config, Turn, UsageError
from assistant.terminal.history import PrivateHistory
from assistant.transfer import import_lines

Open = Callable[..., Assistant]
SECRET = "Falcon_88"
TOLD = f"My wifi password is {SECRET}."
MASKED = "My wifi password is [password not kept]."


def on_disk(directory: Path) -> bool:
    """Whether the secret lies in any file, the write-ahead log among them."""
    return any(
        SECRET.encode() in path.read_bytes() for path in directory.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("secrecy", ["ask", "mask"])
def test_the_class_keeps_the_words_without_the_secret(
    secrecy: Any, open_assistant: Open, tmp_path: Path
) -> None:
    with open_assistant(config=Config(secrets=secrecy)) as assistant:
        reply = assistant.reply(TOLD)
        assert [secret.kind for secret in reply.withheld] == ["password"]
        assert assistant.remember(TOLD).text == MASKED
        assert assistant.observe(TOLD).text == MASKED
        assert SECRET not in assistant.reply("What is my wifi password?").text
        assert not on_disk(tmp_path)
    assert not on_disk(tmp_path)


def test_a_refused_secret_leaves_nothing_behind(open_assistant: Open, tmp_path: Path) -> None:
    with open_assistant(config=Config(secrets="refuse")) as assistant:
        for say in (assistant.reply, assistant.remember, assistant.observe):
            with pytest.raises(UsageError, match="seems to hold a password, and nothing was kept"):
                say(TOLD)
        assert assistant.store.turns() == []
    assert not on_disk(tmp_path)


def test_it_is_stored_when_the_settings_or_the_turn_say_so(open_assistant: Open) -> None:
    with open_assistant(config=Config(secrets="store")) as assistant:
        assert assistant.reply(TOLD).withheld == ()
        assert assistant.store.turns()[0].text == TOLD
    with open_assistant(":memory:") as assistant:
        assistant.reply(TOLD, secrets="store")
        assert assistant.store.turns()[0].text == TOLD
        assert SECRET not in assistant.store.turns()[1].text, "the reply is a copy nobody asked for"


def test_an_import_masks_and_can_be_repeated(open_assistant: Open) -> None:
    turn = {"id": "1", "session": 1, "speaker": "user", "text": TOLD}
    line = json.dumps({"id": "a", "turns": [turn]}).encode()
    with open_assistant() as assistant:
        assert import_lines(assistant, io.BytesIO(line), "f").turns == 1
        assert assistant.store.turns()[0].text == MASKED
        again = import_lines(assistant, io.BytesIO(line), "f")
        assert (again.turns, again.known) == (0, 1)


def test_a_model_is_not_shown_what_was_not_kept(open_assistant: Open) -> None:
    shown: list[str] = []

    class Listening:
        name = "listening"
        recites = False

        def respond(self, request: Any) -> Any:
            shown.append(f"{request.text} {request.question} {request.learned}")
            yield "Noted."

    with open_assistant(responder=Listening()) as assistant:
        assistant.reply(TOLD)
    assert SECRET not in shown[0]


def test_a_bad_setting_is_named() -> None:
    wrong: Any = "maybe"
    with pytest.raises(ValueError, match="secrets is 'maybe', expected 'ask', 'refuse'"):
        Config(secrets=wrong)


def test_a_pipe_says_in_one_line_what_was_not_kept(run: Callable[..., Any], store: Path) -> None:
    result = run(input=TOLD + "\n我的支付密码是258147\n")
    assert result.stderr.splitlines() == [
        "assistant: not kept: a password",
        "assistant: 未保存：密码。",
    ]
    assert SECRET not in result.output
    assert SECRET.encode() not in store.read_bytes()


def test_json_names_what_was_not_kept(run_json: Callable[..., Any]) -> None:
    assert run_json("ask", TOLD)["data"]["withheld"] == ["password"]


@pytest.mark.parametrize(("answer", "kept"), [("y", TOLD), ("n", MASKED)])
def test_the_chat_asks_before_the_turn_is_committed(
    answer: str, kept: str, terminal: Callable[..., Any], store: Path
) -> None:
    chat = terminal()
    chat.wait("/help")
    chat.keys(TOLD + "\r")
    chat.wait(r"seems to hold a password\. Keep it in memory\? \[y/N\]")
    chat.keys(answer + "\r")
    chat.wait("Biscuit|remember|kept")
    chat.keys("/quit\r")
    assert chat.ends() == 0
    from storage import LongTermStore

    opened = LongTermStore(store)
    assert opened.turns()[0].text == kept
    opened.close()


def test_the_history_of_lines_holds_no_secret(tmp_path: Path) -> None:
    history = PrivateHistory(tmp_path / "history")
    history.store_string(TOLD)
    assert list(history.load_history_strings()) == [MASKED]
    assert not on_disk(tmp_path)


def test_other_words_for_a_memory_are_masked_too(open_assistant: Open, tmp_path: Path) -> None:
    with open_assistant() as assistant:
        memory = assistant.remember("My wifi is slow in the kitchen.")
        assert assistant.edit(memory.id, TOLD).text == MASKED
        assert not on_disk(tmp_path)


def test_turns_of_others_are_masked_too(open_assistant: Open) -> None:
    with open_assistant() as assistant:
        turns = assistant.observe_many([Turn(TOLD, "Ana"), Turn(TOLD, "assistant")])
        assert [turn.text for turn in turns] == [MASKED, MASKED]
