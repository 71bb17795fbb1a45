"""What recollections tell and state, each text read once for as long as it stays in use."""

from __future__ import annotations

from functools import lru_cache

from ..language import told_in
from ..language.statements import Statement, read_statements
from ..turn import Recollection

_KEPT = 512


class Readings:
    """Reads texts, and remembers the last ones it has read. Thread-safe.

    >>> Readings().statements("My dog is called Bruno.", "user")[0].value
    'Bruno'
    """

    def __init__(self) -> None:
        self._statements = lru_cache(_KEPT)(read_statements)

    def statements(self, text: str, speaker: str) -> tuple[Statement, ...]:
        """What somebody states with these words."""
        return self._statements(text, speaker)

    def of(self, hit: Recollection) -> tuple[Statement, ...]:
        """What a recollection states: as it was read when the memory was made, else read now."""
        if hit.statements is not None:
            return hit.statements
        return self._statements(hit.text, hit.speaker)

    def tells(self, hit: Recollection) -> bool:
        """Whether it tells anything: what states something does, and is not read again."""
        return bool(hit.statements) or bool(told_in(hit.text, orders=hit.role == "assistant"))

    def clear(self) -> None:
        """Let go of every text."""
        self._statements.cache_clear()
