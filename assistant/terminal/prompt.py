"""The prompt of the chat: its line, its keys, its looks. The chat behind it does the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from prompt_toolkit import ANSI, PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import DEFAULT_BUFFER, EditingMode
from prompt_toolkit.filters import Condition, emacs_mode, has_focus, vi_navigation_mode
from prompt_toolkit.formatted_text import StyleAndTextTuples, to_formatted_text
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.styles import DynamicStyle, Style

from assistant.terminal.completion import CommandCompleter, Names
from assistant.terminal.context import CommandContext
from assistant.terminal.conversation import is_command
from assistant.terminal.output import TerminalOutput
from assistant.terminal.pipe import TWICE_S
from assistant.terminal.question import Question
from assistant.terminal.screen import Screen

_VI_ESCAPE_S = 0.05  # Escape changes the mode: it cannot wait to become Alt


class Chat(Protocol):
    """What the prompt needs of the chat."""

    context: CommandContext
    screen: Screen
    history: History
    names: Names

    @property
    def question(self) -> Question | None:
        """What is being asked."""
        ...

    def enter(self, text: str) -> None:
        """A line was typed."""
        ...

    def interrupt(self) -> bool:
        """Whether this Ctrl-C is the second in a short while."""
        ...

    def stop(self) -> bool:
        """Stop what is under way, if anything."""
        ...

    def leave(self, *, at_once: bool = False) -> None:
        """Leave the chat."""
        ...

    def toolbar(self, columns: int) -> str:
        """The line at the bottom."""
        ...

    def open_behind(self, app: Any) -> None:
        """The prompt has been drawn."""
        ...


def make_prompt(chat: Chat) -> PromptSession[str]:
    """The prompt of a chat; it runs until the chat is left."""

    def message() -> StyleAndTextTuples:
        begun = chat.screen.begun
        over: StyleAndTextTuples = list(to_formatted_text(ANSI(begun)))
        if begun:
            over.append(("", "\n"))
        if chat.question is not None:
            return [*over, ("class:prompt", chat.question.words)]
        mode = chat.context.settings.mode
        return [*over, ("class:prompt", "> " if mode == "normal" else f"{mode}> ")]

    settings = chat.context.settings
    session: PromptSession[str] = PromptSession(
        message,
        history=chat.history,
        completer=CommandCompleter(chat.context.registry, chat.names),
        complete_while_typing=Condition(
            lambda: is_command(session.default_buffer.document.text_before_cursor)
        ),
        complete_in_thread=True,  # a slow disk must not hold a key
        auto_suggest=AutoSuggestFromHistory(),
        bottom_toolbar=lambda: chat.toolbar(session.app.output.get_size().columns),
        prompt_continuation="  ",
        key_bindings=make_keys(chat, lambda: session),
        style=DynamicStyle(_Looks(chat.context)),
        editing_mode=EditingMode.VI if settings.keys == "vi" else EditingMode.EMACS,
        enable_suspend=True,
        erase_when_done=True,
        reserve_space_for_menu=6,
    )
    session.app.after_render += chat.open_behind
    if settings.keys == "vi":
        session.app.ttimeoutlen = _VI_ESCAPE_S
    return session


def make_keys(chat: Chat, session: Callable[[], PromptSession[str]]) -> KeyBindings:
    """The keys that are the chat's own; all others are as in emacs or vi."""
    keys = KeyBindings()
    at_the_line = has_focus(DEFAULT_BUFFER)
    empty = Condition(lambda: not session().default_buffer.text)
    asked = Condition(lambda: chat.question is not None)
    one_key = Condition(lambda: chat.question is not None and bool(chat.question.keys))

    @keys.add("enter", filter=at_the_line)
    def _(event: Any) -> None:
        """Send the line; the prompt is free for the next at once."""
        buffer = event.current_buffer
        text = buffer.text
        if chat.question is None:
            buffer.append_to_history()
        buffer.reset()
        event.app.vi_state.reset()
        chat.enter(text)

    @keys.add("escape", "enter", filter=at_the_line & emacs_mode & ~asked)
    def _(event: Any) -> None:
        """Alt-Enter: go on in a new line."""
        event.current_buffer.insert_text("\n")

    @keys.add("c-x", "c-e", filter=at_the_line & emacs_mode & ~asked)
    @keys.add("v", filter=at_the_line & vi_navigation_mode & ~asked)
    def _(event: Any) -> None:
        """Write the line in $VISUAL or $EDITOR."""
        chat.screen.hold(True)
        editing = event.current_buffer.open_in_editor()
        editing.add_done_callback(lambda _: chat.screen.hold(False))

    @keys.add("<any>", filter=at_the_line & one_key)
    def _(event: Any) -> None:
        """Answer a question that one key answers; any other key is not heard."""
        key = event.data.lower()
        if chat.question is not None and key and key in chat.question.keys:
            chat.enter(key)

    @keys.add("c-c")
    @keys.add("<sigint>")
    def _(event: Any) -> None:
        """Stop a reply, or clear the line; the second time in a short while, leave."""
        if chat.interrupt():
            chat.leave(at_once=True)
            return
        if not chat.stop():
            event.app.layout.focus(DEFAULT_BUFFER)  # from a search, too
            session().default_buffer.reset()
        if event.app.loop is not None:  # the toolbar's hint goes when its time is over
            event.app.loop.call_later(TWICE_S, event.app.invalidate)

    @keys.add("c-d", filter=at_the_line & empty)
    def _(event: Any) -> None:
        """Leave, when what was typed before is done."""
        chat.stop() if chat.question is not None else chat.leave()

    return keys


class _Looks:
    """Colours of the prompt; made once a theme, because each key asks for them many times."""

    def __init__(self, context: CommandContext) -> None:
        self._context = context
        self._made: dict[str, Style] = {}

    def __call__(self) -> Style:
        """The style of the theme chosen now; without colours where the output has none."""
        output = self._context.output
        theme = output.theme if isinstance(output, TerminalOutput) else None
        name = theme.name if theme is not None else ""
        if name not in self._made:
            rules = [("bottom-toolbar", "noreverse")]
            if theme is not None:
                rules = [
                    ("prompt", theme.prompt),
                    ("bottom-toolbar", theme.toolbar),
                    ("auto-suggestion", theme.suggestion),
                ]
            self._made[name] = Style(rules)
        return self._made[name]
