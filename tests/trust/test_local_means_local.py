"""No socket is opened unless a model's address is in the settings."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from models.server import ModelServer

from trust.programs import LIGHT, Ran, run_program

COUNTING = Path(__file__).with_name("counting_program.py")
SAID = "My dog is called Biscuit."
DIALOGUE = """\
name: a dog
clock: 2026-05-03T09:00+01:00
steps:
  - user: My dog is called Biscuit.
"""
CONVERSATION = {
    "id": "a",
    "turns": [
        {"id": "1", "session": 1, "speaker": "user", "time": "2026-05-03T09:00", "text": SAID}
    ],
    "questions": [{"text": "What is my dog called?", "evidence": ["1"], "category": "x"}],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "a.dialogue.yaml").write_text(DIALOGUE, "utf-8")
    (tmp_path / "a.jsonl").write_text(json.dumps(CONVERSATION) + "\n", "utf-8")
    (tmp_path / "sockets").touch()
    return tmp_path


@pytest.fixture
def sockets(home: Path) -> Callable[[], list[str]]:
    """What was done with sockets of the internet so far."""
    return lambda: (home / "sockets").read_text("utf-8").splitlines()


def run(home: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> Ran:
    return run_program(
        home,
        *arguments,
        stdin=stdin,
        program=COUNTING,
        SOCKETS=str(home / "sockets"),
        **environment,
    )


COMMANDS = (
    ("ask", SAID),
    ("recall", "dog"),
    ("memories",),
    ("stats",),
    ("import", "a.jsonl"),
    ("import", "--dry-run", "a.jsonl"),
    ("export", "b.jsonl"),
    ("replay", "a.dialogue.yaml"),
    ("eval", "a.jsonl"),
    ("doctor",),
    ("config", "show"),
    ("forget", "--yes", "dog"),
)


def test_a_chat_in_a_pipe_opens_no_socket(home: Path, sockets: Callable[[], list[str]]) -> None:
    ran = run(home, stdin=f"{SAID}\nWhat is my dog called?\n/stats\n/quit\n".encode())
    assert ran.code == 0, ran.err
    assert "Biscuit" in ran.out
    assert sockets() == []


@pytest.mark.faults
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_opens_a_socket(
    arguments: tuple[str, ...], home: Path, sockets: Callable[[], list[str]]
) -> None:
    run(home, "remember", SAID)
    ran = run(home, *arguments)
    # The doctor finds that the vectors are those of the test's own encoder.
    assert ran.code == (3 if arguments == ("doctor",) else 0), ran.err
    assert sockets() == []


def test_sockets_are_counted_when_a_model_is_configured(
    home: Path, sockets: Callable[[], list[str]], server: ModelServer
) -> None:
    run(home, "ask", SAID, REMEMBRANCER_BASE_URL=server.url, REMEMBRANCER_MODEL="small")
    assert server.asked
    where = [line for line in sockets() if line.startswith("socket.connect")]
    assert where
    assert all("127.0.0.1" in line for line in where)


@pytest.mark.faults
def test_the_real_program_works_where_there_is_no_network_at_all(home: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("no network namespaces here")
    store = ["--store", str(home / "me.db")]
    for program, words in (([str(LIGHT)], "light"), (["-m", "assistant"], "real")):
        for text in (SAID, "What is my dog called?"):
            ran = subprocess.run(
                [unshare, "-rn", sys.executable, *program, *store, "ask", text],
                capture_output=True,
                text=True,
                check=False,
                cwd=home if words == "light" else Path(__file__).parent.parent.parent,
                timeout=300,
            )
            assert ran.returncode == 0, ran.stderr
            assert "Biscuit" in ran.stdout
        (home / "me.db").unlink()
