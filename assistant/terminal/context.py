"""What a command works on: the assistant, the output, and the state of the chat around it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.terminal.engine import Engine
from assistant.terminal.output import Output
from assistant.terminal.registry import Place, Registry
from assistant.terminal.settings import Settings
from assistant.terminal.waiting import Waiting

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.replay import Recorder
    from assistant.turn import Reply


class CommandContext:
    """Everything a handler may touch. Handlers never touch prompt-toolkit or click.

    Args:
        settings: Global flags.
        engine: Opens the assistant when a handler first asks for it.
        output: Where to print.
        registry: The commands, for help.
        place: Where the command was given.
        ask: Puts a yes-or-no question to the user; None where nobody can answer.
        choose: Puts a question that one of some keys answers; gives the key, or nothing. None
            where nobody can answer.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        output: Output,
        registry: Registry,
        *,
        place: Place = "shell",
        ask: Callable[[str], bool] | None = None,
        choose: Callable[[str, str], str] | None = None,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.output = output
        self.registry = registry
        self.place: Place = place
        self.ask = ask
        self.choose = choose
        self.last_reply: Reply | None = None
        self.recorder: Recorder | None = None
        self.leaving = False
        self.slept = False  # the memories were looked after in this chat
        self.models: tuple[str, ...] = ()  # what an endpoint offered, for completion
        self.waiting = Waiting(lambda name: None)  # for a model's first word
        self.stop = threading.Event()  # set from the keys: the line under way should end
        self.forgotten: list[str] = []  # words to take out of what was typed, too
        self.exit_code = 0  # what a command that did its work ends with all the same
        self.partial: object = None  # what a command that fails found out all the same

    @property
    def assistant(self) -> Assistant:
        """The open assistant; opens it, or waits until it is."""
        return self.engine.get(self.stop)

    def check(self) -> None:
        """End here when the user has asked for it.

        Raises:
            KeyboardInterrupt: It was asked for.
        """
        if self.stop.is_set():
            raise KeyboardInterrupt

    @property
    def sign(self) -> str:
        """What stands before a command's name here: a slash, or ``assistant``."""
        return "/" if self.place == "chat" else "assistant "

    def require_writing(self) -> None:
        """Refuse what can only be written, before anything is done for it.

        Raises:
            UsageError: The mode writes nothing.
        """
        if self.settings.mode != "normal":
            raise UsageError(
                f"nothing is written in {self.settings.mode} mode; "
                + ("/mode normal ends it" if self.place == "chat" else "leave the flag away")
            )

    def confirm(self, question: str, *, sure: bool) -> bool:
        """Whether to go on: ``sure`` when the user said so beforehand, else asked.

        Raises:
            UsageError: Nobody can be asked.
        """
        if sure:
            return True
        if self.ask is None:
            raise UsageError("this needs a yes and there is no terminal to ask; add --yes")
        return self.ask(question)
