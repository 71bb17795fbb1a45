"""Every command of the registry, in the chat, in the shell, and with --json.

A command that is new is run here by itself; one that needs an argument fails here until it is
given one below.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.commands import all_commands
from assistant.terminal.registry import Argument, Command, Registry

SAID = "My dog is called Bruno and he sleeps on the blue sofa."
BEFORE = "My bird is called Pip and it sings in the morning."
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
    "questions": [{"text": "What is the dog called?", "evidence": ["1"], "category": "1"}],
}


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
        "pin": ["1"],
        "unpin": ["1"],
        "edit": ["1", "My bird is called Pop."],
        "as-of": ["yesterday"],
        "mode": ["read-only"],
        "restore": ["--list"],
        "record": [str(tmp_path / "said")],
        "export": [str(tmp_path / "said.jsonl")],
        "replay": [str(dialogue)],
        "eval": [str(history)],
        "import": [str(history)],
        "completion": ["bash"],
        "config": ["show"],
        "encrypt": ["--yes", "--keyring"],
        "decrypt": ["--yes"],
        "rotate-key": ["--yes"],
    }


@pytest.fixture(autouse=True)
def _one_encoder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor finds the encoder that has encoded everything here."""
    import assistant.neural
    from assistant.testing import HashEncoder

    if "doctor" in request.node.name:
        monkeypatch.setattr(assistant.neural, "load_encoder", lambda **_: HashEncoder())


AGAIN = {"export": ["--force"]}  # what the second time needs
FIRST = {  # what has to be done before
    "decrypt": ["encrypt", "--yes", "--keyring"],
    "rotate-key": ["encrypt", "--yes", "--keyring"],
}


def check_envelope(line: str, name: str) -> None:
    """One line of JSON that says the command went well."""
    envelope = json.loads(line)
    assert list(envelope) == ["ok", "command", "data"]
    assert (envelope["ok"], envelope["command"]) == (True, name), envelope
    assert isinstance(envelope["data"], dict | list)


def check_in_shell(run: Callable[..., Any], command: Command, given: list[str]) -> None:
    """The command prints text, and with --json one envelope and nothing else."""
    run("remember", SAID)
    if command.name in FIRST:
        pytest.importorskip("sqlcipher3")
        assert run(*FIRST[command.name]).exit_code == 0
    result = run(command.name, *given, "--json")
    assert result.exit_code == 0, result.output
    [line] = result.stdout.splitlines()
    check_envelope(line, command.name)
    assert result.stderr == ""
    run("remember", SAID)
    shown = run(command.name, *given, *AGAIN.get(command.name, []))
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.strip()
    assert "\x1b" not in shown.stdout


def check_in_chat(run: Callable[..., Any], command: Command, given: list[str]) -> None:
    """The command prints text in the chat, and with --json one envelope."""
    run("remember", BEFORE)
    line = f"/{command.name} {' '.join(given)}\n"
    result = run("chat", "--json", input=f"{SAID}\n{line}")
    assert result.exit_code == 0, result.output
    _, last = result.stdout.splitlines()
    check_envelope(last, command.name)
    again = " ".join(AGAIN.get(command.name, []))
    plain = run("chat", input=f"{SAID}\n{line.rstrip()} {again}\n")
    assert plain.exit_code == 0, plain.output
    assert "\x1b" not in plain.stdout
    assert plain.stderr == ""
    said = run("chat", input=f"{SAID}\n").stdout
    silent = len(plain.stdout.splitlines()) <= len(said.splitlines())
    assert not silent or command.name == "quit", "it shows nothing"


CHECKS = {"shell": check_in_shell, "chat": check_in_chat}


def everywhere(registry: Registry) -> list[Any]:
    """Each command of a registry with each place it works in."""
    return [
        pytest.param(command, place, id=f"{command.name}-{place}")
        for command in registry
        for place in command.places
    ]


def check_registry(
    run: Callable[..., Any], arguments: dict[str, list[str]], registry: Registry
) -> None:
    """What every command is held to."""
    needing = {c.name for c in registry if c.argument is not None and c.argument.required}
    assert needing <= set(arguments), "give them arguments here"
    for param in everywhere(registry):
        command, place = param.values
        CHECKS[place](run, command, arguments.get(command.name, []))


@pytest.mark.parametrize(("command", "place"), everywhere(all_commands()))
def test_every_command_prints_text_or_one_envelope_in_every_place(
    run: Callable[..., Any], arguments: dict[str, list[str]], command: Command, place: str
) -> None:
    assert command.argument is None or not command.argument.required or command.name in arguments
    CHECKS[place](run, command, arguments.get(command.name, []))


def shell_commands() -> list[Any]:
    """The commands of the shell."""
    return [pytest.param(command, id=command.name) for command in all_commands().of("shell")]


def says(words: str, data: object) -> Any:
    """A handler."""

    def handler(context: Any, call: Any) -> object:
        if words:
            context.output.line(words)
        return data

    return handler


def breaks(context: Any, call: Any) -> object:
    raise RuntimeError("it broke")


def prints_raw(context: Any, call: Any) -> object:
    print("\x1b[31mred")  # past the output and its sanitiser
    return {}


@pytest.mark.parametrize(
    "bad",
    [
        Command(
            "bad", "Needs what the tests do not give", says("x", {}), Argument("X", required=True)
        ),
        Command("bad", "Gives no data", says("x", None)),
        Command("bad", "Gives what is no JSON", says("x", {1, 2})),
        Command("bad", "Shows nothing", says("", {})),
        Command("bad", "Shows nothing in the chat", says("", {}), places=("chat",)),
        Command("bad", "Breaks", breaks),
        Command("bad", "Breaks in the chat", breaks, places=("chat",)),
        Command("bad", "Prints past the output", prints_raw),
    ],
    ids=lambda command: command.help,
)
def test_a_new_command_that_does_not_hold_to_this_is_caught(
    run: Callable[..., Any], arguments: dict[str, list[str]], bad: Command
) -> None:
    registry = Registry([bad])
    given = all_commands()
    with pytest.raises((AssertionError, ValueError)):
        check_registry(partial(run, registry=Registry([*given, bad])), arguments, registry)
    good = Registry([Command("good", "Holds to it", says("x", {}))])
    check_registry(partial(run, registry=Registry([*given, *good])), arguments, good)


@pytest.mark.parametrize("command", shell_commands())
def test_every_command_fails_in_one_envelope(run: Callable[..., Any], command: Command) -> None:
    result = run(command.name, "--no-such-option", "--json")
    assert result.exit_code == 2
    [line] = result.stdout.splitlines()
    envelope = json.loads(line)
    assert envelope["ok"] is False
    assert set(envelope["error"]) == {"kind", "message", "hint", "exit_code"}


@pytest.mark.parametrize("command", shell_commands())
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
        assert f"{sign}{command.name}".replace("-", "\\-") in page
        if "shell" in command.places:
            assert (tmp_path / "man1" / f"assistant-{command.name}.1").exists()
    macros = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert macros == {".TH", ".SH", ".TP"}
