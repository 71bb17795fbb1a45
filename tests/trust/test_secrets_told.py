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


LOCKS = [
    "My locker code is 4471.",
    "The gate code is 281022#",
    "the combination to the safe is 30-16-58",
    "Our Airbnb lock code is 4590",
    "门禁密码1629",
    "家里门锁的密码是6430#",
]
GUARDED = [
    ("My PIN is 3173.", "3173"),
    ("the pin for my card is 4650", "4650"),
    ("the CVV is 708", "708"),
    ("The verification code for the building app is 389284", "389284"),
    ("取款密码是5781", "5781"),
    ("支付宝验证码 772913", "772913"),
    ("The alarm password is falcon88.", "falcon88"),
    ("My locker password is 447123", "447123"),
    ("我手机的锁屏密码为 0987", "0987"),
]


@pytest.mark.parametrize("said", LOCKS)
def test_where_nobody_can_be_asked_the_code_of_a_lock_is_kept(
    said: str, open_assistant: Open
) -> None:
    with open_assistant() as assistant:
        reply = assistant.reply(said)
        assert reply.withheld == ()
        assert assistant.store.turns()[0].text == said
    with open_assistant(":memory:", config=Config(secrets="mask")) as assistant:
        assert assistant.reply(said).withheld
        assert assistant.store.turns()[0].text != said


@pytest.mark.parametrize(("said", "secret"), GUARDED)
def test_codes_of_money_phones_and_accounts_and_passwords_are_masked_all_the_same(
    said: str, secret: str, open_assistant: Open
) -> None:
    with open_assistant() as assistant:
        assert assistant.reply(said).withheld
        assert secret not in assistant.store.turns()[0].text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "My wifi password is hunter2 and my locker code is 4471.",
            "My wifi password is [password not kept] and my locker code is 4471.",
        ),
        (
            "My locker code is 4471. The PIN of my card is 9021.",
            "My locker code is 4471. The PIN of my card is [code not kept].",
        ),
        (
            "The gate code is 2468, my card is 4111 1111 1111 1111.",
            "The gate code is 2468, my card is [card number not kept].",
        ),
    ],
)
def test_each_secret_of_a_turn_is_judged_by_the_words_around_it(
    said: str, kept: str, open_assistant: Open, tmp_path: Path
) -> None:
    with open_assistant() as assistant:
        assert assistant.observe(said).text == kept
        assert assistant.observe(kept).text == kept


def test_a_pipe_keeps_the_code_of_a_lock_and_brings_it_back(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMEMBRANCER_CONFIDENCE_THRESHOLD", "0.1")
    result = run(input="My locker code is 4471.\n")
    assert result.stderr == ""
    assert "4471" in run("ask", "What is my locker code?").stdout


def test_the_chat_asks_about_the_code_of_a_lock_too(run: Callable[..., Any]) -> None:
    from assistant.terminal.withholding import secrecy_for

    asked: list[str] = []

    class Context:
        def ask(self, question: str) -> bool:
            asked.append(question)
            return False

        class assistant:  # noqa: N801 - stands for the object
            config = Config()

    context: Any = Context()
    assert secrecy_for(context, "My locker code is 4471.") == "mask"
    assert len(asked) == 1


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
