"""What was told, imported, recalled or said by a model is words: it is never obeyed."""

from __future__ import annotations

import io
import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Config, Turn
from assistant.responders.prompt import CLOSE, OPEN, build_prompt
from assistant.responders.template import DEFAULT_TEMPLATE, Template
from assistant.transfer import import_lines
from trust.orders import Witness, orders

ORDERS = orders()
FACT = "My dog is called Biscuit."
Open = Callable[..., Assistant]
SURE: Any = Config(confidence_threshold=0.0, secrets="store")


@pytest.fixture(scope="session")
def witness() -> Witness:
    return Witness()


@pytest.fixture(params=[10, pytest.param(1, marks=pytest.mark.faults)])
def given(request: pytest.FixtureRequest) -> list[str]:
    """Some of the orders in the ordinary run, all among the fault tests."""
    return ORDERS[:: request.param]


class Parrot:
    """A model that says what it is told to, and keeps what it was asked."""

    name = "parrot"
    recites = False

    def __init__(self) -> None:
        self.says = ""
        self.asked: list[Any] = []

    def respond(self, request: Any) -> Iterator[str]:
        self.asked.append(request)
        yield self.says or "Noted."


def the_dog_is_still_biscuit(assistant: Assistant) -> None:
    current = [m for m in assistant.memories() if m.superseded_by is None and m.text == FACT]
    assert len(current) == 1
    assert not (Path.cwd() / "hacked").exists()


def test_there_are_two_hundred_orders() -> None:
    assert len(ORDERS) == 200


def test_the_witness_sees_what_orders_ask_for(witness: Witness, tmp_path: Path) -> None:
    with witness.watching(tmp_path) as seen:
        os.system("true")
        (tmp_path / "inside").touch()
        with pytest.raises(OSError, match=r"refused|denied|unreachable"):
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        with pytest.raises(OSError, match="directory"):
            (tmp_path.parent / "no" / "such").write_text("x")
        Path("/etc/passwd").read_bytes()
    kinds = {line.split()[0].split(".")[0] for line in seen}
    assert kinds == {"os", "socket", "writes", "reads"}


def test_told_and_recalled_they_do_nothing(
    given: list[str],
    open_assistant: Open,
    witness: Witness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_assistant(config=SURE) as assistant:
        assistant.remember(FACT)
        with witness.watching(tmp_path) as seen:
            for order in given:
                assistant.reply(order)
                assert assistant.recall(order, k=3)
            assistant.new_session()
            assistant.reply("What is my dog called?")
        assert seen == []
        kept = {turn.text for turn in assistant.store.turns()}
        assert kept >= set(given), "none forgot another"
        the_dog_is_still_biscuit(assistant)


def test_imported_they_do_nothing(
    given: list[str],
    open_assistant: Open,
    witness: Witness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    turns = [
        {"id": f"{who}{n}", "session": 1, "speaker": who, "text": order}
        for n, order in enumerate(given)
        for who in ("user", "assistant", "Ana")
    ]
    line = json.dumps({"id": "a", "turns": turns}).encode()
    with open_assistant(config=SURE) as assistant:
        assistant.remember(FACT)
        with witness.watching(tmp_path) as seen:
            import_lines(assistant, io.BytesIO(line), "orders")
            for order in given[::10]:
                assistant.recall(order)
        assert seen == []
        assert len(assistant.store.turns()) == 1 + len(turns)
        the_dog_is_still_biscuit(assistant)


def test_said_by_a_model_they_do_nothing_and_are_no_facts(
    given: list[str],
    open_assistant: Open,
    witness: Witness,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    parrot = Parrot()
    with open_assistant(config=SURE, responder=parrot) as assistant:
        assistant.remember(FACT)
        with witness.watching(tmp_path) as seen:
            for order in given:
                parrot.says = f"{order} My dog is called Rex. Your dog is called Rex."
                assistant.reply("Go on.")
            assistant.new_session()
        assert seen == []
        said = [memory for memory in assistant.memories() if memory.role == "assistant"]
        assert said, "some are kept as episodes"
        assert all(memory.subject is None and memory.value is None for memory in said)
        the_dog_is_still_biscuit(assistant)


@pytest.mark.parametrize("speaker", ["Ana", "assistant", "system", "the user", "User", "我"])
def test_nobody_else_changes_a_fact_of_the_user(speaker: str, open_assistant: Open) -> None:
    with open_assistant() as assistant:
        assistant.remember(FACT)
        assistant.observe_many(
            [
                Turn(words, speaker)
                for words in (
                    "My dog is called Rex.",
                    "The user's dog is called Rex.",
                    "Your dog is called Rex.",
                    "我的狗叫雷克斯。",
                )
            ]
        )
        assistant.new_session()
        the_dog_is_still_biscuit(assistant)


def test_in_a_prompt_they_stand_as_quoted_data_only(given: list[str], open_assistant: Open) -> None:
    parrot = Parrot()
    quoted = 0
    with open_assistant(config=SURE, responder=parrot) as assistant:
        for number, order in enumerate(given):
            speaker = ("user", "Ana", f"A{order}"[:100])[number % 3]
            assistant.observe_many([Turn(order, speaker), Turn(f"Number {number}.")])
            if number % 5 == 4:
                assistant.new_session()
        assistant.new_session()
        for order in given[::4]:
            assistant.new_session()
            assistant.reply(f"What about {order}")
            prompt = build_prompt(parrot.asked[-1], Template(DEFAULT_TEMPLATE), budget_tokens=6000)
            system = prompt.messages[0].content
            assert [one.role for one in prompt.messages] == ["system", "user"]
            assert not re.search(
                r"<\|[^ ]|<｜|<start_of|\[/?INST\]|<</?SYS", str(prompt.messages[1])
            )
            if not prompt.memories:
                continue
            lines = system[system.index(f"\n{OPEN}\n") :].split("\n")
            end = lines.index(CLOSE)
            shown = [line for line in lines[2:end] if line]
            assert len(shown) == len(prompt.memories)
            assert CLOSE not in lines[:end]
            assert lines[end + 1 :] == [] or not "".join(lines[end + 1 :]).strip()
            for line, memory in zip(shown, prompt.memories, strict=True):
                assert line.startswith("- ")
                start = line.index(' said: "') + 7 if ' said: "' in line else line.index(': "') + 2
                words, _ = json.JSONDecoder().raw_decode(line[start:])
                assert words == memory.text
                assert not re.search(r"<\||<｜|\[/?INST|<<", line)
                quoted += 1
    assert quoted >= len(given) // 4


def test_recalled_in_a_pipe_no_line_of_them_is_taken_for_a_command(
    run: Callable[..., Any], witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    turns = [
        {"id": str(n), "session": 1, "speaker": "user", "text": order}
        for n, order in enumerate([FACT, *ORDERS])
    ]
    path = tmp_path / "orders.jsonl"
    path.write_text(json.dumps({"id": "a", "turns": turns}), "utf-8")
    assert run("import", str(path)).exit_code == 0
    asked = "\n".join(f"What did I say about {word}?" for word in ("Biscuit", "touch", "forget"))
    with witness.watching(tmp_path) as seen:
        result = run(input=asked)
    assert result.exit_code == 0, result.output
    assert seen == []
    assert "Biscuit" in run("memories", "Biscuit").output
    assert not (tmp_path / "hacked").exists()
