"""Standard streams that are full, closed, or whose reader went away: a line and a code, always."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")

FULL = (
    "assistant: what was printed, or a file, cannot be written: no space left on device "
    "(free some space, or send it elsewhere)\n"
)


def shell(command: list[str], line: str, **options: str) -> subprocess.CompletedProcess[str]:
    """Run the program as "$@" in a line of the shell."""
    return subprocess.run(
        ["sh", "-c", line, *command],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | options,
    )


@pytest.fixture
def program(command: list[str]) -> list[str]:
    return ["sh", *command]


@pytest.mark.parametrize("arguments", ["memories --json", "--help", "ask hello", "export"])
def test_a_full_output_is_one_line_and_a_code(program: list[str], arguments: str) -> None:
    shell(program, '"$@" remember "My dog is called Bruno."')
    done = shell(program, f'"$@" {arguments} > /dev/full')
    assert (done.returncode, done.stderr) == (5, FULL)


@pytest.mark.parametrize("flag", ["", "--json"])
def test_a_chat_whose_output_is_full_ends_with_its_first_line(
    program: list[str], flag: str
) -> None:
    done = shell(program, f'printf "My cat is Tom.\\nI am 40.\\n" | "$@" chat {flag} > /dev/full')
    assert (done.returncode, done.stderr) == (5, FULL)
    said = json.loads(shell(program, '"$@" history --json').stdout)["data"]
    assert [turn["text"] for turn in said if turn["role"] == "user"] == ["My cat is Tom."]


def test_where_nothing_can_be_said_the_code_says_it(program: list[str]) -> None:
    assert shell(program, '"$@" --help > /dev/full 2> /dev/full').returncode == 5


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["memories --json", "ask hello", "chat"])
def test_a_closed_stream_is_taken_for_an_empty_one(
    program: list[str], arguments: str, closed: str
) -> None:
    done = shell(program, f'"$@" {arguments} {closed}')
    assert done.stderr == ""
    assert done.returncode == 0


def test_what_is_printed_to_a_closed_output_never_reaches_the_store(
    program: list[str], store: Path
) -> None:
    shell(program, '"$@" remember "My dog is called Bruno." >&- 2>&-')
    for file in store.parent.glob(f"{store.name}*"):
        assert b"Remembered as number" not in file.read_bytes(), shlex.quote(str(file))
