"""Without a terminal: a turn a line, plain replies, not one escape byte."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.terminal.pipe import read_lines


def test_a_line_is_a_turn_and_what_was_said_is_there_next_time(run: Any) -> None:
    first = run(input="My dog is called Bruno.\n\nWhat is my dog called?\n")
    assert first.exit_code == 0
    assert first.stdout.count("Bruno") >= 2
    assert "Bruno" in run(input="What is my dog called?").stdout


def test_a_command_in_a_pipe_works_and_two_slashes_are_words(run: Any) -> None:
    result = run(input="//etc is my favourite folder of all.\n/memories --all\n")
    assert "/etc is my favourite folder" in result.stdout
    assert "//etc" not in result.stdout


def test_a_line_that_fails_does_not_stop_the_rest_but_the_exit_code_tells(run: Any) -> None:
    result = run(input="/nonsense\nMy dog is called Bruno.\n")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert "Bruno" in result.stdout


def test_quit_ends_the_pipe(run: Any) -> None:
    assert "Bruno" not in run(input="/quit\nMy dog is called Bruno.\n").stdout


def test_no_input_at_all_is_no_failure(run: Any) -> None:
    assert run(input="").exit_code == 0


def test_bytes_that_are_no_text_are_survived(run: Any) -> None:
    result = run(input=b"\xff\xfe My dog \xc3( is called Bruno.\r\n\x00\n\x1b[2J\xed\xa0\x80 my\n")
    assert result.exit_code == 0, result.stderr
    assert "Bruno" in result.stdout
    assert "\x1b" not in result.stdout


def test_an_endless_line_is_refused_in_one_line(run: Any) -> None:
    result = run(input="x" * 3_000_000 + "\nMy dog is called Bruno.\n")
    assert result.exit_code == 2
    assert "line 1 is longer than 1,000,000 bytes" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Bruno" in result.stdout


class Endless(io.RawIOBase):
    """Gives bytes without a newline, and remembers the largest piece asked for."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.largest = 0

    def readline(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert size > 0
        self.largest = max(self.largest, size)
        given = min(size, self.left)
        self.left -= given
        return b"x" * given


def test_a_line_over_the_limit_is_never_held_whole() -> None:
    stream = Endless(50_000_000)
    lines: Iterator[str | None] = read_lines(stream, 1000)  # type: ignore[arg-type]
    assert list(lines) == [None]
    assert stream.largest < 100_000


@pytest.mark.parametrize("size", [9, 10, 11])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_the_limit_is_exact(size: int, end: bytes) -> None:
    lines = list(read_lines(io.BytesIO(b"x" * size + end + b"next\n"), 10))
    if end:
        assert lines == [("x" * size) if size <= 10 else None, "next"]


def test_a_byte_order_mark_is_no_word() -> None:
    assert list(read_lines(io.BytesIO(b"\xef\xbb\xbfhello\n"))) == ["hello"]


def test_json_lines_answer_lines(run: Any) -> None:
    result = run("chat", "--json", input="My dog is called Bruno.\n/stm\n/nonsense\n")
    reply, stm, failure = map(json.loads, result.stdout.splitlines())
    assert reply["data"]["learned"] == ["My dog is called Bruno."]
    assert stm["command"] == "stm"
    assert failure["ok"] is False
    assert result.exit_code == 2


def test_recording_writes_a_dialogue_that_replays(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "said.dialogue.yaml"
    result = run(input=f"/record {path}\nMy dog is called Bruno.\n/new\nWhat is my dog called?\n")
    assert "user: My dog is called Bruno." in path.read_text("utf-8"), result.stderr
    assert "new session" in path.read_text("utf-8")


def test_a_real_pipe_gets_no_escape_byte(command: list[str]) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "FORCE_COLOR": "1"}
    said = "My dog is called Bruno.\n/stm\n/memories\n/help\n/nonsense\nWhat is my dog called?\n"
    done = subprocess.run(
        command, input=said.encode(), capture_output=True, env=environment, timeout=60
    )
    assert b"Bruno" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_reader_that_leaves_early_is_met_quietly(command: list[str]) -> None:
    subprocess.run([*command, "remember", "My dog is called Bruno."], check=True, timeout=60)
    with subprocess.Popen(
        [*command, "memories"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(60) in (141, -signal.SIGPIPE)
    assert errors == b""
