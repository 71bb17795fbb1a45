"""The conversation in the README, held with the real program.

python tests/terminal/readme_transcript.py       # writes it into the README
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
PROGRAM = HERE / "clocked_program.py"
COMMAND = "$ make chat"
COLUMNS = 100
BEGIN, END = "```text\n$ make chat\n", "```\n"

SESSIONS = (
    (
        "2026-11-21T19:30+00:00",
        (
            "My dog is called Biscuit.",
            "I moved to Porto last month, I work as a nurse there.",
            "/quit",
        ),
    ),
    (
        "2026-11-23T08:15+00:00",
        (
            "What is my dog called?",
            "when did I move?",
            "what's my favourite colour?",
            "My dog is called Rex now",
            "what is my dog called?",
            "/quit",
        ),
    ),
)


def record(store: Path) -> str:
    """Hold the conversation in a terminal without abilities; what it showed."""
    from emulator import Terminal

    shown = []
    for clock, lines in SESSIONS:
        given = [sys.executable, str(PROGRAM), "--store", str(store)]
        home = {"REMEMBRANCER_CONFIG": str(store.with_name("config.toml")), "TZ": "UTC"}
        clean = {name: "" for name in os.environ if name.startswith(("REMEMBRANCER_", "OPENAI_"))}
        chat = Terminal(
            given, columns=COLUMNS, rows=60, **{**clean, **home, "CLOCK": clock, "TERM": "dumb"}
        )
        for line in lines:
            chat.wait(r"(^|\n)>\n*$")
            chat.keys(f"{line}\r")
            chat.wait(rf"\n> {re.escape(line)}\n")
        assert chat.ends() == 0
        shown.append(f"{COMMAND}\n{chat.shown().rstrip()}\n")
    last = shown[-1].partition("> /quit\n")[0]
    return "".join([*shown[:-1], last])


def shown_in_readme() -> str:
    """The conversation that stands in the README."""
    text = README.read_text("utf-8")
    begin = text.index(BEGIN) + len("```text\n")
    return text[begin : text.index(END, begin)]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        recorded = record(Path(folder) / "me.db")
    text = README.read_text("utf-8").replace(shown_in_readme(), recorded)
    README.write_text(text, "utf-8")
