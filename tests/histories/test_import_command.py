"""The command, as the shell calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant import Assistant
from assistant.terminal.cli import build
from assistant.terminal.importing import import_file
from assistant.terminal.registry import Argument, Command, Option, Registry
from assistant.testing import HashEncoder, LengthNetwork
from storage import LongTermStore
from tests.histories.exports import write
from tests.histories.test_importing import GARDEN, PARROT

IMPORT = Command(
    "import",
    "Take in conversations",
    import_file,
    Argument("FILE", "file", required=True),
    options=(
        Option(("--dry-run", "-n"), "Only say"),
        Option(("--undo", "-u"), "Forget"),
        Option(("--yes", "-y"), "Do not ask"),
    ),
    places=("shell",),
)

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def opener(settings: Any) -> Assistant:
        return Assistant(settings.store_address(), encoder=HashEncoder(), network=LengthNetwork())

    def invoke(*words: str, **options: Any) -> Result:
        program = build(opener, Registry([IMPORT]))
        store = str(tmp_path / "me.db")
        return CliRunner().invoke(program, ["--store", store, "import", *words], **options)

    return invoke


@pytest.fixture
def export(tmp_path: Path) -> str:
    return str(write(tmp_path / "conversations.json", PARROT, GARDEN))


def test_an_import_says_what_it_brought(run: Run, export: str) -> None:
    shown = run(export).stdout
    assert "4 new turns in 2 conversations (chatgpt 1, claude 1) from 2023-11-1" in shown
    assert "Left out: 1 system and tool messages." in shown
    assert "0 new turns" in run(export).stdout


def test_a_dry_run_makes_no_store(run: Run, export: str, tmp_path: Path) -> None:
    result = run(export, "--dry-run")
    assert "4 new turns" in result.stdout
    assert "Nothing was written." in result.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["conversations.json"]
    run(export)
    data = json.loads(run(export, "-n", "--json").stdout)["data"]
    assert (data["turns"], data["known"], data["dry_run"]) == (0, 4, True)


def test_a_dry_run_of_lines_counts_them(run: Run, tmp_path: Path) -> None:
    turn = {"id": "1", "session": 1, "speaker": "Ana", "time": "", "text": "I have a parrot."}
    line = json.dumps({"id": "c", "turns": [turn]})
    assert "1 new turn in 1 conversation;" in run("-", "--dry-run", input=line).stdout
    (tmp_path / "x.jsonl").write_text(line)
    assert "1 new turn in 1 conversation;" in run(str(tmp_path / "x.jsonl"), "-n").stdout
    assert not (tmp_path / "me.db").exists()
    assert "1 new turn in 1 conversation;" in run("-", input=line).stdout
    assert "1 was known" in run(str(tmp_path / "x.jsonl"), "-n").stdout


def test_undoing_needs_a_yes(run: Run, export: str, tmp_path: Path) -> None:
    run(export)
    result = run(export, "--undo")
    assert (result.exit_code, "add --yes" in result.stderr) == (2, True)
    with LongTermStore(tmp_path / "me.db") as store:
        assert store.count_turns() == 4
    assert "Forgotten: 2 turns of 1 conversation." in run("-uy", "claude").stdout
    data = json.loads(run("--undo", "--yes", export, "--json").stdout)["data"]
    assert (data["turns"], data["conversations"]) == (2, 1)
    assert "Nothing that chatgpt brought is here." in run("-u", "chatgpt").stdout


def test_wrong_uses_say_what_is_right_in_a_line(run: Run, export: str, tmp_path: Path) -> None:
    Path(export).write_bytes(Path(export).read_bytes()[:-40])
    for words, said in [
        ((export,), "inside conversation 2"),
        ((str(tmp_path / "no.zip"),), "cannot be read"),
        (("--undo", "gpt"), "expected chatgpt, claude"),
        (("--undo", "--dry-run", export), "give one of them"),
    ]:
        result = run(*words)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_damage_is_told_on_standard_error(run: Run, export: str) -> None:
    Path(export).write_bytes(Path(export).read_bytes().replace(b'"mapping":', b'"mapping"!', 1))
    result = run(export)
    assert (result.exit_code, "conversation 1, at byte 1" in result.stderr) == (0, True)
    assert "2 new turns" in result.stdout
