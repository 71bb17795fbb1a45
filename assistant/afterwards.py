"""What is done once a reply is out: in a thread, so that nobody waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from assistant.turnstile import Turnstile
from storage import StorageError

AFTERWARDS = "after-the-reply"  # the name of the thread


class Afterwards:
    """Starts work that was put off. The work itself must be safe to start twice or too late.

    Args:
        lock: Held while the work is done.
        work: Does whatever waits, if anything does. What the store refuses it leaves waiting.
    """

    def __init__(self, lock: Turnstile, work: Callable[[], None]) -> None:
        self._lock, self._work = lock, work

    def begin(self) -> None:
        """Do it in a thread, as soon as the lock is free. The program ends only after it."""
        with suppress(RuntimeError):  # the interpreter is shutting down: done at the next start
            threading.Thread(target=self._run, name=AFTERWARDS, daemon=False).start()

    def _run(self) -> None:
        # A store held by another process: whoever comes next does it, and is told.
        with self._lock, suppress(StorageError):
            self._work()
