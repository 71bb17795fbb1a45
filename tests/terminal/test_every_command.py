"""Every command of the registry, in the chat, in the shell, and with --json.

A command that is new is run here by itself; one that needs an argument fails here until it is
given one below.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.commands import all_commands
from assistant.terminal.registry import Command

SAID = "My dog is called Bruno and he sleeps on the blue sofa."
DIALOGUE = """\
name: a dog
clock: 2026-05-03T09:00+01:00
language: en
steps:
  - user: My dog is called Bruno.
"""
CONVERSATION = {
    "id": "c",
    "turns": [
        {"id": "1", "session": 1, "speaker": "user", "time": "2026-05-01T09:00", "text": SAID}
    ],
}
WITH_WEIGHTS = {
    "eval",
    "replay",
    "doctor",
    "device",
}  # loads what is shipped; slow: each once, below and in test_cli.py


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, list[str]]:
    """What each command is given."""
    dialogue = tmp_path / "a.dialogue.yaml"
    dialogue.write_text(DIALOGUE, "utf-8")
    history = tmp_path / "history.jsonl"
    history.write_text(json.dumps(CONVERSATION) + "\n", "utf-8")
    return {
        "ask": ["What is my dog called?"],
        "recall": ["dog"],
        "remember": ["My cat is called Tom."],
        "forget": ["--yes", "Bruno"],
        "record": [str(tmp_path / "said")],
        "export": [str(tmp_path / "said.jsonl")],
        "replay": [str(dialogue)],
        "import": [str(history)],
        "completion": ["bash"],
        "manual": [],
        "config": ["show"],
    }


def of(place: Any, without: set[str]) -> list[Any]:
    return [
        pytest.param(command, id=command.name)
        for command in all_commands().of(place)
        if command.name not in without
    ]


def test_every_command_that_needs_something_is_given_it_here(
    arguments: dict[str, list[str]],
) -> None:
    needing = {c.name for c in all_commands() if c.argument is not None and c.argument.required}
    assert needing <= {*arguments, *WITH_WEIGHTS}


@pytest.mark.parametrize("command", of("shell", WITH_WEIGHTS))
def test_every_command_of_the_shell_prints_text_or_one_envelope(
    run: Callable[..., Any], arguments: dict[str, list[str]], command: Command
) -> None:
    run("remember", SAID)
    given = arguments.get(command.name, [])
    result = run(command.name, *given, "--json")
    assert result.exit_code == 0, result.output
    [line] = result.stdout.splitlines()
    envelope = json.loads(line)
    assert list(envelope) == ["ok", "command", "data"]
    assert envelope["ok"] is True
    assert envelope["command"] == command.name
    assert isinstance(envelope["data"], dict | list)
    assert result.stderr == ""

    run("remember", SAID)
    again = [*given, "--force"] if command.name == "export" else given
    shown = run(command.name, *again)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.strip()
    assert "\x1b" not in shown.stdout


@pytest.mark.parametrize("command", of("chat", WITH_WEIGHTS))
def test_every_command_of_the_chat_prints_text_or_one_envelope(
    run: Callable[..., Any], arguments: dict[str, list[str]], command: Command
) -> None:
    line = f"/{command.name} {' '.join(arguments.get(command.name, []))}\n"
    result = run("chat", "--json", input=f"{SAID}\n{line}")
    assert result.exit_code == 0, result.output
    _, envelope = map(json.loads, result.stdout.splitlines())
    assert list(envelope) == ["ok", "command", "data"]
    assert (envelope["ok"], envelope["command"]) == (True, command.name)
    assert isinstance(envelope["data"], dict | list)


@pytest.mark.parametrize("command", of("shell", set()))
def test_every_command_fails_in_one_envelope(run: Callable[..., Any], command: Command) -> None:
    result = run(command.name, "--no-such-option", "--json")
    assert result.exit_code == 2
    [line] = result.stdout.splitlines()
    envelope = json.loads(line)
    assert envelope["ok"] is False
    assert set(envelope["error"]) == {"kind", "message", "hint", "exit_code"}


@pytest.mark.parametrize("command", of("shell", set()))
def test_every_command_of_the_shell_has_help(run: Callable[..., Any], command: Command) -> None:
    shown = run(command.name, "--help").stdout
    assert command.help in " ".join(shown.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_both_names(run: Callable[..., Any], shell: str) -> None:
    script = run("completion", shell).stdout
    assert f"_ASSISTANT_COMPLETE={shell}_complete" in script
    assert f"_REMEMBRANCER_COMPLETE={shell}_complete" in script


def test_what_shells_ask_for_is_answered_without_opening_the_store(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, store: Path
) -> None:
    monkeypatch.setenv("_ASSISTANT_COMPLETE", "bash_complete")
    for words, wanted in [
        ("assistant rec", "plain,recall"),
        ("assistant recall --tr", "plain,--transcript"),
        ("assistant config ", "plain,edit"),
        ("assistant --device ", "plain,gpu"),
        ("assistant export a", "file,a"),
    ]:
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        shown = run(store=None, prog_name="assistant").stdout
        assert wanted in shown.splitlines(), words
    assert not store.exists()


def test_manual_pages_name_every_command_and_hold_no_stray_roff(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    run("manual", str(tmp_path / "man1"))
    page = (tmp_path / "man1" / "assistant.1").read_text("utf-8")
    for command in all_commands():
        sign = "assistant " if "shell" in command.places else "/"
        assert f"{sign}{command.name}" in page
        if "shell" in command.places:
            assert (tmp_path / "man1" / f"assistant-{command.name}.1").exists()
    macros = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert macros == {".TH", ".SH", ".TP"}


@pytest.mark.parametrize("name", ["replay", "doctor", "device"])
def test_commands_that_load_the_weights_print_one_envelope(
    run_json: Any, arguments: dict[str, list[str]], name: str
) -> None:
    envelope = run_json(name, *arguments.get(name, []))
    assert (envelope["ok"], envelope["command"]) == (True, name)
