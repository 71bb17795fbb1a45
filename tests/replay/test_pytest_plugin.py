"""The plugin in a pytest of its own, as another project would use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "name: the dog\nclock: 2026-05-03T09:00+01:00\nsteps:\n"
GOOD = HEAD + "  - remember: My dog is called Bruno.\n    expect: {stored: [Bruno]}\n"
BAD = HEAD.replace("dog", "cat") + "  - remember: My cat.\n    expect: {stored: [Rex]}\n"


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:pytest_alembic", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_dialogues_are_collected_and_failures_are_readable(tmp_path: Path) -> None:
    (tmp_path / "good.dialogue.yaml").write_text(GOOD)
    (tmp_path / "bad.dialogue.yaml").write_text(BAD)
    (tmp_path / "other.yaml").write_text("no: dialogue")
    done = run_pytest(tmp_path)
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert 'stored: expected "Rex"' in done.stdout
    assert "memory: My cat." in done.stdout
    assert "Traceback" not in done.stdout
    assert done.returncode == 1


def test_an_unreadable_dialogue_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "torn.dialogue.yaml").write_text("name: torn\n")
    done = run_pytest(tmp_path)
    assert "torn.dialogue.yaml:1: found no 'clock'" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_run_without_dialogues_imports_nothing_of_the_assistant(tmp_path: Path) -> None:
    (tmp_path / "test_light.py").write_text(
        "import sys\n\ndef test_light():\n"
        "    heavy = {'numpy', 'yaml', 'sqlalchemy', 'assistant.assistant', 'storage'}\n"
        "    assert not heavy & set(sys.modules)\n"
    )
    done = run_pytest(tmp_path)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
