"""What a hostile text can hold to move a terminal, and a terminal that notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyte

_OSC = "0 1 2 4 7 8 9 10 11 12 52 104 133 777 1337".split()
_PRIVATE = "1 3 5 6 7 12 25 47 66 1000 1002 1003 1004 1006 1049 2004 2026".split()
_ESCAPES = "c 7 8 D E H M N O Z = > #8 #3 (0 )0 *0 %G %@ l m n o | } ~ F 6 9".split()
_BODIES = (
    "q#0;2;0;0;0~-",
    '$q"p',
    "Gf=32,s=1,v=1;AAAA",
    "tmux;\x1b\x1b]52;c;eA==\x07",
    "1;1|17/66",
)
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def payloads() -> list[str]:
    """At least three hundred of them, none twice."""
    found = [f"\x1b[{number}{chr(final)}" for final in range(0x40, 0x7F) for number in ("", "5;3")]
    found += [f"\x1b[?{mode}{sign}" for mode in _PRIVATE for sign in "hl"]
    found += [
        "\x1b[!p",
        "\x1b[>c",
        "\x1b[6n",
        "\x1b[21t",
        "\x1b[8;3;9t",
        "\x1b[ q",
        "\x1b[0;31",
        "\x9b2J",
    ]
    for number in _OSC:
        body = f"{number};c;ZXZpbA==" if number == "52" else f"{number};;http://evil"
        found += [f"\x1b]{body}\x07", f"\x1b]{body}\x1b\\", f"\x9d{body}\x9c", f"\x1b]{body}"]
    for opening in ("\x1bP", "\x1b_", "\x1b^", "\x1bX", "\x90", "\x9f", "\x9e", "\x98"):
        found += [opening + body + end for body in _BODIES[:3] for end in ("\x1b\\", "")]
    found += [f"\x1bP{body}\x1b\\" for body in _BODIES[3:]]
    found += [f"\x1b{final}" for final in _ESCAPES]
    found += [chr(code) for code in range(32) if chr(code) not in "\t\n"]
    found += [chr(code) for code in range(0x7F, 0xA0)]
    found += [f"{sign}evil" for sign in BIDI + "\u2028\u2029\ufeff\ufff9\ufffa\ufffb\ud800"]
    found += [
        "\x1b\x1b[31m[31m", "\x1b[\x1b[2J2J", "\x1b]0;\x1b]0;x\x07\x07", "\x1b[31\x07m",
        "\x1b\x9b2J", "\b" * 20, "over\rwritten", "\r\n\x1b[A\x1b[2K", "\x0e\x0f",
        "\x1b[1;31;5;7;8m", "\x1b[38;5;1m", "\x1b[48;2;1;2;3m", "\x1b[999;999H", "\x1b[2;4r",
        "\x1b[4h", "\x1b[20h", "\x1b]8;;x\x07y\x1b]8;;\x07", "\x1b[200~rm -rf ~\x1b[201~",
        "\x1b[5i", "\x05\x05", "\x1b[c\x1b[0c", "\x1b]50;?\x07", "\x1b[x", "\x1bk t\x1b\\",
    ]  # fmt: skip
    return list(dict.fromkeys(found))


class Noticing(pyte.Screen):
    """A screen that keeps count of what it was made to do besides drawing."""

    def __init__(self) -> None:
        super().__init__(100, 8)
        self.bells = self.reports = self.resets = 0

    def bell(self, *arguments: Any) -> None:
        self.bells += 1

    def report_device_attributes(self, *arguments: Any, **options: Any) -> None:
        self.reports += 1

    def report_device_status(self, *arguments: Any, **options: Any) -> None:
        self.reports += 1

    def alignment_display(self) -> None:
        self.resets += 1


@dataclass(frozen=True)
class Shown:
    """A terminal after it was shown something.

    Args:
        state: All of it but the letters.
        letters: What stands on it.
        looks: How any letter looks.
    """

    state: tuple[object, ...]
    letters: str
    looks: frozenset[tuple[object, ...]]


def show(text: str) -> Shown:
    """Show a terminal something."""
    screen = Noticing()
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    drawn = [
        [cell for _, cell in sorted(row.items()) if cell.data.strip()]
        for _, row in sorted(screen.buffer.items())
    ]
    return Shown(
        (
            frozenset(screen.mode),
            screen.margins,
            (screen.title, screen.icon_name),
            (screen.charset, screen.g0_charset, screen.g1_charset),
            len(screen.savepoints),
            frozenset(screen.tabstops),
            (screen.columns, screen.lines),
            (screen.cursor.hidden, screen.cursor.attrs),
            (screen.bells, screen.reports, screen.resets),
        ),
        "".join(cell.data for row in drawn for cell in row),
        frozenset(tuple(cell[1:]) for row in drawn for cell in row),
    )
