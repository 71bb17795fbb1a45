"""A yes-or-no question that a thread puts to whoever is at the keys."""

from __future__ import annotations

import threading

_SLICE_S = 0.05  # waiting in slices lets an interruption through


class Question:
    """Words, and an answer that comes from another thread.

    Args:
        words: What is asked, as it stands before the answer.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self.draft = ""
        """What was being typed when the question came."""
        self._settled = threading.Event()
        self._yes = False

    def settle(self, yes: bool) -> None:
        """Answer it."""
        self._yes = yes
        self._settled.set()

    def wait(self) -> bool:
        """The answer, when there is one."""
        while not self._settled.wait(_SLICE_S):
            pass
        return self._yes
