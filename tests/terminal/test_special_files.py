"""Folders, pipes and devices where a plain file is expected, and the other way round."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a FIFO")

TURN = b'{"id": "r1", "session": 1, "speaker": "user", "text": "My dog is called Bruno."}'
LINE = b'{"id": "a", "turns": [' + TURN + b"]}\n"


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_an_export_into_a_pipe_goes_through_it_and_leaves_it_a_pipe(run: Any, pipe: Path) -> None:
    run("remember", "My dog is called Bruno.")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    done = run("export", "--force", str(pipe))
    reader.join(10)
    assert done.stdout == f"1 turn written to {pipe}.\n"
    assert b"My dog is called Bruno." in read[0]
    assert pipe.is_fifo()


def test_an_export_into_a_folder_names_a_file_in_it(run: Any, tmp_path: Path) -> None:
    done = run("export", str(tmp_path))
    assert done.exit_code == 2
    assert done.stderr.endswith(f"is a folder; expected a file, such as {tmp_path}/memory.jsonl\n")


def test_an_import_reads_a_pipe_with_a_name(run: Any, pipe: Path) -> None:
    writer = threading.Thread(target=lambda: pipe.write_bytes(LINE), daemon=True)
    writer.start()
    done = run("import", str(pipe))
    writer.join(10)
    assert done.stdout.startswith("1 new turn in 1 conversation;"), done.stderr


def test_an_evaluation_of_a_pipe_is_refused_and_not_waited_for(run: Any, pipe: Path) -> None:
    done = run("eval", str(pipe))
    assert done.exit_code == 2
    assert "is a pipe or a device; expected a file" in done.stderr


def test_a_store_that_is_a_pipe_is_refused_and_not_waited_for(run: Any, pipe: Path) -> None:
    done = run("memories", store=pipe)
    assert done.exit_code == 6
    assert "is a device or a pipe; expected a file" in done.stderr


def test_manual_pages_are_not_written_into_a_file(run: Any, tmp_path: Path) -> None:
    (tmp_path / "page").write_text("mine")
    done = run("manual", str(tmp_path / "page"))
    assert done.exit_code == 2
    assert "is a file; expected a folder to write the pages into" in done.stderr
    assert (tmp_path / "page").read_text() == "mine"
