"""A terminal in memory, with the program in it behind a real pty."""

from __future__ import annotations

import os
import re
import select
import statistics
import time

import pexpect
import pyte

WAIT_S = 40.0
QUIET_S = 0.02  # and no longer than twice that: a program may write on and on
_USUAL = {"TERM": "xterm-256color", "NO_COLOR": "", "LC_ALL": "C.UTF-8"}


class Terminal:
    """A terminal with the program in it; tells where its cursor is after a while, if asked."""

    def __init__(
        self,
        command: list[str],
        columns: int = 80,
        rows: int = 24,
        answers_after_s: float = 0.0,
        **environment: str,
    ) -> None:
        self.raw = b""
        self._answers_after_s = answers_after_s
        self._answers: list[tuple[float, str]] = []
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=(rows, columns),
            env={**os.environ, **_USUAL, **environment},
            timeout=WAIT_S,
        )
        self._child.delaybeforesend = None

    def keys(self, text: str) -> None:
        self._child.send(text)

    def echo_s(self, key: str) -> float:
        """Seconds until a key typed comes back.

        A letter that no escape sequence has, and that is not on the screen where it will stand; of
        a program that goes on writing, one that is nowhere on it.
        """
        until = time.monotonic() + 2 * QUIET_S
        output = [self._child.child_fd]
        while time.monotonic() < until and select.select(output, [], [], QUIET_S)[0]:
            self.read(0)
        begun = time.perf_counter()
        os.write(self._child.child_fd, key.encode())
        seen = b""
        while key.encode() not in seen:
            left = max(begun + WAIT_S - time.perf_counter(), 0)
            assert select.select([self._child.child_fd], [], [], left)[0], f"{key!r} not back"
            seen += os.read(self._child.child_fd, 65536)
        taken = time.perf_counter() - begun
        self._take(seen)
        return taken

    def echo_median_s(self, keys: str, enough_s: float = 0.0, rounds: int = 3) -> float:
        """The least of some medians of the time to an echo; no more once one is short enough.

        What else the machine does makes some of them longer, what the program does all.
        """
        least = float("inf")
        for _ in range(rounds):
            least = min(least, statistics.median(self.echo_s(key) for key in keys))
            if least <= enough_s:
                break
        return least

    def interrupt_s(self, pattern: str) -> float:
        """Seconds from Ctrl-C until the screen shows the pattern."""
        begun = time.perf_counter()
        self._child.send("\x03")
        self.wait(pattern)
        return time.perf_counter() - begun

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def shown(self) -> str:
        """The screen's lines, blanks at their ends taken off."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def read(self, seconds: float = 0.05) -> None:
        while self._answers and self._answers[0][0] <= time.monotonic():
            self.keys(self._answers.pop(0)[1])
        try:
            wait_s = min(seconds, 0.005) if self._answers else seconds
            piece = self._child.read_nonblocking(65536, wait_s)
        except pexpect.TIMEOUT:
            return
        self._take(piece)

    def _take(self, piece: bytes) -> None:
        self.raw += piece
        self._stream.feed(piece)
        if b"\x1b[6n" in piece:  # where is the cursor? a terminal answers
            answer = f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R"
            if not self._answers_after_s:
                self.keys(answer)
            else:
                self._answers.append((time.monotonic() + self._answers_after_s, answer))

    def wait(self, pattern: str) -> str:
        """Wait until the screen shows the pattern; the screen."""
        until = time.monotonic() + WAIT_S
        while not re.search(pattern, self.shown()):
            if time.monotonic() > until:
                raise AssertionError(f"never saw {pattern!r} in:\n{self.shown()}")
            try:
                self.read()
            except pexpect.EOF:
                assert re.search(pattern, self.shown()), self.shown()
        return self.shown()

    def ends(self) -> int:
        """Wait until the program has ended; its exit code."""
        until = time.monotonic() + WAIT_S
        try:
            while time.monotonic() < until:
                self.read()
            raise AssertionError(f"never ended:\n{self.shown()}")
        except pexpect.EOF:
            self._child.close()
        code: int = self._child.exitstatus
        return code

    def close(self) -> None:
        self._child.close(force=True)
