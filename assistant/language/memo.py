"""What was worked out about the last short texts: one turn is read by many rules, mostly the same.

The rules are pure functions of a text, so that remembering changes nothing but the time they take.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)

KEPT = 256
LONGEST = 500  # characters: what is long is seldom read twice, and is too much to hold on to


class Memo(Generic[P, R_co]):
    """A function of a text that remembers what it gave for the last short ones.

    >>> shout = Memo(str.upper)
    >>> shout("hello"), shout("hello"), shout.cached.cache_info().hits
    ('HELLO', 'HELLO', 1)

    Args:
        function: Pure, and what it gives is never changed; what it takes beside the text is small.
    """

    def __init__(self, function: Callable[Concatenate[str, P], R_co]) -> None:
        self.function = function
        self.cached = lru_cache(KEPT)(function)
        self._remembered: Callable[Concatenate[str, P], R_co] = self.cached
        update_wrapper(self, function)

    def __call__(self, text: str, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """What the function gives."""
        asked = self.function if len(text) > LONGEST else self._remembered
        return asked(text, *args, **kwargs)

    def clear(self) -> None:
        """Let go of every text."""
        self.cached.cache_clear()
