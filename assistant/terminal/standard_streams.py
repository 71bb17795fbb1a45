"""Standard input and output where they are not what a program expects: closed, or broken."""

from __future__ import annotations

import os
import sys
from typing import Literal, TextIO


def open_closed() -> None:
    """Point those that whoever started the program has closed nowhere.

    Else the next file opened takes their place, and what is printed ends in it.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    if sys.stdin is None:
        sys.stdin = _stream(0, "r")
    if sys.stdout is None:
        sys.stdout = _stream(1, "w")
    if sys.stderr is None:
        sys.stderr = _stream(2, "w")


def _stream(descriptor: int, mode: Literal["r", "w"]) -> TextIO:
    """A standard stream; its end does not give its place to the next file opened."""
    return open(descriptor, mode, encoding="utf-8", closefd=False)


def abandon_output() -> None:
    """Point standard output nowhere, so that the interpreter's last flush fails no more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
