"""Runs scripted dialogues against a real assistant on a temporary store with an injected clock.

Each dialogue has a store file of its own, which is removed afterwards. The clock stands still
but for ``advance`` and one second after everything said, so that a run is the same every time.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from assistant.errors import UsageError
from assistant.replay.checks import Failure, Outcome, check
from assistant.replay.dialogue import Dialogue, Pattern, Step
from assistant.replay.parrot import Parrot
from assistant.replay.reader import DialogueError, load_dialogue
from assistant.responders import MemoryResponder

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.config import Mode
    from storage import Answer

SUFFIX = ".dialogue.yaml"
TICK = timedelta(seconds=1)
"""Passes after everything said, so that what was said later is later."""

Clock = Callable[[], datetime]
Opener = Callable[[Path, Clock, str], "Assistant"]
"""Opens an assistant on a store file, with a clock, for an owner."""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step went.

    Args:
        step: As written.
        failures: Expectations that were not met.
        reply: What was answered, for a ``user`` step.
        error: What was raised, if anything; the dialogue ends there.
        duration_ms: How long the step took, without the checks.
    """

    step: Step
    failures: tuple[Failure, ...] = ()
    reply: str | None = None
    error: str | None = None
    duration_ms: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures and self.error is None


@dataclass(frozen=True, slots=True)
class DialogueResult:
    """How a dialogue went; ``error`` says why it could not be run at all."""

    path: Path
    name: str
    steps: tuple[StepResult, ...] = ()
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every step was as expected."""
        return self.error is None and all(step.passed for step in self.steps)

    @property
    def duration_ms(self) -> float:
        """How long the steps took."""
        return sum(step.duration_ms for step in self.steps)


class ManualClock:
    """A clock that moves when told to.

    >>> from datetime import UTC
    >>> clock = ManualClock(datetime(2026, 5, 3, tzinfo=UTC))
    >>> clock.advance(timedelta(days=1))
    >>> clock().day
    4
    """

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self) -> datetime:
        """The time it is."""
        return self._now

    def advance(self, span: timedelta) -> None:
        """Let time pass.

        Raises:
            OverflowError: Beyond the last day there is.
        """
        self._now += span


def default_opener() -> Opener:
    """Opens assistants with the shipped weights, loaded once for all of them.

    Settings are the defaults and the responder is the built-in one, whatever the user configured.
    """
    from assistant.assistant import Assistant
    from assistant.config import Config
    from assistant.neural import load_encoder, load_session_network
    from assistant.responders import MemoryResponder

    encoder, network = load_encoder(), load_session_network()

    def open_assistant(path: Path, clock: Clock, owner: str) -> Assistant:
        return Assistant(
            path,
            clock=clock,
            encoder=encoder,
            network=network,
            responder=MemoryResponder(),
            config=Config(),
            owner=owner,
        )

    return open_assistant


def find_dialogues(paths: Iterable[Path | str]) -> list[Path]:
    """The files named, and every ``*.dialogue.yaml`` under the folders named.

    Raises:
        UsageError: A path does not exist, or a folder holds none.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(path.rglob(f"*{SUFFIX}"))
            if not inside:
                raise UsageError(f"{path} holds no *{SUFFIX}; name a file or another folder")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise UsageError(f"{path} does not exist; expected a dialogue file or a folder")
    return found


def run_files(
    paths: Iterable[Path | str], *, open_assistant: Opener | None = None
) -> tuple[DialogueResult, ...]:
    """Run every dialogue under these paths; a file that cannot be read fails, the rest run.

    Raises:
        UsageError: A path does not exist, or a folder holds no dialogue.
    """
    files = find_dialogues(paths)
    opener = open_assistant or default_opener()
    results = []
    for file in files:
        try:
            dialogue = load_dialogue(file)
        except DialogueError as error:
            results.append(DialogueResult(file, file.name, error=str(error)))
        else:
            results.append(run_dialogue(dialogue, open_assistant=opener))
    return tuple(results)


def run_dialogue(dialogue: Dialogue, *, open_assistant: Opener | None = None) -> DialogueResult:
    """Run one dialogue from an empty store."""
    opener = open_assistant or default_opener()
    results: list[StepResult] = []
    with tempfile.TemporaryDirectory(prefix="dialogue-") as folder:
        stage = _Stage(dialogue, Path(folder) / "memory.db", opener)
        try:
            for step in dialogue.steps:
                results.append(stage.play(step))
                if results[-1].error is not None:
                    break
        finally:
            stage.close()
    return DialogueResult(dialogue.path, dialogue.name, tuple(results))


class _Stage:
    """The assistant on its store and the clock, across restarts."""

    def __init__(self, dialogue: Dialogue, path: Path, open_assistant: Opener) -> None:
        self.clock = ManualClock(dialogue.clock)
        self._path, self._owner, self._open = path, dialogue.owner, open_assistant
        self._assistant: Assistant | None = None
        self._dead: list[Assistant] = []
        self._model = "none"

    @property
    def assistant(self) -> Assistant:
        if self._assistant is None:
            self._assistant = self._open(self._path, self.clock, self._owner)
            self._connect()
        return self._assistant

    def play(self, step: Step) -> StepResult:
        """Do what the step says and look at what came of it."""
        started = time.perf_counter()
        try:
            outcome = self._act(step)
            duration_ms = (time.perf_counter() - started) * 1000
            if step.expect:
                outcome = self._look(outcome)
            failures = check(step.expect, outcome)
        except Exception as error:  # whatever it is, it is the result of this step
            words = " ".join(str(error).split())
            return StepResult(step, error=f"{type(error).__name__}: {words}")
        reply = outcome.reply.text if outcome.reply is not None else None
        return StepResult(step, failures, reply, duration_ms=duration_ms)

    def _act(self, step: Step) -> Outcome:
        outcome = Outcome()
        match step.kind:
            case "user":
                reply = self.assistant.reply(step.text)
                outcome = Outcome(reply=reply, recollections=reply.recollections)
            case "as":
                self.assistant.observe(step.text, speaker=step.speaker)
            case "remember":
                self.assistant.remember(step.text)
            case "forget":
                self.assistant.forget(query=step.text)
            case "forget since":
                self.assistant.forget(since=step.moment)
            case "forget until":
                self.assistant.forget(until=step.moment)
            case "recall":
                outcome = Outcome(recollections=self.assistant.recall(step.text))
            case "advance":
                self.clock.advance(step.span)
            case "new session":
                self.assistant.new_session()
            case "restart":
                self.assistant.close()
                self._assistant = None
            case "as of":
                hits = self.assistant.recall(step.text, as_of=step.moment)
                outcome = Outcome(recollections=hits)
            case "kill":
                self._die()
            case _:
                self._control(step)
        if step.kind not in ("advance", "recall", "as of", "restart", "new session", "kill"):
            self.clock.advance(TICK)
        return outcome

    def _control(self, step: Step) -> None:
        """What the user does to the memories themselves."""
        match step.kind:
            case "pin" | "unpin":
                self.assistant.pin(self._holding(step.text), on=step.kind == "pin")
            case "edit":
                self.assistant.edit(self._holding(step.target)[0], step.text)
            case "undo":
                self.assistant.undo()
            case "answer":
                asked = self.assistant.inbox()
                if not asked:
                    raise UsageError("the inbox is empty; expected a question to answer")
                self.assistant.answer(asked[0].id, cast("Answer", step.text))
            case "mode":
                self.assistant.mode = cast("Mode", step.text)
            case "sleep":
                self.assistant.sleep()
            case "model":
                self._model = step.text
                self._connect()

    def _holding(self, words: str) -> list[int]:
        """The memories that hold these words, consolidated if they are not yet."""
        self.assistant.consolidate()
        found = [one.id for one in self.assistant.memories() if Pattern(words).found_in(one.text)]
        if not found:
            raise UsageError(f"no memory holds {words!r}")
        return found

    def _connect(self) -> None:
        """Have the model answer that was asked for, across restarts too."""
        if self._model == "parrot":
            self.assistant.responder = Parrot()
        elif isinstance(self.assistant.responder, Parrot):
            self.assistant.responder = MemoryResponder()

    def _die(self) -> None:
        """Leave the assistant as a killed process leaves it: nothing closed, nothing written.

        The next one opens the files as they lie, log and all, and must find in them everything
        that was said. What the kernel does to a real process's locks is not shown by this.
        """
        self._dead.append(self.assistant)
        self._assistant = None

    def _look(self, outcome: Outcome) -> Outcome:
        held = self.assistant.short_term.turns
        memories = self.assistant.memories()
        text_of = {memory.id: memory.text for memory in memories}
        return replace(
            outcome,
            memories=tuple(memory.text for memory in memories),
            current=tuple(one.text for one in memories if one.superseded_by is None),
            superseded=tuple(one.text for one in memories if one.superseded_by is not None),
            pinned=tuple(one.text for one in memories if one.pinned),
            archived=tuple(
                one.text
                for one in self.assistant.store.memories(include_archived=True)
                if one.archived_at is not None
            ),
            inbox=tuple(
                f"{text_of.get(one.earlier, '')} / {text_of.get(one.later, '')}"
                for one in self.assistant.inbox()
            ),
            kept=tuple(one.turn.text for one in held if self.assistant.is_kept(one)),
            buffer=tuple(one.turn.text for one in held),
        )

    def close(self) -> None:
        for dead in self._dead:
            dead.store.close()
        if self._assistant is not None:
            self._assistant.close()


def failed(results: Sequence[DialogueResult]) -> int:
    """How many dialogues failed."""
    return sum(not result.passed for result in results)
