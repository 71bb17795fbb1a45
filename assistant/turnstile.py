"""A lock that lets one thread at a time work with an assistant, and BLAS use one thread meanwhile.

The matrices of a turn are small. Shared among BLAS threads they cost more in waiting than in
arithmetic: on two cores with other work, one thread encodes a turn ten times as fast as two.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any


class Turnstile:
    """A reentrant lock; BLAS is held to one thread from the first entry to the last exit.

    >>> turnstile = Turnstile()
    >>> with turnstile, turnstile:
    ...     pass
    """

    def __init__(self) -> None:
        from threadpoolctl import ThreadpoolController

        self._lock = threading.RLock()
        self._depth = 0
        self._libraries = ThreadpoolController()  # those loaded by now: NumPy's
        self._limit: Any = None

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1
        if self._depth == 1:
            self._limit = self._libraries.limit(limits=1, user_api="blas")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._depth -= 1
            if self._depth == 0:
                self._limit.restore_original_limits()
        finally:  # Ctrl-C can strike anywhere: whoever waits must not wait for ever
            self._lock.release()
