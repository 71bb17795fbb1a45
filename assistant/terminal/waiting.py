"""The time between a turn and the first word of a model's reply.

A model may think for long. After two seconds the chat says so, and that Ctrl-C has memory answer
instead: nobody has to wait out a model.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from assistant.terminal.output import Output

AFTER_S = 2.0
"""How long a model's first word is waited for in silence."""


class Waiting:
    """Knows whether a model's first word is being waited for, and ends the wait.

    Args:
        tell: Called from a thread when a wait has become long, with the model's name.
        after_s: How long that is, in seconds.

    >>> Waiting(print).name
    ''
    """

    def __init__(self, tell: Callable[[str], None], after_s: float = AFTER_S) -> None:
        self._tell = tell
        self._after_s = after_s
        self._lock = threading.Lock()
        self._responder: Any = None
        self.long = False
        """Whether the wait under way has become long."""

    @property
    def name(self) -> str:
        """The model that is waited for; empty when none is."""
        responder = self._responder
        return "" if responder is None else str(responder.name)

    @contextmanager
    def for_first_word(self, responder: Any) -> Iterator[Callable[[], None]]:
        """A reply, for the time of a block; what is given is called when its first word came.

        Args:
            responder: Waited for only if memory can answer in its place.
        """
        if not hasattr(responder, "give_up"):
            yield lambda: None
            return
        timer = threading.Timer(self._after_s, self._too_long)
        timer.daemon = True

        def came() -> None:
            timer.cancel()
            with self._lock:
                self._responder, self.long = None, False

        self._responder = responder
        timer.start()
        try:
            yield came
        finally:
            came()

    def give_up(self) -> bool:
        """Have memory answer, if a model is waited for; whether one was."""
        with self._lock:
            responder, self._responder = self._responder, None
            self.long = False
        if responder is not None:
            responder.give_up()
        return responder is not None

    @contextmanager
    def interruptible(self, heard: Callable[[], object]) -> Iterator[None]:
        """Have Ctrl-C give up a wait, for the time of a block, and do what it always does else.

        For a chat without keys of its own; in the main thread.

        Args:
            heard: Called before a wait is given up.
        """

        def give_up() -> None:
            heard()
            self.give_up()

        def interrupted(number: int, frame: FrameType | None) -> None:
            if self._responder is None:
                signal.default_int_handler(number, frame)
            # In a thread: what it needs may be held by the very code that was interrupted.
            threading.Thread(target=give_up, name="give-up", daemon=True).start()

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _too_long(self) -> None:
        with self._lock:  # the first word waits for the line about it, not the other way round
            if self._responder is not None:
                self.long = True
                self._tell(self.name)


def tell_waiting(output: Output, name: str) -> None:
    """Say that a model has not begun for a while; from any thread."""
    output.line(f"Waiting for {name}; Ctrl-C answers from memory.", "note")
