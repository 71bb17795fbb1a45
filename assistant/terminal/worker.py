"""One thread that takes the lines of a chat in their order, while the keys stay alive."""

from __future__ import annotations

import ctypes
import queue
import threading
import time
from collections.abc import Callable

_COURTESY_S = 0.15
"""How long a line asked to stop may take to do so by itself."""
_AGAIN_S = 1.0
"""How long a line that was stopped from outside may tidy up before that is done again: a second
Ctrl-C right after the first must not break off what the first one set going."""


class Worker:
    """Takes lines one after the other in a thread of its own.

    Args:
        take: Does the work of one line. Raises nothing but KeyboardInterrupt when stopped.
        stop: Set when the line under way should stop; cleared before each line.
        changed: Called, in the thread, when a line begins or ends.
        afterwards: Called, in the thread, when a line has ended: what nobody waits for, so that
            there is nothing to stop any more.
    """

    def __init__(
        self,
        take: Callable[[str], None],
        stop: threading.Event,
        changed: Callable[[], None] = lambda: None,
        afterwards: Callable[[], None] = lambda: None,
    ) -> None:
        self._take = take
        self._afterwards = afterwards
        self._stop = stop
        self._changed = changed
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._line = 0  # number of the line under way; 0 between two
        self._count = 0
        self._stopped = (0, 0.0)  # the line last asked to stop, and when
        self._thread: threading.Thread | None = None
        self.error: BaseException | None = None

    @property
    def busy(self) -> bool:
        """Whether a line is under way."""
        return self._line > 0

    @property
    def waiting(self) -> int:
        """How many lines wait for their turn."""
        return self._lines.qsize()

    def submit(self, line: str) -> None:
        """Take this line after those before it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="take-lines", daemon=True)
            self._thread.start()
        self._lines.put(line)

    def stop(self) -> None:
        """Stop the line under way: politely, then from outside when something holds it."""
        with self._lock:
            if not self._line:
                return
            self._stop.set()
            line, at = self._stopped
            now = time.monotonic()
            if line == self._line and now - at < _AGAIN_S:
                return
            self._stopped = (self._line, now)
            timer = threading.Timer(_COURTESY_S, self._interrupt, [self._line])
        timer.daemon = True
        timer.start()

    def clear(self) -> None:
        """Drop the lines that wait."""
        while not self._lines.empty():
            self._lines.get_nowait()

    def finish(self, timeout_s: float) -> bool:
        """Let the lines be taken and end the thread; whether it ended in time."""
        if self._thread is None:
            return True
        self._lines.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            try:
                line = self._lines.get()
                if line is None:
                    return
                self._stop.clear()
                self._begin(line)
                self._afterwards()
            except KeyboardInterrupt:
                continue  # it came when there was nothing left to stop
            except BaseException as error:
                self.error = error
                self._changed()
                return

    def _begin(self, line: str) -> None:
        with self._lock:
            self._count += 1
            self._line = self._count
        self._changed()
        try:
            self._take(line)
        finally:
            with self._lock:
                self._line = 0
            self._changed()

    def _interrupt(self, number: int) -> None:
        """Raise KeyboardInterrupt in the thread, if it is still at that line."""
        with self._lock:
            thread = self._thread
            if self._line != number or thread is None or thread.ident is None:
                return
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(KeyboardInterrupt)
            )
