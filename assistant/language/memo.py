"""What was worked out about the last short texts: one turn is read by many rules, mostly the same.

The rules are pure functions of a text, so that remembering changes nothing but the time they take.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

R_co = TypeVar("R_co", covariant=True)

KEPT = 256
LONGEST = 500  # characters: what is long is seldom read twice, and is too much to hold on to


class Memo(Generic[R_co]):
    """A function of one text that remembers what it gave for the last short ones.

    >>> shout = Memo(str.upper)
    >>> shout("hello"), shout("hello"), shout.cached.cache_info().hits
    ('HELLO', 'HELLO', 1)

    Args:
        function: Pure, and what it gives is never changed.
    """

    def __init__(self, function: Callable[[str], R_co]) -> None:
        self.function = function
        self.cached = lru_cache(KEPT)(function)
        update_wrapper(self, function)

    def __call__(self, text: str) -> R_co:
        """What the function gives."""
        return self.cached(text) if len(text) <= LONGEST else self.function(text)

    def clear(self) -> None:
        """Let go of every text."""
        self.cached.cache_clear()
