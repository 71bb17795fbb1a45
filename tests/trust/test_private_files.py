"""Whatever the program writes is its user's alone, whatever the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.terminal.private import make_private
from trust.programs import run_program

RECORDED = b"/record talk.dialogue.yaml\nMy cat is called Tom.\n/record off\n"


@pytest.fixture(autouse=True)
def _no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """What others may do with what lies in a folder, where they may do anything."""
    found = {str(path.relative_to(folder)): path.stat().st_mode for path in folder.rglob("*")}
    return {name: oct(mode & 0o777) for name, mode in found.items() if mode & 0o077}


def test_what_the_commands_write_nobody_else_can_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    store = home / "a" / "b" / "me.db"
    place = {"REMEMBRANCER_STORE": str(store)}
    # What the test itself writes for the program lies elsewhere.
    for arguments, stdin in (
        (("ask", "My dog is called Biscuit."), b""),
        ((), RECORDED),
        (("export", str(home / "all.jsonl")), b""),
        (("backup",), b""),
        (("backup", str(home / "copy.db")), b""),
        (("restore", "--yes"), b""),
        (("sleep",), b""),
        (("forget", "--yes", "dog"), b""),
    ):
        ran = run_program(tmp_path, *arguments, stdin=stdin, **place)
        assert ran.code == 0, ran.err
    assert len(list(home.rglob("*"))) >= 6
    assert modes(home) == {}
    assert (tmp_path / "talk.dialogue.yaml").stat().st_mode & 0o777 == 0o600


def test_folders_made_on_the_way_to_a_private_file_are_private(tmp_path: Path) -> None:
    path = tmp_path / "state" / "remembrancer" / "history"
    make_private(path)
    make_private(path)
    assert modes(tmp_path) == {}
    assert path.parent.stat().st_mode & 0o777 == 0o700
