"""The chat loop without a terminal around it: interruptions, failures, what is learned."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import DummyInput
from prompt_toolkit.output import DummyOutput

from assistant import Assistant, Request
from assistant.terminal.commands import all_commands
from assistant.terminal.context import CommandContext
from assistant.terminal.engine import Engine
from assistant.terminal.output import PlainTerminalOutput
from assistant.terminal.settings import Settings
from assistant.terminal.terminal_chat import TerminalChat


class Saying:
    """A responder that says what the test wants."""

    name = "saying"
    recites = False

    def __init__(self, *pieces: str | BaseException) -> None:
        self.pieces = pieces

    def respond(self, request: Request) -> Iterator[str]:
        for piece in self.pieces:
            if isinstance(piece, BaseException):
                raise piece
            yield piece


class Talk:
    """A chat, what it has printed, and a clock for its keys."""

    def __init__(self, open_one: Callable[[], Assistant]) -> None:
        self.now = 100.0
        self.printed = io.StringIO()
        settings = Settings(store=":memory:")
        self.engine = Engine(settings, lambda given: open_one())
        output = PlainTerminalOutput(self.printed)
        self.context = CommandContext(settings, self.engine, output, all_commands(), place="chat")
        self.chat = TerminalChat(self.context, clock=lambda: self.now)

    def take(self, line: str) -> str:
        """Take a line; what it printed."""
        before = self.printed.tell()
        self.chat.take(line)
        return self.printed.getvalue()[before:]


@pytest.fixture
def talk(open_assistant: Any) -> Iterator[Callable[..., Talk]]:
    opened: list[Talk] = []

    def begin(*pieces: str | BaseException) -> Talk:
        options = {"responder": Saying(*pieces)} if pieces else {}
        opened.append(Talk(lambda: open_assistant(":memory:", **options)))
        return opened[-1]

    with create_app_session(input=DummyInput(), output=DummyOutput()):
        yield begin
    for one in opened:
        one.engine.close()


def test_ctrl_c_stops_a_reply_and_keeps_what_was_said(talk: Callable[..., Talk]) -> None:
    chat = talk("one two ", KeyboardInterrupt(), "three")
    assert chat.take("hello") == "one two\nStopped.\n"
    said = [held.turn.text for held in chat.engine.get().short_term.turns]
    assert said == ["hello", "one two "]
    assert not chat.context.leaving


def test_a_reply_that_fails_is_one_line_and_the_chat_goes_on(talk: Callable[..., Talk]) -> None:
    chat = talk("one ", RuntimeError("it broke"))
    shown = chat.take("hello").splitlines()
    assert shown[0] == "one"
    assert shown[1].startswith("unexpected RuntimeError: it broke")
    assert "one" in chat.take("hello again")


def test_what_will_be_kept_is_said_unless_the_reply_says_it(talk: Callable[..., Talk]) -> None:
    words = "My dog is called Bruno."
    assert "remembered: My dog is called Bruno." in talk("Nice.").take(words)
    assert "remembered" not in talk(f"I'll remember: {words}").take(words)
    assert "remembered" not in talk("Nice.").take("What is my dog called?")
    told = "You know what? My dog is called Bruno."
    assert "remembered" not in talk("I'll remember: “… my dog is called Bruno”.").take(told)
    assert "remembered: You know" in talk("You said: “my cat is called Tom”.").take(told)


def test_a_reply_in_pieces_reads_as_one(talk: Callable[..., Talk]) -> None:
    assert talk("On", "e wo", "rd, ", "小", "泽\x1b", "[2J.").take("hi?") == "One word, 小泽␛[2J.\n"


def test_quit_and_exit_leave_without_a_slash(talk: Callable[..., Talk]) -> None:
    for word in ("quit", "Exit", "/quit", "/q"):
        chat = talk()
        chat.take(word)
        assert chat.context.leaving
    assert not talk("ok").context.leaving


def test_empty_lines_say_nothing(talk: Callable[..., Talk]) -> None:
    chat = talk("reply")
    assert chat.take("") == chat.take("  \n ") == ""
    assert not chat.engine.ready


def test_two_interruptions_count_only_when_close(talk: Callable[..., Talk]) -> None:
    chat = talk("ok")
    assert not chat.chat.interrupt()
    chat.now += 2.5
    assert not chat.chat.interrupt()
    chat.now += 1.5
    assert chat.chat.interrupt()


def test_an_assistant_that_does_not_open_says_why_each_time(open_assistant: Any) -> None:
    def refuse(settings: Settings) -> Assistant:
        raise OSError(28, "No space left on device", "me.db")

    engine = Engine(Settings(store=":memory:"), refuse)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            engine.get()
    engine.close()


def test_opening_in_the_background_is_waited_for_once(open_assistant: Any) -> None:
    calls: list[int] = []

    def slowly(settings: Settings) -> Assistant:
        import time

        time.sleep(0.2)
        calls.append(1)
        return open_assistant(":memory:")  # type: ignore[no-any-return]

    engine = Engine(Settings(store=":memory:"), slowly)
    engine.start()
    engine.start()
    assert not engine.ready
    assert engine.get() is engine.get()
    assert calls == [1]
    engine.close()
    engine.close()
