"""Every key that the chat promises, typed at the real program in a real terminal."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Opener = Callable[..., Any]


def test_keys_echo_at_once_while_recall_runs(terminal: Opener, tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    chat = terminal(program="busy_program.py", PONDER_UNTIL=str(enough))
    chat.wait("short-term 0/12")
    typed = "wqzvy" * 2
    alone = chat.echo_median_s(typed)
    back = []
    for key in "wqz":
        chat.keys("\x15ponder this\r")
        back.append(chat.echo_s(key))
    assert min(back) < max(0.2, 20 * alone), (back, alone)
    chat.wait("working, 2 waiting, Ctrl-C stops")
    # 16 ms on a machine of one's own; where others compute too, no key echoes so soon.
    limit = max(0.016, 3 * alone)
    meanwhile = chat.echo_median_s(typed, limit, rounds=8)
    assert "You said" not in chat.shown()
    assert meanwhile <= limit, (meanwhile, alone)
    enough.touch()
    chat.wait("You said: ponder this\n> z(wqzvy)+")


def test_ctrl_c_stops_a_reply_that_hangs_and_keeps_what_was_said(terminal: Opener) -> None:
    chat = terminal(program="busy_program.py")
    chat.wait("short-term 0/12")
    chat.keys("hang please\r")
    chat.wait("please\nso far\n(.|\n)*working, Ctrl-C stops")
    assert chat.interrupt_s("Stopped") < 2
    assert "so far" in chat.shown()
    time.sleep(2.1)  # the next Ctrl-C is no second one
    chat.keys("still here\r/stm\r")
    assert "so far" in chat.wait("You said: still here(.|\n)*4 of 12 turns")
    chat.keys("hang again\r")
    chat.wait("working, Ctrl-C stops")
    chat.keys("\x03\x03")
    assert chat.ends() == 0


def test_a_reply_streams_as_markdown_line_by_line(terminal: Opener) -> None:
    chat = terminal(program="busy_program.py")
    chat.wait("short-term 0/12")
    chat.keys("stream\rnext\r")
    chat.wait("Bruno\n• one\n")
    shown = chat.wait("You said: next")
    assert "Bruno\n• one\n• two\nthe end\n> next\nYou said: next" in shown
    row = next(y for y, line in enumerate(chat.screen.display) if line.startswith("Bruno"))
    assert chat.screen.buffer[row][0].bold
    assert "**" not in shown


def test_lines_multi_line_search_editor_and_completion(
    terminal: Opener, tmp_path: Path, store: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "My cat is called Tom." > "$1"\n')
    editor.chmod(0o755)
    chat = terminal(VISUAL=str(editor))
    chat.wait("short-term 0/12")

    chat.keys("My dog\x1b\ris called Bruno.\r")  # Alt-Enter
    chat.wait("\n> My dog\n  is called Bruno.\n(.|\n)*short-term 2/12")

    chat.keys("\x18\x05")  # Ctrl-X Ctrl-E
    chat.wait("\n> My cat is called Tom.")
    chat.keys("\r")
    chat.wait("short-term 4/12")

    chat.keys("\x12cat")  # Ctrl-R
    chat.wait("search")
    chat.keys("\r")
    chat.wait("\n> My cat is called Tom.\n")
    chat.keys("\x03")
    chat.wait("Ctrl-C again leaves")

    chat.keys("My c")  # a suggestion from history, taken with the right arrow
    chat.wait(r"> My cat is called Tom\.\n(.|\n)*\n> My cat is called Tom\.")
    chat.keys("\x1b[C!")
    chat.wait(r"> My cat is called Tom.!")
    time.sleep(2.1)
    chat.keys("\x03")

    chat.keys("/remember Rex bites.\r")
    chat.wait("Remembered as number 1")
    chat.keys("/forget Re")  # memories by their words
    chat.wait("1 +Rex bites")
    chat.keys("\t\r")
    chat.wait(r"Forget it for good\? \[y/N\]")
    chat.keys("\x04")  # Ctrl-D at a question is a no, and no leaving
    chat.wait("Kept")
    chat.keys("a\x01b\x05c\x17\x15")  # emacs: line start, line end, word back, line away
    chat.keys("/quit\r")
    assert chat.ends() == 0


def test_vi_keys(terminal: Opener) -> None:
    chat = terminal(REMEMBRANCER_KEYS="vi")
    chat.wait("short-term 0/12")
    chat.keys("My dog is called Tom.\x1b")
    time.sleep(0.3)
    chat.keys("bcwBruno\x1b")  # back a word, change it
    chat.wait("> My dog is called Bruno")
    time.sleep(0.3)
    chat.keys("0xxiOur\r")
    chat.wait("\n> Our dog is called Bruno")
    chat.keys("\x04")
    assert chat.ends() == 0


def test_ctrl_z_suspends_and_fg_comes_back(terminal: Opener) -> None:
    chat = terminal(shell=True)
    chat.wait("short-term 0/12")
    chat.keys("before")
    chat.wait("> before")
    chat.keys("\x1a")
    chat.wait("Stopped")
    chat.keys("fg\r")
    chat.wait("> before")
    chat.keys(" after\r")
    chat.wait("> before after\n(.|\n)*short-term 2/12")


def test_a_terminal_that_hangs_up_ends_the_program_and_nothing_is_lost(
    terminal: Opener, run: Any
) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("My dog is called Bruno.\r")
    chat.wait("short-term 2/12")
    chat.close()
    assert "Bruno" in run("recall", "dog").stdout


def test_a_theme_changes_the_colours_at_once(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    assert chat.screen.buffer[chat.screen.cursor.y][0].fg == "cyan"
    chat.keys("/theme light\r")
    chat.wait("For always: /theme light --keep")
    chat.wait("short-term 0/12")
    assert chat.screen.buffer[chat.screen.cursor.y][0].fg == "blue"
    chat.keys("/theme l1ght\r")
    chat.wait("there are dark, light, contrast, mono")


def test_what_is_printed_stays_on_the_screen_while_there_is_room(terminal: Opener) -> None:
    # A terminal far away: where its cursor is, it tells late.
    chat = terminal(program="busy_program.py", answers_after_s=0.25)
    chat.wait("short-term 0/12")
    chat.keys("stream\r")
    chat.wait(r"^I remember what(.|\n)*> stream\nBruno\n• one\n• two\nthe end\n>\n")


def test_a_line_typed_while_a_reply_is_made_waits_and_is_taken_before_leaving(
    terminal: Opener,
) -> None:
    chat = terminal(program="busy_program.py")
    chat.wait("short-term 0/12")
    chat.keys("stream\rone\rtwo\r\x04")
    assert chat.ends() == 0
    shown = chat.shown()
    source = "(recalled, .*\n)?"
    one, two = f"> one\nYou said: one\n{source}", "> two\nYou said: two"
    assert re.search(f"> stream\nBruno\n(.|\n)*{one}{two}", shown)
    assert "Bye." in shown


def test_config_edit_opens_the_file_and_says_what_is_wrong_in_it(
    terminal: Opener, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\necho "them = 1" >> "$1"\n')
    editor.chmod(0o755)
    shell = terminal(arguments=["config", "edit"], VISUAL=str(editor))
    assert shell.ends() == 3
    assert "did you mean theme?" in " ".join(shell.shown().split())
    assert (tmp_path / "config.toml").stat().st_mode & 0o777 == 0o600
