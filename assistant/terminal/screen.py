"""What is printed while the prompt stands: whole lines above it, the line begun right over it.

Threads write here; only the prompt's own loop draws. Output that comes while an editor has the
terminal waits until it is back.
"""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prompt_toolkit.application import Application


_ANSWER_S = 0.01
_MOST_WAITS = 30  # a terminal that never tells where its cursor is holds nothing up


class Screen(io.TextIOBase):
    """A stream whose lines appear above the prompt, from any thread.

    Without a prompt it is standard output.

    >>> screen = Screen()
    >>> screen.begun
    ''
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._app: Application[Any] | None = None
        self._whole = ""
        self._begun = ""
        self._drawing = False
        self._held = False
        self._waits = 0

    @property
    def begun(self) -> str:
        """The line that has no end yet; the prompt shows it over itself."""
        return self._begun

    def write(self, text: str) -> int:
        """Take text; its whole lines are drawn soon."""
        with self._lock:
            if self._app is None:
                sys.stdout.write(text)
                return len(text)
            whole, end, self._begun = (self._begun + text).rpartition("\n")
            self._whole += whole + end
        self._schedule()
        return len(text)

    def flush(self) -> None:
        """Nothing waits longer than it must; flushes standard output where that is used."""
        if self._app is None:
            sys.stdout.flush()

    @contextmanager
    def around(self, app: Application[Any]) -> Iterator[None]:
        """Draw above the prompt of an application for the time of a block."""
        self._app = app
        try:
            yield
        finally:
            with self._lock:
                self._app, self._drawing = None, False
                rest, self._whole, self._begun = self._whole + self._begun, "", ""
            sys.stdout.write(rest)
            sys.stdout.flush()

    def hold(self, held: bool) -> None:
        """Keep what comes while another program has the terminal; let it out afterwards."""
        self._held = held
        if not held:
            self._schedule()

    def _schedule(self) -> None:
        app = self._app
        if app is None or app.loop is None or self._drawing:
            return
        self._drawing = True
        try:
            app.loop.call_soon_threadsafe(self._draw)
        except RuntimeError:  # the loop has ended; ``around`` prints what is left
            self._drawing = False

    def _draw(self) -> None:
        """In the prompt's loop: take the prompt away, print, draw the prompt again."""
        app = self._app
        if app is not None and app.loop is not None and self._is_measuring(app):
            app.loop.call_later(_ANSWER_S, self._draw)
            return
        self._drawing, self._waits = False, 0
        if app is None or self._held or not app.is_running:
            return
        with self._lock:
            text, self._whole = self._whole, ""
        if text:
            # Not run_in_terminal: it leaves raw mode, and keys typed meanwhile would echo twice.
            app.renderer.erase()
            app.output.write_raw(text.replace("\n", "\r\n"))
            with suppress(OSError):
                app.output.flush()
            app.renderer.request_absolute_cursor_position()
        app.invalidate()

    def _is_measuring(self, app: Application[Any]) -> bool:
        """Whether the terminal still has to say where the prompt is.

        What is printed before it has moves the prompt: the answer is wrong by then, the prompt
        takes more room than there is, and the lines above it are scrolled away.
        """
        self._waits += 1
        return app.is_running and app.renderer.waiting_for_cpr and self._waits <= _MOST_WAITS
