"""The real program in a real terminal: what somebody at the keys sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

Opener = Callable[..., Any]


def test_told_quit_come_back_asked_answered(terminal: Opener, store: Path) -> None:
    first = terminal()
    first.wait("^I remember what you tell me(.|\n)*Biscuit")
    first.wait("short-term 0/12")
    first.keys("My dog is called Bruno.\r")
    first.wait(r"\n> My dog is called Bruno\.\n.*Bruno.*\n>")
    first.keys("\x04")
    assert first.ends() == 0
    assert "Bye. " in first.shown()
    assert store.with_name("me.db.history").stat().st_mode & 0o777 == 0o600

    second = terminal()
    assert "Biscuit" not in second.wait(r"Welcome back.*\n>")
    second.keys("What is my dog called?\r")
    assert "Bruno" in second.wait(r"called\?\n.+\n>").split("called?")[1]
    second.keys("\x1b[A\x1b[A")  # the line before the last, from the session before
    second.wait(r"\n> My dog is called Bruno\.\n(.|\n)*short-term 2/12")
    second.keys("\x03/quit\r")
    assert second.ends() == 0


def test_ctrl_c_clears_the_line_and_twice_leaves(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("never said")
    chat.wait("> never said")
    chat.keys("\x03")
    assert "never said" not in chat.wait("Ctrl-C again leaves")
    chat.wait("short-term 0/12")  # the hint goes by itself, and with it the second chance
    chat.keys("\x03")
    chat.wait("Ctrl-C again leaves")
    chat.keys("\x03")
    assert chat.ends() == 0


def test_ctrl_c_just_after_a_reply_clears_the_line_though_the_reply_put_work_off(
    terminal: Opener, run_json: Any, tmp_path: Path
) -> None:
    enough = tmp_path / "enough"
    chat = terminal(program="busy_program.py", PONDER_UNTIL=str(enough))
    chat.wait("short-term 0/12")
    chat.keys("put off\r")
    chat.wait(
        r"ponder about this later\n> *\n(.|\n)*\n(normal \| )?slow \|"
    )  # it encodes until enough
    chat.keys("never said")
    chat.wait("> never said")
    chat.keys("\x03")
    assert "never said" not in chat.wait("Ctrl-C again leaves")
    chat.keys("kept\r")
    enough.touch()
    chat.wait("You said: kept(.|\n)*short-term 4/12")
    chat.keys("\x04")
    assert chat.ends() == 0
    said = [turn["text"] for turn in run_json("history")["data"]]
    assert said == ["put off", "Let us ponder about this later", "kept", "You said: kept"]


def test_who_asks_for_help_in_words_is_told_of_the_commands(terminal: Opener) -> None:
    chat = terminal(LC_ALL="zh_CN.UTF-8")
    chat.wait("^" + " *".join("你告诉我的") + "(.|\\n)*short-term 0/12")
    chat.keys("help\r帮助\r")
    chat.wait("/help lists the commands(.|\n)*/help 列")
    welcome = terminal(LC_ALL="", LC_MESSAGES="", LANG="zh_TW.UTF-8")
    welcome.wait(" *".join("欢迎回来"))


def test_a_paste_of_several_lines_is_one_turn(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("\x1b[200~My dog\nis called\nBruno.\x1b[201~")
    chat.wait("Bruno")
    chat.keys("\r")
    chat.wait("short-term 2/12")


def test_a_slash_shows_the_commands_and_a_slip_is_put_right(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("/me")
    chat.wait("/memories +List memories")
    chat.keys("\x03/memroies\r")
    chat.wait(r"did you mean /memories\?")


def test_forgetting_asks_first(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("/remember My desk is number 1234.\r")
    chat.wait("Remembered as number 1")
    chat.keys("/forget desk\r")
    chat.wait(r"Forget it for good\? \[y/N\]")
    chat.keys("n\r")
    chat.wait("Kept")
    chat.keys("/forget desk\r")
    chat.wait(r"Kept(.|\n)*Forget it for good\? \[y/N\]")
    chat.keys("y\r")
    chat.wait("Forgotten: 1 memory")
    chat.keys("\x04")
    assert chat.ends() == 0


def test_what_was_forgotten_is_not_among_the_lines_typed(terminal: Opener, store: Path) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("/remember My desk is number 1234.\r")
    chat.wait("Remembered")
    chat.keys("/forget --yes 1\r")
    chat.wait("Forgotten")
    chat.keys("\x04")
    chat.ends()
    left = [path.name for path in store.parent.iterdir() if b"1234" in path.read_bytes()]
    assert left == []


def test_forty_columns_wide_characters_and_a_resize(terminal: Opener) -> None:
    chat = terminal(40, 14)
    chat.wait("short-term 0/12")
    chat.keys("我的猫叫小泽，它喜欢睡在窗边的旧毯子上。\r")
    chat.wait("short-term 2/12")
    chat.keys("/memories\r")
    chat.wait("kept")
    chat.resize(60, 20)
    chat.keys("/stm\r")
    assert "小泽" in chat.wait(r"2 of 12 turns")
    chat.keys("👨\u200d👩\u200d👧 and e\u0301\r")
    chat.wait("short-term 4/12")
    chat.keys("\x04")
    assert chat.ends() == 0


def test_what_was_said_cannot_move_the_cursor(terminal: Opener) -> None:
    chat = terminal()
    chat.wait("short-term 0/12")
    chat.keys("\x1b[200~My dog is \x1b]0;owned\x07\x1b[2JBruno.\u202e\x1b[201~\r")
    chat.wait("short-term 2/12")
    chat.keys("/memories\r")
    chat.wait("kept when it leaves")
    assert b"\x1b]0;owned" not in chat.raw
    assert "\u202e".encode() not in chat.raw.split(b"/memories")[-1]


def test_no_color_means_no_colour(terminal: Opener) -> None:
    chat = terminal(NO_COLOR="1")
    chat.wait("short-term 0/12")
    chat.keys("My dog is called Bruno.\r/nonsense\r")
    chat.wait("no command /nonsense")
    chat.keys("\x04")
    chat.ends()
    codes = {
        int(c)
        for found in re.findall(rb"\x1b\[([\d;]*)m", chat.raw)
        for c in found.split(b";")
        if c
    }
    assert not codes & {*range(30, 48), *range(90, 108)}


def test_a_dumb_terminal_gets_no_escape(terminal: Opener) -> None:
    chat = terminal(TERM="dumb")
    chat.wait("^I remember(.|\n)*\n>")
    chat.keys("My dog is called Bruno.\r")
    chat.wait("\n> My dog is called Bruno.\n.*Bruno.*\n>")
    chat.keys("/stm\r")
    chat.wait("2 of 12 turns(.|\n)*leaves\\.\n>")
    chat.keys("never said\x03")
    chat.wait(r"\^C\nCtrl-C again leaves.\n>")
    chat.keys("\x03")
    assert chat.ends() == 0
    assert b"\x1b" not in chat.raw


def test_a_store_that_cannot_be_used_ends_with_one_line(terminal: Opener, store: Path) -> None:
    store.write_text("not a database " * 100)
    chat = terminal()
    assert chat.ends() == 6
    shown = chat.shown()
    assert "me.dbisdamaged,encrypted,ornotastore" in "".join(shown.split())
    assert "Traceback" not in shown
