"""Keeps a recall within the time that it may take."""

from __future__ import annotations

import time

CANDIDATES = 48  # from each of full text and vectors; neighbours come on top
FEWEST = 6  # the same, when there is no time at all
ROWS_A_CANDIDATE = 4  # what becomes of a candidate, with its neighbours and those of the others


class Costs:
    """What ranking a row and reading the best again have cost so far; running means."""

    def __init__(self) -> None:
        self.row_ms = 0.03
        self.read_ms = 3.0

    def ranked(self, row_ms: float) -> None:
        """Take in one more measurement of a row."""
        self.row_ms += 0.2 * (row_ms - self.row_ms)

    def read(self, read_ms: float) -> None:
        """The same of a reading."""
        self.read_ms += 0.2 * (read_ms - self.read_ms)


class Budget:
    """How many candidates there is time for, and whether there is time to read the best again."""

    def __init__(self, budget_ms: float | None, costs: Costs, *, reads: bool) -> None:
        self._budget_ms, self._costs, self._reads = budget_ms, costs, reads
        self._start = self._asked = time.perf_counter()

    def candidates(self) -> int:
        """So many from each search; asked when the searches are done."""
        self._asked = time.perf_counter()
        count = CANDIDATES
        left = self._left() - (self._costs.read_ms if self._reads else 0.0)
        while count > FEWEST and ROWS_A_CANDIDATE * count * self._costs.row_ms > left:
            count //= 2
        return count

    def ranked(self, rows: int) -> None:
        """So many rows have been ranked since."""
        if rows:
            self._costs.ranked((time.perf_counter() - self._asked) * 1e3 / rows)

    def reads(self) -> bool:
        """Whether there is time to read; asked when it would begin."""
        self._asked = time.perf_counter()
        return self._left() >= self._costs.read_ms

    def read(self) -> None:
        """It has been read since."""
        self._costs.read((time.perf_counter() - self._asked) * 1e3)

    def _left(self) -> float:
        """Milliseconds from when it was last asked."""
        if self._budget_ms is None:
            return float("inf")
        return self._budget_ms - (self._asked - self._start) * 1e3
