"""Writes a live session as a dialogue that can be replayed.

The file is complete YAML after every step, so that a crash leaves a dialogue behind. What a
reply owed to things said before the recording began cannot come back from an empty store:
``close`` replays the dialogue and takes out the expectations that do not hold, saying so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import yaml

from assistant.errors import UsageError
from assistant.replay.dialogue import spell_span
from assistant.replay.runner import SUFFIX, TICK, Opener

if TYPE_CHECKING:
    from assistant.turn import Reply

_DROPPED = "    # replies otherwise when nothing was said before the recording\n"


class Recorder:
    """Writes steps as they happen.

    Args:
        path: The file to write; ``.dialogue.yaml`` is added when the name does not end so.
        clock: The assistant's clock.
        name: What the dialogue shows; the file's name when None.

    Raises:
        UsageError: The file exists already, or cannot be written.
    """

    def __init__(
        self, path: Path | str, clock: Callable[[], datetime], *, name: str | None = None
    ) -> None:
        path = Path(path)
        if not path.name.endswith(SUFFIX):
            path = path.with_name(path.name.removesuffix(".yaml").removesuffix(".yml") + SUFFIX)
        self.path = path
        self._clock = clock
        self._now = clock()
        title = name if name is not None else path.name.removesuffix(SUFFIX)
        self._header = (
            f"name: {_scalar(title or 'a session')}\nclock: {self._now.isoformat()}\nsteps:\n"
        )
        self._steps: list[list[str]] = []
        self._closed = False
        self._create()

    def _create(self) -> None:
        """Make the file, readable by its owner only: it holds what was said."""
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise UsageError(f"{self.path} exists already; give another name") from None
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written ({error.strerror}); give another name"
            ) from None
        os.close(file)

    def user(self, text: str, reply: Reply | str) -> None:
        """The user said this and was answered so."""
        step = [f"  - user: {_scalar(text)}\n"]
        lines = [line.strip() for line in str(reply).splitlines() if line.strip()]
        if lines:
            step.append("    expect:\n      reply:\n")
            step += [f"        - {_scalar(_literal(line))}\n" for line in lines]
        self._add(step, spoken=True)

    def observe(self, text: str, speaker: str = "user") -> None:
        """Somebody said this, and no reply was wanted."""
        self._add([f"  - {_scalar(f'as {speaker}')}: {_scalar(text)}\n"], spoken=True)

    def remember(self, text: str) -> None:
        """The user asked to remember this."""
        self._add([f"  - remember: {_scalar(text)}\n"], spoken=True)

    def forget(self, text: str) -> None:
        """The user asked to forget this."""
        self._add([f"  - forget: {_scalar(text)}\n"], spoken=True)

    def recall(self, query: str) -> None:
        """The user looked this up."""
        self._add([f"  - recall: {_scalar(query)}\n"])

    def new_session(self) -> None:
        """A new session began."""
        self._add(["  - new session\n"])

    def restart(self) -> None:
        """The program was closed and opened again."""
        self._add(["  - restart\n"])

    def _add(self, step: list[str], *, spoken: bool = False) -> None:
        if self._closed:
            raise UsageError(f"the recording {self.path} is finished; begin another")
        now = self._clock()
        span = now - self._now
        if span >= TICK:
            self._append([f"  - advance: {spell_span(span)}\n"])
            self._now += span - span % TICK
        self._append(step)
        if spoken:
            self._now += TICK  # as the runner does

    def _append(self, step: list[str]) -> None:
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            if not self._steps:
                file.write(self._header)
            file.write("".join(step))
        self._steps.append(step)

    def close(self, *, open_assistant: Opener | None = None, verify: bool = True) -> int:
        """Finish the file. A recording without a step leaves none.

        Args:
            open_assistant: Opens the assistant that the dialogue is replayed with.
            verify: Replay it, and take out the expectations that do not hold.

        Returns:
            How many replies are not expected any more, because a replay answers otherwise.
        """
        if self._closed:
            return 0
        self._closed = True
        if not self._steps:
            self.path.unlink(missing_ok=True)
            return 0
        return self._settle(open_assistant) if verify else 0

    def _settle(self, open_assistant: Opener | None) -> int:
        from assistant.replay.reader import load_dialogue
        from assistant.replay.runner import run_dialogue

        result = run_dialogue(load_dialogue(self.path), open_assistant=open_assistant)
        dropped = [number for number, step in enumerate(result.steps) if step.failures]
        if dropped:
            for number in dropped:
                self._steps[number] = [self._steps[number][0], _DROPPED]
            whole = self._header + "".join("".join(step) for step in self._steps)
            self.path.write_text(whole, encoding="utf-8", newline="\n")
        return len(dropped)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _literal(line: str) -> str:
    """A line of a reply as an expectation: never taken for a regular expression."""
    if len(line) > 2 and line.startswith("/") and line.rstrip("i").endswith("/"):
        import re

        return f"/{re.escape(line)}/"
    return line


def _scalar(text: str) -> str:
    """A text as one line of YAML that reads back the same."""
    if not text:
        return '""'
    dumped: str = yaml.safe_dump(
        text, allow_unicode=True, width=1_000_000_000, default_style=None if _plain(text) else '"'
    )
    return dumped.removesuffix("\n").removesuffix("\n...")


def _plain(text: str) -> bool:
    return text.isprintable() and text == text.strip() and not text.isspace()
