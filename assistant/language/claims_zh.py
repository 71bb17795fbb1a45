"""The forms of Chinese claims."""

from __future__ import annotations

from .claim import Claim


def read(sentence: str, *, corrects: bool = False) -> tuple[list[Claim], bool]:
    """The claims of a Chinese sentence that is no question."""
    return [], False
