"""The chat in a terminal: a prompt that stays alive while lines are taken behind it.

The prompt is drawn first; the assistant opens behind it. Everything that goes wrong in a turn
becomes one line, and the prompt goes on.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from assistant.terminal import recording
from assistant.terminal.completion import Names
from assistant.terminal.context import CommandContext
from assistant.terminal.conversation import is_command, run_command, say
from assistant.terminal.display import clip
from assistant.terminal.failures import OK, debugging, explain
from assistant.terminal.greeting import farewell
from assistant.terminal.history import PrivateHistory, open_history
from assistant.terminal.mode_command import OFF_RECORD, is_mode
from assistant.terminal.pipe import TWICE_S
from assistant.terminal.prompt import make_prompt
from assistant.terminal.question import Question, is_yes
from assistant.terminal.screen import Screen
from assistant.terminal.session_commands import show_learned
from assistant.terminal.sleep_command import offer
from assistant.terminal.toolbar import Status
from assistant.terminal.waiting import Waiting, tell_waiting
from assistant.terminal.worker import Worker

_LEAVING_WORDS = ("quit", "exit")
_LEAVE = "/quit\n"  # no line typed has a newline at its end
_PATIENCE_S = 2.0
_SWITCH_S = 0.0005
"""How long one thread may keep the others waiting: a key is to echo while recall computes."""


class TerminalChat:
    """The conversation around a prompt that never goes away.

    The prompt's loop has the keys, a worker thread takes the lines, ``Screen`` brings what they
    print above the prompt.

    Args:
        context: Where commands run and print.
        clock: Seconds, for the second Ctrl-C.
    """

    def __init__(
        self, context: CommandContext, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.context = context
        self._clock = clock
        self._interrupted_at = float("-inf")
        self._status: Status | None = None
        self._question: Question | None = None
        self._leaving = False
        self._at_once = False
        self._turns = 0  # there were when the chat began
        self.screen = Screen()
        self.worker = Worker(self._take_line, context.stop, self._changed, self._after_line)
        context.ask = self._ask
        context.choose = self._choose
        context.waiting = Waiting(lambda name: tell_waiting(context.output, name))
        self.history = open_history(
            context.settings.history_path(), paused=context.settings.mode == OFF_RECORD
        )
        self._changing_mode = 0  # lines typed that change the mode and are not taken yet
        self.names = Names()
        self.prompt = make_prompt(self)

    def run(self) -> int:
        """Take lines until the user leaves."""
        switch_s = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        try:
            try:
                self._converse()
                self._leave()
            finally:
                sys.setswitchinterval(switch_s)
                self.context.engine.close()
        finally:
            self.context.output.redirect(sys.stdout)
        return OK

    def take(self, line: str) -> None:
        """One line; whatever goes wrong with it becomes one line."""
        line = line.strip()
        if not line:
            return
        if line.lower() in _LEAVING_WORDS:
            self.context.leaving = True
            return
        try:
            if is_command(line):
                run_command(self.context, line)
            else:
                say(self.context, line)
                if self.context.last_reply is not None:
                    show_learned(self.context, self.context.last_reply)
        except KeyboardInterrupt:
            self.context.output.line("Stopped.", "note")
        except Exception as error:
            if self.context.engine.error is not None:  # no line will fare better
                raise
            self._report(error)
        self._forget_typed()

    # What the keys do; all of it in the prompt's loop

    def enter(self, text: str) -> None:
        """A line was typed: an answer to a question, or something to take."""
        if self._question is not None:
            self._settle(text)
        elif text.strip() and not self._leaving:
            if is_mode(text):  # what is typed next is off the record before this is taken
                self._changing_mode += 1
                self._pause_history(True)
            self.worker.submit(text)

    def interrupt(self) -> bool:
        """Note a Ctrl-C; whether it is the second one in a short while."""
        now = self._clock()
        twice = now - self._interrupted_at <= TWICE_S
        self._interrupted_at = now
        return twice

    def stop(self) -> bool:
        """Stop what is under way; whether there was anything."""
        if self._question is not None:
            self._settle("")
            return True
        if self.context.waiting.give_up():
            return True
        if self.worker.busy:
            self.worker.stop()
            return True
        return False

    def leave(self, *, at_once: bool = False) -> None:
        """Leave when the lines typed before this are taken, or at once."""
        self._leaving = True
        self._at_once |= at_once
        if at_once:
            self.worker.clear()
            self.stop()
            self._exit()
        else:
            self.worker.submit(_LEAVE)

    @property
    def question(self) -> Question | None:
        """What the user is being asked, if anything."""
        return self._question

    def toolbar(self, columns: int) -> str:
        """The line at the bottom."""
        if self._clock() - self._interrupted_at < TWICE_S:
            return "Ctrl-C again leaves"
        if self._status is None:
            return "opening the memory..."
        line = self._status.line(columns)
        if not self.worker.busy or self._question is not None:
            return line
        waiting = f", {self.worker.waiting} waiting" if self.worker.waiting else ""
        doing = "working"
        stops = "Ctrl-C stops"
        if self.context.waiting.long:
            doing, stops = f"waiting for {self.context.waiting.name}", "Ctrl-C answers from memory"
        return clip(f"{doing}{waiting}, {stops} | {line}", columns)

    # The loop around them

    def _converse(self) -> None:
        app = self.prompt.app
        self.context.output.redirect(self.screen)
        try:
            with self.screen.around(app):
                self.prompt.prompt()
        except EOFError:
            pass
        if self._question is not None:
            self._question.settle("")
        if not self.worker.finish(_PATIENCE_S):
            self.worker.stop()
            self.worker.finish(_PATIENCE_S)
        if self.worker.error is not None:
            raise self.worker.error

    def _take_line(self, line: str) -> None:
        if line == _LEAVE:
            self.context.leaving = True
        else:
            self.context.output.echo(line)
            self.take(line)
            if is_mode(line):
                self._changing_mode -= 1
            if not self._changing_mode:
                self._pause_history(self.context.settings.mode == OFF_RECORD)
        if self.context.leaving:
            self._leaving = True
            self._in_loop(self._exit)

    def _changed(self) -> None:
        """A line begins, ends, or ended everything."""
        self._in_loop(self._exit if self.worker.error is not None else self.prompt.app.invalidate)

    def _exit(self) -> None:
        app = self.prompt.app
        if app.is_running and not app.is_done:
            app.exit(exception=EOFError)

    def _in_loop(self, action: Callable[[], None]) -> None:
        loop = self.prompt.app.loop
        if loop is not None:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(action)

    def _ask(self, question: str) -> bool:
        """Put a yes-or-no question, from the worker's thread; no when none answers."""
        yes = is_yes(self._put(Question(f"{question} [y/N] ")))
        self.context.output.line(f"{question} [y/N] " + ("y" if yes else "n"))
        return yes

    def _choose(self, question: str, keys: str) -> str:
        """Put a question that one key answers; empty when none of them does."""
        answer = self._put(Question(f"{question} ", keys))
        self.context.output.line(f"{question} {answer or '-'}")
        return answer

    def _put(self, asked: Question) -> str:
        """Put a question where the prompt is, and wait for its answer."""

        def pose() -> None:
            buffer = self.prompt.default_buffer
            asked.draft = buffer.text
            buffer.reset()
            self._question = asked
            self.prompt.app.invalidate()

        self._in_loop(pose)
        return asked.wait()

    def _settle(self, answer: str) -> None:
        """Answer what is asked, in the prompt's loop; what was being typed comes back."""
        question, self._question = self._question, None
        if question is not None:
            self.prompt.default_buffer.text = question.draft
            question.settle(answer)

    def _pause_history(self, paused: bool) -> None:
        if isinstance(self.history, PrivateHistory):
            self.history.paused = paused

    def _forget_typed(self) -> None:
        """Take what was forgotten out of the lines typed, too."""
        while self.context.forgotten:
            words = self.context.forgotten.pop()
            if hasattr(self.history, "forget"):
                self.history.forget(words)

    def _after_line(self) -> None:
        """Renew the figures; waits for what the reply put off, while Ctrl-C is the line's."""
        if self.context.engine.ready and not self.context.leaving:
            with suppress(Exception):
                self._refresh()
            self._in_loop(self.prompt.app.invalidate)

    def _report(self, error: BaseException) -> None:
        if debugging():
            import traceback

            traceback.print_exception(error)
        self.context.output.error(explain(error).line())

    def _leave(self) -> None:
        """Finish what is open: the recording, and consolidation."""
        if self.context.recorder is not None:
            try:
                recording.finish(self.context)
            except Exception as error:
                self._report(error)
        self.context.stop.clear()
        if self.context.engine.ready or self.context.engine.error is None:
            assistant = self.context.assistant
            assistant.new_session()
            if not self._at_once:
                offer(self.context, assistant.store.count_turns() - self._turns, self._ask_plainly)
            farewell(self.context)

    def _ask_plainly(self, question: str) -> str:
        """Ask where there is no prompt any more."""
        self.context.output.prompt(question)
        try:
            return sys.stdin.readline()
        except KeyboardInterrupt:
            return ""

    # The engine behind the prompt

    def open_behind(self, app: Any) -> None:
        """Once the prompt is there, open the assistant behind it."""
        self.context.engine.start(self._opened)

    def _opened(self) -> None:
        """Called in the opening thread: show the figures, or end the prompt with the failure."""
        error = self.context.engine.error
        if error is not None:
            self.worker.error = self.worker.error or error
            self._in_loop(self._exit)
            return
        with suppress(Exception):  # the next turn will say what is wrong
            self._turns = self.context.assistant.store.count_turns()
            self._refresh()
            self._in_loop(self.prompt.app.invalidate)
            self.context.assistant.recall("?", k=1)  # loads now what the first turn needs
            if not self.context.assistant.responder.recites:
                import_module("openai")

    def _refresh(self) -> None:
        self._status = Status.of(self.context.assistant)
        self.names.refresh(self.context.assistant)
        self.names.models = self.context.models
