"""Starting is quick because little is imported: help needs click, the prompt prompt-toolkit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("light_program.py")
HEAVY = {"tensorflow", "keras", "torch", "jax", "alembic", "dateparser", "openai"}
OF_THE_ENGINE = {"numpy", "sqlalchemy", "storage", "sentencepiece", "safetensors"}
OF_THE_PROMPT = {"prompt_toolkit", "rich", "asyncio", "yaml", "platformdirs"}


TELL = """
import atexit, json, sys
@atexit.register
def tell():
    print("\\n" + json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def imported(code: str, given: str = "") -> set[str]:
    """The top-level modules that a process has imported after running the code."""
    done = subprocess.run(
        [sys.executable, "-c", TELL + code],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def running(*arguments: str) -> str:
    return (
        f"import runpy; sys.argv = ['assistant', *{list(arguments)!r}]\n"
        f"runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    )


def test_help_imports_click_and_little_else() -> None:
    modules = imported(running("--help"))
    assert "click" in modules
    assert not modules & (HEAVY | OF_THE_ENGINE | OF_THE_PROMPT)


def test_the_prompt_is_made_without_the_engine() -> None:
    code = """
from assistant.terminal.terminal_chat import TerminalChat
from assistant.terminal.commands import all_commands
from assistant.terminal.context import CommandContext
from assistant.terminal.engine import Engine, open_assistant
from assistant.terminal.output import Output
from assistant.terminal.settings import Settings
from prompt_toolkit.input import DummyInput
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.application import create_app_session
settings = Settings(store=":memory:")
with create_app_session(input=DummyInput(), output=DummyOutput()):
    engine = Engine(settings, open_assistant)
    TerminalChat(CommandContext(settings, engine, Output(), all_commands()))
"""
    modules = imported(code)
    assert "prompt_toolkit" in modules
    assert not modules & (HEAVY | OF_THE_ENGINE)


@pytest.mark.parametrize("name", ["ask", "memories", "recall", "remember"])
def test_a_command_of_the_shell_needs_no_prompt(name: str, tmp_path: Path) -> None:
    modules = imported(running("--store", str(tmp_path / "me.db"), name, "My dog is Bruno."))
    assert "sqlalchemy" in modules
    assert not modules & (HEAVY | {"prompt_toolkit"})


def test_a_whole_chat_imports_nothing_heavy(tmp_path: Path) -> None:
    said = "My dog is called Bruno.\nWhat is my dog called?\n/stm\n/memories\n/why\n/new\n"
    modules = imported(running("--store", str(tmp_path / "me.db")), said)
    assert "sqlalchemy" in modules
    assert not modules & HEAVY
