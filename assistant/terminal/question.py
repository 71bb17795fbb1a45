"""A question that a thread puts to whoever is at the keys."""

from __future__ import annotations

import threading

_SLICE_S = 0.05  # waiting in slices lets an interruption through


class Question:
    """Words, and an answer that comes from another thread.

    >>> question = Question("Sure? [y/N] ")
    >>> question.settle("y")
    >>> question.wait()
    'y'

    Args:
        words: What is asked, as it stands before the answer.
        keys: One of these answers by itself; empty for one that is answered with a line.
    """

    def __init__(self, words: str, keys: str = "") -> None:
        self.words = words
        self.keys = keys
        self.draft = ""
        """What was being typed when the question came."""
        self._settled = threading.Event()
        self._answer = ""

    def settle(self, answer: str) -> None:
        """Answer it; empty is no answer."""
        self._answer = answer
        self._settled.set()

    def wait(self) -> str:
        """The answer, when there is one."""
        while not self._settled.wait(_SLICE_S):
            pass
        return self._answer


def is_yes(answer: str) -> bool:
    """Whether an answer is a yes.

    >>> is_yes(" Yes "), is_yes("")
    (True, False)
    """
    return answer.strip().lower() in ("y", "yes")
