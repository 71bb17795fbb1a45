"""Editing a line with the keys of emacs and of vi, and every kind of terminal, at the real program.

What other tests type is not typed again: history search, suggestions, completion, Alt-Enter, the
editor in emacs, Ctrl-C, Ctrl-D, Ctrl-Z and pastes are in ``test_keys_pty`` and ``test_chat_pty``.
"""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Opener = Callable[..., Any]
PROGRAM = Path(__file__).with_name("light_program.py")
ESCAPE = "\x1b"


def escape(chat: Any) -> None:
    """Escape alone, and not the beginning of Alt."""
    chat.keys(ESCAPE)
    time.sleep(0.3)


def line(chat: Any, text: str) -> None:
    """Wait until the line is this, and clear it."""
    chat.wait(rf"(^|\n)> {text}\n")
    chat.keys("\x05\x15")
    chat.wait(r"(^|\n)>\n")


def test_emacs_keys(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    for typed, shown in (
        ("two three\x01one \x05 four", "one two three four"),  # line start, line end
        ("one two three\x1bb\x1bbX", "one Xtwo three"),  # word back, twice
        ("one two\x01\x1bfX", "oneX two"),  # word forward
        ("one two\x17three", "one three"),  # cut the word before
        ("one two\x01\x1bd", " two"),  # cut the word after
        ("one two\x1bb\x0b", "one"),  # cut to the end
        ("one two\x17\x19\x19", "one twotwo"),  # put back, twice
        ("one two\x15x", "x"),  # cut to the start
        ("one two\x17\x1f", "one two"),  # undo
        ("ab\x02\x02X\x06Y", "XaYb"),  # letter back and forward
        ("abc\x1b[D\x7f", "ac"),  # arrow, backspace
        ("abc\x1b[D\x1b[D\x1b[3~", "ac"),  # delete
        ("abc\x1b[HX\x1b[FY", "XabcY"),  # Home, End
        ("ab\x14", "ba"),  # swap two letters
    ):
        chat.keys(typed)
        line(chat, shown)


def test_vi_keys_edit_open_a_line_and_go_to_the_editor(terminal: Opener, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf " indeed" >> "$1"\n')
    editor.chmod(0o755)
    chat = terminal(REMEMBRANCER_KEYS="vi", VISUAL=str(editor))
    chat.wait("short-term 0/12")
    chat.keys("one two three")
    escape(chat)
    chat.keys("0dwA four")  # start, cut a word, add at the end
    chat.wait("> two three four\n")
    escape(chat)
    chat.keys("u")  # undo
    chat.wait("> two three fou\n")
    chat.keys("ddip")  # cut the line, write another
    chat.wait("> p\n")
    chat.keys("ear")
    escape(chat)
    chat.keys("o")  # go on in a new line
    chat.keys("apple")
    chat.wait("> pear\n  apple\n")
    escape(chat)
    chat.keys("v")  # the editor
    chat.wait("> pear\n  apple indeed\n")
    chat.keys("\r")
    chat.wait("short-term 2/12")
    escape(chat)
    chat.keys("k")  # the line before
    chat.wait("\n> pear\n  apple indeed\n(.|\n)*\n> pear\n  apple indeed\n")
    chat.keys("\x03\x04")
    assert chat.ends() == 0


def test_wide_characters_and_emoji_are_edited_as_one(terminal: Opener) -> None:
    chat = terminal(40, 14)
    chat.wait("short-term 0/12")
    chat.keys("我的小猫\x1b[D\x1b[D\x7f")  # two back, one away
    chat.wait("> 我 *小 *猫")
    chat.keys("\x05\x15🐶🐱\x7f!")
    chat.wait("> 🐶 *!")
    chat.keys("\x15" + "很长的一句话" * 12)  # goes on in the next row
    chat.wait("长")
    chat.keys("\r")
    chat.wait("short-term 2/12")
    assert "Traceback" not in chat.shown()


def test_up_down_and_a_search_that_is_given_up(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("first thing\rsecond thing\r")
    chat.wait("short-term 4/12")
    chat.keys("draft\x1b[A\x1b[A")
    chat.wait(r"\n> first thing\n")
    chat.keys("\x1b[B")
    chat.wait(r"\n> second thing\n")
    chat.keys("\x1b[B")
    chat.wait(r"\n> draft\n")
    chat.keys("\x12thing\x12")  # the one before that
    chat.wait("first thing\n")
    chat.keys("\x07")  # never mind
    chat.wait(r"\n> draft\n")


def test_a_paste_with_tabs_and_the_line_ends_of_windows(terminal: Opener, run_json: Any) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("\x1b[200~My list:\r\n\tmilk\r\n\tbread\x1b[201~\r")
    chat.wait("short-term 2/12")
    chat.keys("\x04")
    assert chat.ends() == 0
    assert run_json("history")["data"][0]["text"] == "My list:\n\tmilk\n\tbread"


@pytest.mark.parametrize("kind", ["linux", "vt100", "screen-256color", "xterm-kitty", "no-such"])
def test_every_kind_of_terminal_holds_a_conversation(terminal: Opener, kind: str) -> None:
    chat = terminal(TERM=kind)
    chat.wait(">")
    chat.keys("My dog is called Bruno.\r")
    chat.wait(r"called Bruno\.\n(.|\n)*Bruno(.|\n)*>")
    chat.keys("/quit\r")
    assert chat.ends() == 0
    assert "Traceback" not in chat.shown()


def test_narrower_and_wider_while_a_reply_is_made(terminal: Opener) -> None:
    chat = terminal(program="busy_program.py")
    chat.wait("short-term 0/12")
    chat.keys("stream\r")
    chat.wait("Bruno")
    chat.resize(30, 10)
    chat.wait("the end")
    chat.keys("typed when narrow")
    chat.wait("typed when narrow")
    chat.resize(100, 30)
    chat.keys(" and wide\r")
    chat.wait("You said: typed when narrow and wide(.|\n)*short-term 4/12")


@pytest.mark.parametrize(
    ("redirected", "shown", "file"),
    [
        ("< {0}/in > {0}/out", "", "called Bruno"),  # no terminal at all
        ("< {0}/in", "called Bruno", None),  # input from a pipe
        ("> {0}/out", "", "called Bruno"),  # output to a file, typed at the keys
    ],
    ids=["neither", "input", "output"],
)
def test_without_a_terminal_on_one_side_or_both(
    terminal: Opener, store: Path, tmp_path: Path, redirected: str, shown: str, file: str | None
) -> None:
    (tmp_path / "in").write_text("My dog is called Bruno.\n")
    shell = terminal(shell=True, program="light_program.py", arguments=["--version"])
    shell.wait("remembrancer [0-9]")
    command = shlex.join([sys.executable, str(PROGRAM), "--store", str(store)])
    shell.keys(f"clear; {command} {redirected.format(tmp_path)}; echo ended $?\r")
    if "<" not in redirected:
        time.sleep(1)
        shell.keys("My dog is called Bruno.\r\x04")
    screen = shell.wait("\nended 0|^ended 0")
    assert shown in screen
    if file is not None:
        written = (tmp_path / "out").read_bytes()
        assert file.encode() in written
        assert b"\x1b" not in written
