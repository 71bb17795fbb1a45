"""Read-only and off the record: what is written, what is not, and that one always sees which."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.terminal.settings import Settings
from assistant.terminal.sleep_command import LONG_DAY, offer

SECRET = "My neighbour plays the tuba at midnight."


def files_with(folder: Path, words: str) -> list[str]:
    """Names of the files that hold these words, whatever the case."""
    wanted = words.encode().lower()
    return [path.name for path in folder.iterdir() if wanted in path.read_bytes().lower()]


@pytest.mark.parametrize("flag", ["--off-record", "--read-only"])
def test_a_flag_writes_nothing_and_recalls_all_the_same(run: Any, store: Path, flag: str) -> None:
    run("remember", "My dog is called Bruno.")
    before = run("history", "--json").stdout
    result = run(flag, input=f"{SECRET}\nWhat is my dog called?\nWho plays the tuba?\n")
    assert "Bruno" in result.stdout
    assert "tuba at midnight" in result.stdout, "it is known while the chat lasts"
    assert run("history", "--json").stdout == before
    assert files_with(store.parent, "tuba") == []


@pytest.mark.parametrize("flag", ["--off-record", "--read-only"])
def test_where_there_is_no_store_none_is_made(run: Any, tmp_path: Path, flag: str) -> None:
    store = tmp_path / "new" / "me.db"
    assert run(flag, input=f"{SECRET}\n", store=store).exit_code == 0
    assert run("ask", SECRET, flag, store=store).exit_code == 0
    assert not store.parent.exists()
    refused = run(flag, input="/mode normal\n", store=store)
    assert "no store yet that could be written to" in refused.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["remember", "x"],
        ["forget", "--yes", "1"],
        ["pin", "1"],
        ["edit", "1", "x"],
        ["undo"],
        ["inbox", "1", "now"],
        ["reindex"],
        ["import", "x.jsonl"],
        ["sleep"],
    ],
    ids=lambda words: words[0],
)
def test_what_can_only_be_written_is_refused_in_one_line(run: Any, words: list[str]) -> None:
    run("remember", "My dog is called Bruno.")
    result = run("--read-only", *words)
    assert result.exit_code == 2
    assert "read-only" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Bruno" in run("memories").stdout


def test_the_mode_changes_in_the_middle(run: Any, store: Path) -> None:
    lines = f"My dog is called Bruno.\n/mode off\n{SECRET}\n/mode normal\nI like green tea.\n"
    result = run("chat", "--json", input=lines)
    data = [json.loads(line)["data"] for line in result.stdout.splitlines()]
    assert [data[i]["mode"] for i in (1, 3)] == ["off-record", "normal"]
    said = run("history").stdout
    assert "Bruno" in said
    assert "green tea" in said
    assert files_with(store.parent, "tuba") == []
    assert "no mode 'loud'; expected normal, read-only" in run(input="/mode loud\n").stderr


def test_off_the_record_no_line_typed_is_kept_and_the_prompt_says_so(
    terminal: Callable[..., Any], store: Path, tmp_path: Path
) -> None:
    chat = terminal()
    chat.wait("normal \\| memory \\| short-term 0/12")
    chat.keys(f"hello\r/mode off-record\r{SECRET}\r")  # typed ahead: it is off the record, too
    chat.wait("off-record>\n(.|\n)*off-record \\| memory")
    chat.keys(f"/record {tmp_path / 'said.yaml'}\r")
    chat.wait("off the record nothing is written")
    chat.keys("/mode normal\r")
    chat.wait("\n> *\n(.|\n)*normal \\| memory")
    chat.keys("goodbye for now\r")
    chat.wait("> goodbye for now\n")
    chat.keys("\x04")
    assert chat.ends() == 0
    assert files_with(store.parent, "tuba") == []
    typed = store.with_name("me.db.history").read_text("utf-8")
    assert "+hello" in typed
    assert "+goodbye" in typed


def test_a_chat_off_the_record_leaves_no_file(terminal: Callable[..., Any], store: Path) -> None:
    before = sorted(store.parent.iterdir())
    chat = terminal(40, 20, arguments=["--off-record"])
    chat.wait("Off the record(.|\n)*off-record>\n(.|\n)*off-record \\|")
    chat.keys(f"{SECRET}\r")
    chat.wait("2/12")
    chat.keys("\x04")
    assert chat.ends() == 0
    assert "nothing was written." in " ".join(chat.shown().split())
    assert sorted(store.parent.iterdir()) == before


def test_sleep_tells_what_it_did_and_is_offered_after_a_long_day(
    terminal: Callable[..., Any], run: Any, run_json: Any
) -> None:
    run("remember", "My dog is called Bruno.")
    assert "The store is whole" in run("sleep").stdout
    assert run_json("sleep")["data"]["problems"] == []
    chat = terminal()
    chat.wait("short-term 0/12")
    for _ in range(LONG_DAY // 2):
        chat.keys("hello there\r")
    chat.keys("\x04")
    chat.wait(f"A long day, {LONG_DAY} turns. Look after the memories now\\? \\[y/N\\]")
    chat.keys("y\r")
    assert chat.ends() == 0
    assert "The store is whole" in chat.shown()


def test_sleep_is_offered_once_after_a_long_day_and_never_off_the_record() -> None:
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return ""

    context: Any = SimpleNamespace(slept=False, settings=Settings())
    offer(context, LONG_DAY - 1, no)
    assert asked == []
    offer(context, LONG_DAY, no)
    assert len(asked) == 1
    context.slept = True
    offer(context, LONG_DAY, no)
    context.slept, context.settings.mode = False, "off-record"
    offer(context, LONG_DAY, no)
    assert len(asked) == 1
