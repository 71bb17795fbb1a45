"""One request to a server, watched by a clock.

The request runs in a thread of its own. Whoever waits for it waits on a queue, so that neither a
name that does not resolve nor a socket that says nothing can hold him longer than he wants, and
Ctrl-C reaches him at once. Leaving early shuts the connection, which stops a local model from
working on. Knows nothing of models: it passes pieces of text on.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

_SLICE_S = 0.05  # waiting in slices lets Ctrl-C through on every platform

Sign = Literal["life", "piece", "failed", "end"]


class Silence(Exception):
    """The server did not say anything for too long.

    Args:
        seconds: How long it was waited for.
        alive: Whether it showed other signs of life meanwhile.
    """

    def __init__(self, seconds: float, *, alive: bool) -> None:
        super().__init__(f"nothing for {seconds:g} s")
        self.seconds = seconds
        self.alive = alive


class Stopped(Exception):
    """Somebody ended the exchange from another thread."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Args:
        alive_s: For any sign of life.
        first_s: For the first piece, of a server that lives.
        between_s: For each further piece.
        probe_again_s: From a sign of life to the next question whether it still lives.
    """

    alive_s: float
    first_s: float
    between_s: float
    probe_again_s: float


class Exchange:
    """A request under way.

    Args:
        work: Makes the request in a thread; reports to the exchange it is given.
        patience: How long to wait for what.
        probe: Asks the server for a sign of life, in another thread, while it says nothing; True
            when it gave one.
    """

    def __init__(
        self,
        work: Callable[[Exchange], None],
        patience: Patience,
        probe: Callable[[], bool],
    ) -> None:
        self._work = work
        self._patience = patience
        self._probe = probe
        self._signs: queue.SimpleQueue[tuple[Sign, Any]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._stopped = False

    # For whoever waits

    def pieces(self) -> Iterator[str]:
        """What comes, as it comes. Closing the iterator shuts the connection.

        Raises:
            Silence: The server is silent for too long.
            Stopped: ``interrupt`` was called.
            Exception: Whatever the work raised.
        """
        self._run(self._work_and_end, "model-request")
        try:
            limit_s = self._patience.first_s
            while (piece := self._wait(limit_s)) is not None:
                limit_s = self._patience.between_s
                if piece:
                    yield piece
        finally:
            self.stop()

    def stop(self) -> None:
        """Shut the connection, from any thread; what comes later is not listened to."""
        with self._lock:
            self._stopped = True
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            _shut(one)

    def interrupt(self) -> None:
        """End the exchange from another thread than the one that waits for it."""
        self._signs.put(("failed", Stopped("the reply was stopped")))
        self.stop()

    def _wait(self, limit_s: float) -> str | None:
        """The next piece, or None at the end."""
        patience = self._patience
        begun = time.monotonic()
        dead_at = begun + patience.alive_s
        probe_at = begun + patience.alive_s / 3
        lived = False
        while True:
            now = time.monotonic()
            if now - begun >= limit_s:
                raise Silence(limit_s, alive=lived)
            if now >= dead_at:
                raise Silence(patience.alive_s, alive=False)
            if now >= probe_at:
                self._run(self._ask, "model-probe")
                dead_at = now + patience.alive_s * 2 / 3
                probe_at = float("inf")
            found = self._next(min(_SLICE_S, begun + limit_s - now))
            if found is None:
                continue
            sign, value = found
            if sign == "piece":
                return str(value)
            if sign == "end":
                return None
            if sign == "failed":
                raise value
            lived, now = True, time.monotonic()
            probe_at = now + patience.probe_again_s
            dead_at = float("inf")

    def _next(self, seconds: float) -> tuple[Sign, Any] | None:
        try:
            return self._signs.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None

    # For the work, in its thread

    @property
    def stopped(self) -> bool:
        """Whether nobody listens any more."""
        return self._stopped

    def life(self) -> None:
        """The server did something, though it said nothing."""
        self._signs.put(("life", None))

    def piece(self, text: str) -> None:
        """The server said something; nothing to be shown when empty."""
        self._signs.put(("piece", text))

    def connected(self, connection: socket.socket) -> None:
        """A connection was made; it is shut when the exchange stops."""
        with self._lock:
            if not self._stopped:
                self._sockets.append(connection)
                return
        _shut(connection)

    def _work_and_end(self) -> None:
        try:
            self._work(self)
        except BaseException as error:
            self._signs.put(("failed", error))
        else:
            self._signs.put(("end", None))

    def _ask(self) -> None:
        try:
            if self._probe():
                self.life()
        except (ConnectionRefusedError, socket.gaierror) as error:
            self._signs.put(("failed", error))  # there is nobody to wait for
        except Exception:
            return  # no sign of life

    def _run(self, target: Callable[[], None], name: str) -> None:
        threading.Thread(target=target, name=name, daemon=True).start()


def _shut(connection: socket.socket) -> None:
    """Wakes a thread that reads from it, which closing alone does not."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
