"""The chat in a terminal: the prompt, the keys, the toolbar around the conversation.

The prompt is drawn first; the assistant opens behind it. Everything that goes wrong in a turn
becomes one line, and the prompt comes back.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from assistant.terminal import recording
from assistant.terminal.context import CommandContext
from assistant.terminal.conversation import is_command, run_command, say
from assistant.terminal.engine import Engine
from assistant.terminal.failures import OK, debugging, explain
from assistant.terminal.output import Output, choose_output, is_plain_terminal
from assistant.terminal.pipe import TWICE_S, run_pipe
from assistant.terminal.registry import Registry
from assistant.terminal.session_commands import counted, show_learned
from assistant.terminal.settings import Settings

_LEAVING_WORDS = ("quit", "exit")


def chat(settings: Settings, engine: Engine, registry: Registry) -> int:
    """Chat until the user leaves or the input ends; the exit code."""
    output = choose_output(json=settings.json)
    context = CommandContext(settings, engine, output, registry, place="chat")
    terminal = sys.stdin.isatty() and sys.stdout.isatty() and not settings.json
    if not terminal or is_dumb():
        if terminal:
            _greet(context)
            context.ask = lambda question: _plain_yes(output, question)
        return run_pipe(context, prompt="> " if terminal else "")
    return TerminalChat(context).run()


def is_dumb() -> bool:
    """Whether the terminal cannot move its cursor."""
    import os

    return os.environ.get("TERM", "") in ("", "dumb", "unknown")


def _plain_yes(output: Output, question: str) -> bool:
    output.prompt(f"{question} [y/N] ")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _greet(context: CommandContext) -> None:
    """Two lines for somebody who was never here, one for who comes back."""
    path = context.settings.store_path()
    if path is None or not path.exists():
        context.output.line("I remember what you tell me, on this machine only.")
        context.output.line('Try "My dog is called Biscuit.", leave, come back, ask. /help helps.')
    else:
        context.output.line("Welcome back. /help lists the commands.", "note")


class TerminalChat:
    """The loop around prompt-toolkit.

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
        self._status: Any = None
        context.ask = self._yes
        self._session = self._make_session()

    def run(self) -> int:
        """Take turns until the user leaves."""
        _greet(self.context)
        try:
            while not self.context.leaving:
                try:
                    line = self._session.prompt()
                except EOFError:
                    break
                self.take(line)
            self._leave()
        finally:
            self.context.engine.close()
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
            self.interrupt()
            self.context.output.line("Stopped.", "note")
        except Exception as error:
            if self.context.engine.error is not None:  # no line will fare better
                raise
            self._report(error)
        if not self.context.leaving:
            self._after_turn()

    def _after_turn(self) -> None:
        history = self._session.history
        while self.context.forgotten:
            words = self.context.forgotten.pop()
            if hasattr(history, "forget"):
                history.forget(words)
        if self.context.engine.ready:
            with suppress(Exception):
                self._refresh()

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
        if self.context.engine.ready or self.context.engine.error is None:
            assistant = self.context.assistant
            assistant.new_session()
            kept = counted(assistant.store.count_memories())
            self.context.output.line(f"Bye. {kept}.", "note")

    def interrupt(self) -> bool:
        """Note a Ctrl-C; whether it is the second one in a short while."""
        now = self._clock()
        twice = now - self._interrupted_at <= TWICE_S
        self._interrupted_at = now
        return twice

    # prompt-toolkit

    def _make_session(self) -> Any:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
        from prompt_toolkit.filters import Condition

        from assistant.terminal.completion import CommandCompleter
        from assistant.terminal.history import open_history

        session: Any = PromptSession(
            [("class:prompt", "> ")],
            history=open_history(self.context.settings.history_path()),
            completer=CommandCompleter(self.context.registry),
            complete_while_typing=Condition(
                lambda: is_command(session.default_buffer.document.text_before_cursor)
            ),
            auto_suggest=AutoSuggestFromHistory(),
            bottom_toolbar=self._toolbar,
            key_bindings=self._keys(),
            style=_style(),
            enable_suspend=True,
            reserve_space_for_menu=6,
        )
        session.app.after_render += self._open_behind
        return session

    def _open_behind(self, app: Any) -> None:
        """Once the prompt is there, open the assistant behind it."""
        self.context.engine.start(lambda: self._opened(app))

    def _opened(self, app: Any) -> None:
        """Called in the opening thread: show the figures, or end the prompt with the failure."""
        error = self.context.engine.error
        if error is None:
            with suppress(Exception):  # the next turn will say what is wrong
                self._refresh()
                app.invalidate()
                self.context.assistant.recall("?", k=1)  # loads now what the first turn needs
            return
        loop = app.loop
        if loop is not None and app.is_running:
            loop.call_soon_threadsafe(lambda: app.is_running and app.exit(exception=error))

    def _refresh(self) -> None:
        from assistant.terminal.toolbar import Status

        self._status = Status.of(self.context.assistant)

    def _toolbar(self) -> str:
        columns = self._session.app.output.get_size().columns
        if self._clock() - self._interrupted_at < TWICE_S:
            return "Ctrl-C again leaves"
        if self._status is None:
            return "opening the memory..."
        line: str = self._status.line(columns)
        return line

    def _keys(self) -> Any:
        from prompt_toolkit.key_binding import KeyBindings

        keys = KeyBindings()

        @keys.add("c-c")
        def _(event: Any) -> None:
            """Clear the line; the second time in a short while, leave."""
            twice = self.interrupt()
            event.current_buffer.reset()
            if twice:
                event.app.exit(exception=EOFError)
            elif event.app.loop is not None:  # the toolbar's hint goes when its time is over
                event.app.loop.call_later(TWICE_S, event.app.invalidate)

        return keys

    def _yes(self, question: str) -> bool:
        from prompt_toolkit import prompt

        try:
            answer = prompt(f"{question} [y/N] ")
        except (EOFError, KeyboardInterrupt):
            return False
        return answer.strip().lower() in ("y", "yes")


def _style() -> Any:
    from prompt_toolkit.styles import Style

    if is_plain_terminal():
        return Style([("bottom-toolbar", "noreverse")])
    return Style(
        [
            ("prompt", "bold ansicyan"),
            ("bottom-toolbar", "noreverse ansibrightblack"),
            ("auto-suggestion", "ansibrightblack"),
        ]
    )
