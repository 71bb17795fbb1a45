"""The program in this process, on a store of its own, with test doubles for the learned parts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant import Assistant
from assistant.errors import UsageError
from assistant.terminal.cli import build
from assistant.terminal.settings import Settings
from assistant.testing import HashEncoder, LengthNetwork

PROGRAM = Path(__file__).with_name("light_program.py")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "me.db"


@pytest.fixture
def command(store: Path) -> list[str]:
    """The program as a process."""
    return [sys.executable, str(PROGRAM), "--store", str(store)]


@pytest.fixture
def run(store: Path, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command line; keyword ``input`` is standard input."""
    for name in ("STORE", "OWNER", "RUNTIME", "DEVICE", "DEBUG"):
        monkeypatch.delenv(f"REMEMBRANCER_{name}", raising=False)

    def opener(settings: Settings) -> Assistant:
        try:
            return Assistant(
                settings.store_address(),
                owner=settings.owner,
                clock=clock,
                encoder=HashEncoder(),
                network=LengthNetwork(),
            )
        except ValueError as error:
            raise UsageError(str(error)) from error

    def invoke(*arguments: str, store: Path | str | None = store, **options: Any) -> Result:
        where = [] if store is None else ["--store", str(store)]
        return CliRunner().invoke(build(opener), [*where, *arguments], **options)

    return invoke


@pytest.fixture
def run_json(run: Callable[..., Result]) -> Callable[..., Any]:
    """Runs a command line with ``--json``; gives the envelope."""

    def invoke(*arguments: str, **options: Any) -> Any:
        result = run(*arguments, "--json", **options)
        [line] = result.stdout.splitlines()
        return json.loads(line)

    return invoke
