"""The program in this process, on a store of its own, with test doubles for the learned parts."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from assistant import Assistant
from assistant.terminal.cli import build
from assistant.terminal.engine import open_assistant
from assistant.terminal.registry import Registry
from assistant.terminal.settings import Settings
from assistant.testing import HashEncoder, LengthNetwork

PROGRAM = Path(__file__).with_name("light_program.py")


class KeyringInMemory(KeyringBackend):
    """A system keyring that ends with the test."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.keys.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.keys[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.keys.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


@pytest.fixture(autouse=True)
def keys() -> Iterator[dict[tuple[str, str], str]]:
    """What the system keyring holds: nobody's own is touched."""
    before, ours = keyring.get_keyring(), KeyringInMemory()
    keyring.set_keyring(ours)
    yield ours.keys
    keyring.set_keyring(before)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "me.db"


@pytest.fixture
def command(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The program as a process."""
    monkeypatch.setenv("REMEMBRANCER_CONFIG", str(tmp_path / "config.toml"))
    return [sys.executable, str(PROGRAM), "--store", str(store)]


@pytest.fixture
def run(
    store: Path, clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command line; keyword ``input`` is standard input."""
    for name in [name for name in os.environ if name.startswith(("REMEMBRANCER_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("REMEMBRANCER_CONFIG", str(tmp_path / "config.toml"))

    def opener(settings: Settings) -> Assistant:
        return open_assistant(settings, clock=clock, encoder=HashEncoder(), network=LengthNetwork())

    def invoke(
        *arguments: str,
        store: Path | str | None = store,
        registry: Registry | None = None,
        **options: Any,
    ) -> Result:
        where = [] if store is None else ["--store", str(store)]
        return CliRunner().invoke(build(opener, registry), [*where, *arguments], **options)

    return invoke


@pytest.fixture
def run_json(run: Callable[..., Result]) -> Callable[..., Any]:
    """Runs a command line with ``--json``; gives the envelope."""

    def invoke(*arguments: str, **options: Any) -> Any:
        result = run(*arguments, "--json", **options)
        [line] = result.stdout.splitlines()
        return json.loads(line)

    return invoke


@pytest.fixture
def terminal(store: Path, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens terminals with the program in them; ``program`` is a script beside this file."""
    if sys.platform == "win32":
        pytest.skip("needs a pty")
    emulator = pytest.importorskip("emulator")
    opened: list[Any] = []

    def open_terminal(
        columns: int = 80,
        rows: int = 24,
        program: str = "light_program.py",
        shell: bool = False,
        arguments: Sequence[str] = (),
        at: Path = store,
        answers_after_s: float = 0.0,
        **environment: str,
    ) -> Any:
        command = [sys.executable, str(PROGRAM.with_name(program)), "--store", str(at)]
        home = {"REMEMBRANCER_CONFIG": str(tmp_path / "config.toml")}
        command += arguments
        given = ["bash", "--norc", "-i"] if shell else command
        opened.append(
            emulator.Terminal(given, columns, rows, answers_after_s, **home, **environment)
        )
        if shell:  # somebody's own, with its job control
            opened[-1].keys(shlex.join(command) + "\r")
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()
