"""The README shows what the program does today."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pty")
def test_the_conversation_in_the_readme_is_the_one_the_program_holds(tmp_path: Path) -> None:
    pytest.importorskip("emulator")
    from readme_transcript import record, shown_in_readme

    assert record(tmp_path / "me.db") == shown_in_readme(), (
        "record it again: python tests/terminal/readme_transcript.py"
    )


def test_the_first_screen_is_a_sentence_two_commands_a_conversation_and_six_lines() -> None:
    text = README.read_text("utf-8").split("\n## ")[0]
    blocks = re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL)
    assert [kind for kind, _ in blocks] == ["console", "text", "python"]
    assert len(blocks[0][1].splitlines()) == 2
    assert len(blocks[2][1].splitlines()) == 6
    sentence = text.split("```")[0].split("\n\n")[1]
    assert sentence.count(".") == 1
