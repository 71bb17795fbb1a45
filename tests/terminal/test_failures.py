"""Every exception becomes one line and the right exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import storage
from assistant import errors
from assistant.terminal.failures import explain


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError("x"), 2),
        (errors.ConfigurationError("x"), 3),
        (errors.StaleEmbeddings("x"), 3),
        (errors.ModelError("x"), 4),
        (errors.CheckpointError("x"), 6),
        (errors.ReplayFailed("x"), 8),
        (storage.StoreLocked("x"), 5),
        (storage.StoreCorrupt("x"), 6),
        (storage.StoreTooNew("x"), 7),
        (storage.StoreSealed("x"), 3),
        (storage.EncryptionUnavailable("x"), 3),
        (storage.RefConflict("x"), 2),
        (storage.StorageError("x"), 1),
        (FileNotFoundError(2, "No such file", "a.txt"), 2),
        (PermissionError(13, "Permission denied", "a.txt"), 5),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 141),
        (RuntimeError("a\nb"), 1),
        (ModuleNotFoundError("No module named 'nothing'", name="nothing"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_exception_has_its_code_and_one_line(error: BaseException, code: int) -> None:
    failure = explain(error)
    assert failure.exit_code == code
    assert failure.line()
    assert "\n" not in failure.line()


def test_a_bug_says_where_to_look_and_shows_no_traceback(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr("assistant.terminal.memory_commands.recall", broken)
    result = run("recall", "dog")
    assert result.exit_code == 1
    assert result.stderr == (
        "assistant: unexpected RuntimeError: it broke (REMEMBRANCER_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("REMEMBRANCER_DEBUG", "1")
    assert "Traceback" in run("recall", "dog").stderr


def test_a_file_that_is_no_store_ends_with_code_6(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    result = run("memories", store=path)
    assert result.exit_code == 6
    assert len(result.stderr.splitlines()) == 1
    assert path.read_text().startswith("not a database")


def test_another_database_ends_with_code_2(run: Any) -> None:
    result = run("memories", store="postgresql://localhost/me")
    assert result.exit_code == 2
    assert "sqlite" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_failure_under_json_is_an_envelope(run_json: Any, tmp_path: Path) -> None:
    envelope = run_json("forget", "nothing like this")
    assert envelope["ok"] is False
    assert envelope["command"] == "forget"
    assert envelope["error"]["kind"] == "UsageError"
    assert envelope["error"]["exit_code"] == 2


def test_a_wrong_flag_under_json_is_an_envelope_too(run_json: Any) -> None:
    assert run_json("recall", "--no-such-flag")["error"]["exit_code"] == 2


def test_what_a_library_prints_from_outside_python_stays_off_the_screen() -> None:
    import subprocess
    import sys

    code = (
        "import os, sys\n"
        "from assistant.terminal.native_stderr import native_stderr_silenced\n"
        "with native_stderr_silenced():\n"
        "    os.write(2, b'noise\\n'); print('a word', file=sys.stderr)\n"
        "os.write(2, b'the end\\n')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr == "a word\nthe end\n"
